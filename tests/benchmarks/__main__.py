"""How long the steps take here: ``python -m tests.benchmarks [--rounds N]``. One process, one thread, medians.

Compare ratios of one machine, not figures of two.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from flows.compare import Comparer
from flows.poll.feeds import parse_feed
from flows.read.articles import read_page
from flows.read.passages import split
from seeds import bundled_seeds
from seeds.model import load
from tests.evals.newsroom import articles
from tests.newsroom.coverage import load_articles, load_publishers
from tests.newsroom.feeds import feed
from tests.newsroom.pages import page
from warehouse.records import Comparison, Entry, FactRow, FeedPoll, FeedState, Reading, content_id
from warehouse.store import Warehouse

NOW = datetime(2025, 5, 20, tzinfo=UTC)
BASE = "http://127.0.0.1"


def measure(name: str, rounds: int, items: int, work: Callable[[], object]) -> None:
    """Prints the median time of one item of this work, which does so many at once."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000 / items)
    print(f"{name:34} {statistics.median(times):9.2f} ms   ({min(times):.2f} to {max(times):.2f}, {items} items)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds

    coverage = load_articles()
    feeds = [
        feed(publisher, BASE, [article for article in coverage if article.publisher == publisher])[0]
        for publisher in load_publishers().values()
    ]
    measure("parse a feed", rounds, len(feeds), lambda: [parse_feed(body, url=BASE) for body in feeds])

    pages = [
        (
            Entry(one.slug, "f", f"{BASE}/{one.slug}", None, one.title, "", None, one.published_at, NOW),
            page(one, BASE, ()),
        )
        for one in coverage
    ]
    raw = [(entry, html.encode()) for entry, html in pages]
    measure("read a page", rounds, len(raw), lambda: [read_page(entry, html, entry.url, NOW) for entry, html in raw])

    texts = articles()
    measure("split an article", rounds, len(texts), lambda: [split(article.text) for article in texts])

    began = time.perf_counter()
    comparer = Comparer.load()
    print(f"{'load the weights':34} {(time.perf_counter() - began) * 1000:9.2f} ms")
    seed = load(bundled_seeds()["istanbul-2025"])
    ready = [(article, split(article.text)) for article in texts]
    done: list[Comparison] = [comparer.compare(seed, article, passages, NOW) for article, passages in ready]
    for name, about in (("compare an article about the event", True), ("compare one about something else", False)):
        some = [pair for pair, result in zip(ready, done, strict=True) if result.relevant == about]
        measure(
            name,
            max(rounds // 2, 1),
            len(some),
            lambda some=some: [comparer.compare(seed, *pair, NOW) for pair in some],
        )

    def store() -> None:
        with TemporaryDirectory() as folder:
            warehouse = Warehouse(Path(folder) / "bench.duckdb")
            warehouse.begin_run("bench", [seed.seed], NOW, "bench")
            facts = [FactRow(fact.id, fact.statement, seed.as_of_fact(fact), n) for n, fact in enumerate(seed.facts)]
            warehouse.save_seed(seed.seed, seed.title, done[0].facts_version, seed.as_of, facts, at=NOW)
            state = FeedState(content_id(BASE), BASE)
            entries = tuple(Entry(a.entry_id, state.feed_id, a.url, None, a.title, "", None, NOW, NOW) for a in texts)
            warehouse.save_polls("bench", [FeedPoll("new", state, entries)], NOW)
            warehouse.save_readings("bench", [Reading(a.entry_id, "page", NOW, article=a) for a in texts])
            warehouse.save_comparisons("bench", done)
            warehouse.publish()

    measure("store an article with its findings", rounds, len(texts), store)


if __name__ == "__main__":
    main()
