"""python -m tap_fortnox is tap-fortnox."""

from tap_fortnox.tap import main

main()
