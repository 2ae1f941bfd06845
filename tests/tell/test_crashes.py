"""Runs that are killed at a random moment while they tell: nothing is lost, and nothing is told in other words."""

import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.tell import telling_child
from tests.tell.servers import Box, listening
from tests.warehouse.rows import begun
from warehouse.connection import opened
from warehouse.store import Warehouse

RUNS = int(os.environ.get("SEEDWATCH_CRASHES", "10"))
AT_THE_WORST = 5
"""Every so many runs the kill comes when the server has taken a mail and nobody is told so yet, for sure."""


@dataclass
class Killing(Box):
    """A mail server that, when told to, kills the process whose mail it just took."""

    victim: int | None = None
    killed: list[str] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  aiosmtpd calls it so
        answer = await super().handle_DATA(server, session, envelope)
        if self.victim is not None:
            os.kill(self.victim, signal.SIGKILL)
            self.victim = None
        return answer


def test_each_alert_is_told_by_one_mail_however_often_runs_are_killed(tmp_path: Path) -> None:
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload([telling_child.__name__])
    path = tmp_path / "w.duckdb"
    store = begun(Warehouse(path))
    chance = random.Random(6)
    box, kills, lasted = Killing(), 0, 0.5
    with listening(box) as port:
        for run in range(RUNS + 2):
            here, there = processes.Pipe(duplex=False)
            child = processes.Process(target=telling_child.work, args=(path, port, run, there))
            child.start()
            here.recv()
            began = time.monotonic()
            if 0 < run <= RUNS:  # the first and the last are left alone
                if run % AT_THE_WORST == 0:
                    box.victim = child.pid
                    child.join(30)
                else:
                    child.join(chance.uniform(0, 1.1 * lasted))
                child.kill()
            child.join(60)
            if child.exitcode == 0:
                lasted = time.monotonic() - began
            kills += child.exitcode == -signal.SIGKILL
        # A killed run left its deliveries to the one after it, so that after the last nothing is left.
    with opened(path, 10) as con:
        told = dict(con.execute("select alert_id, mail_id from base.alerts").fetchall())
        kept = {row[0] for row in con.execute("select message_id from base.mails").fetchall()}
        states = {row[0] for row in con.execute("select distinct state from base.deliveries").fetchall()}
    copies = Counter(str(mail["Message-ID"]) for _, mail in box.mails)
    again = sum(copies.values()) - len(copies)
    print(f"{RUNS} runs, {kills} killed: {len(told)} alerts, {len(copies)} mails, {again} of them sent again")
    assert set(told) == {alert.alert_id for run in range(RUNS + 2) for alert in telling_child.alerts(run)}
    assert None not in told.values()
    assert states == {"sent"}
    assert set(copies) == kept
    # Who was killed between sending and marking sends the same mail again, to the byte: one at most for each kill.
    assert len({mail.as_bytes() for _, mail in box.mails}) == len(copies)
    assert RUNS // AT_THE_WORST <= again <= kills
    assert len({str(mail["Subject"]) for _, mail in box.mails}) == len(copies)
    assert store.check() == []
