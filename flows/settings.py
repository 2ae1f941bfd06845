"""Settings from the environment (``SEEDWATCH_…``) and a ``.env`` file; what the command line gives goes before them."""

import ipaddress
import os
import re
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from seeds.engine import BUNDLED, Named
from seeds.errors import InputError

if TYPE_CHECKING:
    from flows.compare.llm import Terms
    from flows.tell.smtp import Server

IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

PREFIX = "SEEDWATCH_"

MAIL_SENDER = "seedwatch@localhost.localdomain"
"""Where no sender is set: for a server on this machine, and for mails that become files."""

_MAIL_ADDRESS = re.compile(r"[!-?A-~]+@[A-Za-z0-9.-]+")


def version() -> str:
    """The version that is installed; ``0+source`` where the source is run without having been installed."""
    try:
        return metadata.version("seedwatch")
    except metadata.PackageNotFoundError:
        return "0+source"


def _networks(value: object) -> object:
    """``10.0.0.0/8, fd00::/8``: addresses or networks, commas or spaces between."""
    if isinstance(value, str):
        value = [part for part in re.split(r"[,\s]+", value) if part]
    if isinstance(value, list | tuple):
        return tuple(ipaddress.ip_network(part, strict=False) for part in value)
    return value


def _hours(value: object) -> object:
    """``1, 6, 24``: numbers, commas or spaces between; ``never`` is none."""
    if isinstance(value, str):
        return [part for part in re.split(r"[,\s]+", value) if part and part != "never"]
    return value


def _header(value: str) -> str:
    """What can be part of a User-Agent header."""
    value = value.strip()
    if not value.isascii() or not value.isprintable() or set(value) & set("()<>"):
        raise ValueError("a mail address or a web address, in ASCII and without brackets")
    return value


def _sender(value: str | None) -> str | None:
    if value is not None and not _MAIL_ADDRESS.fullmatch(value):
        raise ValueError("a mail address such as desk@example.org, in ASCII")
    return value


def _addresses(value: object) -> object:
    """``a@example.org, b@example.org``: mail addresses, commas or spaces between."""
    parts = [part for part in re.split(r"[,;\s]+", value) if part] if isinstance(value, str) else value
    if isinstance(parts, list | tuple):
        for part in parts:
            _sender(str(part))
        return tuple(parts)
    return value


def _key(value: SecretStr | None) -> SecretStr | None:
    """What can be part of an Authorization header."""
    secret = value.get_secret_value().strip() if value else ""
    if not secret.isascii() or not all(map(str.isprintable, secret)) or " " in secret:
        raise ValueError("a key in ASCII, without blanks")
    return SecretStr(secret) if secret else None


