"""The one stream class: runs any row of a stream table on the Singer SDK."""

from __future__ import annotations

import time
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

from singer_sdk.streams import RESTStream

from tap_kit.bookmarks import Found
from tap_kit.changed import read_changes
from tap_kit.columns import Drift, row_converter
from tap_kit.errors import AccessError, RequestRefusedError, RunStoppedError, TapError, VendorChangedError
from tap_kit.files import COLUMNS, Shelf
from tap_kit.full_table import read_full_table
from tap_kit.listing import read_listing
from tap_kit.pages import PageReader
from tap_kit.schema import DELETED_AT, catalog_schema, load_schema
from tap_kit.since import read_since
from tap_kit.table import Cursor, Listing, Since
from tap_kit.tally import Tally, mark_of
from tap_kit.times import moment, moment_or_none
from tap_kit.writer import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tap_kit.api import Page, Params
    from tap_kit.client import Client
    from tap_kit.columns import Row
    from tap_kit.table import Partition, RawRecord, Stream
    from tap_kit.tally import Mark
    from tap_kit.tap import TableTap

_STATE_SECONDS = 60  # between two STATEs of a stream that is slow

_READINGS: dict[type, Any] = {
    type(None): read_full_table,
    Cursor: read_changes,
    Since: read_since,
    Listing: read_listing,
}


