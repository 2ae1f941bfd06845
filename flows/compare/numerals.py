"""The grammar of numbers: digits and words, units, and what opens a number upwards or downwards."""

import math

from flows.compare.words import Token, listed, phrase

UNITS = {
    word: number
    for number, word in enumerate(
        listed(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
            "seventeen eighteen nineteen"
        )
    )
}
_TENS = {w: 10 * n for n, w in enumerate(listed("twenty thirty forty fifty sixty seventy eighty ninety"), 2)}
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_SHORT = {"k": 1e3, "m": 1e6, "mn": 1e6, "mln": 1e6, "bn": 1e9, "tn": 1e12, "trn": 1e12, "b": 1e9}
VAGUE = {"dozens": 24.0, "scores": 40.0, "hundreds": 200.0, "thousands": 2e3, "millions": 2e6, "billions": 2e9}
FRACTIONS = {"half": 50.0, "third": 100 / 3, "quarter": 25.0, "fifth": 20.0, "tenth": 10.0}
FRACTIONS |= {"thirds": 100 / 3, "quarters": 25.0, "fifths": 20.0, "tenths": 10.0, "halves": 50.0}

# Unit -> base unit, dimension, factor. Currencies are dimensions of their own: nobody converts them here.
MEASURES: dict[str, tuple[str, str, float]] = {}
for _names, _unit, _dimension, _factor in (
    ("mm millimetre millimetres millimeter millimeters", "m", "length", 0.001),
    ("cm centimetre centimetres centimeter centimeters", "m", "length", 0.01),
    ("metre metres meter meters", "m", "length", 1.0),
    ("km kilometre kilometres kilometer kilometers", "m", "length", 1000.0),
    ("mile miles", "m", "length", 1609.344),
    ("foot feet ft", "m", "length", 0.3048),
    ("inch inches", "m", "length", 0.0254),
    ("yard yards", "m", "length", 0.9144),
    ("hectare hectares ha", "ha", "area", 1.0),
    ("acre acres", "ha", "area", 0.404686),
    ("gram grams gramme grammes", "kg", "mass", 0.001),
    ("kg kilo kilos kilogram kilograms", "kg", "mass", 1.0),
    ("tonne tonnes ton tons", "kg", "mass", 1000.0),
    ("litre litres liter liters", "l", "volume", 1.0),
    ("barrel barrels", "barrels", "barrels", 1.0),
    ("kw kilowatt kilowatts", "W", "power", 1e3),
    ("mw megawatt megawatts", "W", "power", 1e6),
    ("gw gigawatt gigawatts", "W", "power", 1e9),
    ("kmh kph", "km/h", "speed", 1.0),
    ("mph", "km/h", "speed", 1.609344),
    ("degree degrees celsius °c", "degrees", "temperature", 1.0),
    ("% percent pc", "%", "share", 1.0),
    ("euro euros €", "euros", "money:eur", 1.0),
    ("dollar dollars $", "dollars", "money:usd", 1.0),
    ("£ sterling", "pounds", "money:gbp", 1.0),
    ("pound pounds", "pounds", "money:gbp", 1.0),
    ("p pence", "pence", "money:gbp", 0.01),
    ("yen ¥", "yen", "money:jpy", 1.0),
    ("yuan renminbi", "yuan", "money:cny", 1.0),
    ("franc francs", "francs", "money:chf", 1.0),
    ("rouble roubles ruble rubles ₽", "roubles", "money:rub", 1.0),
    ("hryvnia hryvnias ₴", "hryvnias", "money:uah", 1.0),
    ("rupee rupees ₹", "rupees", "money:inr", 1.0),
    ("krone kroner", "kroner", "money:nok", 1.0),
    ("krona kronor", "kronor", "money:sek", 1.0),
    ("zloty zlotys", "zlotys", "money:pln", 1.0),
    ("lira liras", "lira", "money:try", 1.0),
    ("peso pesos", "pesos", "money:mxn", 1.0),
    ("second seconds", "days", "time", 1 / 86400),
    ("minute minutes min mins", "days", "time", 1 / 1440),
    ("hour hours hr hrs", "days", "time", 1 / 24),
    ("day days", "days", "time", 1.0),
    ("week weeks fortnight", "days", "time", 7.0),
    ("month months", "days", "time", 30.4),
    ("year years season seasons", "days", "time", 365.25),
    ("decade decades", "days", "time", 3652.5),
    ("century centuries", "days", "time", 36525.0),
):
    for _name in listed(_names):
        MEASURES[_name] = (_unit, _dimension, _factor)

