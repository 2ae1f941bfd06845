"""Dates and times that strangers state: read in the forms there are, and believed only so far."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Before it, a date is the default of some software."""

AHEAD = timedelta(days=1)
"""As much a clock or a time zone may be wrong."""


def read_moment(stated: str) -> datetime | None:
    """The moment in UTC that an ISO 8601 or RFC 2822 date states; without a zone it is taken as UTC.

    None for anything else, and for what is before 1990.
    """
    text = stated.strip()[:60]
    if len(text) < 8:
        return None
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = parse(text)
            moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return moment if moment >= OLDEST else None
    return None


def not_future(moment: datetime | None, now: datetime) -> datetime | None:
    """The moment, ``now`` where it is at most a day ahead, None where it is further: nothing is published tomorrow."""
    if moment is None or moment > now + AHEAD:
        return None
    return min(moment, now)
