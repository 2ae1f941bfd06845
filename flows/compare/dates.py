"""Dates: found by a small grammar, resolved against the day of publication, compared at the coarser of two grains."""

import calendar
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from flows.compare.days import SMALL, shown, small
from flows.compare.valuetypes import Day, Value
from flows.compare.words import Token, bag, phrase

_MONTHS = {m.lower(): n for n, m in enumerate(calendar.month_name) if m}
_MONTHS |= {m.lower(): n for n, m in enumerate(calendar.month_abbr) if m} | {"sept": 9}
_FULL_NAMES = frozenset(m.lower() for m in calendar.month_name if m)
_WEEKDAYS = {d.lower(): n for n, d in enumerate(calendar.day_name)}
_FUTURE = bag("will would next upcoming coming scheduled due expected tomorrow shall until planned going")
_CASES = bag("on in by since until till from before after to for at")
_AHEAD_OF_MONTH = bag(
    "in since until till by from early late mid last next this of every before after and to for between during"
)
_ISO = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")


def find(text: str, tokens: tuple[Token, ...], anchor: datetime | None) -> Iterator[tuple[Value, range]]:
    """The dates of a text with the token positions they take; relative ones only where `anchor` resolves them."""
    at = 0
    for match in _ISO.finditer(text):
        positions = [i for i, t in enumerate(tokens) if match.start() <= t.start < match.end()]
        try:
            day = date(*(int(g) for g in match.groups()))
        except ValueError:
            continue
        payload = Day(day.year, day.month, day.day, None, ((day, day),), "day")
        yield (
            Value("date", match.group(), match.start(), match.end(), day.isoformat(), payload),
            range(positions[0], positions[-1] + 1),
        )
    while at < len(tokens):
        found = _explicit(tokens, at, anchor) or _relative(tokens, at, anchor)
        if found is None:
            at += 1
            continue
        payload, first, after = found
        start, end = tokens[first].start, tokens[after - 1].end
        yield Value("date", text[start:end], start, end, shown(payload), payload), range(first, after)
        at = after


def _year_at(tokens: tuple[Token, ...], at: int) -> int | None:
    if at < len(tokens) and tokens[at].kind == "num" and re.fullmatch(r"(?:1[5-9]|20)\d\d", tokens[at].text):
        return int(tokens[at].text)
    return None


def _month_at(tokens: tuple[Token, ...], at: int) -> int | None:
    if at >= len(tokens) or not tokens[at].text[:1].isupper():
        return None
    return _MONTHS.get(tokens[at].low)


def _after_year(tokens: tuple[Token, ...], after: int) -> tuple[int | None, int]:
    step = after + 1 if after < len(tokens) and tokens[after].text in ",." else after
    year = _year_at(tokens, step)
    if year is None or (step + 1 < len(tokens) and tokens[step + 1].low in ("people", "votes", "troops")):
        return None, after
    return year, step + 1


def _case(tokens: tuple[Token, ...], first: int) -> str:
    before = tokens[first - 1].low if first else ""
    if before in ("late", "early", "mid", "the", "last", "next"):
        before = tokens[first - 2].low if first > 1 else ""
    return before if before in _CASES else ""


