"""Pages of a list, and what each endpoint tells about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Paging:
    """Which page, and of what size."""

    page: int
    per_page: int

    def meta(self, total: int) -> dict[str, int | None]:
        """The sibling of the list."""
        pages = max(1, -(-total // self.per_page))
        return {
            "current_page": self.page,
            "next_page": self.page + 1 if self.page < pages else None,
            "prev_page": self.page - 1 if self.page > 1 else None,
            "total_pages": pages,
            "total_count": total,
            "per_page": self.per_page,
        }

    def cut(self, rows: Any) -> Any:
        """The part of `rows` that is on the page."""
        return rows[(self.page - 1) * self.per_page : self.page * self.per_page]


Meta = Callable[[Paging, int], dict[str, int | None]]


def usual(page: Paging, total: int) -> dict[str, int | None]:
    """Six keys."""
    return page.meta(total)


def no_next_on_last(page: Paging, total: int) -> dict[str, int | None]:
    """The last page has no `next_page`, not even null."""
    meta = page.meta(total)
    return meta if meta["next_page"] else {name: value for name, value in meta.items() if name != "next_page"}


def zero_when_empty(page: Paging, total: int) -> dict[str, int | None]:
    """An empty list has 0 as the next page."""
    return page.meta(total) | ({} if total else {"next_page": 0})


def short(page: Paging, total: int) -> dict[str, int | None]:
    """`total` instead of `total_count`, and no `per_page`."""
    meta = page.meta(total)
    kept = ("current_page", "total_pages", "next_page", "prev_page")
    return {"total": total, **{name: meta[name] for name in kept}}
