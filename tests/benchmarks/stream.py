"""``seedwatch judge`` over many sentence pairs: pairs a second, and whether its memory stays flat."""

import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from flows.read.passages import split
from tests.benchmarks.baseline import MISSING, Baseline
from tests.benchmarks.measure import Row
from tests.benchmarks.steps import NOW
from tests.evals import sets
from tests.evals.newsroom import articles

SAMPLE_S = 0.1
CORES = 2  # workers of judge, threads of the cross-encoder
BASELINE_PAIRS = 1_000  # at most: it is the slower of the two


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the command: ``cpu_s`` of it and of its workers, ``peak_mb`` of all of them together."""

    pairs: int
    wall_s: float
    cpu_s: float
    peak_mb: float | None  # None where there is no /proc


def rows(few: int, many: int, baseline: Baseline | None) -> Iterator[Row]:
    """Two runs, few pairs and many, and the cross-encoder on a part of the same pairs."""
    pairs = _pairs(many)
    with TemporaryDirectory() as folder:
        short, long = (_judge(pairs[:count], Path(folder)) for count in (few, many))
    if long.peak_mb is None or short.peak_mb is None:
        yield Row("judge, memory", None, "MB", note="left out: needs /proc")
    else:
        yield Row(
            f"judge {many:,} pairs, peak memory", long.peak_mb, "MB", f"{few:,} pairs", short.peak_mb, ("<=", 1.1),
            f"all processes; {CORES} workers",
        )  # fmt: skip
    speed, cpu = many / long.wall_s, long.cpu_s * 1000 / many
    if baseline is None:
        yield Row("judge", speed, "pairs a second", note=f"wall clock, {CORES} workers; cross-encoder {MISSING}")
        yield Row("judge, CPU of a pair", cpu, "ms")
        return
    some = [(evidence, claim) for claim, evidence in pairs[: min(few, BASELINE_PAIRS)]]
    baseline.judge(some[:64], CORES)
    began = time.perf_counter()
    baseline.judge(some, CORES)
    usual = time.perf_counter() - began
    began = time.process_time()
    baseline.judge(some)
    usual_cpu = time.process_time() - began
    yield Row(
        "judge", speed, "pairs a second", "PyTorch cross-encoder", len(some) / usual, (">=", 3.0),
        f"wall clock with start and loading, {CORES} workers against {CORES} threads",
    )  # fmt: skip
    yield Row(
        "cross-encoder, CPU of a pair", usual_cpu * 1000 / len(some), "ms", "judge", cpu, (">=", 3.0),
        "with one thread; others' work on the machine disturbs this less",
    )  # fmt: skip


def _pairs(count: int) -> list[tuple[str, str]]:
    """So many pairs of bundled claims and sentences, no two alike."""
    written = sets.read(sets.OWN)
    sentences = [pair.evidence for pair in written]
    sentences += [passage.text for article in articles() for passage in split(article.text)]
    claims = list(dict.fromkeys(pair.claim for pair in written))
    sentences = list(dict.fromkeys(sentences))
    found = []
    for turn in range(len(claims)):
        shifted = islice(cycle(claims), turn, None)
        found += [(claim, sentence) for sentence, claim in zip(sentences, shifted, strict=False)]
        if len(found) >= count:
            break
    return found[:count]


def _judge(pairs: list[tuple[str, str]], folder: Path) -> Run:
    questions, verdicts = folder / "pairs.jsonl", folder / "verdicts.jsonl"
    with questions.open("w", encoding="utf-8") as out:
        for n, (claim, evidence) in enumerate(pairs):
            # The engine keeps what it has read of a text of one time: with a time of its own each is read anew.
            moment = (NOW + timedelta(seconds=n)).isoformat()
            row = {"id": n, "claim": claim, "evidence": evidence, "published_at": moment, "as_of": moment}
            out.write(json.dumps(row) + "\n")
    command = [sys.executable, "-c", "from flows.cli import main; main()", "judge", "--jsonl", str(questions)]
    command += ["--out", str(verdicts), "--workers", str(CORES)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        watch = _Watch(process.pid)
        _, said = process.communicate()
        peak = watch.stop()
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    with verdicts.open("rb") as lines:
        answered = sum(1 for _ in lines)
    if process.returncode or answered != len(pairs):
        raise RuntimeError(f"judge gave {answered} answers to {len(pairs)} pairs: {said.decode()[-500:]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(len(pairs), wall, cpu, peak)


class _Watch:
    """The most memory that a process and its descendants held together, looked at ten times a second."""

    def __init__(self, root: int) -> None:
        self._root = root
        self._peak = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> float | None:
        """The peak in MB; None where there is no /proc."""
        self._done.set()
        self._thread.join()
        return self._peak / 1e6 if self._peak else None

    def _look(self) -> None:
        while not self._done.wait(SAMPLE_S):
            self._peak = max(self._peak, _resident(self._root))


def _resident(root: int) -> int:
    """Bytes of this process and its descendants; pages that they share count for each."""
    parents: dict[int, int] = {}
    resident: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(encoding="ascii", errors="replace").rpartition(") ")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        pid = int(path.parent.name)
        parents[pid], resident[pid] = int(fields[1]), int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
    total = 0
    for pid in parents:
        above = pid
        while above not in (0, root):
            above = parents.get(above, 0)
        total += resident[pid] if above == root else 0
    return total
