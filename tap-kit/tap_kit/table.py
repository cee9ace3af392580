"""A stream is a row in a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tap_kit.names import snake_case
from tap_kit.times import utc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from tap_kit.api import Page, Params
    from tap_kit.changes import Changes
    from tap_kit.client import Client
    from tap_kit.details import Details
    from tap_kit.files import File

RawRecord = dict[str, Any]
Settings = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Partition:
    """A part of a stream that is asked for by itself and has its own bookmark.

    Attributes:
        context: what names the part in the state.
        params: the query parameters that ask for it.
        path, envelope: where it is found, if elsewhere than the stream.
        cursor: how to ask for changes of this part, if in another way than of the stream.
        read: returns the pages of a part that no list holds.
        stamp: what a `Listing` goes by: a part with the stamp of the last run is not read. A stamp that has to be
            asked for is a function: those of several parts are asked for at a time.
        seal: what tells of several parts at once whether any changed: while it is that of the last run, the part's
            stamp is taken to be, too, and is not asked for.
        in_turn: whether nothing of it may be asked for until the parts before it are listed, as it goes by them.
    """

    context: Mapping[str, Any] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)
    path: str = ""
    envelope: str = ""
    cursor: Cursor | None = None
    read: Callable[[], Iterator[Page]] | None = None
    stamp: str | Callable[[], str] = ""
    seal: str = ""
    in_turn: bool = False


@dataclass(frozen=True, slots=True)
class Cursor:
    """How a list is asked for what changed, where records show the moment of their last change.

    Attributes:
        column: the record's field and column that holds the moment of its last change.
        reading: the way to read it, which needs some of the following.
        since, until: the query parameters for the first and last moment, both inclusive.
        order: the parameters that put the list into the order that `reading` wants.
        newest_first: the parameters that sort by the moment, newest first.
        text: how the vendor wants a moment to be written.
        tick: the finest step of the vendor's moments.
        overlap: how far the vendor's clock may go back, as clocks without a zone do in autumn.
    """

    column: str
    reading: type[Changes]
    since: str = ""
    until: str = ""
    order: Mapping[str, str] = field(default_factory=dict)
    newest_first: Mapping[str, str] = field(default_factory=dict)
    text: Callable[[datetime], str] = utc
    tick: timedelta = timedelta(milliseconds=1)
    overlap: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Since:
    """How a list is asked for what changed, where it takes a moment but its records show none.

    The bookmark is the moment of the request, less an overlap for clocks that differ or go back.

    Attributes:
        param: the query parameter for the moment.
        text: how the vendor wants a moment to be written.
        overlap: how much earlier the next run asks from.
        unknown: the vendor's codes for a parameter that the list does not take: it is read as a full table then.
        deletable: whether records may be deleted. The state remembers the keys of all then; while the vendor's total is
            their number nothing is gone, else the list is read whole, and what is gone becomes a row of the key with
            `_sdc_deleted_at`.
    """

    param: str
    text: Callable[[datetime], str]
    overlap: timedelta
    unknown: frozenset[str] = frozenset()
    deletable: bool = False
    column: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list that says nothing of changes: read whole, and compared with what it held at the last run.

    The state remembers a digest of each listed record. What is new or different becomes a row; what is gone
    becomes a row of the key with `_sdc_deleted_at`.

    Attributes:
        fingerprint: returns what a listed record is compared by; all of it if not given.
    """

    fingerprint: Callable[[RawRecord], Any] | None = None
    column: str = ""


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
        details: how to ask for the rest of a listed record, where the list holds but a part of it.
        rows: returns the records that a listed record holds, where it is none of the stream's itself.
        file: the file that a record has, saved where the setting `files_uri` says.
        prepare: mends a record, as listed and with its details, before it becomes a row; None leaves it out.
        date: returns the day or moment of a listed record that `start_date` is about.
        after: the parameter that asks for the page after a record, and the record's field that it takes.
        paged: whether the list comes in pages.
        none: statuses that say that there are no records.
        scope: the OAuth scopes that reading it takes, with spaces between.
        needs: the right, plan or licence that reading it takes besides, for people.
        selected: whether it is read unless the catalog says otherwise.
    """

    name: str
    path: str
    key: tuple[str, ...] = ("id",)
    envelope: str | None = None
    cursor: Cursor | Since | Listing | None = None
    params: Params = field(default_factory=dict)
    per: Callable[[Client, Settings], Iterable[Partition]] | None = None
    details: Details | None = None
    rows: Callable[[RawRecord], Iterable[RawRecord]] | None = None
    file: File | None = None
    prepare: Callable[[RawRecord, Partition], RawRecord | None] | None = None
    date: Callable[[RawRecord], str | None] | None = None
    after: tuple[str, str] | None = None
    paged: bool = True
    none: tuple[int, ...] = ()
    scope: str = ""
    needs: str = ""
    selected: bool = True

    @property
    def takes(self) -> str:
        """What reading the stream takes, for people."""
        scopes = self.scope.split()
        named = f"scope{'s' if scopes[1:] else ''} {', '.join(scopes)}" if scopes else ""
        return " and ".join(filter(None, (named, self.needs)))

    def identify(self, record: RawRecord) -> Any:
        """Return what tells the record from others as it came: its key, or all of it where it carries none.

        The rest may differ from answer to answer, as presigned links do.
        """
        return [value for name, value in record.items() if snake_case(name) in self.key] or record

    @property
    def tells_of_deletions(self) -> bool:
        """Whether what is gone becomes a row with `_sdc_deleted_at`."""
        return isinstance(self.cursor, Listing) or (isinstance(self.cursor, Since) and self.cursor.deletable)

    @property
    def incomplete(self) -> bool:
        """Whether more than a list has to be asked for a row."""
        return any((self.details, self.rows, self.file))

    def partitions(self, client: Client, settings: Settings) -> Iterable[Partition]:
        """Return the parts of the stream."""
        return self.per(client, settings) if self.per else (Partition(),)
