"""A headline against passages of its own article: a claim in other words, its details spread over sentences."""

import random
from collections.abc import Iterator
from pathlib import Path

from flows.compare.training.articles import Article, articles
from flows.compare.training.data import EVIDENCE_WORDS, Pair, content_words
from flows.compare.training.edits import edits_among


def _told_in(article: Article, words: int) -> str | None:
    """Return the passage of the article that tells its headline, in the order of the text; None if it does not.

    Headlines boast and pun: one whose words, names and numbers the passage does not have is left out, or the model
    would learn to support what is not said.
    """
    wanted = content_words(article.title)
    if not 5 <= len(article.title.split()) <= 22 or len(wanted) < 4 or "?" in article.title:
        return None
    ranked = sorted(range(len(article.sentences)), key=lambda i: -len(wanted & content_words(article.sentences[i])))
    chosen: list[int] = []
    size = 0
    for index in ranked:
        length = len(article.sentences[index].split())
        if size + length <= words:
            chosen.append(index)
            size += length
    passage = " ".join(article.sentences[i] for i in sorted(chosen))
    there = content_words(passage)
    hard = {w for w in wanted if any(c.isdigit() for c in w)} | {
        w.lower() for w in article.title.split()[1:] if w[:1].isupper() and len(w) > 3
    }
    if len(wanted & there) / len(wanted) < 0.7 or (hard & wanted) - there:
        return None
    return passage


def headline_pairs(data: Path, draw: random.Random) -> Iterator[Pair]:
    """Yield for each usable headline one support, edited ones that contradict, and one against another article."""
    found = articles(data)
    edits = edits_among(s for a in found for s in a.sentences)
    earlier: tuple[str, Article] | None = None
    for article in found:
        passage = _told_in(article, draw.choice((45, 70, EVIDENCE_WORDS)))
        if passage is None:
            continue
        title = article.title.rstrip(".") + "."
        yield Pair(title, passage, "supports", "headline", "paraphrase", article.event, article.day)
        made = {kind: edited for kind, edit, _ in edits if (edited := edit(title, draw)) not in (None, title)}
        for kind in draw.sample(sorted(made), min(2, len(made))):
            yield Pair(str(made[kind]), passage, "contradicts", "headline", kind, article.event, article.day)
        rest = " ".join(s for s in article.sentences if s not in passage).split()[:EVIDENCE_WORDS]
        if len(rest) > 40 and len(content_words(title) & content_words(" ".join(rest))) < 3:
            yield Pair(title, " ".join(rest), "neutral", "headline", "other_statement", article.event, article.day)
        elif earlier is not None:
            yield Pair(title, earlier[0], "neutral", "headline", "other_event", article.event, earlier[1].day)
        earlier = (passage, article)
