"""The steps of comparing: what is not compared yet, in the workers, a few articles at a time."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache

from flows.compare import Comparer, EngineError, facts_version
from flows.compare.confirm import Confirmer
from flows.compare.llm import Budget
from flows.compare.relevance import NAMED, names_event
from flows.read.passages import split
from flows.running import Run
from flows.workers import WorkFailed
from seeds.engine import BUNDLED, Endpoint, Engine, Foreign
from seeds.model import Seed
from warehouse.records import Article, Comparison
from warehouse.unread import Unread

ARTICLES_A_BATCH = 60
"""Stored together, for each process that compares: the others wait for the last of them."""

ENGINE_SECONDS = 120.0
"""For loading the weights, which takes less than one."""

DOWNLOAD_SECONDS = 3600.0
"""The same where a model may have to be fetched first."""

FACT_SECONDS = 3.0
"""For comparing one article with one fact, which takes 20 ms; each article has ten times as much besides."""

FOREIGN_PATIENCE = 20
"""So many times as long for a model from elsewhere, which may be so much larger."""


@dataclass
class Comparing:
    """The comparisons of one run, and what has been counted so far."""

    _run: Run
    compared: int = 0
    relevant: int = 0
    supports: int = 0
    contradicts: int = 0
    unchecked: Counter[str] = field(default_factory=Counter)
    unloaded: dict[str, str] = field(default_factory=dict)  # seed -> why its engine could not be loaded

    def __post_init__(self) -> None:
        self._confirming = self._confirmers()

    def _confirmers(self) -> dict[str, Confirmer]:
        """Those of the seeds that have one, by seed, on one budget. Made at the start, so that faults come up then."""
        terms = self._run.plan.llm
        if terms is None:
            return {}
        budget = Budget(terms.requests)
        return {
            seed.seed: Confirmer(seed.engine, terms, self._run.progress.note, budget)
            for seed in self._run.plan.seeds
            if isinstance(seed.engine, Endpoint)
        }

    def confirming(self, seed: Seed) -> AbstractAsyncContextManager[Confirmer | None]:
        """What confirms the seed's contradictions while it is entered, or None where nothing does."""
        return self._confirming.get(seed.seed) or nullcontext()

    async def engine(self, seed: Seed) -> str | None:
        """The name of the seed's engine, loaded in a worker; None, with what waits unchecked, if it cannot be."""
        try:
            seconds = DOWNLOAD_SECONDS if isinstance(seed.engine, Foreign) else ENGINE_SECONDS
            return await self._run.workers.run(_engine, seed.engine or BUNDLED, seconds=seconds)
        except (EngineError, WorkFailed) as error:
            self.unchecked["engine"] += self.uncompared(seed, "")
            self.unloaded[seed.seed] = str(error)
            self._run.progress.note(f"nothing was compared with {seed.seed}: {error}")
            return None

    async def note_unread(self, seed: Seed) -> None:
        """Notes the entries that name the seed's event in a language which is not read: unchecked, not silent."""
        now = datetime.now(UTC)
        unread = Unread(self._run.plan.warehouse, self._run.plan.patience)
        starts = seed.event.starts
        found = [
            entry
            for entry in unread.entries(seed.seed, now)
            if not (starts and entry.published_at and entry.published_at < starts)
            and names_event(seed, f"{entry.title}\n{entry.summary}\n{entry.beginning}")
        ]
        unread.note(self._run.run_id, seed.seed, found, now)
        self.unchecked.update(entry.reason for entry in found)

    def uncompared(self, seed: Seed, engine: str) -> int:
        return self._run.warehouse.uncompared_count(seed.seed, facts_version(seed), engine, self._run.run_id)

    def some_uncompared(self, seed: Seed, engine: str, after: Article | None = None) -> list[Article]:
        return self._run.warehouse.uncompared(
            seed.seed, facts_version(seed), engine, max(self._run.workers.width, 2) * ARTICLES_A_BATCH,
            self._run.run_id, after,
        )  # fmt: skip

    async def compare(
        self, seed: Seed, engine: str, articles: Sequence[Article], confirmer: Confirmer | None = None
    ) -> None:
        """Compares these articles with the seed's facts and stores the findings, contradictions once confirmed."""
        jobs = (self.try_some(seed, engine, batch) for batch in batches(articles, self._run.workers.grain))
        comparisons = [comparison for some in await asyncio.gather(*jobs) for comparison in some]
        if confirmer is not None:
            reviews = map(confirmer.review, itertools.repeat(seed), articles, comparisons)
            comparisons = await asyncio.gather(*reviews)
        saved = self._run.warehouse.save_comparisons(self._run.run_id, comparisons)
        self.compared += len(comparisons)
        self.relevant += sum(comparison.relevant for comparison in comparisons)
        self.supports += saved.supports
        self.contradicts += saved.contradicts
        for comparison in comparisons:
            self.unchecked.update(reason for _, reason in comparison.unchecked)

    async def try_some(
        self, seed: Seed, engine: str, articles: Sequence[Article], *, again: bool = False
    ) -> list[Comparison]:
        """Compares a few articles in one worker, each alone if that fails; in their order. Stores nothing."""
        seconds = len(articles) * FACT_SECONDS * (len(seed.facts) + 10)
        if isinstance(seed.engine, Foreign):
            seconds *= FOREIGN_PATIENCE
        try:
            done = await self._run.workers.run(_compare_articles, seed, articles, datetime.now(UTC), seconds=seconds)
        except WorkFailed as error:
            if len(articles) > 1 or (error.kind == "failed" and not again):
                # One of them; and a process that was killed from outside may not be the article's fault.
                jobs = (self.try_some(seed, engine, [article], again=True) for article in articles)
                return [comparison for some in await asyncio.gather(*jobs) for comparison in some]
            reason = f"comparison_{error.kind}"
            done = [(_undecided(seed, engine, articles[0], reason, datetime.now(UTC)), error.detail)]
        for article, (_, bug) in zip(articles, done, strict=True):
            if bug:
                self._run.progress.note(f"{article.url}: comparison failed: {bug}")
        self._run.progress.advance(len(done))
        return [comparison for comparison, _ in done]


