"""``target-bigquery remove``: what this target made goes, when asked twice, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from google.api_core.exceptions import NotFound
from target_bigquery import remove
from target_bigquery.commands import parsed
from target_bigquery.errors import ConfigError

from .conftest import INTEGER, Target, record, schema

if TYPE_CHECKING:
    from target_bigquery.settings import Settings

MESSAGES = [schema("mine", ["id"], id=INTEGER), record("mine", id=1)]


def settings(target: Target) -> Settings:
    return parsed(None, **target.settings())


def test_it_lists_first_and_leaves_what_others_made(target: Target, capsys: pytest.CaptureFixture[str]) -> None:
    target.ok(MESSAGES)
    target.client.query(f"CREATE TABLE {target.dataset}.theirs (id INT64)").result()
    remove.remove(settings(target), yes=False)
    said = capsys.readouterr().out.splitlines()
    assert said == [
        f"would go: table {target.dataset}.mine",
        f"stays: {target.dataset}.theirs, which this target did not make",
        f"stays: dataset {target.dataset}",
        "nothing was removed: --yes removes it",
    ]
    assert target.tables() == {"mine", "theirs"}
    remove.remove(settings(target), yes=True)
    assert target.tables() == {"theirs"}


def test_an_empty_dataset_goes_if_this_target_made_it(target: Target, capsys: pytest.CaptureFixture[str]) -> None:
    target.ok(MESSAGES)
    remove.remove(settings(target), yes=True)
    assert capsys.readouterr().out.endswith("removed 1 tables and the dataset\n")
    with pytest.raises(NotFound):
        target.client.get_dataset(f"local.{target.dataset}")
    with pytest.raises(ConfigError, match=f"has no dataset {target.dataset}"):
        remove.remove(settings(target), yes=True)
    target.client.create_dataset(f"local.{target.dataset}")
    target.ok(MESSAGES)
    remove.remove(settings(target), yes=True)
    assert target.tables() == set()


@pytest.mark.parametrize(("typed", "left"), [("other", {"mine"}), (None, None)])
def test_the_name_can_be_typed(
    target: Target, monkeypatch: pytest.MonkeyPatch, typed: str | None, left: set[str] | None
) -> None:
    target.ok(MESSAGES)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.prompt", lambda *_, **__: target.dataset if typed is None else typed)
    remove.remove(settings(target), yes=False)
    if left is None:
        with pytest.raises(NotFound):
            target.client.get_dataset(f"local.{target.dataset}")
    else:
        assert target.tables() == left
