"""The flow that sends the digests, once a day: those of the day or week that is over, to who is told of a seed."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from prefect.states import Completed

from flows.digesting import Asked, send_digests, watched
from flows.errors import SeedwatchError
from flows.observing import as_task, run_name, stopped_by
from flows.parameters import Seeds, WarehouseFile
from flows.settings import Settings


@flow(name="digest", flow_run_name=run_name, validate_parameters=True)
async def digest(seeds: Seeds | None = None, warehouse: WarehouseFile | None = None) -> State[Any]:
    """Mails what the last day or week brought, once: by default nothing where nothing happened.

    Args:
        seeds: Files, or ids of bundled seeds. None: the first bundled one.
        warehouse: The DuckDB file. None: the one in the settings.
    """
    try:
        settings = Settings()
        place = Path(warehouse) if warehouse else settings.warehouse.expanduser()
        wanted = watched(seeds or ())
        posted, told = await as_task(
            "digest", lambda: asyncio.to_thread(send_digests, settings, place, wanted, Asked(), datetime.now(UTC))
        )
    except SeedwatchError as error:
        return stopped_by(error)
    for trouble in told.troubles:
        get_run_logger().warning("mail: %s", trouble)
    said = ", ".join(f"{one.seed_id}: {one.outcome}" for one in posted)
    said += f"; {told.sent} sent, {told.written} written to files, {told.due} to be tried again"
    return Completed(name="Partial" if told.troubles else None, message=said)
