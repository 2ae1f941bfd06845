"""Contrast pairs from real news sentences: one value changed against the sentence as it was.

Every edit makes a block in which the original and the edited text are claim and evidence in turn, so that neither
side alone gives the label away.
"""

# ruff: noqa: S311  seeded draws hide nothing

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from flows.compare.training.articles import Article, articles, headed, usable, with_neighbours
from flows.compare.training.data import Pair, content_words
from flows.compare.training.edits import bounds, edits_among, shorten, weakened, without_detail
from flows.compare.training.restyle import restyle


def _neighbour(article: Article, at: int, event: list[Article]) -> str | None:
    """Return the sentence of the event that shares most words with the given one without repeating it."""
    mine = content_words(article.sentences[at])
    best, score = None, 0.12
    for other in event:
        for index, sentence in enumerate(other.sentences):
            if (other is article and abs(index - at) < 1) or not usable(sentence):
                continue
            words = content_words(sentence)
            share = len(mine & words) / max(1, len(mine | words))
            # Above a half the two say the same thing more often than not.
            if score < share < 0.5:
                best, score = sentence, share
    return best


def contrast_pairs(data: Path, seed: int, blocks: int) -> Iterator[Pair]:
    """Yield about three pairs for each of `blocks` edited sentences, balanced over the labels."""
    draw = random.Random(f"contrast:{seed}")
    found = articles(data)
    # What several events share is furniture of the site.
    seen = Counter(s for _, s in {(a.event, s) for a in found for s in a.sentences})
    events: dict[str, list[Article]] = {}
    for article in found:
        events.setdefault(article.event, []).append(article)
    edits = edits_among(s for a in found for s in a.sentences)
    spots = [(a, i) for a in found for i, s in enumerate(a.sentences) if usable(s) and seen[s] == 1]
    made = 0
    while made < blocks:
        article, at = draw.choice(spots)
        original = article.sentences[at]
        if draw.random() < 0.06 and (forms := bounds(original, draw)) is not None:
            met, broken, vague = forms
            day = article.day if draw.random() < 0.7 else None
            made += 1
            yield Pair(met, original, "supports", "contrast", "range", article.event, day)
            yield Pair(broken, original, "contradicts", "contrast", "range", article.event, day)
            yield Pair(original, vague, "neutral", "contrast", "range", article.event, day)
            continue
        kind, edit, _ = draw.choices(edits, [w for *_, w in edits])[0]
        edited = edit(original, draw)
        if edited is None or edited == original:
            continue
        made += 1
        rolls = random.Random(draw.random())
        short, short_edited = shorten(original, random.Random(made)), shorten(edited, random.Random(made))
        if short == short_edited:
            short, short_edited = original, edited
        day = article.day if draw.random() < 0.7 else None
        context = draw.random() < 0.5

        def pair(claim: str, text: str, label: str, name: str) -> Pair:
            evidence = with_neighbours(article, at, text, rolls) if context else text  # noqa: B023  used at once
            # An edited sentence may gainsay its headline.
            if text == original and article.title and not context and rolls.random() < 0.4:  # noqa: B023
                evidence = headed(article, text)  # noqa: B023
            if rolls.random() < 0.5:  # noqa: B023
                claim = restyle(claim, rolls)  # noqa: B023
            return Pair(claim, evidence, label, "contrast", name, article.event, day)  # type: ignore[arg-type]  # noqa: B023

        if draw.random() < 0.6:
            yield pair(short, original, "supports", "paraphrase")
            yield pair(short_edited, original, "contradicts", kind)
        else:
            yield pair(short, edited, "contradicts", kind)
            yield pair(short_edited, edited, "supports", "paraphrase")
        chosen = short if draw.random() < 0.5 else short_edited
        neutral = draw.random()
        detail = without_detail(short, draw) if neutral < 0.45 else None
        modal = weakened(original, draw) if 0.45 <= neutral < 0.7 else None
        if detail and detail != short:
            # The fuller claim is not decided by the shorter evidence; turned round it is.
            if draw.random() < 0.6:
                yield Pair(short, detail, "neutral", "contrast", "less_specific", article.event, day)
            else:
                yield Pair(detail, original, "supports", "contrast", "less_specific", article.event, day)
                yield Pair(short, detail, "neutral", "contrast", "less_specific", article.event, day)
        elif modal and modal != original:
            yield Pair(short, modal, "neutral", "contrast", "modality", article.event, day)
        else:
            other = _neighbour(article, at, events[article.event])
            if other is not None:
                yield Pair(chosen, other, "neutral", "contrast", "other_statement", article.event, day)
