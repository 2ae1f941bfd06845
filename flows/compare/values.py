"""Comparing the values of a fact with those of a passage.

Values of one kind about the same thing agree, conflict or are not comparable. A conflict is reported only where both
texts speak of the same thing in much the same words and no value of the passage agrees: a false alarm costs more than
a silence, for the model is still to be asked.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from flows.compare import (
    amounts,
    attendance,
    clocks,
    days,
    exclusions,
    places,
    polarity,
    posts,
    preferences,
    purposes,
    spans,
    timing,
)
from flows.compare.negations import negations
from flows.compare.reading import Likeness, Placed, Reading, likeness, read
from flows.compare.valuetypes import (
    Claimed,
    Day,
    Kind,
    Ordinal,
    Payload,
    Post,
    Quantity,
    Spot,
    Value,
    ValueComparison,
    ValuePair,
)
from flows.compare.words import bag

__all__ = [
    "Claimed", "Day", "Kind", "Ordinal", "Payload", "Post", "Quantity", "Reading", "Spot", "Value", "ValueComparison",
    "ValuePair", "compare_values", "read",
]  # fmt: skip


def compare_values(
    fact: str,
    passage: str,
    *,
    published_at: datetime | None,
    as_of: datetime | None,
    aliases: Mapping[str, str] = {},
    implied: frozenset[str] = frozenset(),
) -> ValueComparison:
    """What the passage says about the fact's values: which agree, which conflict, which find nothing comparable.

    Relative dates of the passage are resolved against `published_at`, those of the fact against `as_of`. Concepts of
    the fact that are `implied` need not be in the passage.
    """
    names = frozenset(aliases.items())
    here, there = replace(read(fact, as_of, names), implied=implied), read(passage, published_at, names)
    apart = abs((published_at.date() - as_of.date()).days) if published_at and as_of else 0
    agreements: list[ValuePair] = []
    conflicts: list[ValuePair] = []
    missing: list[Value] = []
    spent: set[tuple[int, int]] = set()
    at = polarity.predicate(here.tokens)
    denied = at is not None and at in here.reached  # "did not sign a 30-day ceasefire" names no term that was agreed
    pending: list[Placed] = []
    for one in here.placed:
        pair = _agreement(here, one, there, aliases)
        if pair is None:
            pending.append(one)
        else:
            agreements.append(pair)
            spent.add((pair.article.start, pair.article.end))
    elsewhere = _elsewhere(here, there)
    for one in pending:
        untold = denied and one.value.kind in ("number", "duration", "date", "place", "ordinal")
        barred = elsewhere if one.value.kind in ("number", "duration", "ordinal") else frozenset[int]()
        pair = None if untold else _conflict(here, one, there, spent, barred, aliases, apart)
        if pair is not None:
            conflicts.append(pair)
        elif one.value.kind != "antonym":
            missing.append(one.value)
    conflicts.extend(negations(here, there))
    if attendance.speaks(here):
        conflicts = [c for c in conflicts if c.kind not in ("negation", "antonym")]
    anchor = as_of or published_at
    if apart <= _SAME_TIME:
        conflicts.extend(attendance.absences(here, there, anchor.date() if anchor else None))
    conflicts.extend(preferences.reversals(here, there))
    conflicts.extend(timing.begun(here, there, published_at))
    conflicts.extend(purposes.denials(here, there))
    excluded = exclusions.elsewhere(here, there)
    if excluded and not _dates_differ_anywhere(here, there):
        agreements = [a for a in agreements if a.kind != "place"]
        conflicts = [c for c in conflicts if c.kind != "place"] + excluded
    if anchor is not None:
        conflicts = [c for c in conflicts if c.kind != "person" or not _other_year(there, c.article.start, anchor.year)]
    conflicts.sort(key=lambda p: -p.strength)
    return ValueComparison(tuple(agreements), tuple(conflicts), tuple(missing))


def _agrees(a: Value, b: Value, aliases: Mapping[str, str]) -> bool:
    x, y = a.payload, b.payload
    if b.rejected != a.rejected:
        return False
    if isinstance(x, Quantity) and isinstance(y, Quantity):
        if x.dimension == y.dimension == "count" and not x.nouns & y.nouns:
            if not x.nouns or not y.nouns or x.low > 13:
                same = (x.low == y.low and x.high == y.high) or x.written == y.written
                return (same or (x.low >= 1000 and amounts.compatible(x, y))) and x.fate in ("", y.fate)
            return amounts.same_thing(x, y) and amounts.compatible(x, y)
        if y.dimension == "count" and not y.nouns and x.written == y.written and not x.bounded:
            return True  # "for ten years … runs for five": the unit went without saying
        return x.dimension == y.dimension and x.rate in ("", y.rate) and amounts.compatible(x, y)
    if isinstance(x, Ordinal) and isinstance(y, Ordinal):
        return x.rank == y.rank
    if isinstance(x, Day) and isinstance(y, Day):
        # "In September" leaves open whether it was on the 8th.
        return days.compatible(x, y) is True and _GRAINS.index(y.grain) <= _GRAINS.index(x.grain)
    if isinstance(x, Post) and isinstance(y, Post):
        found = posts.relation(x, y, aliases)
        return found is not None and found[0] == "agree"
    if isinstance(x, Spot) and isinstance(y, Spot):
        return places.compatible(x, y) is True
    if isinstance(x, Claimed) and isinstance(y, Claimed):
        return x.concept == y.concept and x.negated == y.negated
    return False


def _agreement(here: Reading, one: Placed, there: Reading, aliases: Mapping[str, str]) -> ValuePair | None:
    best: ValuePair | None = None
    for other in there.placed:
        if _comparable_kinds(one.value, other.value) and _agrees(one.value, other.value, aliases):
            like = likeness(here, one, there, other)
            strength = min(1.0, 0.4 + 0.6 * like.overlap)
            if best is None or strength > best.strength:
                best = ValuePair(one.value.kind, one.value, other.value, round(strength, 3))
    if best is None and isinstance(one.value.payload, Spot) and one.value.payload.name in there.text.lower():
        at = there.text.lower().find(one.value.payload.name)
        span = there.text[at : at + len(one.value.payload.name)]
        if len(there.text) == len(there.text.lower()):
            spot = Value("place", span, at, at + len(span), span.title(), one.value.payload)
            best = ValuePair("place", one.value, spot, 0.5)
    return best


def _comparable_kinds(a: Value, b: Value) -> bool:
    return type(a.payload) is type(b.payload)


def _conflict(
    here: Reading,
    one: Placed,
    there: Reading,
    spent: set[tuple[int, int]],
    barred: frozenset[int],
    aliases: Mapping[str, str],
    apart: int,
) -> ValuePair | None:
    best: ValuePair | None = None
    for other in there.placed:
        if not _comparable_kinds(one.value, other.value) or (other.value.start, other.value.end) in spent:
            continue
        if (other.value.rejected and not one.value.rejected) or other.value.start in barred:
            continue
        found = _clash(here, one, there, other, aliases, apart)
        if found is not None and (best is None or found[1] > best.strength):
            best = ValuePair(found[0], one.value, other.value, round(found[1], 3))
    return best


def _clash(
    here: Reading, one: Placed, there: Reading, other: Placed, aliases: Mapping[str, str], apart: int
) -> tuple[Kind, float] | None:
    """The kind and strength of the conflict between two values, None where they can both be true or differ in topic."""
    x, y = one.value.payload, other.value.payload
    like = likeness(here, one, there, other)
    if isinstance(x, Quantity) and isinstance(y, Quantity):
        if not _same_part(here, one, there, other):
            return None
        found_clash = _quantity_clash(one.value, x, y, like, _told(here, there, other.sentence))
        if found_clash is None and spans.same_span_differs(here, one, there, other):
            found_clash = ("duration", 0.82)
        if found_clash is not None and amounts.reckoned(x, _quantities(there), _parted(there)):
            return None
        return found_clash
    if isinstance(x, Ordinal) and isinstance(y, Ordinal):
        if x.rank == y.rank or not x.nouns & y.nouns or like.overlap < 0.6 or (x.nouns | y.nouns) & _SPANS:
            return None
        return "ordinal", 0.5 + 0.5 * like.overlap - 0.1
    if isinstance(x, Day) and isinstance(y, Day):
        if days.compatible(x, y) is not False or (
            x.case != y.case and {x.case, y.case} & {"since", "until", "from", "before", "after"}
        ):
            return None
        if x.case in ("before", "after", "by") and y.case in ("before", "after", "by"):
            return None
        if days.of_the_report(there.tokens, other.first, other.after, here.concepts):
            return None
        if days.moved(x, y, days.shifts(there.tokens, bool(y.spans))):
            return None
        if amounts.moving(there.tokens, other.sentence) or _numbers_differ(here, there, other.sentence):
            return None
        told = _told(here, there, other.sentence)
        if not (told or like.sides) or not _dated_alike(here, one, there, other):
            return None
        if like.overlap < 0.6 or like.near < 1 or _weight(like, told) < _SAME_MATTER:
            return None
        return "date", 0.4 + 0.5 * like.overlap
    if isinstance(x, Post) and isinstance(y, Post):
        found = posts.relation(x, y, aliases)
        if found is None or found[0] == "agree":
            return None
        lows = {t.low for t in there.tokens if t.sentence == other.sentence}
        if found[0] == "person" and (not _held(here, one, x) or lows & _SUCCESSION):
            return None
        if found[0] == "person" and {"will", "then"} <= {t.low for t in there.tokens[other.first : other.after]}:
            return None  # "will then be headed by": after the fact's day
        if x.state == "acting" and lows & _STANDING_IN:
            return None
        if found[0] == "role" and not _states_differ(here, one, x, there, other, y, apart):
            return None
        return ("role" if found[0] == "role" else "person"), found[1]
    if isinstance(x, Spot) and isinstance(y, Spot):
        told = _told(here, there, other.sentence)
        if places.compatible(x, y) is not False or x.case != y.case or like.overlap < 0.75 or not told:
            return None
        if not _ranks(here, one.sentence) <= _ranks(there, other.sentence):
            return None  # the first talks were here, the latest are there
        if not (one.left in _ONE_PLACE and other.left in _ONE_PLACE and one.left == other.left):
            return None
        return "place", 0.3 + 0.5 * like.overlap
    if isinstance(x, Claimed) and isinstance(y, Claimed):
        against = y.concept in polarity.opposites(x.concept) and x.negated == y.negated
        if not against or like.overlap < 0.6 or like.sides < 1:
            return None
        return "antonym", 0.3 + 0.5 * like.overlap
    return None


def _quantities(reading: Reading) -> list[Quantity]:
    return [p.value.payload for p in reading.placed if isinstance(p.value.payload, Quantity)]


_GRAINS = ("day", "week", "month", "year")
_SAME_TIME = 21  # days within which "will not attend" and "attends" speak of one event
_SPANS = bag("year quarter month week day half season")  # "in the second year" is a time, not a rank
# An event that has one place; "held in" and "met in" stand for it.
_ONE_PLACE = bag("talk summit meet confer round final sign ceremoni born arrest launch hold place")


_HOLDING = bag("is was remains")
_PAST_HOLDING = bag("was became becomes served led headed chaired ran presided helmed")
_CHANGING = bag("resigned resigns quit quits stepped stood sacked fired ousted dismissed removed replaced retired left")
_ONE_CABINET = 60  # days between two texts after which a minister may have moved to another ministry
_SUCCESSION = bag(
    "since new succeeded succeeds successor succession predecessor predecessors sworn replaced took incoming"
)
_STANDING_IN = bag("filling act acts stopgap temporarily provisional")


def _states_differ(here: Reading, one: Placed, x: Post, there: Reading, other: Placed, y: Post, apart: int) -> bool:
    """Whether one person's two states exclude each other as told: not where the fact itself tells of the leaving."""
    ours = {t.low for t in here.tokens[one.first : one.after]}
    theirs = {t.low for t in there.tokens[other.first : other.after]}
    if x.state == y.state:  # two ministries
        joined = other.first > 0 and there.tokens[other.first - 1].low in ("and", "&", "both")
        return not (joined or ours & _PAST_HOLDING or theirs & _PAST_HOLDING or apart > _ONE_CABINET)
    if "former" not in (x.state, y.state):
        return True
    if _CHANGING & {t.low for t in here.tokens}:
        return False
    if x.state == "former":
        return y.state != "current" or not theirs & _PAST_HOLDING  # "headed the mission for three years" may be over
    return not theirs & _CHANGING or _held(here, one, x)


