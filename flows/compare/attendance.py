"""Attendance: a fact has somebody at an event, the passage says that they were not there."""

from datetime import date

from flows.compare import places
from flows.compare.polarity import refused
from flows.compare.reading import Reading, value_at
from flows.compare.valuetypes import Claimed, Day, Ordinal, Spot, ValuePair
from flows.compare.words import Token, bag, phrase

# What a fact says of somebody who is there; the words after it name the event.
_THERE = (
    ("present", "at"), ("present", "in"), ("attend",), ("attends",), ("attended",), ("attending",),
    ("take", "part", "in"), ("takes", "part", "in"), ("took", "part", "in"), ("taking", "part", "in"),
    ("participate", "in"), ("participates", "in"), ("participated", "in"), ("participating", "in"),
    ("joins",), ("joined",), ("join",), ("joining",), ("is", "at"), ("is", "in"), ("was", "at"), ("was", "in"),
)  # fmt: skip
_OPENING = frozenset(cue[0] for cue in _THERE)
_GOING = (
    ("take", "part", "in"), ("taking", "part", "in"), ("attend",), ("attending",), ("join",), ("joining",),
    ("participate", "in"), ("participating", "in"), ("be", "at"), ("be", "in"), ("be", "present", "at"),
    ("be", "present", "in"), ("be", "present"), ("be", "there"), ("be", "attending"), ("be", "joining"),
    ("be", "travelling", "to"), ("be", "traveling", "to"), ("be", "going", "to"), ("be", "taking", "part"),
    ("travel", "to"), ("travelling", "to"), ("traveling", "to"), ("come", "to"), ("coming", "to"), ("go", "to"),
    ("fly", "to"), ("show", "up"), ("turn", "up"), ("take", "part"), ("participate",), ("appear", "at"),
    ("going", "to", "attend"), ("going", "to", "take", "part", "in"),
)  # fmt: skip
_BEING = (
    ("present", "at"), ("present", "in"), ("present",), ("in",), ("at",), ("there",), ("among",),
    *(cue for cue in _GOING if cue[0].endswith("ing")),
)  # fmt: skip
_AWAY = (
    ("stayed", "away", "from"), ("stays", "away", "from"), ("staying", "away", "from"), ("stay", "away", "from"),
    ("kept", "away", "from"), ("keeps", "away", "from"), ("stayed", "away"), ("stays", "away"), ("stay", "away"),
    ("staying", "away"), ("absent", "from"), ("absent",),
    ("skipped",), ("skips",), ("skipping",), ("skip",), ("snubbed",), ("snubs",), ("boycotted",), ("boycotts",),
    ("boycotting",), ("boycott",), ("shunned",), ("shuns",), ("missed",), ("misses",), ("avoided",), ("sat", "out"),
    ("pulled", "out", "of"), ("dropped", "out", "of"), ("opted", "out", "of"),
)  # fmt: skip
_AUXILIARIES = bag("will would did does do is was are were has have had can")
_REFUSING = bag("refused declined refuses declines failed fails decided chose opted")
_ASIDE = bag(
    "also himself herself itself themselves again still even however instead meanwhile therefore personally then "
    "later simply has have had been is was will would be notably conspicuously being on friday thursday wednesday "
    "tuesday monday saturday sunday and who so far"
)
_TELLING = bag("said says announced confirmed confirms explained insisted")
_EVENT_END = bag("and but where while who which after before because as when although with said says so")


def absences(here: Reading, there: Reading, when: date | None) -> list[ValuePair]:
    """The passage's words by which somebody whom the fact has at an event was not there; at most one pair.

    `when` is the day of the fact or of the passage: another year's absence is none from this event.
    """
    told = None if here.lows.isdisjoint(_OPENING) else _told(here)
    if told is None:
        return []
    at, width, who, about = told
    tokens = there.tokens
    for step, token in enumerate(tokens):
        if token.concept not in who or not token.text[:1].isupper():
            continue
        found = _away(tokens, step) or _without(tokens, step)
        if found is None:
            continue
        first, after = found
        if not _same_event(here, there, about, first, after) or _another_time(there, token.sentence, when):
            continue
        mine = value_at(here, "negation", at, at + width, Claimed("present", False))
        its = value_at(there, "negation", first, min(after, first + 6), Claimed("present", True))
        return [ValuePair("negation", mine, its, 0.85)]
    return []


