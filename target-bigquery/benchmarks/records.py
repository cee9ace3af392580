"""Made-up records, each with the id 0, and their schemas."""

# ruff: noqa: INP001, PLR2004

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random

    Record = dict[str, Any]

PROSE = 'lorem ipsum dolor sit amet café straße 東京 😀 urgent order quoted" back\\slash'
WORDS = PROSE.split()
TEXTS = ("external_id", "customer_name", "email", "status", "country", "note", "referrer")
NUMBERS, FLAGS, MOMENTS = ("amount", "tax_rate", "unit_cost"), ("is_active", "is_gift"), ("created_at", "updated_at")


def null(type_: str, **more: Any) -> dict[str, Any]:
    """A property that may be null."""
    return {"type": ["null", type_], **more}


def orders() -> dict[str, Any]:
    """20 columns: 7 texts, 2 integers, 3 decimals, 2 flags, 2 moments, a date, an object in an object, 2 arrays."""
    geo = null("object", properties={"lat_e6": null("integer"), "lon_e6": null("integer")})
    item = {"type": "object", "properties": {"sku": null("string"), "qty": null("integer")}}
    properties = {"id": {"type": "integer"}, "quantity": null("integer"), "ship_date": null("string", format="date")}
    properties |= dict.fromkeys(TEXTS, null("string")) | dict.fromkeys(NUMBERS, null("number"))
    properties |= dict.fromkeys(FLAGS, null("boolean")) | dict.fromkeys(MOMENTS, null("string", format="date-time"))
    properties["address"] = null("object", properties={"street": null("string"), "zip": null("string"), "geo": geo})
    properties["tags"] = null("array", items={"type": "string"})
    properties["items"] = null("array", items=item)
    return properties


def order(rng: random.Random) -> Record:
    """One record of about 0.8 kB, a tenth of its values null."""
    made: Record = {
        "id": 0,
        **{name: " ".join(rng.choices(WORDS, k=15 if name == "note" else 4)) for name in TEXTS},
        "amount": rng.randrange(10**8) / 100,
        "tax_rate": rng.randrange(10**4) / 10**4,
        "unit_cost": rng.randrange(10**12) / 10**9,
        "quantity": rng.randrange(-(2**40), 2**40),
        **{name: rng.random() < 0.5 for name in FLAGS},
        **{name: f"20{rng.randrange(10, 26)}-03-04T05:06:07.{rng.randrange(10**6):06d}Z" for name in MOMENTS},
        "ship_date": f"2024-02-{rng.randrange(1, 29):02d}",
        "address": {"street": rng.choice(WORDS), "zip": "00100", "geo": {"lat_e6": 60_169_856, "lon_e6": -1}},
        "tags": rng.sample(WORDS, 3),
        "items": [{"sku": f"SKU-{rng.randrange(10**6)}", "qty": 2} for _ in range(rng.randrange(4))],
    }
    return {k: v if k == "id" or rng.random() > 0.1 else None for k, v in made.items()}


ORDERS = orders()
SMALL = {k: v for k, v in ORDERS.items() if k in ("id", "amount", "status")}
KEYED = ORDERS | {"kind": {"type": "string"}, "day": {"type": "string", "format": "date"}}
WIDE = {"id": {"type": "integer"}} | {f"c{n}": null(("integer", "boolean", "string")[n % 3]) for n in range(199)}
LONG = {name: ORDERS[name] for name in ("id", "note", "referrer")}


def small(rng: random.Random) -> Record:
    """Three columns of an order."""
    return {k: v for k, v in order(rng).items() if k in ("id", "amount", "status")}


def wide(rng: random.Random) -> Record:
    """200 numbers, flags and short texts."""
    kinds = (lambda: rng.randrange(1000), lambda: rng.random() < 0.5, lambda: rng.choice(WORDS))
    return {"id": 0} | {f"c{n}": kinds[n % 3]() for n in range(199)}


def texts(rng: random.Random) -> Record:
    """Two texts of 2 kB."""
    return {"id": 0} | {name: " ".join(rng.choices(WORDS, k=350)) for name in ("note", "referrer")}


def shuffled(rng: random.Random) -> Record:
    """An order whose properties come in any order, and a tenth of them not at all."""
    made = [(k, v) for k, v in order(rng).items() if v is not None]
    return dict(rng.sample(made, len(made)))


def quoted(rng: random.Random) -> Record:
    """An order whose numbers are written as strings."""
    made = order(rng)
    return made | {name: str(made[name]) for name in (*NUMBERS, "quantity") if made[name] is not None}


def keyed(rng: random.Random) -> Record:
    """An order of which the id is only a part of the key."""
    return order(rng) | {"kind": rng.choice(["retail", "wholesale"]), "day": "2026-01-02"}
