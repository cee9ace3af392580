"""The rest of a record, where a list holds but a part of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from string import Formatter
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tap_kit.errors import AccessError, RequestRefusedError, VendorChangedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tap_kit.client import Client

    RawRecord = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Details:
    """How the rest of a listed record is asked for; the row is the listed record and its details together.

    Attributes:
        path: the path, with the listed record's fields in braces, as the vendor spells them.
        envelope: where the answer holds the record; the answer itself if empty.
        params: query parameters, with fields in braces too.
        batch: how many records one request may ask for. Their fields stand in the path with commas between; the
            answer is a list, or one object, and a record is found in it by that field.
        fetch: for what data cannot say: takes the listed records and returns each with its details, or None
            where it is gone.
    """

    path: str = ""
    envelope: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    batch: int = 1
    fetch: Callable[[Client, Sequence[RawRecord]], Sequence[RawRecord | None]] | None = None

    def of(self, client: Client, records: Sequence[RawRecord]) -> Sequence[RawRecord | None]:
        """Return the records with their details, None for one that went after it was listed."""
        if self.fetch:
            return self.fetch(client, records)
        if self.batch > 1:
            return self._batch(client, records)
        return [self._one(client, record) for record in records]

    def _one(self, client: Client, record: RawRecord) -> RawRecord | None:
        params = {name: text.format_map(record) for name, text in self.params.items()}
        found = self._get(client, self.path.format_map(_Quoted(record)), params)
        return None if found is None else {**record, **self._opened(client, found)}

    def _batch(self, client: Client, records: Sequence[RawRecord]) -> Sequence[RawRecord | None]:
        name = next(name for _, name, _, _ in Formatter().parse(self.path) if name)
        joined = ",".join(quote(str(record[name]), safe="") for record in records)
        found = self._get(client, self.path.format_map({name: joined}), dict(self.params))
        opened = [] if found is None else self._opened(client, found)
        by_name = {item[name]: item for item in (opened if isinstance(opened, list) else [opened])}
        return [{**record, **by_name[record[name]]} if record[name] in by_name else None for record in records]

    def _get(self, client: Client, path: str, params: Mapping[str, str]) -> Any:
        try:
            return client.get(path, params, shown=self.path)
        except AccessError:
            raise
        except RequestRefusedError as error:
            if error.status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
                return None
            raise

    def _opened(self, client: Client, answer: Any) -> Any:
        try:
            return answer[self.envelope] if self.envelope else answer
        except (LookupError, TypeError) as error:
            message = f"{client.api.vendor} answered without '{self.envelope}' (GET {self.path})"
            raise VendorChangedError(message) from error


class _Quoted(dict[str, Any]):
    """A record whose fields are ready for a path."""

    def __getitem__(self, name: str) -> str:
        return quote(str(super().__getitem__(name)), safe="")
