"""What the settings do to a row of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.procountor.settings import Settings

Json = dict[str, Any]


def nested(row: Json, settings: Settings) -> Json:
    """A statement whose events hold others under the key that the settings say."""
    if settings.nested_events == "events":
        return row
    renamed = [{"event" if name == "events" else name: item for name, item in event.items()} for event in row["events"]]
    return row | {"events": renamed}


def users_by_id(row: Json, _settings: Settings) -> Json:
    """A list of verifiers as the list of lists shows it."""
    return row | {name: [user["userId"] for user in row[name]] for name in ("verifiers", "acceptors")}
