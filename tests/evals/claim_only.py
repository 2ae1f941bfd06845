"""How much of a set can be guessed from the claim alone, without its evidence: what a model must beat to have read it.

A multinomial naive Bayes over the claim's words and pairs of words, cross-validated. Pairs that share a claim, an
evidence or a group are in one fold: otherwise the label of a claim's twin would be learned, or its opposite.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise

from tests.evals.sets import Pair

FOLDS = 5
_WORD = re.compile(r"\w+|[^\w\s]")


def guesses(pairs: Sequence[Pair]) -> list[str]:
    """For each pair the label that the claims of the other folds suggest."""
    fold = folds(pairs)
    bags = [_bag(pair.claim) for pair in pairs]
    said = [""] * len(pairs)
    for held_out in range(FOLDS):
        training = [n for n in range(len(pairs)) if fold[n] != held_out]
        model = _Bayes([bags[n] for n in training], [pairs[n].label for n in training])
        for n in range(len(pairs)):
            if fold[n] == held_out:
                said[n] = model(bags[n])
    return said


def folds(pairs: Sequence[Pair], count: int = FOLDS) -> list[int]:
    """A fold for each pair; pairs that are joined by a shared text or group, over however many others, share theirs."""
    parent = list(range(len(pairs)))

    def root(n: int) -> int:
        while parent[n] != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n

    first: dict[tuple[str, str], int] = {}
    for n, pair in enumerate(pairs):
        for key in (("claim", pair.claim), ("evidence", pair.evidence), ("group", pair.group)):
            if key[1]:
                parent[root(n)] = root(first.setdefault(key, n))
    families: dict[int, list[int]] = defaultdict(list)
    for n in range(len(pairs)):
        families[root(n)].append(n)
    sizes = [0] * count
    fold = [0] * len(pairs)
    for family in sorted(families.values(), key=lambda members: (-len(members), members[0])):
        smallest = sizes.index(min(sizes))
        sizes[smallest] += len(family)
        for n in family:
            fold[n] = smallest
    return fold


def _bag(claim: str) -> frozenset[str]:
    words = _WORD.findall(claim.lower())
    return frozenset(words) | {f"{a} {b}" for a, b in pairwise(words)}


class _Bayes:
    """Naive Bayes with add-one smoothing; every label has the same prior, since macro recall is what is asked."""

    def __init__(self, bags: Sequence[frozenset[str]], labels: Sequence[str]) -> None:
        counts: dict[str, Counter[str]] = {label: Counter() for label in sorted(set(labels))}
        for bag, label in zip(bags, labels, strict=True):
            counts[label].update(bag)
        vocabulary = len(set().union(*counts.values())) if counts else 0
        self._unseen = {label: -math.log(c.total() + vocabulary) for label, c in counts.items()}
        self._weights = {
            label: {word: math.log(n + 1) + self._unseen[label] for word, n in c.items()} for label, c in counts.items()
        }

    def __call__(self, bag: frozenset[str]) -> str:
        scores = {
            label: math.fsum(weights.get(word, self._unseen[label]) for word in bag)
            for label, weights in self._weights.items()
        }
        return max(scores, key=lambda label: scores[label], default="")