def _held(here: Reading, one: Placed, post: Post) -> bool:
    """Whether the fact states who holds the post; one that tells of a change of hands knows of two holders."""
    inside = {t.low for t in here.tokens[one.first : one.after]}
    return post.head == "lead" or bool(inside & _HOLDING)


def _elsewhere(here: Reading, there: Reading) -> frozenset[int]:
    """Where in the passage values stand that it sets in a place where the fact is not: they are another event's.

    A place is that of its clause, or of its sentence if it opens it.
    """
    ours = [p.value.payload for p in here.placed if isinstance(p.value.payload, Spot) and p.value.payload.case == "in"]
    if not ours:
        return frozenset()
    abroad: list[Placed] = []
    told: set[int] = set()
    for p in there.placed:
        spot = p.value.payload
        if isinstance(spot, Spot) and spot.case == "in":
            if any(places.compatible(one, spot) for one in ours):
                told.add(p.sentence)
            else:
                abroad.append(p)
    clauses = {(p.sentence, there.tokens[p.first].clause) for p in abroad if p.sentence not in told}
    opening = {t.sentence: t.clause for t in reversed(there.tokens)}
    return frozenset(
        p.value.start
        for p in there.placed
        if {(p.sentence, there.tokens[p.first].clause), (p.sentence, opening[p.sentence])} & clauses
    )


