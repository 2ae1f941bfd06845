"""A text read once for comparison: its tokens, its values in place, and how alike two places in two texts are."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from flows.compare import clocks, dates, places, polarity, quantities, roles
from flows.compare.valuetypes import Kind, Payload, Value
from flows.compare.words import Token, words


@dataclass(frozen=True, slots=True)
class Placed:
    """A value with the positions it takes and the concepts around it."""

    value: Value
    first: int
    after: int
    near: frozenset[str]
    left: str
    right: str
    sentence: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A text read once: its tokens, its values in place, its concepts as a whole and by sentence, its words."""

    text: str
    tokens: tuple[Token, ...]
    placed: tuple[Placed, ...]
    concepts: frozenset[str]
    sentences: tuple[frozenset[str], ...]
    reached: frozenset[int]
    lows: frozenset[str]
    implied: frozenset[str] = frozenset()  # concepts that other texts on the matter may leave out


@lru_cache(maxsize=1024)  # an article's passages and a seed's facts
def read(text: str, anchor: datetime | None, aliases: frozenset[tuple[str, str]]) -> Reading:
    """The text with its values found and placed; the same text is read once."""
    tokens = words(text, aliases)
    values: list[Value] = []
    taken: set[int] = set()
    for value, positions in dates.find(text, tokens, anchor):
        values.append(value)
        taken.update(positions)
    for value, positions in clocks.find(text, tokens):
        if taken.isdisjoint(positions):
            values.append(value)
            taken.update(positions)
    dated = frozenset(taken)
    reached = polarity.negated(tokens)
    values.extend(quantities.find(text, tokens, dated))
    values.extend(roles.find(text, tokens, anchor.year if anchor else None))
    values.extend(places.find(text, tokens, dated))
    values.extend(polarity.find(tokens, reached))
    starts = {t.start: i for i, t in enumerate(tokens)}
    ends = {t.end: i + 1 for i, t in enumerate(tokens)}
    placed = tuple(
        _place(tokens, v, starts[v.start], ends[v.end]) for v in sorted(values, key=lambda v: (v.start, -v.end))
    )
    count = tokens[-1].sentence + 1 if tokens else 0
    by_sentence: list[set[str]] = [set() for _ in range(count)]
    for t in tokens:
        if t.content:
            by_sentence[t.sentence].add(t.concept)
    sentences = tuple(frozenset(s) for s in by_sentence)
    return Reading(
        text, tokens, placed, frozenset[str]().union(*sentences), sentences, reached, frozenset(t.low for t in tokens)
    )


def _place(tokens: tuple[Token, ...], value: Value, first: int, after: int) -> Placed:
    sentence = tokens[first].sentence
    left = [t for t in tokens[max(0, first - 8) : first] if t.sentence == sentence and t.content]
    right = [t for t in tokens[after : after + 8] if t.sentence == sentence and t.content]
    near = frozenset(t.concept for t in left[-4:] + right[:4])
    inner = (
        frozenset(t.concept for t in tokens[first:after] if t.content)
        if value.kind in ("number", "duration")
        else frozenset()
    )
    return Placed(
        value, first, after, near | inner, left[-1].concept if left else "", right[0].concept if right else "", sentence
    )


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much two places in two texts have in common."""

    overlap: float  # share of the fact's other concepts found in the value's sentence
    wide: float  # the same in the whole passage
    near: int  # concepts in both neighbourhoods
    sides: int  # of the words just left and right, how many are the same


def likeness(here: Reading, one: Placed, there: Reading, other: Placed) -> Likeness:
    """What the surroundings of a value of the fact and of one of the passage share."""
    inside = {t.concept for t in here.tokens[one.first : one.after] if t.content}
    rest = here.concepts - inside - here.implied or here.concepts - inside
    if not rest:
        return Likeness(0.0, 0.0, 0, 0)
    sides = (one.left != "" and one.left == other.left) + (one.right != "" and one.right == other.right)
    return Likeness(
        len(rest & there.sentences[other.sentence]) / len(rest),
        len(rest & there.concepts) / len(rest),
        len(one.near & other.near),
        sides,
    )


def value_at(reading: Reading, kind: Kind, first: int, after: int, payload: Payload) -> Value:
    """The words [first, after) of a text as a value of their own."""
    start, end = reading.tokens[first].start, reading.tokens[after - 1].end
    return Value(kind, reading.text[start:end], start, end, reading.text[start:end], payload)
