"""The order of the steps, once: poll, read, compare, weigh, publish. Prefect and the command line both run this.

Every step takes what the warehouse says is not done yet and stores what it did before the next begins, so a run that
was killed is taken up by the next one where it stopped, and a run without news does nothing.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Protocol, TypeVar
from uuid import uuid4

from flows.compare import Comparer, EngineError, facts_version
from flows.plan import Plan
from flows.poll.feeds import poll
from flows.poll.fetch import PAGE_TYPES, Fetcher, FetchFailure
from flows.read.articles import read_or_summarise, summary_reading
from flows.read.passages import split
from flows.weigh.standing import changed, standing
from flows.workers import pool
from seeds.model import Seed
from warehouse.records import (
    Article,
    Comparison,
    Entry,
    FactRow,
    FeedLine,
    FeedPoll,
    FeedState,
    Reading,
    RunReport,
    Standing,
    content_id,
)
from warehouse.store import Warehouse

FEEDS_A_BATCH = 50
PAGES_A_BATCH = 60
ARTICLES_A_BATCH = 60
ARTICLES_A_JOB = 4

T = TypeVar("T")


class Progress(Protocol):
    """Told how a run gets on."""

    def stage(self, name: str, total: int | None) -> None:
        """A stage of this many items begins; None: how many is not known."""

    def advance(self, n: int = 1) -> None:
        """So many items of the stage are done."""

    def note(self, line: str) -> None:
        """Something a person may want to read now."""


class Silent:
    """Progress that nobody looks at."""

    def stage(self, name: str, total: int | None) -> None: ...

    def advance(self, n: int = 1) -> None: ...

    def note(self, line: str) -> None: ...


class Do(Protocol):
    """Runs one step; Prefect runs it as a task of this name."""

    async def __call__(self, name: str, step: Callable[[], Awaitable[T]], /) -> T: ...


async def directly(_name: str, step: Callable[[], Awaitable[T]]) -> T:
    """The step itself, in this process, with nothing around it."""
    return await step()


def run_pass(plan: Plan, *, progress: Progress | None = None, trigger: str = "cli") -> RunReport:
    """One pass now, in this process, without Prefect. Raises SeedwatchError for what a person must put right."""
    return asyncio.run(run_steps(plan, progress=progress or Silent(), trigger=trigger))


async def run_steps(
    plan: Plan, *, do: Do = directly, progress: Progress, trigger: str, run_id: str | None = None
) -> RunReport:
    """One pass: what :func:`run_pass` does, with each step given to ``do``."""
    run = _Pass(plan, progress, run_id or f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{uuid4().hex[:6]}")
    try:
        async with Fetcher(
            plan.user_agent, allow_private=plan.allow_private, per_host=plan.per_host, concurrency=plan.concurrency
        ) as fetcher:
            await do("begin", lambda: run.begin(trigger))
            await _poll(run, do, fetcher)
            await _read(run, do, fetcher)
        await _compare(run, do)
        return await do("weigh and publish", run.end)
    finally:
        run.pool.shutdown(wait=False, cancel_futures=True)


async def _poll(run: "_Pass", do: Do, fetcher: Fetcher) -> None:
    run.progress.stage("Polling feeds", len(run.plan.feeds))
    for n, urls in enumerate(_batches([feed.url for feed in run.plan.feeds], FEEDS_A_BATCH), 1):
        await do(f"poll feeds {n}", lambda urls=urls: run.poll(fetcher, urls))  # type: ignore[misc]


async def _read(run: "_Pass", do: Do, fetcher: Fetcher) -> None:
    entries = await do("list entries to read", run.pending)
    run.progress.stage("Reading articles", len(entries))
    for n, batch in enumerate(_batches(entries, PAGES_A_BATCH), 1):
        await do(f"read articles {n}", lambda batch=batch: run.read(fetcher, batch))  # type: ignore[misc]


async def _compare(run: "_Pass", do: Do) -> None:
    engine = await run.engine()
    if engine is None:
        return
    run.progress.stage("Comparing", run.uncompared(engine))
    for seed in run.plan.seeds:
        n = 0
        while batch := run.warehouse.uncompared(seed.seed, facts_version(seed), engine, ARTICLES_A_BATCH):
            n += 1
            await do(f"compare {seed.seed} {n}", lambda seed=seed, batch=batch: run.compare(seed, batch))  # type: ignore[misc]


@dataclass
class _Pass:
    """What one run holds and has counted so far."""

    plan: Plan
    progress: Progress
    run_id: str
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    lines: list[FeedLine] = field(default_factory=list)
    listed: int = 0
    new: int = 0
    carried: int = 0
    left: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    summary_reasons: Counter[str] = field(default_factory=Counter)
    unchecked: Counter[str] = field(default_factory=Counter)
    compared: int = 0
    relevant: int = 0
    supports: int = 0
    contradicts: int = 0
    titles: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.warehouse = Warehouse(self.plan.warehouse, self.plan.patience)
        self.pool = pool(self.plan.workers)

    async def begin(self, trigger: str) -> None:
        self.warehouse.begin_run(self.run_id, [seed.seed for seed in self.plan.seeds], self.started_at, trigger)
        for seed in self.plan.seeds:
            rows = [FactRow(f.id, f.statement, seed.as_of_fact(f), n) for n, f in enumerate(seed.facts)]
            self.warehouse.save_seed(seed.seed, seed.title, facts_version(seed), seed.as_of, rows, at=self.started_at)

    async def poll(self, fetcher: Fetcher, urls: Sequence[str]) -> None:
        """Polls these feeds, all at once as far as the client allows, and stores what they list."""
        known = self.warehouse.feed_states(urls)
        named = {feed.url: feed.title for feed in self.plan.feeds}

        async def one(url: str) -> FeedPoll:
            state = known.get(url) or FeedState(content_id(url), url, title=named.get(url))
            result = await poll(fetcher, state, datetime.now(UTC))
            self.progress.advance()
            return result

        polls = await asyncio.gather(*(one(url) for url in urls))
        for result in polls:
            if result.state.title:
                self.titles[result.state.feed_id] = result.state.title
            if result.outcome == "failed":
                self.progress.note(f"{result.state.url}: {result.state.failure}: {result.state.detail}")
        saved = self.warehouse.save_polls(self.run_id, polls, datetime.now(UTC))
        self.listed += saved.listed
        self.new += saved.new
        self.lines.extend(saved.lines)

    async def pending(self) -> list[Entry]:
        """The entries to read now, the first seen first; counts those an earlier run left and those this one leaves."""
        now = datetime.now(UTC)
        waiting = self.warehouse.pending_count(now)
        entries = self.warehouse.pending_entries(self.plan.limit, now)
        self.carried, self.left = waiting - self.new, waiting - len(entries)
        return entries

    async def read(self, fetcher: Fetcher, entries: Sequence[Entry]) -> None:
        """Fetches and extracts the pages of these entries and stores what came of each."""
        readings = await asyncio.gather(*(self._read_one(fetcher, entry) for entry in entries))
        self.warehouse.save_readings(self.run_id, readings)
        for reading in readings:
            self.outcomes[reading.outcome] += 1
            if reading.outcome == "refused":
                self.refused[reading.reason or "unknown"] += 1
            elif reading.outcome == "summary":
                self.summary_reasons[reading.reason or "unknown"] += 1

    async def _read_one(self, fetcher: Fetcher, entry: Entry) -> Reading:
        now, hint = datetime.now(UTC), self.titles.get(entry.feed_id)
        answer = await fetcher.get(entry.url, accept=PAGE_TYPES)
        try:
            if isinstance(answer, FetchFailure):
                # The summary is compared at once; a temporary failure leaves the entry due for another try.
                reading = summary_reading(
                    entry, answer.kind, now, detail=answer.detail, temporary=answer.temporary, last_try=True,
                    publisher_hint=hint,
                )  # fmt: skip
                return replace(reading, temporary=answer.temporary)
            charset = _charset(answer.headers.get("content-type", ""))
            job = self.pool.submit(_read_page, entry, answer.body, answer.url, now, hint, charset)
            return await asyncio.wrap_future(job)
        except (ValueError, LookupError, RecursionError, MemoryError, AttributeError, TypeError) as error:
            # One page that the extraction chokes on must not fail the batch; it is counted and told.
            self.progress.note(f"{entry.url}: extraction failed: {error!r}")
            return summary_reading(entry, "extraction_failed", now, detail=repr(error), publisher_hint=hint)
        finally:
            self.progress.advance()

    async def engine(self) -> str | None:
        """The name of the engine, loaded in a worker; None, with every waiting article unchecked, if it cannot be."""
        try:
            return await asyncio.wrap_future(self.pool.submit(_engine))
        except EngineError as error:
            self.unchecked["engine"] = self.uncompared("")
            self.progress.note(f"nothing was compared: {error}")
            return None

    def uncompared(self, engine: str) -> int:
        return sum(self.warehouse.uncompared_count(s.seed, facts_version(s), engine) for s in self.plan.seeds)

    async def compare(self, seed: Seed, articles: Sequence[Article]) -> None:
        """Compares these articles with the seed's facts and stores the findings."""
        jobs = [
            asyncio.wrap_future(self.pool.submit(_compare_articles, seed, batch, datetime.now(UTC)))
            for batch in _batches(articles, ARTICLES_A_JOB)
        ]
        comparisons: list[Comparison] = []
        for job in jobs:
            done = await job
            comparisons.extend(done)
            self.progress.advance(len(done))
        saved = self.warehouse.save_comparisons(self.run_id, comparisons)
        self.compared += len(comparisons)
        self.relevant += sum(comparison.relevant for comparison in comparisons)
        self.supports += saved.supports
        self.contradicts += saved.contradicts
        for comparison in comparisons:
            self.unchecked.update(reason for _, reason in comparison.unchecked)

    async def end(self) -> RunReport:
        """Weighs what is known of every fact, records the run and publishes the copy for readers."""
        now = datetime.now(UTC)
        changes = [change for seed in self.plan.seeds for change in self._changes(seed, now)]
        self.warehouse.save_standings(self.run_id, changes)
        report = RunReport(
            run_id=self.run_id,
            seeds=tuple(seed.seed for seed in self.plan.seeds),
            started_at=self.started_at,
            ended_at=datetime.now(UTC),
            feeds=tuple(self.lines),
            listed=self.listed,
            new=self.new,
            carried=self.carried,
            left=self.left,
            pages=self.outcomes["page"],
            summaries=self.outcomes["summary"],
            refused=dict(self.refused),
            summary_reasons=dict(self.summary_reasons),
            compared=self.compared,
            relevant=self.relevant,
            supports=self.supports,
            contradicts=self.contradicts,
            unchecked=dict(self.unchecked),
            changes=tuple(changes),
        )
        self.warehouse.finish_run(report, end_state(report))
        self.warehouse.publish()
        return report

    def _changes(self, seed: Seed, now: datetime) -> Iterable[Standing]:
        before, evidence = self.warehouse.standings(seed.seed), self.warehouse.evidence(seed.seed)
        for fact in seed.facts:
            after = standing(seed.seed, fact.id, (e for e in evidence if e.fact_id == fact.id), now)
            if changed(before.get(fact.id), after):
                yield after


