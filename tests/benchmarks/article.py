"""What an article costs: one about something else beside its extraction, one about the event beside the usual way."""

import statistics
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from flows.compare import Comparer
from flows.read.articles import read_page
from flows.read.passages import split
from seeds import bundled_seeds
from seeds.model import load
from tests.benchmarks.baseline import MISSING, Baseline
from tests.benchmarks.measure import Row, cpu_ms
from tests.benchmarks.steps import NOW, pages, unread
from tests.evals.newsroom import articles
from warehouse.records import Article

FACTS = 20
SMALL = " (the bundled are small; --pages takes real ones, which cost more to extract)"


def about_something_else(rounds: int, folder: Path | None) -> Iterator[Row]:
    """Extraction and gate together, against extraction alone."""
    comparer, seed = Comparer.load(), load(bundled_seeds()["istanbul-2025"])
    other = []
    for entry, html in pages(folder):
        article = read_page(entry, html, entry.url, NOW).article
        if article and not comparer.compare(seed, article, split(article.text), NOW).relevant:
            other.append((entry, html, article))
    if not other:
        return

    def extract() -> None:
        for entry, html, _ in other:
            read_page(entry, html, entry.url, NOW)

    def gate() -> None:
        for *_, article in other:
            comparer.compare(seed, article, split(article.text, article.language), NOW)

    extraction, on_top = cpu_ms([extract, gate], rounds, len(other))
    size = statistics.median(len(html) for _, html, _ in other) / 1000
    yield Row(
        "an article about something else", extraction + on_top, "ms", "its extraction", extraction, ("<=", 1.3),
        f"{len(other)} pages of {size:.0f} kB in the middle{SMALL if folder is None else ''}; on top {on_top:.2f} ms",
    )  # fmt: skip


def about_the_event(rounds: int, baseline: Baseline | None) -> Iterator[Row]:
    """One article against FACTS facts: the usual way costs so many times what ``Comparer.compare`` does."""
    comparer, seed = Comparer.load(), load(bundled_seeds()["istanbul-2025"])
    seed = seed.model_copy(update={"facts": seed.facts[:FACTS]})
    assert len(seed.facts) == FACTS
    facts = [fact.statement for fact in seed.facts]
    for name, article in _by_length(comparer):
        passages = split(article.text)
        about = f"{len(article.text.split())} words, {len(passages)} sentences, {FACTS} facts"
        works = [lambda article=article: comparer.compare(seed, unread(article), split(article.text), NOW)]
        if baseline:
            sentences = [passage.text for passage in passages]
            works.append(lambda sentences=sentences: baseline.compare(sentences, facts))
        own, *usual = cpu_ms(works, rounds)
        yield Row(f"{name}, compare", own, "ms", note=about)
        if usual:
            yield Row(
                f"{name}, the usual way", usual[0], "ms", "Comparer.compare", own, (">=", 40.0),
                f"{len(passages) * FACTS} pairs; random weights of MiniLM's size",
            )  # fmt: skip
        else:
            yield Row(f"{name}, the usual way", None, "ms", note=MISSING)


def _by_length(comparer: Comparer) -> list[tuple[str, Article]]:
    """Articles about the event: the middle one of the bundled, and two as long as the middle and the longest tenth of
    738 real ones of May 2025 are (474 and 1,090 words), made of several bundled ones, which are shorter.
    """
    seed = load(bundled_seeds()["istanbul-2025"])
    relevant = [a for a in articles() if comparer.compare(seed, a, split(a.text), NOW).relevant]
    relevant.sort(key=lambda a: len(a.text.split()))
    middle = relevant[len(relevant) // 2]

    def joined(words: int) -> Article:
        text = middle.text
        for other in relevant:
            if len(text.split()) >= words:
                break
            if other is not middle and len(other.text.split()) > 150:
                text += "\n\n" + other.text
        return replace(middle, text=text)

    return [
        ("a bundled article", middle),
        ("an article of the usual length", joined(474)),
        ("a long one", joined(1090)),
    ]
