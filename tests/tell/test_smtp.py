"""The way to real mail servers, with TLS and login, and to such as refuse, stall, lie or go away."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from flows.settings import Settings
from flows.tell.smtp import ANSWERS_A_STEP, SESSION_SECONDS, MailError, Security, Server, deliver, probe
from flows.tell.trial import trial
from seeds.errors import InputError
from tests.tell.servers import DEAD, GREY, PASSWORD, RELAYED, USER, Box, certificate, listening, scripted
from warehouse.outbox import LEASE
from warehouse.records import Attempt, Delivery

NOON = datetime(2025, 5, 16, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("tls"), "localhost")


def to(port: int, security: Security = "plain", *, ca: Path | None = None, password: str | None = PASSWORD) -> Server:
    secret = None if password is None else SecretStr(password)
    host = "127.0.0.1" if security == "plain" else "localhost"
    user = None if password is None else USER
    return Server(host, port, security, "watch@example.org", user, secret, seconds=3, ca=ca)


def mails(*recipients: str) -> list[Delivery]:
    return [trial(recipient, "example.org", NOON) for recipient in recipients]


def sent(server: Server, *recipients: str) -> list[Attempt]:
    return list(deliver(server, mails(*recipients), NOON))


@pytest.fixture(params=["tls", "starttls"])
def security(request: pytest.FixtureRequest) -> Security:
    return request.param  # type: ignore[no-any-return]


def test_a_mail_goes_by_tls_with_a_login(trusted: Path, security: Security) -> None:
    box = Box()
    with listening(box, security, trusted, login=True) as port:
        (attempt,) = sent(to(port, security, ca=trusted), "a@example.org")
        said = probe(to(port, security, ca=trusted))
    assert (attempt.state, attempt.detail) == ("sent", f"localhost:{port}: 2.0.0 queued as 4711")
    ((recipient, mail),) = box.mails
    assert (recipient, mail["To"], mail["From"]) == ("a@example.org", "a@example.org", "Seedwatch <watch@example.org>")
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert "TLSv1.3, logged in as watch@example.org; answers 250" in said


def test_a_wrong_password_is_tried_once_and_told_without_it(trusted: Path, security: Security) -> None:
    box = Box()
    with listening(box, security, trusted, login=True) as port:
        attempts = sent(to(port, security, ca=trusted, password="hunter2-secret"), "a@example.org", "b@example.org")
    assert [(attempt.state, attempt.due_at) for attempt in attempts] == [("due", NOON + timedelta(minutes=5))] * 2
    assert f"localhost:{port} refuses the login of watch@example.org: 535 " in (attempts[0].detail or "")
    assert (attempts[0].detail or "").endswith("check user and password")
    assert "hunter2" not in repr(attempts)
    assert (box.logins, box.mails) == (1, [])


@pytest.mark.parametrize(
    ("names", "trust", "message"),
    [
        (("localhost",), False, "has a certificate that is not trusted (self-signed certificate): name its authority"),
        (("mail.example.org",), True, "has another host's certificate"),
    ],
    ids=["untrusted", "of another host"],
)
def test_a_certificate_that_proves_nothing_gets_no_login(
    tmp_path: Path, security: Security, names: tuple[str, ...], trust: bool, message: str
) -> None:
    shown = certificate(tmp_path, *names)
    box = Box()
    with listening(box, security, shown, login=True) as port:
        (attempt,) = sent(to(port, security, ca=shown if trust else None), "a@example.org")
    assert attempt.state == "due"
    assert f"localhost:{port} {message}" in (attempt.detail or "")
    assert box.logins == 0


def test_refused_recipients_hold_up_no_other_and_are_told() -> None:
    box = Box()
    recipients = (DEAD, "a@example.org", GREY, RELAYED, "b@example.org")
    with listening(box) as port:
        server = to(port, password=None)
        first = sent(server, *recipients)
        (again,) = sent(server, GREY)
    assert [recipient for recipient, _ in box.mails] == ["a@example.org", "b@example.org", GREY]
    assert [attempt.state for attempt in first] == ["refused", "sent", "due", "due", "sent"]
    assert again.state == "sent"
    where = f"127.0.0.1:{port} answers"
    assert first[0].detail == f"{DEAD}: {where} 550 5.1.1 no such mailbox"
    assert first[2].detail == f"{GREY}: {where} 451 4.7.1 greylisted, try again in 5 minutes"
    assert first[3].detail == f"{RELAYED}: {where} 550 5.7.1 relaying denied: does it want a login?"


def test_a_mail_at_which_the_server_breaks_off_holds_up_no_other() -> None:
    box = Box(poison="a@example.org")
    with listening(box) as port:
        attempts = sent(to(port, password=None), "a@example.org", "b@example.org")
    assert [attempt.state for attempt in attempts] == ["due", "sent"]


EHLO = b"250-mail.example.org\r\n250 AUTH PLAIN LOGIN\r\n"


@pytest.mark.parametrize(
    ("lines", "stalls", "message"),
    [
        ([b"220 hi\r\n", b"250 plain\r\n"], False, "offers no login that is known"),
        ([], False, "closed the connection"),
        ([], True, "did not answer in time (0.5 s)"),
        ([b"220 hi\r\n"], True, "did not answer in time"),
        ([b"220 hi\r\n", EHLO], True, "did not answer in time"),
        ([b"220-" + b"x" * 200_000], True, "does not speak SMTP (Response too long)"),
        ([b"220-welcome\r\n" * 20_000], True, "does not speak SMTP (Response too long)"),
        ([b"SSH-2.0-OpenSSH_9.6\r\n"], True, "does not speak SMTP (Malformed SMTP response line: SSH-2.0"),
        ([b"421 4.3.2 too busy\r\n"], False, "greets with 421 4.3.2 too busy: it takes no mail now"),
        ([b"554 5.7.1 blocked\r\n"], False, "greets with 554 5.7.1 blocked"),
        ([b"220 hi\r\n", EHLO, b"454 4.7.0 come later\r\n"], False, "refuses the login of watch@example.org: 454"),
    ],
)
def test_a_server_that_is_none_gets_one_clear_line_and_loses_nothing(
    lines: list[bytes], stalls: bool, message: str
) -> None:
    with scripted(lines, stalls=stalls) as port:
        server = replace(to(port), seconds=0.5)
        attempts = sent(server, "a@example.org", "b@example.org")
        with pytest.raises(MailError, match=str(server)):
            probe(server)
    assert [attempt.state for attempt in attempts] == ["due", "due"]
    assert len({attempt.detail for attempt in attempts}) == 1
    assert (attempts[0].detail or "").startswith(f"127.0.0.1:{port} {message}"), attempts[0].detail


def test_what_was_taken_late_is_still_taken() -> None:
    mail = [b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"]
    with scripted([b"220 hi\r\n", b"250 me\r\n", *mail], stalls=True) as port:
        (attempt,) = sent(replace(to(port, password=None), seconds=0.5), "a@example.org")
    assert attempt.state == "due"
    assert "did not answer in time" in (attempt.detail or "")


def test_starttls_that_is_not_offered_sends_nothing_in_the_clear() -> None:
    box = Box()
    with listening(box) as port:
        (attempt,) = sent(to(port, "starttls"), "a@example.org")
    assert f"localhost:{port} offers no STARTTLS" in (attempt.detail or "")
    assert box.mails == []


def test_the_other_kind_of_security_is_told_of(trusted: Path) -> None:
    with listening(Box()) as port:
        (attempt,) = sent(replace(to(port, "tls", ca=trusted), seconds=1), "a@example.org")
    assert f"localhost:{port} speaks no TLS (WRONG_VERSION_NUMBER)" in (attempt.detail or "")
    with listening(Box(), "tls", trusted) as port:
        (attempt,) = sent(replace(to(port), seconds=0.5), "a@example.org")
    assert "did not answer in time (0.5 s): check host, port and kind of security" in (attempt.detail or "")


def test_nobody_there_is_told_of() -> None:
    assert "cannot be connected to" in (sent(to(9), "a@example.org")[0].detail or "")
    (attempt,) = sent(replace(to(25), host="no-such-host.invalid"), "a@example.org")
    assert (attempt.detail or "").startswith("no-such-host.invalid:25: there is no such host")


def test_who_is_tried_for_a_week_expires_and_says_so() -> None:
    (old,) = mails("a@example.org")
    (attempt,) = deliver(to(9), [replace(old, composed_at=NOON - timedelta(days=7), attempts=90)], NOON)
    assert attempt.state == "expired"
    assert (attempt.detail or "").startswith("given up after 7 days; 127.0.0.1:9 cannot be connected to")


def test_a_session_ends_before_its_lease() -> None:
    (longest,) = (rule.le for rule in Settings.model_fields["smtp_seconds"].metadata if hasattr(rule, "le"))
    assert SESSION_SECONDS + ANSWERS_A_STEP * longest < LEASE.total_seconds()


# ---- settings, and what of them is shown


def test_an_address_or_host_that_no_server_takes_is_refused_when_it_is_set() -> None:
    for name, value in {
        "mail_to": "a..b@example.org",
        "smtp_from": "desk",
        "smtp_host": "smtp://me:distinctive@mail.example.org",
        "smtp_seconds": 600,
    }.items():
        with pytest.raises(InputError, match=f"SEEDWATCH_{name.upper()}") as raised:
            Settings(**{name: value})
        assert "distinctive" not in str(raised.value)
    for given, message in (
        ({"smtp_host": "mail.example.org", "smtp_user": "me", "smtp_security": "plain"}, "in the clear"),
        ({"smtp_host": "mail.example.org", "smtp_ca": __file__}, "no certificates"),
        ({"smtp_host": "mail.example.org", "smtp_block": "desk"}, "set one of them"),
    ):
        with pytest.raises(InputError, match=message):
            Settings(**given).mail_server()


DISTINCTIVE = "distinctive-Pa55word-7c1d"


@pytest.fixture
def echoing() -> Iterator[int]:
    """A server that repeats the login, in clear and in base64, with its refusal."""
    refusal = b"535 5.7.8 not %s, nor " + DISTINCTIVE.encode() + b"\r\n"
    with scripted([b"220 hi\r\n", EHLO, refusal]) as port:
        yield port


@pytest.mark.parametrize(
    "command",
    [["alerts", "test-mail", "a@example.org"], ["doctor"], ["doctor", "--json"], ["config", "show", "--json"]],
    ids=" ".join,
)
def test_no_command_shows_the_password(tmp_path: Path, echoing: int, command: list[str]) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "SEEDWATCH_SMTP_HOST": "127.0.0.1",
        "SEEDWATCH_SMTP_PORT": str(echoing),
        "SEEDWATCH_SMTP_USER": USER,
    }
    (tmp_path / ".env").write_text(f"SEEDWATCH_SMTP_PASSWORD={DISTINCTIVE}\n")
    run = [sys.executable, "-m", "flows.cli", *command]
    root = Path(__file__).parents[2]
    done = subprocess.run(
        run, cwd=tmp_path, env=environment | {"PYTHONPATH": str(root)}, capture_output=True, text=True, check=False
    )
    said = done.stdout + done.stderr
    assert "Traceback" not in said
    for line in (DISTINCTIVE, "ZGlzdGluY3RpdmU", "AGRpc3RpbmN0aXZl", "RAZGlzdGluY3"):
        assert line not in said
    if command[0] == "alerts":
        assert done.returncode == 1
        assert "refuses the login of watch@example.org: 535 5.7.8 not AUTH PLAIN …, nor …" in said
