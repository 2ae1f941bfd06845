"""The order of the steps, once: poll, read, compare, weigh, publish, tell. Prefect and the command line both run this.

Every step takes what the warehouse says is not done yet and stores what it did before the next begins, so a run that
was killed is taken up by the next one where it stopped, and a run without news does nothing. What the steps do is in
``polling``, ``reading``, ``comparing``, ``weighing`` and ``telling``.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from flows.compare import EngineError, facts_version
from flows.comparing import Comparing, batches
from flows.plan import Plan
from flows.poll.fetch import Fetcher
from flows.poll.robots import KEPT_TIME
from flows.polling import Polling
from flows.reading import Pages
from flows.running import Do, Progress, Run, Silent, as_they_come, directly
from flows.telling import alerts_of, notices_of, tell
from flows.weighing import group_stories, weigh
from flows.workers import Pool
from seeds.model import Seed
from warehouse.outbox import Outbox
from warehouse.records import (
    Alert,
    Article,
    Comparison,
    FactRow,
    Politeness,
    RobotsFile,
    RunReport,
    Standing,
    Told,
    Trouble,
    content_id,
)

FEEDS_A_BATCH = 50
PAGES_A_BATCH = 120


def run_pass(plan: Plan, *, progress: Progress | None = None, trigger: str = "cli") -> RunReport:
    """One pass now, in this process, without Prefect. Raises SeedwatchError for what a person must put right."""
    return asyncio.run(run_steps(plan, progress=progress or Silent(), trigger=trigger))


async def run_steps(
    plan: Plan,
    *,
    do: Do = directly,
    progress: Progress,
    trigger: str,
    run_id: str | None = None,
    workers: Pool | None = None,
) -> RunReport:
    """One pass: what :func:`run_pass` does, with each step given to ``do``, its work to ``workers`` if given."""
    run = Run.of(plan, progress, run_id, workers)
    polling = Polling(run)
    pages = Pages(run, polling.titles)
    comparing = Comparing(run)
    try:
        known = await do("begin", partial(_begin, run, trigger))
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
            await _poll(run, polling, fetcher, do)
            await _read(run, pages, polling.new, fetcher, do)
            await _read_again(run, pages, fetcher, do)
            robots_files, politeness = fetcher.robots_files(), fetcher.report()
        run.warehouse.save_robots_files(robots_files, datetime.now(UTC) - KEPT_TIME)
        await _compare(run, comparing, do)
        await do("group stories", partial(_group, run))
        report = await do("weigh and publish", partial(_end, run, polling, pages, comparing, politeness))
        return await do("tell", partial(_tell, run, report))
    finally:
        run.workers.close()


def recheck_pass(plan: Plan, *, progress: Progress | None = None, trigger: str = "cli") -> RunReport:
    """Compares stored articles again, now and in this process, where facts or engine have changed since."""
    return asyncio.run(recheck_steps(plan, progress=progress or Silent(), trigger=trigger))


async def recheck_steps(
    plan: Plan, *, do: Do = directly, progress: Progress, trigger: str, workers: Pool | None = None
) -> RunReport:
    """What :func:`recheck_pass` does, as :func:`run_steps`. Nothing is fetched."""
    run = Run.of(plan, progress, workers=workers)
    polling, comparing = Polling(run), Comparing(run)
    try:
        await do("begin", partial(_begin, run, trigger))
        await _compare(run, comparing, do)
        await do("group stories", partial(_group, run))
        end = partial(_end, run, polling, Pages(run, polling.titles), comparing, Politeness())
        report = await do("weigh and publish", end)
        return await do("tell", partial(_tell, run, report))
    finally:
        run.workers.close()


async def compared_again(plan: Plan, seed: Seed, progress: Progress) -> AsyncIterator[tuple[Article, Comparison]]:
    """What comparing the stored articles again would give, article by article. Nothing is stored, no model asked."""
    run = Run.of(replace(plan, seeds=(seed,)), progress, "preview")
    comparing = Comparing(run)
    try:
        engine = await comparing.engine(seed)
        if engine is None:
            raise EngineError(f"{seed.seed}: its engine cannot be loaded, so nothing was compared")
        progress.stage("Comparing", comparing.uncompared(seed, engine))
        last: Article | None = None
        while batch := comparing.some_uncompared(seed, engine, last):
            for job in batches(batch, run.workers.grain):
                for article, comparison in zip(job, await comparing.try_some(seed, engine, job), strict=True):
                    yield article, comparison
            last = batch[-1]
    finally:
        run.workers.close()


async def _begin(run: Run, trigger: str) -> list[RobotsFile]:
    """Records that the run has begun and what it watches; gives what is known of sites' robots.txt."""
    seeds, at = run.plan.seeds, run.started_at
    run.warehouse.begin_run(run.run_id, [seed.seed for seed in seeds], at, trigger)
    for seed in seeds:
        rows = [FactRow(f.id, f.statement, seed.as_of_fact(f), n) for n, f in enumerate(seed.facts)]
        run.warehouse.save_seed(seed.seed, seed.title, facts_version(seed), seed.as_of, rows, at=at)
    return run.warehouse.robots_files(at - KEPT_TIME)


async def _poll(run: Run, polling: Polling, fetcher: Fetcher, do: Do) -> None:
    states = await do("choose feeds", polling.choose)
    run.progress.stage("Polling feeds", len(states))
    polls = [polling.poll_one(fetcher, state) for state in states]
    await as_they_come(do, "poll feeds", polls, FEEDS_A_BATCH, polling.save_polls)
    await do("schedule feeds", polling.schedule)


