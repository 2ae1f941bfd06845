"""Told by mail beside contradictions: dead and silent feeds, engines that do not load, publishers' edits."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest

from flows.pipeline import run_pass
from flows.plan import plan
from flows.settings import Settings
from flows.tell.rules import FAILING
from flows.telling import alerts_of, notices_of, tell
from seeds.engine import Folder
from seeds.errors import InputError
from seeds.model import ALERT_KINDS, Seed, load
from tests.newsroom.serve import Newsroom
from tests.seeds.test_model import GOOD, written
from tests.tell.servers import Box, listening
from tests.tell.test_mail import box as box  # a fixture, as is store
from tests.tell.test_mail import mailing, seed
from tests.tell.test_mail import store as store
from tests.warehouse.rows import NOON, SEED, begun, poll, report, standing, state
from warehouse.connection import opened
from warehouse.outbox import Outbox
from warehouse.read import Reader
from warehouse.records import AlertKind, FeedPoll, Trouble, content_id
from warehouse.store import Warehouse

HOUR = timedelta(hours=1)


def test_the_kinds_of_a_seed_are_those_there_are(tmp_path: Path) -> None:
    assert get_args(AlertKind) == ALERT_KINDS
    assert load(written(tmp_path, GOOD)).alerts.kinds == ALERT_KINDS
    with pytest.raises(
        InputError, match=r"seed.yaml:10: alerts.kinds.0: no kind of alert 'corection'; did you mean corr"
    ):
        load(written(tmp_path, GOOD + "alerts:\n  kinds: [corection]\n"))


def failed(name: str, at: datetime, succeeded_at: datetime | None, failures: int) -> FeedPoll:
    known = {"polled_at": at, "succeeded_at": succeeded_at, "failures": failures, "failure": "http:404"}
    return FeedPoll("failed", state(name, detail="404 Not Found", **known), status=404)


def feed(name: str) -> str:
    return content_id(f"https://{name}.example/rss")


def tells(store: Warehouse, of: Sequence[Seed], how: object, now: datetime, troubles: dict[Trouble, str]) -> int:
    """Raises and tells as the end of a run does; how many deliveries went out."""
    outbox = Outbox(store.path)
    ids = [feed("dead"), feed("quiet"), feed("fine")]
    raised = outbox.raise_("r1", notices_of(outbox, of, how, ids, troubles, now), now)  # type: ignore[arg-type]
    return tell(store, of, how, raised, now).sent  # type: ignore[arg-type]


def test_feeds_that_bring_nothing_are_told_once_an_episode_in_one_mail(box: tuple[Box, int], tmp_path: Path) -> None:
    handler, port = box
    how = mailing(tmp_path, port, "a@example.org", "b@example.org")
    store = begun(Warehouse(tmp_path / "w.duckdb", patience=1))
    others = seed().model_copy(update={"seed": "second"})  # with the same recipients, who are told once
    store.save_polls("r1", [poll("dead", 1), poll("quiet", 2), poll("fine", 3)], NOON)
    came, sent_on = NOON, []
    for day in (*range(6), 12, *range(20, 27)):
        now = NOON + timedelta(days=day)
        store.begin_run(f"day{day}", [SEED], now, "test")
        if day == 20:
            came = now  # it comes back for a day, and dies again
            polls = [poll("dead", 1, polled_at=now, succeeded_at=now)]
        else:
            polls = [failed("dead", now, came, day if day < 20 else day - 20)] if day else []
        silent = NOON if day > 2 else None
        polls.append(poll("quiet", 2, outcome="unchanged", polled_at=now, succeeded_at=now, silent_since_at=silent))
        polls.append(poll("fine", 3, outcome="unchanged", polled_at=now, succeeded_at=now))
        store.save_polls(f"day{day}", polls, now)
        sent_on += [day] * tells(store, [seed(), others], how, now, {})
    # silent after three days; three days after the first failure; and again after it was well in between
    assert sent_on == [3, 3, 4, 4, 24, 24]
    subjects = [str(mail["Subject"]) for to, mail in handler.mails if to == "a@example.org"]
    assert subjects == [
        "The talks: Quiet answers, but has brought nothing new since 2025-05-16",
        "The talks: Dead has not answered as it should since 2025-05-17",
        "The talks: Dead has not answered as it should since 2025-06-06",
    ]
    body = handler.mails[2][1].get_body(("plain",))
    assert body is not None
    assert "404 Not Found" in body.get_content()
    assert "https://dead.example/rss" in body.get_content()
    assert timedelta(days=3) == FAILING
    assert store.check() == []


def test_many_feeds_that_die_over_days_are_summed_up_and_runs_wait_for_none(
    box: tuple[Box, int], tmp_path: Path
) -> None:
    handler, port = box
    how, of = mailing(tmp_path, port), [seed()]
    store = begun(Warehouse(tmp_path / "w.duckdb", patience=1))
    store.save_polls("r1", [failed("dead", NOON, None, 1)], NOON)
    store.begin_run("r2", [SEED], NOON + timedelta(days=3), "test")
    store.save_polls("r2", [failed("dead", NOON + timedelta(days=3), None, 9)], NOON + timedelta(days=3))
    assert tells(store, of, how, NOON + timedelta(days=3), {}) == 1
    silent = poll("quiet", 2, silent_since_at=NOON)
    store.save_polls("r1", [silent], NOON)
    assert tells(store, of, how, NOON + timedelta(days=3, hours=5), {}) == 0  # a day has one mail on feeds
    assert tells(store, of, how, NOON + timedelta(days=3, hours=6), {"engine": "no weights"}) == 1
    body = handler.mails[-1][1].get_body(("plain",))
    assert body is not None
    assert "no weights" in body.get_content()
    assert "Quiet answers, but has brought nothing new since 2025-05-16" in body.get_content()


def test_runs_that_cannot_check_are_told_once_a_day_while_it_lasts(box: tuple[Box, int], tmp_path: Path) -> None:
    handler, port = box
    how = mailing(tmp_path, port)
    store = begun(Warehouse(tmp_path / "w.duckdb", patience=1))
    store.save_polls("r1", [poll("fine", 1)], NOON)
    store.finish_run(report("r1", new=1, pages=1), "completed")
    good = NOON + timedelta(minutes=3)
    assert Outbox(store.path).checked_at(SEED) == good
    # three days of an outage here: a run every quarter of an hour, of which those are made that could tell
    hours = [0.25, 0.75, 1, 1.25, 6, 12, 23, 24, 24.25, 36, 47, 48, 48.25, 60, 71]
    troubles: dict[Trouble, str] = {"unreachable": "30 of 30 feeds polled failed: 30 × connect"}
    told = [n for n in hours if tells(store, [seed()], how, good + n * HOUR, troubles)]
    assert told == [1, 24, 48]
    body = handler.mails[0][1].get_body(("plain",))
    assert body is not None
    text = " ".join(body.get_content().split())
    assert "Last checked 2025-05-16 at 12:03 UTC." in text
    assert "30 of 30 feeds polled failed: 30 × connect" in text
    assert tells(store, [seed(kinds=("contradiction",))], how, good + timedelta(days=9), {"unreachable": "x"}) == 0


@pytest.mark.parametrize("kinds", [ALERT_KINDS, ("contradiction", "standing")])
def test_an_engine_that_does_not_load_and_feeds_out_of_reach_are_told_by_a_run(
    tmp_path: Path, box: tuple[Box, int], kinds: tuple[str, ...]
) -> None:
    handler, port = box
    path = tmp_path / "w.duckdb"
    with Newsroom() as room:
        todo = plan(Settings(workers=2), [], [room.feed_url("ledger")], path, engine=Folder(tmp_path / "none"))
        (watched,) = todo.seeds
        watched = watched.model_copy(update={"alerts": watched.alerts.model_copy(update={"kinds": kinds})})
        todo = replace(todo, mailing=mailing(tmp_path, port), seeds=(watched,))
        first, second = run_pass(todo), run_pass(todo)
    away = run_pass(todo)  # the newsroom is gone
    if kinds != ALERT_KINDS:
        assert handler.mails == []
        return
    assert [first.told.sent, second.told.sent, away.told.sent] == [1, 0, 1]
    (_, blind), (_, dark) = handler.mails
    body = blind.get_body(("plain",))
    assert body is not None
    assert "could not be loaded, so nothing was compared. It never could be, so far." in " ".join(
        body.get_content().split()
    )
    assert str(tmp_path / "none") in body.get_content()
    assert "nothing can be checked" in str(dark["Subject"]) or "No feed could be reached" in str(dark["Subject"])
    rows = Reader(path).sql("select kind, trouble, state from alerts order by raised_at").rows
    assert rows == (("run", "engine", "told"), ("run", "unreachable", "told"))
    assert Warehouse(path).check() == []


def test_a_correction_is_told_once_with_both_sentences(tmp_path: Path) -> None:
    path, handler = tmp_path / "w.duckdb", Box()
    with Newsroom() as room, listening(handler) as port:
        todo = plan(Settings(workers=2), [], [room.feed_url("ledger")], path)
        first = run_pass(replace(todo, mailing=mailing(tmp_path, port)))
        said = "that Kyiv and four European capitals put to Russia last weekend was to run for 60 days"
        room.edit("ledger-sixty-days", said, "proposed before the talks was to last 30 days")
        room.edit("ledger-sixty-days", "The text, three pages", "Kyiv's text, which Russia has, three pages")
        todo = replace(todo, mailing=mailing(tmp_path, port), revisit=(first.ended_at - first.started_at,))
        second, third = run_pass(todo), run_pass(todo)
    assert [alert.kind for alert in second.told.raised] == ["correction", "standing"]
    assert (second.told.sent, third.told.sent, third.told.raised) == (1, 0, ())
    mail = handler.mails[-1][1]
    assert str(mail["Subject"]).startswith("Corrected by The Ledger & Exchange: ")
    body, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert body is not None
    assert html is not None
    text = " ".join(body.get_content().split())
    assert "Standing: contradicted → corroborated" in text
    assert "The article contradicted the fact; since the edit it confirms it." in text
    before, after = text.index("Before: »"), text.index("After: »")
    assert "was to run for 60 days" in text[before:after]
    assert "was to last 30 days" in text[after:]
    assert "<del>" in html.get_content()
    ids = Reader(path).sql("select article_id_before, article_id_after from corrections").rows[0]
    assert f"Kept as articles {ids[0]} (before) and {ids[1]} (after)." in text
    assert Warehouse(path).check() == []


def test_a_server_away_for_three_days_gets_all_kinds_for_all_once(
    store: Warehouse, box: tuple[Box, int], tmp_path: Path
) -> None:
    handler, port = box
    to = ("a@example.org", "b@example.org")
    of, outbox = seed(), Outbox(store.path)
    here, away = mailing(tmp_path, port, *to), mailing(tmp_path, 9, *to)
    store.save_polls("r1", [failed("dead", NOON, None, 1)], NOON)
    for hour in (*range(0, 72, 8), 72, 74, 76):
        now = NOON + timedelta(hours=hour)
        how = here if hour >= 74 else away
        after = {0: [standing("corroborated", now)], 24: [standing("superseded", now)]}.get(hour, [])
        if hour == 0:  # two copies contradict a fact
            after.append(replace(standing("contradicted", now, supports=0, fact_id="hours"), contradicts=1))
        alerts = alerts_of(outbox, of, store.standings(SEED), after, now)
        alerts = store.save_standings("r1", after, (), alerts, at=now)
        if hour == 72:
            store.begin_run("r2", [SEED], now, "test")
            store.save_polls("r2", [failed("dead", now, None, 9)], now)
        troubles: dict[Trouble, str] = {"engine": "no weights"} if hour == 48 else {}
        alerts += outbox.raise_("r1", notices_of(outbox, [of], how, [feed("dead")], troubles, now), now)
        told = tell(store, [of], how, alerts, now)
        assert bool(told.sent) == (hour == 74)
    with opened(store.path, 1) as con:
        raised = con.execute("select kind, fact_id, mail_id from base.alerts").fetchall()
        mails = {row[0] for row in con.execute("select message_id from base.mails").fetchall()}
        states = {row[0] for row in con.execute("select distinct state from base.deliveries").fetchall()}
    assert sorted((kind, fact_id) for kind, fact_id, _ in raised) == [
        ("contradiction", "hours"),
        ("feed", None),
        ("run", None),
        ("standing", "head"),
        ("standing", "hours"),
    ]
    assert all(mail_id for *_, mail_id in raised)
    assert states == {"sent"}
    arrived = Counter((recipient, str(mail["Message-ID"])) for recipient, mail in handler.mails)
    assert arrived == Counter({(recipient, mail): 1 for recipient in to for mail in mails})
    assert len(mails) == 4
    assert store.check() == []
