"""What a seed is about that has no groups of words for it: the names that its title, summary and facts come back to."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from flows.compare.names import POSTS, STATES
from flows.compare.words import STOP, bag

_NO_NAMES = STOP | POSTS | frozenset(STATES) | bag(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december mr mrs ms dr sir lord lady"
)  # fmt: skip
_OF_A_COUNTRY = ("n", "an", "ans", "ian", "ians", "ish", "ese", "i")
_WORD = re.compile(r"[^\W\d_][\w’'-]*|[^\w\s]")


def central(title: str, summary: str, statements: Iterable[str]) -> dict[str, float]:
    """The names of a seed, each with the share of its texts (title, sentences of the summary, facts) that have it, the
    commonest first. A surname counts for the full name, an adjective for the country."""
    texts = (title, *re.split(r"(?<=[.!?])\s+", summary), *statements)
    counted: Counter[str] = Counter()
    sure: set[str] = set()
    for text in texts:
        found = list(_names(text))
        counted.update(sorted({name for name, _ in found}))
        sure |= {name for name, opens in found if not opens}
    shares: Counter[str] = Counter()
    for name, count in counted.items():
        if name in sure:
            shares[_of_which(name, sure)] += count
    return {name: min(1.0, count / len(texts)) for name, count in shares.most_common()}


def _names(text: str) -> Iterator[tuple[str, bool]]:
    """The names of a text, and whether the capital may be only that of the sentence."""
    held: list[str] = []
    start = 0
    for at, found in enumerate([*_WORD.finditer(text), None]):
        word = re.sub(r"[’']s$", "", found[0]) if found else ""
        if word[:1].isupper() and word.lower() not in _NO_NAMES:
            start = start if held else at
            held.append(word)
            if word == (found[0] if found else ""):
                continue  # with a genitive's ending the name is over
        if held:
            yield " ".join(held), start == 0 and len(held) == 1
            held = []


def _of_which(name: str, names: set[str]) -> str:
    """The full name of a surname, and the country of its adjective, where the seed has it; else the name."""
    for other in sorted(names, key=lambda n: (-len(n), n)):
        if other != name and other.endswith(f" {name}"):
            return other
    for other in sorted(names):
        stem = re.sub(r"(?:ey|[aey])$", "", other)
        if len(stem) > 3 and name.startswith(stem) and name.removeprefix(stem) in _OF_A_COUNTRY:
            return other
    return name
