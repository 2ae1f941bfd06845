"""Modality: whether the words that matter are asserted, or planned, possible, demanded, conditional or asked."""

from typing import Literal

from flows.compare import polarity
from flows.compare.values import Reading
from flows.compare.words import Token, bag, listed

Modality = Literal["asserted", "plan", "possible", "conditional", "question", "demand"]

# Words that govern what follows them in their clause.
_GOVERNING: dict[str, Modality] = {}
_kind: Modality
for _kind, _cues in (
    (
        "plan",
        "will shall plans plan planned planning intends intend intended aims hopes hope hoped hoping seeks seek "
        "seeking scheduled expected expects expect set due poised preparing prepares prepared offered offers "
        "offer pledged pledges promised promises vowed vows proposed proposes wants wanted want ready willing "
        "considers considering mulls mull weighs threatens threatened tipped prepare upcoming would slated eyes "
        "bound ought",
    ),
    (
        "possible",
        "may might could possibly perhaps reportedly allegedly alleged rumour rumours rumor rumors speculation "
        "unclear suspected suspects believes believed believe thought probably likely unlikely risk risks warned "
        "warns fear fears feared suggests suggested speculated estimates doubt doubts suspicion possible probable "
        "apparently unconfirmed chance odds hints forecast forecasts brink",
    ),
    (
        "demand",
        "should must urged urges urge demands demanded demand demanding calls called call calling appealed "
        "appeals asked asks asking request requested requests insisted insists recommends recommended tells "
        "pressing petition needs pressed press pleaded sought",
    ),
    ("conditional", "if unless provided whether once"),
):
    for _cue in listed(_cues):
        _GOVERNING.setdefault(_cue, _kind)

# These govern only with one of these words after them: "called for" demands, "called it" does not.
_WITH_NEXT = {
    word: bag(following)
    for word, following in {
        "calls": "for on",
        "called": "for on upon",
        "call": "for on to",
        "calling": "for on",
        "set": "to for",
        "due": "to on in at next for this by",
        "ready": "to for",
        "offer": "to",
        "plan": "to for that",
        "wants": "to the a",
        "wanted": "to the a",
        "want": "to the a",
        "thought": "to",
        "likely": "to that",
        "bound": "to",
        "tells": "the",
        "prepared": "to",
        "promised": "to that a",
        "demand": "for that to",
        "hope": "to that for",
        "sought": "to a the",
        "risk": "of that",
        "eyes": "a the",
        "alleged": "to that",
        "offered": "to",
        "proposed": "to that a an the direct holding extending",
        "expected": "to in on by next later this that after",
        "forecast": "a that for to",
        "planned": "to for",
        "possible": "that",
        "believed": "to that",
        "press": "for",
        "needs": "to",
    }.items()
}
_AUXILIARIES = bag("will would may could if should might must")
_PAST = bag("was were had did")
_BE = bag("is are was were be been remains remained seems looks")
_UNSETTLED = bag("unclear possible unknown uncertain likely doubtful conceivable")
_FORESEEN = bag("forecast expected planned scheduled envisaged proposed considered discussed")


def modality(here: Reading, there: Reading, matter: frozenset[int]) -> tuple[Modality, str]:
    """The modality of the words that matter in the passage, and the word that brings it."""
    if not matter:
        return "asserted", ""
    tokens = there.tokens
    at = polarity.predicate(here.tokens)
    verb = here.tokens[at].concept if at is not None else ""
    verbs = {i for i in matter if tokens[i].concept == verb}
    common = {i for i in matter if not tokens[i].text[0].isupper()}  # names stand outside what is planned
    told = verbs or common or matter
    best: tuple[Modality, str] = ("asserted", "")
    most = 0.0
    for i, token in enumerate(tokens):
        if token.sentence != tokens[min(matter)].sentence:
            continue
        found = _governs(tokens, i)
        reach = set(_onward(tokens, i)) if found else set[int]()
        if found is None and (found := _undoes(tokens, i)) is not None:
            reach = set(_back(tokens, i))
        if found is None:
            continue
        share = len(told & reach) / len(told)
        # The verb of the fact decides; without it, half of what both share must stand under the word.
        if share > 0.5 or (not verbs and share >= 0.5):
            rank = share + (0.5 if found == "conditional" else 0.0)
            if rank > most:
                best, most = (found, token.text), rank
    return best


