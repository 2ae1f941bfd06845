"""Figures of verdicts against labels. Nothing here knows the engine; a share keeps what it is a share of."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from warehouse.records import VERDICTS

BINS = 15


@dataclass(frozen=True, slots=True)
class Share:
    """``hits`` of ``of``: a whole number, save where a figure is a mean of shares or an error of so many pairs."""

    hits: float
    of: int

    @property
    def value(self) -> float | None:
        """Between 0 and 1; None of nothing."""
        return self.hits / self.of if self.of else None

    def bounds(self) -> tuple[float, float]:
        """Within what chance leaves it (Wilson's score interval of one standard error); (0, 1) of nothing."""
        if not self.of:
            return 0.0, 1.0
        p, n = self.hits / self.of, self.of
        half = sqrt(max(p * (1 - p), 0.0) / n + 1 / (4 * n * n))
        middle = p + 1 / (2 * n)
        return max(0.0, (middle - half) / (1 + 1 / n)), min(1.0, (middle + half) / (1 + 1 / n))

    def __str__(self) -> str:
        return f"{self.hits / self.of:.3f}" if self.of else "-"


@dataclass(frozen=True, slots=True)
class Scores:
    """Verdicts against labels; shares by verdict are in the order of VERDICTS.

    ``balanced_accuracy`` takes it as one question, supported or not: the mean of the recalls of the two. It and
    ``macro_recall`` leave out labels that the set does not have.
    """

    confusion: tuple[tuple[int, ...], ...]  # rows: labels, columns: VERDICTS, then anything else that was said
    accuracy: Share
    macro_recall: Share
    balanced_accuracy: Share
    recall: tuple[Share, ...]
    precision: tuple[Share, ...]
    false_contradictions: tuple[Share, Share]  # called contradictions: of the supports, of the neutrals


@dataclass(frozen=True, slots=True)
class Bin:
    """The verdicts whose probability lies in (low, high]."""

    low: float
    high: float
    pairs: int
    confidence: float  # mean probability of the verdict
    accuracy: float


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of pair: contradictions found, and others called one."""

    kind: str
    found: Share
    false: Share


def score(labels: Sequence[str], said: Sequence[str]) -> Scores:
    """The figures of what was said of pairs with these labels; what is no verdict ("unchecked") is never right."""
    counts = Counter(zip(labels, said, strict=True))
    of_label = Counter(labels)
    of_said = Counter(said)
    hits = [counts[v, v] for v in VERDICTS]
    recall = tuple(Share(hit, of_label[v]) for hit, v in zip(hits, VERDICTS, strict=True))
    supported = Share(counts["supports", "supports"], of_label["supports"])
    others = len(labels) - of_label["supports"]
    rest = Share(others - (of_said["supports"] - counts["supports", "supports"]), others)
    odd = [sum(n for (g, s), n in counts.items() if g == label and s not in VERDICTS) for label in VERDICTS]
    return Scores(
        confusion=tuple((*(counts[g, s] for s in VERDICTS), odd[n]) for n, g in enumerate(VERDICTS)),
        accuracy=Share(sum(hits), len(labels)),
        macro_recall=_mean(recall, len(labels)),
        balanced_accuracy=_mean((supported, rest), len(labels)),
        recall=recall,
        precision=tuple(Share(hit, of_said[v]) for hit, v in zip(hits, VERDICTS, strict=True)),
        false_contradictions=(
            Share(counts["supports", "contradicts"], of_label["supports"]),
            Share(counts["neutral", "contradicts"], of_label["neutral"]),
        ),
    )


def reliability(sure: Sequence[float], right: Sequence[bool], bins: int = BINS) -> tuple[Bin, ...]:
    """The verdicts in bins of equal width by their probability; empty bins are left out."""
    table = []
    for n in range(bins):
        low, high = n / bins, (n + 1) / bins
        inside = [(p, r) for p, r in zip(sure, right, strict=True) if low < p <= high]
        if inside:
            count = len(inside)
            table.append(Bin(low, high, count, sum(p for p, _ in inside) / count, sum(r for _, r in inside) / count))
    return tuple(table)


def calibration_error(table: Sequence[Bin]) -> Share:
    """The expected calibration error (Guo et al. 2017): mean distance of probability and accuracy over the pairs."""
    return Share(sum(b.pairs * abs(b.accuracy - b.confidence) for b in table), sum(b.pairs for b in table))


def by_kind(labels: Sequence[str], said: Sequence[str], kinds: Sequence[str]) -> tuple[Kind, ...]:
    """The kinds by name: the recall of contradictions, and the share of the other pairs called one."""
    found: dict[str, list[bool]] = {}
    false: dict[str, list[bool]] = {}
    for label, verdict, kind in zip(labels, said, kinds, strict=True):
        (found if label == "contradicts" else false).setdefault(kind, []).append(verdict == "contradicts")
    return tuple(Kind(k, _share(found.get(k, ())), _share(false.get(k, ()))) for k in sorted({*found, *false} - {""}))


def two_way(labels: Sequence[str], supports: Sequence[float], contradicts: Sequence[float]) -> Share:
    """How many are right if only supports and contradicts can be said: for sets that have no neutrals."""
    said = ["supports" if s >= c else "contradicts" for s, c in zip(supports, contradicts, strict=True)]
    return _share(s == g for s, g in zip(said, labels, strict=True))


def _share(hits: Iterable[bool]) -> Share:
    counted = list(hits)
    return Share(sum(counted), len(counted))


def _mean(shares: Sequence[Share], pairs: int) -> Share:
    there = [share.value for share in shares if share.value is not None]
    return Share(sum(there) / len(there) * pairs, pairs) if there else Share(0, 0)
