"""What a number counts: the noun after it, what befell the people counted, and per what span of time."""

from flows.compare.numerals import MEASURES, UNITS
from flows.compare.words import STOP, Token, bag, concept, phrase

_JOINED = bag("kill wound soldier police plane boat car child delegation fire quake company deal prisoner home")
_SINGULARS = {
    "people": "person", "victims": "person", "persons": "person", "inhabitants": "person", "men": "man",
    "women": "woman", "aircraft": "plane", "lives": "kill", "firms": "company", "firm": "company",
    "households": "home", "homes": "home",
    "captives": "prisoner", "detainees": "prisoner",
}  # fmt: skip
_FATES = {
    "kill": "killed", "wound": "injured", "arrest": "arrested", "rescu": "rescued", "save": "rescued",
    "evacu": "evacuated", "miss": "missing", "free": "freed", "surviv": "survived", "survivor": "survived",
    "deport": "deported", "displac": "displaced", "strand": "stranded", "expel": "expelled", "employ": "employed",
    "exchang": "freed", "swap": "freed", "charg": "charged", "convicted": "convicted", "return": "returned",
    "hospit": "injured", "hospitalis": "injured",
}  # fmt: skip
_IRREGULAR_PLURALS = bag(
    "people men women children police troops dead killed injured wounded missing aircraft feet staff cattle personnel"
)


def noun(token: Token) -> str:
    """A counted noun without its plural, joined with its synonyms; not its stem, for villages are not villagers."""
    low = token.low
    if low in _SINGULARS:
        return _SINGULARS[low]
    joined = concept(low)
    if joined in _JOINED or (len(joined) == 2 and joined.isupper()):
        return joined
    if low.endswith("ies") and len(low) > 4:
        return low[:-3] + "y"
    return low[:-1] if low.endswith("s") and not low.endswith(("ss", "us", "is")) else low


def nouns_after(tokens: tuple[Token, ...], after: int) -> tuple[Token, ...]:
    """The counted noun: the first plural among the next words, or the words up to the first that cannot belong."""
    seen: list[Token] = []
    step = after
    while step < len(tokens) and len(seen) < 4:
        token = tokens[step]
        if token.text == "-" and seen:
            step += 1
            continue
        if not seen and (
            token.text == "-"
            or token.low in ("of", "more", "the", "other", "its", "their")
            or token.kind == "num"
            or token.low in UNITS
        ):
            step += 1
            continue
        if token.kind != "word" or (token.low in STOP and token.low not in ("others",)):
            break
        seen.append(token)
        if token.low in _IRREGULAR_PLURALS or (token.low.endswith("s") and not token.low.endswith(("ss", "us", "is"))):
            return (token,)
        step += 1
    return tuple(seen[:2])


def fate(tokens: tuple[Token, ...], first: int, after: int) -> str:
    """What befell the people counted by tokens[first:after]: killed, injured, freed …; "" if nothing near says."""
    clause, sentence = tokens[first].clause, tokens[first].sentence
    best, distance = "", 9
    for step in range(max(0, first - 8), min(len(tokens), after + 8)):
        token = tokens[step]
        if token.sentence == sentence and token.concept in _FATES:
            away = (first - step if step < first else step - after) + (0 if token.clause == clause else 3)
            away -= 2 if step >= after else 0  # what follows a number names its fate more often than what precedes it
            if away < distance:
                best, distance = _FATES[token.concept], away
    return best


_PER = {"annual": "year", "annually": "year", "yearly": "year", "monthly": "month", "weekly": "week", "daily": "day"}


def rate(tokens: tuple[Token, ...], first: int, after: int) -> str:
    """The span of time that a number is per ("month" in "500 migrants a month"), or ""."""
    for step in range(max(0, first - 4), min(len(tokens), after + 4)):
        if tokens[step].low in _PER and tokens[step].clause == tokens[first].clause:
            return _PER[tokens[step].low]
    for step in range(after, min(len(tokens) - 1, after + 4)):
        if step and tokens[step - 1].low in ("in", "within", "for", "of", "than", "after", "by"):
            continue
        span = tokens[step + 1].low
        timed = MEASURES.get(span, ("", ""))[1] == "time" and span not in ("second", "half")
        gone = phrase(tokens, step + 2, "ago") or phrase(tokens, step + 2, "later")
        if tokens[step].low in ("a", "an", "per", "each", "every") and timed and not gone:
            return span
        if tokens[step].kind == "punct" and tokens[step].text != "-":
            break
    return ""
