"""SIE files: what is written is what is read, whatever stands in the texts."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tap_fortnox.sie import SieFile, SieRow, SieVoucher, digest, parse

HEAD = '#FLAGGA 0\r\n#FORMAT PC8\r\n#GEN 20260105\r\n#PROGRAM "Fortnox" 3.0\r\n#RAR 0 20250101 20251231\r\n'


def sie(*lines: str) -> bytes:
    return (HEAD + "\r\n".join(lines)).encode("cp437")


def quoted(text: str) -> str:
    return '"' + text.replace('"', '\\"') + '"'


# Whatever code page 437 has: control characters stand for nothing, and a backslash before a quotation mark, or at the
# end, cannot be told from one that marks it.
TEXT = st.text(
    st.sampled_from([character for n in range(32, 256) if (character := bytes([n]).decode("cp437")) not in "\x7f\\"]),
    max_size=12,
)
NAME = TEXT.filter(str.strip)
MONEY = st.decimals(min_value=-(10**9), max_value=10**9, places=2)
DAYS = st.dates().map(lambda day: f"{day:%Y-%m-%d}".zfill(10))
ROWS = st.builds(
    SieRow,
    account=st.integers(1000, 9999).map(str),
    amount=MONEY,
    objects=st.dictionaries(st.sampled_from(["1", "6", "7"]), NAME, max_size=3),
    text=TEXT,
    quantity=st.none() | MONEY,
    removed=st.booleans(),
)
VOUCHERS = st.builds(
    SieVoucher, NAME, st.integers(1, 99999).map(str), DAYS, TEXT, st.lists(st.tuples(ROWS, st.booleans()), max_size=4)
)


def written(row: SieRow, *, added: bool) -> list[str]:
    objects = " ".join(f"{dimension} {quoted(number)}" for dimension, number in row.objects.items())
    quantity = "" if row.quantity is None else f" {row.quantity}"
    rest = f'{row.account} {{{objects}}} {row.amount} "" {quoted(row.text)}{quantity}'
    if row.removed:
        return [f"   #BTRANS {rest}"]
    return [f"\t#RTRANS {rest}", f"\t#TRANS {rest}"] if added else [f"   #TRANS {rest}"]


@given(st.lists(VOUCHERS, max_size=4, unique_by=lambda voucher: (voucher.series, voucher.number)))
def test_what_is_written_is_read(vouchers: list[SieVoucher]) -> None:
    lines = []
    for voucher in vouchers:
        day = voucher.date.replace("-", "")
        lines += [f"#VER {quoted(voucher.series)} {voucher.number} {day} {quoted(voucher.text)} {day}", "{"]
        lines += [line for row, added in voucher.rows for line in written(row, added=added)]
        lines.append("}")
        voucher.rows = [row for row, _ in voucher.rows]
    found = parse(sie(*lines)).vouchers
    assert list(found.values()) == vouchers
    assert list(found) == [(voucher.series, voucher.number) for voucher in vouchers]


def test_a_year() -> None:
    file = parse(
        sie(
            "#RAR -1 20230713 20241231",
            '#KONTO 1930 "Företagskonto"',
            "#KONTO 3001 Försäljning",
            "#IB 0 1930 100.00",
            "#IB -1 1930 7.00",
            "#UB 0 1930 25.5",
            "#RES 0 3001 -80",
            '#PSALDO 0 202501 1930 {1 "A"} 5.00',
            "#UNKNOWN of {another 1} program",
        )
    )
    assert file == SieFile(
        first_day="2025-01-01",
        accounts={"1930": "Företagskonto", "3001": "Försäljning"},
        opening={"1930": Decimal("100.00")},
        closing={"1930": Decimal("25.5")},
        results={"3001": Decimal(-80)},
    )


def test_a_row_that_was_added_later_counts_once_and_one_that_was_struck_does_not() -> None:
    file = parse(
        sie(
            '#VER A 7 20250110 "Hyra" 20250110',
            "{",
            "#TRANS 5010 {} 100.00",
            '#BTRANS 1930 {} -90.00 "" "fel" 0',
            '#RTRANS 1930 {} -100.00 20250110 "rätt" 0',
            '#TRANS 1930 {} -100.00 20250110 "rätt" 0',
            "}",
        )
    )
    voucher = file.vouchers["A", "7"]
    assert [(row.amount, row.text, row.removed) for row in voucher.rows] == [
        (Decimal(100), "", False),
        (Decimal(-90), "fel", True),
        (Decimal(-100), "rätt", False),
    ]
    assert voucher.balances


def test_when_a_file_was_made_is_no_difference() -> None:
    later = HEAD.replace("20260105", "20270202").replace("3.0", "3.1").encode("cp437")
    assert digest(later) == digest(HEAD.encode("cp437"))
    assert digest(later + b"#KONTO 1930 Bank\r\n") != digest(later)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>not found</html>",
        sie("#VER A"),
        sie("#VER A 1 20250101 text", "{", "#TRANS 1930 {} tio", "}"),
        sie("#VER A 1 20250101 text", "{", "#TRANS", "}"),
        sie("#VER A 1 20250101 text", "{", "#TRANS 1930 {1} 10", "}"),
        sie("#IB 0 1930 mycket"),
    ],
)
def test_what_is_no_sie_file_is_said_to_be_none(content: bytes) -> None:
    with pytest.raises(ValueError, match="SIE file"):
        parse(content)
