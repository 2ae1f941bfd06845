"""The flow that looks after the warehouse, once a week: backup, old texts, space, rules, export."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from prefect.states import Completed

from flows import maintenance
from flows.errors import SeedwatchError
from flows.observing import as_task, stopped_by
from flows.parameters import WarehouseFile
from flows.settings import Settings


@flow(name="maintain", validate_parameters=True)
async def maintain(warehouse: WarehouseFile | None = None, dry_run: bool = False) -> State[Any]:
    """Backs the warehouse up, drops old texts without findings, packs and checks it, exports it: what the settings say.

    Args:
        warehouse: The DuckDB file. None: the one in the settings.
        dry_run: Only say what would be done.
    """
    try:
        how = maintenance.care(Settings(), Path(warehouse) if warehouse else None)
        done = await as_task("maintain", lambda: asyncio.to_thread(_all, how, dry_run))
    except SeedwatchError as error:
        return stopped_by(error)
    for step in done:
        get_run_logger().info("%s: %s", step.name, step.said)
    said = "; ".join(f"{step.name}: {step.said}" for step in done)
    return Completed(name=None if all(step.ok for step in done) else "Partial", message=said)


def _all(how: maintenance.Care, dry_run: bool) -> list[maintenance.Step]:
    return list(maintenance.maintain(how, datetime.now(UTC), dry_run=dry_run))
