"""How long a feed asks not to be fetched again: what its document says (``ttl``, ``sy:``) and what its headers say."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_CEILING = 366 * 86_400  # seconds: what is longer is a slip of the pen, and too long in any case
_PERIODS = {"hourly": 3_600, "daily": 86_400, "weekly": 604_800, "monthly": 30 * 86_400, "yearly": 365 * 86_400}
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,12})", re.IGNORECASE)
_UNFIT = re.compile(r"(?:^|[\s,])no-(?:cache|store)\b", re.IGNORECASE)


def stated_ttl(ttl: object, period: object = None, frequency: object = None) -> timedelta | None:
    """How long a document says that it may be kept, the longer of both ways; None where it does not or not sensibly.

    ``ttl`` is in minutes (RSS 2.0); ``period`` and ``frequency`` are sy:updatePeriod and sy:updateFrequency (the
    syndication module of RSS 1.0: so many updates a period, by default one a day). At most a year.
    """
    found: list[float] = []
    if minutes := _number(ttl):
        found.append(minutes * 60)
    times = _number(frequency)
    if str(period or "").strip() or times:
        seconds = _PERIODS.get(str(period or "daily").strip().lower())
        if seconds is not None:
            found.append(seconds / (times or 1))
    return timedelta(seconds=min(max(found), _CEILING)) if found else None


def stated_freshness(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How much longer the answer with these headers is fresh (RFC 9111, 4.2); None where they do not say so.

    ``max-age`` less the ``Age`` goes before ``Expires`` less the server's own ``Date``. What may not be kept is not
    fresh. Names of headers are in lower case. At most a year.
    """
    control = headers.get("cache-control", "")
    if _UNFIT.search(control):
        return None
    if stated := _MAX_AGE.search(control):
        seconds = min(int(stated[1]), _CEILING) - (_number(headers.get("age")) or 0)
        return timedelta(seconds=seconds) if seconds > 0 else None
    until = http_date(headers.get("expires", ""))
    left = (until - (http_date(headers.get("date", "")) or now)).total_seconds() if until else 0
    return timedelta(seconds=min(left, _CEILING)) if left > 0 else None


def http_date(text: str) -> datetime | None:
    """The moment that a header names, aware; None for what is no date, such as ``0`` and ``-1``."""
    try:
        stated = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return stated if stated.tzinfo else stated.replace(tzinfo=UTC)


def _number(stated: object) -> int | None:
    text = str(stated or "").strip()
    return int(text[:9]) or None if text.isascii() and text.isdecimal() else None
