"""docs/promises.md: every promise has its tests, and these are there and run by default."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROWS = re.findall(r"^\| (\d+) \| (.+?) \| (.+) \|$", (ROOT / "docs/promises.md").read_text(), re.MULTILINE)


@cache
def defined(file: str) -> dict[str, bool]:
    """The tests of a file, each with whether it runs by default."""
    found = [node for node in ast.parse((ROOT / file).read_text()).body if isinstance(node, ast.FunctionDef)]
    return {node.name: not any("storm" in ast.unparse(mark) for mark in node.decorator_list) for node in found}


def test_they_are_all_there() -> None:
    assert [int(number) for number, *_ in ROWS] == list(range(1, 33))


@pytest.mark.parametrize(("promise", "shown"), [(f"{number} {promise}", shown) for number, promise, shown in ROWS])
def test_a_promise_has_its_tests(promise: str, shown: str) -> None:
    named = re.findall(r"`([\w./-]+\.py)::(\w+)`", shown)
    assert named, promise
    assert len(named) == shown.count("::"), "each is written as `file::test`"
    for file, test in named:
        assert defined(file).get(test), f"{promise}: {file}::{test}"
