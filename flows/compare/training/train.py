"""Fine-tune the base encoder to a three-way cross-encoder; resumable."""

# ruff: noqa: S311  seeded draws hide nothing

import hashlib
import json
import logging
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import BertForSequenceClassification

from flows.compare.training.data import LABELS, Pair, dev_set, fingerprint
from flows.compare.training.mix import composition, epoch_pairs
from flows.compare.training.scores import Floats, Scores, binary_accuracy, scores
from flows.compare.training.shipped import weights_of

log = logging.getLogger(__name__)

MAX_TOKENS = 160
BATCH = 32


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a run is made of. Two runs with the same recipe, data and library versions give the same weights."""

    data: Path
    base: Path
    work: Path
    start: Path | None = None
    epochs: float = 2.0
    seed: int = 13
    rate: float = 1.5e-4
    head_rate: float = 5e-4
    warm_up: float = 0.08
    smoothing: float = 0.1
    threads: int = 2
    checkpoint_steps: int = 300
    evaluate_steps: int = 1250


@dataclass(frozen=True, slots=True)
class Encoded:
    """One pair as token ids, token types (0 premise, 1 hypothesis) and label index."""

    ids: list[int]
    types: list[int]
    label: int


def load_tokenizer(path: Path) -> Tokenizer:
    """Return the tokenizer with the truncation that training and run time share, and no padding."""
    tokenizer = Tokenizer.from_file(str(path / "tokenizer.json"))
    tokenizer.enable_truncation(MAX_TOKENS, strategy="longest_first")
    tokenizer.no_padding()
    return tokenizer


def encode(tokenizer: Tokenizer, pairs: Sequence[Pair]) -> list[Encoded]:
    """Return the pairs as the model reads them, in order."""
    encodings = tokenizer.encode_batch([(pair.premise, pair.claim) for pair in pairs])
    return [Encoded(e.ids, e.type_ids, LABELS.index(p.label)) for e, p in zip(encodings, pairs, strict=True)]


def batches(rows: Sequence[Encoded], draw: random.Random) -> Iterator[list[Encoded]]:
    """Yield batches of like length in random order: unsorted batches would be a third padding."""
    order = list(range(len(rows)))
    draw.shuffle(order)
    span = BATCH * 60
    made: list[list[Encoded]] = []
    for start in range(0, len(order), span):
        chunk = sorted(order[start : start + span], key=lambda i: len(rows[i].ids))
        made += [[rows[i] for i in chunk[k : k + BATCH]] for k in range(0, len(chunk), BATCH)]
    draw.shuffle(made)
    yield from (batch for batch in made if len(batch) == BATCH)


def tensors(batch: Sequence[Encoded]) -> tuple[dict[str, Tensor], Tensor]:
    """Return the padded inputs and the labels of a batch."""
    width = max(len(row.ids) for row in batch)
    ids = torch.zeros(len(batch), width, dtype=torch.long)
    mask, types = torch.zeros_like(ids), torch.zeros_like(ids)
    for i, row in enumerate(batch):
        size = len(row.ids)
        ids[i, :size] = torch.tensor(row.ids)
        types[i, :size] = torch.tensor(row.types)
        mask[i, :size] = 1
    inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}
    return inputs, torch.tensor([row.label for row in batch])


def fresh_model(base: Path) -> BertForSequenceClassification:
    """Return the base encoder with a new three-way head and frozen word embeddings.

    The embeddings are half of the parameters. Frozen they cost no optimizer time, and a token that training never
    shows (a name, a rare antonym) keeps its place among its neighbours.
    """
    names = dict(enumerate(LABELS))
    model = BertForSequenceClassification.from_pretrained(
        base, num_labels=len(LABELS), id2label=names, label2id={v: k for k, v in names.items()}
    )
    model.bert.embeddings.word_embeddings.weight.requires_grad_(False)
    return model


@torch.no_grad()
def logits_of(model: nn.Module, rows: Sequence[Encoded]) -> Floats:
    """Return the model's logits (pairs × 3) in the order of the rows; the model is left in evaluation mode."""
    model.eval()
    out = np.zeros((len(rows), len(LABELS)), dtype=np.float32)
    order = sorted(range(len(rows)), key=lambda i: len(rows[i].ids))
    for start in range(0, len(order), 64):
        chosen = order[start : start + 64]
        inputs, _ = tensors([rows[i] for i in chosen])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            result = model(**inputs).logits
        out[chosen] = result.float().numpy()
    return out


