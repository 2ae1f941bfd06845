"""One sentence with one value changed: another number, day, place, person or polarity, so that the two contradict."""

# ruff: noqa: SIM905, E501  seeded draws hide nothing; word lists read as prose; tables of patterns are clearer unbroken

import random
import re
from collections.abc import Callable, Iterable

from flows.compare.gazetteer import cities, country_names
from flows.compare.training.names import FIRST_NAMES
from flows.compare.training.restyle import MONTH, MONTHS, ONES, WEEKDAY, WEEKDAYS

Edit = Callable[[str, random.Random], "str | None"]


def _substitute(match: re.Match[str], text: str, new: str) -> str:
    if match[0][:1].isupper():
        new = new[:1].upper() + new[1:]
    return text[: match.start()] + new + text[match.end() :]


_PLAIN_NUMBER = re.compile(r"(?<![\w.,:/-])(?:[$£€])?(\d[\d,]*(?:\.\d+)?)(?![\w:/]|[.,]\d|(?:st|nd|rd|th)\b)")


def _number(text: str, draw: random.Random) -> str | None:
    found = [
        m
        for m in _PLAIN_NUMBER.finditer(text)
        if not re.search(rf"(?:{MONTH})\.? $", text[: m.start(1)]) and not re.match(rf" (?:{MONTH})", text[m.end() :])
    ]
    if not found:
        return None
    match = draw.choice(found)
    old = match[1]
    value = float(old.replace(",", ""))
    if len(old) == 4 and old.isdigit() and 1800 <= value <= 2100:
        new = str(int(value) + draw.choice([-9, -6, -4, -3, -2, -1, 1, 2, 3, 5]))
    elif "." in old:
        new = f"{value * draw.choice([0.4, 0.6, 0.8, 1.3, 1.7, 2.4]):.{len(old.split('.')[1])}f}"
    elif value <= 12:
        new = str(draw.choice([n for n in range(2, 15) if n != value]))
    else:
        zeros = len(old.replace(",", "")) - len(old.replace(",", "").rstrip("0"))
        scaled = round(value * draw.choice([0.3, 0.5, 0.7, 0.8, 1.25, 1.5, 2, 3]) / 10**zeros) * 10**zeros
        new = f"{scaled:,}" if "," in old else str(scaled)
    return (
        None if new == old or float(new.replace(",", "")) == 0 else text[: match.start(1)] + new + text[match.end(1) :]
    )


_SMALL = re.compile(
    r"\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|dozens|hundreds|thousands)\b"
)


def _number_word(text: str, draw: random.Random) -> str | None:
    found = list(_SMALL.finditer(text))
    if not found:
        return None
    match = draw.choice(found)
    if match[1].endswith("s") and match[1] != "six":
        pool = ["dozens", "hundreds", "thousands", "millions"]
    else:
        pool = [*ONES[2:13], "fifteen", "twenty", "thirty"]
    return _substitute(match, text, draw.choice([w for w in pool if w != match[1]]))


def _weekday(text: str, draw: random.Random) -> str | None:
    found = list(re.finditer(rf"\b({WEEKDAY})\b", text))
    if not found:
        return None
    match = draw.choice(found)
    return _substitute(match, text, draw.choice([d for d in WEEKDAYS if d != match[1]]))


def _date(text: str, draw: random.Random) -> str | None:
    match = re.search(rf"\b(?:({MONTH}) (\d{{1,2}})|(\d{{1,2}}) ({MONTH})|in ({MONTH}))\b", text)
    if match is None:
        return None
    month = match[1] or match[4] or match[5]
    day = match[2] or match[3]
    other_month = draw.choice([m for m in MONTHS if m != month])
    if day is None:
        return _substitute(match, text, f"in {other_month}")
    if draw.random() < 0.6:
        new_day, new_month = str(draw.choice([d for d in range(1, 29) if d != int(day)])), month
    else:
        new_day, new_month = day, other_month
    return _substitute(match, text, f"{new_month} {new_day}" if match[1] else f"{new_day} {new_month}")


_UNITS = ("seconds", "minutes", "hours", "days", "weeks", "months", "years", "decades")


