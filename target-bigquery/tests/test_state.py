"""STATE is never ahead of the data, and leaves as soon as it is true."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st
from target_bigquery.state import Ledger, in_progress

from .conftest import INTEGER, Target, lines, record, schema, state

STREAMS = "abc"
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("record"), st.sampled_from(STREAMS)),
        st.tuples(st.just("state"), st.just("")),
        st.tuples(st.just("cut"), st.sampled_from(STREAMS)),
        st.tuples(st.just("done"), st.sampled_from(STREAMS)),
    ),
    max_size=60,
)


@given(EVENTS)
def test_the_ledger_lets_out_what_is_true_and_nothing_else(events: list[tuple[str, str]]) -> None:
    ledger, sent = Ledger(), []
    batches: dict[str, list[tuple[str, int]]] = {s: [] for s in STREAMS}
    opened: dict[str, bool] = dict.fromkeys(STREAMS, False)
    records: dict[tuple[str, int], list[int]] = {}
    committed: set[tuple[str, int]] = set()
    states: list[int] = []
    for position, (event, stream) in enumerate(events):
        if event == "record":
            if not opened[stream]:
                batch = (stream, position)
                batches[stream].append(batch)
                records[batch], opened[stream] = [], True
                ledger.opened(batch, position)
            records[batches[stream][-1]].append(position)
        elif event == "state":
            states.append(position)
            ledger.state(position, str(position).encode())
        elif event == "cut":
            opened[stream] = False
        else:
            waiting = [b for b in batches[stream] if b not in committed]
            if waiting and not (opened[stream] and waiting[0] == batches[stream][-1]):
                committed.add(waiting[0])
                ledger.closed(waiting[0])
        missing = [p for batch, held in records.items() if batch not in committed for p in held]
        true = [s for s in states if all(p > s for p in missing)]
        if (value := ledger.ready()) is not None:
            sent.append(int(value))
        assert (sent[-1:] or None) == (true[-1:] or None)


def test_a_state_says_that_a_stream_is_in_progress() -> None:
    def says(**value: object) -> bool:
        return in_progress(json.dumps(value).encode(), "s")

    assert says(currently_syncing="s")
    assert says(bookmarks={"s": {"progress_markers": {"Note": "x"}}})
    assert says(bookmarks={"s": {"partitions": [{"context": {}}, {"progress_markers": {"x": 1}}]}})
    assert says(bookmarks={"s": {"last_pk_fetched": {"id": 5}}})
    assert not says(bookmarks={"s": {"replication_key_value": 5}}, currently_syncing="t")
    assert not says(bookmarks={"t": {"progress_markers": {"x": 1}}})
    assert not says(bookmarks=None)
    assert not in_progress(b"null", "s")


def test_state_leaves_while_the_input_stays_open(target: Target) -> None:
    process = target.start(commit_after_seconds=0)
    assert process.stdin
    assert process.stdout
    heads = [schema(s, ["id"], id=INTEGER) for s in "ab"]
    process.stdin.write(lines([*heads, record("a", id=1), record("b", id=1), state(at=1)]))
    process.stdin.flush()
    assert json.loads(process.stdout.readline()) == {"at": 1}
    assert target.rows("a") == target.rows("b") == [{"id": 1}]
    process.stdin.write(lines([record("a", id=2), state(at=2), state(at=2)]))
    process.stdin.flush()
    assert json.loads(process.stdout.readline()) == {"at": 2}
    assert target.rows("a") == [{"id": 1}, {"id": 2}]
    process.stdin.write(lines([state(at=3)]))
    out, err = process.communicate(timeout=60)
    assert (json.loads(out), process.returncode) == ({"at": 3}, 0), err


def test_without_a_state_none_is_written(target: Target) -> None:
    assert target.ok([schema("a", ["id"], id=INTEGER), record("a", id=1)]).states == []
    assert target.ok([]).states == []
