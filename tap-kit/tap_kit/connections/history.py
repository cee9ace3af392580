"""What Meltano remembers of the runs of a connection: an entry each in its own database, with the state, and a log.

Meltano 4.4.1 has no command that forgets them. Its own models do; they are in the Python environment that it is in.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from tap_kit.errors import TapError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from meltano.core.job.job import Job
    from meltano.core.project import Project
    from sqlalchemy.orm import Session


class History:
    """The runs of one state id in this project, and nobody else's."""

    def __init__(self, project: Project, session: Session, runs: Sequence[Job]) -> None:
        """Take the project, a session with its database, and the entries."""
        self._session = session
        self._runs = runs
        # Logs are not in the project (by default in ~/.local/state/meltano): another one may have runs of this name.
        places = (project.dirs.job_logs, project.dirs.job)
        named = (place(run.job_name, str(run.run_id), make_dirs=False) for place in places for run in runs)
        self.folders: list[Path] = [folder for folder in named if folder.exists()]

    def __str__(self) -> str:
        places = sorted({str(folder.parent) for folder in self.folders})
        return f"{len(self._runs)} entries{''.join(f', logs in {place}' for place in places)}"

    def __len__(self) -> int:
        return len(self._runs)

    def forget(self) -> None:
        """Delete the entries, once the folders are gone which only they lead to."""
        for folder in {folder.parent for folder in self.folders}:
            with suppress(OSError):  # others have something there
                folder.rmdir()
        for run in self._runs:
            self._session.delete(run)


@contextmanager
def history(state: str) -> Iterator[History]:
    """Give the runs of a state id, in one transaction.

    Raises:
        TapError: the database cannot be reached, or Meltano is in another environment.
    """
    try:
        import structlog  # noqa: PLC0415 - Meltano need not be here
        from meltano.core.db import project_engine  # noqa: PLC0415
        from meltano.core.error import Error  # noqa: PLC0415
        from meltano.core.job.job import Job  # noqa: PLC0415
        from meltano.core.project import Project  # noqa: PLC0415
        from sqlalchemy import select  # noqa: PLC0415
        from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415
    except ImportError as error:
        raise TapError("Meltano is in another environment: run this command with the Python of that") from error
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    try:
        project = Project.find(activate=False)
        _, sessions = project_engine(project)
        with sessions.begin() as session:
            yield History(project, session, session.scalars(select(Job).where(Job.job_name == state)).all())
    except (Error, SQLAlchemyError) as error:
        message = f"Meltano's database cannot be read or written ({type(error).__name__}): look at its database_uri"
        raise TapError(message) from error
