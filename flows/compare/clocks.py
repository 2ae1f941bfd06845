"""Times of day: "04:52", "4.52 local time", "3 p.m."."""

import re
from collections.abc import Iterator

from flows.compare.valuetypes import Quantity, Value
from flows.compare.words import Token

DIMENSION = "clock"
"""Minutes since midnight. Two times may agree, and never conflict: they may be of two zones."""

_DIGITS = re.compile(r"(?P<hour>\d{1,2})(?:(?P<mark>[:.])(?P<minute>\d\d))?")
_HALVES = {"am": 0, "a.m.": 0, "pm": 720, "p.m.": 720}
_ZONES = ("local", "gmt", "utc")


def find(text: str, tokens: tuple[Token, ...]) -> Iterator[tuple[Value, range]]:
    """Each time of day in a text, with the positions it takes."""
    for at, token in enumerate(tokens):
        written = _DIGITS.fullmatch(token.text) if token.kind == "num" else None
        if written is None:
            continue
        following = tokens[at + 1].low if at + 1 < len(tokens) else ""
        half = _HALVES.get(following)
        if half is None and written["mark"] != ":" and not (written["mark"] and following in _ZONES):
            continue
        hour, minute = int(written["hour"]), int(written["minute"] or 0)
        if hour > (23 if half is None else 12) or minute > 59:
            continue
        minutes = (hour if half is None else hour % 12) * 60 + minute + (half or 0)
        after = at + 1 if half is None else at + 2
        start, end = token.start, tokens[after - 1].end
        payload = Quantity(minutes, minutes, minutes, 1, "clock", DIMENSION)
        shown = f"{minutes // 60:02}:{minutes % 60:02}"
        yield Value("number", text[start:end], start, end, shown, payload), range(at, after)