def _parted(reading: Reading) -> bool:
    """Whether a number of the text is the whole that others are taken from."""
    return any(
        isinstance(p.value.payload, Quantity)
        and (
            amounts.part(reading.tokens, p.first, p.after) == "whole"
            or reading.tokens[max(0, p.first - 3)].low == "previous"
        )
        for p in reading.placed
    )


def _told(here: Reading, there: Reading, sentence: int) -> bool:
    """Whether a sentence uses the fact's main verb, or a synonym of it."""
    at = polarity.predicate(here.tokens)
    return at is not None and here.tokens[at].concept in there.sentences[sentence]


def _same_part(here: Reading, one: Placed, there: Reading, other: Placed) -> bool:
    """Whether both numbers count the whole, or both a part; and both are told rather than wished or provisional."""
    if amounts.part(here.tokens, one.first, one.after) != amounts.part(there.tokens, other.first, other.after):
        return False
    if amounts.unreal(there.tokens, other.first, other.after) and not amounts.unreal(here.tokens, one.first, one.after):
        return False
    if amounts.moving(there.tokens, other.sentence) and not amounts.moving(here.tokens, one.sentence):
        return False
    return not _dates_differ(here, there, other.sentence)


def _other_year(there: Reading, start: int, year: int) -> bool:
    """Whether the sentence of the value at `start` is set in another year: then another may have held the post."""
    sentence = next(p.sentence for p in there.placed if p.value.start == start)
    days = [p.value.payload for p in there.placed if p.sentence == sentence]
    years = {d.year for d in days if isinstance(d, Day) and d.year and d.grain != "month"}
    return bool(years) and year not in years


