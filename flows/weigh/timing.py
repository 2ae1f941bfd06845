"""Time: which reports speak of the fact's own time, which of a later state, and which are too old to say anything."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from warehouse.records import Evidence

MOVING = ("role", "person", "number")
"""Kinds of conflict over what changes with time: who holds a post or leads something, how many there are."""

_VALUED = (*MOVING, "date", "duration", "place")

HELD = ("role", "person")

OLDER = timedelta(days=2)
"""Before a fact's time its own sources reported: only what is older by more than this cannot contradict it."""

LATER = timedelta(days=30)
"""After a fact's time: who is reported to hold a post then holds it at another time, unless the report says else."""

_TOLL = re.compile(
    r"\b(?:kill|dead|died|death|injur|wound|miss|hurt|toll|casualt|victim|arrest|detain|evacuat|displac|rescu|"
    r"infect|case)\w*", re.IGNORECASE,
)  # fmt: skip
_PENDING = re.compile(r"\b(?:has|have|had) (?:not|never)\b|\bnot yet\b")
"""What has not happened by the fact's time: that it happened later is no contradiction."""

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class FactTime:
    """What a fact states, since when and, where it says so, until when."""

    statement: str
    as_of: datetime
    until: datetime | None = None


def bearing(evidence: Evidence, fact: FactTime) -> Evidence | None:
    """The evidence as it bears on the fact: as it is, as a report of a later state, or None where it is too old.

    Only contradictions are touched. They report a later state if they come after the fact's ``until``; if they name
    another holder of a post more than a month after its time; or if, on a later day, they give a higher toll or tell
    that something happened which had not happened yet.
    """
    if evidence.verdict != "contradicts" or evidence.superseded:
        return evidence
    at, kind = evidence.reported_at, evidence.kind
    if kind in MOVING and at < fact.as_of - OLDER:
        return None
    past = fact.until is not None and at > fact.until
    held = kind in HELD and at > fact.as_of + LATER
    later = at >= fact.as_of + timedelta(days=1)
    happened = kind not in _VALUED and _PENDING.search(fact.statement) is not None
    if past or held or (later and (happened or (kind == "number" and _has_risen(evidence, fact)))):
        return replace(evidence, superseded=True)
    return evidence


def _has_risen(evidence: Evidence, fact: FactTime) -> bool:
    before, after = (_NUMBER.search(value or "") for value in (evidence.fact_value, evidence.article_value))
    return (
        before is not None
        and after is not None
        and _TOLL.search(fact.statement) is not None
        and float(after[0].replace(",", "")) > float(before[0].replace(",", ""))
    )
