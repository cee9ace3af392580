"""What the command ``target-bigquery`` runs: the imports, made cheap, then ``target.main``."""

from __future__ import annotations

import gc
import sys

# What pyarrow and BigQuery's client import where it is installed, and nobody uses: a sixth of the start.
UNUSED = ("numpy", "google.cloud.bigquery_storage_v1")


def main() -> None:
    """Run and exit: 0 done, 1 failed, 2 wrong usage or configuration, 128+n on a signal."""
    gc.disable()  # imports leave nothing to collect, and looking costs a tenth of them; ``run`` enables it
    sys.modules.update(dict.fromkeys(UNUSED))  # type: ignore[arg-type]  # None: as if they were not installed
    from target_bigquery.target import main as run  # noqa: PLC0415 (after the above)

    run()
