"""The errors that reach a person.

    SeedwatchError               message, and the exit code the command line ends with
    ├── InputError        (2)    a seed, feed list, argument or setting that cannot be used: names file, line, field
    ├── WarehouseError    (2)    the database cannot be used as it is: held by another process, newer, damaged
    └── UnreachableError  (3)    nothing could be reached

Outcomes are values (a dead feed, a refused page); only what stops a run is an error.
"""

from seeds.errors import InputError, SeedwatchError
from warehouse.errors import WarehouseError


class UnreachableError(SeedwatchError):
    """No feed at all could be reached."""

    exit_code = 3


__all__ = ["InputError", "SeedwatchError", "UnreachableError", "WarehouseError"]
