"""The command ``config show``: every setting, its value, and where that comes from."""

from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from flows.settings import PREFIX, Settings, config_file, masked, origin


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting as it holds now. ``value`` None: it is not set and has no default; secrets are masked."""

    name: str
    variable: str
    value: str | None
    origin: str  # environment, .env, FILE:LINE or default
    about: str


def configuration() -> list[Setting]:
    """All settings in the order of the README. InputError where one cannot be used."""
    settings, file = Settings(), config_file()
    return [
        Setting(
            name,
            PREFIX + name.upper(),
            _shown(name, getattr(settings, name)),
            origin(name, file),
            field.description or "",
        )
        for name, field in Settings.model_fields.items()
    ]


def _shown(name: str, value: Any) -> str | None:
    if value is None or isinstance(value, SecretStr):
        return None if value is None else "…"
    if isinstance(value, tuple):
        return ", ".join(f"{part:g}" if isinstance(part, float) else str(part) for part in value) or None
    return masked(name, f"{value:g}" if isinstance(value, float) else value) or None
