"""Timing: a fact says that something had not yet happened by a day, the passage that it happened on or before it."""

from datetime import datetime

from flows.compare import places, polarity
from flows.compare.reading import Reading
from flows.compare.valuetypes import Claimed, Day, Spot, Value, ValuePair
from flows.compare.words import Token, bag

_AHEAD = bag("will would to set due expected scheduled before until if may might could should planned")
_OPENING = bag("opened opening")


def begun(here: Reading, there: Reading, published_at: datetime | None) -> list[ValuePair]:
    """A date conflict for "had not yet begun on 15 May" and "began on 14 May"; a preview's "beginning" is none."""
    if "yet" not in here.lows:
        return []
    at = polarity.predicate(here.tokens)
    if at is None or at not in here.reached or not any(t.low == "yet" for t in here.tokens[:at]):
        return []
    verb = here.tokens[at].concept
    days = [p for p in here.placed if isinstance(p.value.payload, Day) and p.value.payload.spans]
    about = {t.concept for t in here.tokens[:at] if t.content and not t.text[:1].isupper()}
    spots = [p.value.payload for p in here.placed if isinstance(p.value.payload, Spot)]
    if not days or not about:
        return []
    for step, token in enumerate(there.tokens):
        if not _happened(there.tokens, step, verb) or step in there.reached:
            continue
        if not about & {t.concept for t in there.tokens[max(0, step - 5) : step + 3] if t.sentence == token.sentence}:
            continue
        theirs = [p.value.payload for p in there.placed if p.sentence == token.sentence]
        told = [v for v in theirs if isinstance(v, Spot) and v.case == "in"]
        if spots and told and not any(places.compatible(a, b) is True for a in spots for b in told):
            continue
        for p in there.placed:
            day = p.value.payload
            if not isinstance(day, Day) or p.sentence != token.sentence or day.grain != "day" or not day.spans:
                continue
            if not -2 <= p.first - step <= 8 and not (p.first < step and step - p.after <= 4):
                continue
            ours = days[0].value.payload
            assert isinstance(ours, Day)
            last = max(s[1] for s in day.spans)
            if last > max(s[1] for s in ours.spans) or last.year < max(s[1] for s in ours.spans).year:
                continue
            if published_at is not None and last > published_at.date():
                continue
            shown = f"{token.low}: {p.value.normalised}"
            its = Value("date", p.value.text, p.value.start, p.value.end, shown, Claimed(verb, False))
            mine = days[0].value
            fact = Value(
                "date", mine.text, mine.start, mine.end, f"not yet {here.tokens[at].low}: {mine.normalised}",
                Claimed(verb, True),
            )  # fmt: skip
            return [ValuePair("date", fact, its, 0.8)]
    return []


def _happened(tokens: tuple[Token, ...], at: int, verb: str) -> bool:
    """Whether the word at `at` tells that it happened: a past form or a participle, nothing before it looking ahead."""
    token = tokens[at]
    same = token.concept == verb or (verb == "begin" and token.low in _OPENING)
    formed = token.low.endswith(("ed", "ing")) or polarity.is_past(token)
    if not same or not formed or polarity.refused(tokens, at):
        return False
    if token.low.startswith("kick") and not (at + 1 < len(tokens) and tokens[at + 1].low == "off"):
        return False
    near = tokens[max(0, at - 4) : at]
    return not any(t.low in _AHEAD and t.clause == token.clause for t in near)
