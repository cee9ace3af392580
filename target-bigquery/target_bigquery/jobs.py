"""BigQuery's jobs and requests, repeated where that may help, and what they cost."""

from __future__ import annotations

import threading
import traceback
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from google.api_core import exceptions as api
from google.api_core.retry import Retry
from google.cloud import bigquery

from target_bigquery.errors import TargetError
from target_bigquery.failures import explain, retryable
from target_bigquery.job import Started
from target_bigquery.names import label_value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

REQUEST_TIMEOUT = 60  # seconds without an answer
MOST_ATTEMPTS = 50  # at one job; more do not fit into ten minutes
# REST reference, JobConfigurationLoad: without it a DECIMAL is NUMERIC, or the job fails.
DECIMALS = (bigquery.DecimalTargetType.NUMERIC, bigquery.DecimalTargetType.BIGNUMERIC)
LABELS = {"created_by": "target-bigquery"}


class Jobs:
    """Runs jobs and requests with back-off, and counts what they cost. Used from many threads."""

    def __init__(
        self,
        client: bigquery.Client,
        retry_seconds: float,
        stopping: threading.Event,
        *,
        labels: Mapping[str, str],
        maximum_bytes_billed: int | None = None,
    ) -> None:
        self.client = client
        self._labels, self._maximum_bytes_billed = labels, maximum_bytes_billed
        self.retry_seconds = retry_seconds
        self.stopping = stopping
        self._lock = threading.Lock()
        self.counts: Counter[str] = Counter()
        self.of_streams: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def call(self, request: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """One request of the client, repeated where that may help.

        Raises:
            TargetError: it failed for as long as ``retry_seconds``.
            google.api_core.exceptions.GoogleAPICallError: it was refused for good.
        """
        retry = Retry(
            predicate=self._again,
            initial=0.2,
            maximum=20,
            timeout=self.retry_seconds,
        )
        try:
            return retry(request)(*args, timeout=REQUEST_TIMEOUT, **kwargs)
        except api.RetryError as error:
            raise TargetError(explain(error.cause or error)) from None

    def _again(self, error: BaseException) -> bool:
        """May it help to repeat what failed so? All failures are kept until the end, so without what they hold."""
        failed: BaseException | None = error
        while failed is not None:
            traceback.clear_frames(failed.__traceback__)
            failed = failed.__context__
        return not self.stopping.is_set() and retryable(error)

    def labels(self, stream: str) -> dict[str, str]:
        """The labels of a job that works for ``stream``."""
        return {**self._labels, "singer_stream": label_value(stream)}

    def load(self, id_: str, path: Path, table: bigquery.Table, stream: str) -> Started:
        """Upload a Parquet file and start the job that appends it; returns before the job has ended."""
        options = bigquery.ParquetOptions()  # type: ignore[no-untyped-call]
        options.enable_list_inference = True  # a list is a REPEATED column, not a RECORD with "list.item"
        config = bigquery.LoadJobConfig(
            schema=table.schema,
            source_format=bigquery.SourceFormat.PARQUET,
            parquet_options=options,
            decimal_target_types=DECIMALS,
            create_disposition=bigquery.CreateDisposition.CREATE_NEVER,
            write_disposition=bigquery.WriteDisposition.WRITE_APPEND,
            labels=self.labels(stream),
        )

        def submit(attempt: str, timeout: float) -> Any:
            with path.open("rb") as file:
                return self.client.load_table_from_file(
                    file,
                    table.reference,
                    size=path.stat().st_size,
                    num_retries=0,  # ``call`` repeats, under the same job id
                    job_config=config,
                    job_id=attempt,
                    timeout=timeout,
                )

        return Started(self, id_, "load", stream, submit)

    def query(self, id_: str, statement: str, stream: str, parameters: Sequence[Any] = ()) -> Any:
        """Run a statement to its end; the finished job."""
        config = bigquery.QueryJobConfig(labels=self.labels(stream), use_legacy_sql=False)
        config.query_parameters = list(parameters)
        if self._maximum_bytes_billed is not None:
            config.maximum_bytes_billed = self._maximum_bytes_billed

        def submit(attempt: str, timeout: float) -> Any:
            return self.client.query(
                statement,
                job_config=config,
                job_id=attempt,
                retry=None,  # type: ignore[arg-type]  # ``call`` repeats, under the same job id
                job_retry=None,
                timeout=timeout,
            )

        return Started(self, id_, "query", stream, submit).finish()

    def get_job(self, id_: str) -> Any:
        """The job as it is now."""
        return self.call(self.client.get_job, id_, location=self.client.location, retry=None)

    def running(self, id_: str) -> bool | None:
        """Is a query job, or a repetition of it, still at work? None where nobody has started it."""
        found: bool | None = None
        for attempt in range(MOST_ATTEMPTS):
            try:
                found = self.get_job(f"{id_}_{attempt}").state != "DONE"
            except api.NotFound:
                break
            if found:
                break
        return found

    def count(self, kind: str, stream: str, job: Any) -> None:
        """Add a finished job to the totals, and to those of its stream."""
        cost = {
            kind: 1,
            "bytes_billed": int(getattr(job, "total_bytes_billed", 0) or 0),
            "slot_ms": int(getattr(job, "slot_millis", 0) or 0),
        }
        with self._lock:
            self.counts.update(cost)
            self.of_streams[stream].update(cost)
