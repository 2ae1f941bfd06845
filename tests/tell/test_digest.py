"""Digests: which days they are of, what they say, and that each comes once, whatever happens in between."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_string, policy
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.digesting import Asked, digests, send_digests
from flows.settings import Settings
from flows.tell.digest import Period, compose_digest, pages, period
from seeds.errors import InputError
from seeds.model import load
from tests.seeds.test_model import GOOD, written
from tests.tell.servers import Box
from tests.tell.test_mail import HOSTILE, seed
from tests.tell.test_mail import box as box  # a fixture
from tests.warehouse.rows import (
    NOON,
    SEED,
    article,
    begun,
    comparison,
    covered,
    finding,
    page,
    poll,
    refusal,
    report,
    standing,
)
from warehouse.outbox import Outbox
from warehouse.store import Warehouse

MORNING = datetime(2025, 5, 17, 6, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """What was seen and published on 16 May 2025."""
    store = covered(Warehouse(tmp_path / "w.duckdb", patience=1))
    against = replace(standing("contradicted", NOON, supports=0, fact_id="hours"), contradicts=1)
    store.save_standings("r1", [against])
    store.publish()
    return store.path


def settings(port: int, *to: str) -> Settings:
    return Settings(
        smtp_host="127.0.0.1", smtp_port=port, smtp_from="watch@example.org", mail_to=to or ("a@example.org",)
    )


def utc(*when: int) -> datetime:
    return datetime(*when, tzinfo=UTC)  # type: ignore[arg-type]


def test_a_period_is_the_last_whole_day_or_week_and_none_is_left_out() -> None:
    assert period("daily", "UTC", MORNING, None) == Period(utc(2025, 5, 16), utc(2025, 5, 17))
    assert period("weekly", "UTC", MORNING, None) == Period(utc(2025, 5, 5), utc(2025, 5, 12))
    assert period("daily", "UTC", MORNING, utc(2025, 5, 17)) is None
    assert period("weekly", "UTC", MORNING + DAY, utc(2025, 5, 12)) is None
    assert period("daily", "UTC", MORNING, utc(2025, 5, 13)) == Period(utc(2025, 5, 13), utc(2025, 5, 17))
    assert period("daily", "UTC", MORNING, utc(2025, 1, 1)) == Period(utc(2025, 5, 16), utc(2025, 5, 17))
    # by the clock of the zone, over the change to winter time, a day has 25 hours
    autumn = period("daily", "Europe/Berlin", utc(2025, 10, 27, 6), None)
    assert autumn == Period(utc(2025, 10, 25, 22), utc(2025, 10, 26, 23), "Europe/Berlin")
    assert autumn.said == "2025-10-26"
    assert Period(utc(2025, 5, 12), utc(2025, 5, 19)).said == "2025-05-12 to 2025-05-18"


def test_a_seed_says_how_often(tmp_path: Path) -> None:
    assert load(written(tmp_path, GOOD)).alerts.digest == "daily"
    assert load(written(tmp_path, GOOD + "alerts:\n  digest: off\n")).alerts.digest == "off"  # YAML makes it false
    with pytest.raises(InputError, match=r":10: alerts.digest: no rhythm 'weakly'; did you mean weekly\?"):
        load(written(tmp_path, GOOD + "alerts:\n  digest: weakly\n"))


def test_a_digest_says_what_the_day_brought(path: Path) -> None:
    (digest,) = digests(path, [seed()], Asked(), MORNING)
    assert digest.period.said == "2025-05-16"
    assert [(change.fact_id, change.standings) for change in digest.changes] == [
        ("hours", ("unreported", "contradicted")),
        ("head", ("unreported", "corroborated")),
    ]
    # Paper 3 was read, and not compared; of Paper 2 one fact is unchecked
    assert [(one.publisher, one.articles, one.supports, one.contradicts) for one in digest.publishers] == [
        ("Paper 1", 1, 1, 1),
        ("Paper 2", 1, 1, 0),
    ]
    assert [(one.reason, one.count) for one in digest.unchecked] == [("model:missing", 1)]
    assert [(one.reason, one.count) for one in digest.refused] == [("consent", 1)]
    assert not digest.quiet
    (next_day,) = digests(path, [seed()], Asked(), MORNING + DAY)
    assert next_day.quiet
    assert [fact.standing for fact in next_day.facts] == ["contradicted", "corroborated"]

    mail = compose_digest(digest, "example.org", MORNING)
    assert mail.subject == "The talks, 2025-05-16: 2 facts changed, 2 new articles"
    text, html = pages(digest)
    assert "contradicted -\n      The talks took two hours." in text
    assert "corroborated ++\n      Umerov heads the delegation." in text
    assert "Paper 1: 1, 1 for, 1 against" in text
    assert "Not decided, which is no agreement: 1 × model:missing" in text
    assert "Not read, of all feeds: 1 × consent" in text
    assert max(map(len, text.splitlines())) <= 78
    assert 'class="for" style="width: 94' in html
    assert 'class="against" style="width: 47' in html


def test_each_digest_comes_once_to_each_and_quiet_days_bring_none(
    path: Path, box: tuple[Box, int], tmp_path: Path
) -> None:
    handler, port = box
    here, away = settings(port, "a@example.org", "b@example.org"), settings(9, "a@example.org", "b@example.org")

    def outcomes(of: Settings, now: datetime, **rule: object) -> tuple[str, int]:
        posted, told = send_digests(of, path, [seed(**rule)], Asked(), now)
        return posted[0].outcome, told.sent

    assert outcomes(here, MORNING, digest="off") == ("off", 0)
    assert outcomes(settings(port), MORNING, digest="weekly") == ("nothing new", 0)  # the week before
    # The server is away for three days; meanwhile the quiet days bring no other digest.
    assert outcomes(away, MORNING) == ("posted", 0)
    for hours in range(1, 72, 7):
        assert outcomes(away, MORNING + timedelta(hours=hours))[1] == 0
    assert outcomes(here, MORNING + 3 * DAY) == ("nothing new", 2)
    assert outcomes(here, MORNING + 3 * DAY) == ("nothing new", 0)
    assert sorted(to for to, _ in handler.mails) == ["a@example.org", "b@example.org"]
    assert len({mail["Message-ID"] for _, mail in handler.mails}) == 1
    assert outcomes(here, MORNING + 3 * DAY, digest_when_quiet=True) == ("posted", 2)
    assert outcomes(here, MORNING + 3 * DAY, digest_when_quiet=True) == ("told before", 0)
    assert str(handler.mails[-1][1]["Subject"]) == "The talks, 2025-05-17 to 2025-05-19: nothing new"
    assert Warehouse(path).check() == []


def test_a_digest_that_was_kept_before_a_kill_is_sent_by_the_next_process_as_it_was(
    path: Path, box: tuple[Box, int]
) -> None:
    handler, port = box
    (digest,) = digests(path, [seed()], Asked(), MORNING)
    Outbox(path).post(compose_digest(digest, "example.org", MORNING), ["a@example.org"])  # and then it was killed
    posted, told = send_digests(settings(port), path, [seed()], Asked(), MORNING + timedelta(hours=1))
    assert (posted[0].outcome, told.sent) == ("told before", 1)
    ((_, mail),) = handler.mails
    assert str(mail["Date"]).startswith("Sat, 17 May 2025 06:00:00")


def test_hostile_words_do_nothing_in_a_digest(tmp_path: Path) -> None:
    store = begun(Warehouse(tmp_path / "w.duckdb", patience=1))
    store.save_polls("r1", [poll("one", 1, 2, title=HOSTILE, failures=4, failure=HOSTILE, succeeded_at=None)], NOON)
    read = replace(article(1), publisher=HOSTILE, title=HOSTILE, url="javascript:alert(1)")
    store.save_readings("r1", [replace(page(1), article=read), refusal(2, reason=HOSTILE)])
    store.save_comparisons("r1", [comparison(read, finding(read, "head"))])
    (tipped,) = store.evidence(SEED)
    store.save_standings("r1", [replace(standing("corroborated", NOON), cause=tipped.finding_id)])
    store.finish_run(report("r1", new=2, pages=1, refused={HOSTILE: 1}), "completed")
    store.publish()
    (digest,) = digests(store.path, [seed()], Asked(), MORNING)
    mail = compose_digest(replace(digest, title=HOSTILE), "example.org", MORNING)
    parsed = message_from_string(mail.content, policy=policy.default)
    assert (parsed["Bcc"], parsed["Subject"]) == (None, mail.subject)
    assert max(map(len, mail.content.splitlines())) <= 998
    html = parsed.get_body(("html",))  # type: ignore[attr-defined]
    assert [word for word in ("<script", 'href="javascript:', "\u202e") if word in html.get_content()] == []
    assert "😀" in html.get_content()


def test_the_command_shows_writes_and_sends(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "seed.yaml").write_text(GOOD.replace("ferry-2025", SEED), "utf-8")
    run = CliRunner()
    common = ["digest", "seed.yaml", "--warehouse", str(path)]
    shown = run.invoke(app, [*common, "--preview"])
    assert shown.stdout.startswith("Subject: The talks, ")
    (made,) = json.loads(run.invoke(app, [*common, "--days", "365", "--json"]).stdout)
    assert made["seed_id"] == SEED
    assert run.invoke(app, [*common, "-o", "d.html"]).exit_code == 0
    assert (tmp_path / "d.html").read_text("utf-8").startswith("<!doctype html>")
    assert run.invoke(app, [*common, "--days", "1", "--weekly"]).exit_code == 2
    assert "nobody is told: set SEEDWATCH_MAIL_TO" in run.invoke(app, common).stdout
    monkeypatch.setenv("SEEDWATCH_MAIL_TO", "desk@example.org")
    sent = run.invoke(app, [*common, "--days", "366"])
    assert "1 written to files" in sent.stdout
    (file,) = (tmp_path / "w.outbox").iterdir()
    assert "Message-ID" in file.read_text("ascii")
