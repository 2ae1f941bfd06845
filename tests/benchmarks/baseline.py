"""What the same question costs the usual way: sentence-transformers embeddings and a PyTorch cross-encoder.

Both have the size of the model on board (MiniLM: 6 layers, 384 wide) and random weights, which cost what trained ones
do. fp32, batches of 32 texts of like length, each padded to its longest: as one would run them with care.

CPU time is taken with one thread: a second one waits spinning where the cores are busy, which trebles the baseline's
CPU time and would flatter us. What counts pairs a second has two.
"""

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from typing import Any

from tokenizers import Encoding, Tokenizer

from flows.compare.model import WEIGHTS

BATCH = 32
MAX_TOKENS = 256
MISSING = "left out: PyTorch and transformers are not installed (pip install -e '.[bench]')"


def available() -> bool:
    """Whether the libraries are there; they are no dependency of the project but its extra [bench]."""
    return find_spec("torch") is not None and find_spec("transformers") is not None


class Baseline:
    """The two models, ready."""

    def __init__(self) -> None:
        import torch
        from transformers import BertConfig, BertForSequenceClassification, BertModel

        self._torch: Any = torch
        torch.manual_seed(1)
        config = BertConfig(
            vocab_size=30_522, hidden_size=384, num_hidden_layers=6, num_attention_heads=12, intermediate_size=1_536,
            num_labels=3,
        )  # fmt: skip
        self._bi = BertModel(config).eval()
        self._cross = BertForSequenceClassification(config).eval()
        self._tokenizer = Tokenizer.from_file(str(WEIGHTS / "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_TOKENS)

    def embed(self, texts: Sequence[str]) -> list[Any]:
        """A vector of length 1 for each text: the mean over its tokens."""
        torch = self._torch
        found: list[Any] = [None] * len(texts)
        for order, inputs in self._batches(self._tokenizer.encode_batch(list(texts))):
            states = self._bi(**inputs).last_hidden_state
            mask = inputs["attention_mask"].unsqueeze(-1)
            mean = (states * mask).sum(1) / mask.sum(1)
            for n, vector in zip(order, torch.nn.functional.normalize(mean), strict=True):
                found[n] = vector
        return found

    def judge(self, pairs: Sequence[tuple[str, str]], threads: int = 1) -> list[list[float]]:
        """Three probabilities for each pair of evidence and claim."""
        self._torch.set_num_threads(threads)
        found: list[list[float]] = [[]] * len(pairs)
        for order, inputs in self._batches(self._tokenizer.encode_batch(list(pairs))):
            for n, row in zip(order, self._cross(**inputs).logits.softmax(-1).tolist(), strict=True):
                found[n] = row
        return found

    def compare(self, sentences: Sequence[str], facts: Sequence[str]) -> list[list[float]]:
        """Every sentence against every fact, after embedding all of them."""
        self._torch.set_num_threads(1)
        vectors = self._torch.stack(self.embed([*sentences, *facts]))
        similar = vectors[: len(sentences)] @ vectors[len(sentences) :].T
        assert similar.shape == (len(sentences), len(facts))
        return self.judge([(sentence, fact) for sentence in sentences for fact in facts])

    def _batches(self, encoded: Sequence[Encoding]) -> Iterator[tuple[list[int], dict[str, Any]]]:
        torch = self._torch
        by_length = sorted(range(len(encoded)), key=lambda n: len(encoded[n].ids))
        for start in range(0, len(by_length), BATCH):
            order = by_length[start : start + BATCH]
            longest = len(encoded[order[-1]].ids)
            rows = {"input_ids": "ids", "attention_mask": "attention_mask", "token_type_ids": "type_ids"}
            inputs = {
                name: torch.tensor([(r := getattr(encoded[n], field)) + [0] * (longest - len(r)) for n in order])
                for name, field in rows.items()
            }
            with torch.inference_mode():
                yield order, inputs
