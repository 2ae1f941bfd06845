"""Settings: what the command line gives, else ``SEEDWATCH_…`` in the environment, else in ``.env``, else a line of
``seedwatch.toml``, else the default."""

import ipaddress
import os
import re
import ssl
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from flows import configfile
from seeds.engine import BUNDLED, Named
from seeds.errors import InputError
from seeds.model import mail_address

if TYPE_CHECKING:
    from flows.compare.llm import Terms
    from flows.tell.smtp import Server

IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

PREFIX = "SEEDWATCH_"

MAIL_SENDER = "seedwatch@localhost.localdomain"
"""Where no sender is set: for a server on this machine, and for mails that become files."""

_HOST = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*\.?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]+")


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
    return None if value is None else mail_address(value)


def host_name(value: str) -> str:
    """The name of a host, or an address of one, and nothing besides; else ValueError."""
    if not _HOST.fullmatch(value.strip()):
        raise ValueError("the name of a host is wanted, without anything before or after it; the port is set apart")
    return value.strip()


def _host(value: str | None) -> str | None:
    return None if value is None else host_name(value)


def _addresses(value: object) -> object:
    """``a@example.org, b@example.org``: mail addresses, commas or spaces between."""
    parts = [part for part in re.split(r"[,;\s]+", value) if part] if isinstance(value, str) else value
    if isinstance(parts, list | tuple):
        return tuple(mail_address(str(part)) for part in parts)
    return value


def _runner(value: str) -> str:
    if not re.fullmatch(r"processes|(?:dask|ray)(?::\S+)?", value):
        raise ValueError("processes, dask, ray, dask:ADDRESS or ray:ADDRESS is wanted")
    return value


def _web_address(value: str | None) -> str | None:
    if value is not None and not re.fullmatch(r"https?://[\w.:\[\]-]+(?:/[\w./~%-]*)?", value, re.ASCII):
        raise ValueError("a web address such as https://example.org/reports")
    return value


def _key(value: SecretStr | None) -> SecretStr | None:
    """What can be part of an Authorization header."""
    secret = value.get_secret_value().strip() if value else ""
    if not secret.isascii() or not all(map(str.isprintable, secret)) or " " in secret:
        raise ValueError("a key in ASCII, without blanks")
    return SecretStr(secret) if secret else None