def _unit(text: str, draw: random.Random) -> str | None:
    forms = [
        (r"(?<=\d )(?:minutes|hours|days|weeks|months|years)\b", list(_UNITS[1:7])),
        (
            r"(?<=[a-z] )(?:minutes|hours|days|weeks|months|years|decades)(?= (?:ago|later|after|before|of|in)\b)",
            list(_UNITS[1:]),
        ),
        (r"(?<=-)(?:minute|hour|day|week|month|year)\b", ["minute", "hour", "day", "week", "month", "year"]),
        (r"\b(?:million|billion|trillion)\b", ["million", "billion", "trillion"]),
        (r"\b(?:kilometers|kilometres|miles|meters|metres|feet)\b", ["kilometres", "miles", "metres", "feet"]),
        (r"\b(?:tons|tonnes|kilograms|pounds)\b", ["tonnes", "kilograms", "pounds"]),
    ]
    for pattern, pool in draw.sample(forms, len(forms)):
        match = re.search(pattern, text)
        if match:
            same = {match[0], match[0].replace("meters", "metres"), match[0].replace("tons", "tonnes")}
            return _substitute(match, text, draw.choice([u for u in pool if u not in same]))
    return None


_ROLES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"\bformer (?=[a-z]|U\.S\.|US )", ("current ", "", "acting ")),
    (r"\bcurrent (?=[a-z])", ("former ",)),
    (r"\bacting (?=head|director|president|chief|minister|secretary|chair|prime)", ("former ", "deputy ")),
    (r"\bdeputy (?=[a-z])", ("", "former ")),
    (r"\b[Vv]ice [Pp]resident\b", ("president", "former vice president")),
    (r"(?<!ice )(?<!former )(?<!ormer )\b(?:the )?[Pp]resident (?=[A-Z])", ("former president ", "vice president ")),
    (r"\b[Pp]rime [Mm]inister\b", ("foreign minister", "former prime minister", "deputy prime minister", "president")),
    (r"\b[Ff]oreign [Mm]inister\b", ("prime minister", "defence minister", "former foreign minister")),
    (r"\bdefen[cs]e (?=minister|secretary)", ("foreign ", "former defence ")),
    (r"\b(?:Sen\.|Senator) (?=[A-Z])", ("former Senator ", "Governor ", "Representative ")),
    (r"\b(?:Rep\.|Representative) (?=[A-Z])", ("former Representative ", "Senator ")),
    (r"\b(?:Gov\.|Governor) (?=[A-Z])", ("former Governor ", "Lieutenant Governor ")),
    (r"\bmayor\b", ("former mayor", "deputy mayor", "governor")),
    (r"\bchairman\b", ("deputy chairman", "former chairman")),
    (r"\bchief executive\b", ("finance chief", "former chief executive", "chairman")),
    (r"\b(?:spokesman|spokeswoman)\b", ("former minister", "lawyer")),
    (r"\bcoach\b", ("captain", "former coach", "assistant coach")),
    (r"\bdirector\b", ("deputy director", "former director")),
    (r"\bambassador to\b", ("former ambassador to", "consul in")),
)


def _role(text: str, draw: random.Random) -> str | None:
    for pattern, pool in draw.sample(_ROLES, len(_ROLES)):
        match = re.search(pattern, text)
        if match:
            return _substitute(match, text, draw.choice(pool))
    return None


_ANTONYMS = [
    tuple(line.split("/"))
    for line in (
        "rose/fell increased/decreased accepted/rejected won/lost opened/closed arrived/left before/after more/fewer up/down "
        "began/ended started/stopped supported/opposed allowed/banned approved/blocked higher/lower increase/decrease "
        "male/female men/women north/south east/west northern/southern eastern/western first/second early/late older/younger "
        "success/failure alive/dead guilty/innocent legal/illegal public/private strong/weak inside/outside entered/left "
        "above/below joined/quit hired/fired released/detained freed/jailed acquitted/convicted strengthened/weakened "
        "improved/worsened raised/cut gained/lost largest/smallest biggest/smallest best/worst most/least always/never "
        "everyone/nobody all/none many/few both/neither passed/failed confirmed/denied agreed/refused unanimous/divided "
        "majority/minority expand/shrink expanded/shrank growth/decline import/export imports/exports buy/sell bought/sold "
        "urban/rural win/defeat victory/defeat profit/loss gains/losses include/exclude included/excluded succeeded/failed "
        "withdrew/submitted suspended/resumed continue/stop continued/stopped possible/impossible likely/unlikely "
        "same/different full/empty true/false safe/dangerous peaceful/violent temporary/permanent direct/indirect "
        "conservative/liberal Republican/Democratic Republicans/Democrats Republican/Democrat domestic/foreign son/daughter "
        "husband/wife brother/sister mother/father boy/girl man/woman"
    ).split()
]
_OPPOSITE: dict[str, list[str]] = {}
for _one, _two in _ANTONYMS:
    _OPPOSITE.setdefault(_one, []).append(_two)
    _OPPOSITE.setdefault(_two, []).append(_one)


