"""The few passages of an article that are worth the model's time for a fact."""

from collections.abc import Mapping, Sequence

import numpy as np

from flows.compare.model import Embedding, Vector
from flows.compare.words import concepts, words
from warehouse.records import Passage

KEEP = 4
"""Passages a fact is compared with at most."""

FLOOR = 0.22
"""Score below which a passage says nothing about a fact: half cosine, half share of the fact's words."""


class Shortlist:
    """The passages of one article, ready to be asked for each fact."""

    def __init__(self, passages: Sequence[Passage], embedding: Embedding, names: Mapping[str, str] = {}) -> None:
        self._passages = passages
        self._embedding = embedding
        self._names = frozenset(names.items())
        texts = [passage.text for passage in passages]
        self._vectors: Vector = np.stack([embedding(text) for text in texts]) if texts else np.zeros((0, 1), np.float32)
        self._concepts = [self._read(text) for text in texts]

    def __call__(self, fact: str, aliases: Sequence[str] = ()) -> list[Passage]:
        """At most KEEP passages, the most promising first."""
        if not self._passages:
            return []
        wanted = self._read(fact)
        other = [self._read(alias) for alias in aliases]
        cosines = self._vectors @ self._embedding(" ".join([fact, *aliases]))
        scores = [
            0.5 * float(cosine) + 0.5 * max(_share(w, there) for w in (wanted, *other))
            for cosine, there in zip(cosines, self._concepts, strict=True)
        ]
        order = sorted(range(len(scores)), key=lambda i: (-scores[i], i))
        return [self._passages[i] for i in order[:KEEP] if scores[i] >= FLOOR]

    def _read(self, text: str) -> frozenset[str]:
        return concepts(words(text, self._names))


def _share(wanted: frozenset[str], there: frozenset[str]) -> float:
    return len(wanted & there) / len(wanted) if wanted else 0.0
