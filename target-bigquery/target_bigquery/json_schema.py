"""What a JSON Schema says: references and unions resolved, its types, its leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

DEEPEST = 15  # BigQuery's limit of nested RECORDs
_NUMERIC_LIMIT = Decimal(10) ** 29  # NUMERIC: 29 digits before the point, 9 after
_NUMERIC_SCALE = 9


class NoTypeError(Exception):
    """No exact column type: the column becomes JSON."""


def resolve(schema: Any, root: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow ``$ref`` within the document and unwrap a union that has one member besides null.

    Raises:
        NoTypeError: this is no schema, or a union of several types.
    """
    if not isinstance(schema, Mapping):
        raise NoTypeError
    if "$ref" in schema:
        node: Any = root
        for part in str(schema["$ref"]).removeprefix("#/").split("/"):
            node = node.get(part) if isinstance(node, Mapping) else None
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        return resolve({**node, **rest}, root) if isinstance(node, Mapping) else resolve(None, root)
    union = schema.get("anyOf") or schema.get("oneOf")
    if not union:
        return schema
    members = [m for m in (resolve(member, root) for member in union) if kinds_of(m)]
    rest = {key: value for key, value in schema.items() if key not in {"anyOf", "oneOf"}}
    if len(members) == 1:
        return {**rest, **members[0]}
    if all(kinds_of(member) == {"string"} for member in members):
        return {**rest, "type": "string"}  # a date-time or any other string: only STRING holds both
    if all(kinds_of(member) <= {"integer", "number"} for member in members):
        return {**rest, "type": "number"}
    raise NoTypeError


def kinds_of(schema: Mapping[str, Any]) -> set[str]:
    """The JSON types that a resolved schema allows, null apart; ``any`` where it does not say."""
    kinds = schema.get("type")
    if kinds is None:
        return {"object"} if "properties" in schema else {"any"}
    return ({kinds} if isinstance(kinds, str) else set(kinds)) - {"null"}


def decimal_type(schema: Mapping[str, Any]) -> str:
    """NUMERIC, or BIGNUMERIC where the schema itself says that NUMERIC is too small."""
    step = Decimal(str(schema.get("multipleOf", 1)))
    bounds = (schema.get(key) for key in ("minimum", "maximum"))
    wide = any(abs(Decimal(str(bound))) >= _NUMERIC_LIMIT for bound in bounds if bound is not None)
    exponent = step.normalize().as_tuple().exponent
    fine = isinstance(exponent, int) and -exponent > _NUMERIC_SCALE
    # 1.0e+308 and the like are a double's range, not a statement about the values.
    double = any(
        abs(Decimal(str(b))) > Decimal("1e39") for b in (schema.get("minimum"), schema.get("maximum")) if b is not None
    )
    return "BIGNUMERIC" if fine or (wide and not double) else "NUMERIC"


def leaves(properties: Mapping[str, Any], root: Mapping[str, Any], levels: float) -> dict[tuple[str, ...], Any]:
    """The properties, and in the place of an object those inside it, ``levels`` deep; path -> schema.

    An object that has itself inside stays whole.
    """
    made: dict[tuple[str, ...], Any] = {}
    for name, schema in properties.items():
        try:
            made |= {(name, *path): leaf for path, leaf in _within(schema, root, levels, DEEPEST)}
        except (NoTypeError, RecursionError):
            made[name,] = schema
    return made


def _within(schema: Any, root: Mapping[str, Any], levels: float, deepest: int) -> Iterator[tuple[tuple[str, ...], Any]]:
    found = _object(schema, root) if levels else None
    if not found:
        yield (), schema
        return
    if not deepest:
        raise NoTypeError
    for name, property_ in found.items():
        for path, leaf in _within(property_, root, levels - 1, deepest - 1):
            yield (name, *path), leaf


def _object(schema: Any, root: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Its properties, if it is an object that names some."""
    try:
        resolved = resolve(schema, root)
    except NoTypeError:
        return None
    return resolved.get("properties") if kinds_of(resolved) == {"object"} else None