def _antonym(text: str, draw: random.Random) -> str | None:
    found = [
        m for m in re.finditer(r"\b[A-Za-z]+\b", text) if m[0] in _OPPOSITE and not text[m.end() :].startswith("-")
    ]
    # Frequent function words would crowd out the rest.
    rare = [
        m
        for m in found
        if m[0] not in {"up", "down", "all", "more", "most", "before", "after", "many", "first", "same"}
    ]
    found = rare or found
    if not found:
        return None
    match = draw.choice(found)
    return _substitute(match, text, draw.choice(_OPPOSITE[match[0]]))


_POLARITY = (
    (r"\bwill (?!not|be no)(?=[a-z])", "will not "),
    (r"\bwill not ", "will "),
    (r"\bhas (?=[a-z]+ed\b)", "has not "),
    (r"\bhave (?=[a-z]+ed\b)", "have not "),
    (r"\bhas not ", "has "),
    (r"\bhave not ", "have "),
    (r"\bwas (?=[a-z]+ed\b)", "was not "),
    (r"\bwere (?=[a-z]+ed\b)", "were not "),
    (r"\bis (?=an? |the )", "is not "),
    (r"\bwas (?=an? |the )", "was not "),
    (r"\bwas not ", "was "),
    (r"\bis not ", "is "),
    (r"\bcan (?=[a-z]+)(?!not)", "cannot "),
    (r"\bcannot ", "can "),
    (r"\bdid not agree\b", "agreed"),
    (r"\bwould not ", "would "),
    (r"\bwould (?!not)(?=[a-z])", "would not "),
)


def _polarity(text: str, draw: random.Random) -> str | None:
    if len(text.split()) > 26:
        return None
    text = re.sub(r"n't\b", " not", text.replace("can't", "cannot").replace("won't", "will not"))
    for pattern, new in draw.sample(_POLARITY, len(_POLARITY)):
        match = re.search(pattern, text)
        if match:
            return text[: match.start()] + new + text[match.end() :]
    return None


_QUANTIFIERS = (
    (r"\bat least (?=\d|two |three |four |five |six |ten |a dozen|half)", ("fewer than ", "at most ")),
    (r"\bmore than (?=[$£€\d]|[a-z]+ )", ("less than ",)),
    (r"\bless than (?=[$£€\d])", ("more than ",)),
    (r"\bfewer than ", ("more than ",)),
    (r"\bnearly (?=\d)", ("well over ",)),
    (r"\ball of the\b", ("none of the",)),
    (r"\bthe first time\b", ("the second time", "the third time")),
    (r"\bthe second (?=[a-z])", ("the first ", "the fourth ")),
    (r"\bthe third (?=[a-z])", ("the fifth ", "the first ")),
    (r"\bOnly (?=[a-z]+ )", ("Not only ",)),
    (r"\bhalf of\b", ("a tenth of", "all of")),
    (r"\bevery\b", ("no",)),
)


def _quantifier(text: str, draw: random.Random) -> str | None:
    for pattern, pool in draw.sample(_QUANTIFIERS, len(_QUANTIFIERS)):
        match = re.search(pattern, text)
        if match:
            return _substitute(match, text, draw.choice(pool))
    return None


_PLACE = re.compile(r"(?<![\w-])(?<![A-Z][a-z]{3} )([A-Z][a-z]{3,})(?![\w-]| [A-Z])")
_COUNTRY_POOL = tuple(sorted(n.title() for n in country_names() if n.isalpha() and 4 <= len(n) <= 11))
_CITY_POOL = tuple(
    "London Paris Berlin Rome Vienna Nairobi Cairo Lagos Mumbai Delhi Beijing Shanghai Tokyo Seoul Sydney Toronto Chicago "
    "Boston Houston Dallas Miami Seattle Denver Atlanta Detroit Geneva Brussels Warsaw Prague Lisbon Dublin Athens Dubai "
    "Jakarta Manila Karachi Lima Bogota Santiago Moscow Washington Philadelphia Baltimore Phoenix".split()
)