def _engine(engine: Engine) -> str:
    return _comparer(engine).engine


def _compare_articles(seed: Seed, articles: Sequence[Article], now: datetime) -> list[tuple[Comparison, str | None]]:
    """Each article's comparison, with what it made the engine raise, if it did."""
    comparer = _comparer(seed.engine or BUNDLED)
    done: list[tuple[Comparison, str | None]] = []
    for article in articles:
        if article.language not in (*seed.reads, "und"):
            done.append((_unread(seed, comparer.engine, article, now), None))
            continue
        try:
            done.append((comparer.compare(seed, article, split(article.text, article.language), now), None))
        except MemoryError:
            raise
        except Exception as error:  # an article the engine chokes on must not cost the others theirs
            done.append((_undecided(seed, comparer.engine, article, "internal_error", now), repr(error)))
    return done


def _unread(seed: Seed, engine: str, article: Article, now: datetime) -> Comparison:
    """An article that another seed's engine reads, and this one's does not: undecided if it names the event."""
    if names_event(seed, f"{article.title}\n{article.text[:NAMED]}"):
        return _undecided(seed, engine, article, f"language:{article.language}", now)
    return replace(_undecided(seed, engine, article, "", now), unchecked=())


def _undecided(seed: Seed, engine: str, article: Article, reason: str, now: datetime) -> Comparison:
    """Nothing decided for any of the seed's facts: it is counted and told, and never means agreement."""
    return Comparison(
        seed.seed, facts_version(seed), article.article_id, engine, relevant=False, relevance=0.0, compared_at=now,
        unchecked=tuple((fact.id, reason) for fact in seed.facts),
    )  # fmt: skip


@cache
def _comparer(engine: Engine) -> Comparer:
    """One a worker process; its gates are kept too."""
    return Comparer.load(engine)


def batches(articles: Sequence[Article], characters: int) -> list[Sequence[Article]]:
    """The articles in their order, in parts of so many characters at most; one that has more is a part by itself."""
    parts: list[list[Article]] = []
    length = 0
    for article in articles:
        length += len(article.text)
        if not parts or length > characters:
            parts.append([])
            length = len(article.text)
        parts[-1].append(article)
    return list(parts)
