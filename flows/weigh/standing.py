"""Findings to the standing of a fact: a pure function of the evidence, the same whatever order it came in."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from rapidfuzz import fuzz

from warehouse.records import Evidence, Standing, StandingName

COPY = 90.0
"""Likeness (0 to 100, rapidfuzz's token_sort_ratio) from which two passages with their neighbours are copies."""

OUTWEIGHS = 2
"""So many times more independent contradictions than confirmations make a fact contradicted rather than disputed."""


def standing(seed_id: str, fact_id: str, evidence: Iterable[Evidence], now: datetime) -> Standing:
    """What this evidence amounts to. ``cause`` is the last finding of the side that decides; None without evidence."""
    ordered = sorted(evidence, key=lambda e: (e.reported_at, e.finding_id))
    supports = [e for e in ordered if e.verdict == "supports" and not e.superseded]
    contradicts = [e for e in ordered if e.verdict == "contradicts" and not e.superseded]
    later = [e for e in ordered if e.superseded]
    pro, con, new = independent(supports), independent(contradicts), independent(later)
    name: StandingName = "unreported"
    deciding: Sequence[Evidence] = ()
    if pro and not con:
        name, deciding = "corroborated", supports
    elif con and con > OUTWEIGHS * pro:
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
    """How many independent sources these are: one publisher counts once, and so do copies of one text."""
    groups: list[tuple[set[str], list[str]]] = []
    for one in evidence:
        home = [g for g in groups if one.publisher in g[0] or any(_copies(one.context, text) for text in g[1])]
        merged: tuple[set[str], list[str]] = ({one.publisher}, [one.context])
        for group in home:
            merged[0].update(group[0])
            merged[1].extend(group[1])
            groups.remove(group)
        groups.append(merged)
    return len(groups)


def _copies(a: str, b: str) -> bool:
    return fuzz.token_sort_ratio(a, b, score_cutoff=COPY) >= COPY
