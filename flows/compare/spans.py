"""Spans of time that belong to a thing: "a 30-day truce", "the truce was to run for 30 days"."""

from flows.compare import amounts
from flows.compare.polarity import is_past
from flows.compare.reading import Placed, Reading
from flows.compare.valuetypes import Quantity
from flows.compare.words import Token, bag

_LASTING = bag("last lasts lasted run runs ran hold holds held continue continues stay stays remain span spans lasting")
_BEFORE_SPAN = bag(
    "for of about some around only just exactly at least up to over another than nearly almost lasting a"
)
_GAP = bag("was were is are to will would shall had has have been be due set")
# Two spans of one thing that differ more than this are likelier two things: a holiday truce and a month's.
_LIKE = 4.0


def same_span_differs(here: Reading, one: Placed, there: Reading, other: Placed) -> bool:
    """Whether both spans belong to the same kind of thing, told in the same way, and cannot both be true."""
    x, y = one.value.payload, other.value.payload
    if not isinstance(x, Quantity) or not isinstance(y, Quantity) or not x.dimension == y.dimension == "time":
        return False
    if not amounts.same_thing(x, y) or amounts.compatible(x, y) or x.case == "ago" or y.case in ("ago", "later"):
        return False
    low, high = sorted((x.written * _factor(x), y.written * _factor(y)))
    if high > _LIKE * max(low, 1e-9):
        return False
    mine, stated = _owner(here.tokens, one)
    its, told = _owner(there.tokens, other)
    if stated and told and {stated, told} == {"past", "planned"}:
        return False  # how long it was meant to last, and how long it did
    shared = mine & its
    if not shared:
        return False
    rest = here.concepts - mine
    common = rest & there.sentences[other.sentence]
    return (stated != "" and told != "") or not rest or len(common) >= min(2, len(rest)) or 2 * len(common) >= len(rest)


def _factor(q: Quantity) -> float:
    return q.low / q.written if q.low == q.high and q.written else 1.0


def _owner(tokens: tuple[Token, ...], span: Placed) -> tuple[frozenset[str], str]:
    """The concepts of what lasts that long, and how a verb says so: "planned" ("was to last"), "past", "now"; ""."""
    if any(t.text == "-" for t in tokens[span.first : span.after]):
        run: list[Token] = []
        for t in tokens[span.after : span.after + 4]:
            if t.kind != "word" or not t.content:
                break
            run.append(t)
        return frozenset(t.concept for t in run), ""
    back = span.first
    while back > 0 and tokens[back - 1].low in _BEFORE_SPAN and span.first - back < 4:
        back -= 1
    if back == 0 or tokens[back - 1].sentence != span.sentence:
        return frozenset(), ""
    if tokens[back - 1].low in _LASTING:
        verb = back - 1
        if verb and tokens[verb - 1].low not in _GAP and tokens[verb - 1].kind != "word":
            return frozenset(), ""
        planned = any(t.low in ("to", "will", "would", "shall") for t in tokens[max(0, verb - 2) : verb])
        past = tokens[verb].low.endswith("ed") or is_past(tokens[verb])
        return _head(tokens, span.sentence, verb), "planned" if planned else "past" if past else "now"
    noun = tokens[back - 1]
    return frozenset((noun.concept,)) if noun.content and back < span.first else frozenset(), ""


def _head(tokens: tuple[Token, ...], sentence: int, verb: int) -> frozenset[str]:
    """The head noun of the words that open the sentence of a verb; of those right before it if it opens otherwise."""
    first = verb
    while first > 0 and tokens[first - 1].sentence == sentence:
        first -= 1
    if tokens[first].low in ("the", "a", "an", "this", "that", "its", "their"):
        run: list[Token] = []
        for t in tokens[first + 1 : verb]:
            if t.text == "-":
                continue
            if t.kind != "word" or not t.content or (run and (t.low.endswith("ed") or is_past(t))):
                break
            run.append(t)
        return frozenset((run[-1].concept,)) if run else frozenset()
    back = verb
    while back > first and tokens[back - 1].low in _GAP:
        back -= 1
    noun = tokens[back - 1] if back > first else None
    return frozenset((noun.concept,)) if noun is not None and noun.content else frozenset()
