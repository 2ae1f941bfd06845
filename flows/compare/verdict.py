"""One verdict from what the model, the values and the guards say. Every threshold stands here, with what it is for.

Precision of contradictions comes first: a contradiction needs the model, the values and the guards to agree, or one of
model and values to be very sure with the other not against it.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from flows.compare.guards import Guarding
from flows.compare.valuetypes import ValueComparison, ValuePair
from warehouse.records import Judgement, Passage, Probability, Verdict

RULES = "1"
"""Raised with every change of what is decided here or in values and guards: it is part of the engine's name."""

CONFLICT = 0.75
"""Strength from which a conflict of values stands with a model that leans the same way."""

CONTRADICTS = 0.80
"""Probability from which the model alone may say contradicts, if fact and passage speak of the same thing."""

LEANS = 0.30
"""Probability of contradicts that a conflict of values needs from the model."""

SUPPORTS = 0.55
"""Probability from which a passage supports."""

SAME_MATTER = 0.5
"""Share of the fact's words that a passage must have before the model alone may say that it contradicts."""

_EVENT_BOUND = ("place", "person", "ordinal")  # conflicts that another event explains just as well
_CERTAIN = ("role",)  # read off explicit constructions only; right in all but a few of the labelled cases


@dataclass(frozen=True, slots=True)
class Weighed:
    """A passage's judgement with the strength by which passages of one article are compared."""

    judgement: Judgement
    strength: float


def decide(
    fact: str,
    passage: Passage,
    probability: Probability,
    values: ValueComparison,
    guarding: Guarding,
    *,
    overlap: float,
    published_at: datetime | None,
) -> Weighed:
    """What one passage says about a fact. ``overlap`` is the share of the fact's content words that it has."""
    conflict = values.conflicts[0] if values.conflicts else None
    verdict, used = _first_look(probability, values, conflict, overlap)
    guards = list(used)
    superseded = False
    if verdict != "neutral":
        for guard, applies in _guards(verdict, guarding, conflict):
            if applies:
                verdict, guards = "neutral", [*guards, guard]
                break
    if verdict == "contradicts" and guarding.superseding:
        superseded, guards = True, [*guards, "later state"]
    judgement = Judgement(
        verdict=verdict,
        probability=_moved(probability, verdict, conflict),
        passage=passage,
        attribution=guarding.attribution,
        speaker=guarding.speaker,
        superseded=superseded,
        guards=tuple(guards),
    )
    if verdict == "contradicts":
        judgement = _explained(judgement, conflict, guarding)
    elif verdict == "supports":
        agreed = values.agreements[0] if values.agreements else None
        judgement = replace(
            judgement,
            fact_value=agreed.fact.normalised if agreed else None,
            article_value=agreed.article.normalised if agreed else None,
            explanation="The article says the same.",
        )
    assert judgement.probability is not None
    strength = 0.0 if verdict == "neutral" else getattr(judgement.probability, verdict)
    return Weighed(judgement, strength)


def _first_look(
    probability: Probability, values: ValueComparison, conflict: ValuePair | None, overlap: float
) -> tuple[Verdict, tuple[str, ...]]:
    """What model and values say together, before any guard."""
    if conflict and conflict.strength >= CONFLICT:
        if conflict.kind in _CERTAIN or probability.contradicts >= LEANS:
            said = "contradicts" if _top(probability) == "contradicts" else "values"
            return "contradicts", (f"{conflict.kind} conflict",) if said == "values" else ()
        return "neutral", (f"{conflict.kind} conflict not confirmed by the model",)
    if probability.contradicts >= CONTRADICTS and overlap >= SAME_MATTER:
        return "contradicts", ()
    if probability.supports >= SUPPORTS:
        unmatched = [value for value in values.missing if value.kind in ("number", "duration", "date", "ordinal")]
        if unmatched:
            return "neutral", (f"no {unmatched[0].kind} to confirm {unmatched[0].text!r}",)
        return "supports", ()
    return "neutral", ()


def _guards(verdict: Verdict, guarding: Guarding, conflict: ValuePair | None) -> tuple[tuple[str, bool], ...]:
    return (
        (guarding.modality, guarding.modality != "asserted"),
        ("headline question", guarding.headline_question),
        ("another event", guarding.other_event),
        ("published before", guarding.too_old),
        ("denied", guarding.attribution == "denied"),
        ("a later state", guarding.superseding and verdict == "supports"),
        ("negated", guarding.negated and verdict == "supports"),
    )


def _top(probability: Probability) -> Verdict:
    order: tuple[Verdict, ...] = ("supports", "contradicts", "neutral")
    return max(order, key=lambda verdict: float(getattr(probability, verdict)))


def _moved(probability: Probability, verdict: Verdict, conflict: ValuePair | None) -> Probability:
    """The probabilities with the verdict on top: what values and guards decided is not left at what the model thought."""
    if _top(probability) == verdict:
        return probability
    sure = conflict.strength if conflict and verdict == "contradicts" else 0.6
    rest = {v: float(getattr(probability, v)) for v in ("supports", "contradicts", "neutral") if v != verdict}
    scale = (1 - sure) / (sum(rest.values()) or 1.0)
    return Probability(**{verdict: sure, **{v: p * scale for v, p in rest.items()}})


def _explained(judgement: Judgement, conflict: ValuePair | None, guarding: Guarding) -> Judgement:
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
