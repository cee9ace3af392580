"""The stand-in of the measurements answers other clients of BigQuery, too."""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING

import requests
from google.api_core.client_options import ClientOptions
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

if TYPE_CHECKING:
    from target_bigquery.testing import Sink


def test_a_load_job_makes_its_table_and_a_statement_has_a_result(sink: Sink) -> None:
    options = ClientOptions(api_endpoint=sink.url)
    with contextlib.closing(bigquery.Client("p", AnonymousCredentials(), client_options=options)) as client:
        client.load_table_from_file(io.BytesIO(b"{}"), "p.made.by_load").result()
        assert client.get_table("p.made.by_load").table_id == "by_load"
        job = client.query("DROP TABLE made.by_load")
    # As clients of older versions ask for a result.
    found = requests.get(f"{sink.url}/bigquery/v2/projects/p/queries/{job.job_id}", timeout=10).json()
    assert (found["jobReference"]["jobId"], found["jobComplete"]) == (job.job_id, True)