class Settings(BaseSettings):
    """How this installation works. Each field is the variable ``SEEDWATCH_<NAME>``.

    A value that cannot be used raises :class:`InputError` naming the variable.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    warehouse: Path = Field(default=Path("seedwatch.duckdb"), description="the DuckDB file")
    contact: Annotated[str, AfterValidator(_header)] = Field(
        default="", max_length=200, description="mail or web address that sites find in the User-Agent"
    )
    allow_private: Annotated[tuple[IPNetwork, ...], NoDecode, BeforeValidator(_networks)] = Field(
        default=(), description="networks that may be reached although they are not public, commas between"
    )
    patience: float = Field(default=10, ge=0, le=3600, description="seconds to wait for a warehouse in use")
    workers: int = Field(
        default_factory=lambda: min(cores(), 4), ge=1, le=64, description="processes that read and compare"
    )
    concurrency: int = Field(default=40, ge=1, le=200, description="requests under way at once")
    per_source: int = Field(default=2, ge=1, le=20, description="of them to the hosts of one registrable domain")
    spacing: float = Field(
        default=1, ge=0, le=60, description="seconds between the starts of requests to the hosts of one such domain"
    )
    revisit: Annotated[tuple[Annotated[float, Field(ge=0)], ...], NoDecode, BeforeValidator(_hours)] = Field(
        default=(1, 6, 24, 72, 168), description="hours after which a relevant article is read again"
    )
    engine: Annotated[Named, NoDecode] = Field(default=BUNDLED, description="what compares, where a seed does not say")
    llm_budget: int = Field(default=200, ge=0, le=1_000_000, description="requests to a language model a run")
    llm_seconds: float = Field(default=30, gt=0, le=600, description="seconds to wait for one answer of it")
    llm_api_key: Annotated[SecretStr | None, AfterValidator(_key)] = Field(
        default=None, description="key that it wants; kept nowhere"
    )

    mail_to: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_addresses)] = Field(
        default=(), description="who is told by mail, where a seed does not say; commas between"
    )
    smtp_host: str | None = Field(default=None, description="mail server; without one mails become files")
    smtp_port: int | None = Field(default=None, ge=1, le=65535, description="by default 465, or 587 with starttls")
    smtp_security: Literal["tls", "starttls", "plain"] | None = Field(
        default=None, description="by default tls at 465, plain to this machine, else starttls"
    )
    smtp_user: str | None = Field(default=None, description="login")
    smtp_password: SecretStr | None = Field(default=None, description="its password; kept nowhere")
    smtp_from: Annotated[str | None, AfterValidator(_sender)] = Field(default=None, description="sender's address")
    smtp_seconds: float = Field(default=20, gt=0, le=600, description="seconds to wait for one answer of it")
    smtp_ca: Path | None = Field(default=None, description="file of further certificate authorities to trust")

    def __init__(self, **given: Any) -> None:
        try:
            super().__init__(**given)
        except ValidationError as error:
            raise InputError("\n".join(map(_fault, error.errors()))) from error
        except UnicodeDecodeError as error:
            raise InputError(f".env: not UTF-8 text: {error.reason} at byte {error.start}") from error

    def llm_terms(self, warehouse: Path) -> "Terms":
        """On what terms a language model is asked; its answers are kept beside this warehouse."""
        from flows.compare.llm import Terms  # its package loads what a listing can do without

        answers = warehouse.with_suffix(".answers.sqlite3")
        return Terms(self.llm_budget, self.llm_seconds, self.llm_api_key, answers)

    def mail_server(self) -> "Server | None":
        """The mail server that is set, None without one. A login or sender in the clear to another machine raises."""
        from flows.tell.smtp import Server, is_loopback

        if self.smtp_host is None:
            return None
        here = is_loopback(self.smtp_host)
        security = self.smtp_security or (
            "tls" if self.smtp_port == 465 or (self.smtp_port is None and not here) else "plain" if here else "starttls"
        )
        if security == "plain" and self.smtp_user and not here:
            raise InputError(f"{PREFIX}SMTP_SECURITY=plain would send the password in the clear to {self.smtp_host}")
        login = self.smtp_user if self.smtp_user and _MAIL_ADDRESS.fullmatch(self.smtp_user) else None
        sender = self.smtp_from or login or next(iter(self.mail_to), MAIL_SENDER)
        return Server(
            host=self.smtp_host,
            port=self.smtp_port or {"tls": 465, "starttls": 587, "plain": 25}[security],
            security=security,
            sender=sender,
            user=self.smtp_user,
            password=self.smtp_password.get_secret_value() if self.smtp_password else None,
            seconds=self.smtp_seconds,
            ca=self.smtp_ca,
        )

    @property
    def user_agent(self) -> str:
        """How Seedwatch introduces itself to the sites it asks."""
        return f"Seedwatch/{version()}" + (f" (+{self.contact.removeprefix('+')})" if self.contact else "")


def cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


def unknown_variables() -> list[str]:
    """Variables of the environment that begin like a setting and are none: usually a slip of the pen."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    return sorted(name for name in os.environ if name.upper().startswith(PREFIX) and name.upper() not in known)


def _fault(detail: Any) -> str:
    name = PREFIX + str(detail["loc"][0]).upper() if detail["loc"] else "settings"
    message = str(detail["msg"]).removeprefix("Value error, ")
    # A password in an address, or a key, is not shown.
    given = "…" if name.endswith(("_KEY", "_PASSWORD")) else re.sub(r"//[^/@\s]*@", "//…@", str(detail["input"]))[:200]
    return f"{name}={given!r}: {message[:1].lower()}{message[1:]}"
