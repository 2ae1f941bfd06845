"""Alerts on their way to people: a real mail server that refuses, dies or is away, and a real DuckDB."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from flows.tell.envelope import wrapped
from flows.tell.mail import Subject, compose
from flows.tell.rules import Bundle, bundles, raised
from flows.tell.smtp import Server
from flows.telling import Mailing, tell
from seeds.model import Alerts, Event, Fact, Seed
from tests.tell.servers import DEAD, Box, listening
from tests.warehouse.rows import FACTS, NOON, SEED, SENTENCES, begun, comparison, finding, page, poll, standing
from warehouse.outbox import LEASE, Outbox
from warehouse.records import Alert, Mail, Report, Standing
from warehouse.store import Warehouse

HOSTILE = "Talks\r\nBcc: all@example.org\n\n<script>alert(1)</script> \u202eesrever 😀 " + "long " * 2_000


@pytest.fixture
def box() -> Iterator[tuple[Box, int]]:
    handler = Box()
    with listening(handler) as port:
        yield handler, port


def mailing(tmp_path: Path, port: int, *to: str) -> Mailing:
    server = Server("127.0.0.1", port, "plain", "watch@example.org", seconds=5)
    return Mailing(to or ("desk@example.org",), server, tmp_path / "outbox")


def seed(**alerts: object) -> Seed:
    facts = tuple(Fact(id=fact.fact_id, statement=fact.statement) for fact in FACTS)
    return Seed(
        seed=SEED, title="The talks", as_of=NOON, event=Event(summary="Talks."), facts=facts, alerts=Alerts(**alerts)  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Warehouse:
    """Two articles in the same words contradict one fact."""
    warehouse = begun(Warehouse(tmp_path / "w.duckdb", patience=1))
    warehouse.save_polls("r1", [poll("one", 1, 2)], NOON)
    readings = [page(1), page(2)]
    warehouse.save_readings("r1", readings)
    articles = [reading.article for reading in readings if reading.article]
    warehouse.save_comparisons("r1", [comparison(a, finding(a, "hours", "contradicts")) for a in articles])
    return warehouse


def end_run(warehouse: Warehouse, of: Seed, how: Mailing, now: datetime) -> Any:
    outbox = Outbox(warehouse.path)
    after = [replace(standing("contradicted", now, fact_id="hours"), supports=0, contradicts=1)]
    before = warehouse.standings(SEED)
    after = [] if "hours" in before else after
    told = outbox.raised_reports(SEED).values()
    alerts = raised(SEED, of.alerts, outbox.reports(SEED), told, before, after, now)
    return tell(warehouse, [of], how, warehouse.save_standings("r1", after, (), alerts, at=now), now)


def test_copies_are_one_alert_told_once_in_ninety_days(store: Warehouse, box: tuple[Box, int], tmp_path: Path) -> None:
    handler, port = box
    for day in range(0, 90, 9):
        end_run(store, seed(), mailing(tmp_path, port), NOON + timedelta(days=day))
    ((to, mail),) = handler.mails
    assert to == "desk@example.org"
    assert mail["Subject"].startswith("Contradicted: The talks took two hours.")
    assert (mail["Auto-Submitted"], mail["To"]) == ("auto-generated", "desk@example.org")
    assert mail["Message-ID"].endswith("@example.org>")
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "One text in 2 outlets: Paper" in text
    assert SENTENCES["hours"].split()[0] in text
    assert max(map(len, text.splitlines())) <= 78
    assert store.check() == []


def test_a_standing_alone_is_told_with_what_tipped_it(store: Warehouse, box: tuple[Box, int], tmp_path: Path) -> None:
    handler, port = box
    of, how = seed(), mailing(tmp_path, port)
    end_run(store, of, how, NOON)
    (copy, _) = Outbox(store.path).reports(SEED)
    now = NOON + timedelta(hours=1)
    alert = Alert("d", SEED, "standing", now, "head", (), "corroborated", "disputed")
    after = [replace(standing("disputed", now), cause=copy.finding_id)]
    tell(store, [of], how, store.save_standings("r1", after, (), [alert], at=now), now)
    mail = handler.mails[-1][1]
    assert mail["Subject"] == "Disputed, was corroborated: Umerov heads the delegation."
    body = mail.get_body(("plain",))
    assert body is not None
    assert f"The last report that changed it:\r\n  »{SENTENCES['hours']}«" in body.get_content()
    assert f"Kept as article {copy.article_id}." in body.get_content()


def test_a_dead_recipient_holds_up_no_other_and_is_told(store: Warehouse, box: tuple[Box, int], tmp_path: Path) -> None:
    handler, port = box
    told = end_run(store, seed(to=(DEAD, "a@example.org", "b@example.org")), mailing(tmp_path, port), NOON)
    assert [to for to, _ in handler.mails] == ["a@example.org", "b@example.org"]
    assert (told.sent, told.due) == (2, 0)
    assert "no such mailbox" in told.troubles[0]


def test_a_server_away_for_three_days_gets_everything_once(
    store: Warehouse, box: tuple[Box, int], tmp_path: Path
) -> None:
    handler, port = box
    away = mailing(tmp_path, 9)
    for hour in range(0, 72, 4):
        told = end_run(store, seed(), away, NOON + timedelta(hours=hour))
    assert (told.sent, told.due) == (0, 1)
    later = NOON + timedelta(hours=74)
    assert end_run(store, seed(), mailing(tmp_path, port), later).sent == 1
    assert end_run(store, seed(), mailing(tmp_path, port), later + timedelta(hours=2)).sent == 0
    assert len(handler.mails) == 1


def test_a_crash_between_sending_and_marking_sends_the_same_mail_again(
    store: Warehouse, box: tuple[Box, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler, port = box
    how = mailing(tmp_path, port)
    monkeypatch.setattr(Outbox, "mark", _killed)
    with pytest.raises(KeyboardInterrupt):
        end_run(store, seed(), how, NOON)
    monkeypatch.undo()
    assert end_run(store, seed(), how, NOON + LEASE / 2).sent == 0  # it may still be at work
    assert end_run(store, seed(), how, NOON + LEASE).sent == 1
    (_, first), (_, second) = handler.mails
    assert first.as_bytes() == second.as_bytes()


def test_a_server_that_dies_after_taking_a_mail_gets_the_same_again(
    store: Warehouse, box: tuple[Box, int], tmp_path: Path
) -> None:
    handler, port = box
    handler.dies = True
    assert end_run(store, seed(), mailing(tmp_path, port), NOON).due == 1
    handler.dies = False
    end_run(store, seed(), mailing(tmp_path, port), NOON + timedelta(hours=1))
    assert len({mail["Message-ID"] for _, mail in handler.mails}) == 1


def test_without_a_server_mails_are_files(store: Warehouse, tmp_path: Path) -> None:
    told = end_run(store, seed(), Mailing(("desk@example.org",), None, tmp_path / "outbox"), NOON)
    assert told.written == 1
    (file,) = (tmp_path / "outbox").iterdir()
    assert message_from_bytes(file.read_bytes(), policy=policy.default)["To"] == "desk@example.org"


@pytest.mark.parametrize("rule", [{"probability": 0.95}, {"sources": 2}, {"facts": ("head",)}])
def test_what_the_rule_leaves_out_is_not_told(
    store: Warehouse, box: tuple[Box, int], tmp_path: Path, rule: dict[str, object]
) -> None:
    handler, port = box
    told = end_run(store, seed(**rule), mailing(tmp_path, port), NOON)
    assert (told.raised, handler.mails) == ((), [])


def test_quiet_hours_hold_back(store: Warehouse, box: tuple[Box, int], tmp_path: Path) -> None:
    _, port = box
    of = seed(quiet="22:00-14:30", timezone="Europe/Berlin")  # noon in UTC is 14:00 there
    assert end_run(store, of, mailing(tmp_path, port), NOON).waiting == 2
    assert end_run(store, of, mailing(tmp_path, port), NOON + timedelta(minutes=30)).sent == 1


def test_an_hours_last_mail_sums_up_what_is_left() -> None:
    waiting = [Alert(str(n), SEED, "standing", NOON, f"f{n}") for n in range(5)]
    sent = Mail("m", SEED, "summary", None, "", "", "", NOON - timedelta(days=1))
    assert [len(b.alerts) for b in bundles(waiting, Alerts(), [], NOON)] == [5]
    assert [len(b.alerts) for b in bundles(waiting, Alerts(per_hour=2), [sent], NOON)] == [1, 4]
    assert bundles(waiting, Alerts(per_hour=1), [replace(sent, composed_at=NOON)], NOON) == []


def test_hostile_words_break_no_header_and_do_nothing_in_html(store: Warehouse) -> None:
    outbox = Outbox(store.path)
    reports = [
        replace(r, publisher=HOSTILE, title=HOSTILE, author=HOSTILE, article_value=HOSTILE, url="javascript:alert(1)")
        for r in outbox.reports(SEED)
    ]
    (alert,) = raised(SEED, Alerts(), reports, [], {"hours": _against()}, [], NOON)
    found: dict[str, Report] = {report.finding_id: report for report in reports}
    about = Subject(SEED, HOSTILE, {"hours": HOSTILE}, found, {}, {}, {}, {})
    mail = compose(Bundle("fact", "hours", (alert,)), about, "example.org", NOON)
    parsed = message_from_bytes(mail.content.encode(), policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    assert parsed["Bcc"] is None
    assert len(mail.subject) <= 180
    assert parsed["Subject"] == mail.subject
    assert max(map(len, mail.content.splitlines())) <= 998
    html = parsed.get_body(("html",))
    assert html is not None
    assert [word for word in ("<script", "javascript:", "\u202e") if word in html.get_content()] == []


@pytest.mark.parametrize(
    "subject",
    [
        "The talks: Quiet answers, but has brought nothing new since 2025-05-16",  # just fills a line
        "Talks end \u05d1\u05e9\u05dc\u05d5\u05dd and 😀 😀 in the end — says the paper, " + "long " * 20,
        "😀" * 180,
        "x" * 180,
        "=?utf-8?q?=0D=0ABcc:_all=40example.org?= and more",
        'a b, c: d; e <f@example.org> (g) "h" ' * 4,
    ],
)
def test_a_subject_is_read_as_it_was_written(subject: str) -> None:
    given = {"text": "t\n", "html": "<p>t</p>\n", "mail_id": "m", "thread_id": "t", "list_name": "l"}
    content = wrapped(subject=subject.strip(), domain="example.org", now=NOON, **given)
    parsed = message_from_bytes(content.encode("ascii"), policy=policy.default)
    assert parsed["Subject"] == subject.strip()
    assert [name for name in parsed if name.lower() == "bcc"] == []
    assert max(map(len, content.splitlines())) <= 200


def _against() -> Standing:
    return replace(standing("contradicted", NOON, fact_id="hours"), contradicts=1)


def _killed(*_: object) -> None:
    raise KeyboardInterrupt
