"""Numbers, durations and ordinals as a text gives them: how large, in what unit, of what."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from flows.compare.amounts import PEOPLE, is_rejected
from flows.compare.counted import fate, noun, nouns_after, rate
from flows.compare.numerals import (
    FRACTIONS,
    MEASURES,
    UNITS,
    VAGUE,
    bounds,
    modifier,
    number_at,
    rest_of_time,
    scale_of,
    unit_at,
)
from flows.compare.ordinals import ordinal, rank_at
from flows.compare.valuetypes import Quantity, Value
from flows.compare.words import STOP, Token, bag, phrase

_MEASURING = bag("for within in over after lasting lasted by last than about almost nearly")
_CLOCK = bag("am pm a.m. p.m. o'clock gmt")
_LABELS = bag("category number phase group stage level grade article section class")
_TIME_NAMES = {1 / 86400: "seconds", 1 / 1440: "minutes", 1 / 24: "hours", 1.0: "days", 7.0: "weeks", 30.4: "months"}
_TIME_NAMES |= {365.25: "years", 3652.5: "decades", 36525.0: "centuries"}
_LENGTH_NAMES = {0.001: "mm", 0.01: "cm", 1.0: "m", 1000.0: "km", 1609.344: "miles", 0.3048: "feet"}


@dataclass(frozen=True, slots=True)
class _Amount:
    """A number being read: bounds in its own unit, and the positions [first, after) it takes so far."""

    written: float
    grain: float
    low: float
    high: float
    first: int
    after: int
    unit: str = ""
    dimension: str = ""
    factor: float = 1.0
    sign: str = ""
    bounded: bool = False


def find(text: str, tokens: tuple[Token, ...], taken: frozenset[int]) -> Iterator[Value]:
    """The numbers, durations and ordinals of a text; positions in `taken` belong to dates."""
    at = 0
    while at < len(tokens):
        if at in taken:
            at += 1
            continue
        rank = rank_at(tokens, at)
        if rank is not None:
            yield ordinal(text, tokens, at, rank)
            at += 1
            continue
        found = _at(tokens, at, taken)
        if isinstance(found, _Amount):
            yield _value(text, tokens, found, at)
            at = max(found.after, at + 1)
        else:
            at = max(found or 0, at + 1)


def _at(tokens: tuple[Token, ...], at: int, taken: frozenset[int]) -> _Amount | int | None:
    """The amount that starts at `at`; the position after a number that measures nothing; None where none stands."""
    symbol = tokens[at].text if tokens[at].kind == "sym" and tokens[at].text != "%" else ""
    first = at + 1 if symbol else at
    if first >= len(tokens):
        return None
    if _named(tokens, first):
        return first + 1
    number = number_at(tokens, first)
    if number is None or tokens[at].low in ("one", "two", "three", "four", "half"):
        share = _share(tokens, at)
        if share is not None:
            return share
    if number is None:
        return _one_unit(tokens, at)
    value, grain, after = number
    if first == at and tokens[at].low == "one" and after == at + 1 and not _counts_one(tokens, at, after):
        return _one_unit(tokens, at) or after
    amount = _range(tokens, _Amount(value, grain, value, value, at, after), symbol, taken)
    if amount.dimension == "score":
        return amount
    if amount.unit == "clock" or _is_clock(tokens, amount.after):
        return amount.after
    return _opened(tokens, _measured(tokens, amount, first, symbol), first)


def _named(tokens: tuple[Token, ...], at: int) -> bool:
    """Whether the number is part of a name: Kestrel-2, Covid-19."""
    if tokens[at].kind != "num" or at < 2 or tokens[at - 1].text not in "-–" or tokens[at - 1].end != tokens[at].start:
        return False
    name = tokens[at - 2]
    return name.kind == "word" and name.text[0].isupper() and name.end == tokens[at - 1].start and name.low != "mid"


def _is_clock(tokens: tuple[Token, ...], after: int) -> bool:
    return phrase(tokens, after, "a", ".") or (after < len(tokens) and tokens[after].low in _CLOCK)


def _range(tokens: tuple[Token, ...], amount: _Amount, symbol: str, taken: frozenset[int]) -> _Amount:
    """The amount with the second number that makes it a range ("4.8 to 5.0") or a score ("4-2"), if one follows."""
    at, after = amount.first, amount.after
    if after + 1 >= len(tokens) or tokens[after].low not in ("and", "to", "-", "–", "—", "or") or after + 1 in taken:
        return amount
    link = tokens[after].low
    second_at = after + 2 if tokens[after + 1].kind == "sym" else after + 1
    second = number_at(tokens, second_at) if second_at < len(tokens) else None
    before = tokens[at - 1].low if at else ""
    if second is None or (link == "and" and before != "between"):
        return amount
    value, grain = amount.written, amount.grain
    other, other_grain, second_after = second
    if value < 1000 <= other and other >= 1000 * max(value, 1e-9) and link != "or":
        factor = scale_of(tokens, second_at, second_after)  # "1.3 to 1.5 million"
        value, grain = value * factor, grain * factor
    bare = not symbol and not unit_at(tokens, second_after)[0] and not nouns_after(tokens, second_after)
    dashed = link in ("-", "–", "—")
    if (
        (bare and (dashed or link == "to"))
        or (link == "to" and before in ("by", "votes"))
        or (dashed and other <= value)
    ):
        return replace(
            amount,
            written=value * 1000 + other,
            grain=0.0,
            low=value,
            high=value,
            after=second_after,
            dimension="score",
        )
    ranging = at > 1 and tokens[at - 2].low.startswith("rang")
    if other <= value or (link == "to" and before == "from" and not ranging):
        return amount
    return replace(amount, grain=min(grain, other_grain), low=value, high=other, after=second_after, bounded=True)


def _measured(tokens: tuple[Token, ...], amount: _Amount, first: int, symbol: str) -> _Amount:
    """The amount with its unit: after it, before it ("€", "magnitude"), or understood ("the girl, 9")."""
    unit, dimension, factor, after = unit_at(tokens, amount.after)
    if symbol:
        unit, dimension, factor = MEASURES.get(symbol, ("", "", 1.0))
        after = amount.after
    if not unit:
        before = tokens[first - 1] if first else None
        label = before.low if before and before.low in _LABELS else ""
        led = phrase(tokens, first - 2, "magnitude", "of") or phrase(tokens, first - 1, "magnitude")
        if led or phrase(tokens, amount.after, "-", "magnitude"):
            label = "magnitude"
        if label:
            return replace(amount, unit=label, dimension=f"label:{label}")
        if tokens[first].kind == "num" and before and _is_age(tokens, amount, first, before):
            return replace(amount, unit="years old", dimension="age")
    low, high = amount.low, amount.high
    if dimension == "time" and not amount.bounded:
        more = rest_of_time(tokens, after, factor)
        if more is not None:
            low = high = low + more[0]
            after = more[1]
    if dimension == "temperature" and phrase(tokens, after, "below", "zero"):
        return replace(
            amount, written=-amount.written, low=-high, high=-low, after=after + 2, unit=unit, dimension=dimension
        )
    if amount.first and tokens[amount.first - 1].low == "minus" and not amount.bounded:
        return _Amount(-amount.written, amount.grain, -low, -high, amount.first - 1, after, unit, dimension, factor)
    return replace(amount, low=low, high=high, after=after, unit=unit, dimension=dimension, factor=factor)


def _is_age(tokens: tuple[Token, ...], amount: _Amount, first: int, before: Token) -> bool:
    if before.low == "aged":
        return True
    earlier = tokens[first - 2] if first > 1 else None
    if earlier is None:
        return False
    if before.low == "of" and earlier.low in ("man", "woman", "boy", "girl"):
        return True
    closed = amount.after >= len(tokens) or tokens[amount.after].text in ",).;"
    person = earlier.text[0].isupper() or earlier.low in ("man", "woman", "boy", "girl")
    return before.text in ",(" and person and 5 < amount.written < 110 and closed


def _opened(tokens: tuple[Token, ...], amount: _Amount, first: int) -> _Amount:
    """The amount with what opens it upwards, downwards or both ways: "at least", "nearly", "or so"."""
    if amount.bounded:
        between = amount.first > 0 and tokens[amount.first - 1].low == "between"
        return replace(amount, first=amount.first - between)
    sign, begin, stop = modifier(tokens, amount.first, amount.after)
    if not sign and amount.unit == "magnitude" and tokens[amount.first - 1].low == "magnitude":
        sign, begin, stop = modifier(tokens, amount.first - 1, amount.after)
    if sign:
        low, high = bounds(amount.low, sign)
        return replace(amount, low=low, high=high, first=begin, after=stop, sign=sign)
    if tokens[first].low in VAGUE:
        return replace(amount, high=amount.low * 50, bounded=True)
    return amount


def _one_unit(tokens: tuple[Token, ...], at: int) -> _Amount | None:
    """ "a month", "an hour", "half a year" where they measure and are not a rate."""
    if tokens[at].low not in ("a", "an", "one", "half"):
        return None
    amount = 0.5 if tokens[at].low == "half" else 1.0
    step = at + 1
    if amount == 0.5 and step < len(tokens) and tokens[step].low in ("a", "an"):
        step += 1
    if step >= len(tokens) or tokens[step].low == "second" or MEASURES.get(tokens[step].low, ("", ""))[1] != "time":
        return None
    before = tokens[at - 1].low if at else ""
    following = tokens[step + 1].low if step + 1 < len(tokens) else ""
    if before not in _MEASURING and following not in ("after", "before", "later", "long", "earlier") and amount == 1.0:
        return None
    unit, dimension, factor = MEASURES[tokens[step].low]
    more = rest_of_time(tokens, step + 1, factor)
    extra, stop = more if more is not None else (0.0, step + 1)
    amount += extra
    return _opened(tokens, _Amount(amount, 0.5, amount, amount, at, stop, unit, dimension, factor), at)


def _counts_one(tokens: tuple[Token, ...], at: int, after: int) -> bool:
    """Whether "one" is a number here and no pronoun."""
    if after >= len(tokens) or (at and tokens[at - 1].low in ("no", "any", "every", "the", "this", "that", "which")):
        return False
    following = tokens[after]
    if unit_at(tokens, after)[0]:
        return True
    only = at > 0 and tokens[at - 1].low == "only"
    return following.kind == "word" and following.low not in STOP and (only or noun(following) in PEOPLE)


def _share(tokens: tuple[Token, ...], at: int) -> _Amount | None:
    """ "a third of", "two-thirds of", "half of", read as a percentage; "two tenths of a percent" as it is."""
    times, step = 1.0, at
    if tokens[at].low in ("a", "one"):
        step = at + 1
    elif tokens[at].low in ("two", "three", "four"):
        times, step = float(UNITS[tokens[at].low]), at + 1
        if step < len(tokens) and tokens[step].text == "-":
            step += 1
    if step >= len(tokens) or tokens[step].low not in FRACTIONS or not phrase(tokens, step + 1, "of"):
        return None
    percent = times * FRACTIONS[tokens[step].low]
    if phrase(tokens, step + 2, "a") and step + 3 < len(tokens):
        if tokens[step + 3].low in ("percent", "percentage", "per"):
            stop = step + (5 if tokens[step + 3].low == "per" else 4)
            part = percent / 100
            return _Amount(part, 0.1, part, part, at, min(stop, len(tokens)), "%", "share")
        return None
    sign, begin, stop = modifier(tokens, at, step + 1)
    low, high = bounds(percent, sign or "~")
    return _Amount(percent, 1.0, low, high, begin, stop, "%", "share", 1.0, sign or "~")


def _value(text: str, tokens: tuple[Token, ...], amount: _Amount, at: int) -> Value:
    first, stop = amount.first, amount.after
    if amount.dimension == "score":
        start, end = tokens[first].start, tokens[stop - 1].end
        # `written` packs both sides, so that 4-2 and 2-4 differ.
        home, away = divmod(amount.written, 1000)
        payload = Quantity(amount.low, amount.high, amount.written, 0.0, "", "score")
        return Value("number", text[start:end], start, end, f"{home:g}-{away:g}", payload, is_rejected(tokens, first))
    counted = nouns_after(tokens, stop) if not amount.unit or amount.dimension in ("time", "length", "age") else ()
    befallen = fate(tokens, at, stop) if not amount.unit or amount.dimension == "share" else ""
    before = tokens[first - 1].low if first else ""
    case = "within" if amount.sign == "w" else before if before in ("from", "to", "by") else ""
    if amount.dimension == "time" and stop < len(tokens) and tokens[stop].low in ("ago", "later", "earlier"):
        case = tokens[stop].low
    start, end = tokens[first].start, tokens[stop - 1].end
    payload = Quantity(
        low=amount.low * amount.factor,
        high=amount.high * amount.factor,
        written=amount.written,
        grain=amount.grain * amount.factor,
        unit=amount.unit,
        dimension=amount.dimension or "count",
        nouns=frozenset(noun(t) for t in counted),
        fate=befallen,
        rate=rate(tokens, first, stop),
        case=case,
        bounded=amount.bounded or bool(amount.sign),
    )
    shown = _shown(payload, amount.factor, " ".join(t.low for t in counted))
    kind = "duration" if amount.dimension == "time" else "number"
    return Value(kind, text[start:end], start, end, shown, payload, is_rejected(tokens, first))  # type: ignore[arg-type]


def _shown(q: Quantity, factor: float, counted: str) -> str:
    def number(value: float) -> str:
        value = value / factor
        return f"{value:,.0f}" if abs(value) >= 1000 and value == int(value) else f"{value:,.6g}"

    if q.low == q.high:
        span = number(q.low)
    elif q.high == math.inf:
        span = f"at least {number(q.low)}"
    elif q.low == -math.inf:
        span = f"at most {number(q.high)}"
    else:
        span = f"{number(q.low)} to {number(q.high)}"
    if q.dimension.startswith("label:"):
        return f"{q.unit} {span}"
    unit = q.unit or counted
    if q.dimension == "time":
        unit = _TIME_NAMES.get(factor, "days")
    elif q.dimension == "length":
        unit = _LENGTH_NAMES.get(factor, f"× {factor:g} m")
    if span == "1" and unit.endswith("s"):
        unit = unit[:-1]
    rated = f" a {q.rate}" if q.rate else ""
    return f"{span}{unit}{rated}" if unit == "%" else f"{span} {unit}{rated}".strip()
