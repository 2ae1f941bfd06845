"""Negated predicates: the passage denies what the fact asserts, or asserts what the fact denies."""

from flows.compare import polarity
from flows.compare.names import POSTS
from flows.compare.reading import Reading
from flows.compare.valuetypes import Claimed, Value, ValuePair
from flows.compare.words import Token, bag, concept

_BEFORE_NOUNS = bag("a the little any no every clear some latest another first")


_UNTOLD = bag("to may might could should must whether if")
# Shortly before the negated verb they say that somebody wants it so, or only says that it is so.
_WISHED = bag(
    "asked asks ask appealed appeals appeal urged urges urge called calls call wants want wanted petition demanded "
    "demands insisted insists insist maintains maintained claims claimed claim prove whether if unless would could may "
    "might"
)
_LIMITING = bag("until except but")
_EXCEPTED = bag("only except sole")


def negations(here: Reading, there: Reading) -> list[ValuePair]:
    """The conflict between the fact's main verb and the same verb of the passage, where one of them is negated."""
    at = polarity.predicate(here.tokens)
    if at is None:
        return []
    verb = here.tokens[at]
    denied_here = at in here.reached or _no_object(here.tokens, at)
    if denied_here and any(t.low == "yet" for t in here.tokens[:at]):
        return []  # "had not yet begun": what happens later does not contradict it
    ongoing = verb.low.endswith("ing") and here.tokens[at - 1].low in ("is", "are", "being")
    rest = here.concepts - {verb.concept}
    found: list[ValuePair] = []
    for step, token in enumerate(there.tokens):
        if token.concept != verb.concept or not rest:
            continue
        before = there.tokens[step - 1].low if step else ""
        foretold = before in ("will", "would") and not (ongoing or any(t.low == "will" for t in here.tokens))
        untrue = step in there.reached or _no_object(there.tokens, step)
        if not untrue and (before in _UNTOLD or foretold):
            continue
        if before in ("of", "zero") or (before in _BEFORE_NOUNS and token.low == verb.concept):
            continue  # "little sign of": the noun
        if untrue == denied_here or polarity.denied(there.tokens, step):
            return []
        if _left_open(there.tokens, step, untrue) or (here.lows & _EXCEPTED and there.lows & _LIMITING):
            continue
        overlap = len(rest & there.sentences[token.sentence]) / len(rest)
        around = {
            t.concept for t in there.tokens[max(0, step - 7) : step + 8] if t.content and t.sentence == token.sentence
        }
        clause = {t.concept for t in there.tokens if t.clause == token.clause}
        # A person named before the fact's verb must be the one whose doing is negated.
        names = {
            t.concept
            for i, t in enumerate(here.tokens[:at])
            if t.content and t.text[0].isupper() and len(t.concept) > 2 and i not in here.reached
        }
        if names and not names & clause and token.clause != there.tokens[0].clause:
            continue
        if names and _no_object(there.tokens, step) and not names & clause:
            continue
        exact = _same_object(here, at, there, step, names - _TITLES)
        alike = overlap >= 0.65 and len(around & rest) >= min(2, len(rest))
        if alike and not ongoing and not _no_object(there.tokens, step):
            exact = 0.0  # as strong as the words in common
        if exact or alike:
            mine = Value(
                "negation",
                verb.text,
                verb.start,
                verb.end,
                ("not " if denied_here else "") + verb.low,
                Claimed(verb.concept, denied_here),
            )
            its = Value(
                "negation",
                token.text,
                token.start,
                token.end,
                ("" if denied_here else "not ") + token.low,
                Claimed(token.concept, not denied_here),
            )
            found.append(ValuePair("negation", mine, its, max(exact, round(0.3 + 0.5 * overlap, 3))))
    return found[:1]


def _left_open(tokens: tuple[Token, ...], verb: int, untrue: bool) -> bool:
    """Whether the sentence asks, wishes or claims what it says of the verb, or takes part of it back."""
    sentence = tokens[verb].sentence
    after = [t for t in tokens[verb + 1 :] if t.sentence == sentence]
    if any(t.text == "?" for t in after):
        return True
    before = [t for t in tokens[max(0, verb - 12) : verb] if t.sentence == sentence]
    if any(t.low in _WISHED and t.text != "May" for t in before):
        return True
    if untrue:
        # "did not arrive until it was over"; "did not blame the architect, but the builder"; "not rector yet".
        return any(t.low in ("until", "but", "yet") for t in after)
    # "Eleven will attend; Merot will not."
    return any(
        t.low in ("not", "never") and (i + 1 == len(after) or after[i + 1].kind == "punct") for i, t in enumerate(after)
    )


_TITLES = frozenset(concept(post) for post in POSTS)
_IDLE_NO = bag("longer doubt more fewer less")
_ENDING = bag("to in on at before after by with for from and but that which who as into during over against")
_PERSONS = bag("he she they leader president premier minister chief head mayor governor king chairman boss")


def _no_object(tokens: tuple[Token, ...], verb: int) -> bool:
    """ "will send no delegation", "signed nothing": the negation stands in the object."""
    following = tokens[verb + 1].low if verb + 1 < len(tokens) else ""
    if following in ("nothing", "nobody", "none"):
        return True
    return following == "no" and verb + 2 < len(tokens) and tokens[verb + 2].low not in _IDLE_NO


def _object(tokens: tuple[Token, ...], verb: int) -> list[str]:
    """The concepts and numbers of the noun phrase after a verb, the head last."""
    found: list[str] = []
    for t in tokens[verb + 1 : verb + 9]:
        if t.low in _ENDING or t.sentence != tokens[verb].sentence or (t.kind == "punct" and t.text != "-"):
            break
        if t.content or t.kind == "num":
            found.append(t.concept)
    return found


def _same_object(here: Reading, at: int, there: Reading, step: int, names: set[str]) -> float:
    """How strong the denial is where both texts have the verb with the same object, and its doer can be the same."""
    ours, theirs = _object(here.tokens, at), _object(there.tokens, step)
    if not ours or not theirs or ours[-1] not in theirs[-2:]:
        return 0.0
    first = step
    while first > 0 and there.tokens[first - 1].clause == there.tokens[step].clause and step - first < 9:
        first -= 1
    doer = there.tokens[first:step]
    if names & {t.concept for t in doer if t.content}:
        return 0.85 if _no_object(there.tokens, step) or _whole(ours, theirs) else 0.0
    if any(t.text[:1].isupper() and t.content and len(t.concept) > 2 for t in doer[1:]):
        return 0.0  # somebody else's doing
    described = any(t.low in _PERSONS for t in doer)
    return 0.8 if names and described and len(ours) > 1 and set(ours) <= set(theirs) else 0.0


def _whole(ours: list[str], theirs: list[str]) -> bool:
    """Whether the passage's object leaves out nothing of the fact's but a country."""
    return all(word in theirs or (len(word) == 2 and word.isupper()) for word in ours)
