"""From feeds to a mailbox: the bundled newsroom, a whole pass, a real mail server."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from flows.pipeline import run_pass
from flows.plan import plan
from flows.settings import Settings
from tests.newsroom.coverage import Article
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


OUTLETS = ("meridian", "clarion", "northgate", "harrow", "bosphorus", "amber", "courier")


def test_a_contradiction_in_seven_copies_of_a_wire_story_is_one_alert(tmp_path: Path) -> None:
    path, handler = tmp_path / "w.duckdb", Box()
    with Newsroom() as room, listening(handler) as port:
        (wire,) = (one for one in room.articles if one.slug == "meridian-zelensky-sends")
        wire = wire.edited(
            "Russia's delegation is led by Vladimir Medinsky, a Kremlin aide and former minister of culture, who said",
            "The Russian delegation at the peace talks in Istanbul is led by Oleg Sarychev and not by Vladimir "
            "Medinsky, an official said, whose aide told reporters",
        )

        def copy(outlet: str, minutes: int) -> Article:
            at = wire.published_at + timedelta(minutes=minutes)
            return replace(wire, slug=f"{outlet}-copy", publisher=room.publishers[outlet], published_at=at)

        room.articles = tuple(copy(outlet, 9 * n) for n, outlet in enumerate(OUTLETS))
        todo = replace(plan(Settings(workers=2), [], [room.opml_url], path), mailing=mailing(tmp_path, port))
        first = run_pass(todo)
        names = [room.publishers[outlet].name for outlet in OUTLETS]
        room.articles += (copy("ledger", 300),)
        second = run_pass(todo)
    assert first.pages == 7
    # The text contradicts another fact in passing: each is one alert of seven findings.
    told = {alert.fact_id: alert for alert in first.told.raised if alert.kind == "contradiction"}
    assert len(told) == len([alert for alert in first.told.raised if alert.kind == "contradiction"])
    assert {fact: len(alert.finding_ids) for fact, alert in told.items()} == {
        "russia-delegation-head": 7,
        "trump-office": 7,
    }
    assert [one for one in second.told.raised if one.kind == "contradiction"] == []
    ((_, mail),) = handler.mails
    bodies = [mail.get_body((kind,)) for kind in ("plain", "html")]
    text, html = (" ".join(body.get_content().split()) for body in bodies if body is not None)
    assert f"One text in 7 outlets: {', '.join(names)}. It is probably from Meridian News Agency" in text
    assert "One text in 7 outlets" in html
    # Its words against the fact's, how it stood and stands, and where the text is kept.
    assert "*Oleg Sarychev*" in text
    assert "<mark>Oleg Sarychev</mark>" in html
    assert "Standing: unreported → contradicted Independent sources: 0 confirm it, 1 contradicts it." in text
    rows = Reader(path).sql("select article_id, len(publishers) from alerts where kind = 'contradiction'").rows
    for article_id, publishers in rows:
        assert f"Kept as article {article_id}, " in text
        assert publishers == 7
    assert Warehouse(path).check() == []
