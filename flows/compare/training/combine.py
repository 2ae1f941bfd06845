"""The last step of the recipe: fit the regression of ``flows.compare.verdict`` over model, values and guards.

    python -m flows.compare.training.combine --weights DIR --pairs FILE.jsonl [FILE.jsonl ...]

The model has seen the training pairs, so its probabilities there say nothing about new text: the regression is fitted
on pairs it was not trained on, and its figures are those of a cross-validation over whole sets (5 folds), never of its
own fit. The pairs are written in sets of one event; most passages of real coverage are about something else, so each
claim also meets look-alike evidence of other sets. Those count together as much as the written neutrals: they teach
what a passage about something else looks like, not how common it is.
"""

# ruff: noqa: S311  seeded draws hide nothing

import argparse
import json
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from flows.compare.guards import inspect
from flows.compare.matter import matter
from flows.compare.model import Model
from flows.compare.training.data import Pair, read_pairs
from flows.compare.training.neutrals import lookalikes
from flows.compare.training.scores import best_contradiction_point, calibration_error
from flows.compare.values import compare_values
from flows.compare.verdict import FEATURES, features
from warehouse.records import VERDICTS, Passage

Floats = NDArray[np.float64]
L2 = 0.003
FOLDS = 5
LOOKALIKES = 4
"""Evidence of other sets that each claim meets."""


def table(pairs: Sequence[Pair], model: Model) -> Floats:
    """The features (pairs × FEATURES) of labelled pairs, each evidence being one passage."""
    out = []
    for pair in pairs:
        day = pair.published_at
        when = datetime(day.year, day.month, day.day, tzinfo=UTC) if day else None
        claim, text = pair.claim, pair.evidence
        passage = Passage(text, 0, len(text), text, 0, len(text))
        values = compare_values(claim, text, published_at=when, as_of=None)
        out.append(
            features(
                model(text, claim, when),
                values,
                inspect(claim, text, published_at=when),
                matter(claim, passage, frozenset(), values),
            )
        )
    return np.asarray(out, dtype=np.float64)


def fit(x: Floats, gold: NDArray[np.int64], weight: Floats) -> tuple[Floats, Floats]:
    """Weights (3 × features) and biases (3) that minimise weighted cross-entropy with an L2 penalty on the weights."""
    inputs, target, mass = torch.from_numpy(x), torch.from_numpy(gold), torch.from_numpy(weight / weight.sum())
    weights = torch.zeros(3, x.shape[1], dtype=torch.float64, requires_grad=True)
    biases = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights, biases], max_iter=500, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        each = torch.nn.functional.cross_entropy(inputs @ weights.T + biases, target, reduction="none")
        value = (each * mass).sum() + L2 * (weights**2).sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimiser.step(loss)  # type: ignore[no-untyped-call]
    return weights.detach().numpy(), biases.detach().numpy()


def probabilities(x: Floats, weights: Floats, biases: Floats) -> Floats:
    """Softmax of the regression (pairs × 3)."""
    scores = x @ weights.T + biases
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    result: Floats = powers / powers.sum(axis=1, keepdims=True)
    return result


def main() -> None:
    """Fits, prints the cross-validated figures and writes the regression into verdict.json."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--pairs", type=Path, required=True, nargs="+")
    arguments.add_argument("--weights", type=Path, required=True)
    asked = arguments.parse_args()
    card_path = asked.weights / "verdict.json"
    card = json.loads(card_path.read_text(encoding="utf-8"))
    card["combiner"] = {"features": list(FEATURES), "weights": [[0.0] * len(FEATURES)] * 3, "biases": [0.0] * 3}
    card_path.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    model = Model(asked.weights)
    written = [pair for path in asked.pairs for pair in read_pairs(path, path.stem)]
    others = list(lookalikes(written, random.Random(13), LOOKALIKES))
    x, extra = table(written, model), table(others, model)
    gold = np.asarray([VERDICTS.index(pair.label) for pair in written])
    neutral = np.full(len(others), VERDICTS.index("neutral"))
    share = float((gold == VERDICTS.index("neutral")).sum()) / len(others)
    sets = sorted({pair.set_id for pair in written})
    place = {name: index % FOLDS for index, name in enumerate(random.Random(13).sample(sets, len(sets)))}
    fold = np.asarray([place[pair.set_id] for pair in written])
    other_fold = np.asarray([place[pair.set_id] for pair in others])

    def fitted(keep: NDArray[np.bool_], keep_other: NDArray[np.bool_]) -> tuple[Floats, Floats]:
        mass = np.concatenate([np.ones(int(keep.sum())), np.full(int(keep_other.sum()), share)])
        return fit(np.vstack([x[keep], extra[keep_other]]), np.concatenate([gold[keep], neutral[keep_other]]), mass)

    held_out, aside = np.zeros((len(written), 3)), np.zeros((len(others), 3))
    for k in range(FOLDS):
        regression = fitted(fold != k, other_fold != k)
        held_out[fold == k] = probabilities(x[fold == k], *regression)
        aside[other_fold == k] = probabilities(extra[other_fold == k], *regression)
    said = held_out.argmax(axis=1)
    recall = [float((said[gold == v] == v).mean()) for v in range(3)]
    figures = {
        "pairs": len(written),
        "macro_recall": round(float(np.mean(recall)), 4),
        "recall": [round(r, 4) for r in recall],
        "calibration_error": round(float(calibration_error(held_out, gold)), 4),
        "contradiction_points": {
            str(wanted): [round(float(v), 4) for v in best_contradiction_point(held_out, gold, wanted)]
            for wanted in (0.8, 0.85, 0.9, 0.92)
        },
        "lookalikes": len(others),
        "lookalikes_called_neutral": round(float((aside.argmax(axis=1) == 2).mean()), 4),
    }
    everything = fitted(np.ones(len(written), bool), np.ones(len(others), bool))
    card["combiner"] |= {
        "weights": [[round(float(w), 5) for w in row] for row in everything[0]],
        "biases": [round(float(b), 5) for b in everything[1]],
        "cross_validated": figures,
    }
    card_path.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))
    for name, column in zip(FEATURES, everything[0].T, strict=True):
        print(f"{name:22} {'  '.join(f'{w:+.2f}' for w in column)}")


if __name__ == "__main__":
    main()
