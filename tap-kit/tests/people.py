"""A vendor of people, with something that must not be told in each place, and a tap that reports on it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from tap_kit.api import Api, Company, Page
from tap_kit.ending import ending
from tap_kit.errors import InterruptedRunError, RunStoppedError, TapError
from tap_kit.files import File
from tap_kit.frames import Frames
from tap_kit.limiter import Duration, Rate
from tap_kit.settings import REPORT_DIR
from tap_kit.sign_in import ApiKey
from tap_kit.table import Cursor, Listing, Since, Stream
from tap_kit.tap import TableTap
from tap_kit.testing import Query, Reply, vendor
from tap_kit.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CANARY = "canary-of-a-person"
SECRET = "canary-of-a-key"
BEFORE, AFTER = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"
COLUMNS = {
    "id": {"type": "integer", "description": "The number."},
    "name": {"type": "string", "description": "The name."},
    "born": {"type": "string", "format": "date", "description": "The day."},
    "salary": {"type": "number", "description": "What it pays."},
    "updated_at": {"type": "string", "format": "date-time", "description": "The last change."},
    "file_uri": {"type": "string", "description": "Where the file is."},
    "never": {"type": "string", "description": "What never comes."},
    "photo": {"not": {}, "description": "Not loaded."},
}
SCHEMAS = {"vendor_of_people": dict.fromkeys(("people", "changes", "listed", "secrets", "since"), COLUMNS)}
PERSON = {"Id": 1, "Name": CANARY, "Born": f"{CANARY} day", "Salary": "hidden", "Photo": CANARY, "New": CANARY}
CHANGE = {"Id": 2, "Name": CANARY, "UpdatedAt": AFTER}


def answer(path: str, _: Query) -> Reply:
    """Answer as a vendor does on a good day."""
    records = {"people": [PERSON], "changes": [CHANGE], "listed": [{"Id": 3}], "since": [{"Id": 5}]}
    if path == "secrets":
        return Reply({"code": "forbidden", "text": CANARY}, status=403)
    return Reply({"records": records[path], "total": len(records[path])})


PHOTO = File("photos", number=lambda _: None, content=lambda *_: ("", iter(())))
PEOPLE = Stream("people", "people", params={"about": CANARY}, file=PHOTO)
CHANGES = Stream("changes", "changes", cursor=Cursor("updated_at", Frames, since="since"))
LISTED = Stream("listed", "listed", cursor=Listing())
SECRETS = Stream("secrets", "secrets", needs="a licence")
SINCE = Stream("since", "since", cursor=Since("lastmodified", text=datetime.isoformat, overlap=timedelta(hours=1)))
STATE = {
    "bookmarks": {
        "changes": {"replication_key": "updated_at", "replication_key_value": BEFORE},
        "listed": {"seen": {"3": "old", "4": "gone"}},
    }
}


class Silent(Writer):
    def flush(self) -> None:
        self._buffer = bytearray()


def run(
    folder: Path,
    *streams: Stream,
    answer: Callable[[str, Query], Reply] = answer,
    state: dict[str, Any] | None = None,
    **settings: str,
) -> dict[str, Any]:
    """Run a tap in this process; return its newest report, which is there however the run ends."""

    class PeopleTap(TableTap):
        name = "tap-people"
        table = streams
        schema_package = "vendor_of_people"
        config_jsonschema: ClassVar = {
            "properties": {
                "api_key": {"type": "string", "secret": True},
                "api_url": {"type": "string"},
                "start_date": {"type": "string"},
                "report_dir": REPORT_DIR.to_dict()["report_dir"],
            }
        }
        message_writer_class = Silent

        @property
        def api(self) -> Api:
            return Api(
                vendor="Vendor",
                url=self.config["api_url"],
                sign_in=ApiKey({}),
                rates=[Rate(1000, Duration.SECOND)],
                in_flight=2,
                page_params=lambda number, /: {"page": number},
                read_page=lambda body, _: Page(body["records"], body["total"], 1),
                company=lambda _: Company("Acme", "1"),
                error_code=lambda body: str(body["code"]),
                access_hint=lambda code: f"{code} with {SECRET}",
                credentials_hint="",
                no_right="hidden",
            )

    with vendor(answer) as server:
        config = {"api_url": server.url, "api_key": SECRET, "report_dir": str(folder), **settings}
        tap = PeopleTap(config=config, state=json.loads(json.dumps(state or {})))
        try:
            tap.run()
        except (TapError, RunStoppedError, InterruptedRunError, ArithmeticError) as error:
            end = ending(error)
            assert newest(folder)["exit_code"] == (end.exit_code if end else 1)
    return newest(folder)


def newest(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(max(folder.glob("*.json")).read_text())
    return found


def by_name(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {stream["name"]: stream for stream in report["streams"]}
