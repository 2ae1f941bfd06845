"""Labelled pairs of claim and evidence: load, clean, cut to length, mix."""

# ruff: noqa: S311, SIM905  seeded draws hide nothing; word lists read as prose

import gzip
import hashlib
import json
import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, get_args

from flows.compare.premise import premise

Label = Literal["supports", "contradicts", "neutral"]
LABELS: tuple[Label, ...] = get_args(Label)
"""The order of the model's outputs, everywhere."""

OWN_PAIRS = Path(__file__).parent / "written"
EVIDENCE_WORDS = 105
"""Evidence longer than this is cut: with the claim it stays below the model's 160 tokens."""

RATES: dict[str, float] = {
    "lingnli": 1.0,
    "mnli_dev_matched": 1.0,
    "cf_snli": 0.8,
    "snli_dev": 0.5,
    "fever_dev_sr": 0.5,
    "suff_fever": 1.0,
    "rte3_3way": 2.0,
    "rte_glue": 0.5,
    "commitmentbank": 2.0,
    "conjnli": 0.25,
    "fm2": 1.0,
    "scifact_rte": 0.5,
    "sick": 0.3,
    "monli": 0.3,
    "help_andor": 0.1,
    "suff_hover": 0.3,
}
"""Copies of each public set in one epoch. AVeriTeC is left out for its licence, FNC-1 for its stance labels,
ClaimDiff because its "weakens" is not "contradicts" by its own definition, covidfact for its automatic negatives."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One claim, one piece of evidence and what the evidence says about the claim."""

    claim: str
    evidence: str
    label: Label
    source: str
    kind: str = ""
    set_id: str = ""
    published_at: date | None = None

    @property
    def premise(self) -> str:
        """The evidence as the model reads it, with its date in front where there is one."""
        return premise(self.evidence, self.published_at)


_BRACKETS = re.compile(r"\(\s*(?:[;,]\s*)*\)|\[\s*[^\]\[]{0,60}\]")
_BEFORE_PUNCTUATION = re.compile(r"\s+([,.;:!?%)\]’]|'s\b|n't\b|'(?:re|ve|ll|d|m)\b)")
_AFTER_OPENING = re.compile(r"([(\[$£€])\s+")
_ABBREVIATIONS = (
    "Mr Ms Mrs Dr Sen Rep Gov Gen St Lt Col Sgt No Inc Jr Prof Rev Hon Jan Feb Aug Sept Oct Nov Dec Calif U.S D.C vs"
).split()
_TITLES = "".join(rf"(?<!\b{word}\.)" for word in _ABBREVIATIONS)
_SENTENCE_END = re.compile(rf"(?<=[.!?]){_TITLES}(?<!\b[A-Z]\.)[\"”’)]?\s+(?=[\"“‘(]?[A-Z0-9])|\n+")
_WORD = re.compile(r"[A-Za-z0-9][\w'-]*")
_BRACKET_TOKENS = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "``": '"', "''": '"', "-COLON-": ":"}


def clean(text: str) -> str:
    """Return the text as a newspaper would set it: treebank tokens, stray spaces and Wikipedia brackets removed."""
    for token, plain in _BRACKET_TOKENS.items():
        text = text.replace(token, plain)
    text = _BRACKETS.sub(" ", text)
    text = _BEFORE_PUNCTUATION.sub(r"\1", text)
    text = _AFTER_OPENING.sub(r"\1", text)
    parts = text.split('"')
    if len(parts) % 2:
        parts[1::2] = [inside.strip() for inside in parts[1::2]]
        text = '"'.join(parts)
    return re.sub(r"\s+", " ", text).strip()


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, roughly: good enough to cut training evidence."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part and part.strip()]


def content_words(text: str) -> set[str]:
    """Return the lower-case words that say what a text is about: longer than three letters, or with a digit."""
    return {w.lower() for w in _WORD.findall(text) if len(w) > 3 or any(c.isdigit() for c in w)}


def best_window(evidence: str, claim: str, words: int = EVIDENCE_WORDS) -> str:
    """Return the evidence, or when it is too long, its run of sentences that shares most words with the claim."""
    if len(evidence.split()) <= words:
        return evidence
    parts = sentences(evidence)
    wanted = content_words(claim)
    best, best_score = evidence, -1.0
    for start in range(len(parts)):
        size, end = 0, start
        while end < len(parts) and size + len(parts[end].split()) <= words:
            size += len(parts[end].split())
            end += 1
        # A single sentence longer than the limit is cut at its end.
        window = " ".join(parts[start:end]) if end > start else " ".join(parts[start].split()[:words])
        score = float(len(wanted & content_words(window)))
        if score > best_score:
            best, best_score = window, score
    return best


def read_lines(path: Path) -> Iterator[dict[str, str]]:
    """Yield the objects of a JSON-lines file, packed or plain."""
    raw = path.read_bytes()
    text = gzip.decompress(raw) if path.suffix == ".gz" else raw
    for line in text.decode("utf-8").split("\n"):
        if line.strip():
            yield json.loads(line)


def read_pairs(path: Path, source: str) -> list[Pair]:
    """Return the pairs of one file; lines whose label is not one of the three are left out.

    `written` lines keep their set, kind and date. The text of `written` is not touched beyond white space, since its
    headlines end in line breaks that mean something to a reader but not to the tokenizer.
    """
    pairs = []
    for line in read_lines(path):
        if line["label"] not in LABELS:
            continue
        claim = clean(line["claim"])
        day = line.get("published_at")
        pairs.append(
            Pair(
                claim=claim,
                evidence=best_window(clean(line["evidence"]), claim),
                label=line["label"],
                source=source,
                kind=line.get("kind", ""),
                set_id=line.get("set", ""),
                published_at=date.fromisoformat(day[:10]) if day else None,
            )
        )
    return pairs


def written_train(data: Path) -> list[Pair]:
    """Return the pairs written for the project: those of the data folder and those beside this module."""
    pairs = read_pairs(data / "pairs" / "train" / "written.jsonl.gz", "written")
    for path in sorted(OWN_PAIRS.glob("*.jsonl")):
        pairs += read_pairs(path, f"own:{path.stem}")
    return pairs


def public_train(data: Path, seed: int) -> list[Pair]:
    """Return one epoch of the public sets, each taken as often as `RATES` says, in no particular order."""
    pairs: list[Pair] = []
    for source, rate in RATES.items():
        rows = read_pairs(data / "pairs" / "train" / f"{source}.jsonl.gz", source)
        if source == "rte_glue":
            # "not_supported" may be neutral or contradicts and was dropped on reading; supports alone would teach
            # that long news evidence confirms, so it comes in at half.
            rows = [row for row in rows if row.label == "supports"]
        draw = random.Random(f"{seed}:{source}")
        whole, part = int(rate), rate - int(rate)
        pairs += rows * whole + draw.sample(rows, round(len(rows) * part))
    return pairs


def dev_set(data: Path, name: str, limit: int | None = None) -> list[Pair]:
    """Return a dev set, or a sample of it that is the same on every machine."""
    pairs = read_pairs(data / "pairs" / "dev" / f"{name}.jsonl.gz", name)
    if limit is None or limit >= len(pairs):
        return pairs
    return random.Random(f"dev:{name}").sample(pairs, limit)


def fingerprint(pairs: Iterable[Pair]) -> str:
    """Return a short hash of the pairs in their order: the model card names the data by it."""
    digest = hashlib.sha256()
    for pair in pairs:
        digest.update(f"{pair.claim}\0{pair.premise}\0{pair.label}\n".encode())
    return digest.hexdigest()[:12]
