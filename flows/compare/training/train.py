"""Fine-tune the base encoder to a three-way cross-encoder; resumable, on a CPU or a GPU, with teachers or without."""

# ruff: noqa: S311  seeded draws hide nothing

import hashlib
import json
import logging
import random
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import BertForSequenceClassification

from flows.compare.training.data import LABELS, Pair, dev_set, fingerprint
from flows.compare.training.mix import composition, epoch_pairs
from flows.compare.training.scores import Floats, Scores, binary_accuracy, scores
from flows.compare.training.shipped import weights_of

log = logging.getLogger(__name__)

MAX_TOKENS = 160


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a run is made of. Two runs with the same recipe, data and library versions give like weights."""

    data: Path
    base: Path
    work: Path
    start: Path | None = None
    teachers: tuple[Path, ...] = ()
    epochs: float = 2.0
    batch: int = 32
    seed: int = 13
    rate: float = 1.5e-4
    head_rate: float = 5e-4
    warm_up: float = 0.08
    smoothing: float = 0.1
    taught: float = 0.7
    """The teachers' part of the loss, where there are any."""
    device: str = "cpu"
    workers: int = 1
    threads: int = 2
    checkpoint_pairs: int = 10_000
    evaluate_pairs: int = 40_000


@dataclass(frozen=True, slots=True)
class Encoded:
    """One pair as token ids, token types (0 premise, 1 hypothesis) and label index."""

    ids: list[int]
    types: list[int]
    label: int


@dataclass(frozen=True, slots=True)
class Packed:
    """Many encoded pairs, one after the other: all ids, then where each pair starts, how many of its tokens there are
    and how many of these are the premise's, and its label index."""

    ids: NDArray[np.int32]
    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]
    premises: NDArray[np.int64]
    labels: NDArray[np.int64]

    @classmethod
    def of(cls, rows: Sequence[Encoded]) -> "Packed":
        """Pack these rows in their order."""
        lengths = np.asarray([len(row.ids) for row in rows], np.int64)
        return cls(
            ids=np.fromiter((i for row in rows for i in row.ids), np.int32, count=int(lengths.sum())),
            starts=np.cumsum(lengths) - lengths,
            lengths=lengths,
            premises=np.asarray([row.types.count(0) for row in rows], np.int64),
            labels=np.asarray([row.label for row in rows], np.int64),
        )

    def __len__(self) -> int:
        return len(self.lengths)

    def tensors(self, chosen: NDArray[np.int64], device: str) -> tuple[dict[str, Tensor], Tensor]:
        """Return the padded inputs and the labels of the chosen pairs, on the device."""
        lengths = self.lengths[chosen][:, None]
        place = np.arange(int(lengths.max()))
        inside = place < lengths
        ids = np.where(inside, self.ids[np.where(inside, self.starts[chosen][:, None] + place, 0)], 0)
        types = inside & (place >= self.premises[chosen][:, None])
        named = {"input_ids": ids, "attention_mask": inside, "token_type_ids": types}
        inputs = {name: torch.from_numpy(value.astype(np.int64)).to(device) for name, value in named.items()}
        return inputs, torch.from_numpy(self.labels[chosen]).to(device)


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


def batches(lengths: NDArray[np.int64], size: int, draw: random.Random) -> list[NDArray[np.int64]]:
    """Return full batches of like length in random order: unsorted batches would be a third padding."""
    order = list(range(len(lengths)))
    draw.shuffle(order)
    span = size * 60
    made: list[NDArray[np.int64]] = []
    for start in range(0, len(order), span):
        chunk = np.asarray(sorted(order[start : start + span], key=lambda i: int(lengths[i])), np.int64)
        made += [chunk[k : k + size] for k in range(0, len(chunk) - size + 1, size)]
    draw.shuffle(made)
    return made


