"""Whether a passage speaks of a fact's matter at all: how much of its words, and whether of those it names."""

import math
from dataclasses import dataclass
from datetime import date
from itertools import chain

from flows.compare.polarity import predicate
from flows.compare.topic import NO_TOPIC, Names, Topic, capital
from flows.compare.valuetypes import COUNTED, Day, Quantity, Value, ValueComparison, ValuePair
from flows.compare.words import Token, bag, concepts, words
from warehouse.records import Passage


@dataclass(frozen=True, slots=True)
class Matter:
    """``overlap`` is the share of the fact's content words in the passage; ``named`` whether it and its neighbours
    name all whom and what the fact names (a passage that says "he" has the name beside it).
    """

    overlap: float
    named: bool
    told: bool = True  # the passage has the fact's main verb, or a word for it, where a main verb could be made out
    post: bool = False  # the fact says who holds a post and little else, and the passage names the same holder
    others: bool = False  # each time the passage has the fact's verb, it is with another known name as its doer
    stated: bool = False  # the passage has the fact's figures, all of them, and most of what they are figures of


MOSTLY = 0.6
"""Share of a fact's content words within the words for a post and its holder from which that is what it states."""

UNLIKELY = 100
"""A count from which it is hardly another's by chance, where a passage does not say what befell those counted."""

FIGURE = 0.5
"""Share of a fact's words, without its values and the event's own, that a passage with its figures must have."""


def matter(fact: str, passage: Passage, aliases: Names, values: ValueComparison, topic: Topic = NO_TOPIC) -> Matter:
    """How far the passage is about what the fact is about; ``values`` are those of the two compared."""
    tokens = words(fact, aliases)
    wanted, there = concepts(tokens), concepts(words(passage.text, aliases))
    around = concepts(words(passage.context, aliases))
    verb = predicate(tokens)
    implied = topic.implied(fact, passage.text, aliases)
    named = all(name in around or name in implied for name in _names(tokens))
    return Matter(
        overlap=len(wanted & there) / len(wanted) if wanted else 0.0,
        named=named,
        told=verb is None or tokens[verb].concept in there,
        others=verb is not None and _others(tokens, verb, words(passage.text, aliases), aliases),
        post=any(_states(tokens, pair.fact) for pair in values.agreements if pair.kind == "role"),
        stated=named and _stated(tokens, there, values, implied, topic.day),
    )


def _stated(
    tokens: tuple[Token, ...],
    there: frozenset[str],
    values: ValueComparison,
    implied: frozenset[str],
    day: date | None,
) -> bool:
    if not implied:
        return False
    figures = [pair for pair in values.agreements if pair.kind in ("number", "duration")]
    if not figures or values.conflicts or not all(_same(pair) for pair in figures):
        return False
    if any(value.kind in COUNTED and not _day(value, day) for value in values.missing):
        return False
    inside = [pair.fact for pair in figures]
    rest = {t.concept for t in tokens if t.content and not any(v.start <= t.start < v.end for v in inside)} - implied
    return len(rest & there) >= max(FIGURE * len(rest), 1)


def _same(pair: ValuePair) -> bool:
    """Whether two figures are one: more than that both may be true, as "at least 12" and "over 900" may be."""
    ours, theirs = pair.fact.payload, pair.article.payload
    if not isinstance(ours, Quantity) or not isinstance(theirs, Quantity):
        return False
    a, b = _figure(ours), _figure(theirs)
    if ours.dimension != theirs.dimension or abs(a - b) > max(ours.grain, theirs.grain) / 2:
        return False
    return ours.fate == theirs.fate or (theirs.fate == "" and a >= UNLIKELY)


def _figure(quantity: Quantity) -> float:
    """The number that was written, in the base unit: of "around 6,200" and "at least 6,200" it is 6,200."""
    ends = [end for end in (quantity.low, quantity.high) if math.isfinite(end)]
    return sum(ends) / len(ends)


def _day(value: Value, day: date | None) -> bool:
    """Whether the value is the day on which the event begins, which its coverage need not repeat."""
    return isinstance(value.payload, Day) and day is not None and (day, day) in value.payload.spans


_ASIDE = bag("in at of from to for with near against the")  # before a name that does nothing itself


def _others(fact: tuple[Token, ...], verb: int, passage: tuple[Token, ...], aliases: Names) -> bool:
    """Whether the fact's verb has a doer with a name that the seed knows, and in the passage always another such one.

    The doer is the last known name before the verb, or the next one after a "by".
    """
    known = {token.concept for _, name in aliases for token in words(name, aliases)}
    own = {token.concept for token in fact[:verb] if token.concept in known and capital(token)}
    found = [
        _doer(passage, at, known) for at, token in enumerate(passage) if token.concept == fact[verb].concept and at
    ]
    return bool(own and found) and all(doer is not None and doer not in own for doer in found)


def _doer(tokens: tuple[Token, ...], verb: int, known: set[str]) -> str | None:
    sentence = tokens[verb].sentence
    by = next((at for at in range(verb + 1, min(verb + 6, len(tokens))) if tokens[at].low == "by"), None)
    after = range(by, min(by + 5, len(tokens))) if by is not None else range(0)
    for at in chain(after, range(verb - 1, -1, -1)):
        token = tokens[at]
        before = tokens[at - 1].low if at else ""
        if token.sentence == sentence and token.concept in known and capital(token):
            aside = before in _ASIDE and at < verb
            if not aside and tokens[min(at + 1, verb)].text != "-":  # "the Aarhus-based company"
                return token.concept
    return None


def _states(tokens: tuple[Token, ...], post: Value) -> bool:
    content = [token for token in tokens if token.content]
    inside = [token for token in content if post.start <= token.start < post.end]
    return len(inside) >= MOSTLY * len(content)


def _names(tokens: tuple[Token, ...]) -> list[str]:
    """The last word of each run of capitalised words: a surname, a country, a society."""
    found: list[str] = []
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if capital(token) and not (following and capital(following)):
            found.append(token.concept)
    return found
