"""How standings came about: what counts for a fact changes, and its standing with it. A replay gives the same rows."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from flows.weigh.standing import changed, standing
from warehouse.records import Evidence, EvidenceChange, Standing


def counted(changes: Iterable[EvidenceChange]) -> dict[str, Evidence]:
    """The evidence that counts after these changes, which come in order of time, by finding id."""
    held: dict[str, Evidence] = {}
    for change in changes:
        held.pop(change.finding_id, None)
        if change.evidence is not None:
            held[change.finding_id] = change.evidence
    return held


def differences(
    seed_id: str, before: Mapping[str, Evidence], now: Iterable[Evidence], at: datetime
) -> list[EvidenceChange]:
    """What has to change at this time so that after ``before`` this evidence counts and no other."""
    after = {evidence.finding_id: evidence for evidence in now}
    made = [(e, e) for e in after.values() if before.get(e.finding_id) != e]
    gone = [(e, None) for e in before.values() if e.finding_id not in after]
    changes = [EvidenceChange(at, seed_id, e.fact_id, e.finding_id, now_so) for e, now_so in (*made, *gone)]
    return sorted(changes, key=lambda change: (change.fact_id, change.finding_id))


def step(
    seed_id: str, before: Mapping[str, Standing], after: Mapping[str, Evidence], changes: Iterable[EvidenceChange]
) -> list[Standing]:
    """The standings that these changes, all of one time, make another one; ``after`` is what counts after them.

    ``cause`` is the change that tipped it: of those that came, the last reported on the side that decides, else one
    that is gone.
    """
    found = []
    ordered = sorted(changes, key=lambda change: (change.fact_id, change.finding_id))
    for fact_id, group in groupby(ordered, key=lambda change: change.fact_id):
        those = list(group)
        evidence = [one for one in after.values() if one.fact_id == fact_id]
        new = standing(seed_id, fact_id, evidence, those[0].at)
        if changed(before.get(fact_id), new):
            found.append(replace(new, cause=_cause(new, those)))
    return found


def replay(seed_id: str, changes: Iterable[EvidenceChange]) -> list[Standing]:
    """All standings that follow from these changes, which come in order of time."""
    held: dict[str, Evidence] = {}
    known: dict[str, Standing] = {}
    found: list[Standing] = []
    for _, group in groupby(changes, key=lambda change: change.at):
        those = list(group)
        for change in those:
            held.pop(change.finding_id, None)
            if change.evidence is not None:
                held[change.finding_id] = change.evidence
        new = step(seed_id, known, held, those)
        known |= {one.fact_id: one for one in new}
        found += new
    return found


def _cause(new: Standing, changes: list[EvidenceChange]) -> str | None:
    came = sorted(
        (change.evidence for change in changes if change.evidence is not None),
        key=lambda evidence: (evidence.reported_at, evidence.finding_id),
    )
    side = {"corroborated": "supports", "contradicted": "contradicts", "disputed": "contradicts"}.get(new.standing)
    deciding = [one for one in came if (one.superseded if side is None else one.verdict == side)]
    if deciding or came:
        return (deciding or came)[-1].finding_id
    return changes[-1].finding_id
