"""From a checkpoint to what ships: int8 ONNX, tokenizer, and a card of figures measured as run time runs it."""

import hashlib
import json
import logging
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn
from transformers import BertForSequenceClassification

from flows.compare.training.data import LABELS, dev_set
from flows.compare.training.scores import (
    Floats,
    best_contradiction_point,
    binary_accuracy,
    calibration_error,
    fit_temperature,
    scores,
    softmax,
)
from flows.compare.training.train import MAX_TOKENS, Encoded, encode, load_tokenizer

log = logging.getLogger(__name__)

MEASURED: dict[str, int | None] = {
    "written": None,
    "lingnli": 2000,
    "breaking_nli": 1500,
    "fever_symmetric_v02": None,
    "negation_nli_mnli": None,
}
LARGEST_BYTES = 25_000_000
INPUTS = ("input_ids", "attention_mask", "token_type_ids")


class _Logits(nn.Module):
    """The classifier with positional inputs and nothing but logits out, as the exporter wants it."""

    def __init__(self, model: BertForSequenceClassification) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        return self.model(  # type: ignore[no-any-return]
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).logits


def write_onnx(checkpoint: Path, target: Path) -> None:
    """Write the checkpoint as fp32 ONNX (opset 17) with free batch and length."""
    model = BertForSequenceClassification.from_pretrained(checkpoint, attn_implementation="eager").train(False)
    ids = torch.ones(2, 12, dtype=torch.long)
    torch.onnx.export(
        _Logits(model),
        (ids, ids, torch.zeros_like(ids)),
        str(target),
        input_names=list(INPUTS),
        output_names=["logits"],
        dynamic_axes={name: {0: "batch", 1: "length"} for name in INPUTS} | {"logits": {0: "batch"}},
        opset_version=17,
        dynamo=False,
    )


