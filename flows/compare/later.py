"""Time: which reports speak of the fact's own time, which of a later state, and which are too old to say anything."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

from flows.compare.verdict import BEFORE, withheld
from warehouse.records import Judgement

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


def timed(judgement: Judgement, statement: str, as_of: datetime, until: datetime | None, at: datetime) -> Judgement:
    """The judgement as it bears on a fact of that time: as it is, as a report of a later state, or neutral if too old.

    ``at`` is when the text was published. Only contradictions are touched. They report a later state if they come
    after the fact's ``until``; if they name another holder of a post more than a month after its time; or if, on a
    later day, they give a higher toll or tell that something happened which had not happened yet.
    """
    if judgement.verdict != "contradicts" or judgement.superseded:
        return judgement
    if judgement.kind in MOVING and at < as_of - OLDER:
        return withheld(judgement, BEFORE)
    past = until is not None and at > until
    held = judgement.kind in HELD and at > as_of + LATER
    later = at >= as_of + timedelta(days=1)
    happened = judgement.kind not in _VALUED and _PENDING.search(statement) is not None
    risen = judgement.kind == "number" and _TOLL.search(statement) is not None and _has_risen(judgement)
    return replace(judgement, superseded=past or held or (later and (happened or risen)))


def _has_risen(judgement: Judgement) -> bool:
    before, after = (_NUMBER.search(value or "") for value in (judgement.fact_value, judgement.article_value))
    return (
        before is not None
        and after is not None
        and float(after[0].replace(",", "")) > float(before[0].replace(",", ""))
    )
