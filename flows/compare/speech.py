"""Attribution: who, in a passage, says or denies the words that matter."""

from typing import Literal

from flows.compare.modality import clause_end
from flows.compare.values import Reading
from flows.compare.words import Token, bag

Attribution = Literal["asserted", "quoted", "denied"]

_SAYING = bag(
    "said says told according stressed added announced stated claimed claims insisted noted explained confirmed "
    "confirms declared argued wrote reported acknowledged emphasised emphasized reiterated quoting quoted citing "
    "tells testified"
)
_DENYING = bag("denied denies deny denying refuted refutes disputed disputes rejected rejects dismissed dismisses")
_CLAIMS = bag("that having being reports report claims claim allegations accusations any rumours rumors suggestions")
_PRONOUNS = bag("he she they it who")
_BEFORE_VERB = bag("has had also have later on then")
_BETWEEN = ("day", "ly")  # "on Thursday", "repeatedly": between a speaker and the verb

_TELLERS = bag(
    "source sources official officials minister ministers spokesman spokeswoman spokesperson police prosecutor "
    "prosecutors "
    "diplomat diplomats witness witnesses resident residents expert experts analyst analysts president mayor governor "
    "lawyer lawyers judge company government ministry agency media negotiator negotiators aide aides scientist "
    "scientists researchers doctors editor editors reporters leaders army military organisers authorities"
)


def attribution(
    here: Reading, there: Reading, matter: frozenset[int], around: Reading
) -> tuple[Attribution, str | None, str]:
    """How the words that matter are told, who tells them, and the verb that says so.

    A pronoun as speaker is led back to the last name before it in `around`, the passage with its neighbours.
    """
    if not matter:
        return "asserted", None, ""
    tokens = there.tokens
    sentence = [i for i, t in enumerate(tokens) if t.sentence == tokens[min(matter)].sentence]
    own = {t.low for t in here.tokens}
    for i in sentence:
        if tokens[i].low not in _DENYING or own & _DENYING:
            continue
        following = {t.low for t in tokens[i + 1 : i + 5]}
        propositional = tokens[i].low.startswith("den") or bool(_CLAIMS & following)
        reach = set(range(i + 1, clause_end(tokens, i)))
        if propositional and len(matter & reach) > len(matter) / 2:
            return "denied", _named(there, i, around), tokens[i].text
    for i in sentence:
        if tokens[i].low in _SAYING and not (i and tokens[i - 1].low in ("not", "never", "first", "originally")):
            return "quoted", _named(there, i, around), tokens[i].text
    return "asserted", None, ""


def _named(there: Reading, at: int, around: Reading) -> str | None:
    speaker = _whoever(there, at, around)
    return speaker if speaker and _can_speak(speaker) else None


def _can_speak(speaker: str) -> bool:
    """Whether it is somebody: a name, or one of those whom reports leave unnamed; not an order or a draft."""
    words = speaker.split()
    if words[0].lower() in ("nobody", "none", "neither", "no"):
        return False
    return any(word[0].isupper() for word in words) or any(word.lower() in _TELLERS for word in words)


def _whoever(there: Reading, at: int, around: Reading) -> str | None:
    speaker = _speaker(there, at)
    if speaker is None or speaker.lower() not in _PRONOUNS:
        return speaker
    where = around.text.find(there.text)
    before = [t for t in around.tokens if t.end <= max(where, 0)] + list(there.tokens[:at])
    run: list[Token] = []
    for token in reversed(before):
        if token.kind == "word" and token.text[0].isupper() and token.low not in _PRONOUNS and token.content:
            run.insert(0, token)
        elif run:
            break
    return " ".join(t.text for t in run) or speaker


def _speaker(there: Reading, at: int) -> str | None:
    """The speaker of the saying verb at `at`, as the text names them: "TASS, quoting Medinsky"."""
    tokens = there.tokens
    if tokens[at].low not in ("according", "quoting", "citing", "quoted"):
        return _subject(there, at)
    first = at + 1
    while first < len(tokens) and tokens[first].low in ("to", "by", "as", "the", "a", "an"):
        first += 1
    stop = first
    while stop < len(tokens) and stop - first < 6 and tokens[stop].kind == "word":
        if not tokens[stop].content and tokens[stop].low not in ("of", "the"):
            break
        stop += 1
    if stop == first:
        return None
    named = there.text[tokens[first].start : tokens[stop - 1].end]
    teller = _subject(there, at) if tokens[at].low in ("quoting", "citing") else None
    return f"{teller}, {tokens[at].low} {named}" if teller and teller != named else named


def _subject(there: Reading, at: int) -> str | None:
    tokens = there.tokens
    follows = tokens[at + 1] if at + 1 < len(tokens) else None
    inverting = bool(at and follows) and tokens[at - 1].text in ",”\"’'" and tokens[at].low not in ("quoting", "citing")
    if inverting and follows and (follows.text[0].isupper() or follows.low in ("the", "a")):
        name = _after(there, at)  # "…, said Vladimir Medinsky": nothing but the name follows
        if name and _closes(there, at, name):
            return name
    stop = at
    while stop > 0 and (
        tokens[stop - 1].low in _BEFORE_VERB or tokens[stop - 1].text == "," or tokens[stop - 1].low.endswith(_BETWEEN)
    ):
        stop -= 1
    first = _start(tokens, stop)
    if first < stop and first > 1 and tokens[first].low in ("who", "which") and tokens[first - 1].text == ",":
        stop = first - 1  # "the minister, who may resign, said"
        first = _start(tokens, stop)
    while first < stop and tokens[first].low in ("the", "a", "an"):
        first += 1
    return there.text[tokens[first].start : tokens[stop - 1].end] if first < stop else _after(there, at)


def _closes(there: Reading, at: int, name: str) -> bool:
    end = there.text.find(name, there.tokens[at].end) + len(name)
    rest = [t for t in there.tokens[at:] if t.start >= end and t.sentence == there.tokens[at].sentence]
    return not rest or rest[0].kind == "punct"


def _start(tokens: tuple[Token, ...], stop: int) -> int:
    """Where the words before `stop` begin that can be one subject."""
    first = stop
    while first > 0 and stop - first < 7:
        token = tokens[first - 1]
        if token.sentence != tokens[stop - 1].sentence or token.low in ("that", "and", "but", "as", "when"):
            break
        if token.kind == "punct" and (token.text not in "-.'’" or _dash(tokens, first - 1)):
            break
        first -= 1
    return first


def _dash(tokens: tuple[Token, ...], at: int) -> bool:
    """Whether a hyphen stands alone, as behind a dateline: "ANKARA - The minister said"."""
    spaced = at > 0 and tokens[at - 1].end < tokens[at].start
    return tokens[at].text == "-" and spaced


def _after(there: Reading, at: int) -> str | None:
    tokens = there.tokens
    first = at + 1
    while first < len(tokens) and tokens[first].low in ("the", "a"):
        first += 1
    stop = first
    while stop < len(tokens) and stop - first < 5 and tokens[stop].kind == "word":
        if not tokens[stop].content and tokens[stop].low not in ("the", "of", "spokesman", "spokeswoman"):
            break
        stop += 1
    return there.text[tokens[first].start : tokens[stop - 1].end] if stop > first else None
