"""Places ruled out: the fact's event takes place in A, the passage has it in B and not in A, or moved from A to B."""

from flows.compare import places
from flows.compare.reading import Placed, Reading
from flows.compare.valuetypes import Ordinal, Spot, ValuePair
from flows.compare.words import Token, bag, phrase

_MOVING = bag("moved relocated shifted transferred switched moves relocates moving relocating shifting")
_TAKING_PLACE = bag("held hosted convene convened met meet meets opened opens staged based headquartered located sits")
_NOT_SURE = bag("may might could should would if unless whether proposed wants wanted urged asked")


def elsewhere(here: Reading, there: Reading) -> list[ValuePair]:
    """A place conflict for a fact that says where something is, if the passage rules that place out for another."""
    if there.lows.isdisjoint(_RULING_OUT):
        return []
    at = _place_of(here)
    if at is None:
        return []
    ours, about = at
    spot = ours.value.payload
    assert isinstance(spot, Spot)
    spots = [p for p in there.placed if isinstance(p.value.payload, Spot)]
    for out in spots:
        if not (isinstance(out.value.payload, Spot) and places.compatible(spot, out.value.payload) is True):
            continue
        if not about & there.sentences[out.sentence]:
            continue
        ranks = _ranks([p for p in there.placed if p.sentence == out.sentence], about)
        if ranks != _ranks(list(here.placed), about):
            continue
        for other in sorted(spots, key=lambda p: abs(p.first - out.first)):
            if other is out or other.sentence != out.sentence or not isinstance(other.value.payload, Spot):
                continue
            if places.compatible(spot, other.value.payload) is True:
                continue
            if _ruled_out(there.tokens, out, other, about):
                return [ValuePair("place", ours.value, other.value, 0.9)]
    return []


def _place_of(here: Reading) -> tuple[Placed, frozenset[str]] | None:
    """The place where the fact says that something is held, and the common nouns for that something."""
    tokens = here.tokens
    for p in here.placed:
        if not isinstance(p.value.payload, Spot) or p.value.payload.case != "in" or p.first < 2:
            continue
        back = p.first - 1 if p.first and tokens[p.first].low not in ("in", "at") else p.first
        verb = tokens[back - 1]
        placed = verb.low in _TAKING_PLACE or (
            verb.low == "place" and tokens[back - 2].low in ("take", "takes", "took", "taking", "taken")
        )
        if not placed or (back - 1) in here.reached or back - 2 in here.reached:
            continue
        about = frozenset(
            t.concept for t in tokens[: back - 1] if t.content and not t.text[:1].isupper() and t.low not in _WEAK
        )
        return (p, about) if about else None
    return None


def _ranks(placed: list[Placed], about: frozenset[str]) -> set[int]:
    """Which of them an event is: the third, the first."""
    values = [p.value.payload for p in placed]
    return {v.rank for v in values if isinstance(v, Ordinal) and v.nouns & about}


_RULING_OUT = bag("not than from of")
_WEAK = bag("take takes place first held new direct peace two")


def _ruled_out(tokens: tuple[Token, ...], out: Placed, other: Placed, about: frozenset[str]) -> bool:
    """Whether the words put the event at `other` and not at `out`."""
    before = [t.low for t in tokens[max(0, out.first - 4) : out.first] if t.sentence == tokens[out.first].sentence]
    joined = before[-1:] if before and before[-1] in ("in", "at", "from", "to", "near") else []
    words = before[: len(before) - len(joined)]
    near = tokens[max(0, min(out.first, other.first) - 8) : max(out.after, other.after) + 1]
    if any(t.low in _NOT_SURE and t.clause == tokens[out.first].clause for t in near):
        return False
    if other.first < out.first:
        gap = [t.low for t in tokens[other.after : out.first]]
        if len(gap) <= 6 and (
            words[-1:] == ["not"] or words[-2:] in (["rather", "than"], ["instead", "of"]) or words[-1:] == ["than"]
        ):
            return not ({"only", "just"} & set(gap))
    elif words[-1:] == ["not"]:
        gap = [t.low for t in tokens[out.after : other.first]]
        if len(gap) <= 5 and "but" in gap and "also" not in gap:
            return True
    if joined == ["from"]:
        near = tokens[max(0, out.first - 8) : out.first]
        moved = any(t.low in _MOVING and t.sentence == out.sentence for t in near)
        event = any(t.concept in about and t.sentence == out.sentence for t in near)
        return moved and event and phrase(tokens, other.first - 1, "to") and other.first - out.after <= 3
    return False
