"""How two posts relate: the same post of the same person, another state of it, or another person in it."""

from collections.abc import Mapping
from typing import Literal

from flows.compare.names import same_person
from flows.compare.valuetypes import Post
from flows.compare.words import bag, concept

# Posts that one person holds at a time, so that another holder is a contradiction.
_SINGLE = bag(
    "president minister premier chancellor secretary governor mayor prosecutor commander treasurer ceo executive "
    "king queen pope head leader chief rapporteur director chairman chair coach lead envoy ambassador negotiator"
)


# Someone who chairs, heads or runs a body is its chairman, head or director.
_HEADING = bag("lead chair head director president chief executive")
_PORTFOLIOS = {concept(word) for word in bag(
    "foreign external finance treasury interior home culture health economy justice education agriculture energy "
    "transport environment labour labor trade tourism science industry"
)} | {"defence"}  # fmt: skip
_RANKS = {concept(word) for word in bag("chief vice managing general senior executive deputy acting interim")}
_BESIDE = {concept(word) for word in bag("affairs national country federal public social development security of and")}


def countries(domain: frozenset[str]) -> frozenset[str]:
    """The country codes among a post's words."""
    return frozenset(w for w in domain if len(w) == 2 and w.isupper())


def relation(
    fact: Post, other: Post, aliases: Mapping[str, str]
) -> tuple[Literal["agree", "role", "person"], float] | None:
    """ "agree", "role" or "person" with a strength, or None where the two posts are not comparable."""
    if fact.head != other.head:
        return _by_verb(fact, other, aliases)
    here, there = countries(fact.domain), countries(other.domain)
    if here and there and not here & there:
        return None
    about, about_other = fact.domain - here, other.domain - there
    if ("deputy" in about) != ("deputy" in about_other):
        return None
    same = same_person(fact.person, other.person, aliases)
    if about and about_other and not about & about_other:
        return ("role", 0.8) if same and _two_portfolios(fact, other, about, about_other) else None
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
    # "The chief executive said": of what, the rank does not say, and every company has one.
    body = about - _RANKS
    if body - about_other or (not body and not here):
        return None
    return "person", 0.8


def _two_portfolios(fact: Post, other: Post, about: frozenset[str], about_other: frozenset[str]) -> bool:
    """Whether two current titles are two ministries, of which a person holds one at a time."""
    if fact.head not in ("minister", "secretary") or (fact.state, other.state) != ("current", "current"):
        return False
    return all(a & _PORTFOLIOS and a <= _PORTFOLIOS | _BESIDE for a in (about, about_other))


def _by_verb(
    fact: Post, other: Post, aliases: Mapping[str, str]
) -> tuple[Literal["agree", "role", "person"], float] | None:
    """How "chairs the society" relates to "was chairman of the society": only for one person, and the same body."""
    if "lead" not in (fact.head, other.head) or not {fact.head, other.head} <= _HEADING:
        return None
    shared = fact.domain & other.domain
    if len(shared - countries(shared)) < (2 if len(fact.domain) > 2 else 1):
        return None
    if not same_person(fact.person, other.person, aliases):
        return None
    if fact.state == other.state or "then" in (fact.state, other.state):
        return "agree", 1.0
    return ("role", 0.85) if "former" in (fact.state, other.state) else None