def _explicit(tokens: tuple[Token, ...], at: int, anchor: datetime | None) -> tuple[Day, int, int] | None:
    token = tokens[at]
    weekday: int | None = None
    step = at
    if token.low in _WEEKDAYS and token.text[0].isupper():
        # "Tuesday, 3 June": one date. The weekday alone is relative.
        weekday, step = _WEEKDAYS[token.low], at + 1
        if step < len(tokens) and tokens[step].text in ",(":
            step += 1
        if step >= len(tokens):
            return None
    day = last = None
    month = _month_at(tokens, step)
    if month is not None:
        after = step + 1
        if after < len(tokens) and tokens[after].text == "." and tokens[step].low not in _FULL_NAMES:
            after += 1
        day = small(tokens[after], 31) if after < len(tokens) and tokens[after].kind == "num" else None
        if day is not None:
            after += 1
            if after < len(tokens) and tokens[after].low in ("st", "nd", "rd", "th"):
                after += 1
            last, after = _to_day(tokens, after, day)
        elif (
            token.low in ("may", "march", "august", "mar", "jan", "sun", "sat", "dec", "second")
            and not (
                (at and tokens[at - 1].low in _AHEAD_OF_MONTH)
                or _year_at(tokens, after)
                or (at and tokens[at - 1].text == "-")
            )
        ) or weekday is not None:
            return None
    else:
        day = small(tokens[step], 31)
        after = step + 1
        if day is None:
            year = _year_at(tokens, at)
            before = tokens[at - 1].low if at else ""
            if year is not None and before in (
                "in",
                "since",
                "until",
                "by",
                "of",
                "from",
                "before",
                "after",
                "during",
                "for",
                "early",
                "late",
                "mid",
                "to",
                "and",
                "(",
                "-",
                "–",
                "between",
            ):
                following = tokens[at + 1].low if at + 1 < len(tokens) else ""
                if before in ("of", "to", "for", "and", "by", "from") and following not in (
                    ".",
                    ",",
                    ")",
                    "",
                    ";",
                    "and",
                    "to",
                    "but",
                    "when",
                ):
                    return None
                return (
                    _settle(Day(year, None, None, None, (), "year", _case(tokens, at)), anchor, tokens, at),
                    at,
                    at + 1,
                )
            return None
        if after < len(tokens) and tokens[after].low in ("st", "nd", "rd", "th"):
            after += 1
        last, after = _to_day(tokens, after, day)
        if after < len(tokens) and tokens[after].low == "of":
            after += 1
        month = _month_at(tokens, after)
        if month is None:
            return None
        after += 1
        if after < len(tokens) and tokens[after].text == "." and tokens[after - 1].low not in _FULL_NAMES:
            after += 1
    year, after = _after_year(tokens, after)
    grain = "day" if day is not None else "month"
    found = Day(year, month, day, weekday, (), "day" if grain == "day" else "month", _case(tokens, at))
    return _settle(found, anchor, tokens, at, last), at, after


def _to_day(tokens: tuple[Token, ...], after: int, day: int) -> tuple[int | None, int]:
    """The last day of "16 to 18 June", and the position after it."""
    if after + 1 < len(tokens) and tokens[after].text in ("-", "–", "to", "and"):
        last = small(tokens[after + 1], 31)
        if last is not None and last > day:
            return last, after + 2
    return None, after


def _span(year: int, month: int | None, day: int | None, last: int | None) -> tuple[date, date] | None:
    try:
        if month is None:
            return date(year, 1, 1), date(year, 12, 31)
        if day is None:
            return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
        return date(year, month, day), date(year, month, last or day)
    except ValueError:
        return None


def _settle(found: Day, anchor: datetime | None, tokens: tuple[Token, ...], at: int, last: int | None = None) -> Day:
    """The same date with its days: the year that is named, else the one nearest to the anchor."""
    years = [found.year] if found.year else []
    if not years and anchor is not None:
        years = [anchor.year - 1, anchor.year, anchor.year + 1]
        future = _leans(tokens, at)
        spans = [s for y in years if (s := _span(y, found.month, found.day, last))]
        day = anchor.date()
        spans.sort(key=lambda s: abs((s[0] - day).days) + (200 if (future > 0 and s[1] < day) else 0))
        return Day(None, found.month, found.day, found.weekday, tuple(spans[:1]), found.grain, found.case)
    spans = [s for y in years if (s := _span(y, found.month, found.day, last))]
    return Day(found.year, found.month, found.day, found.weekday, tuple(spans), found.grain, found.case)


def _leans(tokens: tuple[Token, ...], at: int) -> int:
    """1 where the clause speaks of the future, -1 of the past, 0 where nothing tells."""
    clause, sentence = tokens[at].clause, tokens[at].sentence
    past = 0
    for step in range(max(0, at - 14), min(len(tokens), at + 8)):
        token = tokens[step]
        if token.sentence != sentence:
            continue
        near = token.clause == clause or abs(step - at) < 4
        if near and (
            token.low in _FUTURE or (token.low == "to" and step and tokens[step - 1].low in ("is", "are", "set", "due"))
        ):
            return 1
        if near and (token.low in ("was", "were", "had", "did", "said", "told") or token.low.endswith("ed")):
            past = -1
    return past