def _place(text: str, draw: random.Random) -> str | None:
    found = [
        m
        for m in _PLACE.finditer(text)
        if (m[1].lower() in country_names() or m[1] in _CITY_POOL)
        and not re.search(r"[A-Z][a-z]+ $", text[: m.start()])
    ]
    if not found:
        return None
    match = draw.choice(found)
    pool = _COUNTRY_POOL if match[1].lower() in country_names() else _CITY_POOL
    return _substitute(match, text, draw.choice([p for p in pool if p != match[1]]))


_PERSON = re.compile(r"(?<![\w-])([A-Z][a-z]+) ([A-Z][a-z]{2,})(?![\w-])")


def people(text: str) -> list[re.Match[str]]:
    """Return where a text names people in full."""
    return [m for m in _PERSON.finditer(text) if m[1] in FIRST_NAMES and m[2].lower() not in cities()]


def _person(pool: list[str]) -> Edit:
    """Return an edit that puts another of the pool's people in place of one in the sentence."""

    def edit(text: str, draw: random.Random) -> str | None:
        found = people(text)
        if not found:
            return None
        match = draw.choice(found)
        others = [n for n in pool if n.split()[1] != match[2]]
        return _substitute(match, text, draw.choice(others)) if others else None

    return edit


_SYMMETRIC = re.compile(r"\b(?:met|meet|meets|meeting|talks|between|with|and|or|both|against|versus|spoke|called)\b")


def _swap(text: str, draw: random.Random) -> str | None:
    """Exchange two people or two countries, unless the words between them make the relation hold both ways."""
    spots = [(m.start(), m.end()) for m in people(text)]
    if len(spots) < 2:
        spots = [(m.start(1), m.end(1)) for m in _PLACE.finditer(text) if m[1].lower() in country_names()]
    if len(spots) < 2:
        return None
    k = draw.randrange(len(spots) - 1)
    (a, b), (c, d) = spots[k], spots[k + 1]
    between = text[b:c]
    if len(between.split()) < 2 or _SYMMETRIC.search(between) or "," in between or text[a:b] == text[c:d]:
        return None
    return text[:a] + text[c:d] + between + text[a:b] + text[d:]


_MODAL = (
    (r"\bwill (?!not)(?=[a-z])", ("may ", "might ", "could ", "would like to ", "hopes to ", "has been asked to ")),
    (r"\bhas (?=[a-z]+ed\b)", ("may have ", "is said to have ", "could soon have ")),
    (r"\bhave (?=[a-z]+ed\b)", ("may have ", "might have ", "are rumoured to have ")),
    (r"\bwas (?=[a-z]+ed\b)", ("may have been ", "was to be ", "could be ", "was reportedly about to be ")),
    (r"\bwere (?=[a-z]+ed\b)", ("may have been ", "were to be ", "might be ")),
    (r"\bannounced (?=a|the|plans|that)", ("is expected to announce ", "declined to say whether it would announce ")),
    (r"\bagreed to\b", ("was urged to", "was considering whether to", "is thinking about whether to")),
    (r"\bis (?!being)(?=[a-z]+ing\b)", ("may be ", "could soon be ")),
)


def weakened(text: str, draw: random.Random) -> str | None:
    """Return the sentence with what happened made a mere possibility; None where no verb invites it."""
    for pattern, pool in draw.sample(_MODAL, len(_MODAL)):
        match = re.search(pattern, text)
        if match:
            return _substitute(match, text, draw.choice(pool))
    return None


_DETAILS = (
    rf",? on (?:{WEEKDAY})(?: (?:morning|evening|night|afternoon))?(?=[ ,.])",
    rf" in (?:{MONTH})(?: \d{{4}})?(?=[ ,.])",
    r" in [A-Z][a-z]{3,}(?=[,.] | on | after | and |\.$)",
    r" (?:for|after) (?:\w+ ){1,2}(?:hours|days|weeks|months|years)(?=[ ,.])",
    r", (?:who|which|where) [^,]{12,90},(?= [a-z])",
    r", (?:including|along with|as well as) [^,.]{8,70}(?=[,.])",
    r" because of [^,.]{8,60}(?=[,.])",
    r", (?:after|before|while|despite) [^,.]{15,90}(?=\.$)",
    r" \([^)]{2,40}\)",
    r" by [A-Z][a-z]+ [A-Z][a-z]+(?=[,.])",
)