def own_modality(here: Reading) -> Modality:
    """The modality that a fact states itself: "X plans to …", "X demanded that …"."""
    for i in range(len(here.tokens)):
        found = _governs(here.tokens, i) or _undoes(here.tokens, i)
        if found is not None:
            return found
    return "asserted"


def refusal(here: Reading, there: Reading) -> bool:
    """Whether a "will" of the passage is a refusal ("will send no delegation") and the fact tells of the present."""
    at = polarity.predicate(here.tokens)
    if at is not None and (here.tokens[at].low.endswith("ed") or polarity.is_past(here.tokens[at])):
        return False
    if here.lows & _PAST:
        return False
    tokens = there.tokens
    for i in range(len(tokens) - 2):
        if tokens[i].low in ("will", "would"):
            following, after = tokens[i + 1].low, tokens[i + 2].low
            if following in ("not", "never", "skip", "boycott", "refuse") or after == "no":
                return True
            if following == "stay" and after == "away":
                return True
    return False


def is_question(there: Reading, matter: frozenset[int]) -> bool:
    """Whether the sentence that matters asks."""
    if not matter:
        return False
    sentence = there.tokens[min(matter)].sentence
    return any(t.text == "?" for t in there.tokens if t.sentence == sentence)


def clause_end(tokens: tuple[Token, ...], at: int) -> int:
    """The position after the clause that a governing word at `at` opens, over a "that" or an infinitive."""
    stop = at + 1
    while stop < len(tokens) and tokens[stop].sentence == tokens[at].sentence:
        token = tokens[stop]
        if token.text in ";:—–" or (token.text in ',”"' and stop > at + 1):
            break
        if token.low in ("but", "although", "while", "whereas", "after", "because", "who", "which") and stop > at + 1:
            break
        stop += 1
    return stop


def _onward(tokens: tuple[Token, ...], at: int) -> range:
    return range(at + 1, clause_end(tokens, at))


def _back(tokens: tuple[Token, ...], at: int) -> range:
    first = at
    while first > 0 and tokens[first - 1].sentence == tokens[at].sentence:
        if tokens[first - 1].text in ";:" or tokens[first - 1].low in ("but", "while", "although", "who", "which"):
            break
        first -= 1
    return range(first, at)


def _governs(tokens: tuple[Token, ...], at: int) -> Modality | None:
    """The modality that the word at `at` gives to what follows it."""
    low = tokens[at].low
    found = _GOVERNING.get(low)
    if found is None:
        return None
    starts = at == 0 or tokens[at - 1].sentence != tokens[at].sentence
    if low == "should" and starts:
        return "conditional"  # "Should the talks fail, …"
    before = "" if starts else tokens[at - 1].low
    following = tokens[at + 1].low if at + 1 < len(tokens) else ""
    if low in _WITH_NEXT and following not in _WITH_NEXT[low]:
        return None
    if low == "may" and tokens[at].text == "May" and not starts:
        return None
    if low == "would" and following in ("rather", "sooner", "prefer"):
        return None  # a wish for the present
    if low in ("would", "could") and following in ("not", "neither", "no"):
        return None
    if low in _AUXILIARIES:
        noun = before in ("the", "a", "his", "her", "last")  # "his last will"
        return None if noun or (low == "if" and before in ("even", "as")) else found
    if before in ("not", "no", "never", "than", "as") or (low == "once" and not starts and before != ","):
        return None
    return found


def _undoes(tokens: tuple[Token, ...], at: int) -> Modality | None:
    """The modality that a word gives to what stands before it: "is unclear", "was forecast", "is under discussion"."""
    low = tokens[at].low
    before = tokens[at - 1].low if at else ""
    earlier = tokens[at - 2].low if at > 1 else ""
    following = tokens[at + 1].low if at + 1 < len(tokens) else ""
    linked = before in _BE or (earlier in _BE and before in ("still", "not", "also", "being", "now"))
    if linked and following != "to":
        if low in _UNSETTLED:
            return "possible"
        if low in _FORESEEN:
            return "plan"
    if low in ("discussion", "consideration", "review") and before == "under":
        return "possible"
    if low == "out" and before == "ruled" and earlier in ("be", "not"):
        return "possible"
    return None
