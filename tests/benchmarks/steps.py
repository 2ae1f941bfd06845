"""The steps one by one on the bundled coverage: what an item costs, and reading pages against bare trafilatura."""

import gzip
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from trafilatura import bare_extraction

from flows.compare import Comparer
from flows.poll.formats import parse_feed
from flows.read.articles import read_page
from flows.read.passages import split
from seeds import bundled_seeds
from seeds.errors import InputError
from seeds.model import load
from tests.benchmarks.measure import Row, cpu_ms
from tests.evals.newsroom import articles
from tests.newsroom.coverage import load_articles, publishers_of
from tests.newsroom.feeds import feed
from tests.newsroom.pages import page
from warehouse.records import Article, Entry, FactRow, FeedPoll, FeedState, Reading, content_id
from warehouse.store import Warehouse

NOW = datetime(2025, 5, 20, tzinfo=UTC)
BASE = "http://127.0.0.1"


def pages(folder: Path | None) -> list[tuple[Entry, bytes]]:
    """The pages of this folder (``*.html``, ``*.html.gz``), or the bundled ones. InputError if it has none."""
    if folder is None:
        return [
            (_entry(one.slug, one.title, one.published_at), page(one, BASE, ()).encode()) for one in load_articles()
        ]
    paths = sorted([*folder.glob("*.html"), *folder.glob("*.html.gz")])
    if not paths:
        raise InputError(f"{folder}: has no *.html or *.html.gz")
    return [
        (_entry(p.name, "", NOW), gzip.decompress(p.read_bytes()) if p.suffix == ".gz" else p.read_bytes())
        for p in paths
    ]


def _entry(slug: str, title: str, at: datetime) -> Entry:
    return Entry(slug, "f", f"{BASE}/{slug}", None, title, "", None, at, NOW)


_moments = count(1)


def unread(article: Article) -> Article:
    """The article a moment later: the engine keeps what it has read of a text of one time, and reads it once only."""
    return replace(article, published_at=(article.published_at or NOW) + timedelta(milliseconds=next(_moments)))


def rows(rounds: int, folder: Path | None) -> Iterator[Row]:
    """One row a step, each as soon as it is measured."""
    coverage = load_articles()
    feeds = [feed(p, BASE, [a for a in coverage if a.publisher == p])[0] for p in publishers_of(coverage).values()]
    (took,) = cpu_ms([lambda: [parse_feed(body, url=BASE) for body in feeds]], rounds, len(feeds))
    yield Row("parse a feed", took, "ms")

    raw = pages(folder)
    markup = [(entry, html, html.decode(errors="replace")) for entry, html in raw]
    own, bare = cpu_ms(
        [
            lambda: [read_page(entry, html, entry.url, NOW) for entry, html, _ in markup],
            lambda: [
                bare_extraction(text, fast=True, include_comments=False, with_metadata=False) for *_, text in markup
            ],
        ],
        rounds,
        len(markup),
    )
    yield Row(
        "read pages",
        1000 / own,
        "a second",
        "bare trafilatura",
        1000 / bare,
        (">=", 0.9),
        f"{len(raw)} pages; one core",
    )

    texts = articles()
    (took,) = cpu_ms([lambda: [split(article.text) for article in texts]], rounds, len(texts))
    yield Row("split an article", took, "ms")
    began = time.process_time()
    comparer = Comparer.load()
    yield Row("load the weights", (time.process_time() - began) * 1000, "ms")
    yield from _compared(comparer, texts, rounds)


def _compared(comparer: Comparer, texts: list[Article], rounds: int) -> Iterator[Row]:
    seed = load(bundled_seeds()["istanbul-2025"])
    ready = [(article, split(article.text)) for article in texts]
    done = [comparer.compare(seed, article, passages, NOW) for article, passages in ready]
    some = [pair for pair, result in zip(ready, done, strict=True) if result.relevant]
    rounds_here = max(rounds // 2, 1)
    (took,) = cpu_ms(
        [lambda: [comparer.compare(seed, unread(article), passages, NOW) for article, passages in some]],
        rounds_here,
        len(some),
    )
    yield Row(f"compare an article with {len(seed.facts)} facts", took, "ms", note=f"{len(some)} articles")

    def store() -> None:
        with TemporaryDirectory() as where:
            warehouse = Warehouse(Path(where) / "bench.duckdb")
            warehouse.begin_run("bench", [seed.seed], NOW, "bench")
            facts = [FactRow(fact.id, fact.statement, seed.as_of_fact(fact), n) for n, fact in enumerate(seed.facts)]
            warehouse.save_seed(seed.seed, seed.title, done[0].facts_version, seed.as_of, facts, at=NOW)
            state = FeedState(content_id(BASE), BASE)
            entries = tuple(Entry(a.entry_id, state.feed_id, a.url, None, a.title, "", None, NOW, NOW) for a in texts)
            warehouse.save_polls("bench", [FeedPoll("new", state, entries)], NOW)
            warehouse.save_readings("bench", [Reading(a.entry_id, "page", NOW, article=a) for a in texts])
            warehouse.save_comparisons("bench", done)
            warehouse.publish()

    (took,) = cpu_ms([store], rounds, len(texts))
    yield Row("store an article with its findings", took, "ms")
