"""Whether a passage speaks of a fact's matter at all: how much of its words, and whether of those it names."""

from dataclasses import dataclass

from flows.compare.polarity import predicate
from flows.compare.valuetypes import Value, ValueComparison
from flows.compare.words import Token, concepts, words
from warehouse.records import Passage

Names = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Matter:
    """``overlap`` is the share of the fact's content words in the passage; ``named`` whether it and its neighbours
    name all whom and what the fact names (a passage that says "he" has the name beside it).
    """

    overlap: float
    named: bool
    told: bool = True  # the passage has the fact's main verb, or a word for it, where a main verb could be made out
    post: bool = False  # the fact says who holds a post and little else, and the passage names the same holder


MOSTLY = 0.6
"""Share of a fact's content words within the words for a post and its holder from which that is what it states."""


def matter(fact: str, passage: Passage, aliases: Names, values: ValueComparison) -> Matter:
    """How far the passage is about what the fact is about; ``values`` are those of the two compared."""
    tokens = words(fact, aliases)
    wanted, there = concepts(tokens), concepts(words(passage.text, aliases))
    around = concepts(words(passage.context, aliases))
    verb = predicate(tokens)
    return Matter(
        overlap=len(wanted & there) / len(wanted) if wanted else 0.0,
        named=all(name in around for name in _names(tokens)),
        told=verb is None or tokens[verb].concept in there,
        post=any(_states(tokens, pair.fact) for pair in values.agreements if pair.kind == "role"),
    )


def _states(tokens: tuple[Token, ...], post: Value) -> bool:
    content = [token for token in tokens if token.content]
    inside = [token for token in content if post.start <= token.start < post.end]
    return len(inside) >= MOSTLY * len(content)


def _names(tokens: tuple[Token, ...]) -> list[str]:
    """The last word of each run of capitalised words: a surname, a country, a society."""
    found: list[str] = []
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if _capital(token) and not (following and _capital(following)):
            found.append(token.concept)
    return found


def _capital(token: Token) -> bool:
    return token.kind == "word" and token.content and token.text[0].isupper()
