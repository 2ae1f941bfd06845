"""One verdict from what the model, the values and the guards say.

A multinomial logistic regression over few named features makes calibrated probabilities of the three verdicts; the
verdict is the most probable. What is *reported* about a fact needs more: :func:`reportable` holds the operating points
and the guards that no probability overrules, since a false contradiction costs more than a missed one.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flows.compare.guards import Guarding
from flows.compare.matter import Matter
from flows.compare.valuetypes import COUNTED, ValueComparison, ValuePair
from warehouse.records import VERDICTS, Judgement, Passage, Probability, Verdict

RULES = "8"
"""Raised with every change of what is decided here, in the gate, or in values and guards: part of the engine's name."""

CONTRADICTION = 0.80
"""Probability from which a contradiction is reported."""

CONTRADICTION_BY_VALUE = 0.60
"""The same where two comparable values conflict: there is something to show for it."""

DECISIVE = 0.80
"""Strength from which a conflict that is read off an explicit construction decides, and the probability it then gets.

Of the written dev pairs with a conflict that strong 14 of 15 are contradictions, but only 12 of 18 where it is one of
numbers, which therefore never decide. ("The delegation is led by Y" leaves nothing for a model to weigh.)
"""

OPPOSED = 0.90
"""Probability of the opposite verdict from which the model keeps values from deciding."""

SUPPORT = 0.50
"""Probability from which a match is reported."""

MATCHES = 0.5
"""Share of the fact's words that a passage must have to be reported as a match. With SUPPORT chosen on the bundled
newsroom: real coverage is full of sentences on the same people and places that say something else, so a match must also
use the fact's main verb.
"""

STRONG = 0.75
"""Strength from which a conflict of values counts as one in a report."""

SAME_MATTER = 0.5
"""Share of the fact's words that a passage must have to be reported as a contradiction without a conflict of values."""

FEATURES = (
    "log supports", "log contradicts", "log neutral", "conflict", "strong conflict", "weak conflict",
    "negation or antonym",
    "agreements", "missing values", "modality", "question", "other event", "too old", "denied", "superseding",
    "negated", "quoted", "overlap", "unnamed",
)  # fmt: skip
"""What the regression looks at, in order; :func:`features` makes them."""

BEFORE = "published before"
"""The guard of what is too old to know of the fact's time."""


@dataclass(frozen=True, slots=True)
class Combiner:
    """The regression: a row of weights and a bias for each of VERDICTS."""

    weights: tuple[tuple[float, ...], ...]
    biases: tuple[float, ...]

    @classmethod
    def from_card(cls, card: Mapping[str, Sequence[object]]) -> "Combiner":
        """From ``{"features": [...], "weights": [[...]] * 3, "biases": [...]}``; ValueError for other features."""
        if tuple(card["features"]) != FEATURES:
            raise ValueError("the weights were combined from other features than this version makes")
        weights = tuple(tuple(float(w) for w in row) for row in card["weights"])  # type: ignore[attr-defined]
        return cls(weights, tuple(float(b) for b in card["biases"]))  # type: ignore[arg-type]

    def __call__(self, values: Sequence[float]) -> Probability:
        """The probabilities for these features."""
        scores = [
            bias + math.fsum(w * v for w, v in zip(row, values, strict=True))
            for row, bias in zip(self.weights, self.biases, strict=True)
        ]
        powers = [math.exp(score - max(scores)) for score in scores]
        return Probability(*(power / math.fsum(powers) for power in powers))


def features(model: Probability, values: ValueComparison, guarding: Guarding, matter: Matter) -> tuple[float, ...]:
    """The values of FEATURES for one passage."""
    conflict = values.conflicts[0] if values.conflicts else None
    strength = conflict.strength if conflict else 0.0
    counted = conflict is not None and conflict.kind in COUNTED
    return (
        math.log(max(model.supports, 1e-6)),
        math.log(max(model.contradicts, 1e-6)),
        math.log(max(model.neutral, 1e-6)),
        strength,
        float(strength >= STRONG and counted),
        float(0 < strength < STRONG),
        float(conflict is not None and conflict.kind in ("negation", "antonym")),
        float(min(len(values.agreements), 3)),
        float(min(sum(value.kind in COUNTED for value in values.missing), 3)),
        float(guarding.modality != "asserted"),
        float(guarding.modality == "question"),
        float(guarding.other_event),
        float(guarding.too_old),
        float(guarding.attribution == "denied"),
        float(guarding.superseding),
        float(guarding.negated),
        float(guarding.attribution == "quoted"),
        matter.overlap,
        float(not matter.named),
    )


