"""From feeds to a mailbox: the bundled newsroom, a whole pass, a real mail server."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from flows.pipeline import run_pass
from flows.plan import plan
from flows.settings import Settings
from tests.newsroom.serve import Newsroom
from tests.tell.servers import Box, listening
from tests.tell.test_mail import mailing
from warehouse.read import Reader
from warehouse.store import Warehouse


@dataclass
class Reading(Box):
    """A mail server that looks, at each mail, at what readers see meanwhile."""

    path: Path = Path()
    seen: list[tuple[object, ...]] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  aiosmtpd calls it so
        self.seen += Reader(self.path).sql("select state, (select count(*) from contradictions) > 5 from runs").rows
        return await super().handle_DATA(server, session, envelope)


def test_a_first_pass_is_told_in_one_summary_and_a_second_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    handler = Reading(path=path)
    with Newsroom() as room, listening(handler) as port:
        todo = replace(plan(Settings(workers=2), [], [room.opml_url], path), mailing=mailing(tmp_path, port))
        first = run_pass(todo)
        assert first.told.sent == 1
        assert len([alert for alert in first.told.raised if alert.kind == "contradiction"]) > 5
        second = run_pass(todo)
        assert (second.told.raised, second.told.sent) == ((), 0)
    ((_, mail),) = handler.mails
    assert handler.seen == [("completed", True)]  # a slow mail server keeps no reader waiting
    assert {row[0] for row in Reader(path).sql("select state from mails").rows} == {"sent"}
    assert "reports contradict" in mail["Subject"]
    (tmp_path / "mail.eml").write_bytes(mail.as_bytes())
    assert Warehouse(path).check() == []
