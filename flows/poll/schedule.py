"""When a feed is polled next: pure functions of what the polls left behind."""

from datetime import datetime, timedelta

INTERVAL = timedelta(minutes=15)
LONGEST = timedelta(hours=24)


def next_due(now: datetime, failures: int, retry_after: timedelta | None = None) -> datetime:
    """When to poll again after ``failures`` failures in a row (0: a success). Never later than 24 hours from ``now``.

    The interval of 15 minutes doubles with each failure; what the server asked for is waited for if that is longer.
    """
    wait = min(INTERVAL * (1 << min(failures, 10)), LONGEST)
    return now + min(max(wait, retry_after or wait), LONGEST)