def _ranks(reading: Reading, sentence: int) -> set[int]:
    """The ranks that a sentence gives to anything: the first, the third."""
    values = [p.value.payload for p in reading.placed if p.sentence == sentence]
    return {v.rank for v in values if isinstance(v, Ordinal)}


def _dates_differ_anywhere(here: Reading, there: Reading) -> bool:
    return any(_dates_differ(here, there, s) for s in range(len(there.sentences)))


def _dates_differ(here: Reading, there: Reading, sentence: int) -> bool:
    """Whether the sentence tells of another day, month or year than the fact names: then its numbers are others too."""
    ours = [p.value.payload for p in here.placed if isinstance(p.value.payload, Day)]
    theirs = [
        p.value.payload
        for p in there.placed
        if isinstance(p.value.payload, Day)
        and p.sentence == sentence
        and not days.of_the_report(there.tokens, p.first, p.after, here.concepts)
    ]
    verdicts = [days.compatible(a, b) for a in ours for b in theirs]
    return False in verdicts and True not in verdicts


_PROPOSING = bag("propos announc plan offer call agre schedul invit demand suggest expect urg ask order")


def _dated_alike(here: Reading, one: Placed, there: Reading, other: Placed) -> bool:
    """Whether both dates belong to the same word, as far as their places tell.

    "Putin proposed talks on 11 May" dates the proposal, "proposes talks in Istanbul on 15 May" the talks.
    """
    if there.tokens[other.after - 1].text.endswith(("'s", "’s")):
        return one.right == other.right != ""
    at = polarity.predicate(here.tokens)
    if at is None:
        return True
    verb = here.tokens[at].concept
    opens = other.first == 0 or there.tokens[other.first - 1].sentence != other.sentence
    entry = opens and other.after < len(there.tokens) and there.tokens[other.after].text in ":—–-"
    if entry:  # "Friday, 9 May: X proposes": the date of an entry is that of its first verb
        return any(t.concept == verb for t in there.tokens[other.after : other.after + 8])
    if verb not in _PROPOSING or one.left == other.left:
        return True
    return any(t.concept == verb for t in there.tokens[max(0, other.first - 3) : other.after + 2])


