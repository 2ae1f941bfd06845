"""How two posts relate: the same post of the same person, another state of it, or another person in it."""

from collections.abc import Mapping
from typing import Literal

from flows.compare.names import same_person
from flows.compare.valuetypes import Post
from flows.compare.words import bag

# Posts that one person holds at a time, so that another holder is a contradiction.
_SINGLE = bag(
    "president minister premier chancellor secretary governor mayor prosecutor commander treasurer ceo executive "
    "king queen pope head leader chief rapporteur director chairman chair coach lead envoy ambassador negotiator"
)


def countries(domain: frozenset[str]) -> frozenset[str]:
    """The country codes among a post's words."""
    return frozenset(w for w in domain if len(w) == 2 and w.isupper())


def relation(
    fact: Post, other: Post, aliases: Mapping[str, str]
) -> tuple[Literal["agree", "role", "person"], float] | None:
    """ "agree", "role" or "person" with a strength, or None where the two posts are not comparable."""
    if fact.head != other.head:
        return None
    here, there = countries(fact.domain), countries(other.domain)
    if here and there and not here & there:
        return None
    about, about_other = fact.domain - here, other.domain - there
    if ("deputy" in about) != ("deputy" in about_other):
        return None
    same = same_person(fact.person, other.person, aliases)
    if about and about_other and not about & about_other:
        return None
    if bool(about) != bool(about_other) and not same:
        return None
    if same:
        if fact.state == other.state or "then" in (fact.state, other.state):
            return "agree", 1.0
        pair = {fact.state, other.state}
        if "former" in pair or pair == {"acting", "current"} or pair == {"deputy", "current"}:
            if bool(about) != bool(about_other) and fact.head not in ("president", "prime minister"):
                return None
            return "role", 0.85
        return None
    if fact.head not in _SINGLE and fact.head != "prime minister":
        return None
    if fact.state != other.state or fact.state not in ("current", "acting"):
        return None
    if here != there or (about != about_other and not (about <= about_other or about_other <= about)):
        return None
    if not here and not about:
        return None
    return "person", 0.8
