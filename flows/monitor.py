"""The flow that watches: one pass over the feeds, its steps as Prefect tasks, what it found as artifacts."""

from pathlib import Path

from prefect import flow
from prefect.client.schemas.objects import State

from flows.cluster import workers_of
from flows.errors import SeedwatchError
from flows.events import emit
from flows.observing import RunLog, as_task, publish_artifacts, run_name, state_of, stopped_by
from flows.parameters import Feeds, Pages, Seeds, WarehouseFile
from flows.pipeline import run_steps
from flows.plan import make_plan
from flows.settings import Settings
from warehouse.records import RunReport


@flow(name="monitor", flow_run_name=run_name, validate_parameters=True)
async def monitor(
    seeds: Seeds | None = None,
    feeds: Feeds | None = None,
    warehouse: WarehouseFile | None = None,
    limit: Pages | None = None,
    due: bool = False,
) -> State[RunReport]:
    """Polls the feeds, reads what is new, compares it with the facts of the seeds and stores what it says.

    Args:
        seeds: Files, or ids of bundled seeds. None: the first bundled one.
        feeds: OPML files or addresses, or feed addresses. None: those that the seeds name, and your own list.
        warehouse: The DuckDB file. None: the one in the settings.
        limit: Pages to read at most; the rest is left for the next run. None: all that wait.
        due: Poll only the feeds that are due, which is what a schedule wants; else all.
    """
    try:
        plan = await make_plan(
            Settings(), seeds or (), feeds or (), Path(warehouse) if warehouse else None, limit, due=due
        )
        async with RunLog() as log, workers_of(plan) as workers:
            report = await run_steps(plan, do=as_task, progress=log, trigger="prefect", workers=workers)
    except SeedwatchError as error:
        return stopped_by(error)
    log.sum_up(report)
    await publish_artifacts(report, plan, log)
    emit(report, plan.warehouse)
    return state_of(report)
