"""The pages that are made of run reports: whole by themselves, and text where a report holds text."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from tap_kit import report as report_module
from tap_kit.errors import TapError
from tap_kit.sign_in import ApiKey
from tap_kit.table import Stream

from .people import CHANGES, LISTED, PEOPLE, SECRETS, STATE, run

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


class Markup(HTMLParser):
    """Checks that tags are closed in order, and keeps what the page would fetch or run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in ("script", "link", "img", "iframe", "base"), tag
        self.links += [value or "" for name, value in attrs if name == "href"]
        assert not {name for name, _ in attrs} & {"src", "srcset", "onload", "onclick", "action"}
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read_page(path: Path) -> Markup:
    text = path.read_text("utf-8")
    assert not [sign for sign in ("url(", "@import", "http:", "https:", "//") if sign in text]
    assert "prefers-color-scheme: dark" in text
    return Markup(text)


def test_the_page_tells_what_the_report_does_and_fetches_nothing(tmp_path: Path) -> None:
    run(tmp_path, PEOPLE, CHANGES, SECRETS, state=STATE)
    page = read_page(next(tmp_path.glob("tap-*.html")))
    assert not page.links
    for said in (
        "failed",
        "not read: secrets",
        "it needs a licence",
        "new",
        "is no date",
        "2026-02-01 00:00:00",
        "1 / 1",
    ):
        assert said in page.text


def test_what_a_report_says_is_text_on_the_page(tmp_path: Path) -> None:
    def fails(*_: Any) -> None:
        raise TapError("<b>&amp;</i>")

    run(tmp_path, Stream("secrets", "secrets", needs="<script>&amp;</script>"), Stream("since", "since", prepare=fails))
    page = read_page(next(tmp_path.glob("tap-*.html")))
    assert "it needs <script>&amp;</script>" in page.text
    assert "<b>&amp;</i>" in page.text


def test_how_long_the_sign_in_lasts_stands_on_both_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(tmp_path, PEOPLE)["days_left"] is None
    monkeypatch.setattr(ApiKey, "days_left", 9)
    assert run(tmp_path, PEOPLE)["days_left"] == 9
    index = report_module.sum_up(tmp_path).read_text()
    assert "<td>9</td>" in re.sub(r' class="[^"]*"', "", index)
    pages = [page.read_text() for page in sorted(tmp_path.glob("tap-*.html"))]
    assert ["days until signing in again" in page for page in pages] == [False, True]


def test_what_is_left_out_on_purpose_is_no_drift(tmp_path: Path) -> None:
    report = run(tmp_path, PEOPLE)
    for kind, shown in (("withheld", False), ("undeclared", True)):
        report["streams"][0]["drift"] = [{"kind": kind, "column": "x", "type": "", "times": 3}] * 77
        next(tmp_path.glob("tap-*.json")).write_text(json.dumps(report))
        assert (">77</td>" in report_module.sum_up(tmp_path).read_text()) is shown


def test_an_index_of_two_connections_shows_the_broken_one_first(tmp_path: Path) -> None:
    run(tmp_path / "acme", PEOPLE)
    for streams in ((PEOPLE,), (PEOPLE, LISTED), (CHANGES, SECRETS)):
        run(tmp_path / "globex & sons", *streams)
    (tmp_path / "tap-other-1Z.json").write_text('{"no": "report"}')
    report_module.main([str(tmp_path)], standalone_mode=False)
    page = read_page(tmp_path / "index.html")
    assert "2 connections, 1 broken" in page.text
    assert page.text.index("globex & sons · tap-people") < page.text.index("acme · tap-people")
    assert page.text.count("not read: secrets") == 1, "only the newest run speaks"
    assert len(page.links) == 4
    assert all((tmp_path / unquote(link)).exists() for link in page.links)
