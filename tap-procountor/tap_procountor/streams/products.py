"""Products and their groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tap_kit.table import Partition, Stream

from tap_procountor.api import VERSION
from tap_procountor.shapes import AFTER, KEY, RESULTS, children, of, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_kit.client import Client
    from tap_kit.table import Settings


def each_type(_: Client, __: Settings) -> Iterator[Partition]:
    """Without a type the lists hold products for sale and purchase, and none for travel."""
    for kind in ("SALES", "PURCHASE", "TRAVEL"):
        yield Partition({"type": kind}, {"type": kind})


# The list holds whole products, and their names in other languages when it is asked for them.
ALL_PRODUCTS: dict[str, Any] = {
    "path": "products",
    "envelope": RESULTS,
    "cursor": VERSION,
    "per": each_type,
    "after": AFTER,
}

PRODUCTS = (
    Stream("products", key=KEY, params={"includeLocalizations": "true"}, **ALL_PRODUCTS),
    whole("product_groups", "products/groups", envelope="productGroups", per=each_type),
    Stream(
        "product_default_dimensions",
        key=("company_id", "product_id"),
        details=children("dimensions", "products/{id}/defaults/dimensions"),
        prepare=of("productId"),
        selected=False,
        needs="a request a product",
        **ALL_PRODUCTS,
    ),
)