def speaks(here: Reading) -> bool:
    """Whether the fact says of one person that they are at an event: then only :func:`absences` judges that."""
    return not here.lows.isdisjoint(_OPENING) and _told(here) is not None


def _told(here: Reading) -> tuple[int, int, frozenset[str], frozenset[str]] | None:
    """Where the fact says that somebody is there, who (the surname), and at what: concepts of event and place."""
    tokens = here.tokens
    for at in range(1, len(tokens)):
        width = _cue(tokens, at, _THERE)
        if not width or at in here.reached or refused(tokens, at):
            continue
        names = [t for t in tokens[:at] if t.text[:1].isupper() and t.content and len(t.concept) > 2]
        about = frozenset(t.concept for t in tokens[at + width :] if t.content)
        if tokens[at].low in ("is", "was") and not about & _EVENTS:
            continue
        if not names or not about or any(t.low in ("and", "or", ",") for t in tokens[:at]):
            return None
        return at, width, frozenset((names[-1].concept,)), about
    return None


_EVENTS = bag("talk summit meet confer session ceremoni trial hear funer final match inquiri round debat congress")


def _cue(tokens: tuple[Token, ...], at: int, cues: tuple[tuple[str, ...], ...]) -> int:
    return max((len(cue) for cue in cues if tokens[at].low == cue[0] and phrase(tokens, at, *cue)), default=0)


def _away(tokens: tuple[Token, ...], name: int) -> tuple[int, int] | None:
    """The words after the name at `name` that say it was not there: [first, after)."""
    sentence = tokens[name].sentence
    if name + 1 < len(tokens) and tokens[name + 1].low in ("and", "or") and tokens[name + 1].sentence == sentence:
        return None
    if tokens[name].text.endswith(("'s", "’s")):
        gone = name + 1 < len(tokens) and tokens[name + 1].low in ("absence", "no-show") and not refused(tokens, name)
        return (name + 1, name + 2) if gone else None
    for at in _verbs(tokens, name):
        found = _denied_at(tokens, at)
        if found is not None and not refused(tokens, found[0]):
            return found
    return None


def _verbs(tokens: tuple[Token, ...], name: int) -> list[int]:
    """Where a verb may stand that has the name as its subject: after adverbs, and after an inserted clause."""
    sentence = tokens[name].sentence
    at, found = name + 1, []
    while at < len(tokens) and tokens[at].sentence == sentence:
        token = tokens[at]
        if token.text in ",(" and at + 1 < len(tokens):
            close = at + 1
            while close < len(tokens) and tokens[close].text not in ",)" and tokens[close].sentence == sentence:
                close += 1
            if close >= len(tokens) or tokens[close].sentence != sentence or close - at > 16:
                break
            found += [at + 1] if tokens[at + 1].low in _AUXILIARIES or _cue(tokens, at + 1, _AWAY) else []
            found += [at + 2] if tokens[at + 1].low == "who" else []
            at = close + 1
            continue
        if token.low in _TELLING:  # "X said (that) he would not": X again
            at += 2 if phrase(tokens, at + 1, "that") else 1
            if at >= len(tokens) or tokens[at].low not in ("he", "she"):
                break
            at += 1
            continue
        found.append(at)
        if token.low not in _ASIDE and not token.low.endswith("ly"):
            break
        at += 1
    return found


