"""The flow that compares stored articles again after facts, names or the engine have changed. It fetches nothing."""

from pathlib import Path

from prefect import flow
from prefect.client.schemas.objects import State

from flows.monitor import RunLog, as_task, publish_artifacts, state_of
from flows.pipeline import recheck_steps
from flows.plan import make_plan
from flows.settings import Settings
from warehouse.records import RunReport


@flow(name="recheck", validate_parameters=True)
async def recheck(seeds: list[str] | None = None, warehouse: str | None = None) -> State[RunReport]:
    """Compares the stored articles again with the facts of the seeds, where facts or engine have changed since.

    Args:
        seeds: files, or ids of bundled seeds; none means the first bundled one.
        warehouse: the DuckDB file; none means the one in the settings.
    """
    plan = await make_plan(Settings(), seeds or (), (), Path(warehouse) if warehouse else None)
    report = await recheck_steps(plan, do=as_task, progress=RunLog(), trigger="prefect")
    await publish_artifacts(report, plan.warehouse)
    return state_of(report)