# What stands before (or after) a number and opens it upwards, downwards or both ways.
_BEFORE = (
    (("no", "more", "than"), "<="), (("no", "fewer", "than"), ">="), (("no", "less", "than"), ">="),
    (("not", "more", "than"), "<="), (("not", "less", "than"), ">="), (("well", "over"), ">"),
    (("far", "more", "than"), ">"), (("more", "than"), ">"), (("greater", "than"), ">"), (("at", "least"), ">="),
    (("as", "many", "as"), "<="), (("as", "much", "as"), "<="), (("up", "to"), "<="), (("at", "most"), "<="),
    (("fewer", "than"), "<"), (("less", "than"), "<"), (("just", "over"), "~>"), (("a", "little", "over"), "~>"),
    (("slightly", "more", "than"), "~>"), (("just", "under"), "~<"), (("slightly", "under"), "~<"),
    (("just", "above"), "~>"),
    (("just", "below"), "~<"), (("close", "to"), "~"), (("an", "estimated"), "~"), (("in", "excess", "of"), ">"),
    (("upwards", "of"), ">"), (("a", "minimum", "of"), ">="), (("a", "maximum", "of"), "<="), (("or", "so"), "~"),
    (("lower", "than"), "<"), (("higher", "than"), ">"), (("exceed",), ">"), (("exceeds",), ">"), (("exceeded",), ">"),
    (("topped",), ">"), (("surpassed",), ">"), (("past", "the", "mark", "of"), ">"), (("over",), ">"),
    (("above",), ">"), (("exceeding",), ">"), (("under",), "<"), (("below",), "<"),
    (("nearly",), "~<"), (("almost",), "~<"), (("barely",), "~"), (("hardly",), "~"), (("scarcely",), "~"),
    (("about",), "~"), (("around",), "~"), (("roughly",), "~"), (("approximately",), "~"), (("some",), "~"),
    (("circa",), "~"), (("maybe",), "~"), (("perhaps",), "~"), (("estimated",), "~"), (("within",), "w"),
)  # fmt: skip
_AFTER = (
    (("or", "more"), ">="),
    (("or", "less"), "<="),
    (("or", "fewer"), "<="),
    (("or", "so"), "~"),
    (("plus",), ">="),
)


def _plain(token: Token) -> float | None:
    """The value of a number written in digits, None for a time of day or a section number."""
    raw = token.text
    if token.kind != "num" or ":" in raw:
        return None
    if "," in raw:
        groups = raw.split(".")[0].split(",")
        if any(len(g) != 3 for g in groups[1:]) or len(groups[0]) > 3:
            return None
        raw = raw.replace(",", "")
    return float(raw) if raw.count(".") <= 1 else None


def _grain_of(raw: str, value: float) -> float:
    if "." in raw:
        return 10.0 ** -len(raw.split(".")[1])
    whole = round(value)
    grain = 1
    while whole and whole % (grain * 10) == 0:
        grain *= 10
    return float(grain)


def number_at(tokens: tuple[Token, ...], at: int) -> tuple[float, float, int] | None:
    """Value, grain and the position after it of the number that starts at `at`, if one does."""
    whole = _number_at(tokens, at)
    if whole is not None and phrase(tokens, whole[2], "and", "a", "half"):
        return whole[0] + 0.5, 0.5, whole[2] + 3  # "two and a half years"; "half a million" is another matter
    return whole