def _denied_at(tokens: tuple[Token, ...], at: int) -> tuple[int, int] | None:
    width = _cue(tokens, at, _AWAY) if at < len(tokens) else 0
    if width:
        return at, at + width
    if at + 1 >= len(tokens):
        return None
    low, following = tokens[at].low, tokens[at + 1].low
    if low in _REFUSING:
        step = at + 2 if following == "to" else at + 1
        if following == "not" and phrase(tokens, at + 2, "to"):
            step = at + 3
            width = _cue(tokens, step, _GOING) if step < len(tokens) else 0
        elif low in ("decided", "chose", "opted"):
            width = _cue(tokens, step, _AWAY) if following == "to" and step < len(tokens) else 0
        else:
            width = _cue(tokens, step, _GOING) if following == "to" and step < len(tokens) else 0
        return (at, step + width) if width else None
    short = low.endswith(("n't", "n’t")) or low == "cannot"
    if low in _AUXILIARIES and following in ("not", "never"):
        step = at + 2
    elif short:
        step = at + 1
    elif low in ("will", "would", "to", "going"):
        width = _cue(tokens, at + 1, _AWAY)
        return (at, at + 1 + width) if width else None
    else:
        return None
    while (
        step < len(tokens)
        and tokens[step].low in ("be", "himself", "herself", "personally")
        and not _cue(tokens, step, _GOING)
    ):
        step += 1
    if step >= len(tokens):
        return None
    width = _cue(tokens, step, _GOING) or (_cue(tokens, step, _BEING) if low not in ("did", "does", "do") else 0)
    return (at, step + width) if width else None


_NOT_TOLD = bag("will would cannot could may might no not doubt doubts never if fears warns")


def _another_time(there: Reading, sentence: int, when: date | None) -> bool:
    """Whether the sentence dates what it tells far from `when`."""
    if when is None:
        return False
    days = [p.value.payload for p in there.placed if p.sentence == sentence and isinstance(p.value.payload, Day)]
    return any(
        (day.year is not None and day.year != when.year)
        or (
            day.grain == "day" and all(min(abs((d - when).days) for d in span) > 14 for span in day.spans) and day.spans
        )
        for day in days
    )


def _without(tokens: tuple[Token, ...], name: int) -> tuple[int, int] | None:
    """ "The talks opened without X": the words [first, after) up to the name."""
    first = name
    while first > 0 and name - first < 4 and (tokens[first - 1].text[:1].isupper() or tokens[first - 1].text == "."):
        first -= 1
    if first > 0 and tokens[first - 1].low == "without" and not refused(tokens, first - 1):
        if any(t.low in _NOT_TOLD for t in tokens[:first] if t.sentence == tokens[first].sentence):
            return None
        following = tokens[name + 1].low if name + 1 < len(tokens) else ""
        possessed = tokens[name].text.endswith(("'s", "’s"))
        return None if possessed or following in ("being", "having", "knowing") else (first - 1, name + 1)
    return None


_PREPOSITIONS = bag("in at of for to from with by on over")
_LIMITED = bag("alone before until till only just first initially yet because unless")  # "not before noon", "not alone"


def _same_event(here: Reading, there: Reading, about: frozenset[str], first: int, after: int) -> bool:
    """Whether what was missed is the fact's event: named right after, or the sentence's if nothing is named there."""
    tokens = there.tokens
    sentence = tokens[first].sentence
    stop = after
    while stop < len(tokens) and stop - after < 10 and tokens[stop].sentence == sentence:
        if tokens[stop].text in ",;:.—–" or tokens[stop].low in _EVENT_END:
            break
        stop += 1
    if any(t.low in _LIMITED for t in tokens[after : stop + 4] if t.sentence == sentence):
        return False
    end = next((i for i in range(after, stop) if tokens[i].low in _PREPOSITIONS), stop)
    named = [t for t in tokens[after:end] if t.content]
    if any(t.text.endswith(("'s", "’s")) and t.concept in about & _EVENTS for t in named):
        return False  # "the vote of the hearing", "the hearing's first day"
    ours = {p.value.payload.name: p.value.payload for p in here.placed if isinstance(p.value.payload, Spot)}
    for p in there.placed:
        value = p.value.payload
        if p.sentence != sentence:
            continue
        near = after - 1 <= p.first < stop
        if isinstance(value, Spot) and near and any(places.compatible(o, value) is False for o in ours.values()):
            return False
        if isinstance(value, Ordinal) and near and value.rank > 1:
            return False
    matched = {t.concept for t in named} & about
    if tokens[after - 1].low in ("in", "to") and named:  # a place: "was not in Ankara" tells nothing of Rome
        return bool(matched)
    if named:
        return bool(matched & _EVENTS) or bool(matched and not {t.concept for t in named} & _EVENTS)
    return bool(there.sentences[sentence] & about & _EVENTS)