def _relative(tokens: tuple[Token, ...], at: int, anchor: datetime | None) -> tuple[Day, int, int] | None:
    token = tokens[at]
    day = anchor.date() if anchor else None
    low = token.low
    # A day of publication may be another day where the event was: late at night, in another time zone.
    fuzzy = 1 if anchor and (anchor.hour, anchor.minute) != (0, 0) and (anchor.hour < 6 or anchor.hour >= 18) else 0

    def exact(*days: date, grain: str = "day", weekday: int | None = None) -> Day:
        spans = tuple((d, d) for d in days)
        return Day(None, None, None, weekday, spans, "day" if grain == "day" else "week", _case(tokens, at), fuzzy)

    if low in _WEEKDAYS and token.text[0].isupper():
        weekday = _WEEKDAYS[low]
        if day is None:
            return Day(None, None, None, weekday, (), "day", _case(tokens, at)), at, at + 1
        back = day - timedelta((day.weekday() - weekday) % 7)
        ahead = day + timedelta((weekday - day.weekday()) % 7)
        before = tokens[at - 1].low if at else ""
        if before == "last":
            return (
                exact(back if back != day else back - timedelta(7), back - timedelta(7), weekday=weekday),
                at - 1,
                at + 1,
            )
        if before == "next":
            strict = ahead if ahead != day else ahead + timedelta(7)
            return exact(strict, strict + timedelta(7), weekday=weekday), at - 1, at + 1
        lean = _leans(tokens, at)
        if lean > 0:
            return exact(ahead, *(() if ahead != day else (ahead + timedelta(7),)), weekday=weekday), at, at + 1
        if lean < 0:
            return exact(back, weekday=weekday), at, at + 1
        return exact(back, ahead, weekday=weekday), at, at + 1
    if low in ("new", "christmas") and (
        phrase(tokens, at + 1, "year's", "day")
        or phrase(tokens, at + 1, "year", "day")
        or phrase(tokens, at + 1, "day")
    ):
        first_month, number, width = (1, 1, 3) if low == "new" else (12, 25, 2)
        return (
            _settle(Day(None, first_month, number, None, (), "day", _case(tokens, at)), anchor, tokens, at),
            at,
            at + width,
        )
    if day is None:
        return None
    if low in ("today", "tonight"):
        return exact(day), at, at + 1
    if low == "yesterday":
        return exact(day - timedelta(1)), at, at + 1
    if low == "tomorrow":
        return exact(day + timedelta(1)), at, at + 1
    if low in ("last", "next", "this") and at + 1 < len(tokens):
        shift = {"last": -1, "this": 0, "next": 1}[low]
        unit = tokens[at + 1].low
        if unit == "week":
            monday = day - timedelta(day.weekday()) + timedelta(7 * shift)
            return (
                Day(None, None, None, None, ((monday, monday + timedelta(6)),), "week", _case(tokens, at), 1),
                at,
                at + 2,
            )
        if unit == "month":
            index = day.year * 12 + day.month - 1 + shift
            span = _span(index // 12, index % 12 + 1, None, None)
            return (
                Day(index // 12, index % 12 + 1, None, None, (span,) if span else (), "month", _case(tokens, at)),
                at,
                at + 2,
            )
        if unit == "year":
            span = _span(day.year + shift, None, None, None)
            return (
                Day(day.year + shift, None, None, None, (span,) if span else (), "year", _case(tokens, at)),
                at,
                at + 2,
            )
        month = _month_at(tokens, at + 1)
        if month:
            year = day.year + shift if shift else day.year
            if low == "last" and month < day.month:
                year = day.year
            if low == "next" and month > day.month:
                year = day.year
            span = _span(year, month, None, None)
            return Day(None, month, None, None, (span,) if span else (), "month", _case(tokens, at)), at, at + 2
    ago = SMALL.get(low) if token.kind == "word" else small(token, 60)
    if ago is not None and at + 2 < len(tokens):
        unit = tokens[at + 1].low
        size = {"day": 1, "days": 1, "week": 7, "weeks": 7}.get(unit)
        if size and tokens[at + 2].low == "ago":
            moved = day - timedelta(ago * size)
            return exact(moved), at, at + 3
    if low == "in" and at + 2 < len(tokens):
        step = at + 2 if tokens[at + 1].low == "exactly" else at + 1
        amount = SMALL.get(tokens[step].low) if tokens[step].kind == "word" else small(tokens[step], 60)
        size = {"days": 1, "day": 1, "week": 7, "weeks": 7}.get(tokens[step + 1].low if step + 1 < len(tokens) else "")
        if amount is not None and size and _leans(tokens, at) > 0:
            return exact(day + timedelta(amount * size)), at, step + 2
    return None
