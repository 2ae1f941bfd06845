"""The order of the steps, once: poll, read, compare, weigh, publish. Prefect and the command line both run this.

Every step takes what the warehouse says is not done yet and stores what it did before the next begins, so a run that
was killed is taken up by the next one where it stopped, and a run without news does nothing.
"""

import asyncio
import itertools
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

from flows.compare import Comparer, EngineError, facts_version
from flows.compare.confirm import Confirmer
from flows.compare.llm import Budget
from flows.plan import Plan
from flows.poll.addresses import source_of
from flows.poll.feeds import poll
from flows.poll.fetch import PAGE_TYPES, Fetcher, FetchFailure
from flows.poll.formats import parse_feed
from flows.poll.health import Polled, settled
from flows.poll.items import NotAFeed, ParsedFeed
from flows.poll.robots import KEPT_TIME
from flows.poll.schedule import select
from flows.read.articles import read_or_summarise, summary_reading, with_text
from flows.read.furniture import MAX_PARAGRAPHS, Furniture, headline_ids
from flows.read.passages import split
from flows.telling import alerts_of, tell
from flows.weigh.revisions import visit
from flows.weighing import group_stories, weigh
from flows.workers import FOREIGN_MEMORY, MEMORY, Workers, WorkFailed
from seeds.engine import BUNDLED, Endpoint, Engine, Foreign
from seeds.model import Seed
from seeds.publishers import load_publishers
from warehouse.outbox import Outbox
from warehouse.records import (
    Alert,
    Article,
    Comparison,
    Entry,
    FactRow,
    FeedLine,
    FeedPoll,
    FeedState,
    Politeness,
    Reading,
    Revisit,
    RobotsFile,
    RunReport,
    Standing,
    Told,
    Visit,
    content_id,
)
from warehouse.store import Warehouse

FEEDS_A_BATCH = 50
PAGES_A_BATCH = 60
PAGES_OF_A_SOURCE = 4
ARTICLES_A_BATCH = 60
REVISITS = 500
ARTICLES_A_JOB = 4

ENGINE_SECONDS = 120.0
"""For loading the weights, which takes less than one."""

DOCUMENT_SECONDS = 20.0
"""For one page or feed, which takes 10 to 20 ms, and a second or two for a whole book."""

DOWNLOAD_SECONDS = 3600.0
"""The same where a model may have to be fetched first."""

FACT_SECONDS = 3.0
"""For comparing one article with one fact, which takes 20 ms; each article has ten times as much besides."""

FOREIGN_PATIENCE = 20
"""So many times as long for a model from elsewhere, which may be so much larger."""

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
        known = await do("begin", lambda: run.begin(trigger))
        async with Fetcher(
            plan.user_agent,
            robots_files=known,
            allow_private=plan.allow_private,
            ports=plan.ports,
            per_source=plan.per_source,
            spacing=plan.spacing,
            concurrency=plan.concurrency,
            total_time=plan.total_time,
        ) as fetcher:
            await _poll(run, do, fetcher)
            await _read(run, do, fetcher)
            await _revisit(run, do, fetcher)
            run.politeness, run.robots_files = fetcher.report(), fetcher.robots_files()
        await _compare(run, do)
        await do("group stories", run.group)
        return await do("weigh and publish", run.end)
    finally:
        run.workers.close()


def recheck_pass(plan: Plan, *, progress: Progress | None = None, trigger: str = "cli") -> RunReport:
    """Compares stored articles again, now and in this process, where facts or engine have changed since."""
    return asyncio.run(recheck_steps(plan, progress=progress or Silent(), trigger=trigger))


