"""A static embedding for gate and shortlist: one vector a token, distilled from the un-finetuned base encoder.

Run: ``python -m flows.compare.training.static --data DIR --base DIR --target DIR``. The file ``static.npz`` holds
``rows`` (int8, vocabulary × dimensions) and ``scale`` (float32, vocabulary). The vector of a text is the sum over its
tokens (no special tokens) of ``rows[id] * scale[id]``, divided by its norm; frequency weights are in the scale.
"""

import argparse
import gzip
import json
import logging
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from transformers import BertModel

from flows.compare.training.articles import articles, usable
from flows.compare.training.data import dev_set, read_lines

log = logging.getLogger(__name__)

Floats = NDArray[np.float32]
DIMENSIONS = 144
SMOOTH = 3e-4
"""The `a` of a/(a+p): how soon a frequent token loses weight (Arora et al. 2017 use 1e-3 to 1e-4)."""


def _pooled(model: BertModel, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    hidden = model(input_ids=ids, attention_mask=mask).last_hidden_state
    weight = mask.unsqueeze(-1).float()
    pooled: torch.Tensor = (hidden * weight).sum(1) / weight.sum(1)
    return pooled


@torch.no_grad()
def token_vectors(base: Path, tokenizer: Tokenizer) -> Floats:
    """Return a vector (vocabulary × 384) of every token read alone, between the special tokens."""
    model = BertModel.from_pretrained(base).train(False)
    first, _, last = tokenizer.encode("x").ids
    out = []
    for part in torch.split(torch.arange(tokenizer.get_vocab_size()), 1024):
        ids = torch.stack([torch.full_like(part, first), part, torch.full_like(part, last)], dim=1)
        out.append(_pooled(model, ids, torch.ones_like(ids)).numpy())
    return np.concatenate(out)


def frequencies(data: Path, tokenizer: Tokenizer) -> NDArray[np.float64]:
    """Return the share of each token in the folder's news and claim pairs, with half a count added to each."""
    counts = np.full(tokenizer.get_vocab_size(), 0.5)
    for batch in _batched(_texts(data), 2000):
        for encoding in tokenizer.encode_batch(batch, add_special_tokens=False):
            np.add.at(counts, encoding.ids, 1)
    share: NDArray[np.float64] = counts / counts.sum()
    return share


def _texts(data: Path) -> Iterator[str]:
    for name in ("may2025", "triples"):
        with gzip.open(data / "news" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)["text"][:4000]
    for name in ("written", "lingnli", "mnli_dev_matched", "fever_dev_sr"):
        for row in read_lines(data / "pairs" / "train" / f"{name}.jsonl.gz"):
            yield f"{row['claim']} {row['evidence'][:1000]}"


def _batched(texts: Iterator[str], size: int) -> Iterator[list[str]]:
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def distil(base: Path, data: Path, tokenizer: Tokenizer, dimensions: int) -> tuple[NDArray[np.int8], Floats]:
    """Return (rows, scale): principal components of the token vectors as int8, weights folded into the scale.

    Tokens that no Latin text uses get a zero row, which packs to nothing.
    """
    vectors = token_vectors(base, tokenizer)
    share = frequencies(data, tokenizer)
    centred = vectors - vectors.mean(axis=0)
    _, _, axes = np.linalg.svd(centred[share > share.min()], full_matrices=False)
    reduced = centred @ axes[:dimensions].T
    # Plain PCA leaves a few directions that hold most of the length and little of the meaning.
    reduced /= np.sqrt(reduced.std(axis=0, keepdims=True))
    for token, index in tokenizer.get_vocab().items():
        bare = token.removeprefix("##")
        if token.startswith("[") or not all(ord(c) < 0x250 for c in bare):
            reduced[index] = 0
    weight = SMOOTH / (SMOOTH + share)
    largest = np.abs(reduced).max(axis=1)
    step = np.where(largest > 0, largest / 127, 1)
    rows = np.round(reduced / step[:, None]).astype(np.int8)
    return rows, (step * weight).astype(np.float32)


def embed(texts: Sequence[str], tokenizer: Tokenizer, rows: NDArray[np.int8], scale: Floats) -> Floats:
    """Return unit vectors (texts × dimensions) as run time computes them; a text without known tokens gets zeros."""
    out = np.zeros((len(texts), rows.shape[1]), dtype=np.float32)
    for i, encoding in enumerate(tokenizer.encode_batch(list(texts), add_special_tokens=False)):
        ids = encoding.ids
        vector = scale[ids] @ rows[ids].astype(np.float32)
        norm = float(np.linalg.norm(vector))
        out[i] = vector / norm if norm else vector
    return out


@torch.no_grad()
def embed_full(texts: Sequence[str], tokenizer: Tokenizer, base: Path) -> Floats:
    """Return unit vectors of the base encoder, what the static rows are compared with."""
    model = BertModel.from_pretrained(base).train(False)
    out = np.zeros((len(texts), model.config.hidden_size), dtype=np.float32)
    encodings = tokenizer.encode_batch(list(texts))
    order = sorted(range(len(texts)), key=lambda i: len(encodings[i].ids))
    for start in range(0, len(order), 64):
        part = order[start : start + 64]
        width = len(encodings[part[-1]].ids)
        ids = torch.tensor([encodings[i].ids + [0] * (width - len(encodings[i].ids)) for i in part])
        out[part] = _pooled(model, ids, (ids != 0).long()).numpy()
    return out / np.linalg.norm(out, axis=1, keepdims=True)  # type: ignore[no-any-return]


def retrieval(
    claims: Floats, texts: Floats, gold: Sequence[tuple[int, int]], barred: Sequence[set[int]]
) -> dict[int, float]:
    """Return recall at 1, 3, 10 and 30: is a gold text among the k nearest of its claim, other gold texts set aside?"""
    ranks = []
    for claim, text in gold:
        nearness = texts @ claims[claim]
        others = [i for i in barred[claim] if i != text]
        nearness[others] = -2
        ranks.append(int((nearness > nearness[text]).sum()))
    return {k: round(float(np.mean([r < k for r in ranks])), 4) for k in (1, 3, 10, 30)}


def evaluate(
    data: Path, base: Path, tokenizer: Tokenizer, rows: NDArray[np.int8], scale: Floats
) -> dict[str, dict[int, float]]:
    """Return the retrieval recall of the static rows and of the base encoder.

    Gold: evidence of written dev that supports or contradicts. Distractors: the evidence of the other sets and 2,000
    sentences of real news.
    """
    pairs = dev_set(data, "written")
    claims = sorted({p.claim for p in pairs})
    news = sorted({s for a in articles(data) for s in a.sentences if usable(s)})[::9][:2000]
    texts = [p.evidence for p in pairs] + news
    number = {claim: i for i, claim in enumerate(claims)}
    sets = {p.claim: p.set_id for p in pairs}
    barred = [{i for i, p in enumerate(pairs) if p.set_id == sets[claim]} for claim in claims]
    gold = [(number[p.claim], i) for i, p in enumerate(pairs) if p.label != "neutral"]
    found = {}
    static = (embed(claims, tokenizer, rows, scale), embed(texts, tokenizer, rows, scale))
    full = (embed_full(claims, tokenizer, base), embed_full(texts, tokenizer, base))
    for name, (left, right) in {"static": static, "minilm": full}.items():
        found[name] = retrieval(left, right, gold, barred)
    return found


def main() -> None:
    """Distil, evaluate, write."""
    parser = argparse.ArgumentParser(prog="python -m flows.compare.training.static", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--target", type=Path, default=Path(__file__).parents[1] / "weights")
    parser.add_argument("--dimensions", type=int, default=DIMENSIONS)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(message)s")
    torch.set_num_threads(2)
    tokenizer = Tokenizer.from_file(str(arguments.base / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(256)
    rows, scale = distil(arguments.base, arguments.data, tokenizer, arguments.dimensions)
    for name, recall in evaluate(arguments.data, arguments.base, tokenizer, rows, scale).items():
        log.info("%-8s %s", name, recall)
    arguments.target.mkdir(parents=True, exist_ok=True)
    path = arguments.target / "static.npz"
    np.savez_compressed(path, rows=rows, scale=scale)
    log.info("%s: %d bytes, %s", path, path.stat().st_size, rows.shape)


if __name__ == "__main__":
    main()
