"""How a run is seen in Prefect: its steps as tasks, its progress in the log, what it found as artifacts, its end."""

import asyncio
import gc
import logging
import os
import platform
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar
from uuid import UUID

from prefect import get_run_logger, runtime, task
from prefect.artifacts import (
    acreate_markdown_artifact,
    acreate_progress_artifact,
    acreate_table_artifact,
    aupdate_progress_artifact,
)
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows import plaintext
from flows.errors import SeedwatchError
from flows.pipeline import end_state
from flows.plan import Plan
from flows.reporting import reports
from flows.summary import counts, politeness
from warehouse.read import Reader, Table
from warehouse.records import RunReport

T = TypeVar("T")

# An operator's UI shows what people wrote; nothing else is needed from Prefect's side.
os.environ.setdefault("DO_NOT_TRACK", "1")

# What Prefect's import made lasts as long as the process. Going through it again and again costs a tenth of a run.
gc.freeze()

LONG_S, PAUSE_S = 20.0, 10.0
"""A stage that takes longer shows its progress as an artifact, brought up to date after so many seconds."""

_INERT = {ord(mark): f"\\{mark}" for mark in "&\\`*_{}[]<>()#+!|~:@"}
"""Backslashes, since Prefect's UI shows a reference such as ``&#43;`` as it is written."""


def run_name() -> str:
    """The name of the flow run that begins: its seeds, which feeds, and the minute (UTC) for which it was scheduled."""
    given: dict[str, Any] = runtime.flow_run.parameters or {}
    seeds = "+".join(Path(seed).stem for seed in given.get("seeds") or ["istanbul-2025"])
    due = given.get("due")
    window = "" if due is None else ", feeds due at" if due else ", all feeds at"
    at = runtime.flow_run.scheduled_start_time or datetime.now(UTC)
    return f"{seeds}{window} {at.astimezone(UTC):%Y-%m-%d %H:%M}"


async def as_task(name: str, step: Callable[[], Awaitable[T]]) -> T:
    """The step as a task of this name. A server that fails is an outcome of a step: there is nothing to retry here."""

    async def body() -> T:
        return await step()

    run = task(name=name.rstrip("0123456789 "), task_run_name=name, cache_policy=NO_CACHE, persist_result=False)(body)
    return await run()


class RunLog:
    """Progress as lines of the run's log: a stage as it begins, then every fifth of it.

    As an async context manager it also shows a stage that takes long as a progress artifact.
    """

    def __init__(self) -> None:
        self._log: logging.Logger | logging.LoggerAdapter[Any] = get_run_logger()
        self._name, self._total, self._done, self._since = "", 0, 0, time.monotonic()
        self._showing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._showing = asyncio.create_task(self._show())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._showing is not None:
            self._showing.cancel()
            await asyncio.gather(self._showing, return_exceptions=True)

    def stage(self, name: str, total: int | None) -> None:
        self._name, self._total, self._done, self._since = name, total or 0, 0, time.monotonic()
        self._log.info("%s: %s", name, "nothing to do" if total == 0 else total or "")

    def advance(self, n: int = 1) -> None:
        before, self._done = self._done, self._done + n
        if self._total and before * 5 // self._total != self._done * 5 // self._total:
            self._log.info("%s: %d of %d", self._name, self._done, self._total)

    def note(self, line: str) -> None:
        self._log.warning("%s", plaintext.one_line(line, 500))

    def batch(self, line: str) -> None:
        self._log.info("%s", plaintext.one_line(line, 500))

    def sum_up(self, report: RunReport) -> None:
        """What became of the entries, a line a reason of refusal, and of the articles."""
        self._log.info("%s", plaintext.one_line(counts(report), 2_000))
        for reason, count in sorted(report.refused.items()):
            self._log.info("refused: %s: %d", plaintext.one_line(reason, 100), count)
        for reason, count in sorted(report.unchecked.items()):
            self._log.warning("unchecked: %s: %d", plaintext.one_line(reason, 100), count)
        self._log.info(
            "%d of %d comparisons are about the event: %d new matches, %d new contradictions",
            report.relevant, report.compared, report.supports, report.contradicts,
        )  # fmt: skip

    async def _show(self) -> None:
        shown: UUID | None = None
        name = ""
        while True:
            await asyncio.sleep(PAUSE_S)
            if not self._total or time.monotonic() - self._since < LONG_S:
                continue
            percent = min(100.0 * self._done / self._total, 100.0)
            if shown is None or name != self._name:
                name = self._name
                shown = await acreate_progress_artifact(percent, description=f"{name}: {self._total} in all")
            else:
                await aupdate_progress_artifact(shown, percent)