def without_detail(text: str, draw: random.Random) -> str | None:
    """Return the sentence without one time, place or side remark; None where it has none to spare."""
    for pattern in draw.sample(_DETAILS, len(_DETAILS)):
        match = re.search(pattern, text)
        if match:
            joint = " " if match[0].endswith((" ", ",")) and "(" not in match[0] else ""
            shorter = re.sub(r"\s+", " ", text[: match.start()] + joint + text[match.end() :]).replace(" ,", ",")
            return shorter if len(shorter.split()) >= 6 else None
    return None


def shorten(text: str, draw: random.Random) -> str:
    """Return the sentence as an editor would list it as a fact: attribution and side remarks off, where that reads well."""
    tail = re.search(
        rf", (?:the |an? |[A-Z])[^,]{{2,50}} (?:said|says|reported|told reporters)(?: on (?:{WEEKDAY}))?\.$", text
    )
    if tail and "“" not in text and '"' not in text and draw.random() < 0.7:
        text = text[: tail.start()] + "."
    tail = re.search(r", according to [^,]{4,60}\.$", text)
    if tail and draw.random() < 0.7:
        text = text[: tail.start()] + "."
    if draw.random() < 0.4:
        text = re.sub(r", (?:who|which) [^,]{8,70},(?= [a-z])", "", text, count=1)
    if draw.random() < 0.3:
        text = re.sub(r", (?:with|while|as|including|leaving|making) [^,.]{10,90}\.$", ".", text)
    return text


_EDITS: tuple[tuple[str, Edit, float], ...] = (
    ("number", _number, 4.0),
    ("number", _number_word, 3.0),
    ("date", _weekday, 3.0),
    ("date", _date, 4.0),
    ("unit", _unit, 3.0),
    ("role", _role, 4.0),
    ("antonym", _antonym, 2.0),
    ("negation", _polarity, 1.5),
    ("quantifier", _quantifier, 4.0),
    ("place", _place, 4.0),
    ("swapped", _swap, 14.0),
)


def edits_among(sentences: Iterable[str]) -> list[tuple[str, Edit, float]]:
    """Return the kinds of edit, each with its function and how often it is wanted; people are those of the sentences."""
    pool = sorted({m[0] for sentence in sentences for m in people(sentence)})
    return [*_EDITS, ("person", _person(pool), 5.0)]


_EXACT = re.compile(
    r"(?<![\w.,:/$£€-])(?<!than )(?<!least )(?<!about )(?<!nearly )(?<!some )(?<!around )(?<!over )(?<!up to )(?<!ately )"
    r"(\d{1,3}(?:,\d{3})+|\d{2,3})(?= (?:[a-z]+ )?(?:people|men|women|children|[a-z]{3,}s)\b(?! old))"
)


def bounds(text: str, draw: random.Random) -> tuple[str, str, str] | None:
    """Return the sentence with its number as a bound that it meets, as one that it breaks, and with it made vague.

    None where no count of at least 13 stands free. The exact text supports the first and contradicts the second; the
    vague text decides nothing about the exact one.
    """
    found = [m for m in _EXACT.finditer(text) if float(m[1].replace(",", "")) >= 13]
    found = [m for m in found if not re.search(rf"(?:{MONTH})\.? $", text[: m.start()])]
    if not found:
        return None
    match = draw.choice(found)
    value = int(match[1].replace(",", ""))
    scale = 10 ** (len(str(value)) - 1)
    below = max(value // scale * scale, 10) if value // scale * scale < value else value - scale // 2 - 1
    above = (value // scale + draw.choice([1, 2])) * scale

    def put(words: str, number: int) -> str:
        return f"{text[: match.start()]}{words} {number:,}{text[match.end() :]}"

    met = draw.choice(
        [put("more than", below), put("at least", below), put("fewer than", above), put("less than", above)]
    )
    broken = draw.choice(
        [put("fewer than", below), put("more than", above), put("at least", above), put("at most", below)]
    )
    vague = draw.choice(
        [put("more than", below), put("at least", below), f"{text[: match.start()]}dozens of{text[match.end() :]}"]
    )
    if value >= 200:
        vague = put("more than", below)
    return met, broken, vague
