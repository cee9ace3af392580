"""How fast tap-qonto reads, against the fastest that the API's own limits allow and against a bare loop.

make bench: every figure is of one run on this machine; processes are measured by the operating system.
"""

from __future__ import annotations

import sys

from measure import measure, tap
from rich.console import Console
from rich.table import Table
from tap_qonto.api import IN_FLIGHT

from sandbox import Sandbox

BARE = """
import os, sys, msgspec, requests
session, out = requests.Session(), sys.stdout.buffer
session.headers["Authorization"] = os.environ["TAP_QONTO_API_KEY"]
url = os.environ["TAP_QONTO_API_URL"]
decode, encode = msgspec.json.Decoder().decode, msgspec.json.Encoder().encode
organization = decode(session.get(f"{url}/organization?include_external_accounts=true").content)["organization"]
for account in organization["bank_accounts"]:
    for status in ("pending", "declined", "completed"):
        page = 1
        while page:
            params = {"bank_account_id": account["id"], "status[]": status, "per_page": 100, "page": page}
            params["includes[]"] = ["vat_details", "labels", "attachments"]
            answer = decode(session.get(f"{url}/transactions", params=params).content)
            for record in answer["transactions"]:
                out.write(encode(record))
                out.write(b"\\n")
            page = answer["meta"]["next_page"]
"""


def settings(sandbox: Sandbox) -> dict[str, str]:
    """What the tap and the bare loop need."""
    return {**sandbox.qonto.environment(), "TAP_QONTO_LOGLEVEL": "ERROR"}


def main() -> None:
    """Print one table a question."""
    console = Console(soft_wrap=True)
    table = Table(
        "100,000 transactions, 5 accounts", "seconds", "ratio", title="Time at 100 ms an answer, Qonto's own limits"
    )
    with Sandbox(transactions=100_000, latency_ms=100) as sandbox, tap("tap-qonto", "transactions") as reader:
        ours = reader.run(settings(sandbox))
        requests = len(sandbox.log())
        ideal = max(requests / IN_FLIGHT * 0.1, (requests - 1) // 1000 * 10)
        table.add_row("tap-qonto", f"{ours.wall:.1f}", f"{ours.wall / ideal:.2f}")
        table.add_row(f"ideal: {requests} requests, {IN_FLIGHT} at a time, 1,000 in 10 s", f"{ideal:.1f}", "1")
    console.print(table)

    table = Table("no latency, no limit", "µs of CPU a record", "ratio", title="CPU")
    with Sandbox(transactions=100_000) as sandbox, tap("tap-qonto", "transactions") as reader:
        sandbox.limit()
        ours = reader.run(settings(sandbox))
        bare = measure([sys.executable, "-c", BARE], settings(sandbox))
        for name, found in (("tap-qonto", ours), ("decode and write, nothing else", bare)):
            per_record = found.cpu / found.records * 1e6
            table.add_row(name, f"{per_record:.0f}", f"{found.cpu / found.records / (bare.cpu / bare.records):.1f}")
    console.print(table)

    table = Table("transactions", "MB at most", title="Memory")
    for transactions in (10_000, 950_000):  # a million would wait for the limit of 10,000 requests in 10 minutes
        with Sandbox(transactions=transactions) as sandbox, tap("tap-qonto", "transactions") as reader:
            sandbox.limit()
            table.add_row(f"{transactions:,}", f"{reader.run(settings(sandbox)).memory:.0f}")
    console.print(table)


if __name__ == "__main__":
    main()
