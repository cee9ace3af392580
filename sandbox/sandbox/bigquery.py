"""A local BigQuery in a process of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Self

import requests

from sandbox.local import call
from sandbox.server import HOST, listen

if TYPE_CHECKING:
    from google.cloud.bigquery import Client

PROJECT = "local"
EMULATOR = Path(__file__).with_name("emulator.py")
GRACE = 5


class BigQueryUnavailableError(RuntimeError):
    """The local BigQuery does not start; the message is one line that says why."""


class LocalBigQuery:
    """Serves the data under `data_dir`, on `port` or a free one. A `passing` folder is removed afterwards."""

    project = PROJECT

    def __init__(self, data_dir: Path | str, port: int = 0, *, passing: bool = False) -> None:
        if not find_spec("local_bigquery"):
            raise BigQueryUnavailableError("the local BigQuery needs Python 3.13")
        self.data_dir = Path(data_dir).absolute()
        self.log = self.data_dir / "bigquery.log"
        self._port = port
        self._more = ["passing"] if passing else []

    def __enter__(self) -> Self:
        """Returns when the first request has been answered. Raises BigQueryUnavailableError, OSError."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        with listen(self._port) as listener, self.log.open("ab") as log:
            self.url = f"http://{HOST}:{listener.getsockname()[1]}"
            self.process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-P", EMULATOR, str(listener.fileno()), self.data_dir, PROJECT, *self._more],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=[listener.fileno()],
                # Ctrl-C in a terminal is for the parent, which stops this process in its turn.
                process_group=0,
                env={**os.environ, "HOME": str(self.data_dir)},
            )
        try:
            call("GET", f"{self.url}/bigquery/v2/projects/{PROJECT}/datasets").raise_for_status()
        except requests.RequestException:
            self._stop()
            lines = self.log.read_text(errors="replace").splitlines() or ["no answer"]
            raise BigQueryUnavailableError(f"the local BigQuery did not start: {lines[-1]}") from None
        return self

    def __exit__(self, *_: object) -> None:
        """The process ends when its stdin does, and removes a passing folder: also when this process is killed."""
        self._stop()
        if self._more:
            shutil.rmtree(self.data_dir, ignore_errors=True)

    def _stop(self) -> None:
        try:
            self.process.communicate(timeout=GRACE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def client(self) -> Client:
        """Needs google-cloud-bigquery."""
        # Only those who load with it have it installed.
        from google.auth.credentials import AnonymousCredentials  # noqa: PLC0415
        from google.cloud.bigquery import Client  # noqa: PLC0415

        return Client(
            PROJECT,
            credentials=AnonymousCredentials(),  # type: ignore[no-untyped-call]
            client_options={"api_endpoint": self.url},
        )
