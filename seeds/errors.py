"""Errors of the lowest package, from which the others inherit."""

import difflib
from collections.abc import Sequence


class SeedwatchError(Exception):
    """Something a person can put right; its message says what and where. ``exit_code`` is what the command returns."""

    exit_code = 2


class InputError(SeedwatchError):
    """A file, argument or setting that cannot be used; the message names the file, line and field where known."""


def suggestion(word: str, known: Sequence[str]) -> str:
    """What ends a message about an unknown word: the known one that it is most like, else all of them."""
    close = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean {close[0]}?" if close else f"; known are {', '.join(known)}"