def _prepared(recipe: Recipe, epoch: int) -> Packed:
    pairs = epoch_pairs(recipe.data, recipe.seed, epoch)
    if epoch == 0:
        write_recipe(recipe, pairs)
    return Packed.of(encode(load_tokenizer(recipe.base), pairs))


class Epochs:
    """The epochs of a recipe, encoded in other processes ahead of their use and kept: teachers and student share them.

    Each epoch draws other augmentations.
    """

    def __init__(self, recipe: Recipe) -> None:
        self._recipe = recipe
        self._pool = ProcessPoolExecutor(recipe.workers, mp_context=get_context("spawn"))
        self._coming: dict[int, Future[Packed]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def __getitem__(self, epoch: int) -> Packed:
        """Return this epoch; the following ones, as many as there are workers, are begun."""
        for ahead in range(epoch, min(epoch + self._recipe.workers, int(self._recipe.epochs)) + 1):
            if ahead not in self._coming:
                self._coming[ahead] = self._pool.submit(_prepared, self._recipe, ahead)
        return self._coming[epoch].result()


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
def logits_of(model: nn.Module, rows: Packed, device: str) -> Floats:
    """Return the model's logits (pairs × 3) in the order of the rows; the model is left in evaluation mode."""
    model.eval()
    out = np.zeros((len(rows), len(LABELS)), dtype=np.float32)
    order = np.argsort(rows.lengths, kind="stable")
    for start in range(0, len(order), 64):
        chosen = order[start : start + 64]
        inputs, _ = rows.tensors(chosen, device)
        with torch.autocast(device, dtype=torch.bfloat16):
            result = model(**inputs).logits
        out[chosen] = result.float().cpu().numpy()
    return out


@dataclass(frozen=True, slots=True)
class DevSets:
    """The dev samples that a run is watched on; never trained on."""

    rows: dict[str, Packed]

    @classmethod
    def load(cls, data: Path, tokenizer: Tokenizer) -> "DevSets":
        """Read the sets: written whole, the large ones as fixed samples."""
        samples = {"written": None, "lingnli": 1000, "breaking_nli": 600, "fever_symmetric_v02": None}
        return cls({name: Packed.of(encode(tokenizer, dev_set(data, name, n))) for name, n in samples.items()})

    def measure(self, model: nn.Module, device: str) -> tuple[float, dict[str, Scores]]:
        """Return the figure that chooses the checkpoint, and the scores behind it.

        The figure is mostly written macro recall; the other sets take part, or the choice would be one of noise
        (722 pairs give a standard error of 1.7 points).
        """
        found, value = {}, 0.0
        for name, rows in self.rows.items():
            logits, gold = logits_of(model, rows, device), rows.labels.tolist()
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
        "teachers": len(recipe.teachers),
        "seed": recipe.seed,
        "epochs": recipe.epochs,
        "rate": recipe.rate,
        "batch": recipe.batch,
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
        self.model.to(recipe.device)
        self.teachers = [
            BertForSequenceClassification.from_pretrained(path).to(recipe.device).train(False)
            for path in recipe.teachers
        ]
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
        state = torch.load(self.state_path, weights_only=True, map_location="cpu")
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

    def _loss(self, logits: Tensor, inputs: dict[str, Tensor], gold: Tensor) -> Tensor:
        """Cross-entropy with the label; with teachers, mostly with the mean of their probabilities (Hinton 2015)."""
        hard = nn.functional.cross_entropy(logits, gold, label_smoothing=self.recipe.smoothing)
        if not self.teachers:
            return hard
        with torch.no_grad(), torch.autocast(self.recipe.device, dtype=torch.bfloat16):
            said = torch.stack([teacher(**inputs).logits.float().softmax(-1) for teacher in self.teachers]).mean(0)
        return (1 - self.recipe.taught) * hard + self.recipe.taught * nn.functional.cross_entropy(logits, said)

    def _learn(self, inputs: dict[str, Tensor], gold: Tensor) -> Tensor:
        self.model.train()
        # bfloat16 where the CPU has it is a third faster; the weights and the optimizer stay in float32.
        with torch.autocast(self.recipe.device, dtype=torch.bfloat16):
            logits = self.model(**inputs).logits
        loss = self._loss(logits.float(), inputs, gold)
        self.optimizer.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_([p for p in self.model.parameters() if p.requires_grad], 1.0)
        self.optimizer.step()
        return loss.detach()

    def _evaluate(self, dev: DevSets) -> None:
        value, found = dev.measure(self.model, self.recipe.device)
        log.info("step %d dev %.4f", self.step, value)
        for name, figures in found.items():
            log.info("  %-20s %s", name, figures)
        if value > self.best:
            self.best = value
            self.model.save_pretrained(self.recipe.work / "best")
            self.tokenizer.save(str(self.recipe.work / "best" / "tokenizer.json"))

    def _steps(self, epochs: Epochs, per_epoch: int, total: int) -> Iterator[tuple[int, Packed, NDArray[np.int64]]]:
        """Yield what is still to be learned from: the step, an epoch's pairs and the places of a batch in them."""
        size, first = self.recipe.batch, self.step
        for begin in range(0, total, per_epoch):
            epoch = begin // per_epoch
            if begin + per_epoch <= first:
                continue
            rows = epochs[epoch]
            # A later epoch may have a few batches less than the first: the next one counts on from where it begins.
            order = batches(rows.lengths, size, random.Random(f"{self.recipe.seed}:{epoch}"))
            for place, chosen in enumerate(order[: min(per_epoch, total - begin)], start=begin):
                if place >= first:
                    yield place, rows, chosen

    def drive(self, epochs: Epochs) -> None:
        """Train to the end; the best checkpoint on dev is then in ``work/best``."""
        recipe = self.recipe
        dev = DevSets.load(recipe.data, self.tokenizer)
        rows = epochs[0]
        per_epoch = len(batches(rows.lengths, recipe.batch, random.Random(0)))
        total = round(per_epoch * recipe.epochs)
        log.info("%s: %d pairs an epoch, %d steps in all, from step %d", recipe.work, len(rows), total, self.step)
        began, first, recent = time.monotonic(), self.step, torch.zeros((), device=recipe.device)
        every, checkpoint = recipe.evaluate_pairs // recipe.batch, recipe.checkpoint_pairs // recipe.batch
        for place, rows, chosen in self._steps(epochs, per_epoch, total):
            self.step = place
            self._set_rates(total)
            loss = self._learn(*rows.tensors(chosen, recipe.device))
            recent = loss if place == first else 0.98 * recent + 0.02 * loss
            self.step += 1
            if self.step % 100 == 0:
                seconds = (time.monotonic() - began) / (self.step - first)
                left = seconds * (total - self.step) / 60
                log.info("step %d/%d loss %.4f, %.3f s a step, %.1f min left", self.step, total, recent, seconds, left)
            if self.step % every == 0 and self.step < total:
                self._evaluate(dev)
            if self.step % checkpoint == 0:
                self.store()
        self._evaluate(dev)
        self.store()


def train(recipe: Recipe, teachers: int, resume: bool) -> None:
    """Train as many teachers in ``work/teacher-N``, each from a seed of its own, then the model itself in ``work``.

    A teacher differs from the next by its head, its dropout and the order of the batches; all see the same epochs.
    """
    recipe.work.mkdir(parents=True, exist_ok=True)
    folders = tuple(recipe.work / f"teacher-{number}" for number in range(1, teachers + 1))
    student = replace(recipe, teachers=tuple(folder / "best" for folder in folders))
    with Epochs(student) as epochs:
        for number, folder in enumerate(folders, start=1):
            _driven(replace(recipe, work=folder, seed=recipe.seed + number), epochs, resume)
        _driven(student, epochs, resume)


def _driven(recipe: Recipe, epochs: Epochs, resume: bool) -> None:
    run = Run(recipe)
    if resume:
        run.resume()
    run.drive(epochs)