async def _read(run: Run, pages: Pages, new: int, fetcher: Fetcher, do: Do) -> None:
    entries = await do("list entries to read", partial(pages.pending, new))
    run.progress.stage("Reading articles", len(entries))
    readings = [pages.read_one(fetcher, entry) for entry in entries]
    await as_they_come(do, "read articles", readings, PAGES_A_BATCH, pages.save_readings)


async def _read_again(run: Run, pages: Pages, fetcher: Fetcher, do: Do) -> None:
    due = await do("list articles to read again", pages.revisits)
    if due:
        run.progress.stage("Reading articles again", len(due))
        visits = [pages.visit_one(fetcher, one) for one in due]
        await as_they_come(do, "read again", visits, PAGES_A_BATCH, pages.save_visits)


async def _compare(run: Run, comparing: Comparing, do: Do) -> None:
    for seed in run.plan.seeds:
        await comparing.note_unread(seed)
    seeds = [(seed, engine) for seed in run.plan.seeds if (engine := await comparing.engine(seed)) is not None]
    run.progress.stage("Comparing", sum(comparing.uncompared(seed, engine) for seed, engine in seeds))
    for seed, engine in seeds:
        async with comparing.confirming(seed) as confirmer:
            n = 0
            while batch := comparing.some_uncompared(seed, engine):
                n += 1
                await do(f"compare {seed.seed} {n}", partial(comparing.compare, seed, engine, batch, confirmer))


async def _group(run: Run) -> int:
    """Finds which of the new articles are copies of one text."""
    return await asyncio.to_thread(group_stories, run.warehouse, run.plan.publishers, datetime.now(UTC))


async def _end(run: Run, polling: Polling, pages: Pages, comparing: Comparing, politeness: Politeness) -> RunReport:
    """Weighs what is known of every fact, records the run and publishes the copy for readers."""
    now = datetime.now(UTC)
    outbox = Outbox(run.warehouse.path, run.plan.patience)
    changes: list[Standing] = []
    raised: list[Alert] = []
    for seed in run.plan.seeds:
        before = run.warehouse.standings(seed.seed)
        counts, standings = weigh(run.warehouse, seed, run.plan.publishers, now)
        alerts = alerts_of(outbox, seed, before, standings, now)
        raised += run.warehouse.save_standings(run.run_id, standings, counts, alerts, at=now)
        changes += standings
    feeds = [content_id(feed.url) for feed in run.plan.feeds]
    notices = notices_of(outbox, run.plan.seeds, run.plan.mailing, feeds, _troubles(polling, comparing), now)
    raised += outbox.raise_(run.run_id, notices, now)
    report = RunReport(
        run_id=run.run_id,
        seeds=tuple(seed.seed for seed in run.plan.seeds),
        started_at=run.started_at,
        ended_at=datetime.now(UTC),
        feeds=tuple(polling.lines),
        listed=polling.listed,
        new=polling.new,
        carried=pages.carried,
        left=pages.left,
        pages=pages.outcomes["page"],
        summaries=pages.outcomes["summary"],
        refused=dict(pages.refused),
        summary_reasons=dict(pages.summary_reasons),
        compared=comparing.compared,
        relevant=comparing.relevant,
        supports=comparing.supports,
        contradicts=comparing.contradicts,
        unchecked=dict(comparing.unchecked),
        changes=tuple(changes),
        politeness=politeness,
        not_due=polling.not_due,
        own_outage=polling.own_outage,
        told=Told(raised=tuple(raised)),
    )
    run.warehouse.finish_run(report, end_state(report))
    run.warehouse.publish()
    return report


def _troubles(polling: Polling, comparing: Comparing) -> dict[Trouble, str]:
    """Why this run could not check, with what was said of it."""
    troubles: dict[Trouble, str] = {}
    if comparing.unloaded:
        troubles["engine"] = "; ".join(f"{seed}: {said}" for seed, said in comparing.unloaded.items())
    if said := polling.unreachable:
        troubles["unreachable"] = said
    return troubles


async def _tell(run: Run, report: RunReport) -> RunReport:
    """Sends what there is to tell; the report with what became of it.

    It comes after the run is recorded and published, so that a slow mail server delays nobody who reads, and one that
    fails is told of and fails no run. Readers then get what became of the mails too.
    """
    if run.plan.mailing is None:
        return report
    raised, now = report.told.raised, datetime.now(UTC)
    told = await asyncio.to_thread(tell, run.warehouse, run.plan.seeds, run.plan.mailing, raised, now)
    for trouble in told.troubles:
        run.progress.note(f"mail: {trouble}")
    if told.written:
        run.progress.note(f"mail: no server is set, so {told.written} became files in {run.plan.mailing.folder}")
    if told.sent or told.written or told.due or told.ended:
        run.warehouse.publish()
    return replace(report, told=told)


def end_state(report: RunReport) -> str:
    """How a run ended: completed, partial (some feeds failed or something stayed unchecked), or failed (all feeds).

    What is in a language that is not read is counted, but no run can mend it, so it makes none partial.
    """
    if report.reached_nothing:
        return "failed"
    unchecked = any(not reason.startswith("language:") for reason in report.unchecked)
    return "partial" if report.failed_feeds or unchecked else "completed"
