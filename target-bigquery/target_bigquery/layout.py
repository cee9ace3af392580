"""How the table of a stream is to be partitioned and clustered: settings, made to fit its columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_bigquery.options import INGESTION
from target_bigquery.tables import Layout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_bigquery.schema import Column
    from target_bigquery.settings import Settings

CLUSTERED = 4  # columns, BigQuery's limit
# BOOL clusters too, but two values sort nothing; BigQuery does not cluster by TIME.
_CLUSTERABLE = {"INT64", "NUMERIC", "BIGNUMERIC", "STRING", "DATE", "TIMESTAMP"}


def layout(columns: Sequence[Column], keys: Sequence[str], settings: Settings) -> Layout:
    """Columns are named as in the source or as in the table; those that the stream does not have are left out.

    Raises:
        ValueError: BigQuery cannot partition or cluster by a column.
    """
    by_name = {c.name: c for c in columns} | {c.source: c for c in columns}
    if settings.cluster_by is None:
        clustered = [by_name[k].name for k in keys if by_name[k].type in _CLUSTERABLE]
    else:
        clustered = [by_name[name].name for name in settings.cluster_by if name in by_name]
        for one in clustered:
            if by_name[one].type not in _CLUSTERABLE or by_name[one].repeated:
                raise ValueError(
                    f"cluster_by: column {one} is {by_name[one].ddl()}, by which BigQuery does not cluster"
                )
    granularity, name = settings.partition_granularity.upper(), settings.partition_by
    if name == INGESTION:
        return Layout("", granularity, tuple(clustered[:CLUSTERED]))
    if not name or name not in by_name:
        return Layout(clustered=tuple(clustered[:CLUSTERED]))
    column = by_name[name]
    if column.repeated or column.type not in {"DATE", "TIMESTAMP"}:
        raise ValueError(f"partition_by: column {name} is {column.ddl()}, and must be a DATE or TIMESTAMP")
    if column.type == "DATE" and granularity == "HOUR":
        raise ValueError(f"partition_granularity: column {name} is a DATE, which has no hours")
    return Layout(column.name, granularity, tuple(clustered[:CLUSTERED]))
