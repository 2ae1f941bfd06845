"""Pairs made from the written sets themselves: passages with neighbours, look-alike events, reports about reports."""

# ruff: noqa: SIM905  word lists read as prose

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from flows.compare.training.data import Label, Pair, content_words

# Wrapped round a claim, they say how a report stands to it. The three lists use the same kinds of words, so that
# "reports that" or "denied" is not a label by itself.
_WRAPPERS: dict[Label, tuple[str, ...]] = {
    "supports": (
        "It has been confirmed that {c}.",
        "{C}, the agency reported, correcting an earlier item.",
        "There is no longer any doubt that {c}.",
        "Officials who had first denied it now admit that {c}.",
        "Nobody disputes that {c}, the court noted.",
        "Reports that {c} were correct, the ministry confirmed.",
        "It is true, as was rumoured, that {c}.",
        "{C}, contrary to what was claimed online.",
        "The question is why; that {c} is established.",
    ),
    "contradicts": (
        "It is not true that {c}, the agency reported.",
        "Earlier reports that {c} were wrong, it has been confirmed.",
        "The claim that {c} is false: officials showed documents which prove the opposite.",
        "There is no longer any doubt that the rumour was invented; it is not the case that {c}.",
        "Contrary to what was claimed online and first reported here, it is not so that {c}.",
        "Correction: an earlier item said that {c}. That was an error.",
        "It was widely believed that {c}. The court found that this was not so.",
    ),
    "neutral": (
        "It is not yet clear whether {c}.",
        "Reports that {c} could not be confirmed.",
        "A spokesman denied that {c}; others say the opposite.",
        "Asked whether {c}, the ministry declined to comment.",
        "Rumours that {c} are circulating online.",
        "If {c}, there will be consequences, the opposition said.",
        "The court has yet to decide whether it is true that {c}.",
        "Critics had warned for months that it might one day be said that {c}.",
        "No evidence has been shown for the claim that {c}, nor against it.",
    ),
}
_LOWERED = frozenset(
    "The A An In On At More All Some Police Most No Two Three Four Five After Before Only One Half".split()
)


def _clause(claim: str) -> str | None:
    """Return the claim as a clause after "that"; None where it is more than one plain sentence."""
    body = claim.rstrip(".")
    if any(mark in body for mark in '.?!:;\n“"') or len(body.split()) > 24:
        return None
    first, _, rest = body.partition(" ")
    return f"{first.lower()} {rest}" if first in _LOWERED else body


def wrapped(pairs: Sequence[Pair], draw: random.Random) -> Iterator[Pair]:
    """Yield for each claim of the sets one report of each label about it."""
    for claim, pair in sorted({p.claim: p for p in pairs}.items()):
        clause = _clause(claim)
        if clause is None:
            continue
        for label, forms in _WRAPPERS.items():
            text = draw.choice(forms).format(c=clause, C=claim.rstrip("."))
            yield replace(pair, evidence=text, label=label, source="wrapped", kind="attribution", published_at=None)


def lookalikes(pairs: Sequence[Pair], draw: random.Random, each: int) -> Iterator[Pair]:
    """Yield for each claim evidence of other sets that shares most words with it: neutral, another event."""
    words = [content_words(p.evidence) for p in pairs]
    having: dict[str, set[int]] = defaultdict(set)
    for index, found in enumerate(words):
        for word in found:
            having[word].add(index)
    for claim, pair in sorted({p.claim: p for p in pairs}.items()):
        shared: dict[int, float] = defaultdict(float)
        for word in content_words(claim):
            # A word of many texts says little; its weight falls with its frequency.
            for index in having.get(word, ()):
                shared[index] += 1 / (5 + len(having[word]))
        ranked = sorted((i for i in shared if pairs[i].set_id != pair.set_id), key=lambda i: (-shared[i], i))[
            : each * 3
        ]
        for index in draw.sample(ranked, min(each, len(ranked))):
            other = pairs[index]
            yield replace(
                other, claim=claim, label="neutral", source="lookalike", kind="other_event", set_id=pair.set_id
            )


def with_companion(pair: Pair, companions: Sequence[Pair], draw: random.Random) -> Pair:
    """Return the pair with another statement of the same event before or after its evidence, as in a passage."""
    free = [c for c in companions if c.evidence != pair.evidence and len(c.evidence.split()) < 45]
    if not free or len(pair.evidence.split()) > 60:
        return pair
    other = draw.choice(free).evidence
    first, second = (other, pair.evidence) if draw.random() < 0.5 else (pair.evidence, other)
    return replace(pair, evidence=f"{first} {second}")
