"""Where an event is said to be: places after a preposition, and whether one can lie within the other."""

from collections.abc import Iterator

from flows.compare.gazetteer import capitals, cities, country_names
from flows.compare.valuetypes import Spot, Value
from flows.compare.words import Token, bag
from seeds.spellings import canonical

_AT = {
    "in": "in",
    "at": "in",
    "near": "in",
    "outside": "in",
    "off": "in",
    "around": "in",
    "to": "to",
    "from": "from",
    "for": "to",
}
_TOWNS = bag("resort city town village capital port")
_NOT_PLACES = bag(
    "the a an january february march april may june july august september october november december monday "
    "tuesday wednesday thursday friday saturday sunday mr mrs ms dr president minister"
)


def find(text: str, tokens: tuple[Token, ...], taken: frozenset[int]) -> Iterator[Value]:
    """The places that a preposition ties to what is told; datelines count as "in"."""
    for at, token in enumerate(tokens):
        case = _AT.get(token.low)
        if case is None:
            continue
        step = at + 1
        if step < len(tokens) and tokens[step].low == "the":
            step += 1
        first = step
        while step < len(tokens) and step - first < 4 and tokens[step].text[:1].isupper() and step not in taken:
            if tokens[step].kind != "word" or tokens[step].low in _NOT_PLACES:
                break
            step += 1
            if step + 1 < len(tokens) and tokens[step].text == "-" and tokens[step + 1].text[:1].isupper():
                step += 1
        named = _town(tokens, step) if step - first <= 1 else 0
        if named:
            first = step = named
            while step < len(tokens) and step - first < 3 and tokens[step].text[:1].isupper() and step not in taken:
                if tokens[step].kind != "word" or tokens[step].low in _NOT_PLACES:
                    break
                step += 1
        if step == first or tokens[step - 1].text.lower().endswith(("'s", "’s")):
            continue
        spot = _spot(" ".join(t.low for t in tokens[first:step] if t.text != "-"), case)
        if spot.level == "unknown" and case != "in":
            continue
        start, end = tokens[first].start, tokens[step - 1].end
        yield Value("place", text[start:end], start, end, spot.name.title(), spot)


def _town(tokens: tuple[Token, ...], at: int) -> int:
    """Where the name begins after "… resort of", "… port city of", if such words start at `at`; 0 if they do not."""
    for step in range(at, min(len(tokens) - 2, at + 3)):
        if tokens[step].kind != "word" or tokens[step].text[:1].isupper():
            return 0
        if tokens[step].low in _TOWNS:
            return step + 2 if tokens[step + 1].low == "of" and tokens[step + 2].text[:1].isupper() else 0
    return 0


def _spot(name: str, case: str) -> Spot:
    if name in ("us", "u.s."):
        name = "united states"
    country = country_names().get(name)
    if country and name not in ("singapore", "luxembourg", "monaco", "djibouti"):
        return Spot(name, country, "country", case)
    city = cities().get(name)
    if city:
        return Spot(name, city, "city", case)
    return Spot(name, "", "unknown", case)


def compatible(a: Spot, b: Spot) -> bool | None:
    """Whether both can be true of one event; None where the gazetteer cannot tell."""
    if canonical(a.name) == canonical(b.name) or a.name in b.name.split() or b.name in a.name.split():
        return True
    if a.country and b.country:
        if a.country != b.country:
            return False
        if a.level == b.level == "city":
            return {a.name, b.name} <= _same_capital(a.country)
        return True
    return None


def _same_capital(country: str) -> frozenset[str]:
    return frozenset(name for name, code in capitals().items() if code == country)
