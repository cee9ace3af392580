"""``target-bigquery remove``: what this target made in a dataset goes, and nothing else."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any

import click
from google.api_core import exceptions as api
from google.cloud import bigquery

from target_bigquery import connection
from target_bigquery.errors import ConfigError
from target_bigquery.jobs import LABELS, Jobs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from target_bigquery.settings import Settings


def remove(settings: Settings, *, yes: bool) -> None:
    """Say what would go; let it go if ``yes``, or if the dataset's name is typed at a terminal.

    Raises:
        ConfigError: there is no such dataset.
        google.api_core.exceptions.GoogleAPICallError: BigQuery refused; what was deleted by then stays so.
    """
    jobs = Jobs(connection.client(settings), settings.retry_seconds, threading.Event(), labels=LABELS)
    client, dataset = jobs.client, bigquery.DatasetReference(settings.project, settings.dataset)
    try:
        ours, others = _divided(jobs, dataset)
        whole = not others and _made(jobs.call(client.get_dataset, dataset, retry=None).labels)
    except api.NotFound:
        raise ConfigError(f"project {settings.project} has no dataset {settings.dataset}") from None
    for line in _listed(settings.dataset, ours, others, whole=whole):
        click.echo(line)
    if not (ours or whole):
        return
    if not (yes or _typed(settings.dataset)):
        click.echo("nothing was removed: --yes removes it")
        return
    for name in ours:
        jobs.call(client.delete_table, dataset.table(name), not_found_ok=True, retry=None)
    if whole:  # BigQuery refuses if a table has come meanwhile
        jobs.call(client.delete_dataset, dataset, not_found_ok=True, retry=None)
    click.echo(f"removed {len(ours)} tables" + (" and the dataset" if whole else ""))


def _divided(jobs: Jobs, dataset: bigquery.DatasetReference) -> tuple[list[str], list[str]]:
    """The names of the tables that carry this target's label, and of the other tables, models and routines."""
    client = jobs.client
    ours: list[str] = []
    others = [one.model_id for one in _all(jobs, client.list_models, dataset)]
    others += [one.routine_id for one in _all(jobs, client.list_routines, dataset)]
    for item in _all(jobs, client.list_tables, dataset):
        (ours if _made(item.labels) else others).append(item.table_id)
    return sorted(ours), sorted(others)


def _all(jobs: Jobs, request: Callable[..., Iterable[Any]], dataset: bigquery.DatasetReference) -> list[Any]:
    return jobs.call(lambda timeout: list(request(dataset, timeout=timeout)))  # type: ignore[no-any-return]


def _made(labels: Mapping[str, str]) -> bool:
    return labels.items() >= LABELS.items()


def _listed(dataset: str, ours: Iterable[str], others: Iterable[str], *, whole: bool) -> Iterator[str]:
    for name in ours:
        yield f"would go: table {dataset}.{name}"
    for name in others:
        yield f"stays: {dataset}.{name}, which this target did not make"
    yield f"would go: dataset {dataset}" if whole else f"stays: dataset {dataset}"


def _typed(dataset: str) -> bool:
    """Has somebody at a terminal typed the name?"""
    if not sys.stdin.isatty():
        return False
    answer: str = click.prompt("Type the dataset's name to remove it", default="", show_default=False)
    return answer == dataset
