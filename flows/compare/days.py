"""How dates relate: whether two can be one day, whether words move a date, whether it only dates the report."""

import calendar
from datetime import timedelta

from flows.compare.valuetypes import Day
from flows.compare.words import Token, bag, listed

SMALL = {word: number for number, word in enumerate(listed("zero one two three four five six seven eight nine ten"))}
SMALL |= {"eleven": 11, "twelve": 12, "a": 1, "an": 1}


def small(token: Token, top: int) -> int | None:
    """The whole number that a token of digits stands for, if it lies between 1 and `top`."""
    if token.kind == "num" and token.text.isdigit() and 1 <= int(token.text) <= top:
        return int(token.text)
    return None


def shown(day: Day) -> str:
    """The date as a person would write it: as exact as the text and its anchor allow."""
    if day.grain == "day" and len(day.spans) == 1:
        first, last = day.spans[0]
        return (
            f"{first:%a} {first.day} {first:%B %Y}" if first == last else f"{first.isoformat()} to {last.isoformat()}"
        )
    parts = [
        calendar.day_name[day.weekday] if day.weekday is not None else "",
        str(day.day or ""),
        calendar.month_name[day.month] if day.month else "",
        str(day.year or ""),
    ]
    named = " ".join(p for p in parts if p)
    if named:
        return named
    return f"{day.spans[0][0].isoformat()} to {day.spans[0][1].isoformat()}" if day.spans else ""


_PARTS_OF_DAY = bag("day day's morning afternoon evening night")
_REPORTING = bag(
    "said says told announced reported added stated wrote confirmed protested insisted declared warned published"
)


def shifts(tokens: tuple[Token, ...], anchored: bool) -> frozenset[int]:
    """The days by which a text moves a date in words: 1 for "the day before", 7 for "a week later"."""
    found: set[int] = set()
    for at, token in enumerate(tokens):
        following = tokens[at + 1].low if at + 1 < len(tokens) else ""
        if (token.low == "yesterday" and not anchored) or (
            token.low in ("previous", "following", "next") and following in _PARTS_OF_DAY
        ):
            found.add(1)
        elif following in ("later", "earlier", "before", "after") and token.low in (
            "day",
            "days",
            "week",
            "weeks",
            "night",
        ):
            amount = SMALL.get(tokens[at - 1].low) if at else None
            amount = small(tokens[at - 1], 60) if at and amount is None else amount
            found.add((amount or 1) * (7 if token.low.startswith("week") else 1))
        elif token.low in ("postponed", "rescheduled", "adjourned") or (
            token.low in ("put", "pushed") and following == "back"
        ):
            found.add(0)
    return frozenset(found)


def moved(a: Day, b: Day, by: frozenset[int]) -> bool:
    """Whether one date becomes compatible with the other by a move that the text speaks of; 0 stands for any move."""
    if 0 in by:
        return True
    for days in by:
        for sign in (-days, days):
            step = timedelta(sign)
            spans = tuple((x + step, y + step) for x, y in b.spans)
            weekday = None if b.weekday is None else (b.weekday + sign) % 7
            day = b.day + sign if b.day else b.day
            if compatible(a, Day(b.year, b.month, day, weekday, spans, b.grain)) is True:
                return True
    return False


def of_the_report(tokens: tuple[Token, ...], first: int, after: int, matter: frozenset[str] = frozenset()) -> bool:
    """Whether the date says when somebody spoke, not when the matter happened; `matter` are the fact's concepts."""
    close = [t for t in tokens[max(0, first - 4) : first] if t.sentence == tokens[first].sentence]
    near = close[-3:] if close and close[-1].low in ("on", "late", "early", "in") else close[-1:]
    near += [tokens[after]] if after < len(tokens) else []
    return any(t.low in _REPORTING and t.concept not in matter for t in near)


def compatible(a: Day, b: Day) -> bool | None:
    """Whether both can mean the same day at the coarser grain; None where nothing ties them together."""
    if a.spans and b.spans:
        slack = timedelta(max(a.fuzzy, b.fuzzy))
        return any(x[0] <= y[1] + slack and y[0] <= x[1] + slack for x in a.spans for y in b.spans)
    if a.year and b.year and a.year != b.year:
        return False
    if a.month and b.month:
        return a.month == b.month and (a.day is None or b.day is None or a.day == b.day)
    if a.weekday is not None and b.weekday is not None:
        return a.weekday == b.weekday
    if a.year and b.year and a.month is None and b.month is None:
        return a.year == b.year
    return None
