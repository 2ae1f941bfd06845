"""The flow that watches: one pass over the feeds, its steps as Prefect tasks, what it found as artifacts."""

import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from prefect import flow, get_run_logger, task
from prefect.artifacts import acreate_markdown_artifact, acreate_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.states import Completed, Failed

from flows import plaintext
from flows.pipeline import end_state, run_steps
from flows.plan import make_plan
from flows.settings import Settings
from flows.summary import politeness
from warehouse.read import Reader
from warehouse.records import RunReport

T = TypeVar("T")

# An operator's UI shows what people wrote; nothing else is needed from Prefect's side.
os.environ.setdefault("DO_NOT_TRACK", "1")


def _run_name() -> str:
    context = FlowRunContext.get()
    seeds = context.parameters.get("seeds") if context and context.parameters else None
    names = "+".join(Path(seed).stem for seed in seeds or ["istanbul-2025"])
    return f"{names} {datetime.now(UTC):%Y-%m-%d %H:%M}"


@flow(name="monitor", flow_run_name=_run_name, validate_parameters=True)
async def monitor(
    seeds: list[str] | None = None,
    feeds: list[str] | None = None,
    warehouse: str | None = None,
    limit: int | None = None,
    due: bool = False,
) -> State[RunReport]:
    """Polls the feeds, reads what is new, compares it with the facts of the seeds and stores what it says.

    Args:
        seeds: files, or ids of bundled seeds; none means the first bundled one.
        feeds: OPML files or addresses, or feed addresses; none means those that the seeds name.
        warehouse: the DuckDB file; none means the one in the settings.
        limit: pages to read at most; none reads all that wait.
        due: poll only the feeds that are due, which is what a schedule wants.
    """
    place = Path(warehouse) if warehouse else None
    plan = await make_plan(Settings(), seeds or (), feeds or (), place, limit, due=due)
    report = await run_steps(plan, do=as_task, progress=RunLog(), trigger="prefect")
    await publish_artifacts(report, plan.warehouse)
    return state_of(report)


_SHOWN = (
    "fact_id",
    "standing",
    "supports",
    "contradicts",
    "statement",
    "cause_publisher",
    "cause_sentence",
    "cause_url",
)
"""The columns of fact_standing that the table shows, the telling ones first: it is scrolled sideways."""

_INERT = {ord(mark): f"&#{ord(mark)};" for mark in "&\\`*_{}[]<>()#+!|~"}


async def as_task(name: str, step: Callable[[], Awaitable[T]]) -> T:
    """The step as a task of this name. A server that fails is an outcome of a step: there is nothing to retry here."""

    async def body() -> T:
        return await step()

    run = task(name=name.rstrip("0123456789 "), task_run_name=name, cache_policy=NO_CACHE, persist_result=False)(body)
    return await run()


class RunLog:
    """Progress as lines of the run's log: the stage as it begins, then every fifth of it."""

    def __init__(self) -> None:
        self._log = get_run_logger()
        self._name, self._total, self._done = "", 0, 0

    def stage(self, name: str, total: int | None) -> None:
        self._name, self._total, self._done = name, total or 0, 0
        self._log.info("%s: %s", name, "nothing to do" if total == 0 else total or "")

    def advance(self, n: int = 1) -> None:
        before, self._done = self._done, self._done + n
        if self._total and before * 5 // self._total != self._done * 5 // self._total:
            self._log.info("%s: %d of %d", self._name, self._done, self._total)

    def note(self, line: str) -> None:
        self._log.warning("%s", plaintext.one_line(line, 500))


async def publish_artifacts(report: RunReport, warehouse: Path) -> None:
    """Per seed: the standings as a table, and the run with its contradictions as Markdown, under keys that stay."""
    reader = Reader(warehouse)
    for seed in report.seeds:
        standings = reader.rows("fact_standing", seed=seed)
        known = [dict(zip(standings.columns, row, strict=True)) for row in standings.rows]
        await acreate_table_artifact(
            [{name: _cell(row[name]) for name in _SHOWN} for row in known],
            key=f"standings-{seed}",
            description=f"What is known of each fact of {seed}",
        )
        contradictions = reader.rows("contradictions", seed=seed)
        rows = [dict(zip(contradictions.columns, row, strict=True)) for row in contradictions.rows]
        await acreate_markdown_artifact(
            _markdown(report, seed, rows), key=f"run-{seed}", description=f"Run {report.run_id}"
        )


def _markdown(report: RunReport, seed: str, contradictions: list[dict[str, object]]) -> str:
    refused = ", ".join(f"{reason} {count}" for reason, count in sorted(report.refused.items())) or "none"
    lines = [
        f"# {seed}",
        f"{report.polled_feeds} feeds ({report.failed_feeds} failed), {report.new} new and {report.carried} carried "
        f"entries = {report.pages} pages + {report.summaries} summaries + {sum(report.refused.values())} refused "
        f"({refused}) + {report.left} left. {report.relevant} of {report.compared} articles are about the event: "
        f"{report.supports} new matches, {report.contradicts} new contradictions.",
        politeness(report).translate(_INERT) + ".",
    ]
    if report.changes:
        lines += ["## Standings that changed", *(f"- `{c.fact_id}`: **{c.standing}**" for c in report.changes)]
    if contradictions:
        lines += [
            "## Contradictions",
            "| fact | the fact says | the article says | sentence | publisher |",
            "|---|---|---|---|---|",
        ]
        keys = ("statement", "fact_value", "article_value", "sentence", "publisher")
        lines += ["| " + " | ".join(_markdown_cell(row[key]) for key in keys) + " |" for row in contradictions]
    return "\n\n".join(lines[:3]) + "\n\n" + "\n".join(lines[3:])


def _markdown_cell(value: object) -> str:
    """What others wrote, so that it is shown and does nothing: no markup, no table cell, no link of its own."""
    return plaintext.one_line(str(value if value is not None else ""), 400).translate(_INERT)


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    return value if isinstance(value, int | float | bool) or value is None else plaintext.one_line(str(value), 400)


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
