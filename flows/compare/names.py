"""Names of people in a text, the words for posts, and whether two names can be one person's."""

from collections.abc import Mapping
from typing import Literal

from rapidfuzz import fuzz

from flows.compare.words import STOP, Token, bag

State = Literal["current", "former", "acting", "deputy", "future", "then", "honorary"]

STATES: dict[str, State] = {
    "former": "former", "ex": "former", "onetime": "former", "formerly": "former", "erstwhile": "former",
    "then": "then", "outgoing": "current", "current": "current", "incumbent": "current", "sitting": "current",
    "permanent": "current", "serving": "current", "retired": "former",
    "previously": "former", "acting": "acting", "interim": "acting", "caretaker": "acting", "deputy": "deputy",
    "vice": "deputy", "assistant": "deputy", "incoming": "future", "designate": "future", "elect": "future",
    "future": "future", "honorary": "honorary", "late": "then", "once": "former",
}  # fmt: skip
POSTS = bag(
    "president minister premier chancellor secretary governor mayor senator ambassador envoy negotiator chairman "
    "chairwoman chair director commissioner commander general prosecutor spokesman spokeswoman treasurer coach "
    "captain ceo executive king queen prince pope judge justice chief head leader diplomat speaker sheriff "
    "attorney rapporteur aide adviser advisor"
)
_TITLES = bag("mr mrs ms dr sir lord lady")
_NOT_NAMES = bag(
    "the a an in on at by it he she they but and after before when while if as for from with this that these "
    "those monday tuesday wednesday thursday friday saturday sunday january february march april may june july "
    "august september october november december ukrainian russian european western eastern northern southern u.s. "
    "us uk eu un"
)
_PARTICLES = bag("al bin de van von der da dos el di la ben")


def is_name_word(tokens: tuple[Token, ...], at: int) -> bool:
    token = tokens[at]
    if token.kind != "word" or not token.text[:1].isupper() or token.low in _NOT_NAMES:
        return False
    if token.low in STOP:
        return False
    return (
        token.low not in POSTS and token.low not in STATES and not (len(token.concept) == 2 and token.concept.isupper())
    )


def name_at(tokens: tuple[Token, ...], at: int) -> tuple[str, int]:
    """The name that starts at `at` in lower case, and the position after it; "" where none does."""
    step = at
    while step < len(tokens) and tokens[step].low in _TITLES:
        step += 1
        if step < len(tokens) and tokens[step].text == ".":
            step += 1
    first = step
    parts: list[str] = []
    while step < len(tokens) and len(parts) < 5:
        token = tokens[step]
        glued = step == first or token.start - tokens[step - 1].end <= 1
        if (is_name_word(tokens, step) and glued) or (token.low in _PARTICLES and parts):
            parts.append(token.low)
        elif not (
            token.text in "-."
            and parts
            and glued
            and step + 1 < len(tokens)
            and is_name_word(tokens, step + 1)
            and (token.text == "-" or len(parts[-1]) == 1)
        ):
            break
        step += 1
    while parts and parts[-1] in _PARTICLES:
        parts.pop()
        step -= 1
    return (" ".join(parts), step) if parts else ("", at)


def name_before(tokens: tuple[Token, ...], at: int) -> tuple[str, int]:
    """The name that ends just before `at`, and where it starts."""
    first = at
    while first > 0 and (is_name_word(tokens, first - 1) or tokens[first - 1].low in ("van", "von", "de", "al", "der")):
        first -= 1
    while first < at and not is_name_word(tokens, first):
        first += 1
    if first == at:
        return "", at
    return " ".join(t.low for t in tokens[first:at]), first


def same_person(a: str, b: str, aliases: Mapping[str, str]) -> bool:
    """Whether two names can be one person's: the surnames agree, spelling aside, and no given names differ."""
    x, y = _full(a, aliases), _full(b, aliases)
    if not x or not y or fuzz.ratio(x[-1], y[-1]) < 82:
        return False
    return len(x) == 1 or len(y) == 1 or x[0][0] == y[0][0] or fuzz.ratio(x[0], y[0]) >= 60


def _full(name: str, aliases: Mapping[str, str]) -> list[str]:
    words = aliases.get(name, name).split()
    return aliases.get(words[-1], " ".join(words)).split() if words else []
