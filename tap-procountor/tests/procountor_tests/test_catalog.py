"""What the tap offers."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tap_kit.readme import columns, updated
from tap_kit.schema import load_schema
from tap_procountor.streams import STREAMS
from tap_procountor.tap import TapProcountor

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent
README = (FOLDER.parents[1] / "README.md").read_text("utf-8")
NAMES = [row.name for row in STREAMS]
OFF = sorted(row.name for row in STREAMS if not row.selected)

# Personal identity codes have these names in the API.
IDENTITY = {"ssn", "social_security_number", "home_country_person_id", "partner_code", "identifier"}


@pytest.mark.parametrize("stream", NAMES)
def test_the_catalog_is_as_it_was(discovered: dict[str, Any], stream: str) -> None:
    """A changed snapshot is a changed table: look at the difference, then write the new one over it."""
    (entry,) = [entry for entry in discovered["streams"] if entry["tap_stream_id"] == stream]
    assert entry == json.loads((FOLDER / "catalog" / f"{stream}.json").read_text("utf-8"))


@pytest.mark.parametrize("stream", NAMES)
def test_the_company_is_part_of_every_key(stream: str) -> None:
    (row,) = [row for row in STREAMS if row.name == stream]
    assert row.key[0] == "company_id"


def every_column(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for name, column in schema["properties"].items():
        yield f"{path}{name}", column
        inner = column if "properties" in column else column.get("items") or {}
        if "properties" in inner:
            yield from every_column(inner, f"{path}{name}.")


@pytest.mark.parametrize("stream", NAMES)
def test_every_column_is_described_and_open(stream: str) -> None:
    for path, column in every_column(load_schema("tap_procountor", stream)):
        assert column["description"].endswith("."), path
        assert "enum" not in column, path
        assert column.get("personal") or path.rpartition(".")[2] not in IDENTITY, path


def test_payroll_is_off() -> None:
    payroll = {row.name for row in STREAMS if row.path.startswith("payrolls/")}
    assert len(payroll) == 15
    assert payroll <= set(OFF)


def test_meltano_selects_what_the_tap_does() -> None:
    plugin = (FOLDER.parents[1] / "plugin.meltano.yml").read_text("utf-8")
    said = [line.strip('- "') for line in plugin.splitlines() if line.strip().startswith('- "!')]
    assert sorted(line.removeprefix("!").removesuffix(".*") for line in said) == OFF


def test_meltano_knows_every_setting() -> None:
    plugin = (FOLDER.parents[1] / "plugin.meltano.yml").read_text("utf-8")
    named = re.findall(r"- name: (\w+)$", plugin, re.MULTILINE)
    said = [line.split("|")[1] for line in README.splitlines() if "`TAP_PROCOUNTOR_" in line]
    assert named == [name for cell in said for name in re.findall("`(.*?)`", cell)]
    assert set(named) <= TapProcountor.config_jsonschema["properties"].keys()


def test_the_tables_are_as_the_code_makes_them() -> None:
    """If not: python -m tap_kit.readme tap_procountor tap-procountor."""
    assert updated(README, STREAMS, "tap_procountor") == README
    assert (FOLDER.parents[1] / "COLUMNS.md").read_text("utf-8") == columns(STREAMS, "tap_procountor")