def decide(
    passage: Passage,
    model: Probability,
    values: ValueComparison,
    guarding: Guarding,
    matter: Matter,
    combiner: Combiner,
) -> Judgement:
    """What one passage says about a fact."""
    conflict = values.conflicts[0] if values.conflicts else None
    probability = combiner(features(model, values, guarding, matter))
    if conflict and _decisive(conflict) and model.supports < OPPOSED and guarding.attribution != "denied":
        probability = _at_least(probability, "contradicts", DECISIVE)
    elif (
        (matter.post or matter.stated)
        and not conflict
        and guarding.attribution != "denied"
        and model.contradicts < OPPOSED
    ):
        probability = _at_least(probability, "supports", DECISIVE)
    verdict = most_probable(probability)
    judgement = Judgement(
        verdict=verdict,
        probability=probability,
        passage=passage,
        attribution=guarding.attribution,
        speaker=guarding.speaker,
        superseded=verdict == "contradicts" and guarding.superseding,
        guards=_against_model(model, verdict, conflict, guarding),
    )
    judgement = replace(judgement, held_back=_held_back(judgement, values, guarding, matter))
    if verdict == "contradicts":
        return _contradiction(judgement, conflict, guarding)
    if verdict == "supports":
        agreed = values.agreements[0] if values.agreements else None
        return replace(
            judgement,
            fact_value=agreed.fact.normalised if agreed else None,
            article_value=agreed.article.normalised if agreed else None,
            explanation="The article says the same.",
        )
    return judgement


def reportable(judgement: Judgement, values: ValueComparison, guarding: Guarding, matter: Matter) -> Judgement:
    """The judgement as a monitor may report it: neutral, with the guard named, where it is not sure enough for that."""
    guard = _held_back(judgement, values, guarding, matter)
    return judgement if guard is None else withheld(judgement, guard)


def withheld(judgement: Judgement, guard: str) -> Judgement:
    """The judgement as a neutral one that names this guard."""
    return replace(
        judgement, verdict="neutral", kind=None, fact_value=None, article_value=None, superseded=False,
        explanation=None, guards=(*judgement.guards, guard), held_back=None,
    )  # fmt: skip


def hopeless(values: ValueComparison, matter: Matter) -> bool:
    """Whether nothing can be reported of a passage, whatever model and guards say: :func:`reportable` is neutral."""
    strong = bool(values.conflicts) and values.conflicts[0].strength >= STRONG
    return not (
        strong or matter.post or matter.stated or (matter.named and matter.overlap >= min(SAME_MATTER, MATCHES))
    )


def barred(guarding: Guarding) -> str | None:
    """The guard that no verdict passes, by name."""
    for name, holds in (
        ("headline question", guarding.headline_question),
        ("another event", guarding.other_event),
        (BEFORE, guarding.too_old),
        ("denied", guarding.attribution == "denied"),
    ):
        if holds:
            return name
    return None


def best(judgements: Sequence[Judgement]) -> Judgement:
    """One judgement for the text: its surest contradiction, unless another passage supports the fact more surely."""
    if not judgements:
        return Judgement(verdict="neutral")
    decided = [j for j in judgements if j.verdict in ("supports", "contradicts")]
    if decided:
        return max(decided, key=_sureness)
    # Where nothing decides, the passage that a guard kept from deciding tells more than one that is about nothing.
    return min(judgements, key=lambda j: (not j.guards, _sureness(j)))


