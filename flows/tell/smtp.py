"""The way to a mail server: TLS from the start, STARTTLS, or plain to this machine. What goes wrong is a value."""

import ipaddress
import smtplib
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from flows.tell.mail import addressed
from warehouse.records import Attempt, Delivery

Security = Literal["tls", "starttls", "plain"]
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=1)
GIVE_UP = timedelta(days=7)
"""A mail that no server took for so long has expired; `seedwatch alerts send --again` makes it due once more."""


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server and how to speak to it. ``ca`` is a file of further authorities to trust."""

    host: str
    port: int
    security: Security
    sender: str
    user: str | None = None
    password: str | None = None
    seconds: float = 20.0
    ca: Path | None = None

    def __repr__(self) -> str:
        return f"Server({self.host}:{self.port}, {self.security}, from {self.sender})"


def deliver(server: Server, due: Sequence[Delivery], now: datetime) -> Iterator[Attempt]:
    """Attempts these deliveries in one session and gives what became of each, before it tries the next.

    A recipient that is refused for good holds up no other. Where the session fails, the rest is due again after 5
    minutes, double with each attempt, at most an hour; a mail as old as a week has expired.
    """
    if not due:
        return
    try:
        session = _session(server)
    except (OSError, smtplib.SMTPException) as error:
        trouble = _said(server, error)
        yield from (_later(delivery, trouble, now) for delivery in due)
        return
    broken: str | None = None
    for delivery in due:
        if broken:
            yield _later(delivery, broken, now)
            continue
        content = addressed(delivery.content, server.sender, delivery.recipient)
        try:
            session.sendmail(server.sender, [delivery.recipient], content)
        except smtplib.SMTPRecipientsRefused as error:
            code, said = error.recipients[delivery.recipient]
            yield _refused(delivery, code, said, now)
        except smtplib.SMTPSenderRefused as error:
            yield _later(delivery, f"{server.host} refuses the sender {server.sender}: {_line(error)}", now)
        except smtplib.SMTPDataError as error:
            yield _refused(delivery, error.smtp_code, error.smtp_error, now)
        except (OSError, smtplib.SMTPException) as error:
            broken = _said(server, error)
            yield _later(delivery, broken, now)
        else:
            yield Attempt(delivery.mail_id, delivery.recipient, "sent", now)
    try:
        session.quit()
    except (OSError, smtplib.SMTPException):
        session.close()


def is_loopback(host: str) -> bool:
    """Whether this host is this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _session(server: Server) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.ca:
        context.load_verify_locations(server.ca)
    session: smtplib.SMTP
    if server.security == "tls":
        session = smtplib.SMTP_SSL(server.host, server.port, timeout=server.seconds, context=context)
    else:
        session = smtplib.SMTP(server.host, server.port, timeout=server.seconds)
    try:
        if server.security == "starttls":
            session.starttls(context=context)
        if server.user:
            session.login(server.user, server.password or "")
    except BaseException:
        session.close()
        raise
    return session


def _later(delivery: Delivery, why: str, now: datetime) -> Attempt:
    if now - delivery.composed_at >= GIVE_UP:
        return Attempt(delivery.mail_id, delivery.recipient, "expired", now, None, why)
    wait = min(FIRST_WAIT * 2 ** min(delivery.attempts, 10), LONGEST_WAIT)
    return Attempt(delivery.mail_id, delivery.recipient, "due", now, now + wait, why)


def _refused(delivery: Delivery, code: int, said: bytes | str, now: datetime) -> Attempt:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    why = f"{delivery.recipient}: the server says {code} {' '.join(text.split())[:300]}"
    if code < 500:
        return _later(delivery, why, now)
    return Attempt(delivery.mail_id, delivery.recipient, "refused", now, None, why)


def _said(server: Server, error: Exception) -> str:
    """The failure of a session in a line for a person."""
    where = f"{server.host}:{server.port}"
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"{where} refuses the login of {server.user}: {_line(error)}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"{where} has a certificate that is not trusted: {error.verify_message}"
    if isinstance(error, smtplib.SMTPNotSupportedError) and server.security == "starttls":
        return f"{where} offers no STARTTLS; SEEDWATCH_SMTP_SECURITY=tls or plain are the other ways"
    if isinstance(error, TimeoutError):
        return f"{where} did not answer within {server.seconds:g} s"
    return f"{where}: {_line(error)}"


def _line(error: Exception) -> str:
    said = getattr(error, "smtp_error", None)
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said or error or type(error).__name__)
    return " ".join(text.split())[:300]