class Settings(BaseSettings):
    """How this installation works. Each field is the variable ``SEEDWATCH_<NAME>`` and the key ``name`` of the file.

    A value that cannot be used raises :class:`InputError` naming the variable, or the file with the line.
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
    runner: Annotated[str, AfterValidator(_runner)] = Field(
        default="processes",
        description="who reads and compares in runs by Prefect: processes, dask, ray, dask:ADDRESS or ray:ADDRESS",
    )
    concurrency: int = Field(default=40, ge=1, le=200, description="requests under way at once")
    per_source: int = Field(default=2, ge=1, le=20, description="of them to the hosts of one registrable domain")
    spacing: float = Field(
        default=1, ge=0, le=60, description="seconds between the starts of requests to the hosts of one such domain"
    )
    revisit: Annotated[tuple[Annotated[float, Field(ge=0)], ...], NoDecode, BeforeValidator(_hours)] = Field(
        default=(1, 6, 24, 72, 168), description="hours after which a relevant article is read again"
    )
    keep_texts: int | None = Field(
        default=None, ge=7, le=36_500, description="days after which maintenance drops texts without findings"
    )
    backups: int = Field(default=2, ge=0, le=100, description="backups that maintenance keeps")
    export: Path | None = Field(default=None, description="folder to which maintenance exports Parquet files")
    reports: Path | None = Field(
        default=None, description="folder of the reports that runs by Prefect write; by default beside the warehouse"
    )
    reports_url: Annotated[str | None, AfterValidator(_web_address)] = Field(
        default=None, description="where a web server of yours shows that folder, for the link in Prefect's UI"
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
    smtp_host: Annotated[str | None, AfterValidator(_host)] = Field(
        default=None, description="mail server; without one mails become files"
    )
    smtp_block: str | None = Field(
        default=None, description="Prefect block (EmailServerCredentials) that has server and login instead"
    )
    smtp_port: int | None = Field(default=None, ge=1, le=65535, description="by default 465, or 587 with starttls")
    smtp_security: Literal["tls", "starttls", "plain"] | None = Field(
        default=None, description="by default tls at 465, plain to this machine, else starttls"
    )
    smtp_user: str | None = Field(default=None, description="login")
    smtp_password: SecretStr | None = Field(default=None, description="its password; kept nowhere")
    smtp_from: Annotated[str | None, AfterValidator(_sender)] = Field(default=None, description="sender's address")
    smtp_seconds: float = Field(default=20, gt=0, le=100, description="seconds to wait for one answer of it")
    smtp_ca: Path | None = Field(default=None, description="file of further certificate authorities to trust")

    def __init__(self, **given: Any) -> None:
        try:
            super().__init__(**given)
        except ValidationError as error:
            raise InputError("\n".join(_fault(detail, given) for detail in error.errors())) from error
        except UnicodeDecodeError as error:
            raise InputError(f".env: not UTF-8 text: {error.reason} at byte {error.start}") from error

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (the signature is pydantic's)
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        file = config_file()
        in_file = InitSettingsSource(settings_cls, dict(file.values) if file else {})
        return init_settings, env_settings, dotenv_settings, in_file

    def llm_terms(self, warehouse: Path) -> "Terms":
        """On what terms a language model is asked; its answers are kept beside this warehouse."""
        from flows.compare.llm import Terms  # its package loads what a listing can do without

        answers = warehouse.with_suffix(".answers.sqlite3")
        return Terms(self.llm_budget, self.llm_seconds, self.llm_api_key, answers)

    def mail_server(self) -> "Server | None":
        """The mail server that is set, None without one. InputError for what it cannot be reached with as it is set:
        a login in the clear to another machine, a file of authorities that is none, a block beside it. What a block
        says has to be put in before (``flows.mailblock``).
        """
        from flows.tell.smtp import Server, is_loopback

        if self.smtp_block is not None:
            raise InputError(f"{PREFIX}SMTP_HOST and {PREFIX}SMTP_BLOCK both name a mail server: set one of them")
        if self.smtp_host is None:
            return None
        here = is_loopback(self.smtp_host)
        security = self.smtp_security or (
            "tls" if self.smtp_port == 465 or (self.smtp_port is None and not here) else "plain" if here else "starttls"
        )
        if security == "plain" and self.smtp_user and not here:
            raise InputError(
                f"{PREFIX}SMTP_SECURITY=plain would send the password in the clear to {self.smtp_host}: "
                "tls and starttls do not"
            )
        if self.smtp_ca is not None:
            try:
                ssl.create_default_context().load_verify_locations(self.smtp_ca)
            except OSError as error:
                reason = "no certificates in PEM format" if isinstance(error, ssl.SSLError) else error.strerror
                raise InputError(f"{PREFIX}SMTP_CA={str(self.smtp_ca)!r}: {reason}") from error
        sender = self.smtp_from or _login_address(self.smtp_user) or next(iter(self.mail_to), MAIL_SENDER)
        return Server(
            host=self.smtp_host,
            port=self.smtp_port or {"tls": 465, "starttls": 587, "plain": 25}[security],
            security=security,
            sender=sender,
            user=self.smtp_user,
            password=self.smtp_password,
            seconds=self.smtp_seconds,
            ca=self.smtp_ca,
        )

    @property
    def user_agent(self) -> str:
        """How Seedwatch introduces itself to the sites it asks."""
        return f"Seedwatch/{version()}" + (f" (+{self.contact.removeprefix('+')})" if self.contact else "")


def _login_address(user: str | None) -> str | None:
    """The login where it is a mail address, which can be a sender's then."""
    try:
        return mail_address(user) if user else None
    except ValueError:
        return None


def cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


def config_file() -> configfile.ConfigFile | None:
    """The configuration file, if there is one. InputError for one that cannot be used."""
    paths = [name for name, field in Settings.model_fields.items() if field.annotation in (Path, Path | None)]
    return configfile.read(Settings.model_fields, paths)


def origin(name: str, file: configfile.ConfigFile | None) -> str:
    """Where the value of a setting comes from: ``environment``, ``.env``, ``seedwatch.toml:LINE`` or ``default``."""
    variable = (PREFIX + name).lower()
    if any(key.lower() == variable and value for key, value in os.environ.items()):
        return "environment"
    if DotEnvSettingsSource(Settings).env_vars.get(variable):
        return ".env"
    return file.place(name) if file and name in file.values else "default"


def unknown_variables() -> dict[str, str]:
    """Variables that begin like a setting and are none, usually a slip of the pen, with where they are set."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    here = {name.upper(): "environment" for name in os.environ if name.upper() != configfile.VARIABLE}
    there = {name.upper(): ".env" for name in DotEnvSettingsSource(Settings).env_vars}
    return {name: at for name, at in sorted((there | here).items()) if name.startswith(PREFIX) and name not in known}


def masked(name: str, value: object) -> str:
    """A setting's value as it may be shown: without a password, also one in an address; at most 200 characters."""
    return "…" if name.lower().endswith(("_key", "_password")) else re.sub(r"//[^/@\s]*@", "//…@", str(value))[:200]


def _fault(detail: Any, given: dict[str, Any]) -> str:
    message = str(detail["msg"]).removeprefix("Value error, ")
    message = message[:1].lower() + message[1:]
    if not detail["loc"]:
        return f"settings: {message}"
    name = str(detail["loc"][0])
    value = masked(name, detail["input"])
    file = None if name in given else config_file()
    if file and (place := origin(name, file)) == file.place(name):
        return f"{place}: {name} = {value!r}: {message}"
    return f"{PREFIX}{name.upper()}={value!r}: {message}"
