"""The one stream class: runs any row of a stream table on the Singer SDK."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from singer_sdk.streams import RESTStream

from tap_kit.bookmarks import Bookmark, Found, row_digest
from tap_kit.columns import Drift, row_converter
from tap_kit.errors import AccessError, RequestRefusedError, RunStoppedError, TapError, VendorChangedError, VendorError
from tap_kit.ordered import ordered
from tap_kit.pages import PageReader
from tap_kit.schema import catalog_schema, load_schema
from tap_kit.times import moment, moment_or_none
from tap_kit.writer import Record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tap_kit.api import Page, Params
    from tap_kit.changes import Changes
    from tap_kit.columns import Row
    from tap_kit.table import Cursor, Partition, Stream
    from tap_kit.tap import TableTap

_READS = 6  # of a full table, until two agree or the vendor's total is met
_PARTS_AHEAD = 8


class TableStream(RESTStream[Any]):
    """Reads one row of the stream table: a full table with a version, or the changes since a bookmark."""

    def __init__(self, tap: TableTap, table: Stream) -> None:
        self._table = table
        self._source: TableTap = tap
        self._declared = load_schema(tap.schema_package, table.name)
        self._rows_since_state = 0
        super().__init__(tap, schema=catalog_schema(self._declared, table.key), name=table.name, path=table.path)
        self.primary_keys = table.key
        self.replication_key = table.cursor.column if table.cursor else None
        self.selected_by_default = table.selected
        self.drift = Drift()

    @property
    def url_base(self) -> str:
        """The API's URL."""
        return self._source.client.api.url

    def get_replication_key_signpost(self, context: Any = None) -> None:
        """No bookmark is capped at the run's start: changes are read in the order of their moments."""

    def _sync_records(self, context: Any = None, *, write_messages: bool = True) -> Iterator[Row]:  # type: ignore[override]
        """Read the stream; the SDK calls this between the SCHEMA and the last STATE."""
        del context, write_messages
        counter = self.get_record_counter()
        try:
            with counter:
                for count, row in enumerate(self._read()):
                    self._check_max_record_limit(count)
                    counter.increment()
                    yield row
        except (RequestRefusedError, VendorChangedError) as error:
            others_may_be_read = self._source.client.counts["readable"] or isinstance(error, AccessError)
            if not others_may_be_read:
                raise RunStoppedError(error) from error
            self._skip(self.name, error)
        except TapError as error:
            raise RunStoppedError(error) from error
        finally:
            for line in self.drift.lines():
                self.logger.warning("Stream %s: %s", self.name, line)
        self._write_state()

    def _read(self) -> Iterator[Row]:
        cursor = self._table.cursor if self.replication_method == "INCREMENTAL" else None
        return self._changes(cursor) if cursor else self._full_table()

    def _pages(self, part: Partition) -> PageReader:
        table = self._table
        path, envelope = part.path or table.path, part.envelope or table.envelope or table.name
        return PageReader(self._source.client, path, envelope, table.identify)

    def _params(self, part: Partition) -> Params:
        in_order = self._table.cursor.order if self._table.cursor else {}
        return {**self._table.params, **in_order, **part.params}

    @cached_property
    def _convert(self) -> Any:
        wanted = self.effective_schema["properties"]

        def selected(path: tuple[str, ...]) -> bool:
            breadcrumb = tuple(part for name in path for part in ("properties", name))
            return path[0] in wanted and self.mask.get(breadcrumb, True)

        return row_converter(self._declared, selected, self.drift, self._source.client.api.zone)

    def _full_table(self) -> Iterator[Row]:
        """Read all parts, again while the list moves; what was sent is not sent again. Then activate the version."""
        version, sent = self._source.initialized_at, dict[tuple[Any, ...], str]()
        counted: int | None = None
        for _ in range(_READS):
            read = _Read()
            for page, key, row in self._all_parts(read):
                if sent.get(key) != (digest := row_digest(row)):
                    sent[key] = digest
                    self._write(row, page, version)
                    yield row
            if sent.keys() - read.keys:  # records went meanwhile: a new version leaves them out
                version, sent, counted = version + 1, {}, None
            elif read.fits or len(read.keys) == counted:
                if not read.fits:
                    self.logger.warning("%d %s were announced, %d came", read.announced, self.name, len(read.keys))
                self._write_activate_version_message(version)
                return
            else:
                self.logger.info("%d of %d %s were read: reading again", len(read.keys), read.announced, self.name)
                counted = len(read.keys)
        raise VendorError(f"{self.name} keeps changing while it is read: run again later")

    def _all_parts(self, read: _Read) -> Iterator[tuple[Page, tuple[Any, ...], Row]]:
        for part in self._table.partitions(self._source.client, self.config):
            keys: set[tuple[Any, ...]] = set()
            announced: int | None = None
            for number, page in enumerate(self._pages(part).read(self._params(part))):
                announced = page.total if number == 0 else announced
                for row, _, wanted in self._found(page, part):
                    key = tuple(row[name] for name in self._table.key)
                    if wanted and key not in read.keys:
                        yield page, key, row
                    keys.add(key)
            read.add(keys, announced)

    def _changes(self, cursor: Cursor) -> Iterator[Row]:
        """Read each part's changes since its bookmark; first pages are fetched ahead over all parts.

        A part that the vendor refuses is left out, and the others are read.
        """
        client, start = self._source.client, self._source.start
        parts = []
        for part in self._table.partitions(client, self.config):
            bookmark = Bookmark(self.get_context_state(dict(part.context) or None), cursor.column, start)
            parts.append((part, bookmark, cursor.reading(self._pages(part), cursor, self._params(part))))
        refused: list[tuple[Partition, RequestRefusedError]] = []
        firsts = ordered(client.pool, partial(_begin, start), parts, ahead=_PARTS_AHEAD)
        for (part, bookmark, changes), first in zip(parts, firsts, strict=True):
            if isinstance(first, RequestRefusedError):
                refused.append((part, first))
            else:
                yield from self._part_changes(part, bookmark, changes, first)
        if refused and len(refused) == len(parts):
            raise refused[0][1]
        for part, error in refused:
            self._skip(f"{self.name} of {', '.join(f'{name} {value}' for name, value in part.context.items())}", error)

    def _part_changes(self, part: Partition, bookmark: Bookmark, changes: Changes, first: Page | None) -> Iterator[Row]:
        head = list(self._found(first, part)) if first else []
        if first and bookmark.covers(head, first.total):
            return
        for page in changes.read(bookmark.moment or self._source.start, first):
            found = head if page is first else list(self._found(page, part))
            for item in found:
                if item.wanted and bookmark.is_news(item):
                    self._write(item.row, page, None)
                    yield item.row
            bookmark.advance(found)
            if changes.in_order:
                self._save(bookmark, complete=False)
        if changes.complete:
            self._save(bookmark, complete=True)

    def _found(self, page: Page, part: Partition) -> Iterator[Found]:
        table, start = self._table, self._source.start
        for raw in page.records:
            record = table.prepare(raw, part) if table.prepare else raw
            if record is None:
                continue
            row = self._convert(record)
            if any(row.get(name) is None for name in table.key):
                raise VendorChangedError(f"a record of {self.name} came without its key ({', '.join(table.key)})")
            changed = row.get(table.cursor.column) if table.cursor else None
            day = moment_or_none(table.date(record)) if start and table.date else None
            wanted = start is None or day is None or day >= start
            yield Found(row, moment(changed) if changed else None, wanted)

    def _write(self, row: Row, page: Page, version: int | None) -> None:
        for stream_map in self.stream_maps:
            mapped = stream_map.transform(row)
            if mapped is not None:
                self._tap.write_message(Record(stream_map.stream_alias, mapped, page.received_at, version))
        self._rows_since_state += 1

    def _save(self, bookmark: Bookmark, *, complete: bool) -> None:
        if bookmark.save(complete=complete) and (complete or self._rows_since_state >= self.STATE_MSG_FREQUENCY):
            self._write_state()

    def _skip(self, what: str, error: TapError) -> None:
        self._source.skipped.append(what)
        needs = f"; it needs {self._table.needs}" if self._table.needs and isinstance(error, AccessError) else ""
        self.logger.error("Stream %s is skipped: %s%s", what, error, needs)

    def _write_state(self) -> None:
        self.state_manager.is_flushed = False
        self._write_state_message()
        self._rows_since_state = 0


@dataclass
class _Read:
    """One reading of a full table: which keys came, how many were announced, and whether the two fit in every part."""

    keys: set[tuple[Any, ...]] = field(default_factory=set)
    announced: int = 0
    fits: bool = True

    def add(self, keys: set[tuple[Any, ...]], announced: int | None) -> None:
        """Add a part; not every vendor announces how many there are."""
        self.keys |= keys
        self.announced += len(keys) if announced is None else announced
        self.fits = self.fits and announced in (None, len(keys))


def _begin(start: datetime | None, part: tuple[Partition, Bookmark, Changes]) -> Page | RequestRefusedError | None:
    """Fetch the first page of a part; a refusal is an answer too."""
    _, bookmark, changes = part
    try:
        return changes.first(bookmark.moment or start)
    except RequestRefusedError as error:
        return error