def _number_at(tokens: tuple[Token, ...], at: int) -> tuple[float, float, int] | None:
    token = tokens[at]
    if token.kind == "num":
        value = _plain(token)
        if value is None:
            return None
        grain, after = _grain_of(token.text.replace(",", ""), value), at + 1
        if after < len(tokens) and tokens[after].start == token.end and tokens[after].low in _SHORT:
            factor = _SHORT[tokens[after].low]
            return value * factor, grain * factor, after + 1
        return _scaled(tokens, value, grain, after)
    low = token.low
    if low in ("a", "half", "three") and (quarter := _part_of_million(tokens, at)) is not None:
        return quarter
    if low in VAGUE and phrase(tokens, at + 1, "of"):
        after = at + 2
        if low in ("hundreds", "tens") and phrase(tokens, after, "thousands"):
            return 2e5, 1e5, after + 2 if phrase(tokens, after + 1, "of") else after + 1
        return VAGUE[low], VAGUE[low] / 2, after
    if low in ("half", "a", "an", "several"):
        rest = at + 1
        if low == "half" and rest < len(tokens) and tokens[rest].low in ("a", "an"):
            rest += 1
            if rest < len(tokens) and tokens[rest].low in ("million", "billion", "dozen"):
                scale = 12.0 if tokens[rest].low == "dozen" else _SCALES[tokens[rest].low]
                return scale / 2, scale / 10, rest + 1
            return None
        if low in ("a", "an") and rest < len(tokens):
            if tokens[rest].low == "dozen":
                return 12.0, 1.0, rest + 1
            if tokens[rest].low in ("hundred", "thousand", "million", "billion"):
                return _SCALES[tokens[rest].low], _SCALES[tokens[rest].low] / 10, rest + 1
            if tokens[rest].low == "couple" and phrase(tokens, rest + 1, "of"):
                return 2.0, 1.0, rest + 2
            if tokens[rest].low == "half" and phrase(tokens, rest + 1, "dozen"):
                return 6.0, 1.0, rest + 2
        return None
    if low == "dozen":
        return 12.0, 1.0, at + 1
    if low in UNITS or low in _TENS:
        return _spelled(tokens, at)
    return None


def _part_of_million(tokens: tuple[Token, ...], at: int) -> tuple[float, float, int] | None:
    """ "a quarter of a million", "three-quarters of a billion"."""
    step = at + 1
    times = 3.0 if tokens[at].low == "three" else 1.0
    if times > 1 and step < len(tokens) and tokens[step].text == "-":
        step += 1
    if (
        step < len(tokens)
        and tokens[step].low in ("quarter", "quarters", "third")
        and phrase(tokens, step + 1, "of", "a")
    ):
        last = step + 3
        if last < len(tokens) and tokens[last].low in _SCALES:
            part = 0.25 if tokens[step].low.startswith("quarter") else 1 / 3
            value = times * part * _SCALES[tokens[last].low]
            return value, value / 5, last + 1
    return None


def _spelled(tokens: tuple[Token, ...], at: int) -> tuple[float, float, int] | None:
    total = current = 0.0
    after = at
    while after < len(tokens):
        low = tokens[after].low
        if low in _TENS and current % 100 == 0:
            current += _TENS[low]
        elif low in UNITS and (current % 10 == 0 and (current % 100 == 0 or UNITS[low] < 10)):
            current += UNITS[low]
            if current == 0 and low != "zero":
                break
        elif low == "hundred" and current:
            current *= 100
        elif low in ("thousand", "million", "billion") and current:
            total += current * _SCALES[low]
            current = 0.0
        elif low == "and" and after > at and tokens[after - 1].low in _SCALES and after + 1 < len(tokens):
            if tokens[after + 1].low not in UNITS and tokens[after + 1].low not in _TENS:
                break
        elif low == "-" and after > at and after + 1 < len(tokens) and tokens[after - 1].low in _TENS:
            if tokens[after + 1].low not in UNITS:
                break
        elif low == "point" and after + 1 < len(tokens) and tokens[after + 1].low in UNITS and current:
            return total + current + UNITS[tokens[after + 1].low] / 10, 0.1, after + 2
        else:
            break
        after += 1
    while after > at + 1 and tokens[after - 1].low in ("and", "-"):
        after -= 1
    value = total + current
    if after < len(tokens) and tokens[after].low == "dozen":
        return value * 12, 12.0, after + 1
    return value, _grain_of("", value) if value else 1.0, after


def _scaled(tokens: tuple[Token, ...], value: float, grain: float, after: int) -> tuple[float, float, int]:
    step = after
    if step < len(tokens) and tokens[step].text == "-":
        step += 1
    if step < len(tokens) and tokens[step].low in _SCALES:
        factor = _SCALES[tokens[step].low]
        return value * factor, grain * factor, step + 1
    if step < len(tokens) and tokens[step].low == "dozen":
        return value * 12, 12.0, step + 1
    return value, grain, after


