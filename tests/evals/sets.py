"""Labelled claim–evidence pairs: bundled sets and public ones, read, sampled and fingerprinted."""

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from seeds.errors import InputError
from warehouse.records import VERDICTS, Verdict, content_id

BUNDLED = {path.stem: path for path in sorted((Path(__file__).parent / "pairs").glob("*.jsonl"))}
"""The project's own dev sets by name; each pair belongs to a set of one fact and several reports."""

OWN = BUNDLED["written"]
PUBLIC = (
    "lingnli", "healthver", "bump", "summedits_other", "negation_nli_mnli", "breaking_nli", "wice_claim",
    "fever_symmetric_v02",
)  # fmt: skip
"""The public dev sets that are known, as NAME.jsonl or NAME.jsonl.gz in one folder. None of them is trained on."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A labelled pair; ``kind`` names the phenomenon and ``group`` the pairs made together, where the set says so."""

    claim: str
    evidence: str
    label: Verdict
    kind: str = ""
    group: str = ""
    published_at: datetime | None = None

    @property
    def id(self) -> str:
        """Depends on what the pair says, not on where it stands in a file."""
        moment = self.published_at.isoformat() if self.published_at else ""
        return content_id(self.claim, self.evidence, self.label, moment)


def files(folder: Path) -> dict[str, Path]:
    """The public sets that are in this folder, or in ``pairs/dev`` below it. InputError if there is none."""
    places = [folder, folder / "pairs" / "dev"]
    found = {
        name: path
        for place in places
        for name in PUBLIC
        for path in (place / f"{name}.jsonl", place / f"{name}.jsonl.gz")
        if path.is_file()
    }
    if not found:
        raise InputError(f"{folder}: none of the public sets is here: {', '.join(PUBLIC)} (.jsonl or .jsonl.gz)")
    return found


def read(path: Path) -> list[Pair]:
    """The pairs of a JSON Lines file, gzipped or not, in its order. InputError names the file and the line."""
    try:
        raw = path.read_bytes()
        lines = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode().splitlines()
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from error
    pairs = []
    for number, line in enumerate(lines, start=1):
        if line:
            try:
                pairs.append(_pair(json.loads(line)))
            except (ValueError, KeyError, TypeError) as error:
                raise InputError(f"{path}:{number}: no pair: {error!r}") from error
    if not pairs:
        raise InputError(f"{path}: no pairs")
    return pairs


def sample(pairs: Sequence[Pair], limit: int | None) -> list[Pair]:
    """At most so many of the pairs in their order, the same ones on every machine and whatever the file's order."""
    if limit is None or limit >= len(pairs):
        return list(pairs)
    ids = [pair.id for pair in pairs]
    chosen = sorted(range(len(pairs)), key=lambda n: ids[n])[:limit]
    return [pairs[n] for n in sorted(chosen)]


def fingerprint(pairs: Sequence[Pair]) -> str:
    """Changes with any pair that is added, lost or changed, and not with their order."""
    return content_id(*sorted(pair.id for pair in pairs))


def _pair(row: dict[str, Any]) -> Pair:
    if row["label"] not in VERDICTS:
        raise ValueError(f"label {row['label']!r} is none of {', '.join(VERDICTS)}")
    moment = datetime.fromisoformat(row["published_at"]) if row.get("published_at") else None
    if moment and not moment.tzinfo:
        moment = moment.replace(tzinfo=UTC)
    return Pair(row["claim"], row["evidence"], row["label"], row.get("kind", ""), row.get("set", ""), moment)
