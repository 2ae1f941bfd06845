"""What holds for all tests."""

import os

# The sites asked here are the tests' own: nobody needs time between requests. A test of spacing says so itself.
os.environ.setdefault("SEEDWATCH_SPACING", "0")
