"""One type a column, whatever the vendor sends; nothing undeclared passes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tap_kit.columns import Drift, row_converter
from tap_kit.names import snake_case
from tap_kit.schema import catalog_schema
from tap_kit.times import moment, utc_text

SCHEMA: dict[str, Any] = {
    "properties": {
        "id": {"type": "string"},
        "amount": {"type": "number"},
        "count": {"type": "integer"},
        "open": {"type": "boolean"},
        "at": {"type": "string", "format": "date-time"},
        "on": {"type": "string", "format": "date"},
        "any": {},
        "tags": {"type": "array", "items": {"type": "string"}},
        "bank": {"type": "object", "properties": {"iban": {"type": "string"}, "link": {"not": {}}}},
        "lines": {"type": "array", "items": {"type": "object", "properties": {"vat": {"type": "number"}}}},
        "free": {"type": "object"},
        "text": {"type": "string", "contentMediaType": "application/json"},
    }
}


def convert(record: dict[str, Any], drift: Drift | None = None) -> dict[str, Any]:
    return row_converter(SCHEMA, lambda _: True, drift or Drift())(record)


@pytest.mark.parametrize(
    ("column", "sent", "landed"),
    [
        ("id", "x", "x"),
        ("id", 42, "42"),
        ("id", "", ""),
        ("amount", 3, 3),
        ("amount", Decimal("0.10"), Decimal("0.10")),
        ("amount", "12.52", Decimal("12.52")),
        ("amount", "10,00", Decimal("10.00")),
        ("amount", "", None),
        ("count", "666", 666),
        ("count", Decimal("4.0"), 4),
        ("open", "true", True),
        ("open", 0, False),
        ("at", "2021-03-03T16:06:38.000Z", "2021-03-03T16:06:38.000Z"),
        ("at", "2022-03-04T17:58:30+02:00", "2022-03-04T15:58:30Z"),
        ("at", "2024-12-04T11:05:16.4497Z", "2024-12-04T11:05:16.4497Z"),
        ("at", "2024-12-04T11:05:16.123456789Z", "2024-12-04T11:05:16.123456Z"),
        ("at", "2022-12-01 08:57:00.123047", "2022-12-01T08:57:00.123047Z"),
        ("at", "", None),
        ("on", "2022-11-27", "2022-11-27"),
        ("on", "2022-11-27T08:00:00Z", "2022-11-27"),
        ("any", [1, {"a": None}], [1, {"a": None}]),
        ("tags", ["a", None, 3], ["a", "3"]),
        ("bank", {"IBAN": "FR", "link": "http"}, {"iban": "FR"}),
        ("lines", [{"Vat": "0.2"}, {}], [{"vat": Decimal("0.2")}, {}]),
        ("free", {"Kept": {"As": 1}}, {"Kept": {"As": 1}}),
        ("text", {"Kept": [Decimal("0.10"), None, "ä"]}, '{"Kept":[0.10,null,"ä"]}'),
        ("text", "x", '"x"'),
        ("amount", None, None),
    ],
)
def test_what_is_sent_lands_as_one_type(column: str, sent: Any, landed: Any) -> None:
    drift = Drift()
    assert convert({column: sent}, drift) == {column: landed}
    assert not drift.lines()


@pytest.mark.parametrize(
    ("column", "sent"),
    [
        ("amount", "n/a"), ("amount", "NaN"), ("amount", True), ("amount", "1,000.50"), ("count", "1.5"),
        ("open", "maybe"), ("open", 7), ("at", "<string>"), ("on", "2022-11-31"), ("tags", "a"), ("bank", "x"),
        ("id", {}),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_null_and_said(column: str, sent: Any) -> None:
    drift = Drift()
    assert convert({column: sent}, drift) == {column: None}
    (line,) = drift.lines()
    assert f"column {column} " in line
    assert str(sent) not in line or column == "id" or len(str(sent)) == 1


def test_undeclared_fields_are_counted_not_loaded() -> None:
    drift = Drift()
    to_row = row_converter(SCHEMA, lambda _: True, drift)
    for _ in range(3):
        assert to_row({"id": "1", "newField": "secret", "bank": {"Other": 1}}) == {"id": "1", "bank": {}}
    assert drift.undeclared == {("new_field", "string"): 3, ("bank.other", "integer"): 3}
    assert not any("secret" in line for line in drift.lines())


def test_deselected_columns_never_pass() -> None:
    drift = Drift()
    to_row = row_converter(SCHEMA, lambda path: path not in {("amount",), ("bank", "iban")}, drift)
    for amount in (5, None, 6):
        assert to_row({"id": "1", "amount": amount, "bank": {"iban": "FR"}}) == {"id": "1", "bank": {}}
    assert not drift.lines()
    assert drift.withheld == {"amount": 2, "bank.iban": 3}, "values that came are counted"
    assert "bank.iban" not in drift.missing


@pytest.mark.parametrize(
    ("vendor", "column"),
    [
        ("DocumentNumber", "document_number"),
        ("@url", "url"),
        ("businessPartnerId", "business_partner_id"),
        ("VATNumber", "vat_number"),
        ("IBAN", "iban"),
        ("Invoice_issue_date", "invoice_issue_date"),
        ("iban2Name", "iban2_name"),
        ("already_snake", "already_snake"),
    ],
)
def test_names(vendor: str, column: str) -> None:
    assert snake_case(vendor) == column


@given(
    st.datetimes(min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29)),  # noqa: DTZ001 - the zone is drawn
    st.integers(-14 * 60, 14 * 60),
)
def test_moments_keep_their_instant(naive: datetime, minutes: int) -> None:
    at = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    text = utc_text(at.isoformat())
    assert text.endswith("Z")
    assert moment(text) == at


def test_a_moment_without_a_zone_is_of_the_vendors() -> None:
    assert utc_text("2026-07-01 12:00:00", ZoneInfo("Europe/Stockholm")) == "2026-07-01T10:00:00Z"
    assert moment("2026-01-31") == datetime(2026, 1, 31, tzinfo=UTC)


def test_every_column_but_the_key_is_nullable() -> None:
    shown = catalog_schema(SCHEMA, ("id",))
    assert shown["properties"]["id"]["type"] == "string"
    assert shown["properties"]["amount"]["type"] == ["number", "null"]
    assert shown["properties"]["bank"]["properties"] == {"iban": {"type": ["string", "null"]}}
    assert shown["properties"]["lines"]["items"]["properties"]["vat"]["type"] == ["number", "null"]
