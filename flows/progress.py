"""How a run gets on, on stderr: bars on a terminal, lines anywhere else. stdout stays for the answer."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from flows.plaintext import one_line
from flows.show import console

PAUSE_S = 10.0
"""Seconds between two lines about one stage where there is no terminal."""


class Bars:
    """A bar a stage, on a terminal; a context manager that leaves the finished bars standing."""

    def __init__(self, on: Console) -> None:
        self._bars = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=on,
        )
        self._current: TaskID | None = None

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def stage(self, name: str, total: int | None) -> None:
        if self._current is not None:
            self._bars.stop_task(self._current)
        self._current = self._bars.add_task(one_line(name, 40), total=total)

    def advance(self, n: int = 1) -> None:
        if self._current is not None:
            self._bars.advance(self._current, n)

    def batch(self, line: str) -> None:
        """The bar says it."""

    def note(self, line: str) -> None:
        self._bars.console.print(Text(one_line(line, 400), style="yellow"))


class Lines:
    """A line as a stage begins and every ten seconds of it; a context manager like :class:`Bars`."""

    def __init__(self, on: Console) -> None:
        self._on = on
        self._name, self._total, self._done, self._told_at = "", 0, 0, 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is open."""

    def stage(self, name: str, total: int | None) -> None:
        self._name, self._total, self._done, self._told_at = name, total or 0, 0, time.monotonic()
        self._say(f"{name}: {'nothing to do' if total == 0 else '…' if total is None else total}")

    def advance(self, n: int = 1) -> None:
        self._done += n
        if time.monotonic() - self._told_at >= PAUSE_S:
            self._told_at = time.monotonic()
            self._say(f"{self._name}: {self._done}" + (f" of {self._total}" if self._total else ""))

    def batch(self, line: str) -> None:
        """The lines every ten seconds and the summary say it."""

    def note(self, line: str) -> None:
        self._say(line)

    def _say(self, line: str) -> None:
        self._on.print(Text(one_line(line, 400)), soft_wrap=True)


def shown() -> Bars | Lines:
    """What suits the stderr there is."""
    on = console(stderr=True)
    return Bars(on) if on.is_terminal else Lines(on)
