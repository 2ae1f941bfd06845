"""Negation and antonyms: the words that a text asserts, denies, or says the opposite of."""

from collections.abc import Iterator

from flows.compare.valuetypes import Claimed, Value
from flows.compare.words import IRREGULAR, STOP, Token, bag, concept

_NEGATORS = bag("not never cannot neither nobody none without")
_REFUSALS = bag("refused refuses refusing failed fails declined declines stopped refrained")
_DENIALS = bag("denied denies deny denying")
_NOBODY = bag("neither nobody none")
_IDLE_NO = bag("longer doubt matter more fewer less comment immediate reports word")
_NOT_NEGATING = bag("only just merely because necessarily even least more less fewer later until")
_AUXILIARIES = bag("is are was were has have had will would did does do been be being to not never also")

_NOT_VERBS = bag("aged deaths dead men women children beginning dying dies")

# Words that cannot both be said of the same thing at the same time.
_OPPOSITES: dict[str, frozenset[str]] = {}
for _line in """
UP|DOWN
accept|reject
win|lose
open|close
appoint|dismiss
support|oppose
present|absent
strengthen|weaken
allow|ban
lawful|unlawful
acquit|convict
admit|deny
resume|suspend
extend|shorten
double|halve
upgrade|downgrade
before|after
first|last
faster|slower
warmest|coldest
hottest|coldest
highest|lowest
largest|smallest
biggest|smallest
higher|lower
profit|loss lose
surplus|deficit
uphold|overturn
forward|postpon
reinstat|dismiss
unanim|split
raise|DOWN
""".strip().splitlines():
    _one, _others = _line.split("|")
    for _other in _others.split():
        _a = _one if _one.isupper() else concept(_one)
        _b = _other if _other.isupper() else concept(_other)
        _OPPOSITES[_a] = _OPPOSITES.get(_a, frozenset()) | {_b}
        _OPPOSITES[_b] = _OPPOSITES.get(_b, frozenset()) | {_a}
_TEMPORAL = frozenset(("before", "after"))
_ANYWAY = _TEMPORAL | {"first", "last", "absent"}


def opposites(word: str) -> frozenset[str]:
    """The concepts that exclude this one; empty for most words."""
    return _OPPOSITES.get(word, frozenset())


def negated(tokens: tuple[Token, ...]) -> frozenset[int]:
    """The positions of the content words that a negation reaches."""
    reached: set[int] = set()
    for at, token in enumerate(tokens):
        low = token.low
        following = tokens[at + 1].low if at + 1 < len(tokens) else ""
        if low in _NEGATORS or low.endswith(("n't", "n’t")):
            single = at + 2 < len(tokens) and tokens[at + 2].low == "single"
            if following in _NOT_NEGATING or (low == "without" and following == "a" and not single):
                continue
        elif low == "no":
            if following in _IDLE_NO:
                continue
        elif low not in _REFUSALS or (following != "to" and low != "refrained"):
            continue
        # "did not sign" reaches the verb, "no deal was signed" and "neither pilot survived" noun and verb.
        most = 3 if low in _NOBODY or (low == "no" and following == "one") else 2 if low in ("no", "without") else 1
        if low == "none" and following == "of":
            most = 5  # "none of the four banks failed"
        count = 0
        for step in range(at + 1, min(len(tokens), at + 8)):
            if tokens[step].clause != token.clause and tokens[step].kind == "punct":
                break
            if tokens[step].low in ("whether", "if"):
                break  # "refused to say whether it would appeal"
            if tokens[step].content:
                reached.add(step)
                count += 1
                if count == most:
                    break
    return frozenset(reached)


_UNSURE = bag(
    "if unless whether may might could should must would urged asked told forced expected likely unlikely refused "
    "refuses refusing threatened threatens considering considers mulls reportedly not never n't no rumours rumors "
    "perhaps possibly allegedly demanded demands pressed wants wanted hopes hoped fears feared risks risk"
)


def refused(tokens: tuple[Token, ...], at: int) -> bool:
    """Whether a word shortly before `at`, in its clause, keeps it from being told: "may", "if", "refused to", "not"."""
    near = tokens[max(0, at - 6) : at]
    return any(
        (t.low in _UNSURE or t.low.endswith(("n't", "n’t"))) and t.clause == tokens[at].clause and t.text != "May"
        for t in near
    )


def denied(tokens: tuple[Token, ...], at: int) -> bool:
    """Whether somebody denies the word at `at` ("denied having met"): then it is neither told nor untold."""
    return any(t.low in _DENIALS and t.sentence == tokens[at].sentence for t in tokens[max(0, at - 6) : at])


def predicate(tokens: tuple[Token, ...]) -> int | None:
    """The position of the word that most likely is the main verb of a short statement."""
    spare: int | None = None
    for at, token in enumerate(tokens):
        if token.kind != "word" or at == 0 or not token.content or token.text[:1].isupper():
            continue
        before = tokens[at - 1]
        if (
            before.low in _AUXILIARIES
            or is_past(token)
            or (token.low.endswith("ed") and before.low not in ("the", "a", "an"))
        ):
            return at
        if spare is None and token.low.endswith("s") and before.text[:1].isupper():
            spare = at
    return spare


def is_past(token: Token) -> bool:
    """Whether the word is an irregular past form."""
    return token.low in IRREGULAR and token.low not in _NOT_VERBS


def find(tokens: tuple[Token, ...], reached: frozenset[int]) -> Iterator[Value]:
    """The words of a text that have an opposite, each asserted or negated."""
    for at, token in enumerate(tokens):
        word = token.low if token.low in _ANYWAY else token.concept
        if word in _OPPOSITES and (token.low not in STOP or token.low in _ANYWAY):
            no = at in reached
            shown = f"not {token.low}" if no else token.low
            yield Value("antonym", token.text, token.start, token.end, shown, Claimed(word, no))
