"""Guards: what keeps a passage that speaks of a fact's matter from confirming or contradicting it.

A guard looks at the words that fact and passage share, not at any word of the sentence. It reports what it saw; the
verdict decides what to make of it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flows.compare.modality import Modality, is_question, modality, own_modality, refusal
from flows.compare.speech import Attribution, attribution
from flows.compare.values import Reading, read
from flows.compare.valuetypes import Day, Ordinal
from flows.compare.words import Token, bag

__all__ = ["Attribution", "Guarding", "Modality", "inspect"]


@dataclass(frozen=True, slots=True)
class Guarding:
    """How a passage speaks of a fact's matter, with the reason for everything that is not plain assertion."""

    modality: Modality
    attribution: Attribution
    speaker: str | None
    negated: bool
    superseding: bool
    other_event: bool
    too_old: bool
    headline_question: bool
    reasons: tuple[str, ...]


_OTHER_TIMES = tuple(
    tuple(cue.split("_"))
    for cue in sorted(
        bag(
            "last_year last_year's a_year_ago a_year_earlier the_year_before the_previous_year years_ago decades_ago "
            "last_month last_week's last_season last_autumn last_spring last_summer last_winter previous_round "
            "earlier_round previous_talks earlier_talks previous_meeting earlier_meeting in_the_past"
        )
    )
)
_LATER = tuple(
    tuple(cue.split("_"))
    for cue in sorted(
        bag(
            "has_since have_since since_then since_been has_replaced was_replaced been_replaced replaced_by no_longer "
            "was_later were_later has_now have_now later_rose new_head new_chief next_round new_round latest_round "
            "took_over succeeded_by"
        )
    )
)
# What a report passes on without standing by it.
_UNCONFIRMED = re.compile(
    r"\bunconfirmed\b|\b(?:not|nobody|no one|none|neither|yet to be)\b[^.;]{0,40}\b(?:confirm|verif)|"
    r"n[’']t[^.;]{0,30}\b(?:confirm|verif)|\bcannot be verified|\brumou?rs? (?:that|of)\b|"
    r"\ba report\b[^.,;]{0,20}\bthat\b",
    re.IGNORECASE,
)
# The first since 2022 is not the first.
_FIRST_SINCE = re.compile(
    r"\bfirst\b[^.;]{0,60}?\b(?:since\b|in (?:\w+ ){1,3}(?:years|months|decades)\b)", re.IGNORECASE
)
# A page this long after a fact's day tells of another state of things, whatever its words.
_ANOTHER_TIME = 90
# Coverage from this long before a fact's day cannot know of it.
_BEFOREHAND = 14


def inspect(
    fact: str,
    passage: str,
    context: str = "",
    *,
    published_at: datetime | None = None,
    as_of: datetime | None = None,
    aliases: Mapping[str, str] = {},
) -> Guarding:
    """How the passage speaks of the fact's matter: planned or done, said or denied, of this event or another.

    A modality that the fact has too is "asserted": a plan confirms a plan. `context` is the passage with its
    neighbours, where the name behind a "he said" stands.
    """
    names = frozenset(aliases.items())
    here, there = read(fact, as_of, names), read(passage, published_at, names)
    around = read(context, published_at, names) if context and context != passage else there
    matter = _matter(here, there)
    reasons: list[str] = []
    mood, cue = modality(here, there, matter)
    if mood == own_modality(here):
        mood, cue = "asserted", ""
    near = published_at is None or as_of is None or abs((published_at.date() - as_of.date()).days) <= _BEFOREHAND
    if mood == "plan" and cue.lower() in ("will", "would") and near and refusal(here, there):
        mood, cue = "asserted", ""  # "will not take part" denies that somebody takes part
    asked = is_question(there, matter)
    if asked and mood == "asserted":
        mood, cue = "question", "?"
    unsure = _UNCONFIRMED.search(passage)
    if unsure and mood == "asserted" and not _UNCONFIRMED.search(fact):
        mood, cue = "possible", unsure[0]
    if mood != "asserted":
        reasons.append(f"{mood}: “{cue}”")
    told, speaker, verb = attribution(here, there, matter, around)
    if told != "asserted":
        reasons.append(f"{told}: “{verb}”" + (f" by {speaker}" if speaker else ""))
    denied = sorted(matter & there.reached)
    negated = bool(denied) and not here.reached
    if negated:
        reasons.append("negated: " + ", ".join(there.tokens[i].text for i in denied))
    elsewhere = _other_event(here, there, as_of or published_at)
    relative = _FIRST_SINCE.search(passage)
    if relative and not elsewhere and re.search(r"\bfirst\b", fact) and not _FIRST_SINCE.search(fact):
        elsewhere = relative[0]
    if elsewhere:
        reasons.append(f"another event: “{elsewhere}”")
    later = _superseding(here, there, published_at, as_of)
    if later:
        reasons.append(f"a later state: {later}")
    early = (as_of.date() - published_at.date()).days if as_of and published_at else 0
    if early > _BEFOREHAND:
        reasons.append(f"too old: published {early} days before the fact")
    headline = asked and len(there.tokens) < 20 and there.tokens[-1].text in "?”\"'"
    return Guarding(
        modality=mood,
        attribution=told,
        speaker=speaker,
        negated=negated,
        superseding=bool(later),
        other_event=bool(elsewhere),
        too_old=early > _BEFOREHAND,
        headline_question=headline,
        reasons=tuple(reasons),
    )


