"""The way to a mail server: TLS from the start, STARTTLS, or plain. What goes wrong is a value that says what to do."""

import asyncio
import base64
import ipaddress
import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPConnectResponseError,
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)
from pydantic import SecretStr

from flows.plaintext import one_line
from flows.tell.envelope import addressed
from warehouse.records import Attempt, Delivery

Security = Literal["tls", "starttls", "plain"]
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=1)
GIVE_UP = timedelta(days=7)
"""A mail that no server took for so long has expired; `seedwatch alerts send --again` makes it due once more."""

SESSION_SECONDS = 240.0
"""After them no delivery is begun. With the longest step that can be set (300 s) this is less than the lease of
``warehouse.outbox``, so that no other run takes up what this one is still at."""

ANSWERS_A_STEP = 3
"""A step (connecting with the login; one mail) may last for so many answers, however the server spreads its bytes."""


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server and how to speak to it. ``seconds`` are for one answer, ``ca`` names further authorities."""

    host: str
    port: int
    security: Security
    sender: str
    user: str | None = None
    password: SecretStr | None = None
    seconds: float = 20.0
    ca: Path | None = None

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class MailError(Exception):
    """No session with the server; the message names it and says what to do."""


def deliver(server: Server, due: Sequence[Delivery], now: datetime) -> Iterator[Attempt]:
    """Attempts these deliveries and gives what became of each before it tries the next. Needs no running event loop.

    A recipient that is refused for good, or a mail at which the server breaks off, holds up no other. Where there is
    no session, the rest is due again after 5 minutes, double with each attempt, at most an hour; a mail as old as a
    week has expired. What the time for a session does not reach is not attempted: it is due when its lease ends.
    """
    if not due:
        return
    ends = time.monotonic() + SESSION_SECONDS
    client: SMTP | None = None
    with asyncio.Runner() as runner:
        try:
            for n, delivery in enumerate(due):
                if time.monotonic() > ends:
                    return
                if client is None or not client.is_connected:
                    try:
                        client = runner.run(_connected(server))
                    except MailError as error:
                        yield from (_later(left, str(error), now) for left in due[n:])
                        return
                yield runner.run(_attempt(client, server, delivery, now))
        finally:
            if client is not None:
                runner.run(_quit(client))


def probe(server: Server) -> str:
    """What the server says to a login and a NOOP; no mail is sent. Raises MailError."""

    async def asked() -> str:
        client = await _connected(server)
        try:
            tls = client.get_transport_info("ssl_object")
            said = await client.noop()
        except (OSError, SMTPException) as error:
            raise MailError(_said(server, error)) from None
        finally:
            await _quit(client)
        how = tls.version() if tls else "not encrypted"
        login = f"logged in as {server.user}" if server.user else "no login"
        return f"{server}, {how}, {login}; answers {said.code} {_clean(server, said.message)}"

    return asyncio.run(asked())


def is_loopback(host: str) -> bool:
    """Whether this host is this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def _connected(server: Server) -> SMTP:
    context = None
    if server.security != "plain":
        context = ssl.create_default_context()
        if server.ca:
            context.load_verify_locations(server.ca)
    client = SMTP(
        hostname=server.host,
        port=server.port,
        timeout=server.seconds,
        use_tls=server.security == "tls",
        start_tls=False,  # done below, where a server that lacks it can be told of
        tls_context=context,
        local_hostname=server.sender.rpartition("@")[2],  # the machine's own name may take the resolver seconds
    )
    try:
        async with asyncio.timeout(ANSWERS_A_STEP * server.seconds):
            await client.connect()
            await client.ehlo()
            if server.security == "starttls":
                if not client.supports_extension("starttls"):
                    raise MailError(f"{server} offers no STARTTLS: is its port another, or its security tls?")
                await client.starttls()
                await client.ehlo()
            if server.user:
                await _login(client, server)
    except MailError:
        client.close()
        raise
    except (OSError, SMTPException, ValueError) as error:
        client.close()
        # Without its cause: a server may repeat what it was sent, the password too.
        raise MailError(_said(server, error)) from None
    return client


async def _login(client: SMTP, server: Server) -> None:
    """One attempt: with another for each method that a server offers, a wrong password would soon lock the account."""
    user, password = server.user or "", server.password.get_secret_value() if server.password else ""
    methods = {"plain": client.auth_plain, "login": client.auth_login, "cram-md5": client.auth_crammd5}
    offered = [method for name, method in methods.items() if name in client.server_auth_methods]
    if not offered:
        raise MailError(f"{server} offers no login that is known: is it another port, or is no user needed?")
    await offered[0](user, password)


