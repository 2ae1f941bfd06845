"""``python -m tests.evals``: the same as ``python -m tests.evals.pairs``."""

import sys

from tests.evals.pairs import main

if __name__ == "__main__":
    sys.exit(main())
