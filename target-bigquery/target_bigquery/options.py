"""Every setting that there is: name, type, default, meaning. What ``--about`` shows."""

from __future__ import annotations

from typing import Any

from singer_sdk import typing as th

METHODS = ("upsert", "append-only", "overwrite")
INVALID = ("fail", "quarantine")
NESTED = ("record", "json", "flatten")
NUMBERS = ("NUMERIC", "BIGNUMERIC", "FLOAT64")
GRANULARITIES = ("hour", "day", "month", "year")
INGESTION = "ingestion time"
NAMESPACE = "{stream_namespace}"
PER_STREAM = (
    "load_method",
    "hard_delete",
    "add_record_metadata",
    "on_invalid_record",
    "nested",
    "flattening_max_depth",
    "number_type",
    "partition_by",
    "partition_granularity",
    "cluster_by",
    "batch_size_bytes",
    "batch_size_rows",
)

SCHEMA: dict[str, Any] = th.PropertiesList(
    th.Property("project", th.StringType, required=True, description="Google Cloud project of the dataset."),
    th.Property(
        "dataset",
        th.StringType,
        required=True,
        description=(
            f"Dataset; created if it is missing. {NAMESPACE} in it stands for what a stream's name has before its "
            "first - or dot; the table is named after the rest."
        ),
    ),
    th.Property(
        "location", th.StringType, description="Where a missing dataset is created, and where jobs run. Example: EU."
    ),
    th.Property("credentials_path", th.StringType, description="Service-account file."),
    th.Property(
        "credentials_json",
        th.StringType,
        secret=True,
        description="Service-account JSON. Without it and without a path: application default credentials.",
    ),
    th.Property(
        "impersonate_service_account",
        th.StringType,
        description=(
            "E-mail address of a service account to act as; the credentials above need the role "
            "Service Account Token Creator on it."
        ),
    ),
    th.Property(
        "api_endpoint",
        th.StringType,
        description="A local BigQuery emulator, used without credentials. BIGQUERY_EMULATOR_HOST does the same.",
    ),
    th.Property(
        "load_method",
        th.StringType,
        default="upsert",
        allowed_values=list(METHODS),
        description=(
            "upsert: by key, streams without a key are appended, versioned full tables are swapped. "
            "append-only: every record becomes a row. overwrite: every stream of the run replaces its table."
        ),
    ),
    th.Property(
        "hard_delete",
        th.BooleanType,
        default=False,
        description=(
            "A record whose _sdc_deleted_at is set takes its row away. Otherwise the row stays, with _sdc_deleted_at."
        ),
    ),
    th.Property(
        "add_record_metadata", th.BooleanType, default=True, description="Add the _sdc_* columns to every table."
    ),
    th.Property(
        "on_invalid_record",
        th.StringType,
        default="fail",
        allowed_values=list(INVALID),
        description=(
            "What becomes of a record that its table cannot hold. fail: the run ends. "
            "quarantine: it goes to <table>__rejected, with the reason."
        ),
    ),
    th.Property(
        "nested",
        th.StringType,
        default="record",
        allowed_values=list(NESTED),
        description=(
            "What objects and arrays become. record: RECORD and REPEATED columns. json: JSON columns. "
            "flatten: objects become a column for each property, named parent__child; arrays as with record."
        ),
    ),
    th.Property(
        "flattening_max_depth",
        th.IntegerType,
        description="With nested: flatten, how many levels of objects become columns; deeper ones JSON. Default: all.",
    ),
    th.Property(
        "number_type",
        th.StringType,
        default="NUMERIC",
        allowed_values=list(NUMBERS),
        description=(
            "What numbers become of which the schema says no more. NUMERIC: exact decimals; a column becomes "
            "BIGNUMERIC when a number needs it. BIGNUMERIC: that from the start. FLOAT64: doubles."
        ),
    ),
    th.Property(
        "partition_by",
        th.StringType,
        description=(
            f"How new tables are partitioned: by a DATE or TIMESTAMP column, or by {INGESTION!r}. "
            "Streams without the column are not partitioned."
        ),
    ),
    th.Property(
        "partition_granularity",
        th.StringType,
        default="day",
        allowed_values=list(GRANULARITIES),
        description="What one partition holds.",
    ),
    th.Property(
        "cluster_by",
        th.ArrayType(th.StringType),
        description="Columns by which new tables are clustered, where they have them; four at most. Default: the key.",
    ),
    th.Property(
        "dataset_labels",
        th.ObjectType(additional_properties=th.StringType),
        description="Labels of a dataset that the target creates.",
    ),
    th.Property(
        "table_expiration_days",
        th.IntegerType,
        description="Tables in a dataset that the target creates end after so many days. Default: never.",
    ),
    th.Property(
        "batch_size_bytes",
        th.IntegerType,
        default=16 << 20,
        description="Bytes of Parquet in one load job; a stream's rows are sent as soon as there are that many.",
    ),
    th.Property(
        "batch_size_rows",
        th.IntegerType,
        description="Rows of one load job, where bytes are not the limit. A block of 4 MiB of JSON is not divided.",
    ),
    th.Property(
        "commit_after_seconds",
        th.IntegerType,
        default=300,
        description="Rows are committed at the first STATE after this time, or after twice this time without one.",
    ),
    th.Property(
        "retry_seconds",
        th.IntegerType,
        default=600,
        description="How long to repeat a request or job that BigQuery says may be repeated.",
    ),
    th.Property(
        "maximum_bytes_billed",
        th.IntegerType,
        description="A statement that would bill more bytes fails, and with it the run. Default: the project's limit.",
    ),
    th.Property(
        "erasure_key",
        th.StringType,
        secret=True,
        description=(
            "Secret text that keys the hashes of erased records: needed to erase, and for every run after it. "
            "It cannot be changed then."
        ),
    ),
    th.Property(
        "stream_overrides",
        th.ObjectType(additional_properties=True),
        description=(
            f"Settings for streams by glob, later ones win: {', '.join(PER_STREAM)}. "
            'Example: {"events-*": {"load_method": "append-only"}}.'
        ),
    ),
    th.Property("staging_dir", th.StringType, description="Folder for staged files. Default: the system's."),
    th.Property(
        "report_dir",
        th.StringType,
        description="Folder for the report of each run, as JSON: that of the tap's. Default: none is written.",
    ),
).to_dict()

LEAST = dict.fromkeys(
    ("batch_size_bytes", "batch_size_rows", "maximum_bytes_billed", "table_expiration_days"), 1
) | dict.fromkeys(("retry_seconds", "commit_after_seconds", "flattening_max_depth"), 0)
"""Setting -> the least number that it may be."""

CHOICES = {
    "load_method": METHODS,
    "on_invalid_record": INVALID,
    "nested": NESTED,
    "number_type": NUMBERS,
    "partition_granularity": GRANULARITIES,
}
"""Setting -> the values that it may have."""
