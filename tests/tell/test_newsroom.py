"""From feeds to a mailbox: the bundled newsroom, a whole pass, a real mail server."""

from dataclasses import replace
from pathlib import Path

from flows.pipeline import run_pass
from flows.plan import plan
from flows.settings import Settings
from tests.newsroom.serve import Newsroom
from tests.tell.test_mail import Box, box, mailing
from warehouse.store import Warehouse

__all__ = ["box"]


def test_a_first_pass_is_told_in_one_summary_and_a_second_not_at_all(tmp_path: Path, box: tuple[Box, int]) -> None:
    handler, port = box
    path = tmp_path / "w.duckdb"
    with Newsroom() as room:
        todo = replace(plan(Settings(workers=2), [], [room.opml_url], path), mailing=mailing(tmp_path, port))
        first = run_pass(todo)
        assert first.told.sent == 1
        assert len([alert for alert in first.told.raised if alert.kind == "contradiction"]) > 5
        second = run_pass(todo)
        assert (second.told.raised, second.told.sent) == ((), 0)
    ((_, mail),) = handler.mails
    assert "reports contradict" in mail["Subject"]
    (tmp_path / "mail.eml").write_bytes(mail.as_bytes())
    assert Warehouse(path).check() == []
