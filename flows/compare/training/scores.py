"""Figures on labelled sets: what the checkpoint is chosen by and what the model card states."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flows.compare.training.data import LABELS

Floats = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Scores:
    """Accuracy, mean recall over the labels that occur, precision and recall of each label (NaN where undefined)."""

    pairs: int
    accuracy: float
    macro_recall: float
    recall: tuple[float, ...]
    precision: tuple[float, ...]

    def __str__(self) -> str:
        recall = "/".join(f"{r:.2f}" for r in self.recall)
        return f"acc {self.accuracy:.3f} macro {self.macro_recall:.3f} recall {recall} con-p {self.precision[1]:.2f}"


def scores(logits: Floats, gold: Sequence[int], labels: int = len(LABELS)) -> Scores:
    """Return the figures of logits (pairs × 3) against label indexes."""
    truth = np.asarray(gold)
    chosen = logits.argmax(axis=1)
    recall, precision = [], []
    for label in range(labels):
        hits = float(((chosen == label) & (truth == label)).sum())
        of_label, of_choice = float((truth == label).sum()), float((chosen == label).sum())
        recall.append(hits / of_label if of_label else float("nan"))
        precision.append(hits / of_choice if of_choice else float("nan"))
    return Scores(
        pairs=len(truth),
        accuracy=float((chosen == truth).mean()),
        macro_recall=float(np.nanmean(recall)),
        recall=tuple(recall),
        precision=tuple(precision),
    )


def binary_accuracy(logits: Floats, gold: Sequence[int]) -> float:
    """Return the accuracy of supports against contradicts, the neutral logit ignored: for sets without neutrals."""
    return float((logits[:, :2].argmax(axis=1) == np.asarray(gold)).mean())


def softmax(logits: Floats, temperature: float = 1.0) -> Floats:
    """Return probabilities, row by row, of logits divided by the temperature."""
    scaled = logits / temperature
    scaled = scaled - scaled.max(axis=1, keepdims=True)
    powers = np.exp(scaled)
    return powers / powers.sum(axis=1, keepdims=True)  # type: ignore[no-any-return]


def fit_temperature(logits: Floats, gold: Sequence[int]) -> float:
    """Return the temperature (0.3 to 3) with the least negative log-likelihood on the given pairs (Guo et al. 2017)."""
    rows = np.arange(len(gold))
    grid = np.linspace(0.3, 3.0, 136)
    losses = [-np.log(softmax(logits, t)[rows, np.asarray(gold)] + 1e-12).mean() for t in grid]
    return round(float(grid[int(np.argmin(losses))]), 3)


def calibration_error(probabilities: Floats, gold: Sequence[int], bins: int = 10) -> float:
    """Return the expected calibration error of the chosen label: bins of equal width, weighted by their size."""
    confidence, chosen = probabilities.max(axis=1), probabilities.argmax(axis=1)
    right = (chosen == np.asarray(gold)).astype(float)
    index = np.minimum((confidence * bins).astype(int), bins - 1)
    error = 0.0
    for b in range(bins):
        inside = index == b
        if inside.any():
            error += float(inside.mean()) * abs(float(right[inside].mean()) - float(confidence[inside].mean()))
    return error


def best_contradiction_point(probabilities: Floats, gold: Sequence[int], precision: float) -> tuple[float, float]:
    """Return (threshold, recall) of the lowest threshold on P(contradicts) that still reaches the precision.

    (1.0, 0.0) when no threshold reaches it. Points with fewer than ten reported contradictions do not count.
    """
    p = probabilities[:, 1]
    truth = np.asarray(gold) == 1
    order = np.argsort(-p)
    hits = np.cumsum(truth[order])
    reported = np.arange(1, len(p) + 1)
    good = np.nonzero((hits / reported >= precision) & (reported >= 10))[0]
    if not len(good):
        return 1.0, 0.0
    last = int(good[-1])
    return float(p[order][last]), float(hits[last] / max(1, truth.sum()))
