"""The flow that compares stored articles again after facts, names or the engine have changed. It fetches nothing."""

from pathlib import Path

from prefect import flow
from prefect.client.schemas.objects import State

from flows.cluster import workers_of
from flows.errors import SeedwatchError
from flows.events import emit
from flows.observing import RunLog, as_task, publish_artifacts, run_name, state_of, stopped_by
from flows.parameters import Seeds, WarehouseFile
from flows.pipeline import recheck_steps
from flows.plan import make_plan
from flows.settings import Settings
from warehouse.records import RunReport


@flow(name="recheck", flow_run_name=run_name, validate_parameters=True)
async def recheck(seeds: Seeds | None = None, warehouse: WarehouseFile | None = None) -> State[RunReport]:
    """Compares the stored articles again with the facts of the seeds, where facts or engine have changed since.

    Args:
        seeds: Files, or ids of bundled seeds. None: the first bundled one.
        warehouse: The DuckDB file. None: the one in the settings.
    """
    try:
        plan = await make_plan(Settings(), seeds or (), (), Path(warehouse) if warehouse else None)
        async with RunLog() as log, workers_of(plan) as workers:
            report = await recheck_steps(plan, do=as_task, progress=log, trigger="prefect", workers=workers)
    except SeedwatchError as error:
        return stopped_by(error)
    log.sum_up(report)
    await publish_artifacts(report, plan, log)
    emit(report, plan.warehouse)
    return state_of(report)
