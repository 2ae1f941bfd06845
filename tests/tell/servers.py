"""Mail servers on loopback: a real one (aiosmtpd) with TLS and login, and one that says the lines it is given."""

import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from flows.tell.smtp import Security

DEAD, GREY, RELAYED = "gone@example.org", "grey@example.org", "far@example.net"
USER, PASSWORD = "watch@example.org", "Tr0ub4dor&3-käse"


@dataclass
class Box:
    """What a mail server took, and how it behaves."""

    mails: list[tuple[str, EmailMessage]] = field(default_factory=list)
    greeted: set[str] = field(default_factory=set)
    dies: bool = False
    poison: str = ""
    logins: int = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802  aiosmtpd calls it so
        if address == DEAD:
            return "550 5.1.1 no such mailbox"
        if address == RELAYED:
            return "550 5.7.1 relaying denied"
        if address == GREY and address not in self.greeted:
            self.greeted.add(address)
            return "451 4.7.1 greylisted, try again in 5 minutes"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.poison and self.poison in envelope.rcpt_tos:
            server.transport.abort()
            return ""
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.mails.append((envelope.rcpt_tos[0], message))
        if self.dies:
            server.transport.abort()  # taken, and nobody is told so
        return "250 2.0.0 queued as 4711"

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        self.logins += 1
        given = (data.login, data.password) if hasattr(data, "login") else None
        return AuthResult(success=given == (USER.encode(), PASSWORD.encode()), handled=False)


class _OverTls(Controller):
    """Looks whether it is up with a client that trusts any certificate."""

    def _trigger_server(self) -> None:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with (
            socket.create_connection((self.hostname, self.port), 5) as plain,
            context.wrap_socket(plain) as connection,
        ):
            connection.recv(1)


@contextmanager
def listening(
    box: Box, security: Security = "plain", certificate: Path | None = None, *, login: bool = False
) -> Iterator[int]:
    """The box on a port of loopback; with a certificate it speaks TLS, at once or after STARTTLS."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    how: dict[str, Any] = {"authenticator": box.authenticate, "auth_require_tls": security != "plain"} if login else {}
    if security == "tls":
        how |= {"ssl_context": context, "auth_require_tls": False}  # aiosmtpd knows of no TLS that it did not start
    elif security == "starttls":
        how |= {"tls_context": context, "require_starttls": True}
    kind = _OverTls if security == "tls" else Controller
    controller = kind(box, hostname="127.0.0.1", port=port, auth_required=login, **how)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@contextmanager
def scripted(lines: Sequence[bytes], *, stalls: bool = False) -> Iterator[int]:
    """A server that sends the first of these, one for each line it gets, and then closes, or with ``stalls`` waits.

    In a line ``%s`` stands for what it was sent.
    """
    with socket.create_server(("127.0.0.1", 0)) as server:
        ended = threading.Event()

        def serve() -> None:
            while not ended.is_set():
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection, connection.makefile("rb") as heard:
                    said = b""
                    try:
                        for n, line in enumerate(lines):
                            said = heard.readline() if n else b""
                            connection.sendall(line.replace(b"%s", said.strip()))
                        if stalls:
                            ended.wait(30)
                    except OSError:
                        pass

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            ended.set()
            server.shutdown(socket.SHUT_RDWR)
            thread.join(5)


def certificate(folder: Path, *names: str) -> Path:
    """A certificate that signs itself, with its key, for these names of hosts: also the authority to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(one) for one in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{names[0]}.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path
