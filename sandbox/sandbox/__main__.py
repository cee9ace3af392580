"""`python -m sandbox [options] [-- COMMAND ARGS…]`."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from sandbox.bigquery import BigQueryUnavailableError, LocalBigQuery
from sandbox.command import run
from sandbox.endpoint import RefusedError
from sandbox.session import Sandbox

if TYPE_CHECKING:
    from collections.abc import Sequence

PORT, BIGQUERY_PORT = 9411, 9412
DATA_DIR = Path(".local/dev")


def parser() -> argparse.ArgumentParser:
    """The options."""
    options = argparse.ArgumentParser(
        "python -m sandbox",
        usage="%(prog)s [options] [-- COMMAND ARGS...]",
        description="Serve the vendors' APIs and a local BigQuery until Ctrl-C, or while COMMAND runs.",
        epilog="COMMAND finds SANDBOX_URL, the settings of each tap (TAP_QONTO_API_URL, TAP_QONTO_API_KEY, ...), "
        "BIGQUERY_EMULATOR_HOST, TARGET_BIGQUERY_API_ENDPOINT and TARGET_BIGQUERY_PROJECT in its environment.",
    )
    options.add_argument("--transactions", type=int, default=500, metavar="N", help="default: 500")
    options.add_argument("--seed", type=int, default=7, metavar="N", help="another seed, another company")
    options.add_argument(
        "--size",
        type=size,
        action="append",
        default=[],
        metavar="[VENDOR.]RESOURCE=N",
        help="so many records of a resource, such as supplier_invoices=300; without a vendor: qonto; may be repeated",
    )
    options.add_argument("--latency-ms", type=float, default=0, metavar="N", help="of every answer")
    options.add_argument("--port", type=int, metavar="N", help=f"default: {PORT}; with COMMAND: a free one")
    options.add_argument(
        "--bigquery-port", type=int, metavar="N", help=f"default: {BIGQUERY_PORT}; with COMMAND: a free one"
    )
    options.add_argument(
        "--data-dir",
        type=Path,
        metavar="PATH",
        help=f"where BigQuery's data stays; default: {DATA_DIR}; with COMMAND: a folder that goes afterwards",
    )
    options.add_argument("--no-bigquery", dest="bigquery", action="store_false", help="only the vendors")
    return options


def size(text: str) -> tuple[str, str, int]:
    """`qonto.supplier_invoices=300`, with or without the vendor."""
    name, _, number = text.partition("=")
    vendor, _, resource = name.rpartition(".")
    return vendor or "qonto", resource, int(number)


def main(arguments: Sequence[str]) -> int:
    """The exit code: the command's, or 0 after Ctrl-C, or 1 when there is no starting."""
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    options, command = parser().parse_args(arguments[:cut]), arguments[cut + 1 :]
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with ExitStack() as stack:
            sandbox, bigquery = start(options, stack, defaults=not command)
            if command:
                return run(command, environment(sandbox, bigquery))
            sys.stdout.write(greeting(sandbox, bigquery))
            sys.stdout.flush()
            return _wait(bigquery)
    except (BigQueryUnavailableError, RefusedError, OSError) as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        return 0


def start(options: argparse.Namespace, stack: ExitStack, *, defaults: bool) -> tuple[Sandbox, LocalBigQuery | None]:
    """Both servers, on their default ports and folder or on free ones."""
    port, bigquery_port = (PORT, BIGQUERY_PORT) if defaults else (0, 0)
    sandbox = Sandbox(
        transactions=options.transactions,
        seed=options.seed,
        latency_ms=options.latency_ms,
        port=port if options.port is None else options.port,
    )
    stack.enter_context(sandbox)
    if unknown := {vendor for vendor, _, _ in options.size} - {vendor.name for vendor in sandbox.vendors}:
        raise RefusedError(f"--size: no such vendor: {', '.join(sorted(unknown))}")
    for vendor in sandbox.vendors:
        if sizes := {resource: number for name, resource, number in options.size if name == vendor.name}:
            vendor.settings(sizes=sizes)
    if not options.bigquery:
        return sandbox, None
    passing = options.data_dir is None and not defaults
    folder = Path(tempfile.mkdtemp(prefix="sandbox-")) if passing else options.data_dir or DATA_DIR
    bigquery_port = bigquery_port if options.bigquery_port is None else options.bigquery_port
    return sandbox, stack.enter_context(LocalBigQuery(folder, bigquery_port, passing=passing))


def environment(sandbox: Sandbox, bigquery: LocalBigQuery | None) -> dict[str, str]:
    """What a command needs to read from the one and to load into the other."""
    found = {"SANDBOX_URL": sandbox.url}
    for vendor in sandbox.vendors:
        found |= vendor.environment()
    if bigquery:
        found |= {
            "BIGQUERY_EMULATOR_HOST": bigquery.url,
            "TARGET_BIGQUERY_API_ENDPOINT": bigquery.url,
            "TARGET_BIGQUERY_PROJECT": bigquery.project,
        }
    return found


def greeting(sandbox: Sandbox, bigquery: LocalBigQuery | None) -> str:
    """Where everything is."""
    lines = [
        *(f"{vendor.name.title():<12}{vendor.greeting()}" for vendor in sandbox.vendors),
        f"Admin       {sandbox.url}/_sandbox",
        f"Try         curl -H 'Authorization: {sandbox.qonto.api_key}' {sandbox.qonto.api_url}/organization",
        "Stop        Ctrl-C",
    ]
    if bigquery:
        lines.insert(
            len(sandbox.vendors),
            f"BigQuery    {bigquery.url}   project {bigquery.project}, data in {bigquery.data_dir}",
        )
    return "\n".join(lines) + "\n"


def _wait(bigquery: LocalBigQuery | None) -> int:
    """Until a signal, or until BigQuery has stopped by itself."""
    if bigquery is None:
        while True:
            signal.pause()
    bigquery.process.wait()
    return _fail(f"the local BigQuery stopped; see {bigquery.log}")


def _interrupt(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _fail(line: str) -> int:
    sys.stderr.write(f"{line}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
