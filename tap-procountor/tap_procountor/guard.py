"""Whose data it is: a credential is of one company, and so is a state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tap_kit.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping


def check_company(company: str, meant: int | None, state: Mapping[str, Any]) -> None:
    """Raise ConfigError if the credentials are of another company than the settings say, or than the state is of.

    Read with the state of another company, all of that one's records would be taken for deleted.
    """
    if meant is not None and str(meant) != company:
        raise ConfigError(f"company_id is {meant}, but the credentials are of company {company}: nothing was read")
    if others := _companies(state) - {company}:
        said = f"the state is of company {', '.join(sorted(others))}, but the credentials are of company {company}"
        raise ConfigError(f"{said}: give each company a state of its own")


def _companies(state: Mapping[str, Any]) -> set[str]:
    """Return the companies whose records a state remembers: it names them by their keys, the company first."""
    bookmarks = state.get("bookmarks", {}).values()
    entries = [entry for bookmark in bookmarks for entry in (bookmark, *bookmark.get("partitions", ()))]
    return {name.partition(",")[0] for entry in entries for name in list(entry.get("seen", ()))[:1]}
