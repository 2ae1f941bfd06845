"""Preferences: the fact prefers one thing to another, the passage has it the other way round."""

from flows.compare.polarity import refused
from flows.compare.reading import Reading, value_at
from flows.compare.valuetypes import Claimed, ValuePair
from flows.compare.words import Token, bag, phrase

_PREFERRING = {
    "prefer": ("to", "over", "rather"), "prefers": ("to", "over", "rather"), "preferred": ("to", "over", "rather"),
    "favours": ("over",), "favors": ("over",), "favoured": ("over",), "favored": ("over",), "favour": ("over",),
    "chose": ("over",), "chooses": ("over",), "rather": ("than",), "sooner": ("than",), "picked": ("over",),
    "put": ("before", "above", "ahead"), "puts": ("before", "above", "ahead"), "values": ("above", "over"),
}  # fmt: skip
_LIGHT = bag("have see take get accept go agree keep hold sign make want")


def reversals(here: Reading, there: Reading) -> list[ValuePair]:
    """A conflict where what the fact prefers is what the passage puts second, and the other way round."""
    if here.lows.isdisjoint(_PREFERRING) or there.lows.isdisjoint(_PREFERRING):
        return []
    mine = _preference(here)
    if mine is None:
        return []
    its = _preference(there)
    if its is None:
        return []
    (at, first, second), (step, one, other) = mine, its
    if first & one or second & other or not (first & other and second & one):
        return []
    names = {t.concept for t in here.tokens[:at] if t.text[:1].isupper() and t.content and len(t.concept) > 2}
    before = [t for t in there.tokens[:step] if t.sentence == there.tokens[step].sentence]
    if (
        names
        and not names & {t.concept for t in before}
        and not {t.low for t in before[-3:]} & {"he", "she", "they", "it"}
    ):
        return []
    fact = value_at(here, "antonym", at, at + 1, Claimed("prefer", False))
    passage = value_at(there, "antonym", step, step + 1, Claimed("prefer", False))
    return [ValuePair("antonym", fact, passage, 0.8)]


def _preference(reading: Reading) -> tuple[int, frozenset[str], frozenset[str]] | None:
    """The position of the preferring word, the concepts of what is preferred and of what it is preferred to."""
    tokens = reading.tokens
    for at, token in enumerate(tokens):
        links = _PREFERRING.get(token.low)
        if links is None or at in reading.reached or (token.low not in ("rather", "sooner") and refused(tokens, at)):
            continue
        if token.low in ("rather", "sooner") and not (at and tokens[at - 1].low in ("would", "had", "d", "'d", "he'd")):
            continue
        for step in range(at + 1, min(len(tokens), at + 14)):
            if tokens[step].sentence != token.sentence or tokens[step].text in ";:.":
                break
            if tokens[step].low not in links or (tokens[step].low == "rather" and not phrase(tokens, step + 1, "than")):
                continue
            first, second = _named(tokens, at + 1, step), _named(tokens, step + 1, step + 9)
            if first and second:
                return at, first, second
    return None


def _named(tokens: tuple[Token, ...], first: int, stop: int) -> frozenset[str]:
    found: set[str] = set()
    for t in tokens[first:stop]:
        if t.text in ",;:.—–" or t.sentence != tokens[first].sentence:
            break
        if t.content and t.low not in _LIGHT:
            found.add(t.concept)
    return frozenset(found)
