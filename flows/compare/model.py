"""The weights on board: a cross-encoder for premise and hypothesis, and a static embedding for what must be cheap."""

import json
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from flows.compare.premise import premise
from flows.compare.verdict import Combiner
from seeds.errors import SeedwatchError
from warehouse.records import VERDICTS, Probability

WEIGHTS = Path(__file__).parent / "weights"
Vector = NDArray[np.float32]


class EngineError(SeedwatchError):
    """The weights are missing or cannot be read, so nothing can be compared."""


class CrossEncoder(Protocol):
    """What reads a premise and a hypothesis. ``engine`` names its weights, ``combiner`` is fitted to what it says."""

    engine: str
    combiner: Combiner

    def __call__(self, evidence: str, claim: str, published_at: datetime | None = None, /) -> Probability:
        """What the evidence, published at this time, says about the claim."""


class Model:
    """The cross-encoder on board. The same pair gives the same bits in whatever company it comes.

    Pairs run one at a time: int8 activations are scaled over all that shares a batch, so a neighbour would change a
    verdict; without padding one pair at a time is about as fast.
    """

    def __init__(self, folder: Path = WEIGHTS) -> None:
        try:
            card = json.loads((folder / "verdict.json").read_text(encoding="utf-8"))
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self.combiner = Combiner.from_card(card["combiner"])
            self._session = session(folder / "verdict.onnx")
        except Exception as error:  # the tokenizer and the runtime raise bare Exception subclasses of their own
            raise EngineError(f"the weights in {folder} cannot be loaded: {error}") from error
        self.engine = f"minilm-{card['engine']}"
        self._temperature = float(card["temperature"])
        self._order = [card["labels"].index(verdict) for verdict in VERDICTS]
        self._tokenizer.enable_truncation(int(card["max_tokens"]), strategy=card["truncation"])

    def __call__(self, evidence: str, claim: str, published_at: datetime | None = None) -> Probability:
        """What the evidence, published at this time, says about the claim."""
        encoding = self._tokenizer.encode(premise(evidence, published_at), claim)
        logits = self._session.run(
            None,
            {
                "input_ids": np.asarray([encoding.ids], np.int64),
                "attention_mask": np.asarray([encoding.attention_mask], np.int64),
                "token_type_ids": np.asarray([encoding.type_ids], np.int64),
            },
        )[0][0].astype(np.float64)[self._order]
        scaled = np.exp((logits - logits.max()) / self._temperature)
        supports, contradicts, neutral = (float(p) for p in scaled / scaled.sum())
        return Probability(supports, contradicts, neutral)


class Embedding:
    """Vectors of texts by looking up their tokens: a tenth of a millisecond, good enough to tell what is about what."""

    def __init__(self, folder: Path = WEIGHTS) -> None:
        try:
            with np.load(folder / "static.npz") as stored:
                self._rows: Vector = stored["rows"].astype(np.float32) * stored["scale"][:, None]
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:  # as above
            raise EngineError(f"the weights in {folder} cannot be loaded: {error}") from error

    def __call__(self, text: str) -> Vector:
        """A vector of length 1 (or 0 for a text without words); the dot product of two is their cosine."""
        ids = self._tokenizer.encode(text, add_special_tokens=False).ids
        total: Vector = self._rows[ids].sum(axis=0) if ids else np.zeros(self._rows.shape[1], np.float32)
        norm = float(np.linalg.norm(total))
        return total / norm if norm else total


def session(path: Path) -> onnxruntime.InferenceSession:
    """The graph in this file, on one thread, since each core has a process. Raises what the runtime raises."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


@lru_cache(maxsize=1)
def bundled() -> tuple[Model, Embedding]:
    """The weights on board, loaded once a process."""
    return Model(), Embedding()
