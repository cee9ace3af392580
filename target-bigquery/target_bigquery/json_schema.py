"""What a JSON Schema says: references and unions resolved, its types, its leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

DEEPEST = 15  # BigQuery's limit of nested RECORDs
_NUMERIC_LIMIT = Decimal(10) ** 29  # NUMERIC: 29 digits before the point, 9 after
_NUMERIC_SCALE = 9
_DOUBLES = Decimal("1e39")  # BIGNUMERIC's range ends before; a bound beyond it is that of a double


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
    if "allOf" in schema:
        return resolve(_all(schema, root), root)
    union = schema.get("anyOf") or schema.get("oneOf")
    if not isinstance(union, list) or not union:
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
    if kinds is None and "properties" in schema:
        return {"object"}
    if kinds is None:
        return {"string"} if _is_text(schema) else {"any"}
    named = {kind if isinstance(kind, str) else "any" for kind in (kinds if isinstance(kinds, list) else [kinds])}
    return named - {"null"}


def is_scalar(schema: Any, root: Mapping[str, Any]) -> bool:
    """May a value be a text, a number or a boolean, and never an object or an array?"""
    if not isinstance(schema, Mapping):
        return False
    try:
        return kinds_of(resolve(schema, root)) <= {"string", "integer", "number", "boolean", "any"}
    except RecursionError:
        return False
    except NoTypeError:
        union = schema.get("anyOf") or schema.get("oneOf") or ()
        return all(is_scalar(member, root) for member in union)


def properties_of(schema: Any) -> Mapping[str, Any]:
    """The properties of a stream's schema, wherever in it they stand; none if it names none."""
    try:
        found = resolve(schema, schema).get("properties")
    except (NoTypeError, RecursionError):
        found = None
    return found if isinstance(found, Mapping) else {}


def number_type(schema: Mapping[str, Any], plain: str) -> str:
    """NUMERIC, or BIGNUMERIC where the schema itself says that NUMERIC is too small; ``plain`` if it does not say."""
    step, least, greatest = (_number(schema.get(key)) for key in ("multipleOf", "minimum", "maximum"))
    exponent = step.normalize().as_tuple().exponent
    fine = isinstance(exponent, int) and -exponent > _NUMERIC_SCALE
    # 1.0e+308 and the like are a double's range, not a statement about the values.
    wide = _NUMERIC_LIMIT <= max(abs(least), abs(greatest)) <= _DOUBLES
    if fine or wide:
        return "BIGNUMERIC"
    return "NUMERIC" if "multipleOf" in schema else plain


def _number(value: Any) -> Decimal:
    """A bound as it stands in a schema, 1 where it is none."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return Decimal(1)
    return number if number.is_finite() else Decimal(1)


def _all(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    """What all members of an ``allOf`` say together; their properties are those of one object."""
    rest = {key: value for key, value in schema.items() if key != "allOf"}
    members = [resolve(member, root) for member in schema["allOf"]] if isinstance(schema["allOf"], list) else []
    named = [one["properties"] for one in (*members, rest) if isinstance(one.get("properties"), Mapping)]
    made = {key: value for one in (*members, rest) for key, value in one.items()}
    return made | ({"properties": {k: v for one in named for k, v in one.items()}} if named else {})


def _is_text(schema: Mapping[str, Any]) -> bool:
    """Does a schema without a type allow nothing but certain texts?"""
    allowed = schema.get("enum", [schema.get("const")])
    texts = [one for one in allowed if one is not None] if isinstance(allowed, list) else []
    return bool(texts) and all(isinstance(one, str) for one in texts)


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
    found = resolved.get("properties") if kinds_of(resolved) == {"object"} else None
    return found if isinstance(found, Mapping) else None
