"""Runs of many connections: each in a process of its own, with a log of its own, whatever becomes of the others."""

from __future__ import annotations

import signal
import subprocess
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from datetime import UTC, datetime
from subprocess import DEVNULL, STDOUT, Popen
from typing import TYPE_CHECKING, NamedTuple

from filelock import FileLock, Timeout

from tap_kit.connections.meltano import find
from tap_kit.connections.places import LOGS, log, turn
from tap_kit.errors import ConfigError, InterruptedRunError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import IO


class Ended(NamedTuple):
    """How one run ended.

    Attributes:
        name: the connection's.
        code: Meltano's exit code.
        why: where one can read what went wrong, or what did.
        started, ended: when, UTC.
    """

    name: str
    code: int
    why: str
    started: datetime
    ended: datetime


class Runs:
    """Runs `meltano run NAME` for each connection, so many at a time."""

    def __init__(self, parallel: int) -> None:
        """Find Meltano.

        Raises:
            ConfigError: it is not there.
        """
        self._meltano = find()
        self._parallel = parallel
        self._under_way: set[Popen[bytes]] = set()
        self._signals: list[int] = []

    def __call__(self, names: Sequence[str]) -> Iterator[Ended]:
        """Yield each run as it ends. SIGINT and SIGTERM end those under way, too, and no other is started.

        Raises:
            ConfigError: there cannot be logs.
            InterruptedRunError: a signal came.
        """
        try:
            LOGS.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(f"{LOGS}: {error.strerror}") from error
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        if self._parallel > 1:
            self._prepare()
        with ThreadPoolExecutor(self._parallel) as pool:
            runs = {pool.submit(self._run, name) for name in names}
            while runs and not self._signals:
                # A signal that comes just before the wait is handled after it.
                ended, runs = wait(runs, timeout=1, return_when=FIRST_COMPLETED)
                yield from (run.result() for run in ended)
        if self._signals:
            raise InterruptedRunError(self._signals[0])

    def _prepare(self) -> None:
        """Let Meltano 4.4.1 make its own database: runs that find none make it at once, and all but one fail."""
        subprocess.run([self._meltano, "job", "list"], stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL, check=False)  # noqa: S603

    def _run(self, name: str) -> Ended:
        started = datetime.now(UTC)
        if self._signals:
            return Ended(name, 128 + self._signals[0], "not begun", started, started)
        code, why = 1, f"see {log(name)}"
        try:
            with FileLock(turn(name), timeout=0), log(name).open("wb") as file:
                code = self._meltano_runs(name, file)
        except Timeout:
            why = f"another run of it is under way, see {log(name)}"
        except OSError as error:
            why = f"{error.filename or log(name)}: {error.strerror}"
        return Ended(name, code, why, started, datetime.now(UTC))

    def _meltano_runs(self, name: str, file: IO[bytes]) -> int:
        command = [self._meltano, "run", name]
        process = Popen(command, stdin=DEVNULL, stdout=file, stderr=STDOUT)  # noqa: S603 - the name is checked
        self._under_way.add(process)
        if self._signals:  # it came between the two lines above, and did not find this one
            process.terminate()
        code = process.wait()
        self._under_way.discard(process)
        return code

    def _stop(self, number: int, _: object) -> None:
        self._signals.append(number)
        for process in tuple(self._under_way):
            process.terminate()
