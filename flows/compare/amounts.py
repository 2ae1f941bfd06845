"""When two quantities speak of the same thing, and when both can be true."""

import math
from dataclasses import replace

from flows.compare.valuetypes import Quantity
from flows.compare.words import Token, bag, phrase

PEOPLE = bag(
    "person man woman child soldier police kill villager civilian victim passenger migrant refugee resident "
    "worker miner pupil student teenager prisoner fighter gunman gunmen rebel militant astronaut protester "
    "demonstrator hostage captive survivor tourist patient inmate other servicemen personnel member inhabitant"
)


_FIRST = bag("first originally initially previously earlier")
_TOLD = bag("reported thought estimated feared announced given stated planned expected said broadcast")


def is_rejected(tokens: tuple[Token, ...], first: int) -> bool:
    """Whether the text sets the value aside: "not 6.3 as first reported", "instead of 50", "earlier reports of 200"."""
    for step in range(max(0, first - 6), first):
        token = tokens[step]
        if first - step > 4 and token.low not in ("early", "first"):
            continue
        if token.sentence != tokens[first].sentence or token.text in ",;":
            continue
        if token.low == "not" and not (
            step + 1 < len(tokens) and tokens[step + 1].low in ("only", "just", "more", "less", "until", "before")
        ):
            return True
        if token.low in ("instead", "rather") and step + 1 < len(tokens) and tokens[step + 1].low in ("of", "than"):
            return True
        if token.low in ("earlier", "initially", "previously", "originally", "wrongly"):
            return True
        if (
            token.low in ("early", "first")
            and step + 1 < len(tokens)
            and tokens[step + 1].low in ("report", "reports", "estimates")
        ):
            return True
    after = first + 1
    while after < len(tokens) and after < first + 7 and tokens[after].sentence == tokens[first].sentence:
        following = tokens[after + 1].low if after + 1 < len(tokens) else ""
        if tokens[after].low in _FIRST and following in _TOLD:
            return True
        if tokens[after].text in ",;":
            break
        after += 1
    return False


_APART = bag(
    "further additional more another other others remaining previous previously except bar extra all-but "
    "initially first respectively apiece earlier original"
)
_UNREAL = bag(
    "another wanted want wants called calls asked sought demanded expected feared planned target goal "
    "hoped hopes might could may would needed needs forecast licensed escaped requested recommended "
    "threshold quorum minimum margin still dawn option"
)
_MOVING = bag("now risen rose climbed grown latest latter updated revised rising reduced recount further")


def part(tokens: tuple[Token, ...], first: int, after: int) -> str:
    """Whether a number counts a part ("two of the nine", "two more") or the whole that a part is taken from."""
    before = tokens[first - 1].low if first else ""
    earlier = tokens[first - 2].low if first > 1 else ""
    if before == "of" and earlier not in ("total", "toll", "number", "depth", "height", "magnitude", "speed", "out"):
        return "whole" if earlier in ("", ".", ",") or first < 3 else ""
    if (before in ("the", "its", "their", "his", "her") and earlier in ("of", "among")) or (
        before == "of" and earlier == "out"
    ):
        return "whole"
    for step in range(max(0, first - 2), min(len(tokens), after + 3)):
        if (
            (step < first or step >= after)
            and tokens[step].low in _APART
            and tokens[step].sentence == tokens[first].sentence
        ):
            if tokens[step].low in ("more", "other", "others", "first", "earlier") and not (
                (step >= after and step < after + 1) or step == first - 1
            ):
                continue
            if tokens[step].low == "more" and phrase(tokens, step + 1, "than"):
                continue
            return "part"
    if first > 1 and before == "but" and earlier == "all":
        return "part"
    for step in range(after, min(len(tokens) - 1, after + 3)):
        if tokens[step].low == "of" and tokens[step + 1].low in (
            "the",
            "its",
            "their",
            "his",
            "her",
            "them",
            "whom",
            "these",
        ):
            return "" if tokens[step - 1].low in ("percent", "cent", "%") else "part"
        if tokens[step].kind == "punct":
            break
    return ""


def unreal(tokens: tuple[Token, ...], first: int, after: int) -> str:
    """The word near a value that makes it wished, feared, allowed or provisional rather than told; "" if none does."""
    for step in range(max(0, first - 7), min(len(tokens), after + 7)):
        token = tokens[step]
        if token.low in _UNREAL and token.clause == tokens[first].clause and token.low != "may":
            return token.low
    return ""


def moving(tokens: tuple[Token, ...], sentence: int) -> bool:
    """Whether a sentence tells of a count that has moved on: "has risen to 17", "are now"."""
    return any(t.sentence == sentence and t.low in _MOVING for t in tokens)


def reckoned(target: Quantity, others: list[Quantity], parted: bool) -> bool:
    """Whether the target is the sum or the complement of numbers that the passage gives; a difference if `parted`."""
    if not math.isfinite(target.low) or target.low != target.high:
        return False
    same = [
        q.low
        for q in others
        if q.low == q.high and q.dimension in (target.dimension, "count") and not q.nouns & {"fewer", "more", "less"}
    ]
    value = target.low
    near = max(1e-9, abs(value) * 0.002)
    if target.dimension == "share" and any(abs(q + value - 100) < 0.6 for q in same):
        return True
    return any(
        abs(a + b - value) <= near or (parted and abs(abs(a - b) - value) <= near)
        for i, a in enumerate(same)
        for b in same[i + 1 :]
        if a and b and a != value and b != value
    )


def compatible(a: Quantity, b: Quantity) -> bool:
    """Whether both can be true; the order of the two does not matter."""
    if a.dimension == "score" or b.dimension == "score":
        return a.written == b.written
    if a.case == b.case == "within":
        a, b = replace(a, low=a.high), replace(b, low=b.high)
    slack = 0.0
    for one in (a, b):
        size = max(abs(one.low) if math.isfinite(one.low) else 0, abs(one.high) if math.isfinite(one.high) else 0)
        if size >= 100 * min(a.grain, b.grain) or one.grain < 1:
            slack = max(slack, min(one.grain / 2, size * 0.05))
        if one.dimension == "time":
            # Units of time are rough against each other: "a month" is 30 days, "two hours" may be 115 minutes.
            slack = max(slack, size * (0.04 if a.grain == b.grain else 0.08))
        if one.dimension in ("length", "area", "speed", "mass") and a.grain != b.grain:
            slack = max(slack, size * 0.06)
    return a.low <= b.high + slack and b.low <= a.high + slack


def same_thing(a: Quantity, b: Quantity) -> bool:
    """Whether the two count or measure the same kind of thing, so that a difference would mean something."""
    if a.dimension != b.dimension or a.rate != b.rate:
        return False
    if a.fate != b.fate and (a.fate and b.fate):
        return False
    if "ago" in (a.case, b.case) and a.case != b.case:
        return False
    if a.case and b.case and a.case != b.case and "within" not in (a.case, b.case):
        return False
    if a.dimension == "score":
        high, low = max(a.written, b.written), min(a.written, b.written)
        return high < 3 * low
    if a.dimension != "count":
        return True
    shared = a.nouns & b.nouns
    people = bool(a.nouns & PEOPLE) and bool(b.nouns & PEOPLE) and a.fate == b.fate != ""
    return bool(shared) or people
