"""Tenure: whether a text that names somebody's post tells that the holding is over."""

import re

from flows.compare.polarity import denied, refused
from flows.compare.words import Token, bag

_NOW = bag("is are remains remain stays will shall to being becomes")
_THEN = bag("was were served serving been acted led headed chaired ran presided helmed had")
_ONCE = bag("used once formerly previously")
_LEAVING = bag(
    "resigned quit retired ousted sacked fired dismissed removed deposed replaced stepped stood left relinquished"
)
_AFTER_LEAVING = bag("down as from post office position role the aside")
_BEFORE_YEAR = bag("last his her their its being yesterday recently early late earlier")
_GONE = bag(
    "resignation dismissal departure sacking retirement removal ouster death resigned retired quit yesterday fired "
    "sacked"
)
_HANDING = bag("handed handing passed passing gave giving ceded ceding relinquished relinquishing surrendered")
_SUBJECTS = bag("he she they who and")


def ended(tokens: tuple[Token, ...], first: int, after: int, year: int | None) -> bool:
    """Whether the one whose name and post are tokens[first:after] holds it no more; `year` is the text's own.

    "was governor until January", "culture minister from 2012 to 2020", "stepped down as chairman", "no longer".
    """
    inside = [t.low for t in tokens[first:after]]
    if "no" in inside and "longer" in inside:
        return True
    if _left(tokens, first, after):
        return True
    if not _NOW.isdisjoint(inside):
        return "used" in inside
    if not _ONCE.isdisjoint(inside):
        return True
    past = not _THEN.isdisjoint(inside)
    later = _rest(tokens, after, 6)
    if past and _until_then(later):
        return True
    if past and _handed_over(_rest(tokens, after, 14)):
        return True
    return _spanned(later, year) or (_appended(later, year) and inside[-1:] != ["acting"])


def _rest(tokens: tuple[Token, ...], after: int, most: int) -> list[Token]:
    if not 0 < after <= len(tokens):
        return []
    return [t for t in tokens[after : after + most] if t.sentence == tokens[after - 1].sentence]


def _left(tokens: tuple[Token, ...], first: int, after: int) -> bool:
    """ "X stepped down as chairman", unless he is only asked to, or refused."""
    for at in range(first, after):
        if tokens[at].low not in _LEAVING or at + 1 >= len(tokens) or refused(tokens, at) or denied(tokens, at):
            continue
        following = tokens[at + 1].low
        if following not in _AFTER_LEAVING or (
            tokens[at].low in ("stepped", "stood") and following not in ("down", "aside")
        ):
            continue
        if "as" in (t.low for t in tokens[at + 1 : min(after, at + 8)]) or "of" in (
            t.low for t in tokens[at + 1 : min(after, at + 5)]
        ):
            return True
    return False


def _until_then(later: list[Token]) -> bool:
    for at, token in enumerate(later):
        if token.low in ("until", "till"):
            return not (at + 1 < len(later) and later[at + 1].low in ("now", "today", "further"))
    return False


def _handed_over(later: list[Token]) -> bool:
    """ "was chairman … before he handed the post to a general"."""
    return any(
        t.low in _HANDING
        and {x.low for x in later[at + 1 : at + 5]} & {"post", "office", "job", "reins", "over", "gavel"}
        for at, t in enumerate(later)
    )


def _year(token: Token) -> int | None:
    return int(token.text) if token.kind == "num" and re.fullmatch(r"(?:1[89]|20)\d\d", token.text) else None


def _spanned(later: list[Token], year: int | None) -> bool:
    """ "from 2012 to 2020", "between 2012 and 2020", "(2012-2020)", "in 2012-2020" right after the post."""
    words = later[1:] if later and later[0].text in ",(" else later
    if words and words[0].low in ("from", "between", "in", "during"):
        words = words[1:]
    if len(words) < 3 or words[1].low not in ("to", "and", "until", "till", "-", "–", "—"):
        return False
    begin, end = _year(words[0]), _year(words[2])
    return begin is not None and end is not None and begin <= end and (year is None or end <= year)


def _appended(later: list[Token], year: int | None) -> bool:
    """ "chairman until last December": an apposition whose end lies behind."""
    words = later[1:] if later and later[0].text in ",(" else later
    if len(words) < 2 or words[0].low not in ("until", "till"):
        return False
    named = _year(words[1]) or (_year(words[2]) if len(words) > 2 else None)
    if named is not None:
        return year is not None and named < year
    if words[1].low in ("last", "recently", "yesterday"):
        return True
    return words[1].low in _BEFORE_YEAR | _SUBJECTS and any(t.low in _GONE for t in words[1:5])
