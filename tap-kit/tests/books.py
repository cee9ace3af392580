"""A vendor of documents, whose lists say little, and a tap that reads them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from tap_kit.api import Api, Company, Page
from tap_kit.client import Client
from tap_kit.details import Details
from tap_kit.errors import RequestRefusedError
from tap_kit.files import COLUMNS as FILE_COLUMNS
from tap_kit.limiter import Duration, Rate
from tap_kit.sign_in import ApiKey
from tap_kit.table import Partition, Since, Stream
from tap_kit.tap import TableTap
from tap_kit.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZE = 3
COLUMNS = {
    "number": {"type": "integer", "description": "The number."},
    "title": {"type": "string", "description": "The title."},
    "rows": {"type": "array", "items": {"type": "integer"}, "description": "The rows."},
    "year": {"type": "integer", "description": "The year."},
    "day": {"type": "string", "format": "date", "description": "The day."},
    **{name: {"type": "string", "description": "Of the file."} for name in FILE_COLUMNS},
}
SETTINGS = ("start_date", "columns_file", "files_uri", "hash_key", "report_dir")
SCHEMAS = {"vendor_of_documents": {"documents": COLUMNS}}
DELETABLE = Since("lastmodified", text=datetime.isoformat, overlap=timedelta(hours=1), deletable=True)
SINCE = Since("lastmodified", text=datetime.isoformat, overlap=timedelta(hours=1), unknown=frozenset({"unknown"}))


class Books:
    """A vendor's documents in memory; they may change right before any request is answered."""

    def __init__(self, count: int, changes: dict[int, list[tuple[str, int]]], *, totals: bool = True) -> None:
        self.documents = {number: self.document(number, 0) for number in range(count)}
        self.changes = changes
        self.totals = totals
        self.knows_since = True
        self.changed_since = 0  # the first document that is listed as changed
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def document(self, number: int, edit: int) -> dict[str, Any]:
        return {
            "Number": number,
            "Title": f"edit {edit}",
            "Rows": [edit],
            "Year": number % 2,
            "Day": f"2026-01-{number % 28 + 1:02}",
        }

    def change(self, kind: str, which: int) -> None:
        numbers = sorted(self.documents)
        if kind == "add" or not numbers:
            number = max(numbers, default=-1) + 1
            self.documents[number] = self.document(number, 0)
        elif kind == "delete":
            del self.documents[numbers[which % len(numbers)]]
        else:
            number = numbers[which % len(numbers)]
            self.documents[number] = self.document(number, int(self.documents[number]["Title"][5:]) + 1)

    def get(self, path: str, params: dict[str, Any] | None = None, *, shown: str = "") -> Any:
        params = dict(params or {})
        self.asked.append((shown or path, params))
        for kind, which in self.changes.pop(len(self.asked), ()):
            self.change(kind, which)
        if path == "documents":
            return self.page(params)
        found = [self.documents[int(n)] for n in path.partition("/")[2].split(",") if int(n) in self.documents]
        if not found:
            raise RequestRefusedError("none", status=404)
        return dict(found[0]) if "," not in path else [dict(d) for d in found]

    def page(self, params: dict[str, Any]) -> Page:
        if "lastmodified" in params and not self.knows_since:
            raise RequestRefusedError("no such parameter", status=400, code="unknown")
        found = [d for d in self.documents.values() if params.get("year") in (None, d["Year"])]
        if "lastmodified" in params:
            found = [d for d in found if d["Number"] >= self.changed_since]
        found.sort(key=lambda d: d["Number"])
        if "after" in params or "size" in params:
            found = [d for d in found if d["Number"] > params.get("after", -1)]
            listed, total, pages, more = found[:SIZE], None, None, len(found) >= SIZE
        else:
            first = (params["page"] - 1) * SIZE
            listed, total = found[first : first + SIZE], len(found) if self.totals else None
            pages, more = None, len(found) > first + SIZE
        return Page([{n: d[n] for n in ("Number", "Title", "Year", "Day")} for d in listed], total, pages, more)


class Sent(Writer):
    """Keeps the messages instead of writing them."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[dict[str, Any]] = []

    def flush(self) -> None:
        block, self._buffer = self._buffer, bytearray()
        self.lines += [json.loads(line) for line in bytes(block).splitlines()]


def opened(books: Books, stream: Stream, state: dict[str, Any] | None = None, **config: Any) -> TableTap:
    """Return a tap of one stream."""

    class DocumentsTap(TableTap):
        name = "tap-documents"
        table = (stream,)
        schema_package = "vendor_of_documents"
        config_jsonschema: ClassVar = {"properties": {name: {"type": "string"} for name in SETTINGS}}
        message_writer_class = Sent
        api = Api(
            vendor="Vendor",
            url="http://127.0.0.1",
            sign_in=ApiKey({}),
            rates=[Rate(1000, Duration.SECOND)],
            in_flight=3,
            page_params=lambda number, /: {"page": number},
            size_params={"size": SIZE},
            read_page=lambda body, _: body,
            company=lambda _: Company("Acme", "1"),
            error_code=str,
            access_hint=str,
            credentials_hint="",
        )

    tap = DocumentsTap(config=config, state=json.loads(json.dumps(state or {})))
    client = Client(tap.api, user_agent="test")
    client.get = books.get
    tap.client = client
    return tap


def run(books: Books, stream: Stream, state: dict[str, Any] | None = None, **config: Any) -> list[dict[str, Any]]:
    """Run a tap of one stream in this process, and return its messages."""
    tap = opened(books, stream, state, **config)
    try:
        tap.run()
    finally:
        writer = tap.message_writer
        assert isinstance(writer, Sent)
        books.lines = writer.lines
    return writer.lines


def last_state(messages: list[dict[str, Any]]) -> dict[str, Any]:
    return next(m["value"] for m in reversed(messages) if m["type"] == "STATE")


def load(table: dict[int, dict[str, Any]], messages: list[dict[str, Any]]) -> None:
    """Do what a target does."""
    for message in messages:
        if message["type"] == "RECORD":
            row = message["record"]
            if row.get("_sdc_deleted_at"):
                table.pop(row["number"])
            else:
                table[row["number"]] = row


def documents(cursor: Any, **options: Any) -> Stream:
    defaults: dict[str, Any] = {"details": Details("documents/{Number}", batch=2)}
    return Stream("documents", "documents", key=("number",), cursor=cursor, **{**defaults, **options})


def by_year(*_: Any) -> Iterator[Partition]:
    return (Partition({"year": year}, {"year": year}) for year in (0, 1))