_STANDINGS = ("fact_id", "standing", "supports", "contradicts", "statement")
_CONTRADICTIONS = (
    "fact_id",
    "fact_value",
    "article_value",
    "sentence",
    "publisher",
    "published_at",
    "probability",
    "url",
)
"""The columns of the table of new contradictions, the telling ones first: it is scrolled sideways."""


async def publish_artifacts(report: RunReport, plan: Plan, log: RunLog) -> None:
    """Per seed, under keys that stay: the standings with the run and where its report is as Markdown, and a table of
    contradictions that are new in this run, where it has any."""
    with Reader(plan.warehouse) as reader:
        for seed in report.seeds:
            try:
                page = await asyncio.to_thread(_report, reader, seed, plan.reports, report)
            except (OSError, SeedwatchError) as error:
                log.note(f"the report of {seed} could not be written: {error}")
                where = "The report could not be written: see the log."
            else:
                where = _link(page, plan.reports_url)
            standings = reader.rows("fact_standing", seed=seed)
            await acreate_markdown_artifact(
                _markdown(report, seed, standings, where), key=f"standings-{seed}", description=f"Run {report.run_id}"
            )
            new = reader.rows("contradictions", seed=seed, since=report.started_at)
            if new.rows:
                cells = [list(map(_cell, row)) for row in _columns(new, _CONTRADICTIONS)]
                await acreate_table_artifact(
                    [dict(zip(_CONTRADICTIONS, row, strict=True)) for row in cells],
                    key=f"contradictions-{seed}",
                    description=f"{len(new.rows)} contradictions new in run {report.run_id}",
                )


def _columns(table: Table, names: Sequence[str]) -> list[list[object]]:
    places = [table.columns.index(name) for name in names]
    return [[row[place] for place in places] for row in table.rows]


def _report(reader: Reader, seed: str, folder: Path, report: RunReport) -> Path:
    """The seed's HTML report, written anew where the run may have changed what it says."""
    path = folder.expanduser().absolute() / f"{seed}.html"
    if report.compared or report.changes or not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        reports(reader, seed, "html", path, report.ended_at)
    return path


def _link(page: Path, base: str | None) -> str:
    """A link where a web server shows the report; else its path, since no browser follows one from a web page."""
    if base is not None:
        return f"[Report]({base.rstrip('/')}/{page.name})"
    return f"Report: {_markdown_cell(page)} on {_markdown_cell(platform.node())}"


def _markdown(report: RunReport, seed: str, standings: Table, where: str) -> str:
    entries = plaintext.one_line(counts(report), 2_000).translate(_INERT)
    lines = [
        f"# {seed}",
        f"{report.polled_feeds} feeds polled, {report.failed_feeds} failed, {report.not_due} not due.",
        f"{entries}.",
        f"{report.relevant} of {report.compared} comparisons are about the event: {report.supports} new matches, "
        f"{report.contradicts} new contradictions.",
        politeness(report).translate(_INERT) + ".",
        where,
    ]
    if changed := [change for change in report.changes if change.seed_id == seed]:
        lines += ["## Standings that changed", "\n".join(f"- `{c.fact_id}`: **{c.standing}**" for c in changed)]
    rows = ["| " + " | ".join(map(_markdown_cell, row)) + " |" for row in _columns(standings, _STANDINGS)]
    lines += ["## Standings", "\n".join([f"| {' | '.join(_STANDINGS)} |", "|---|---|---|---|---|", *rows])]
    return "\n\n".join(lines)


def _markdown_cell(value: object) -> str:
    """What others wrote, so that it is shown and does nothing: no markup, no table cell, no link of its own."""
    return plaintext.one_line(str(value if value is not None else ""), 400).translate(_INERT)


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    if isinstance(value, float):
        return round(value, 3)
    return value if isinstance(value, int | bool) or value is None else plaintext.one_line(str(value), 400)


def state_of(report: RunReport) -> State[RunReport]:
    """Completed, Partial (a completed state that says what is missing) or Failed, with the report as its result."""
    end = end_state(report)
    here = " (own outage)" if report.own_outage else ""
    said = f"{report.new} new entries, {report.supports} matches, {report.contradicts} contradictions"
    if end == "failed":
        return Failed(message=f"none of {report.polled_feeds} feeds could be reached{here}", data=report)
    if end == "partial":
        why = [f"{report.failed_feeds} of {report.polled_feeds} feeds failed{here}"] * bool(report.failed_feeds)
        why += [f"{count} unchecked ({reason})" for reason, count in report.unchecked.items()]
        return Completed(name="Partial", message=f"{said}; {'; '.join(why)}", data=report)
    return Completed(message=said, data=report)


def stopped_by(error: SeedwatchError) -> State[RunReport]:
    """Failed, with what a person has to put right as the message: a traceback would not help them."""
    get_run_logger().error("%s", error)
    return Failed(message=str(error))
