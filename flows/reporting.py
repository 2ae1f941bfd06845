"""A seed's report from the readers' copy to a file or standard output, in the form that is asked for."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Literal

from flows.errors import InputError
from flows.settings import version
from flows.show import to_json, write_csv
from flows.tell.report import markdown, page
from warehouse.read import Reader
from warehouse.reporting import dossier, findings, seeds, write_parquet

Form = Literal["html", "md", "json", "csv", "parquet"]

STDOUT = Path("-")


def reports(reader: Reader, seed: str | None, form: Form, out: Path | None, now: datetime) -> list[Path]:
    """Writes the report of a seed, or without one of every seed of the warehouse, and answers the files written.

    A file is replaced in one step. ``out`` is one seed's; :data:`STDOUT` prints it, and None is ``<seed>.<form>`` in
    the current folder.
    """
    chosen = [seed] if seed is not None else seeds(reader)
    if not chosen:
        raise InputError(f"{reader.path}: no seed has been watched yet: seedwatch run does")
    if out is not None and len(chosen) > 1:
        raise InputError(f"one file for {len(chosen)} seeds: say which of {', '.join(chosen)} is wanted")
    if out == STDOUT:
        if form == "parquet":
            raise InputError("Parquet is no text: name a file with --out")
        _print(reader, chosen[0], form, now)
        return []
    written = []
    for one in chosen:
        path = out or Path(f"{one}.{form}")
        with replacing(path) as fresh:
            _write(reader, one, form, fresh, now)
        written.append(path)
    return written


def _write(reader: Reader, seed: str, form: Form, path: Path, now: datetime) -> None:
    if form == "parquet":
        write_parquet(reader, seed, path)
    elif form == "csv":
        with path.open("w", encoding="utf-8", newline="") as out:
            _csv(reader, seed, out)
    else:
        path.write_text(_text(reader, seed, form, now), "utf-8")


def _print(reader: Reader, seed: str, form: Form, now: datetime) -> None:
    if form == "csv":
        _csv(reader, seed, sys.stdout)
    else:
        sys.stdout.write(_text(reader, seed, form, now))


def _text(reader: Reader, seed: str, form: Form, now: datetime) -> str:
    known = dossier(reader, seed)
    if form == "html":
        return page(known, now, version())
    if form == "md":
        return markdown(known, now, version())
    return to_json(known) + "\n"


def _csv(reader: Reader, seed: str, out: IO[str]) -> None:
    for n, table in enumerate(findings(reader, seed)):
        write_csv(table, out, header=n == 0)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A new file beside ``path`` that takes its place at the end, or is gone if writing it failed."""
    path = path.expanduser().resolve()  # a link stays one
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=path.suffix, dir=path.parent)
        os.close(handle)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from error
    fresh = Path(name)
    try:
        yield fresh
        fresh.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        fresh.replace(path)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from error
    finally:
        with suppress(OSError):
            fresh.unlink()