@dataclass(frozen=True, slots=True)
class DevSets:
    """The dev samples that a run is watched on; never trained on."""

    rows: dict[str, list[Encoded]]

    @classmethod
    def load(cls, data: Path, tokenizer: Tokenizer) -> "DevSets":
        """Read the sets: written whole, the large ones as fixed samples."""
        samples = {"written": None, "lingnli": 1000, "breaking_nli": 600, "fever_symmetric_v02": None}
        return cls({name: encode(tokenizer, dev_set(data, name, limit)) for name, limit in samples.items()})

    def measure(self, model: nn.Module) -> tuple[float, dict[str, Scores]]:
        """Return the figure that chooses the checkpoint, and the scores behind it.

        The figure is mostly written macro recall; the other sets take part, or the choice would be one of noise
        (722 pairs give a standard error of 1.7 points).
        """
        found, value = {}, 0.0
        for name, rows in self.rows.items():
            logits, gold = logits_of(model, rows), [row.label for row in rows]
            found[name] = scores(logits, gold)
            if name == "written":
                value += 0.6 * found[name].macro_recall
            elif name == "fever_symmetric_v02":
                value += 0.1 * binary_accuracy(logits, gold)
            else:
                value += 0.15 * found[name].accuracy
        return value, found


def write_recipe(recipe: Recipe, pairs: Sequence[Pair]) -> None:
    """Write ``recipe.json`` into the work folder: what the model card says of the run."""
    told = {
        "start": hashlib.sha256(recipe.start.read_bytes()).hexdigest()[:12] if recipe.start else "base",
        "seed": recipe.seed,
        "epochs": recipe.epochs,
        "rate": recipe.rate,
        "batch": BATCH,
        "smoothing": recipe.smoothing,
        "pairs_an_epoch": len(pairs),
        "first_epoch": fingerprint(pairs),
        "sources": {source: dict(labels) for source, labels in sorted(composition(pairs).items())},
    }
    (recipe.work / "recipe.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


class Run:
    """A training run in its work folder: state that can be stored, loaded and driven to its end."""

    def __init__(self, recipe: Recipe) -> None:
        torch.set_num_threads(recipe.threads)
        torch.manual_seed(recipe.seed)
        self.recipe = recipe
        self.tokenizer = load_tokenizer(recipe.base)
        self.model = fresh_model(recipe.base)
        if recipe.start is not None:
            self.model.load_state_dict(weights_of(recipe.start), strict=False)
        head = [p for n, p in self.model.named_parameters() if n.startswith("classifier")]
        plain = [p for n, p in self._body() if p.ndim < 2]
        decayed = [p for n, p in self._body() if p.ndim >= 2]
        self.optimizer = torch.optim.AdamW(
            [
                {"params": decayed, "lr": recipe.rate, "weight_decay": 0.01},
                {"params": plain, "lr": recipe.rate, "weight_decay": 0.0},
                {"params": head, "lr": recipe.head_rate, "weight_decay": 0.01},
            ],
            betas=(0.9, 0.98),
            fused=True,
        )
        self.peaks = [group["lr"] for group in self.optimizer.param_groups]
        self.step = 0
        self.best = -1.0
        recipe.work.mkdir(parents=True, exist_ok=True)

    def _body(self) -> list[tuple[str, nn.Parameter]]:
        named = self.model.named_parameters()
        return [(n, p) for n, p in named if p.requires_grad and not n.startswith("classifier")]

    @property
    def state_path(self) -> Path:
        """Where the resumable state lies."""
        return self.recipe.work / "state.pt"

    def store(self) -> None:
        """Write the state beside the old one, then replace it: a run cut off while writing can still resume."""
        fresh = self.state_path.with_suffix(".new")
        state = {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "best": self.best,
            "rng": torch.get_rng_state(),
        }
        torch.save(state, fresh)
        fresh.replace(self.state_path)

    def resume(self) -> bool:
        """Load the stored state; False when there is none."""
        if not self.state_path.exists():
            return False
        state = torch.load(self.state_path, weights_only=True)
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step, self.best = state["step"], state["best"]
        torch.set_rng_state(state["rng"])
        return True

    def _set_rates(self, total: int) -> None:
        warm = max(1, round(total * self.recipe.warm_up))
        share = (self.step + 1) / warm if self.step < warm else max(0.0, (total - self.step) / (total - warm))
        for group, peak in zip(self.optimizer.param_groups, self.peaks, strict=True):
            group["lr"] = peak * share

    def _learn(self, batch: Sequence[Encoded]) -> float:
        self.model.train()
        inputs, gold = tensors(batch)
        # bfloat16 where the CPU has it is a third faster; the weights and the optimizer stay in float32.
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = self.model(**inputs).logits
        loss = nn.functional.cross_entropy(logits.float(), gold, label_smoothing=self.recipe.smoothing)
        self.optimizer.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_([p for p in self.model.parameters() if p.requires_grad], 1.0)
        self.optimizer.step()
        return float(loss.detach())

    def _evaluate(self, dev: DevSets) -> None:
        value, found = dev.measure(self.model)
        log.info("step %d dev %.4f", self.step, value)
        for name, figures in found.items():
            log.info("  %-20s %s", name, figures)
        if value > self.best:
            self.best = value
            self.model.save_pretrained(self.recipe.work / "best")
            self.tokenizer.save(str(self.recipe.work / "best" / "tokenizer.json"))

    def drive(self) -> None:
        """Train to the end; the best checkpoint on dev is then in ``work/best``."""
        recipe = self.recipe
        dev = DevSets.load(recipe.data, self.tokenizer)
        pairs = epoch_pairs(recipe.data, recipe.seed, 0)
        rows = encode(self.tokenizer, pairs)
        write_recipe(recipe, pairs)
        per_epoch = sum(1 for _ in batches(rows, random.Random(0)))
        total = round(per_epoch * recipe.epochs)
        log.info("%d pairs an epoch, %d steps in all, starting at step %d", len(rows), total, self.step)
        began, first, recent = time.monotonic(), self.step, 0.0
        for epoch in range(self.step // per_epoch, 1 + int(recipe.epochs)):
            if epoch:
                # Other epochs draw other augmentations; their number of batches may differ by a few.
                rows = encode(self.tokenizer, epoch_pairs(recipe.data, recipe.seed, epoch))
            order = batches(rows, random.Random(f"{recipe.seed}:{epoch}"))
            for index, batch in enumerate(order):
                place = epoch * per_epoch + index
                if place < self.step or index >= per_epoch:
                    continue
                if self.step >= total:
                    break
                self._set_rates(total)
                loss = self._learn(batch)
                recent = loss if not recent else 0.98 * recent + 0.02 * loss
                self.step += 1
                if self.step % 50 == 0:
                    seconds = (time.monotonic() - began) / (self.step - first)
                    left = seconds * (total - self.step) / 60
                    log.info(
                        "step %d/%d loss %.4f, %.2f s a step, %.0f min left", self.step, total, recent, seconds, left
                    )
                if self.step % recipe.evaluate_steps == 0 and self.step < total:
                    self._evaluate(dev)
                if self.step % recipe.checkpoint_steps == 0:
                    self.store()
            # A later epoch may have a few batches less than the first: count on from where it should begin.
            self.step = min(total, max(self.step, (epoch + 1) * per_epoch)) if self.step < total else self.step
        self._evaluate(dev)
        self.store()
