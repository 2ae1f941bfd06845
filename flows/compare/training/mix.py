"""One epoch of training pairs: everything, weighted by closeness to news."""

# ruff: noqa: S311  seeded draws hide nothing

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from flows.compare.training.asides import aside_pairs
from flows.compare.training.contrast import contrast_pairs
from flows.compare.training.data import Pair, public_train, written_train
from flows.compare.training.headlines import headline_pairs
from flows.compare.training.lexical import lexical_pairs
from flows.compare.training.negated import negated_pairs
from flows.compare.training.neutrals import lookalikes, with_companion, wrapped
from flows.compare.training.restyle import restyle
from flows.compare.training.substitute import redate, rename, renumber, with_day

WRITTEN_COPIES = 6
CONTRAST_BLOCKS = 5500
LOOKALIKES_EACH = 6
ASIDES = 40_000
LEXICAL_BLOCKS = 2500
NEGATED = 0.25
EPOCH_SHARE = 0.5
"""An epoch is a draw of half of the mix: what the draws make anew comes round sooner."""


def retold(pairs: Sequence[Pair], draw: random.Random) -> list[Pair]:
    """Return one copy of the written sets with names, numbers and days changed within each set."""
    sets: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        sets[pair.set_id].append(pair)
    told = []
    for members in sets.values():
        renamed = rename(members, draw)
        # Only what says nothing about the fact may stand beside other evidence; dated passages are long as they are.
        companions = [p for p in renamed if p.kind == "other_statement" and p.published_at is None]
        for pair in renamed:
            changed = redate(renumber(pair, draw), draw)
            if pair.published_at is None and draw.random() < 0.2:
                changed = with_companion(changed, companions, draw)
            changed = with_day(changed, draw, 0.4)
            if draw.random() < 0.25:
                changed = replace(changed, claim=restyle(changed.claim, draw))
            if draw.random() < 0.15:
                changed = replace(changed, evidence=restyle(changed.evidence, draw))
            told.append(changed)
    return told


def epoch_pairs(data: Path, seed: int, epoch: int) -> list[Pair]:
    """Return the shuffled pairs of one epoch; seed and epoch decide every draw, so a resumed run sees the same."""
    draw = random.Random(f"{seed}:{epoch}")
    written = written_train(data)
    public = public_train(data, seed + epoch)
    pairs = public + written
    for _ in range(WRITTEN_COPIES - 1):
        pairs += retold(written, draw)
    pairs += contrast_pairs(data, seed + 1000 * epoch, CONTRAST_BLOCKS)
    pairs += headline_pairs(data, draw)
    pairs += aside_pairs(data, draw, ASIDES)
    pairs += lexical_pairs(public, draw, LEXICAL_BLOCKS)
    plain = [p for p in public if p.source in {"lingnli", "mnli_dev_matched", "snli_dev"}]
    pairs += negated_pairs(plain, draw, NEGATED)
    pairs += negated_pairs([p for p in written if p.published_at is None], draw, 1.0)
    short = [p for p in written if p.published_at is None]
    pairs += (with_day(p, draw, 0.4) for p in lookalikes(short, draw, LOOKALIKES_EACH))
    pairs += (with_day(p, draw, 0.4) for p in wrapped(short, draw))
    return draw.sample(pairs, round(len(pairs) * EPOCH_SHARE))


def composition(pairs: Sequence[Pair]) -> dict[str, Counter[str]]:
    """Return how many pairs of each label each source gives."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for pair in pairs:
        found[pair.source][pair.label] += 1
    return dict(found)
