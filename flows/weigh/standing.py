"""Findings to the standing of a fact: a pure function of the evidence, the same whatever order it came in."""

import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from rapidfuzz import fuzz

from warehouse.records import Evidence, Standing, StandingName

COPY = 90.0
"""Likeness (0 to 100, rapidfuzz's token_sort_ratio) from which two passages with their neighbours are copies."""

OUTWEIGHS = 2.5
"""So many times the weight of the confirmations makes a fact contradicted rather than disputed: three sources against
one, but not two."""

QUOTED = 0.8
"""Weight of what an article has others say or deny, beside what it says itself."""

FRESH = timedelta(days=7)
"""Reports not older than the latest about the fact by more than this count in full."""

HALVED = timedelta(days=30)
"""Beyond that a report loses half its weight each time so much passes."""


def standing(seed_id: str, fact_id: str, evidence: Iterable[Evidence], now: datetime) -> Standing:
    """What this evidence amounts to. ``cause`` is the last finding of the side that decides; None without evidence.

    The counts are of independent sources. The weights decide between contradicted and disputed: a source has that of
    the best of its evidence, which is probability times attribution times recency. Recency is measured from the latest
    report about the fact and not from ``now``, so that nothing changes by waiting.
    """
    ordered = sorted(evidence, key=lambda e: (e.reported_at, e.finding_id))
    supports = [e for e in ordered if e.verdict == "supports" and not e.superseded]
    contradicts = [e for e in ordered if e.verdict == "contradicts" and not e.superseded]
    later = [e for e in ordered if e.superseded]
    pro, con, new = independent(supports), independent(contradicts), independent(later)
    latest = ordered[-1].reported_at if ordered else now
    name: StandingName = "unreported"
    deciding: Sequence[Evidence] = ()
    if pro and not con:
        name, deciding = "corroborated", supports
    elif con and _weight(contradicts, latest) > OUTWEIGHS * _weight(supports, latest):
        name, deciding = "contradicted", contradicts
    elif con:
        name, deciding = "disputed", contradicts
    elif new:
        name, deciding = "superseded", later
    return Standing(
        seed_id=seed_id,
        fact_id=fact_id,
        standing=name,
        supports=pro,
        contradicts=con,
        superseded=new,
        changed_at=now,
        cause=deciding[-1].finding_id if deciding else None,
    )


def changed(before: Standing | None, after: Standing) -> bool:
    """Whether the standing or a count behind it is another one; a fact never reported and not reported is no change."""
    if before is None:
        return after.standing != "unreported"
    return (before.standing, before.supports, before.contradicts, before.superseded) != (
        after.standing,
        after.supports,
        after.contradicts,
        after.superseded,
    )


def independent(evidence: Sequence[Evidence]) -> int:
    """How many independent sources these are: a house counts once, and so does a story.

    Near-equal passages count once too: stories leave out briefs and summaries, which are too short to tell copies by.
    """
    return len(_sources(evidence))


def _sources(evidence: Iterable[Evidence]) -> list[list[Evidence]]:
    groups: list[list[Evidence]] = []
    for one in evidence:
        home = [group for group in groups if any(_same_source(one, other) for other in group)]
        groups = [group for group in groups if not any(group is other for other in home)]
        groups.append([one, *(other for group in home for other in group)])
    return groups


def _same_source(a: Evidence, b: Evidence) -> bool:
    return (
        (a.house or a.publisher) == (b.house or b.publisher)
        or (a.story_id is not None and a.story_id == b.story_id)
        or _copies(a.context, b.context)
    )


def _copies(a: str, b: str) -> bool:
    return fuzz.token_sort_ratio(a, b, score_cutoff=COPY) >= COPY


def _weight(evidence: Sequence[Evidence], latest: datetime) -> float:
    # Summed in order: floats added in another order may differ in the last digit.
    return sum(sorted(max(_one_weight(one, latest) for one in source) for source in _sources(evidence)))


def _one_weight(one: Evidence, latest: datetime) -> float:
    old = max(latest - one.reported_at - FRESH, timedelta())
    said = QUOTED if one.attribution in ("quoted", "denied") else 1.0
    return one.probability * said * math.pow(0.5, old / HALVED)
