"""Ordinals: a rank and what is ranked."""

from flows.compare.amounts import is_rejected
from flows.compare.valuetypes import Ordinal, Value
from flows.compare.words import Token, listed

_RANKS = {
    word: number
    for number, word in enumerate(
        listed(
            "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
            "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
        ),
        1,
    )
}


def rank_at(tokens: tuple[Token, ...], at: int) -> int | None:
    """The rank that the word at `at` gives to what follows it; None for "at first", "a third of", the second hand."""
    token = tokens[at]
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    if token.kind == "num" and following and following.start == token.end and following.low in ("st", "nd", "rd", "th"):
        return int(token.text) if token.text.isdigit() else None
    rank = _RANKS.get(token.low)
    if rank is None or (token.text[0].isupper() and at > 0 and tokens[at - 1].text not in ".“\"‘'"):
        return None
    before = tokens[at - 1].low if at else ""
    if before in ("at", "a", "one", "two", "-") and not (before == "a" and rank == 2):
        return None  # at first; a third; one fifth; two-thirds
    if following is None or following.low.endswith("ed") or following.low in ("aid", "said", "of", "mate", "half"):
        return None
    return rank


def ordinal(text: str, tokens: tuple[Token, ...], at: int, rank: int) -> Value:
    """The ordinal at `at` with the nouns it ranks."""
    after = at + 1
    if tokens[at].kind == "num":
        after += 1
    nouns: list[str] = []
    step = after
    while step < len(tokens) and step < after + 4:
        token = tokens[step]
        if token.kind == "word" and (token.content or token.low in ("time", "month", "week", "year", "day")):
            nouns.append(token.concept)
        elif token.text != "-" and not (token.low == "of" and nouns):
            break
        step += 1
    end = tokens[step - 1].end if nouns else tokens[after - 1].end
    start = tokens[at].start
    payload = Ordinal(rank, frozenset(nouns))
    return Value("ordinal", text[start:end], start, end, _nth(rank), payload, is_rejected(tokens, at))


def _nth(rank: int) -> str:
    suffix = "th" if 10 <= rank % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{suffix}"
