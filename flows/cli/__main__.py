"""``python -m flows.cli`` is ``seedwatch``."""

from flows.cli import main

main()
