"""The tap, run in this process."""

from __future__ import annotations

import contextlib
import copy
import io
import json
import logging
from typing import TYPE_CHECKING, Any

from tap_kit.errors import RunStoppedError, TapError
from tap_kit.testing import Run
from tap_procountor.tap import TapProcountor

if TYPE_CHECKING:
    from collections.abc import Collection

    from procountor_tests.script import Procountor

SETTINGS = {"client_id": "client", "client_secret": "s3cr3t", "api_key": "k3yk3yk3y", "requests_per_second": 1000}


def run_here(script: Procountor, catalog: dict[str, Any], *streams: str, state: Any = None, **settings: Any) -> Run:
    """Run the tap in this process: these streams, or what is selected by default. Keywords are settings."""
    config = {**SETTINGS, "api_url": script.url, **settings}
    config = {name: value for name, value in config.items() if value is not None}
    chosen = choose(catalog, streams) if streams else None
    out, lines, code = io.TextIOWrapper(io.BytesIO()), io.StringIO(), 0
    handler = logging.StreamHandler(lines)
    handler.setFormatter(logging.Formatter("| %(levelname)s | %(message)s"))
    with contextlib.redirect_stdout(out):
        logging.getLogger().addHandler(handler)
        try:
            TapProcountor(config=config, state=copy.deepcopy(state or {}), catalog=chosen).run()
        except (TapError, RunStoppedError) as error:
            failure = error.error if isinstance(error, RunStoppedError) else error
            code = failure.exit_code
            lines.write(f"| ERROR | {failure}\n")
        finally:
            logging.getLogger().removeHandler(handler)
    out.flush()
    messages = [json.loads(line) for line in out.buffer.getvalue().splitlines()]
    return Run(code, messages, lines.getvalue())


def choose(catalog: dict[str, Any], streams: Collection[str]) -> dict[str, Any]:
    """Select these streams and no other."""
    chosen = copy.deepcopy([entry for entry in catalog["streams"] if entry["tap_stream_id"] in streams])
    for entry in chosen:
        for item in entry["metadata"]:
            if not item["breadcrumb"]:
                item["metadata"]["selected"] = True
    return {"streams": chosen}
