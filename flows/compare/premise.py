"""The text that a model reads as premise: one rule, shared by run time and training."""

from datetime import date, datetime

# Own tables, because strftime follows the locale of the process.
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def premise(text: str, published_at: date | datetime | None) -> str:
    """Return the passage with its day of publication in front, ``(Thursday 15 May 2025) text``.

    Without a date the text comes back as it is. The day is taken as `published_at` states it: convert to the zone
    you mean before calling.
    """
    if published_at is None:
        return text
    day = (
        f"{_WEEKDAYS[published_at.weekday()]} {published_at.day} {_MONTHS[published_at.month - 1]} {published_at.year}"
    )
    return f"({day}) {text}"
