"""Lines dealt out to their streams in compiled code, against each line decoded by itself."""

from __future__ import annotations

import json
import random
from array import array
from typing import Any

import pytest
from target_bigquery import messages
from target_bigquery.compiled import RECORDS

from .conftest import INTEGER, Target, activate, record, schema, state
from .made_up import STRINGS, broken

pytestmark = pytest.mark.skipif(RECORDS is None, reason="no C compiler at installation")

USUAL, HUGE = [("s", None), ("t", 7), ("Ünï \"q'", None), ("u" * 300, -3)], ("huge", 2**70)
KNOWN = [*USUAL[:2], HUGE, *USUAL[2:]]
VALUES = ["1", "-0.5", "null", "[]", '{"a":[{}, [1,"]"]]}', '"a long text with \\" and \\\\"', '"\\ud83d\\ude00 東"']
ODD = [b"\n", b" \n", b"{}\n", b"[]\n", b'{"type":"STATE"}\n', b'{"type":"STATE","value":[1,}\n']
ODD += [b'{"type":"STATE","value":{"at":tru}}\n', b'{"type":"STATE","value":1,"x":tru}\n']
FIRST = 5  # the number of the line before


def spelled(rng: random.Random, members: dict[str, Any]) -> bytes:
    """A message with its properties in any order, with or without spaces."""
    space, ascii_ = rng.choice(["", "", " ", "\t "]), rng.random() < 0.5
    made = [f'"{k}":{space}{v if k == "record" else json.dumps(v, ensure_ascii=ascii_)}' for k, v in members.items()]
    if rng.random() < 0.5:
        rng.shuffle(made)
    return ("{" + f"{space},".join(made) + "}" + rng.choice(["", "", " ", "\r"])).encode() + b"\n"


def line(rng: random.Random, *, odd: float) -> bytes:
    """Mostly a record of a known stream in its version; now and then a STATE, and if ``odd`` anything."""
    if rng.random() < odd:
        return rng.choice(ODD)
    if rng.random() < 0.1:
        return spelled(rng, {"type": "STATE", "value": {"at": rng.randrange(99)}})
    stream, version = rng.choice(USUAL) if rng.random() > odd else rng.choice([("unknown", None), HUGE])
    value = rng.choice(STRINGS if rng.random() < odd else VALUES)
    members: dict[str, Any] = {"type": "RECORD", "stream": stream, "record": f'{{"id":{value}}}'}
    if version is not None or rng.random() < 0.1:
        members["version"] = version if rng.random() > odd else 8
    if rng.random() < 0.5:
        members["time_extracted"] = "2026-01-02T03:04:05Z"
    if rng.random() < 0.3:
        members["more"] = rng.choice([1, "x", {"record": 1}, ["}"]])
    return spelled(rng, members)


def decoded(one: bytes) -> messages.Message | None:
    try:
        return messages.decode(one)
    except messages.ERRORS:
        return None


def repeats(one: bytes) -> bool:
    found: list[str] = []
    text = one.decode(errors="replace")
    json.loads(text, object_pairs_hook=lambda pairs: found.extend(name for name, _ in pairs))
    return len(found) > len(set(found))


def compare(seed: int) -> int:
    """Deal the lines of this seed; how many of them were taken."""
    rng = random.Random(seed)
    odd = rng.choice([0, 0.02, 0.2])
    data = b"".join(line(rng, odd=odd) for _ in range(rng.randrange(1, 40)))
    whole, pass_states = rng.random() < 0.6, rng.random() < 0.7
    data = data if whole else broken(rng, data)
    given = [one + b"\n" for one in data.split(b"\n")[:-1]]
    skipped = len(given) > 1 and rng.random() < 0.3
    start = len(given[0]) if skipped else 0
    end, number, dealt, passed = RECORDS.deal(bytearray(data), start, FIRST, KNOWN, pass_states)
    taken = given[skipped : skipped + number - FIRST]
    assert b"".join(taken) == data[start:end]

    by_number = dict(enumerate(taken, FIRST + 1))
    of_stream: dict[int, tuple[str, int | None]] = {}
    for which, lines, numbers in dealt:
        own = array("q", bytes(numbers)).tolist()
        assert own == sorted(own)
        assert b"".join(by_number[n] for n in own) == bytes(lines)
        of_stream |= dict.fromkeys(own, KNOWN[which])
    for n, one in by_number.items():
        message = decoded(one)
        if n in of_stream:
            assert message is None or repeats(one) or (message.type, message.stream) == ("RECORD", of_stream[n][0]), one
        else:
            assert pass_states, one
            assert message is not None, one
            assert (message.type, bool(message.value)) == ("STATE", True), one
    states = [(by_number[n], n) for n in by_number if n not in of_stream]
    assert passed == (states[-1] if states else None)
    if whole and skipped + len(taken) < len(given):
        assert not usual(given[skipped + len(taken)], pass_states=pass_states), given[skipped + len(taken)]
    return len(taken)


