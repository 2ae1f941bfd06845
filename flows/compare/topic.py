"""What every article about an event speaks of, so that its sentences may leave it out: "the quake", "the two sides"."""

from dataclasses import dataclass
from datetime import date

from flows.compare.words import Token, concepts, words
from seeds.model import Seed

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
    """The topic of a seed's event: what its title has, which is what a reader of the coverage knows anyhow."""
    aliases = frozenset(seed.aliases.items())
    titled, told = words(seed.title, aliases), words(f"{seed.title}. {seed.event.summary}", aliases)
    opening = {token.sentence: token for token in reversed(told)}  # a word has a capital there, whether name or not
    named = frozenset(token.concept for token in told if capital(token) and token != opening[token.sentence])
    common = concepts(titled)
    return Topic(common, named & common, seed.event.starts.date() if seed.event.starts else None, seed.title)


def capital(token: Token) -> bool:
    """Whether a word of content begins with a capital."""
    return token.kind == "word" and token.content and token.text[0].isupper()
