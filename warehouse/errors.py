"""Errors of the warehouse."""

from seeds.errors import SeedwatchError


class WarehouseError(SeedwatchError):
    """The database cannot be used as it is; the message says why and what to do."""


class WarehouseHeldError(WarehouseError):
    """Another process held the file for as long as was waited."""
