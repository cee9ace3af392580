"""Google's own analyzer of SQL, against tables as BigQuery describes them: what it refuses, BigQuery refuses.

It knows syntax, names and types; limits, rights and the rules of load jobs it does not.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from google.api_core import exceptions as api
from target_bigquery.evolve import canonical
from wasmtime import Config
from zetasql import types
from zetasql.api import Analyzer
from zetasql.core import wasm_client
from zetasql.core.exceptions import ZetaSQLError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# What a table or a column may be given (BigQuery docs, Data definition language, table_option_list).
OPTIONS = {
    "description": "STRING",
    "expiration_timestamp": "TIMESTAMP",
    "friendly_name": "STRING",
    "kms_key_name": "STRING",
    "labels": None,
    "partition_expiration_days": "FLOAT64",
    "require_partition_filter": "BOOL",
}


class _Kept(Config):
    """Compiled once on a machine, which takes half a minute."""

    def __init__(self) -> None:
        super().__init__()
        self.cache = True


@cache
def _language() -> Any:
    """What BigQuery's dialect has of the language."""
    wasm_client.Config = _Kept
    language = types.LanguageOptions.maximum_features()
    language.enabled_language_features.append(types.LanguageFeature.FEATURE_ALTER_COLUMN_SET_DATA_TYPE)
    language.product_mode = types.ProductMode.PRODUCT_EXTERNAL  # no types but BigQuery's
    language.supported_statement_kinds = []  # all
    language.reserved_keywords = ["QUALIFY"]
    return language


def _type(field: Mapping[str, Any]) -> Any:
    if field.get("fields"):
        fields = [types.StructField(field_name=f["name"], field_type=_type(f)) for f in field["fields"]]
        made = types.Type(type_kind=types.TypeKind.TYPE_STRUCT, struct_type=types.StructType(field=fields))
    else:
        name = canonical(field).replace("FLOAT64", "DOUBLE")
        made = types.Type(type_kind=types.TypeKind[f"TYPE_{name}"])
    if field.get("mode") != "REPEATED":
        return made
    return types.Type(type_kind=types.TypeKind.TYPE_ARRAY, array_type=types.ArrayType(element_type=made))


def _catalog(tables: Iterable[Mapping[str, Any]]) -> Any:
    """Project, dataset, table."""
    language = _language()
    root = types.SimpleCatalog(
        name="", builtin_function_options=types.ZetaSQLBuiltinFunctionOptions(language_options=language)
    )
    for serial, table in enumerate(tables, 1):
        place, inner = table["tableReference"], root
        for name in (place["projectId"], place["datasetId"]):
            found = next((one for one in inner.catalog if one.name == name), None)
            if found is None:
                found = types.SimpleCatalog(name=name)
                inner.catalog.append(found)
            inner = found
        columns = [types.SimpleColumn(name=f["name"], type=_type(f)) for f in table["schema"]["fields"]]
        inner.table.append(types.SimpleTable(name=place["tableId"], column=columns, serialization_id=serial))
    return root


def analyze(statement: str, tables: Iterable[Mapping[str, Any]], parameters: Iterable[Mapping[str, Any]] = ()) -> str:
    """What kind of statement it is; tables and query parameters in the API's form.

    Raises:
        google.api_core.exceptions.BadRequest: the statement is wrong; says what and where.
    """
    language = _language()
    declared = []
    for parameter in parameters:
        given = parameter["parameterType"]
        element = given.get("arrayType", given)
        type_ = _type({"type": element["type"], "mode": "REPEATED" if "arrayType" in given else "NULLABLE"})
        declared.append(types.AnalyzerOptions.QueryParameter(name=parameter["name"], type=type_))
    allowed = types.AllowedHintsAndOptions(
        disallow_unknown_options=True,
        disallow_duplicate_option_names=True,
        option=[
            types.AllowedHintsAndOptions.Option(name=name, type=type_ and _type({"type": type_}))
            for name, type_ in OPTIONS.items()
        ],
    )
    options = types.AnalyzerOptions(
        language_options=language, query_parameters=declared, allowed_hints_and_options=allowed
    )
    try:
        made = Analyzer(options, _catalog(tables)).analyze_statement(statement)
    except ZetaSQLError as error:
        raise api.BadRequest(f"{error} in {statement}") from None
    return type(made).__name__
