"""The configuration file ``seedwatch.toml``: flat, one key a setting; what is no setting is an error with its line."""

import os
import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from seeds.errors import InputError, suggestion

NAME = "seedwatch.toml"
VARIABLE = "SEEDWATCH_CONFIG"
MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """What the file says: each key with its value and the line where it stands."""

    path: Path
    values: Mapping[str, object]
    lines: Mapping[str, int]

    def place(self, key: str) -> str:
        """Where the key stands, as ``seedwatch.toml:3``."""
        return f"{self.path}:{self.lines.get(key, 1)}"


def read(known: Collection[str], paths: Iterable[str]) -> ConfigFile | None:
    """The file that ``SEEDWATCH_CONFIG`` names, else ``seedwatch.toml`` in the current folder; None without one.

    A relative path (a key of ``paths``) counts from the file's folder, so a service finds it from any folder.
    InputError, with file and line, for a file that cannot be read, is no TOML, or has a key that is not ``known``.
    """
    named = os.environ.get(VARIABLE)
    path = Path(named or NAME).expanduser()
    if not named and not path.exists():
        return None
    text = _text(path)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}:{_line_of_fault(error, text)}: no TOML: {_plain(error)}") from error
    lines = _lines(text, values)
    faults = [f"{path}:{lines[key]}: {_unknown(key, values[key], known)}" for key in values if key not in known]
    if faults:
        raise InputError("\n".join(faults))
    for key in set(paths) & values.keys():
        if isinstance(value := values[key], str):
            values[key] = str(path.parent / Path(value).expanduser())
    return ConfigFile(path, values, lines)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    if len(raw) > MAX_BYTES:
        raise InputError(f"{path}: larger than {MAX_BYTES:,} bytes, so it is no configuration file")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise InputError(f"{path}:{line}: not UTF-8 text: {error.reason}") from error


def _unknown(key: str, value: object, known: Collection[str]) -> str:
    if isinstance(value, dict):
        inner = next((f"{key}_{name}" for name in value if f"{key}_{name}" in known), None)
        hint = f", as in {inner} = …" if inner else ""
        return f"[{key}]: the file has no tables: each setting is a line of its own{hint}"
    plain = key.lower().replace("-", "_").removeprefix("seedwatch_")
    return f"{key} is no setting" + suggestion(plain, sorted(known))


def _lines(text: str, keys: Iterable[str]) -> dict[str, int]:
    """The line (from 1) on which each key, or the table of that name, begins."""
    found: dict[str, int] = {}
    for key in keys:
        begins = re.compile(rf"^[ \t]*(?:\[+[ \t]*)?[\"']?{re.escape(key)}[\"']?[ \t]*[=.\]]", re.MULTILINE)
        match = begins.search(text)
        found[key] = text.count("\n", 0, match.start()) + 1 if match else 1
    return found


def _line_of_fault(error: tomllib.TOMLDecodeError, text: str) -> int:
    """Python says the line in the message only, or that it was the end of the document."""
    said = re.search(r"at line (\d+)", str(error))
    return int(said[1]) if said else max(text.count("\n"), 1)


def _plain(error: tomllib.TOMLDecodeError) -> str:
    said = re.sub(r" \(at (line \d+, )?(column \d+|end of document)\)", "", str(error))
    return said[:1].lower() + said[1:]