async def recheck_steps(plan: Plan, *, do: Do = directly, progress: Progress, trigger: str) -> RunReport:
    """What :func:`recheck_pass` does, with each step given to ``do``. Nothing is fetched."""
    run = _Pass(plan, progress, f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{uuid4().hex[:6]}")
    try:
        await do("begin", lambda: run.begin(trigger))
        await _compare(run, do)
        await do("group stories", run.group)
        return await do("weigh and publish", run.end)
    finally:
        run.workers.close()


async def compared_again(plan: Plan, seed: Seed, progress: Progress) -> AsyncIterator[tuple[Article, Comparison]]:
    """What comparing the stored articles again would give, article by article. Nothing is stored, no model asked."""
    run = _Pass(replace(plan, seeds=(seed,)), progress, "preview")
    try:
        engine = await run.engine(seed)
        if engine is None:
            raise EngineError(f"{seed.seed}: its engine cannot be loaded, so nothing was compared")
        progress.stage("Comparing", run.uncompared(seed, engine))
        last: Article | None = None
        while batch := run.some_uncompared(seed, engine, last):
            for job in _batches(batch, ARTICLES_A_JOB):
                for article, comparison in zip(job, await run.try_some(seed, engine, job), strict=True):
                    yield article, comparison
            last = batch[-1]
    finally:
        run.workers.close()


async def _poll(run: "_Pass", do: Do, fetcher: Fetcher) -> None:
    states = await do("choose feeds", run.choose)
    run.progress.stage("Polling feeds", len(states))
    await _as_they_come(
        do, "poll feeds", [run.poll_one(fetcher, state) for state in states], FEEDS_A_BATCH, run.save_polls
    )
    await do("schedule feeds", run.schedule)


async def _read(run: "_Pass", do: Do, fetcher: Fetcher) -> None:
    entries = await do("list entries to read", run.pending)
    run.progress.stage("Reading articles", len(entries))
    await _as_they_come(
        do, "read articles", [run.read_one(fetcher, entry) for entry in entries], PAGES_A_BATCH, run.save_readings
    )


async def _revisit(run: "_Pass", do: Do, fetcher: Fetcher) -> None:
    due = await do("list articles to read again", run.revisits)
    if due:
        run.progress.stage("Reading articles again", len(due))
        await _as_they_come(
            do, "read again", [run.visit_one(fetcher, one) for one in due], PAGES_A_BATCH, run.save_visits
        )


async def _as_they_come(
    do: Do, name: str, jobs: Iterable[Coroutine[Any, Any, T]], size: int, save: Callable[[Sequence[T]], None]
) -> None:
    """Does all the jobs at once and saves by batches what has come of them: one that is slow keeps no other waiting."""
    tasks = [asyncio.create_task(job) for job in jobs]
    coming = asyncio.as_completed(tasks)

    async def step() -> None:
        save([await done for done in itertools.islice(coming, size)])

    try:
        for n in range(1, -(-len(tasks) // size) + 1):
            await do(f"{name} {n}", step)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _compare(run: "_Pass", do: Do) -> None:
    seeds = [(seed, engine) for seed in run.plan.seeds if (engine := await run.engine(seed)) is not None]
    run.progress.stage("Comparing", sum(run.uncompared(seed, engine) for seed, engine in seeds))
    for seed, engine in seeds:
        async with run.confirming(seed) as confirmer:
            n = 0
            while batch := run.some_uncompared(seed, engine):
                n += 1
                compare = partial(run.compare, seed, engine, batch, confirmer)
                await do(f"compare {seed.seed} {n}", compare)


@dataclass
class _Pass:
    """What one run holds and has counted so far."""

    plan: Plan
    progress: Progress
    run_id: str
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    lines: list[FeedLine] = field(default_factory=list)
    polled: list[tuple[Polled, FeedLine]] = field(default_factory=list)
    not_due: int = 0
    own_outage: bool = False
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
    reading_ends: float = 0.0  # by the monotonic clock
    places: dict[str, int] = field(default_factory=dict)  # of the feeds in the plan
    politeness: Politeness = field(default_factory=Politeness)
    furniture: Furniture = field(default_factory=Furniture)
    headlines: dict[str, frozenset[str]] = field(default_factory=dict)  # of the entries to read, by site
    entries: dict[str, Entry] = field(default_factory=dict)  # to read, by id
    robots_files: list[RobotsFile] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.warehouse = Warehouse(self.plan.warehouse, self.plan.patience)
        foreign = any(isinstance(seed.engine, Foreign) for seed in self.plan.seeds)
        self.workers = Workers(self.plan.workers, __name__, FOREIGN_MEMORY if foreign else MEMORY)
        self.confirmers = self._confirmers()
        self.reading: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(PAGES_OF_A_SOURCE))

    async def begin(self, trigger: str) -> list[RobotsFile]:
        """Records that the run has begun and what it watches; gives what is known of sites' robots.txt."""
        self.warehouse.begin_run(self.run_id, [seed.seed for seed in self.plan.seeds], self.started_at, trigger)
        for seed in self.plan.seeds:
            rows = [FactRow(f.id, f.statement, seed.as_of_fact(f), n) for n, f in enumerate(seed.facts)]
            self.warehouse.save_seed(seed.seed, seed.title, facts_version(seed), seed.as_of, rows, at=self.started_at)
        return self.warehouse.robots_files(self.started_at - KEPT_TIME)

    async def choose(self) -> list[FeedState]:
        """The states of the feeds to poll now; paused ones and those of hosts to be left alone only get their line."""
        known = self.warehouse.feed_states([feed.url for feed in self.plan.feeds])
        states = [
            known.get(feed.url) or FeedState(content_id(feed.url), feed.url, title=feed.title)
            for feed in self.plan.feeds
        ]
        self.titles = {state.feed_id: state.title for state in states if state.title}
        self.places = {state.feed_id: place for place, state in enumerate(states)}
        chosen = select(states, datetime.now(UTC), only_due=self.plan.due)
        self.not_due = chosen.not_due
        for state in chosen.paused:
            self.lines.append(FeedLine(state.url, state.title or state.url, "paused", 0, 0, None))
        for state in chosen.doubles:
            self.lines.append(FeedLine(state.url, state.title or state.url, "double", 0, 0, None))
        for state, until in chosen.held:
            self.lines.append(FeedLine(state.url, state.title or state.url, "held", 0, 0, None, held_until=until))
        return list(chosen.polled)

    async def poll_one(self, fetcher: Fetcher, state: FeedState) -> tuple[FeedState, FeedPoll]:
        """Polls the feed as soon as the client allows; with the state before it."""
        result = await poll(fetcher, state, datetime.now(UTC), self._parse)
        self.progress.advance()
        return state, result

    async def _parse(self, body: bytes, url: str, content_type: str) -> ParsedFeed:
        try:
            return await self.workers.run(_parse_feed, body, url, content_type, seconds=DOCUMENT_SECONDS)
        except WorkFailed as error:
            raise NotAFeed("unreadable", f"parsing it: {error.detail}") from error

    def save_polls(self, done: Sequence[tuple[FeedState, FeedPoll]]) -> None:
        """Stores what these feeds list."""
        done = sorted(done, key=lambda poll: self.places[poll[0].feed_id])
        polls = [result for _, result in done]
        for result in polls:
            if result.state.title:
                self.titles[result.state.feed_id] = result.state.title
            if result.outcome == "failed":
                self.progress.note(f"{result.state.url}: {result.state.failure}: {result.state.detail}")
        saved = self.warehouse.save_polls(self.run_id, polls, datetime.now(UTC))
        self.listed += saved.listed
        self.new += saved.new
        for (before, result), line in zip(done, saved.lines, strict=True):
            self.polled.append((Polled(before, result.state, result.outcome, line.arrived), line))

    async def schedule(self) -> None:
        """Learns from the polls looked at together when each feed is polled next, and whose fault failures were."""
        self.polled.sort(key=lambda polled: self.places[polled[0].before.feed_id])
        settling = settled([polled for polled, _ in self.polled])
        self.own_outage = settling.own_outage
        self.warehouse.save_feed_states(settling.states, datetime.now(UTC))
        for (polled, line), state in zip(self.polled, settling.states, strict=True):
            self.lines.append(replace(line, silent_since=state.silent_since_at))
            if state.silent_since_at is not None and polled.before.silent_since_at is None:
                self.progress.note(f"{state.url}: answers, but has brought nothing new since {state.silent_since_at}")
        if settling.own_outage:
            self.progress.note("nearly no host could be reached: taken for an outage here, not charged to the feeds")

    async def pending(self) -> list[Entry]:
        """The entries to read now, the first seen first; counts those an earlier run left and those this one leaves."""
        now = datetime.now(UTC)
        waiting = self.warehouse.pending_count(now)
        entries = self.warehouse.pending_entries(self.plan.limit, now)
        self.carried, self.left = waiting - self.new, waiting - len(entries)
        self.reading_ends = time.monotonic() + self.plan.reading_time
        self.entries = {entry.entry_id: entry for entry in entries}
        titles: defaultdict[str, list[str]] = defaultdict(list)
        for entry in entries:
            titles[_site(entry)].append(entry.title)
        self.headlines = {site: headline_ids(listed) for site, listed in titles.items()}
        if titles:
            self.furniture.remember(self.warehouse.paragraphs(sorted(titles)))
        return entries

    def save_readings(self, done: Sequence[Reading | None]) -> None:
        """Stores what came of these entries, without what their pages have in common with others of the site.

        Those of which nothing came are left for a later run.
        """
        pages = [(self.entries[reading.entry_id], reading) for reading in done if reading is not None]
        self.left += len(done) - len(pages)
        for entry, reading in pages:
            if reading.article is not None and reading.outcome == "page":
                self.furniture.learn(_site(entry), entry.entry_id, reading.article.text, reading.read_at)
        readings = [self._cleaned(entry, reading) for entry, reading in pages]
        self.warehouse.save_readings(self.run_id, readings, self.furniture.changed(), MAX_PARAGRAPHS)
        for reading in readings:
            self.outcomes[reading.outcome] += 1
            if reading.outcome == "refused":
                self.refused[reading.reason or "unknown"] += 1
            elif reading.outcome == "summary":
                self.summary_reasons[reading.reason or "unknown"] += 1

    def _cleaned(self, entry: Entry, reading: Reading) -> Reading:
        if reading.article is None:
            return reading
        text = self.furniture.stripped(_site(entry), entry.entry_id, reading.article.text)
        return with_text(entry, reading, text, self.titles.get(entry.feed_id))

    async def read_one(self, fetcher: Fetcher, entry: Entry) -> Reading | None:
        """Fetches and extracts the entry's page. None when its turn did not come in the time that a run has."""
        # Few of a source at once here too: pages wait in memory for a worker, and a source can be one with 1,000 pages.
        async with self.reading[source_of(urlsplit(entry.url).hostname or "")]:
            if time.monotonic() >= self.reading_ends:
                self.progress.advance()
                return None
            return await self._read_one(fetcher, entry)

    async def _read_one(self, fetcher: Fetcher, entry: Entry) -> Reading:
        now, hint = datetime.now(UTC), self.titles.get(entry.feed_id)
        answer = await fetcher.get(entry.url, accept=PAGE_TYPES)
        try:
            if isinstance(answer, FetchFailure):
                return _without_page(entry, answer.kind, answer.detail, now, hint, temporary=answer.temporary)
            charset = _charset(answer.headers.get("content-type", ""))
            site = _site(entry)
            furniture = self.furniture.known(site) | (self.headlines[site] - headline_ids([entry.title]))
            page = (entry, answer.body, answer.url, now, hint, charset, furniture)
            return await self.workers.run(_read_page, *page, seconds=DOCUMENT_SECONDS)
        except WorkFailed as error:
            # A process that was killed from outside may not be the page's fault.
            reason, detail, temporary = f"extraction_{error.kind}", error.detail, error.kind == "failed"
        except Exception as error:  # one page that the extraction chokes on must not fail the batch
            reason, detail, temporary = "extraction_failed", repr(error), False
        finally:
            self.progress.advance()
        self.progress.note(f"{entry.url}: {reason}: {detail}")
        return _without_page(entry, reason, detail, now, hint, temporary=temporary)

    async def revisits(self) -> list[Revisit]:
        """The articles to read again now, and what is known of their sites' furniture."""
        due = self.warehouse.revisits(self.plan.revisit, REVISITS, datetime.now(UTC))
        if due:
            self.furniture.remember(self.warehouse.paragraphs(sorted({_site(one.entry) for one in due})))
        return due

    async def visit_one(self, fetcher: Fetcher, one: Revisit) -> Visit | None:
        """Asks for the article's page once more. None when its turn did not come in the time that a run has."""
        entry = one.entry
        async with self.reading[source_of(urlsplit(entry.url).hostname or "")]:
            try:
                if time.monotonic() >= self.reading_ends:
                    return None
                return await self._visit_one(fetcher, one)
            finally:
                self.progress.advance()

    async def _visit_one(self, fetcher: Fetcher, one: Revisit) -> Visit:
        now, entry = datetime.now(UTC), one.entry
        answer = await fetcher.get(entry.url, etag=one.etag, last_modified=one.last_modified, accept=PAGE_TYPES)
        if isinstance(answer, FetchFailure):
            return Visit(entry.entry_id, now, answer.kind, one.etag, one.last_modified)
        if answer.status == 304:
            return Visit(entry.entry_id, now, "unchanged", one.etag, one.last_modified)
        charset = _charset(answer.headers.get("content-type", ""))
        hint, furniture = self.titles.get(entry.feed_id), self.furniture.known(_site(entry))
        page = (entry, answer.body, answer.url, now, hint, charset, furniture)
        try:
            reading = await self.workers.run(_read_page, *page, seconds=DOCUMENT_SECONDS)
        except Exception as error:  # one page that the extraction chokes on must not fail the batch
            self.progress.note(f"{entry.url}: reading it again: {error!r}")
            return Visit(entry.entry_id, now, "extraction_failed")
        return visit(one, reading, answer.headers, answer.body, now)

    def save_visits(self, done: Sequence[Visit | None]) -> None:
        """Stores what the visits found."""
        self.warehouse.save_visits(self.run_id, [one for one in done if one is not None])

    def _confirmers(self) -> dict[str, Confirmer]:
        """Those of the seeds that have one, by seed, on one budget. Made at the start, so that faults come up then."""
        terms = self.plan.llm
        if terms is None:
            return {}
        budget = Budget(terms.requests)
        return {
            seed.seed: Confirmer(seed.engine, terms, self.progress.note, budget)
            for seed in self.plan.seeds
            if isinstance(seed.engine, Endpoint)
        }

    def confirming(self, seed: Seed) -> AbstractAsyncContextManager[Confirmer | None]:
        """What confirms the seed's contradictions while it is entered, or None where nothing does."""
        return self.confirmers.get(seed.seed) or nullcontext()

    async def engine(self, seed: Seed) -> str | None:
        """The name of the seed's engine, loaded in a worker; None, with what waits unchecked, if it cannot be."""
        try:
            seconds = DOWNLOAD_SECONDS if isinstance(seed.engine, Foreign) else ENGINE_SECONDS
            return await self.workers.run(_engine, seed.engine or BUNDLED, seconds=seconds)
        except (EngineError, WorkFailed) as error:
            self.unchecked["engine"] += self.uncompared(seed, "")
            self.progress.note(f"nothing was compared with {seed.seed}: {error}")
            return None

    def uncompared(self, seed: Seed, engine: str) -> int:
        return self.warehouse.uncompared_count(seed.seed, facts_version(seed), engine, self.run_id)

    def some_uncompared(self, seed: Seed, engine: str, after: Article | None = None) -> list[Article]:
        return self.warehouse.uncompared(seed.seed, facts_version(seed), engine, ARTICLES_A_BATCH, self.run_id, after)

    async def compare(
        self, seed: Seed, engine: str, articles: Sequence[Article], confirmer: Confirmer | None = None
    ) -> None:
        """Compares these articles with the seed's facts and stores the findings, contradictions once confirmed."""
        jobs = (self.try_some(seed, engine, batch) for batch in _batches(articles, ARTICLES_A_JOB))
        comparisons = [comparison for some in await asyncio.gather(*jobs) for comparison in some]
        if confirmer is not None:
            reviews = map(confirmer.review, itertools.repeat(seed), articles, comparisons)
            comparisons = await asyncio.gather(*reviews)
        saved = self.warehouse.save_comparisons(self.run_id, comparisons)
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
            done = await self.workers.run(_compare_articles, seed, articles, datetime.now(UTC), seconds=seconds)
        except WorkFailed as error:
            if len(articles) > 1 or (error.kind == "failed" and not again):
                # One of them; and a process that was killed from outside may not be the article's fault.
                jobs = (self.try_some(seed, engine, [article], again=True) for article in articles)
                return [comparison for some in await asyncio.gather(*jobs) for comparison in some]
            reason = f"comparison_{error.kind}"
            done = [(_undecided(seed, engine, articles[0], reason, datetime.now(UTC)), error.detail)]
        for article, (_, bug) in zip(articles, done, strict=True):
            if bug:
                self.progress.note(f"{article.url}: comparison failed: {bug}")
        self.progress.advance(len(done))
        return [comparison for comparison, _ in done]

    async def group(self) -> int:
        """Finds which of the new articles are copies of one text."""
        return await asyncio.to_thread(group_stories, self.warehouse, load_publishers(), datetime.now(UTC))

    async def end(self) -> RunReport:
        """Weighs what is known of every fact, records the run and publishes the copy for readers."""
        now = datetime.now(UTC)
        changes: list[Standing] = []
        raised: list[Alert] = []
        for seed in self.plan.seeds:
            before = self.warehouse.standings(seed.seed)
            counts, standings = weigh(self.warehouse, seed, load_publishers(), now)
            alerts = alerts_of(Outbox(self.warehouse.path, self.plan.patience), seed, before, standings, now)
            raised += self.warehouse.save_standings(self.run_id, standings, counts, alerts, at=now)
            changes += standings
        self.warehouse.save_robots_files(self.robots_files, now - KEPT_TIME)
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
            politeness=self.politeness,
            not_due=self.not_due,
            own_outage=self.own_outage,
            told=await self._tell(raised, now),
        )
        self.warehouse.finish_run(report, end_state(report))
        self.warehouse.publish()
        return report

    async def _tell(self, raised: Sequence[Alert], now: datetime) -> Told:
        """Sends what there is to tell. A mail server that fails is told of, and fails no run."""
        if self.plan.mailing is None:
            return Told(raised=tuple(raised))
        told = await asyncio.to_thread(tell, self.warehouse, self.plan.seeds, self.plan.mailing, raised, now)
        for trouble in told.troubles:
            self.progress.note(f"mail: {trouble}")
        return told


def end_state(report: RunReport) -> str:
    """How a run ended: completed, partial (some feeds failed or something stayed unchecked), or failed (all feeds)."""
    if report.reached_nothing:
        return "failed"
    return "partial" if report.failed_feeds or report.unchecked else "completed"


# What the workers run: plain functions, since they are sent by name.


def _parse_feed(body: bytes, url: str, content_type: str) -> ParsedFeed:
    return parse_feed(body, url=url, content_type=content_type)


def _read_page(
    entry: Entry,
    html: bytes,
    url: str,
    now: datetime,
    hint: str | None,
    charset: str | None,
    furniture: frozenset[str],
) -> Reading:
    return read_or_summarise(entry, html, url, now, hint, charset=charset, furniture=furniture)


def _engine(engine: Engine) -> str:
    return _comparer(engine).engine


def _compare_articles(seed: Seed, articles: Sequence[Article], now: datetime) -> list[tuple[Comparison, str | None]]:
    """Each article's comparison, with what it made the engine raise, if it did."""
    comparer = _comparer(seed.engine or BUNDLED)
    done: list[tuple[Comparison, str | None]] = []
    for article in articles:
        try:
            done.append((comparer.compare(seed, article, split(article.text, article.language), now), None))
        except MemoryError:
            raise
        except Exception as error:  # an article the engine chokes on must not cost the others theirs
            done.append((_undecided(seed, comparer.engine, article, "internal_error", now), repr(error)))
    return done


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


def _site(entry: Entry) -> str:
    """Where the entry's publisher has its pages."""
    return urlsplit(entry.url).netloc.removeprefix("www.")


def _without_page(
    entry: Entry, reason: str, detail: str | None, now: datetime, hint: str | None, *, temporary: bool
) -> Reading:
    # The summary is compared at once; a temporary failure leaves the entry due for another try.
    reading = summary_reading(
        entry, reason, now, detail=detail, temporary=temporary, last_try=True, publisher_hint=hint
    )
    return replace(reading, temporary=temporary)


def _charset(content_type: str) -> str | None:
    for part in content_type.split(";")[1:]:
        name, _, value = part.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'") or None
    return None


def _batches(items: Sequence[T], size: int) -> list[Sequence[T]]:
    return [items[start : start + size] for start in range(0, len(items), size)]