_BEFORE_BY_LAST: dict[str, list[tuple[tuple[str, ...], str]]] = {}
for _before in _BEFORE:  # in order: longer openings first
    _BEFORE_BY_LAST.setdefault(_before[0][-1], []).append(_before)
_AFTER_FIRST = frozenset(words[0] for words, _ in _AFTER)


def modifier(tokens: tuple[Token, ...], first: int, after: int) -> tuple[str, int, int]:
    """What opens the number at tokens[first:after] ("at least", "or so") as a sign, and the positions with it."""
    for want, sign in _BEFORE_BY_LAST.get(tokens[first - 1].low, ()) if first else ():
        if phrase(tokens, first - len(want), *want):
            return sign, first - len(want), after
    if after < len(tokens) and tokens[after].low in _AFTER_FIRST:
        for want, sign in _AFTER:
            if phrase(tokens, after, *want):
                return sign, first, after + len(want)
    return "", first, after


def bounds(value: float, sign: str) -> tuple[float, float]:
    slack = abs(value) * (0.25 if abs(value) < 10 else 0.12)
    return {
        "": (value, value),
        ">": (value, math.inf),
        ">=": (value, math.inf),
        "<": (-math.inf, value),
        "<=": (-math.inf, value),
        "w": (-math.inf, value),
        "~": (value - slack, value + slack),
        "~>": (value, value + slack),
        "~<": (value - slack, value),
    }[sign]


def unit_at(tokens: tuple[Token, ...], at: int) -> tuple[str, str, float, int]:
    """Unit, dimension, factor and the position after the unit that stands at `at`; empty if none does."""
    step = at
    if step < len(tokens) and tokens[step].text == "-":
        step += 1
    if step >= len(tokens):
        return "", "", 1.0, at
    low = tokens[step].low
    if low == "per" and phrase(tokens, step + 1, "cent"):
        return "%", "share", 1.0, step + 2
    if low in ("percentage", "points") or (low == "percent" and phrase(tokens, step + 1, "points")):
        return ("points", "points", 1.0, step + (2 if low != "points" else 1))
    if low in ("square", "sq") and step + 1 < len(tokens) and tokens[step + 1].low in MEASURES:
        _, dimension, factor = MEASURES[tokens[step + 1].low]
        return ("ha", "area", factor * factor / 10_000, step + 2) if dimension == "length" else ("", "", 1.0, at)
    if low in ("km", "kilometres", "kilometers", "miles") and (
        (phrase(tokens, step + 1, "/", "h"))
        or phrase(tokens, step + 1, "per", "hour")
        or phrase(tokens, step + 1, "an", "hour")
    ):
        return "km/h", "speed", 1.609344 if low == "miles" else 1.0, step + 3
    if low in ("us", "canadian", "australian", "swiss", "u.s.", "danish", "czech") and step + 1 < len(tokens):
        step += 1
        low = tokens[step].low
        if low not in MEASURES or not MEASURES[low][1].startswith("money"):
            return "", "", 1.0, at
    if (
        low in ("year", "years", "yr")
        and step > 0
        and (phrase(tokens, step + 1, "-", "old") or phrase(tokens, step + 1, "old"))
    ):
        return "years old", "age", 1.0, step + (3 if tokens[step + 1].text == "-" else 2)
    if low in ("points", "point"):
        return "points", "points", 1.0, step + 1
    if low in MEASURES:
        unit, dimension, factor = MEASURES[low]
        return unit, dimension, factor, step + 1
    return "", "", 1.0, at


def rest_of_time(tokens: tuple[Token, ...], after: int, factor: float) -> tuple[float, int] | None:
    """The smaller part of "a year and two months" in the larger unit, and the position after it."""
    step = after + 1 if after < len(tokens) and tokens[after].low == "and" else after
    number = number_at(tokens, step) if step < len(tokens) else None
    if number is None:
        return None
    _, dimension, smaller, end_at = unit_at(tokens, number[2])
    if dimension != "time" or smaller >= factor:
        return None
    return number[0] * smaller / factor, end_at


def scale_of(tokens: tuple[Token, ...], first: int, after: int) -> float:
    for step in range(first, after):
        low = tokens[step].low
        if low in _SCALES:
            return _SCALES[low]
        if low in _SHORT and step > first:
            return _SHORT[low]
    return 1.0
