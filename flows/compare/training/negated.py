"""Pairs with a "not" put into the claim, the evidence or both.

In the public sets nearly every negation is in a contradiction, and a small model learns the word instead of its scope
(Hossain et al. 2020, "An Analysis of Natural Language Inference Benchmarks through the Lens of Negation").
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from flows.compare.training.data import Pair

_AUXILIARY = re.compile(
    r"\b(is|are|was|were|will|would|can|could|should|must|has|have|had|did|does|do)\b"
    r"(?! not|n't| (?:been )?no\b| never)"
)
_NEGATION = re.compile(r"\b(?:not|no|never|nobody|nothing|none|neither|nor|without|hardly|barely|cannot)\b|n't\b", re.I)


def negate(text: str) -> str | None:
    """Return the sentence with its first verb negated; None where that cannot be done safely.

    Only one clause with one auxiliary: with two, "not" may fall on the wrong one.
    """
    if _NEGATION.search(text) or len(text.split()) > 22 or "?" in text or text.count(",") > 1:
        return None
    found = list(_AUXILIARY.finditer(text))
    if found and not re.match(r"(?:If|When|While|Although|Because|Since)\b", text):
        match = found[0]
        # A verb in a side clause before the main one: "The man who was here has left".
        if re.search(r"\b(?:who|which|that|if|when|because|whether|as)\b", text[: match.start()]):
            return None
        if match[1] == "have" and re.match(r" (?:to|a|an|the|some|many|more)\b", text[match.end() :]):
            return None
        if match[1] in {"has", "had", "did", "do", "does"} and not re.match(
            r" [a-z]+(?:ed|en|one|un|ade|een|eft|elt|ent|ught|ost|ound|old|ut|et)\b", text[match.end() :]
        ):
            return None
        word = "cannot" if match[1] == "can" else f"{match[1]} not"
        return text[: match.start()] + word + text[match.end() :]
    return None


def negated_pairs(pairs: Sequence[Pair], draw: random.Random, share: float) -> Iterator[Pair]:
    """Yield negated forms of a share of the pairs.

    A claim that the evidence supports is contradicted once negated; a neutral one stays neutral. Evidence negated
    contradicts a claim only where it says little else, so that is done where the two share most of their words.
    """
    for pair in pairs:
        if draw.random() > share or pair.label == "contradicts":
            continue
        claim = negate(pair.claim)
        if claim is None:
            continue
        where = draw.random()
        evidence = negate(pair.evidence)
        if pair.label == "neutral":
            if where < 0.4 and evidence is not None:
                yield replace(pair, evidence=evidence, source="negated", kind="negation")
            elif where < 0.6 and evidence is not None:
                yield replace(pair, claim=claim, evidence=evidence, source="negated", kind="negation")
            else:
                yield replace(pair, claim=claim, source="negated", kind="negation")
            continue
        mine, theirs = set(pair.claim.lower().split()), set(pair.evidence.lower().split())
        close = len(mine & theirs) / max(1, len(mine | theirs)) > 0.6
        if close and evidence is not None and where < 0.5:
            # The same words on both sides: "not" on one is a conflict, on both it is agreement.
            yield replace(pair, evidence=evidence, label="contradicts", source="negated", kind="negation")
            yield replace(pair, claim=claim, evidence=evidence, source="negated", kind="negation")
        else:
            yield replace(pair, claim=claim, label="contradicts", source="negated", kind="negation")
            if evidence is not None and not close and where < 0.25:
                # "He is not a doctor" says nothing of whether he is a man.
                yield replace(pair, claim=claim, evidence=evidence, label="neutral", source="negated", kind="negation")
