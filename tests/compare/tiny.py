"""A model of a few numbers that reads words as signs of a verdict, written as people publish models: graph, tokenizer
and config in a folder.

A word adds its row to the scores: "same" speaks for entailment, "not" for contradiction, any other word a little for
neutral. Words of the claim count double where the graph is told which those are.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "same", "not", "talks", "ceasefire")
MEANINGS = ("entailment", "contradiction", "neutral")


def rows(labels: Sequence[str], scale: float = 1.0) -> np.ndarray:
    """For each word its scores in the order of these labels (of MEANINGS, or not_entailment)."""
    table = np.zeros((len(WORDS), len(labels)), np.float32)
    for label, words in (("entailment", ("same",)), ("contradiction", ("not",)), ("neutral", WORDS[6:])):
        if label in labels:
            table[[WORDS.index(word) for word in words], labels.index(label)] = 3.0 if label != "neutral" else 0.4
    if "not_entailment" in labels:
        table[WORDS.index("not"), labels.index("not_entailment")] = 3.0
        table[WORDS.index("talks"), labels.index("not_entailment")] = 0.4
    return table * scale


def graph(
    table: np.ndarray, *, segments: bool, positions: int, offset: int = 0, ids: int = TensorProto.INT64, extra: str = ""
) -> onnx.ModelProto:
    """The model with these rows, which fails on more than ``positions`` tokens (less ``offset``, as in RoBERTa)."""
    names = ["input_ids", "attention_mask", *(["token_type_ids"] * segments), *([extra] if extra else [])]
    constants = {
        "table": table,
        "places": np.zeros((positions, table.shape[1]), np.float32),
        "last": np.asarray([2], np.int64),
        "tokens": np.asarray([1], np.int64),
        "zero": np.asarray(0, np.int64),
        "one": np.asarray(1, np.int64),
        "offset": np.asarray(offset, np.int64),
        "ones": np.asarray(1, np.float32),
    }
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["scores"]),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last"], ["wide"]),
        helper.make_node("Mul", ["scores", "wide"], ["seen"]),
        helper.make_node("Shape", ["input_ids"], ["shape"]),
        helper.make_node("Gather", ["shape", "one"], ["length"]),
        helper.make_node("Range", ["zero", "length", "one"], ["range"]),
        helper.make_node("Add", ["range", "offset"], ["place"]),
        helper.make_node("Gather", ["places", "place"], ["placed"]),
        helper.make_node("Add", ["seen", "placed"], ["whole"]),
    ]
    last = "whole"
    if segments:
        nodes += [
            helper.make_node("Cast", ["token_type_ids"], ["side"], to=TensorProto.FLOAT),
            helper.make_node("Add", ["side", "ones"], ["weight"]),
            helper.make_node("Unsqueeze", ["weight", "last"], ["weights"]),
            helper.make_node("Mul", ["whole", "weights"], ["weighed"]),
        ]
        last = "weighed"
    nodes.append(helper.make_node("ReduceSum", [last, "tokens"], ["logits"], keepdims=0))
    made = helper.make_model(
        helper.make_graph(
            nodes,
            "tiny",
            [helper.make_tensor_value_info(name, ids, ["batch", "tokens"]) for name in names],
            [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", table.shape[1]])],
            [numpy_helper.from_array(value, name) for name, value in constants.items()],
        ),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=9,
    )
    onnx.checker.check_model(made)
    return made


def tokenizer() -> Tokenizer:
    """Words of a pair, as BERT puts them together; padded and cut as some tokenizers are published."""
    made = Tokenizer(models.WordLevel({word: n for n, word in enumerate(WORDS)}, unk_token="[UNK]"))
    made.normalizer = normalizers.Lowercase()
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    made.enable_padding(length=64)
    made.enable_truncation(100_000)
    return made


def write(
    folder: Path,
    labels: Sequence[str] = MEANINGS,
    shown: Sequence[str] | None = None,
    *,
    segments: bool = True,
    positions: int = 64,
    scale: float = 1.0,
    **config: object,
) -> Path:
    """The model in this folder, its outputs in the order of ``labels``, which config.json calls ``shown``."""
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save_model(graph(rows(labels, scale), segments=segments, positions=positions), folder / "model.onnx")
    tokenizer().save(str(folder / "tokenizer.json"))
    named = {str(n): label for n, label in enumerate(shown or labels)}
    (folder / "config.json").write_text(json.dumps({"id2label": named, "max_position_embeddings": positions} | config))
    return folder