class TableStream(RESTStream[Any]):
    """Reads one row of the stream table: a full table with a version, or the changes since a bookmark."""

    def __init__(self, tap: TableTap, table: Stream) -> None:
        self.table = table
        self.source: TableTap = tap
        self._declared = load_schema(tap.schema_package, table.name)
        if tap.contract:
            self._declared = tap.contract.applied(table, self._declared)
        self._rows_since_state = 0
        self._state_written = time.monotonic()
        super().__init__(tap, schema=self._catalog_schema(), name=table.name, path=table.path)
        self.primary_keys = table.key
        self.replication_key = (table.cursor.column or None) if table.cursor else None
        if table.cursor and not table.cursor.column:  # the SDK infers it from a column only
            self.forced_replication_method = "INCREMENTAL"
        self.selected_by_default = table.selected
        self.drift = Drift()
        self.tally = Tally()

    @property
    def url_base(self) -> str:
        """The API's URL."""
        return self.client.api.url

    @property
    def client(self) -> Client:
        """The client of the run."""
        return self.source.client

    def get_replication_key_signpost(self, context: Any = None) -> None:
        """No bookmark is capped at the run's start: changes are read in the order of their moments."""

    def _sync_records(self, context: Any = None, *, write_messages: bool = True) -> Iterator[Row]:  # type: ignore[override]
        """Read the stream; the SDK calls this between the SCHEMA and the last STATE."""
        del context, write_messages
        cursor = self.table.cursor if self.replication_method == "INCREMENTAL" else None
        counter = self.get_record_counter()
        self.tally.begin(self.client.counts, self.mark)
        try:
            with counter:
                for count, row in enumerate(_READINGS[type(cursor)](self), start=1):
                    counter.increment()
                    yield row
                    if count == self.ABORT_AT_RECORD_COUNT:  # of --test
                        break
                else:
                    self.tally.complete = True
        except (RequestRefusedError, VendorChangedError) as error:
            others_may_be_read = self.client.counts["readable"] or isinstance(error, AccessError)
            if not others_may_be_read:
                raise RunStoppedError(error) from error
            self.skip(self.name, error)
        except TapError as error:
            raise RunStoppedError(error) from error
        finally:
            self.tally.end(self.client.counts)
            if self.table.file:
                self.drift.leave_out(COLUMNS)
            for line in self.drift.lines():
                self.logger.warning("Stream %s: %s", self.name, line)
        self.write_state()

    def parts(self) -> Iterable[Partition]:
        """Return the parts of the stream."""
        return self.table.partitions(self.client, self.config)

    def pages(self, part: Partition) -> PageReader:
        """Return the reader of a part's list."""
        table = self.table
        path, envelope = part.path or table.path, part.envelope or table.envelope
        return PageReader(
            self.client,
            path,
            table.name if envelope is None else envelope,
            table.identify,
            after=table.after,
            paged=table.paged,
            none=table.none,
        )

    def params(self, part: Partition) -> Params:
        """Return the query parameters of a part, in the order that its cursor wants."""
        cursor = part.cursor or self.table.cursor
        in_order = cursor.order if isinstance(cursor, Cursor) else {}
        return {**self.table.params, **in_order, **part.params}

    def read(self, part: Partition, **params: str) -> Iterator[Page]:
        """Yield the pages of a part as they come."""
        if not part.read:
            yield from self.pages(part).read({**self.params(part), **params})
            return
        for page in part.read():
            self.client.counts["records"] += len(page.records)
            yield page

    def found(self, page: Page, part: Partition) -> Iterator[Found]:
        """Yield the records of a page as rows, as far as the list holds them."""
        table, start = self.table, self.source.start
        self.tally.page(page)
        convert, cursor = (self._listed if table.incomplete else self._convert), part.cursor or table.cursor
        for raw in page.records:
            record = raw if table.rows else self._prepared(raw, part)
            if record is None:
                continue
            row = convert(record) if table.rows else self._row(record, convert)
            changed = row.get(cursor.column) if cursor else None
            day = moment_or_none(table.date(record)) if start and table.date else None
            wanted = start is None or day is None or day >= start
            self.tally.before_start += not wanted
            yield Found(row, moment(changed) if changed else None, wanted, raw)

    def filed(self, record: RawRecord) -> list[tuple[RawRecord, Row]]:
        """Return the records that a listed one holds, each with the columns of its file. For any thread."""
        held, shelf = self.table.rows(record) if self.table.rows else (record,), self.shelf
        constants = self.source.constants
        return [(raw, shelf.save(self.client, {**constants, **raw}) if shelf else {}) for raw in held]

    def completed(self, raw: RawRecord, file: Row, part: Partition) -> Row | None:
        """Return the row of a record that has its details; None of one that is left out."""
        prepared = self._prepared(raw, part)
        return None if prepared is None else self._row({**prepared, **file}, self._convert)

    def send(self, row: Row, page: Page, version: int | None = None) -> Row:
        """Write a row's RECORD, and return the row."""
        for stream_map in self.stream_maps:
            mapped = stream_map.transform(row)
            if mapped is not None:
                self._tap.write_message(Record(stream_map.stream_alias, mapped, page.received_at, version))
                self.tally.rows += 1
                self.tally.deleted += bool(row.get(DELETED_AT))
        self._rows_since_state += 1
        return row

    def activate(self, version: int) -> None:
        """Write that all rows of other versions are gone."""
        self._write_activate_version_message(version)

    def entry(self, part: Partition) -> dict[str, Any]:
        """Return a part's entry in the state, which is written to."""
        entry: dict[str, Any] = self.get_context_state(dict(part.context) or None)
        return entry

    @property
    def mark(self) -> Mark:
        """How far the stream was read."""
        return mark_of(self.tap_state.get("bookmarks", {}).get(self.name, {}))

    @property
    def state_is_due(self) -> bool:
        """Whether enough was sent, or enough time passed, since the last STATE of this stream."""
        long_ago = time.monotonic() - self._state_written > _STATE_SECONDS
        return self._rows_since_state >= self.STATE_MSG_FREQUENCY or long_ago

    def write_state(self) -> None:
        """Write a STATE."""
        self.state_manager.is_flushed = False
        self._write_state_message()
        self._rows_since_state, self._state_written = 0, time.monotonic()
        self.tally.saved = self.mark

    def skip(self, what: str, error: TapError) -> None:
        """Note that the stream, or a part of it, could not be read."""
        reason = self.reason(error)
        self.source.skipped.append(what)
        self.tally.refused[reason] += 1
        self.logger.error("Stream %s is skipped: %s", what, reason)

    def reason(self, error: TapError) -> str:
        """Return why the stream cannot be read, and what it takes to read it."""
        refused = isinstance(error, AccessError) and self.table.takes
        return f"{error}; it needs {self.table.takes}" if refused else str(error)

    def _prepared(self, raw: RawRecord, part: Partition) -> RawRecord | None:
        record = {**self.source.constants, **raw} if self.source.constants else raw
        return self.table.prepare(record, part) if self.table.prepare else record

    def _row(self, record: RawRecord, convert: Any) -> Row:
        row: Row = convert(record)
        if any(row.get(name) is None for name in self.table.key):
            raise VendorChangedError(f"a record of {self.name} came without its key ({', '.join(self.table.key)})")
        return row

    def _catalog_schema(self) -> dict[str, Any]:
        schema = catalog_schema(self._declared, self.table.key)
        if self.table.tells_of_deletions:
            schema["properties"][DELETED_AT] = {
                "type": ["string", "null"],
                "format": "date-time",
                "description": "When the record was found to be gone.",
            }
        return schema

    @cached_property
    def shelf(self) -> Shelf | None:
        """Where the stream's files are saved, if they are.

        Raises:
            ConfigError: nothing can write there.
        """
        uri = self.config.get("files_uri")
        return Shelf(uri, self.table.file) if uri and self.table.file else None

    @cached_property
    def _convert(self) -> Any:
        return self._converter(self.drift)

    @cached_property
    def _listed(self) -> Any:
        """Converts what the list holds; what no column takes is counted with the details."""
        return self._converter(Drift())

    def _converter(self, drift: Drift) -> Any:
        wanted = self.effective_schema["properties"]

        def selected(path: tuple[str, ...]) -> bool:
            breadcrumb = tuple(chain.from_iterable(("properties", name) for name in path))
            return path[0] in wanted and self.mask.get(breadcrumb, True)

        api = self.client.api
        return row_converter(
            self._declared,
            selected,
            drift,
            zone=api.zone,
            no_right=api.no_right,
            hash_key=self.config.get("hash_key") or "",
        )
