"""Any sequence-classification NLI model in place of the weights on board: from a folder, or from the Hugging Face hub.

ONNX runs on what is installed anyway; safetensors, and finding a model by its name, need the extra ``[hub]``. Pickled
weights are refused, since loading them runs what is in them.
"""

import hashlib
import inspect
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from flows.compare.model import EngineError, session
from flows.compare.premise import premise
from flows.compare.verdict import Combiner
from seeds.engine import Folder, Foreign, Repository
from warehouse.records import Probability

LONGEST = 512
"""Tokens of premise and hypothesis together at most, whatever the model would take."""

CONTRADICTIONS = 0.016
"""Share of contradictions among what is not entailed, for models that only tell whether it is.

The rate among 3,270 real combinations of fact and report. The log-probability of 0 would drown everything else that the
combiner looks at; at this share such a model alone never makes a contradiction, conflicting values still can.
"""

_CONFIG, _TOKENIZER = "config.json", "tokenizer.json"
_ONNX = ("model.onnx", "onnx/model.onnx", "model_quantized.onnx", "onnx/model_quantized.onnx")
_SAFETENSORS = ("model.safetensors", "model.safetensors.index.json")
_PICKLED = ("pytorch_model.bin", "pytorch_model.bin.index.json")
_INPUTS = frozenset({"input_ids", "attention_mask", "token_type_ids"})
# Their position table has rows that no token gets: those up to the padding token's own number.
_OFFSET_POSITIONS = (
    "roberta",
    "xlm-roberta",
    "xlm-roberta-xl",
    "camembert",
    "mpnet",
    "longformer",
    "roberta-prelayernorm",
)
_NAMES: Mapping[str, str] = {
    "entailment": "supports", "entails": "supports", "entailed": "supports", "supports": "supports",
    "supported": "supports",
    "contradiction": "contradicts", "contradicts": "contradicts", "contradictory": "contradicts",
    "contradicted": "contradicts", "refutes": "contradicts", "refuted": "contradicts",
    "neutral": "neutral", "notenoughinfo": "neutral", "nei": "neutral", "unrelated": "neutral",
    "notentailment": "not entailed", "nonentailment": "not entailed", "notentailed": "not entailed",
}  # fmt: skip