async def _attempt(client: SMTP, server: Server, delivery: Delivery, now: datetime) -> Attempt:
    content = addressed(delivery.content, server.sender, delivery.recipient)
    try:
        async with asyncio.timeout(ANSWERS_A_STEP * server.seconds):
            _, said = await client.sendmail(server.sender, [delivery.recipient], content)
    except SMTPRecipientsRefused as error:
        refusal = error.recipients[0]
        said = f"{delivery.recipient}: {server} answers {refusal.code} {_clean(server, refusal.message)}"
        # No fault of the recipient: the server wants a login, or does not take mail for others from here.
        if refusal.code == 530 or refusal.message.startswith("5.7."):
            return _later(delivery, f"{said}: does it want a login?", now)
        return _refused(delivery, refusal.code, said, now)
    except SMTPSenderRefused as error:
        said = f"{error.code} {_clean(server, error.message)}"
        return _later(delivery, f"{server} refuses the sender {server.sender}: {said}: set SEEDWATCH_SMTP_FROM", now)
    except SMTPDataError as error:
        said = f"{delivery.recipient}: {server} answers {error.code} {_clean(server, error.message)}"
        return _refused(delivery, error.code, said, now)
    except (OSError, SMTPException) as error:
        client.close()
        return _later(delivery, _said(server, error), now)
    return Attempt(delivery.mail_id, delivery.recipient, "sent", now, None, f"{server}: {_clean(server, said)}")


async def _quit(client: SMTP) -> None:
    if client.is_connected:
        try:
            await client.quit(timeout=min(5.0, client.timeout or 5.0))
        except (OSError, SMTPException):
            client.close()


def _later(delivery: Delivery, why: str, now: datetime) -> Attempt:
    if now - delivery.composed_at >= GIVE_UP:
        why = f"given up after {GIVE_UP.days} days; {why}"
        return Attempt(delivery.mail_id, delivery.recipient, "expired", now, None, why)
    wait = min(FIRST_WAIT * 2 ** min(delivery.attempts, 10), LONGEST_WAIT)
    return Attempt(delivery.mail_id, delivery.recipient, "due", now, now + wait, why)


def _refused(delivery: Delivery, code: int, why: str, now: datetime) -> Attempt:
    if code < 500:
        return _later(delivery, why, now)
    return Attempt(delivery.mail_id, delivery.recipient, "refused", now, None, why)


def _said(server: Server, error: BaseException) -> str:
    """The failure of a session in a line for a person."""
    chain = [error]
    while (cause := chain[-1].__cause__) is not None:
        chain.append(cause)
    for one in reversed(chain):  # what it began with says most
        match one:
            case ssl.SSLCertVerificationError():
                if one.verify_code in (62, 64):  # the name, or the address, is another
                    return f"{server} has another host's certificate ({one.verify_message}): use the name in it as host"
                hint = "name its authority in SEEDWATCH_SMTP_CA"
                return f"{server} has a certificate that is not trusted ({one.verify_message}): {hint}"
            case ssl.SSLError():
                return f"{server} speaks no TLS ({one.reason}): is its port another, or its security starttls?"
            case socket.gaierror():
                return f"{server}: there is no such host ({one.strerror}): check the name"
            case TimeoutError():
                return f"{server} did not answer in time ({server.seconds:g} s): check host, port and kind of security"
            case SMTPAuthenticationError():
                said = f"{one.code} {_clean(server, one.message)}"
                return f"{server} refuses the login of {server.user}: {said}: check user and password"
            case SMTPConnectResponseError():
                return f"{server} greets with {one.code} {_clean(server, one.message)}: it takes no mail now"
            case SMTPResponseException(code=code) if code < 0:
                return f"{server} does not speak SMTP ({_clean(server, one.message)}): check host and port"
            case SMTPResponseException():
                return f"{server} answers {one.code} {_clean(server, one.message)}"
            case SMTPServerDisconnected() | ConnectionResetError() | BrokenPipeError():
                return f"{server} closed the connection: check port and kind of security, or the server's log"
            case OSError() if not isinstance(one, SMTPException):
                return f"{server} cannot be connected to ({one.strerror or one}): check host and port"
    return f"{server}: {_clean(server, str(error))}"


def _clean(server: Server, said: str) -> str:
    """A server's words in one line, without the login if it repeats that."""
    if server.password and (password := server.password.get_secret_value()):
        login = f"\0{server.user}\0{password}"
        for secret in (password, *(base64.b64encode(s.encode()).decode() for s in (login, password))):
            said = said.replace(secret, "…")
    return one_line(said, 300)