def _closest(here: Reading, there: Reading) -> int:
    """The sentence of the passage that shares most with the fact."""
    return max(range(len(there.sentences)), key=lambda s: len(there.sentences[s] & here.concepts), default=0)


def _matter(here: Reading, there: Reading) -> frozenset[int]:
    """The positions in the passage that share a concept with the fact, in the sentence that shares most."""
    best = _closest(here, there)
    return frozenset(
        i for i, t in enumerate(there.tokens) if t.sentence == best and t.content and t.concept in here.concepts
    )


def _cue_at(tokens: tuple[Token, ...], at: int, cues: tuple[tuple[str, ...], ...]) -> str:
    for cue in cues:
        if tokens[at].low == cue[0] and tuple(t.low for t in tokens[at : at + len(cue)]) == cue:
            return " ".join(cue)
    return ""


def _other_event(here: Reading, there: Reading, anchor: datetime | None) -> str:
    """The words by which the passage speaks of another event than the fact's: its year, month or round; or ""."""
    best = _closest(here, there)
    own = " ".join(t.low for t in here.tokens)
    for i, token in enumerate(there.tokens):
        cue = _cue_at(there.tokens, i, _OTHER_TIMES) if token.sentence == best else ""
        if cue and cue not in own and not _aside(here, there, i):
            return cue
    years = {y for p in here.placed if isinstance(p.value.payload, Day) for y in _years(p.value.payload)}
    rounds = _rounds(here)
    for p in there.placed:
        value = p.value.payload
        if p.sentence != best:
            continue
        if isinstance(value, Day) and value.grain == "year" and value.case in ("in", "of"):
            # Without a year of its own the fact is of its day; an earlier year then is another event's.
            past = anchor is None or all(y < anchor.year for y in _years(value))
            differs = not years & _years(value) and (bool(years) or past)
            if differs and not _aside(here, there, p.first):
                return p.value.text
        if isinstance(value, Ordinal) and "round" in value.nouns and rounds and value.rank not in rounds:
            return p.value.text
    return ""


def _aside(here: Reading, there: Reading, at: int) -> bool:
    """Whether the clause at `at` shares less with the fact than another clause of its sentence."""
    sentence = [t for t in there.tokens if t.sentence == there.tokens[at].sentence]
    if there.tokens[at].clause == sentence[0].clause:
        return False  # "At the talks in Doha in 2022, X left": what opens a sentence frames all of it
    shared: dict[int, int] = {}
    for t in sentence:
        if t.content and t.concept in here.concepts:
            shared[t.clause] = shared.get(t.clause, 0) + 1
    return shared.get(there.tokens[at].clause, 0) < max(shared.values(), default=0)


def _years(day: Day) -> set[int]:
    return {day.year} if day.year else {s[0].year for s in day.spans}


def _rounds(reading: Reading) -> set[int]:
    return {
        p.value.payload.rank
        for p in reading.placed
        if isinstance(p.value.payload, Ordinal) and "round" in p.value.payload.nouns
    }


def _superseding(here: Reading, there: Reading, published_at: datetime | None, as_of: datetime | None) -> str:
    """Why the passage tells of a later state than the fact's, or ""; without an `as_of` nothing is later."""
    if as_of is None:
        return ""
    ahead = [
        p.value.text
        for p in there.placed
        if isinstance(p.value.payload, Day) and p.value.payload.year and p.value.payload.year > as_of.year
    ]
    if published_at is None:
        return f"speaks of {ahead[0]}" if ahead else ""
    days = (published_at.date() - as_of.date()).days
    if days > _ANOTHER_TIME:
        return f"published {days} days after the fact"
    if days < 1:
        return ""
    own = " ".join(t.low for t in here.tokens)
    for i in range(len(there.tokens)):
        cue = _cue_at(there.tokens, i, _LATER)
        if cue and cue not in own and not _aside(here, there, i):
            return f"“{cue}”"
    later = {r for r in _rounds(there) if r >= 2} - _rounds(here)
    return f"round {min(later)}" if later else ""