def usual(one: bytes, *, pass_states: bool) -> bool:
    """A line that the compiled code has to take."""
    message = decoded(one)
    if message is None:
        return False
    if message.type == "STATE":
        return pass_states and bool(message.value)
    return message.type == "RECORD" and (message.stream, message.version) in USUAL and bool(message.record)


def test_each_line_goes_to_its_stream_under_its_number() -> None:
    assert sum(compare(seed) for seed in range(1500)) > 10_000


@pytest.mark.storm
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("start", range(2000, 1_002_000, 100_000))
def test_storm_of_dealt_lines(start: int) -> None:
    for seed in range(start, start + 100_000):
        compare(seed)


def test_a_version_that_changes_on_the_way_ends_the_deal() -> None:
    rows = [json.dumps(record("t", 7 + (n >= 20), id=n)) + "\n" for n in range(30)]
    others = [json.dumps(record("s", id=n)) + "\n" for n in range(30)]
    data = "".join(one for pair in zip(rows, others, strict=True) for one in pair).encode()
    end, number, dealt, _ = RECORDS.deal(data, 0, 0, KNOWN, True)  # noqa: FBT003 (compiled: no keywords)
    assert data[end:].startswith(rows[20].encode())
    assert number == 40
    assert [(KNOWN[which][0], len(bytes(lines).split(b"\n")) - 1) for which, lines, _ in dealt] == [
        ("s", 20),
        ("t", 20),
    ]


def test_what_is_most_of_the_data_is_not_copied() -> None:
    data = bytearray(json.dumps(record("s", id=1)).encode() + b"\n") * 9
    ((_, lines, _),) = RECORDS.deal(data, 0, 0, KNOWN, True)[2]  # noqa: FBT003
    assert isinstance(lines, memoryview)
    assert lines.obj is data


@pytest.mark.parametrize("data", [b"", b"{}", b"\n{}"])
def test_a_line_without_its_end_is_no_input(data: bytes) -> None:
    with pytest.raises(ValueError, match="whole lines"):
        RECORDS.deal(data, 0, 0, KNOWN, True)  # noqa: FBT003


HEADS = [schema(s, ["id"], id=INTEGER, n=INTEGER) for s in ("a", "b", "full")]


def test_a_state_after_every_record_commits_once(target: Target) -> None:
    """Of two streams in turn and a full table; the last record of a key wins."""
    sent: list[Any] = [*HEADS]
    for n in range(300):
        sent += [record("ab"[n % 2], id=n % 7, n=n), state(at=n), record("full", 4, id=n, n=n), state(at=n)]
    outcome = target.ok([*sent, activate("full", 4), state(at="end")])
    assert outcome.states[-1] == {"at": "end"}
    assert len(outcome.states) < 5
    assert (outcome.total("load_jobs"), outcome.total("committed")) == (3, 600)
    last = {(s, id_): max(n for n in range(300) if "ab"[n % 2] == s and n % 7 == id_) for s in "ab" for id_ in range(7)}
    for stream in "ab":
        assert {r["id"]: r["n"] for r in target.rows(stream)} == {k: n for (s, k), n in last.items() if s == stream}
    assert len(target.rows("full")) == 300


def test_each_state_counts_when_every_state_commits(target: Target) -> None:
    sent = [part for n in range(4) for part in (record("a", id=n, n=n), record("b", id=n, n=n), state(at=n))]
    outcome = target.ok([*HEADS[:2], *sent], commit_after_seconds=0)
    assert outcome.total("load_jobs") == 8
    assert outcome.states[-1] == {"at": 3}


def test_the_number_of_a_line_is_told_whatever_is_around_it(nowhere: Target) -> None:
    """Records of two streams and STATEs in turn; the error shows at conversion."""
    sent: list[Any] = [*HEADS[:2]]
    for n in range(200):
        sent += [record("a", id=n, n=n), state(at=n), record("b", id=n, n="wrong" if n == 150 else n)]
    nowhere.fails(sent, 1, "line 455 of the input", "stream b (key id)", "column n")
