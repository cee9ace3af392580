"""python -m tap_procountor is tap-procountor."""

from tap_procountor.tap import main

main()