def conjunction(judgements: Sequence[Judgement]) -> Judgement:
    """One judgement for a claim of several sentences, in their order: one that is contradicted contradicts the claim,
    and only all of them together support it.
    """
    against = [j for j in judgements if j.verdict == "contradicts"]
    if against:
        return max(against, key=_sureness)
    return min(judgements, key=_supported)


def _sureness(judgement: Judgement) -> float:
    if judgement.probability is None or judgement.verdict is None:
        return 0.0
    return float(getattr(judgement.probability, judgement.verdict))


def _supported(judgement: Judgement) -> tuple[bool, float]:
    return judgement.verdict == "supports", judgement.probability.supports if judgement.probability else 0.0


def most_probable(probability: Probability) -> Verdict:
    """The verdict with the highest probability; of equals the first of VERDICTS."""
    return max(VERDICTS, key=lambda verdict: float(getattr(probability, verdict)))


def _decisive(conflict: ValuePair) -> bool:
    return conflict.strength >= DECISIVE and conflict.kind not in ("number", "ordinal", "unit", "range")


def _at_least(probability: Probability, verdict: Verdict, share: float) -> Probability:
    """The probabilities with that of the verdict raised to this share, the others keeping their proportion."""
    now = {v: float(getattr(probability, v)) for v in VERDICTS}
    if now[verdict] >= share:
        return probability
    scale = (1 - share) / (1 - now[verdict])
    return Probability(**{v: share if v == verdict else p * scale for v, p in now.items()})


def _held_back(judgement: Judgement, values: ValueComparison, guarding: Guarding, matter: Matter) -> str | None:
    if judgement.verdict not in ("supports", "contradicts") or judgement.probability is None:
        return None
    conflict = values.conflicts[0] if values.conflicts else None
    # A post is named in passing ("President X may travel"): what the sentence plans does not touch it.
    in_passing = judgement.verdict == "contradicts" and conflict is not None and conflict.kind == "role"
    if guarding.modality != "asserted" and not in_passing:
        return guarding.modality
    no = barred(guarding)
    if no:
        return no
    if judgement.verdict == "supports":
        if guarding.superseding:
            return "later state"
        if guarding.negated:
            return "negated"
        if matter.others and not (matter.stated or matter.post):
            return "another's doing"
        if conflict:
            return f"{conflict.kind} conflict"
        if not matter.stated and any(value.kind in COUNTED for value in values.missing):
            return "value not confirmed"
        if not (matter.post or matter.stated) and (matter.overlap < MATCHES or not matter.named or not matter.told):
            return "another matter"
        return None if judgement.probability.supports >= SUPPORT else "not sure enough"
    if conflict and conflict.strength >= STRONG:
        return None if judgement.probability.contradicts >= CONTRADICTION_BY_VALUE else "not sure enough"
    if matter.post and not conflict:
        return "same post"  # as the fact says: whatever else the sentence tells does not contradict it
    if matter.overlap < SAME_MATTER or not matter.named:
        return "another matter"
    return None if judgement.probability.contradicts >= CONTRADICTION else "not sure enough"


def _against_model(
    model: Probability, verdict: Verdict, conflict: ValuePair | None, guarding: Guarding
) -> tuple[str, ...]:
    """What made the verdict another than the model's own, by name."""
    if most_probable(model) == verdict:
        return ()
    if verdict == "contradicts" and conflict:
        return (f"{conflict.kind} conflict",)
    if verdict == "neutral":
        named: list[str] = [guarding.modality] if guarding.modality != "asserted" else []
        named += ["another event"] * guarding.other_event + ["denied"] * (guarding.attribution == "denied")
        return tuple(named) or ("values",)
    return ("values",)


def _contradiction(judgement: Judgement, conflict: ValuePair | None, guarding: Guarding) -> Judgement:
    if conflict is None:
        kind = "negation" if guarding.negated else "statement"
        return replace(judgement, kind=kind, explanation="The article says what cannot be true together with the fact.")
    theirs, ours = conflict.article.normalised, conflict.fact.normalised
    return replace(
        judgement,
        kind=conflict.kind,
        fact_value=ours,
        article_value=theirs,
        explanation=f"The fact says {ours}; the article says {theirs}.",
    )
