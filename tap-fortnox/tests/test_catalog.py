"""What the tap offers, and what of it is chosen."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tap_fortnox.streams import STREAMS
from tap_fortnox.tap import TapFortnox
from tap_kit.readme import columns, updated
from tap_kit.schema import load_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent.parent
SNAPSHOTS = Path(__file__).parent / "catalog"
NAMES = [row.name for row in STREAMS]


@pytest.mark.parametrize("stream", NAMES)
def test_the_catalog_is_as_it_was(catalog: dict[str, Any], stream: str) -> None:
    """A changed snapshot is a changed table: look at the difference, then write the new one over it."""
    (entry,) = [entry for entry in catalog["streams"] if entry["tap_stream_id"] == stream]
    assert entry == json.loads((SNAPSHOTS / f"{stream}.json").read_text("utf-8"))


def test_each_stream_has_a_schema_and_each_schema_a_stream() -> None:
    assert sorted(path.stem for path in (FOLDER / "tap_fortnox" / "schemas").iterdir()) == sorted(NAMES)
    assert len(set(NAMES)) == len(NAMES)


def described(properties: dict[str, Any], path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, column in properties.items():
        yield f"{path}.{name}", column
        inner = column.get("properties") or column.get("items", {}).get("properties") or {}
        yield from described(inner, f"{path}.{name}")


def test_every_column_is_described_and_names_what_fortnox_calls_it() -> None:
    for stream in set(NAMES) - {"sie_balances"}:
        for path, column in described(load_schema("tap_fortnox", stream)["properties"], stream):
            assert re.search(r" \(@?\w+\)\.$", column["description"]), path


def test_what_identifies_something_has_one_type_throughout() -> None:
    kinds: dict[str, set[str]] = {}
    for stream in NAMES:
        for path, column in described(load_schema("tap_fortnox", stream)["properties"], stream):
            kinds.setdefault(path.rpartition(".")[2], set()).add(column.get("type"))
    for name in ("document_number", "invoice_number", "customer_number", "supplier_number", "given_number", "account"):
        assert kinds[name] == {"string"}, name
    for name in ("voucher_number", "voucher_year", "year", "row_id"):
        assert kinds[name] == {"integer"}, name
    assert kinds["debit"] == kinds["credit"] - {"boolean"} == kinds["total"] == kinds["amount"] == {"number"}


def test_personal_data_is_marked() -> None:
    marked = {
        path
        for stream in NAMES
        for path, column in described(load_schema("tap_fortnox", stream)["properties"], stream)
        if column.get("personal")
    }
    assert {
        "customers.name",
        "customers.email",
        "customers.organisation_number",
        "invoices.customer_name",
        "invoices.delivery_name",
        "suppliers.iban",
        "tax_reductions.social_security_number",
        "employees.personal_identity_number",
        "employees.monthly_salary",
        "absence_transactions.cause_code",
        "email_senders.trusted_senders.email",
    } <= marked
    assert not {"invoices.document_number", "vouchers.voucher_rows.debit", "company_information.company_name"} & marked


def test_payroll_is_off_unless_chosen() -> None:
    off = {row.name for row in STREAMS if not row.selected}
    assert {"employees", "salary_transactions", "absence_transactions", "attendance_transactions"} <= off
    assert not {"vouchers", "invoices", "supplier_invoices", "accounts", "customers"} & off


def test_meltano_selects_what_the_tap_does() -> None:
    """Meltano selects everything unless told otherwise."""
    plugin = (FOLDER / "plugin.meltano.yml").read_text("utf-8")
    assert sorted(re.findall(r'- "!(\w+)\.\*"', plugin)) == sorted(row.name for row in STREAMS if not row.selected)
    own = TapFortnox.config_jsonschema["properties"].keys() - {"stream_maps", "stream_map_config"}
    assert set(re.findall(r"^    - name: (\w+)$", plugin, re.MULTILINE)) == {
        name for name in own if not name.startswith(("faker", "flattening", "batch"))
    }


def test_the_tables_of_the_readme_are_as_the_code_makes_them() -> None:
    """If not: python -m tap_kit.readme tap_fortnox tap-fortnox."""
    readme = (FOLDER / "README.md").read_text("utf-8")
    assert readme == updated(readme, STREAMS, "tap_fortnox")
    assert (FOLDER / "COLUMNS.md").read_text("utf-8") == columns(STREAMS, "tap_fortnox")
