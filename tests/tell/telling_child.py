"""What the crash test runs in a process of its own: raises alerts, then tells all there is to tell."""

from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

from flows.tell.smtp import Server
from flows.telling import Mailing, tell
from seeds.model import Alerts, Event, Fact, Seed
from tests.warehouse.rows import NOON, SEED
from warehouse.records import Alert
from warehouse.store import Warehouse

ALERTS_A_RUN = 3


def when(run: int) -> datetime:
    """A day later each time, so that what the run before it left is due."""
    return NOON + timedelta(days=run)


def alerts(run: int) -> list[Alert]:
    """What there is to tell by this run, of facts that no other run tells of."""
    return [
        Alert(f"{run}-{n}", SEED, "standing", when(run), f"f{run}-{n}", (), "corroborated", "contradicted")
        for n in range(ALERTS_A_RUN)
    ]


def work(path: Path, port: int, run: int, begun: Connection) -> None:
    """One run. What earlier runs were killed before they stored is raised again, as standings would raise it."""
    store = Warehouse(path)
    seed = Seed(
        seed=SEED,
        title="The talks",
        as_of=NOON,
        event=Event(summary="Talks."),
        facts=(Fact(id="hours", statement="The talks took two hours."),),
        alerts=Alerts(per_hour=60),
    )
    how = Mailing(("desk@example.org",), Server("127.0.0.1", port, "plain", "watch@example.org"), path.parent)
    begun.send(True)
    known = [alert for earlier in range(run + 1) for alert in alerts(earlier)]
    raised = store.save_standings("r1", [], (), known, at=when(run))
    tell(store, [seed], how, raised, when(run))
