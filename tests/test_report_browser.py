"""The report of a real run, opened from its file in a real browser: by day, by night, and on a telephone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tap_kit.report import sum_up

from sandbox import Sandbox

from .browser import chromium, needs_browser
from .conftest import FEW, Pipeline

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sandbox import LocalBigQuery

    from .browser import Browser

WIDTHS = {"desk": (1440, 900), "telephone": (390, 844)}

# The least contrast of a text with what is behind it (WCAG 2.2, 1.4.3), over all texts that are to be seen.
CONTRAST = """
const channel = c => { c /= 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4 };
const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
const colour = text => text.match(/[\\d.]+/g).map(Number);
const behind = e => { for (; e; e = e.parentElement) {
  const c = colour(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3]) return c }
  return [255, 255, 255] };
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
for (let t; t = texts.nextNode();) {
  const e = t.parentElement;
  if (!t.data.trim() || e.closest('svg')) continue;
  const [a, b] = [light(colour(getComputedStyle(e).color)), light(behind(e))];
  found.push([(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), t.data.trim()]) }
return found.sort((a, b) => a[0] - b[0])[0]"""
OUTSIDE = """return [...document.querySelectorAll('body *')].filter(e => !e.closest('.wide')
  && (e.getBoundingClientRect().right > innerWidth || e.scrollWidth > e.clientWidth + 1 && e.clientWidth)
  ).map(e => e.outerHTML.slice(0, 80))"""
BARS = """return [...document.querySelectorAll('svg.time')].map(s => {
  const [a, b] = [s.getBoundingClientRect(), s.querySelector('rect').getBoundingClientRect()];
  return [(b.left - a.left) / a.width, (b.right - a.left) / a.width] })"""
BACKGROUND = "return getComputedStyle(document.body).backgroundColor"


@pytest.fixture(scope="module")
def reports(warehouse: LocalBigQuery, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of two connections: one that was loaded, and one that the bank refused."""
    folder = tmp_path_factory.mktemp("reports")
    with Sandbox(transactions=300, seed=11) as bank:
        for name, key in (("acme", bank.qonto.api_key), ("globex", "sample:wrong")):
            pipeline = Pipeline(bank, warehouse, tmp_path_factory.mktemp(name))
            place = {"report_dir": str(folder / name)}
            pipeline.run(tap={**place, "api_key": key}, target=place)
    sum_up(folder)
    return folder


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("browser")) as running:
        yield running


@needs_browser
@pytest.mark.parametrize("page", ["index.html", "acme/tap-*.html", "globex/tap-*.html"])
def test_a_page_asks_nobody_and_can_be_read(reports: Path, browser: Browser, page: str) -> None:
    (path,) = reports.glob(page)
    browser.requested()
    backgrounds = set()
    for width, height in WIDTHS.values():
        browser.emulate("setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        for scheme in ("light", "dark"):
            browser.emulate("setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
            browser.open(path.as_uri())
            least, text = browser.run(CONTRAST)
            assert least >= 4.5, (scheme, text)
            assert browser.run(OUTSIDE) == []
            backgrounds.add((scheme, browser.run(BACKGROUND)))
    assert len(backgrounds) == len({colour for _, colour in backgrounds}) == 2
    assert set(browser.requested()) == {path.as_uri()}
    assert browser.complaints() == []


@needs_browser
def test_the_timeline_shows_both_halves_of_a_run(reports: Path, browser: Browser) -> None:
    (path,) = reports.glob("acme/tap-*.html")
    browser.open(path.as_uri())
    bars = browser.run(BARS)
    assert len(bars) == 2 * len((*FEW, "transactions"))
    assert all(-0.001 <= left < right <= 1.01 for left, right in bars)
    read, loaded = bars[: len(bars) // 2], bars[len(bars) // 2 :]
    assert read == sorted(read), "streams are read one after the other"
    assert max(right for _, right in loaded) > max(right for _, right in read), "what is read is loaded after it"


@needs_browser
def test_the_index_leads_to_the_newest_run(reports: Path, browser: Browser) -> None:
    browser.open((reports / "index.html").as_uri())
    (link,) = browser.say("element", using="link text", value="globex · tap-qonto").values()
    browser.say(f"element/{link}/click")
    browser.say("element", using="xpath", value="//p[contains(., 'Qonto refused the credentials')]")
