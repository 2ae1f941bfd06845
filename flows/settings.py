"""Settings from the environment (``SEEDWATCH_…``) and a ``.env`` file; what the command line gives goes before them."""

import ipaddress
import os
import re
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from seeds.errors import InputError

IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

PREFIX = "SEEDWATCH_"


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


def _header(value: str) -> str:
    """What can be part of a User-Agent header."""
    value = value.strip()
    if not value.isascii() or not value.isprintable() or set(value) & set("()<>"):
        raise ValueError("a mail address or a web address, in ASCII and without brackets")
    return value


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
    concurrency: int = Field(default=10, ge=1, le=200, description="requests under way at once")
    per_host: int = Field(default=4, ge=1, le=20, description="of them to one host")

    def __init__(self, **given: Any) -> None:
        try:
            super().__init__(**given)
        except ValidationError as error:
            raise InputError("\n".join(map(_fault, error.errors()))) from error
        except UnicodeDecodeError as error:
            raise InputError(f".env: not UTF-8 text: {error.reason} at byte {error.start}") from error

    @property
    def user_agent(self) -> str:
        """How Seedwatch introduces itself to the sites it asks."""
        return f"Seedwatch/{version()}" + (f" ({self.contact})" if self.contact else "")


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
    return f"{name}={str(detail['input'])[:200]!r}: {message[:1].lower()}{message[1:]}"
