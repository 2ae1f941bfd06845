"""Claims against other sentences of their own article: the same event, another matter. Most of what a run compares."""

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from flows.compare.training.articles import Article, articles, headed, usable
from flows.compare.training.data import Pair, content_words
from flows.compare.training.edits import edits_among, shorten
from flows.compare.training.restyle import restyle

NEAREST = 8
"""An aside is drawn from so many sentences that share most words with the claim."""

RESTATED = 0.45
"""Share of the claim's words from which a sentence may say the same, in part or in other words."""


def _shared(claim: str, text: str) -> float:
    """Return the share of the claim's words that the text has too."""
    mine = content_words(claim)
    return len(mine & content_words(text)) / max(1, len(mine))


def _asides(article: Article, at: int) -> list[int]:
    """Return the places of the sentences that share most words with the one at `at` and do not restate it."""
    shares = {
        place: _shared(article.sentences[at], sentence)
        for place, sentence in enumerate(article.sentences)
        if place != at and usable(sentence)
    }
    return sorted((p for p in shares if shares[p] < RESTATED), key=lambda p: (-shares[p], p))[:NEAREST]


def aside_pairs(data: Path, draw: random.Random, count: int) -> Iterator[Pair]:
    """Yield neutral pairs, half of them with a value of the claim changed: a value that differs is no contradiction
    where the sentence is about something else. Some evidence stands under the headline, as at run time."""
    found = [a for a in articles(data) if len(a.title.split()) >= 5 and len(a.sentences) >= 6]
    furniture = Counter(s for a in found for s in set(a.sentences))
    edits = edits_among(furniture)
    made = 0
    while made < count:
        article = draw.choice(found)
        at = draw.randrange(len(article.sentences))
        claim = article.sentences[at]
        if not usable(claim) or furniture[claim] > 1 or not (others := _asides(article, at)):
            continue
        if draw.random() < 0.5:
            claim = draw.choice(edits)[1](claim, draw) or claim
        claim = shorten(claim, draw) if draw.random() < 0.5 else claim
        claim = restyle(claim, draw) if draw.random() < 0.3 else claim
        place = draw.choice(others)
        evidence = article.sentences[place]
        if draw.random() < 0.4 and _shared(claim, article.title) < RESTATED:
            evidence = headed(article, evidence)
        elif abs(place - at) > 2 and draw.random() < 0.5 and place + 1 < len(article.sentences):
            evidence = f"{evidence} {article.sentences[place + 1]}"
        made += 1
        day = article.day if draw.random() < 0.7 else None
        yield Pair(claim, evidence, "neutral", "aside", "other_statement", article.event, day)
