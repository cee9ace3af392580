"""What is gone of a list that takes a moment: deleted records are in no answer, but the vendor's total lacks them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tap_kit.api import Page
from tap_kit.listed_part import name_of
from tap_kit.schema import DELETED_AT
from tap_kit.steady import until_two_agree
from tap_kit.times import now_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_kit.columns import Row
    from tap_kit.stream import TableStream
    from tap_kit.table import Partition


def read_gone(stream: TableStream, part: Partition, listed: set[str]) -> Iterator[Row]:
    """Send the keys of what is gone. `listed` are the names of what this run has listed as changed.

    The state remembers the names of all records. While the vendor's total is their number, that is one request; else
    the list is read whole.
    """
    known = listed.union(stream.entry(part).get("seen", ()))
    here = known
    if stream.pages(part).fetch(stream.params(part)).total not in (None, len(known)):
        here = set()
        for page in until_two_agree(lambda: stream.read(part), stream.table.identify, stream.tally.compare):
            here.update(name_of(stream, found.row) for found in stream.found(page, part))
        page = Page([], received_at=now_text())
        for name in sorted(known - here):
            key = dict(zip(stream.table.key, json.loads(f"[{name}]"), strict=True))
            yield stream.send({**key, DELETED_AT: page.received_at}, page)
    stream.entry(part)["seen"] = sorted(here)
