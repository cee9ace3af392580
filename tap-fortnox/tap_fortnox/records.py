"""One way to say nothing, and one name for a field, where Fortnox has several."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from tap_kit.table import Partition, RawRecord

    Prepare = Callable[[RawRecord, Partition], RawRecord]

# Fields that refer to something else, and are 0 where there is nothing (recorded answers of 2014 to 2024).
_REFERENCES = frozenset({
    "ConstructionAccount",
    "ContractReference",
    "CostCenter",
    "CreditInvoiceReference",
    "CreditReference",
    "EUAccount",
    "EUVATAccount",
    "ExportAccount",
    "InvoicePeriodReference",
    "InvoiceReference",
    "OfferReference",
    "OrderReference",
    "Project",
    "PurchaseAccount",
    "SalesAccount",
    "StockAccount",
    "StockChangeAccount",
    "TimeBasisReference",
})  # fmt: skip


def plain(record: RawRecord, _: Partition) -> RawRecord:
    """Nothing is null, "" or, in a reference, 0: here it is null."""
    return {name: _plain(name, value) for name, value in record.items()}


def renamed(**names: str) -> Prepare:
    """Return what makes a record plain, with other names for some fields: those that the details call otherwise."""

    def prepare(record: RawRecord, part: Partition) -> RawRecord:
        found = plain(record, part)
        for name, real in names.items():
            if name in found:
                value = found.pop(name)
                found[real] = value if found.get(real) is None else found[real]
        return found

    return prepare


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return [{n: _plain(n, v) for n, v in item.items()} if isinstance(item, dict) else item for item in value]
    if isinstance(value, dict):
        return {n: _plain(n, v) for n, v in value.items()}
    return None if value == "" or (name in _REFERENCES and value in (0, "0")) else value
