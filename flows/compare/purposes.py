"""Purposes: the fact says what something is about or aims at, the passage that it is not about that."""

from flows.compare.polarity import refused
from flows.compare.reading import Reading, value_at
from flows.compare.valuetypes import Claimed, ValuePair
from flows.compare.words import Token, bag, phrase

_AIMING = bag(
    "aim aims aimed intended meant designed seek seeks sought serve serves focus focuses focused concern concerns"
)
_SAYS_AIM = _AIMING | {"about"}
_LINKS = bag("at for to on")
_DENYING = (
    ("not", "about"), ("not", "aimed", "at"), ("not", "intended", "to"), ("not", "meant", "to"), ("not", "seek"),
    ("not", "aim", "at"), ("not", "aim", "for"), ("not", "aim", "to"), ("not", "focus", "on"), ("not", "focused", "on"),
    ("not", "designed", "to"), ("never", "about"), ("not", "for"), ("not", "concern"), ("not", "meant", "for"),
    ("nothing", "to", "do", "with"), ("not", "serve"), ("not", "deal", "with"),
)  # fmt: skip


def denials(here: Reading, there: Reading) -> list[ValuePair]:
    """A conflict where the passage says of the fact's subject that it is not about the fact's aim."""
    if here.lows.isdisjoint(_SAYS_AIM):
        return []
    told = _aim(here.tokens)
    if told is None:
        return []
    at, subject, aim = told
    tokens = there.tokens
    for step, token in enumerate(tokens):
        short = token.low.endswith(("n't", "n’t"))
        width = max(
            (
                len(cue)
                for cue in _DENYING
                if (token.low == cue[0] or (short and cue[0] == "not")) and phrase(tokens, step + 1, *cue[1:])
            ),
            default=0,
        )
        if not width or refused(tokens, step):
            continue
        before = {t.concept for t in tokens[max(0, step - 5) : step] if t.sentence == token.sentence}
        denied = _phrase(tokens, step + width)
        if phrase(tokens, step + width, "only") or phrase(tokens, step + width, "just"):
            continue
        if subject in before and len(aim & denied) * 2 >= len(aim):
            mine = value_at(here, "negation", at, at + 1, Claimed(subject, False))
            its = value_at(there, "negation", step, step + width, Claimed(subject, True))
            return [ValuePair("negation", mine, its, 0.78)]
    return []


def _aim(tokens: tuple[Token, ...]) -> tuple[int, str, frozenset[str]] | None:
    """Where a fact tells a purpose, of what (its concept) and which: the first words of it."""
    for at in range(1, len(tokens)):
        low = tokens[at].low
        about = low == "about" and tokens[at - 1].low in ("is", "are", "was", "were")
        if not about and low not in _AIMING:
            continue
        back = at - 1
        while back > 0 and tokens[back].low in ("is", "are", "was", "were", "to", "will"):
            back -= 1
        if not tokens[back].content or tokens[back].text[:1].isupper() or refused(tokens, at):
            return None
        step = at + 1 + (at + 1 < len(tokens) and tokens[at + 1].low in _LINKS)
        aim = _phrase(tokens, step)
        return (at, tokens[back].concept, aim) if aim else None
    return None


def _phrase(tokens: tuple[Token, ...], first: int) -> frozenset[str]:
    """The concepts of the noun phrase at `first`."""
    found: set[str] = set()
    for step in range(first, min(len(tokens), first + 6)):
        token = tokens[step]
        if token.kind == "punct" or (
            found and token.low in ("by", "and", "or", "but", "in", "with", "that", "of", "for")
        ):
            break
        if token.content:
            found.add(token.concept)
    return frozenset(found)
