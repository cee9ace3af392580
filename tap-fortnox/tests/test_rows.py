"""Answers as the specification has them, of every stream: fixture in, rows out."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tap_fortnox.streams import STREAMS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tap_kit.testing import Run

# Each file holds the answers that a stream asks for, by path, and the rows that come of them. Their values are made
# up; fields and types are those of the specification, and of recorded answers where these differ.
ANSWERS = {path.stem: json.loads(path.read_text("utf-8")) for path in (Path(__file__).parent / "answers").iterdir()}
BY_HAND = {"vouchers", "sie_balances", "schedule_times"}  # in files of their own, or below

# What may be asked for, `{}` standing for what an answer named. GETs that send something to a customer, or mark it as
# sent (Fortnox docs: print, email, einvoice, eprint, printreminder), are none of them.
ALLOWED = (Path(__file__).parent / "allowed.txt").read_text("utf-8").split()


@pytest.fixture(scope="module")
def run(run_once: Callable[..., tuple[Run, list[str]]]) -> tuple[Run, list[str]]:
    answers = {path: body for of_stream in ANSWERS.values() for path, body in of_stream["answers"].items()}
    return run_once(answers, *ANSWERS, start_date="2025-01-01")


def test_every_stream_has_answers() -> None:
    assert {row.name for row in STREAMS} == ANSWERS.keys() | BY_HAND


@pytest.mark.parametrize("stream", sorted(ANSWERS))
def test_rows(run: tuple[Run, list[str]], stream: str) -> None:
    assert run[0].rows(stream) == ANSWERS[stream]["rows"]


def test_every_field_of_the_specification_has_a_column_of_its_type(run: tuple[Run, list[str]]) -> None:
    assert run[0].code == 0, run[0].errors
    assert "not declared" not in run[0].log
    assert "got what is no" not in run[0].log


def test_only_reading_paths_are_asked_for(run: tuple[Run, list[str]]) -> None:
    """Of an unknown path, see first that asking for it changes nothing; then write it into the file."""
    allowed = re.compile("|".join(re.escape(path).replace(r"\{\}", "[^/]+") for path in ALLOWED))
    assert {path for path in run[1] if not allowed.fullmatch(path)} == set()


@pytest.mark.parametrize(
    "number", ["1/print", "1/email?x=1", "../3/invoices/1/eprint", "1#/einvoice", "å/printreminder"]
)
def test_what_a_record_says_of_itself_cannot_lead_to_another_path(
    fortnox: Any, tap: Callable[..., Run], number: str
) -> None:
    fortnox.lists["3/invoices"] = ("Invoices", [{"DocumentNumber": number}])
    fortnox.answers[f"3/invoices/{number}"] = {"Invoice": {"DocumentNumber": number, "Net": 5}}
    assert tap("invoices").rows("invoices")[0]["net"] == 5
    (detail,) = set(fortnox.paths()) - {"3/invoices"}
    assert detail.count("/") == 2


def test_scheduled_times_are_asked_for_by_employee_and_day(fortnox: Any, tap: Callable[..., Run]) -> None:
    fortnox.lists["3/employees"] = ("Employees", [{"EmployeeId": "7"}])
    time = {"EmployeeId": "7", "Date": "2026-01-31", "Hours": "8.50", "IWH1": "", "ScheduleId": "HEL"}
    fortnox.answers["3/scheduletimes/7/2026-01-31"] = {"ScheduleTime": time}
    run = tap("schedule_times", start_date="2026-01-30")
    (row,) = run.rows("schedule_times")  # other days have none
    assert row == {"employee_id": "7", "date": "2026-01-31", "hours": 8.5, "iwh1": None, "schedule_id": "HEL"}
