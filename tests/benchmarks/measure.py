"""What a benchmark gives: figures of this machine in this run, each with its baseline.

CPU time, so that others' work on the machine disturbs little; medians of rounds in which figure and baseline take
turns.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Row:
    """A figure (None: left out, the note says why), and what it is measured against.

    ``target`` is the ratio that is wanted, as the least or the most; None where there is nothing to reach.
    """

    name: str
    figure: float | None
    unit: str
    against: str = ""
    baseline: float | None = None
    target: tuple[Literal["<=", ">="], float] | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Figure / baseline; None where one of them is missing."""
        return self.figure / self.baseline if self.baseline and self.figure is not None else None

    @property
    def met(self) -> bool | None:
        """Whether the target is reached; None where there is none, or nothing to compare with."""
        if self.target is None or self.ratio is None:
            return None
        way, bound = self.target
        return self.ratio <= bound if way == "<=" else self.ratio >= bound


def cpu_ms(works: Sequence[Work], rounds: int, items: int = 1) -> list[float]:
    """For each work the median CPU time of one of its items in ms, all threads of this process together.

    Each round does every work once, after one that is not counted; so what slows the machine slows them all.
    """
    for work in works:
        work()
    times: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for taken, work in zip(times, works, strict=True):
            began = time.process_time()
            work()
            taken.append((time.process_time() - began) * 1000 / items)
    return [statistics.median(taken) for taken in times]