def session(path: Path) -> onnxruntime.InferenceSession:
    """Return a session as run time has it: one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def run_singly(model: onnxruntime.InferenceSession, rows: Sequence[Encoded]) -> Floats:
    """Return logits (pairs × 3), each pair run alone: dynamic int8 scales depend on whatever shares the batch."""
    out = np.zeros((len(rows), len(LABELS)), dtype=np.float32)
    for i, row in enumerate(rows):
        ids = np.asarray([row.ids], dtype=np.int64)
        feed = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.asarray([row.types], np.int64),
        }
        out[i] = model.run(None, feed)[0][0]
    return out


def export(checkpoint: Path, data: Path, target: Path) -> None:
    """Write ``verdict.onnx``, ``tokenizer.json`` and ``verdict.json`` into the target folder.

    The temperature is fitted on written dev with the int8 model. ValueError when the model is larger than allowed.
    """
    target.mkdir(parents=True, exist_ok=True)
    tokenizer = load_tokenizer(checkpoint)
    with tempfile.TemporaryDirectory() as folder:
        full, small = Path(folder) / "fp32.onnx", Path(folder) / "int8.onnx"
        write_onnx(checkpoint, full)
        logging.getLogger().setLevel(logging.WARNING)  # the quantiser tells of each of its 200 nodes at level INFO
        quantize_dynamic(full, small, weight_type=QuantType.QInt8, per_channel=True)
        logging.getLogger().setLevel(logging.INFO)
        content = small.read_bytes()
        if len(content) > LARGEST_BYTES:
            raise ValueError(f"the int8 model has {len(content)} bytes, more than {LARGEST_BYTES}")
        fp32, int8 = session(full), session(small)
        figures: dict[str, dict[str, Any]] = {}
        temperature, points = 1.0, {}
        for name, limit in MEASURED.items():
            rows = encode(tokenizer, dev_set(data, name, limit))
            gold = [row.label for row in rows]
            exact, quantised = run_singly(fp32, rows), run_singly(int8, rows)
            if name == "written":
                temperature = fit_temperature(quantised, gold)
                chances = softmax(quantised, temperature)
                for wanted in (0.8, 0.85, 0.9, 0.92):
                    threshold, recall = best_contradiction_point(chances, gold, wanted)
                    points[str(wanted)] = {"threshold": round(threshold, 4), "recall": round(recall, 4)}
            figures[name] = {
                "fp32": asdict(scores(exact, gold)),
                "int8": asdict(scores(quantised, gold)),
                "same_label": round(float((exact.argmax(1) == quantised.argmax(1)).mean()), 4),
                "largest_drift": round(float(np.abs(softmax(exact) - softmax(quantised)).max()), 4),
                "calibration_error": round(calibration_error(softmax(quantised, temperature), gold), 4),
                "two_way_accuracy": round(binary_accuracy(quantised, gold), 4) if 2 not in gold else None,
            }
            log.info("%-20s fp32 %s", name, scores(exact, gold))
            log.info("%-20s int8 %s", "", scores(quantised, gold))
    recipe = checkpoint.parent / "recipe.json"
    card = {
        "engine": hashlib.sha256(content).hexdigest()[:12],
        "labels": list(LABELS),
        "max_tokens": MAX_TOKENS,
        "truncation": "longest_first",
        "inputs": list(INPUTS),
        "temperature": temperature,
        "contradiction_points_on_written_dev": points,
        "figures": figures,
        "recipe": json.loads(recipe.read_text(encoding="utf-8")) if recipe.exists() else None,
    }
    card |= _kept(target / "verdict.json")
    (target / "verdict.onnx").write_bytes(content)
    tokenizer.no_truncation()
    tokenizer.save(str(target / "tokenizer.json"))
    (target / "verdict.json").write_text(json.dumps(_rounded(card), indent=1) + "\n", encoding="utf-8")
    _write_figures(figures, target / "MODEL_CARD.md")
    log.info("engine %s, %d bytes, temperature %.3f, points %s", card["engine"], len(content), temperature, points)


def _kept(path: Path) -> dict[str, Any]:
    """Return the regression of an earlier export with the engine it was fitted for.

    Run time does not load without one. It is out of date from now on: run ``flows.compare.training.combine`` again.
    """
    if not path.exists():
        return {}
    earlier = json.loads(path.read_text(encoding="utf-8"))
    if "combiner" not in earlier:
        return {}
    log.warning("the regression of engine %s is kept: fit it again with training.combine", earlier["engine"])
    return {"combiner": {"fitted_for": earlier["engine"]} | earlier["combiner"]}


def _write_figures(figures: dict[str, dict[str, Any]], path: Path) -> None:
    """Put the table of figures between the marks of the model card, if there is one."""
    if not path.exists():
        return
    lines = [
        "| dev set | pairs | accuracy fp32 | int8 | macro recall fp32 | int8 | contradicts, int8: precision | recall "
        "| same label | ECE |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, row in figures.items():
        exact, quantised = row["fp32"], row["int8"]
        cells = [exact["accuracy"], quantised["accuracy"], exact["macro_recall"], quantised["macro_recall"]]
        cells += [quantised["precision"][1], quantised["recall"][1], row["same_label"], row["calibration_error"]]
        lines.append(f"| {name} | {exact['pairs']} | " + " | ".join(f"{cell:.3f}" for cell in cells) + " |")
    before, _, rest = path.read_text(encoding="utf-8").partition("<!-- figures -->")
    _, _, after = rest.partition("<!-- end -->")
    table = "\n".join(lines)
    path.write_text(f"{before}<!-- figures -->\n{table}\n<!-- end -->{after}", encoding="utf-8")


def _rounded(value: object) -> object:
    """Return the value with floats cut to four digits and NaN as None, which JSON has."""
    if isinstance(value, dict):
        return {k: _rounded(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(v) for v in value]
    if isinstance(value, float):
        return None if np.isnan(value) else round(value, 4)
    return value
