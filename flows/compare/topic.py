"""What every article about an event speaks of, so that its sentences may leave it out: "the quake", "the two sides"."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from flows.compare.words import Token, concepts, words
from seeds.model import Seed

SHARE = 0.25
"""Share of a seed's facts that use a word of the seed's title or summary from which it is the event's own."""

Names = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Topic:
    """The concepts that an event's coverage takes for granted, those of them that are names, and the day it begins."""

    concepts: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    day: date | None = None
    title: str = ""
    told: frozenset[str] = frozenset()  # statements that the title tells already: of them nothing goes without saying

    def implied(self, fact: str, passage: str, aliases: Names) -> frozenset[str]:
        """What the passage may leave out of the fact: no name of the event where it speaks of another one.

        "Both companies" may be the fact's, but with Kelbrook named alone a sentence is not about Tarnholm.
        """
        if fact in self.told:
            return frozenset()
        ours, theirs = (concepts(words(text, aliases)) & self.names for text in (fact, passage))
        return self.concepts - self.names if theirs - ours else self.concepts

    def headed(self, fact: str, passage: str, aliases: Names) -> str:
        """The passage under the event's title where it leaves out what the fact names of the event."""
        left_out = self.implied(fact, passage, aliases) & concepts(words(fact, aliases))
        return f"{self.title}: {passage}" if left_out - concepts(words(passage, aliases)) else passage


NO_TOPIC = Topic()


def topic(seed: Seed) -> Topic:
    """The topic of a seed's event: what title and summary name and a quarter of the facts repeat."""
    aliases = frozenset(seed.aliases.items())
    told = words(f"{seed.title}. {seed.event.summary}", aliases)
    counts = Counter(concept for fact in seed.facts for concept in concepts(words(fact.statement, aliases)))
    enough = max(SHARE * len(seed.facts), 2)
    common = frozenset(one for one in concepts(told) if counts[one] >= enough)
    opening = {token.sentence: token for token in reversed(told)}
    names = frozenset(t.concept for t in told if capital(t) and t != opening[t.sentence]) & common
    return Topic(common, names, seed.event.starts.date() if seed.event.starts else None, seed.title)


def capital(token: Token) -> bool:
    """Whether a word of content begins with a capital."""
    return token.kind == "word" and token.content and token.text[0].isupper()