Logits = Callable[[Encoding], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class _Labels:
    """Where the model's outputs have what; ``contradicts`` None: it only tells whether something is entailed."""

    supports: int
    neutral: int
    contradicts: int | None

    def __call__(self, p: NDArray[np.float64]) -> Probability:
        supports, rest = float(p[self.supports]), float(p[self.neutral])
        if self.contradicts is None:
            return Probability(supports, rest * CONTRADICTIONS, rest * (1 - CONTRADICTIONS))
        return Probability(supports, float(p[self.contradicts]), rest)


class HubModel:
    """A model from elsewhere. ``engine`` names it and the content of its files, so other weights are another engine.

    ``combiner`` is the one of the weights on board: it was not fitted to this model, whose log-probabilities go into it
    after the temperature that ``config.json`` gives (``temperature``, default 1). A folder that holds no such model
    raises :class:`EngineError`.
    """

    def __init__(self, folder: Path, name: str, combiner: Combiner) -> None:
        self.combiner = combiner
        try:
            weights = _chosen(_files(folder))
            config = json.loads((folder / _CONFIG).read_text("utf-8"))
            self._labels = _labels(config)
            self._temperature = _temperature(config)
            self._tokenizer = Tokenizer.from_file(str(folder / _TOKENIZER))
            self._tokenizer.no_padding()
            self._tokenizer.enable_truncation(_longest(folder, config), strategy="longest_first")
            load = _onnx if weights[0].endswith(".onnx") else _safetensors
            self._logits: Logits = load(folder / weights[0], config)
            self.engine = f"hub:{name}@{_content(folder, (_CONFIG, _TOKENIZER, *weights))}"
            self("It is raining.", "It rains.")
        except EngineError as error:
            raise EngineError(f"the model {name} cannot be used: {error}") from error
        except Exception as error:  # tokenizer, runtime and torch raise bare Exception subclasses of their own
            raise EngineError(f"the model {name} cannot be loaded from {folder}: {_line(error)}") from error

    def __call__(self, evidence: str, claim: str, published_at: datetime | None = None, /) -> Probability:
        """What the evidence, published at this time, says about the claim. The longer of them is cut where needed."""
        logits = self._logits(self._tokenizer.encode(premise(evidence, published_at), claim))
        wanted = 2 if self._labels.contradicts is None else 3
        if logits.shape != (wanted,) or not np.isfinite(logits).all():
            raise EngineError(f"it gives {logits.tolist()} where {wanted} finite numbers are wanted")
        powers = np.exp((logits - logits.max()) / self._temperature)
        return self._labels(powers / powers.sum())


def load(engine: Foreign, combiner: Combiner) -> HubModel:
    """The model that this engine names. EngineError says what is missing: files, labels, the extra, the network.

    What the hub's local cache has is used as it is, so weights do not change under a watch; the rest is fetched.
    """
    if isinstance(engine, Folder):
        folder = engine.path.absolute()
        if not folder.is_dir():
            raise EngineError(f"{engine}: there is no folder {folder}")
        return HubModel(folder, folder.resolve().name, combiner)
    cached = _cached(engine)
    if cached is None:
        return HubModel(_downloaded(engine), engine.name, combiner)
    try:
        return HubModel(cached, engine.name, combiner)
    except EngineError as broken:  # perhaps a download that was broken off
        try:
            folder = _downloaded(engine)
        except EngineError:
            raise broken from None
        return HubModel(folder, engine.name, combiner)


def _files(folder: Path) -> list[str]:
    there = [*folder.iterdir(), *((folder / "onnx").iterdir() if (folder / "onnx").is_dir() else ())]
    return [path.relative_to(folder).as_posix() for path in there if path.is_file()]


def _chosen(names: Iterable[str]) -> list[str]:
    """Of the files of a model those with its weights, the one to load first. ONNX goes before safetensors."""
    there = set(names)
    if missing := [name for name in (_CONFIG, _TOKENIZER) if name not in there]:
        raise EngineError(f"it has no {' and no '.join(missing)}")
    graphs = sorted(name for name in there if name.endswith(".onnx") and name.rpartition("/")[0] in ("", "onnx"))
    graph = next((name for name in _ONNX if name in there), None) or (graphs[0] if len(graphs) == 1 else None)
    if graph:
        beside = re.compile(re.escape(graph) + r"[._]\w+|" + re.escape(graph.removesuffix(".onnx")) + r"\.data")
        return [graph, *sorted(name for name in there if beside.fullmatch(name))]
    if graphs:
        raise EngineError(f"which of {', '.join(graphs)} is meant? Name it model.onnx")
    if tensors := next((name for name in _SAFETENSORS if name in there), None):
        parts = [n for n in there if re.fullmatch(r"model-\d+-of-\d+\.safetensors", n)]
        return [tensors, *sorted(parts if tensors.endswith(".index.json") else ())]
    if there & set(_PICKLED):
        raise EngineError("its weights are pickled, and loading them would run what is in them: convert to safetensors")
    raise EngineError("it has no weights: no model.onnx and no model.safetensors")


def _labels(config: Mapping[str, Any]) -> _Labels:
    named = config.get("id2label") or {n: label for label, n in (config.get("label2id") or {}).items()}
    labels = {int(n): str(label) for n, label in named.items()}
    meanings = {_NAMES.get(re.sub(r"[^a-z]", "", label.lower()), label): n for n, label in labels.items()}
    if set(meanings) == {"supports", "contradicts", "neutral"} and len(labels) == 3:
        return _Labels(meanings["supports"], meanings["neutral"], meanings["contradicts"])
    if set(meanings) == {"supports", "not entailed"} and len(labels) == 2:
        return _Labels(meanings["supports"], meanings["not entailed"], None)
    shown = ", ".join(labels[n][:40] for n in sorted(labels)) or "none"
    raise EngineError(
        f"its labels ({shown}) do not tell which is which: id2label in config.json names entailment, neutral and "
        "contradiction, or entailment and not_entailment"
    )


def _temperature(config: Mapping[str, Any]) -> float:
    value = config.get("temperature", 1.0)
    if not isinstance(value, int | float) or not math.isfinite(value) or value <= 0:
        raise EngineError(f"its temperature is {value!r}, not a number above 0")
    return float(value)


def _longest(folder: Path, config: Mapping[str, Any]) -> int:
    """Tokens that the model can take, by its table of positions and by what its tokenizer says."""
    limits = [LONGEST]
    if isinstance(positions := config.get("max_position_embeddings"), int) and positions > 0:
        offset = int(config.get("pad_token_id") or 0) + 1 if config.get("model_type") in _OFFSET_POSITIONS else 0
        limits.append(positions - offset)
    if (stated := folder / "tokenizer_config.json").is_file():
        length = json.loads(stated.read_text("utf-8")).get("model_max_length")
        limits += [int(length)] if isinstance(length, int | float) and length > 0 else []
    return min(limits)


def _onnx(path: Path, _config: Mapping[str, Any]) -> Logits:
    graph = session(path)
    inputs = {i.name: np.int32 if "int32" in i.type else np.int64 for i in graph.get_inputs()}
    if unknown := sorted(set(inputs) - _INPUTS):
        raise EngineError(f"{path.name} wants {', '.join(unknown)}, which no text gives")
    outputs = [output.name for output in graph.get_outputs()]
    output = "logits" if "logits" in outputs else outputs[0]

    def logits(pair: Encoding) -> NDArray[np.float64]:
        given = {"input_ids": pair.ids, "attention_mask": pair.attention_mask, "token_type_ids": pair.type_ids}
        feed = {name: np.asarray([given[name]], kind) for name, kind in inputs.items()}
        scores: NDArray[np.float64] = np.asarray(graph.run([output], feed)[0][0], np.float64)
        return scores

    return logits


def _safetensors(path: Path, config: Mapping[str, Any]) -> Logits:
    try:
        import torch
        from transformers import AutoModelForSequenceClassification
    except ImportError as error:
        raise EngineError(f"safetensors need the extra [hub], which is not installed: {error}") from error
    torch.set_num_threads(1)  # each core has a process
    model, loading = AutoModelForSequenceClassification.from_pretrained(
        str(path.parent), local_files_only=True, use_safetensors=True, trust_remote_code=False, output_loading_info=True
    )
    if missing := sorted(loading["missing_keys"]):
        raise EngineError(f"{path.name} lacks {', '.join(missing[:3])}: it is no trained classifier")
    model = model.float().eval()
    segments = "token_type_ids" in inspect.signature(model.forward).parameters and config.get("type_vocab_size", 0) > 1

    def logits(pair: Encoding) -> NDArray[np.float64]:
        given = {"input_ids": pair.ids, "attention_mask": pair.attention_mask}
        if segments:
            given["token_type_ids"] = pair.type_ids
        with torch.inference_mode():
            said = model(**{name: torch.tensor([ids]) for name, ids in given.items()}).logits[0]
        scores: NDArray[np.float64] = said.double().numpy()
        return scores

    return logits


def _cached(engine: Repository) -> Path | None:
    try:
        from huggingface_hub import try_to_load_from_cache
    except ImportError as error:
        raise EngineError(f"{engine}: the hub needs the extra [hub], which is not installed: {error}") from error
    config = try_to_load_from_cache(engine.name, _CONFIG, revision=engine.revision)
    return Path(config).parent if isinstance(config, str) else None


def _downloaded(engine: Repository) -> Path:
    from huggingface_hub import HfApi, snapshot_download
    from huggingface_hub.utils.tqdm import disable_progress_bars

    disable_progress_bars()
    try:
        listed = HfApi().model_info(engine.name, revision=engine.revision, timeout=30).siblings or []
        names = [file.rfilename for file in listed]
    except Exception as error:  # of the HTTP client, the hub, the file system
        raise EngineError(f"{engine}: not in the local cache, and the hub cannot be asked: {_line(error)}") from error
    try:
        wanted = [_CONFIG, _TOKENIZER, "tokenizer_config.json", *_chosen(names)]
    except EngineError as error:
        raise EngineError(f"the model {engine.name} cannot be used: {error}") from error
    try:
        return Path(snapshot_download(engine.name, revision=engine.revision, allow_patterns=wanted))
    except Exception as error:  # as above
        raise EngineError(f"{engine}: the download failed: {_line(error)}") from error


def _content(folder: Path, names: Iterable[str]) -> str:
    digest = hashlib.blake2b(digest_size=6)
    for name in names:
        digest.update(f"\x1f{name}\x1f".encode())
        with (folder / name).open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
