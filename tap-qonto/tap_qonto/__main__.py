"""python -m tap_qonto is tap-qonto."""

from tap_qonto.tap import main

main()
