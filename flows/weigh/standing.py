"""Findings to the standing of a fact: a pure function of the evidence, the same whatever order it came in."""

import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from rapidfuzz import fuzz, process

from warehouse.records import Evidence, Standing, StandingName

COPY = 90.0
"""Likeness (0 to 100, rapidfuzz's token_sort_ratio) from which two passages with their neighbours are copies."""

COPIED = timedelta(days=7)
"""Passages that are near-equal but not equal are copies where they are at most so far apart, as stories are."""

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
    pro, con, new = _sources(supports), _sources(contradicts), _sources(later)
    latest = ordered[-1].reported_at if ordered else now
    name: StandingName = "unreported"
    deciding: Sequence[Evidence] = ()
    if pro and not con:
        name, deciding = "corroborated", supports
    elif con and _weight(con, latest) > OUTWEIGHS * _weight(pro, latest):
        name, deciding = "contradicted", contradicts
    elif con:
        name, deciding = "disputed", contradicts
    elif new:
        name, deciding = "superseded", later
    return Standing(
        seed_id=seed_id,
        fact_id=fact_id,
        standing=name,
        supports=len(pro),
        contradicts=len(con),
        superseded=len(new),
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


def _sources(evidence: Sequence[Evidence]) -> list[list[Evidence]]:
    """The evidence by source: what one house, one story or near-equal passages join, over any number of steps."""
    joined = list(range(len(evidence)))

    def root(at: int) -> int:
        while joined[at] != at:
            joined[at] = at = joined[joined[at]]
        return at

    ordered = sorted(evidence, key=lambda e: (e.reported_at, e.finding_id))
    texts = [" ".join(sorted(one.context.split())) for one in ordered]  # in this order token_sort_ratio compares words
    first: dict[tuple[str, str], int] = {}
    since = 0
    for at, one in enumerate(ordered):
        keys = [("house", one.house or one.publisher), ("text", texts[at])]
        if one.story_id is not None:
            keys.append(("story", one.story_id))
        known = ("text", texts[at]) in first
        for key in keys:
            joined[root(at)] = root(first.setdefault(key, at))
        while one.reported_at - ordered[since].reported_at > COPIED:
            since += 1
        if not known:
            recent = texts[since:at]
            for _, _, back in process.extract(texts[at], recent, scorer=fuzz.ratio, score_cutoff=COPY, limit=None):
                joined[root(at)] = root(since + back)
    groups: dict[int, list[Evidence]] = {}
    for at, one in enumerate(ordered):
        groups.setdefault(root(at), []).append(one)
    return list(groups.values())


def _weight(sources: Sequence[Sequence[Evidence]], latest: datetime) -> float:
    # Summed in order: floats added in another order may differ in the last digit.
    return sum(sorted(max(_one_weight(one, latest) for one in source) for source in sources))


def _one_weight(one: Evidence, latest: datetime) -> float:
    old = max(latest - one.reported_at - FRESH, timedelta())
    said = QUOTED if one.attribution in ("quoted", "denied") else 1.0
    return one.probability * said * math.pow(0.5, old / HALVED)
