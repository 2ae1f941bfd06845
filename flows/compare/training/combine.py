"""The last step of the recipe: fit the regression of ``flows.compare.verdict`` over model, values and guards.

    python -m flows.compare.training.combine --pairs FILE.jsonl --weights DIR

The model has seen the training pairs, so its probabilities there say nothing about new text: the regression is fitted
on the dev pairs, and its figures are those of a cross-validation over whole sets (5 folds), never of its own fit.
"""

import argparse
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from flows.compare.guards import inspect
from flows.compare.model import Model
from flows.compare.training.scores import best_contradiction_point, calibration_error
from flows.compare.values import compare_values
from flows.compare.verdict import FEATURES, features
from warehouse.records import VERDICTS

Floats = NDArray[np.float64]
L2 = 0.003
FOLDS = 5


def table(rows: Sequence[dict[str, str]], model: Model) -> Floats:
    """The features (pairs × FEATURES) of labelled pairs, each evidence being one passage."""
    out = []
    for row in rows:
        when = _moment(row.get("published_at"))
        claim, evidence = row["claim"], row["evidence"]
        out.append(
            features(
                model(evidence, claim, when),
                compare_values(claim, evidence, published_at=when, as_of=None),
                inspect(claim, evidence, published_at=when),
            )
        )
    return np.asarray(out, dtype=np.float64)


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def fit(x: Floats, gold: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Weights (3 × features) and biases (3) that minimise cross-entropy with an L2 penalty on the weights."""
    inputs, target = torch.from_numpy(x), torch.from_numpy(gold)
    weights = torch.zeros(3, x.shape[1], dtype=torch.float64, requires_grad=True)
    biases = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights, biases], max_iter=500, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        value = torch.nn.functional.cross_entropy(inputs @ weights.T + biases, target) + L2 * (weights**2).sum()
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
    arguments.add_argument("--pairs", type=Path, required=True)
    arguments.add_argument("--weights", type=Path, required=True)
    asked = arguments.parse_args()
    card_path = asked.weights / "verdict.json"
    card = json.loads(card_path.read_text(encoding="utf-8"))
    card["combiner"] = {"features": list(FEATURES), "weights": [[0.0] * len(FEATURES)] * 3, "biases": [0.0] * 3}
    card_path.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    rows = [json.loads(line) for line in asked.pairs.read_text(encoding="utf-8").splitlines()]
    x = table(rows, Model(asked.weights))
    gold = np.asarray([VERDICTS.index(row["label"]) for row in rows])
    sets = sorted({row["set"] for row in rows})
    fold = np.asarray([sets.index(row["set"]) % FOLDS for row in rows])
    held_out = np.zeros((len(rows), 3))
    for k in range(FOLDS):
        held_out[fold == k] = probabilities(x[fold == k], *fit(x[fold != k], gold[fold != k]))
    said = held_out.argmax(axis=1)
    recall = [float((said[gold == v] == v).mean()) for v in range(3)]
    figures = {
        "pairs": len(rows),
        "macro_recall": round(float(np.mean(recall)), 4),
        "recall": [round(r, 4) for r in recall],
        "calibration_error": round(float(calibration_error(held_out, gold)), 4),
        "contradiction_points": {
            str(wanted): [round(float(v), 4) for v in best_contradiction_point(held_out, gold, wanted)]
            for wanted in (0.8, 0.85, 0.9, 0.92)
        },
    }
    weights, biases = fit(x, gold)
    card["combiner"] |= {
        "weights": [[round(float(w), 5) for w in row] for row in weights],
        "biases": [round(float(b), 5) for b in biases],
        "cross_validated": figures,
    }
    card_path.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))
    for name, column in zip(FEATURES, weights.T, strict=True):
        print(f"{name:22} {'  '.join(f'{w:+.2f}' for w in column)}")


if __name__ == "__main__":
    main()
