"""What the command ``target-bigquery`` runs: the imports, made cheap, then ``target.main``."""

from __future__ import annotations

import gc
import os


def main() -> None:
    """Run and exit: 0 done, 1 failed, 2 wrong usage or configuration, 128+n on a signal."""
    gc.disable()  # imports leave nothing to collect, and looking costs a tenth of them; ``run`` enables it
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy's threads would spin; pyarrow brings it, nobody uses it
    from target_bigquery.target import main as run  # noqa: PLC0415 (after the above)

    run()
