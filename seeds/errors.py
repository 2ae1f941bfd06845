"""Errors of the lowest package, from which the others inherit."""


class SeedwatchError(Exception):
    """Something a person can put right; its message says what and where. ``exit_code`` is what the command returns."""

    exit_code = 2


class InputError(SeedwatchError):
    """A file, argument or setting that cannot be used; the message names the file, line and field where known."""
