"""What can happen to labels, and to the API itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.clock import iso
from sandbox.qonto.books import Drift
from sandbox.qonto.mutations import Done, Mutation
from sandbox.qonto.resources import known

if TYPE_CHECKING:
    from sandbox.qonto.books import Books


class AddLabel(Mutation, kw_only=True):
    """A label, under another one or on its own."""

    name: str
    parent_id: str | None = None

    def apply(self, books: Books) -> Done:
        """Returns its id."""
        label = books.company.add_label(self.name, self.parent_id)
        return {"now": iso(books.clock.tick()), "ids": [label["id"]]}


class RenameLabel(Mutation, kw_only=True):
    """Another name; transactions do not change, they know the id."""

    id: str
    name: str

    def apply(self, books: Books) -> Done:
        """Returns its id."""
        books.company.label(self.id)["name"] = self.name
        return {"now": iso(books.clock.tick()), "ids": [self.id]}


class DeleteLabel(Mutation, kw_only=True):
    """The label goes, also from its transactions; they share one new `updated_at`."""

    id: str

    def apply(self, books: Books) -> Done:
        """Returns the ids of the transactions. ValueError for a label that has children."""
        books.company.remove_label(self.id)
        with_it = [number for number, labels in enumerate(books.label_sets) if self.id in labels]
        rows = np.flatnonzero(np.isin(books.ledger.columns.labels, with_it))
        for number in with_it:
            books.label_sets[number] = tuple(label for label in books.label_sets[number] if label != self.id)
        books.ledger.columns.updated_at[rows] = books.clock.tick()
        books.ledger.changed()
        return {"now": iso(books.clock.now), "ids": [books.ids.of(row) for row in rows.tolist()]}


class AddField(Mutation, kw_only=True):
    """The vendor writes a new field into every record of a resource."""

    resource: str
    field: str
    value: Any = None

    def apply(self, books: Books) -> Done:
        """No record counts as changed. ValueError for an unknown resource."""
        books.drifts.setdefault(known(self.resource).name, Drift()).added[self.field] = self.value
        return {"now": iso(books.clock.now), "ids": []}


class DropField(Mutation, kw_only=True):
    """The vendor no longer writes a field of a resource."""

    resource: str
    field: str

    def apply(self, books: Books) -> Done:
        """No record counts as changed. ValueError for an unknown resource."""
        books.drifts.setdefault(known(self.resource).name, Drift()).dropped.add(self.field)
        return {"now": iso(books.clock.now), "ids": []}
