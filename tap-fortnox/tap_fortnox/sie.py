"""SIE 4 files: a financial year's accounts, balances and vouchers as text.

The format is that of the SIE group (SIE file format, edition 4C). A line is a label and its fields; a field may be
quoted, with a backslash before a quotation mark inside, and a list of dimensions stands in braces. The text is in
code page 437.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_QUOTED = r'"(?:\\"|[^"])*"'
_FIELD = re.compile(rf"""({_QUOTED})|\{{((?:{_QUOTED}|[^}}"])*)\}}|([^\s"{{}}]+|[{{}}])""")

# When and with what the file was made, and a check sum that covers it.
_PASSING = ("#GEN", "#PROGRAM", "#KSUMMA")

COST_CENTER, PROJECT = "1", "6"  # the reserved numbers of these dimensions

Field = str | list[str]


@dataclass(frozen=True, slots=True)
class SieRow:
    """A row of a voucher.

    Attributes:
        amount: SEK, debit above zero.
        objects: dimension number -> object number.
        removed: whether it was struck out.
    """

    account: str
    amount: Decimal
    objects: dict[str, str]
    text: str = ""
    quantity: Decimal | None = None
    removed: bool = False


@dataclass(slots=True)
class SieVoucher:
    """A voucher: its day as YYYY-MM-DD, and its rows in order."""

    series: str
    number: str
    date: str
    text: str
    rows: list[SieRow] = field(default_factory=list)

    @property
    def balances(self) -> bool:
        """Whether debit equals credit, over the rows that are not struck out."""
        return not sum(row.amount for row in self.rows if not row.removed)


@dataclass(slots=True)
class SieFile:
    """What a file says of its financial year.

    Attributes:
        first_day: of the financial year, as YYYY-MM-DD.
        accounts: number -> name.
        opening, closing: account -> balance at the year's start and end, SEK.
        results: account -> sum of the year, SEK, where the account is one of revenue or cost.
        vouchers: (series, number) -> voucher.
    """

    first_day: str = ""
    accounts: dict[str, str] = field(default_factory=dict)
    opening: dict[str, Decimal] = field(default_factory=dict)
    closing: dict[str, Decimal] = field(default_factory=dict)
    results: dict[str, Decimal] = field(default_factory=dict)
    vouchers: dict[tuple[str, str], SieVoucher] = field(default_factory=dict)


def digest(content: bytes) -> str:
    """Return what tells a file's content from another's, whenever they were made."""
    lines = (line for line in _lines(content) if not line.startswith(_PASSING))
    return blake2b("\n".join(lines).encode(), digest_size=8).hexdigest()


def parse(content: bytes) -> SieFile:
    """Read a file.

    Raises:
        ValueError: it is no SIE file, or a broken one.
    """
    file = SieFile()
    voucher: SieVoucher | None = None
    added = False
    for line in _lines(content):
        try:
            label, *values = _fields(line)
            match label:
                case "#VER":
                    voucher = _voucher(*values)
                    file.vouchers[voucher.series, voucher.number] = voucher
                case "#TRANS" | "#RTRANS" | "#BTRANS" if voucher is not None:
                    # Each added row (RTRANS) is followed by the same one as TRANS, for readers of older files.
                    if not (added and label == "#TRANS"):
                        voucher.rows.append(_row(values, removed=label == "#BTRANS"))
                    added = label == "#RTRANS"
                case "}":
                    voucher, added = None, False
                case _:
                    _note(file, str(label), values)
        except (TypeError, ValueError, InvalidOperation) as error:
            raise ValueError("a line of the SIE file is broken") from error
    if not file.first_day:
        raise ValueError("this is no SIE file of a financial year")
    return file


def _lines(content: bytes) -> Iterator[str]:
    return (line for part in content.decode("cp437").split("\n") if (line := part.strip("\r\t ")))


def _fields(line: str) -> list[Field]:
    return [
        _fields_of_list(listed) if not (quoted or bare) else _text(quoted or bare)
        for quoted, listed, bare in _FIELD.findall(line)
    ]


def _fields_of_list(listed: str) -> list[str]:
    return [_text(quoted or bare) for quoted, _, bare in _FIELD.findall(listed)]


def _text(written: str) -> str:
    return written[1:-1].replace('\\"', '"') if written.startswith('"') else written


def _note(file: SieFile, label: str, values: list[Field]) -> None:
    match label, values:
        case "#RAR", ["0", str(first), *_]:
            file.first_day = _day(first)
        case "#KONTO", [str(account), str(name), *_]:
            file.accounts[account] = name
        case "#IB" | "#UB" | "#RES", ["0", str(account), str(amount), *_]:
            balances = {"#IB": file.opening, "#UB": file.closing, "#RES": file.results}[label]
            balances[account] = Decimal(amount)


def _voucher(series: Field, number: Field, day: Field, text: Field = "", *_: Field) -> SieVoucher:
    return SieVoucher(str(series), str(number), _day(str(day)), str(text))


def _row(values: list[Field], *, removed: bool) -> SieRow:
    account, objects, amount, _, text, quantity, *_ = [*values, "", "", ""]
    numbers = objects if isinstance(objects, list) else []
    return SieRow(
        str(account),
        Decimal(str(amount)),
        dict(zip(numbers[::2], numbers[1::2], strict=True)),
        str(text),
        Decimal(str(quantity)) if quantity else None,
        removed,
    )


def _day(text: str) -> str:
    return f"{text[:4]}-{text[4:6]}-{text[6:8]}"
