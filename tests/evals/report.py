"""The figures of one set: every variant of the engine, the kinds of pair, calibration; as values, text and JSON."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tests.evals.outcomes import VARIANTS, Outcome
from tests.evals.scores import Bin, Kind, Scores, Share, by_kind, calibration_error, reliability, score, two_way
from warehouse.records import VERDICTS

DRIFT = "fp32 against int8: measured by flows/compare/training/export.py, see flows/compare/weights/MODEL_CARD.md"
LOWER_IS_BETTER = frozenset({"alert_false_on_supports", "alert_false_on_neutrals", "calibration_error"})


@dataclass(frozen=True, slots=True)
class Variant:
    """The engine, or a part of it. ``bins`` and the error of calibration are of what has a probability."""

    name: str
    at_verdict: Scores
    at_alert: Scores
    bins: tuple[Bin, ...]
    calibration_error: Share
    two_way: Share | None  # None where the set has neutrals

    @property
    def figures(self) -> dict[str, Share]:
        """The figures that can have a floor, by name."""
        verdict, alert = self.at_verdict, self.at_alert
        named = {
            "accuracy": verdict.accuracy,
            "macro_recall": verdict.macro_recall,
            "balanced_accuracy": verdict.balanced_accuracy,
            "contradicts_precision": verdict.precision[1],
            "contradicts_recall": verdict.recall[1],
            "alert_precision": alert.precision[1],
            "alert_recall": alert.recall[1],
            "alert_false_on_supports": alert.false_contradictions[0],
            "alert_false_on_neutrals": alert.false_contradictions[1],
            "calibration_error": self.calibration_error,
        }
        return named | ({"two_way_accuracy": self.two_way} if self.two_way else {})


@dataclass(frozen=True, slots=True)
class Report:
    """One set. ``kinds`` are those at the verdict and at the alert, of the whole engine."""

    name: str
    fingerprint: str
    labels: tuple[int, ...]  # how many of each of VERDICTS
    variants: tuple[Variant, ...]
    kinds: tuple[tuple[Kind, Kind], ...]
    no_passage: int  # cases of which no passage was about the claim: neutral without a probability
    claim_only: Scores | None = None

    @property
    def whole(self) -> Variant:
        """The whole engine."""
        return self.variants[-1]


def report(name: str, fingerprint: str, outcomes: Sequence[Outcome], claim_only: Sequence[str] | None = None) -> Report:
    """The figures of these outcomes; ``claim_only`` are the labels guessed without the evidence."""
    labels = [one.label for one in outcomes]
    kinds = [one.kind for one in outcomes]
    counts = Counter(labels)
    whole = [one.said[-1] for one in outcomes]
    return Report(
        name=name,
        fingerprint=fingerprint,
        labels=tuple(counts[verdict] for verdict in VERDICTS),
        variants=tuple(_variant(variant, outcomes, n) for n, variant in enumerate(VARIANTS)),
        kinds=tuple(
            zip(
                by_kind(labels, [said.verdict for said in whole], kinds),
                by_kind(labels, [said.reported for said in whole], kinds),
                strict=True,
            )
        ),
        no_passage=sum(said.probability is None for said in whole),
        claim_only=score(labels, claim_only) if claim_only else None,
    )


def _variant(name: str, outcomes: Sequence[Outcome], n: int) -> Variant:
    labels = [one.label for one in outcomes]
    said = [one.said[n] for one in outcomes]
    likely = [(one.label, s.verdict, s.probability) for one, s in zip(outcomes, said, strict=True) if s.probability]
    bins = reliability(
        [float(getattr(p, verdict, 0.0)) for _, verdict, p in likely],
        [label == verdict for label, verdict, _ in likely],
    )
    return Variant(
        name=name,
        at_verdict=score(labels, [s.verdict for s in said]),
        at_alert=score(labels, [s.reported for s in said]),
        bins=bins,
        calibration_error=calibration_error(bins),
        two_way=None
        if "neutral" in labels
        else two_way(
            labels,
            [s.probability.supports if s.probability else 0.0 for s in said],
            [s.probability.contradicts if s.probability else 0.0 for s in said],
        ),
    )


def lines(r: Report) -> Iterator[str]:
    """The report for people."""
    counted = ", ".join(f"{n} {verdict}" for n, verdict in zip(r.labels, VERDICTS, strict=True))
    yield f"== {r.name}: {sum(r.labels)} pairs ({counted}), fingerprint {r.fingerprint}"
    yield (
        f"   {'':15}                     supported |  contradicts  |  contradicts at the alert point  |"
        f"{' two-way |' if r.whole.two_way else ''} calibration"
    )
    yield (
        f"   {'':15} accuracy  macro  or not    |  prec. recall |  prec. recall  false on S  on N   |"
        f"{'         |' if r.whole.two_way else ''} error"
    )
    for v in r.variants:
        f = v.figures
        yield (
            f"   {v.name:15} {f['accuracy']!s:>7} {f['macro_recall']!s:>7}  {f['balanced_accuracy']!s:>6}    | "
            f"{f['contradicts_precision']!s:>6} {f['contradicts_recall']!s:>6} | "
            f"{f['alert_precision']!s:>6} {f['alert_recall']!s:>6}     {f['alert_false_on_supports']!s:>6}  "
            f"{f['alert_false_on_neutrals']!s:>6}  |{f'  {v.two_way!s:>6} |' if v.two_way else ''} "
            f"{f['calibration_error']!s:>6}"
        )
    if r.claim_only:
        guess, most = r.claim_only, max(r.labels) / sum(r.labels)
        yield (
            f"   {'claim alone':15} {guess.accuracy!s:>7} {guess.macro_recall!s:>7}  {guess.balanced_accuracy!s:>6}    "
            f"  (naive Bayes, no evidence; the commonest label has {most:.3f})"
        )
    yield "   said (columns) of labels (rows), at the verdict and as reported:"
    for verdict, row, reported in zip(VERDICTS, r.whole.at_verdict.confusion, r.whole.at_alert.confusion, strict=True):
        numbers = "".join(f"{n:7}" for n in row[:3])
        yield f"   {verdict:15}{numbers}   |{''.join(f'{n:7}' for n in reported[:3])}"
    yield "   probability of the verdict: pairs, mean probability, share that is right"
    for b in r.whole.bins:
        yield f"   {b.low:.2f}–{b.high:.2f} {b.pairs:8} {b.confidence:7.3f} {b.accuracy:7.3f}"
    if r.no_passage:
        yield f"   {r.no_passage} without a probability, since no passage was about the claim"
    if r.kinds:
        yield f"   {'kind':15}  contradictions  found  reported  |  others  called one  reported as one"
    for verdict, alert in r.kinds:
        yield (
            f"   {verdict.kind:15} {verdict.found.of:8} {verdict.found!s:>13} {alert.found!s:>9}  | "
            f"{verdict.false.of:6} {verdict.false!s:>11} {alert.false!s:>16}"
        )


def document(r: Report) -> dict[str, Any]:
    """The report for scripts; what cannot be known (a share of nothing) is null."""
    return {
        "set": r.name,
        "fingerprint": r.fingerprint,
        "labels": dict(zip(VERDICTS, r.labels, strict=True)),
        "variants": {
            v.name: {name: share.value for name, share in v.figures.items()}
            | {
                "recall": _by_verdict(v.at_verdict.recall),
                "precision": _by_verdict(v.at_verdict.precision),
                "confusion": [list(row) for row in v.at_verdict.confusion],
                "confusion_at_alert": [list(row) for row in v.at_alert.confusion],
                "reliability": [
                    {"low": b.low, "high": b.high, "pairs": b.pairs, "confidence": b.confidence, "accuracy": b.accuracy}
                    for b in v.bins
                ],
            }
            for v in r.variants
        },
        "claim_only": r.claim_only
        and {
            "accuracy": r.claim_only.accuracy.value,
            "macro_recall": r.claim_only.macro_recall.value,
            "balanced_accuracy": r.claim_only.balanced_accuracy.value,
        },
        "kinds": {
            verdict.kind: {
                "contradictions": verdict.found.of,
                "recall": verdict.found.value,
                "alert_recall": alert.found.value,
                "others": verdict.false.of,
                "false_contradictions": verdict.false.value,
                "alert_false_contradictions": alert.false.value,
            }
            for verdict, alert in r.kinds
        },
        "no_passage": r.no_passage,
    }


def _by_verdict(shares: Sequence[Share]) -> dict[str, float | None]:
    return {verdict: share.value for verdict, share in zip(VERDICTS, shares, strict=True)}
