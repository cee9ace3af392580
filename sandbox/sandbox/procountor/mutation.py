"""Something that a test can ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from sandbox.procountor.books import Books

Json = dict[str, Any]


def snake(name: str) -> str:
    """`AddRecord` becomes `add_record`."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


class Mutation(msgspec.Struct, tag_field="kind", tag=snake, forbid_unknown_fields=True):
    """Something that happens to the company."""

    def apply(self, books: Books) -> Json:
        """`now`, and the `ids` of what changed. ValueError for what cannot be done."""
        raise NotImplementedError