def end_state(report: RunReport) -> str:
    """How a run ended: completed, partial (some feeds failed or something stayed unchecked), or failed (all feeds)."""
    if report.feeds and report.failed_feeds == len(report.feeds):
        return "failed"
    return "partial" if report.failed_feeds or report.unchecked else "completed"


# What the workers run: plain functions, since they are sent by name.


def _read_page(entry: Entry, html: bytes, url: str, now: datetime, hint: str | None, charset: str | None) -> Reading:
    return read_or_summarise(entry, html, url, now, hint, charset=charset)


def _engine() -> str:
    return Comparer.load().engine


def _compare_articles(seed: Seed, articles: Sequence[Article], now: datetime) -> list[Comparison]:
    comparer = _comparer()
    return [comparer.compare(seed, article, split(article.text, article.language), now) for article in articles]


def _comparer() -> Comparer:
    global _LOADED  # one a worker process; its gates are kept too
    if _LOADED is None:
        _LOADED = Comparer.load()
    return _LOADED


_LOADED: Comparer | None = None


def _charset(content_type: str) -> str | None:
    for part in content_type.split(";")[1:]:
        name, _, value = part.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'") or None
    return None


def _batches(items: Sequence[T], size: int) -> list[Sequence[T]]:
    return [items[start : start + size] for start in range(0, len(items), size)]
