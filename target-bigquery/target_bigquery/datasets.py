"""Which dataset and table a stream goes to, and the datasets that a run has opened."""

from __future__ import annotations

import logging
import re
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from target_bigquery.names import dataset_part, table_name
from target_bigquery.options import NAMESPACE
from target_bigquery.tables import Warehouse

if TYPE_CHECKING:
    from target_bigquery.jobs import Jobs
    from target_bigquery.settings import Settings

log = logging.getLogger("target-bigquery")

_PARTS = re.compile(r"([^-.]+)[-.](.+)", re.DOTALL)


def place(dataset: str, stream: str) -> tuple[str, str]:
    """Dataset and table of a stream: ``raw_{stream_namespace}`` and ``public-orders`` give ``raw_public``, ``orders``.

    Raises:
        ValueError: the dataset is named after a namespace, and the stream has none.
    """
    if NAMESPACE not in dataset:
        return dataset, table_name(stream)
    parts = _PARTS.fullmatch(stream)
    if not parts:
        raise ValueError(f"has no namespace, as {NAMESPACE} in dataset wants it: nothing before a - or .")
    return dataset.replace(NAMESPACE, dataset_part(parts[1])), table_name(parts[2])


class Datasets:
    """Those of one run, each made sure of when the first stream needs it."""

    def __init__(self, jobs: Jobs, settings: Settings, run: str) -> None:
        self._jobs, self._settings, self._run = jobs, settings, run
        self._opened: dict[str, Warehouse] = {}
        if NAMESPACE not in settings.dataset:
            self.open(settings.dataset)

    def open(self, name: str) -> Warehouse:
        """The dataset, created if it is missing."""
        if name not in self._opened:
            warehouse = Warehouse(self._jobs, replace(self._settings, dataset=name), self._run)
            warehouse.prepare()
            threading.Thread(target=_sweep, args=(warehouse,), daemon=True).start()
            self._opened[name] = warehouse
        return self._opened[name]

    def drop_all(self) -> None:
        """Drop what this run has staged and not committed."""
        for warehouse in self._opened.values():
            warehouse.staging.drop_all()


def _sweep(warehouse: Warehouse) -> None:
    try:
        warehouse.staging.sweep(warehouse.tables())
    except Exception as error:  # noqa: BLE001 (nothing depends on it)
        log.warning("could not look for old staging tables: %s", type(error).__name__)
