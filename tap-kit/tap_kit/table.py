"""A stream is a row in a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tap_kit.names import snake_case
from tap_kit.times import utc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from tap_kit.api import Params
    from tap_kit.changes import Changes
    from tap_kit.client import Client

RawRecord = dict[str, Any]
Settings = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Partition:
    """A part of a stream that is asked for by itself and has its own bookmark.

    Attributes:
        context: what names the part in the state.
        params: the query parameters that ask for it.
        path, envelope: where it is found, if elsewhere than the stream.
    """

    context: Mapping[str, Any] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)
    path: str = ""
    envelope: str = ""


@dataclass(frozen=True, slots=True)
class Cursor:
    """How a list is asked for what changed.

    Attributes:
        column: the record's field and column that holds the moment of its last change.
        reading: the way to read it, which needs some of the following.
        since, until: the query parameters for the first and last moment, both inclusive.
        order: the parameters that put the list into the order that `reading` wants.
        newest_first: the parameters that sort by the moment, newest first.
        text: how the vendor wants a moment to be written.
        tick: the finest step of the vendor's moments.
    """

    column: str
    reading: type[Changes]
    since: str = ""
    until: str = ""
    order: Mapping[str, str] = field(default_factory=dict)
    newest_first: Mapping[str, str] = field(default_factory=dict)
    text: Callable[[datetime], str] = utc
    tick: timedelta = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream: defaults on top, exceptions spelled out, plain functions where data does not suffice.

    Attributes:
        name: the vendor's plural in snake_case.
        path: the path under the API's URL.
        key: the primary key.
        envelope: where an answer holds its records; under the stream's name if not given.
        cursor: how to ask for changes only; without one the stream is a full table.
        params: query parameters of every request.
        per: returns the parts of the stream, given the tap's settings; one part without parameters if not given.
        prepare: mends a record before it becomes a row; None leaves it out.
        date: returns the day or moment of a record that `start_date` is about.
        needs: the right, scope, plan or licence that reading it takes, for people.
        selected: whether it is read unless the catalog says otherwise.
    """

    name: str
    path: str
    key: tuple[str, ...] = ("id",)
    envelope: str = ""
    cursor: Cursor | None = None
    params: Params = field(default_factory=dict)
    per: Callable[[Client, Settings], Iterable[Partition]] | None = None
    prepare: Callable[[RawRecord, Partition], RawRecord | None] | None = None
    date: Callable[[RawRecord], str | None] | None = None
    needs: str = ""
    selected: bool = True

    def identify(self, record: RawRecord) -> Any:
        """Return what tells the record from others as it came: its key, or all of it where it carries none.

        The rest may differ from answer to answer, as presigned links do.
        """
        return [value for name, value in record.items() if snake_case(name) in self.key] or record

    def partitions(self, client: Client, settings: Settings) -> list[Partition]:
        """Return the parts of the stream."""
        return list(self.per(client, settings)) if self.per else [Partition()]