def _numbers_differ(here: Reading, there: Reading, sentence: int) -> bool:
    """Whether the sentence gives another number for what the fact counts: then its date may be another event's."""
    theirs = [p.value.payload for p in there.placed if p.sentence == sentence and isinstance(p.value.payload, Quantity)]
    for ours in _quantities(here):
        verdicts = [amounts.compatible(ours, b) for b in theirs if amounts.same_thing(ours, b)]
        if False in verdicts and True not in verdicts:
            return True
    return False


_FAR = 2_000  # times; a million that is written for a billion is a thousand times too small
_FAR_IN_TIME = 60


def _far_apart(x: Quantity, y: Quantity, times: float) -> bool:
    """Whether two amounts are so unlike that they hardly measure the same thing: a truce and a meeting, a company's
    value and a share's."""
    a, b = (max(abs(v) for v in (q.low, q.high) if v not in (float("inf"), float("-inf"))) for q in (x, y))
    return 0 < min(a, b) * times < max(a, b)


# On the training pairs nineteen in twenty conflicts well above it are real; below it every third is not.
_SAME_MATTER = 1.2


def _weight(like: Likeness, told: bool) -> float:
    """How sure it is that two values answer the same question."""
    return like.overlap + 0.1 * min(like.near, 4) + 0.1 * like.sides + 0.15 * told


def _quantity_clash(value: Value, x: Quantity, y: Quantity, like: Likeness, told: bool) -> tuple[Kind, float] | None:
    kind: Kind = value.kind
    if x.dimension == y.dimension == clocks.DIMENSION:
        return None
    if x.dimension != y.dimension:
        both_money = x.dimension.startswith("money") and y.dimension.startswith("money")
        if not both_money or x.low != y.low or like.overlap < 0.6:
            return None
        return "unit", 0.4 + 0.5 * like.overlap
    if x.rate != y.rate:
        if x.rate and y.rate and amounts.compatible(x, y) and like.overlap >= 0.6:
            return "unit", 0.4 + 0.5 * like.overlap
        return None
    if not amounts.same_thing(x, y) or amounts.compatible(x, y):
        return None
    if x.dimension == "score" and not told:
        return None
    if _far_apart(x, y, _FAR) or (x.dimension == "time" and like.sides < 2 and _far_apart(x, y, _FAR_IN_TIME)):
        return None
    weight = _weight(like, told)
    if weight < (_SAME_MATTER if told else _SAME_MATTER + 0.1) or like.overlap < 0.4 or like.near < 1:
        return None
    return kind, min(0.95, 0.4 + 0.35 * weight)
