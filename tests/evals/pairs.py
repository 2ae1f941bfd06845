"""The engine on labelled claim-evidence pairs: the project's own dev set, and public sets where their folder is given.

    python -m tests.evals.pairs [--data DIR] [--limit N] [SET ...]

Prints for the model alone and for the whole engine: accuracy, macro recall, precision and recall of contradicts, the
share of supports and neutrals called a contradiction, and the expected calibration error (15 equal bins of the top
probability, Guo et al. 2017).
"""

import argparse
import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flows.compare import Comparer
from flows.read.passages import split
from warehouse.records import VERDICTS, Judgement, Probability

OWN = Path(__file__).parent / "pairs" / "written.jsonl"


@dataclass(frozen=True, slots=True)
class Pair:
    """A labelled pair; ``label`` is one of VERDICTS, or not_supported in two-way sets."""

    claim: str
    evidence: str
    label: str
    kind: str
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Scores:
    """Figures of one engine on one set; shares between 0 and 1."""

    pairs: int
    accuracy: float
    recall: tuple[float, float, float]
    precision: tuple[float, float, float]
    false_contradictions: float
    calibration_error: float

    @property
    def macro_recall(self) -> float:
        """Mean of the recalls of the labels that the set has."""
        there = [r for r in self.recall if r >= 0]
        return sum(there) / len(there)


def pairs(path: Path, limit: int | None = None) -> list[Pair]:
    """The pairs of a JSON Lines file, gzipped or not; a spread sample of them if limited."""
    raw = path.read_bytes()
    lines = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode().splitlines()
    rows = [json.loads(line) for line in lines if line]
    step = max(1, len(rows) // limit) if limit else 1
    return [
        Pair(r["claim"], r["evidence"], r["label"], r.get("kind", ""), _time(r.get("published_at")))
        for r in rows[::step][:limit]
    ]


def _time(text: str | None) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def judged(comparer: Comparer, data: Sequence[Pair]) -> Iterator[tuple[Judgement, Probability]]:
    """For each pair what the whole engine says, and what the model alone says of the evidence as one premise."""
    for pair in data:
        whole = comparer.judge(pair.claim, split(pair.evidence), published_at=pair.published_at)
        yield whole, comparer.model(pair.evidence, pair.claim, pair.published_at)


def score(said: Sequence[str], sure: Sequence[float], gold: Sequence[str]) -> Scores:
    """Figures of verdicts with their probabilities against labels."""
    hits = [s == g for s, g in zip(said, gold, strict=True)]
    recall, precision = [], []
    for verdict in VERDICTS:
        of_gold = [h for h, g in zip(hits, gold, strict=True) if g == verdict]
        of_said = [h for h, s in zip(hits, said, strict=True) if s == verdict]
        recall.append(sum(of_gold) / len(of_gold) if of_gold else -1.0)
        precision.append(sum(of_said) / len(of_said) if of_said else -1.0)
    others = [s == "contradicts" for s, g in zip(said, gold, strict=True) if g != "contradicts"]
    error = 0.0
    for low in range(15):
        inside = [(h, p) for h, p in zip(hits, sure, strict=True) if low / 15 < p <= (low + 1) / 15]
        error += abs(sum(h for h, _ in inside) - sum(p for _, p in inside)) / len(hits)
    return Scores(
        len(gold), sum(hits) / len(hits), (recall[0], recall[1], recall[2]), (precision[0], precision[1], precision[2]),
        sum(others) / len(others) if others else 0.0, error,
    )  # fmt: skip


def evaluate(comparer: Comparer, data: Sequence[Pair]) -> dict[str, Scores]:
    """The model alone and the whole engine on these pairs."""
    gold = [pair.label for pair in data]
    results = list(judged(comparer, data))
    engine = [j.verdict or "unchecked" for j, _ in results]
    engine_sure = [getattr(j.probability, j.verdict or "neutral") if j.probability else 0.5 for j, _ in results]
    model = [max(VERDICTS, key=lambda v, p=p: getattr(p, v)) for _, p in results]  # type: ignore[misc]
    model_sure = [max(p.supports, p.contradicts, p.neutral) for _, p in results]
    return {"model": score(model, model_sure, gold), "engine": score(engine, engine_sure, gold)}


def main() -> None:
    """Prints the figures of each set."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--data", type=Path, help="a folder with pairs/dev/SET.jsonl.gz")
    arguments.add_argument("--limit", type=int, default=600, help="pairs of each public set")
    arguments.add_argument("sets", nargs="*", help="names of public sets; all by default")
    asked = arguments.parse_args()
    comparer = Comparer.load()
    files = {"written": OWN}
    if asked.data:
        files |= {p.name.split(".")[0]: p for p in sorted((asked.data / "pairs" / "dev").glob("*.jsonl.gz"))}
    print(f"engine {comparer.engine}")
    for name, path in files.items():
        if asked.sets and name not in asked.sets:
            continue
        for which, s in evaluate(comparer, pairs(path, None if name == "written" else asked.limit)).items():
            print(
                f"{name:20} {which:6} n {s.pairs:5} acc {s.accuracy:.3f} macro {s.macro_recall:.3f} "
                f"recall {_shares(s.recall)} precision {_shares(s.precision)} "
                f"false contradictions {s.false_contradictions:.3f} ece {s.calibration_error:.3f}",
                flush=True,
            )


def _shares(of_verdicts: tuple[float, float, float]) -> str:
    return " ".join(f"{share:.2f}" if share >= 0 else "-" for share in of_verdicts)


if __name__ == "__main__":
    main()
