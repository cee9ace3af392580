"""The whole pipeline on this machine: a bank's API, two loads by Meltano, and what is then in the tables."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from sandbox import LocalBigQuery, Sandbox

if TYPE_CHECKING:
    from google.cloud.bigquery import Client

DATASET = "qonto"
FOLDER = Path(".local/demo")
MELTANO = Path(sys.executable).with_name("meltano")

CASH_FLOW = f"""
SELECT
  a.name AS account,
  FORMAT_TIMESTAMP('%Y-%m', t.settled_at) AS month,
  SUM(IF(t.side = 'credit', t.amount, 0)) AS money_in,
  SUM(IF(t.side = 'debit', t.amount, 0)) AS money_out,
  SUM(SUM(IF(t.side = 'credit', t.amount, -t.amount)))
    OVER (PARTITION BY t.bank_account_id ORDER BY FORMAT_TIMESTAMP('%Y-%m', t.settled_at)) AS closing,
  ANY_VALUE(a.balance) AS balance,
  a.currency
FROM {DATASET}.transactions AS t
JOIN {DATASET}.bank_accounts AS a ON a.id = t.bank_account_id
WHERE t.status = 'completed'
GROUP BY t.bank_account_id, account, month, a.currency
QUALIFY ROW_NUMBER() OVER (PARTITION BY t.bank_account_id ORDER BY month DESC) <= 3
ORDER BY account, month
"""  # noqa: S608 - nothing but constants

out = Console(highlight=False, soft_wrap=True)


def main() -> None:
    """Run the demo in a folder of its own, on free ports, and leave nothing running."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    with LocalBigQuery(FOLDER / "bigquery") as warehouse, Sandbox(transactions=5000) as sandbox:
        environment = {
            **os.environ,
            "MELTANO_STATE_BACKEND_URI": (FOLDER / "state").absolute().as_uri(),
            "MELTANO_DATABASE_URI": f"sqlite:///{(FOLDER / 'meltano.db').absolute()}",
            "TAP_QONTO_API_URL": sandbox.qonto.api_url,
            "TAP_QONTO_API_KEY": sandbox.qonto.api_key,
            "TARGET_BIGQUERY_API_ENDPOINT": warehouse.url,
        }
        out.print(f"\n[bold]1. Load everything[/] from an imaginary company's bank at {sandbox.qonto.api_url}")
        _load(environment)
        _show_counts(warehouse.client())

        out.print("\n[bold]2. The company goes on:[/] 25 new transactions, 3 notes, 2 pending payments settle")
        sandbox.qonto.mutate("add", n=25)
        completed = [r["id"] for r in sandbox.qonto.records("transactions") if r["status"] == "completed"]
        pending = [r["id"] for r in sandbox.qonto.records("transactions") if r["status"] == "pending"]
        sandbox.qonto.mutate("edit", ids=completed[:3], set={"note": "seen by the accountant"})
        sandbox.qonto.mutate("settle", ids=pending[:2])
        sandbox.clear_log()
        _load(environment)
        _show_counts(warehouse.client())
        out.print(f"{len(sandbox.log())} requests this time: only what changed was asked for.")

        out.print(
            "\n[bold]3. Cash flow by month and account[/], the last three months; the last closing is the balance"
        )
        _show_cash_flow(warehouse.client())
    out.print(
        "\nNext: [bold]make sandbox[/] keeps both servers up; in another terminal, "
        "[bold].venv/bin/meltano run tap-qonto target-bigquery[/] loads into it.\n"
        "README.md shows the same for a real bank and a real BigQuery."
    )


def _load(environment: dict[str, str]) -> None:
    command = [str(MELTANO), "run", "qonto"]
    with (FOLDER / "run.log").open("ab") as log:
        code = subprocess.run(command, env=environment, stdout=log, stderr=log, check=False).returncode  # noqa: S603
    if code:
        out.print((FOLDER / "run.log").read_text()[-4000:])
        sys.exit(code)


def _show_counts(client: Client) -> None:
    table = Table("table", "rows", "columns", box=None, pad_edge=False)
    for item in sorted(client.list_tables(DATASET), key=lambda item: str(item.table_id)):
        (count,) = client.query(f"SELECT COUNT(*) AS n FROM `{DATASET}.{item.table_id}`").result()  # noqa: S608
        columns = len(client.get_table(item).schema)
        table.add_row(f"{DATASET}.{item.table_id}", f"{count['n']:,}", str(columns))
    out.print(table)


def _show_cash_flow(client: Client) -> None:
    rows = list(client.query(CASH_FLOW).result())
    table = Table("account", "month", "in", "out", "closing", "balance", box=None, pad_edge=False)
    last = {row["account"]: row["month"] for row in rows}
    for row in rows:
        balance = f"{row['balance']:,.2f} {row['currency']}" if last[row["account"]] == row["month"] else ""
        amounts = [f"{row[name]:,.2f}" for name in ("money_in", "money_out", "closing")]
        table.add_row(row["account"], row["month"], *amounts, balance)
    out.print(table)
    wrong = [
        row["account"] for row in rows if last[row["account"]] == row["month"] and row["closing"] != row["balance"]
    ]
    if wrong:
        sys.exit(f"the transactions do not add up to the balance of {', '.join(wrong)}")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
