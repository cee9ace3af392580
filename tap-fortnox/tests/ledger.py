"""The books of two years, as the API and as its SIE files tell of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tap_kit.testing import Reply

if TYPE_CHECKING:
    from tap_kit.testing import Query

NAMES = {1930: "Företagskonto", 3001: "Försäljning", 2611: "Utgående moms"}


def row(account: int, amount: float, **other: Any) -> dict[str, Any]:
    return {
        "Account": account,
        "Debit": max(amount, 0),
        "Credit": max(-amount, 0),
        "Description": NAMES[account],
        "CostCenter": "",
        "Project": "",
        "TransactionInformation": "",
        "Removed": False,
        **other,
    }


@dataclass
class Books:
    """Two years: 7 is over and locked, 2 is open; and what tells of their vouchers."""

    vouchers: dict[tuple[int, str, int], dict[str, Any]] = field(default_factory=dict)
    locked: str = "2025-12-31"
    generated: str = "20260101"
    tells_of_struck_rows: bool = True
    changed: set[tuple[int, str, int]] = field(default_factory=set)

    YEARS = (
        {"Id": 2, "FromDate": "2026-01-01", "ToDate": "2026-12-31"},
        {"Id": 7, "FromDate": "2024-07-01", "ToDate": "2025-12-31"},
    )

    def book(self, year: int, series: str, number: int, *rows: dict[str, Any], **other: Any) -> None:
        self.vouchers[year, series, number] = {
            "@url": f"https://api.fortnox.se/3/vouchers/{series}/{number}?financialyear={year}",
            "Year": year,
            "VoucherSeries": series,
            "VoucherNumber": number,
            "TransactionDate": "2025-06-15" if year == 7 else "2026-02-01",
            "Description": f"{series} {number}",
            "Comments": "",
            "ReferenceType": "MANUAL",
            "ReferenceNumber": "",
            "CostCenter": "",
            "Project": 0,
            "VoucherRows": list(rows or (row(1930, 100), row(3001, -100))),
            **other,
        }

    def headers(self, query: Query) -> list[dict[str, Any]]:
        year = int(query["financialyear"][0])
        return [
            {name: value for name, value in v.items() if name not in ("CostCenter", "Project", "VoucherRows")}
            for key, v in sorted(self.vouchers.items())
            if key[0] == year and ("lastmodified" not in query or key in self.changed)
        ]

    def sie(self, query: Query) -> Reply:
        year = next(year for year in self.YEARS if str(year["Id"]) == query["financialyear"][0])
        lines = [
            "#FLAGGA 0",
            f"#GEN {self.generated}",
            f"#RAR 0 {year['FromDate']} {year['ToDate']}".replace("-", ""),
            *(f'#KONTO {number} "{name}"' for number, name in NAMES.items()),
            "#IB 0 1930 10.00",
            "#UB 0 1930 110.00",
            "#RES 0 3001 -100.00",
        ]
        for (of_year, series, number), voucher in sorted(self.vouchers.items()):
            if of_year == year["Id"]:
                day = voucher["TransactionDate"].replace("-", "")
                lines += [f'#VER "{series}" {number} {day} "{voucher["Description"]}"', "{"]
                lines += [line for one in voucher["VoucherRows"] for line in self.line(one)]
                lines.append("}")
        return Reply(raw="\r\n".join(lines).encode("cp437", "replace"), headers={"Content-Type": "text/plain"})

    def line(self, one: dict[str, Any]) -> list[str]:
        if one["Removed"] and not self.tells_of_struck_rows:
            return []
        objects = " ".join(f'{n} "{one[f]}"' for n, f in ((1, "CostCenter"), (6, "Project")) if one[f])
        label = "#BTRANS" if one["Removed"] else "#TRANS"
        amount = one["Debit"] - one["Credit"]
        return [f'{label} {one["Account"]} {{{objects}}} {amount:.2f} "" "{one["TransactionInformation"]}" 0']
