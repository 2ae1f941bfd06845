"""Words of a short text: tokens with offsets, and the concept each stands for.

A concept is the stem of a word, joined with its commonest synonyms in the news ("truce" and "ceasefire", "died" and
"killed"), with demonyms and capitals led back to their country and spellings of a name to one of them. Two texts that
share concepts speak of the same thing; which of two values is right is decided elsewhere.
"""

import re
from functools import lru_cache
from typing import NamedTuple

import snowballstemmer  # type: ignore[import-untyped]

from flows.compare.gazetteer import country_codes


def bag(words_in_a_row: str) -> frozenset[str]:
    """The words of a literal as a set; long word lists read better in a row than one to a line."""
    return frozenset(words_in_a_row.split())


def listed(words_in_a_row: str) -> list[str]:
    """The words of a literal in their order."""
    return words_in_a_row.split()


_STEMMER = snowballstemmer.stemmer("english")

_TOKEN = re.compile(
    r"(?P<num>\d{1,2}:\d\d(?::\d\d)?|\d+(?:[.,]\d+)*)"
    r"|(?P<word>(?:[^\W\d_]\.){2,}|[^\W\d_]+(?:['’][^\W\d_]+)*)"
    r"|(?P<sym>[%€$£¥₹₽₴])"
    r"|(?P<punct>[^\w\s])"
)

IRREGULAR = dict(
    pair.split(":")
    for pair in listed(
        "led:lead rose:rise risen:rise fell:fall fallen:fall won:win lost:lose began:begin begun:begin beginning:begin "
        "sent:send held:hold met:meet took:take taken:take gave:give given:give left:leave shot:shoot sold:sell "
        "bought:buy built:build kept:keep paid:pay broke:break broken:break spoke:speak spoken:speak struck:strike "
        "fought:fight found:find made:make came:come went:go gone:go ran:run sank:sink sunk:sink drew:draw drawn:draw "
        "flew:fly flown:fly grew:grow grown:grow knew:know known:know chose:choose chosen:choose wrote:write "
        "written:write stole:steal stolen:steal brought:bring caught:catch felt:feel heard:hear told:tell "
        "thought:think withdrew:withdraw withdrawn:withdraw threw:throw thrown:throw swore:swear sworn:swear men:man "
        "women:woman children:child overthrown:overthrow shrank:shrink shrunk:shrink dealt:deal stood:stand sat:sit "
        "saw:see seen:see said:say became:become lay:lie forbade:forbid forbidden:forbid hid:hide hidden:hide "
        "burnt:burn bore:bear drove:drive driven:drive ate:eat forgot:forget froze:freeze frozen:freeze rang:ring "
        "sang:sing sought:seek slept:sleep spent:spend taught:teach wore:wear bled:bleed bound:bind fled:flee "
        "lent:lend meant:mean rode:ride shook:shake shaken:shake slid:slide split:split understood:understand "
        "upheld:uphold overtook:overtake overcame:overcome underwent:undergo halved:halve "
        "dying:die died:die dies:die dead:dead deaths:death aged:age"
    )
)

# One concept a line, the words that stand for it. Only near-synonyms: a wrong pair here costs precision everywhere.
_CONCEPTS = """
kill die dead death deaths fatalities killed toll slain casualties perished
wound wounded injure injured hurt injuries
ceasefire truce armistice
talk negotiate negotiations negotiation talks
delegation team
lead head chair helm spearhead leads
arrest detain detained apprehend
deal accord pact treaty agreement
fire blaze wildfire
quake earthquake tremor
UP rise increase grow climb raise soar surge jump gain lift hike
DOWN fall decrease decline drop lower shrink slump plunge dip slip
fast-up accelerate quicken
slow-down slow ease
accept approve approved adopt endorse back ratify pass grant accepted uphold
reject refuse decline spurn rebuff block veto rejected overturn
win triumph victory
lose defeat loss beaten
open reopen
close shut closure
begin start commence launch kick
end finish conclude over
release free freed
jail imprison
resign quit
appoint name nominate
dismiss sack fire-someone oust
support favour favor
oppose object
present attend
absent skip
arrive reach
leave depart
strengthen reinforce
weaken soften
allow permit authorise authorize
ban forbid prohibit bar
lawful legal
unlawful illegal unconstitutional
acquit clear acquitted cleared
convict guilty convicted
admit confess concede
suspend halt pause
resume restart
extend prolong lengthen
shorten curtail
double twofold
halve halved
upgrade raised
downgrade lowered
buy purchase acquire
sell sale
soldier troop troops servicemen
child kid children
police officer officers
car vehicle cars
plane aircraft jet
boat vessel ship dinghy
euro euros
firm company
"""

# Words that carry no content of their own; reporting verbs among them, for every report has one.
STOP = bag(
    """a an the of in on at by for from to into onto with without and or nor but as than that this these those it its he
    him his she her they them their we our you your i my who whom whose which what where when while if then there here
    is are was were be been being am has have had having do does did doing will would shall should can could may might
    must not no so such very more most less least much many some any each every all both either neither other another
    own same just only also too even still yet again already up out off over under about around between among after
    before during since until till against through per via within upon across along amid near despite say said says
    saying tell told according report reported reports reporter add added adding announce announced statement spokesman
    spokeswoman spokesperson mr mrs ms dr sir however meanwhile because although though whereas how why me us not's
    one ones s t new now well like get got go went make made take took come came put whether
    monday tuesday wednesday thursday friday saturday sunday today yesterday tomorrow day week month year hour minute
    january february march april june july august september october november december
    days weeks months years hours minutes million billion thousand hundred percent cent
    """
)

_ABBREVIATIONS = bag(
    "mr mrs ms dr st gen lt col sgt capt maj sen rep gov no vs jr sr prof rev hon pres sec dept jan feb mar apr "
    "jun jul aug sep sept oct nov dec approx"
)
_CUTS = bag("but while although though whereas who which whose because unless if when whom where whether")


class Token(NamedTuple):
    """One word, number or mark: its text and place, what it stands for, its sentence and clause."""

    text: str
    low: str
    start: int
    end: int
    kind: str  # word, num, sym, punct
    concept: str
    content: bool
    sentence: int
    clause: int


@lru_cache(maxsize=50_000)
def stem(low: str) -> str:
    """The stem of a lower-case word; forms of irregular verbs lead to their infinitive."""
    return str(_STEMMER.stemWord(IRREGULAR.get(low, low)))


def _concept_table() -> dict[str, str]:
    table: dict[str, str] = {}
    for line in _CONCEPTS.strip().splitlines():
        first, *others = line.split()
        for word in (first, *others):
            table.setdefault(stem(word.lower()), first)
    return table


_TABLE = _concept_table()


@lru_cache(maxsize=50_000)
def concept(low: str) -> str:
    """What a lower-case word stands for: a country's code, a synonym's head, or its stem."""
    code = country_codes().get(low)
    if code:
        return code
    found = stem(low)
    return _TABLE.get(found, found)


@lru_cache(maxsize=64)
def _spellings(aliases: frozenset[tuple[str, str]]) -> dict[str, str]:
    """A spelling in lower case -> the concept of its name: a country's code, or the stem of the surname."""
    return {spelling.lower(): _named(name.lower()) for spelling, name in aliases}


def _named(name: str) -> str:
    # A country stays what the gazetteer calls it, so that its demonym is the same concept.
    return country_codes().get(name) or (
        "US" if name == "united states" else concept(name.split()[-1] if name else name)
    )


@lru_cache(maxsize=4096)  # a seed's facts, and the passages and contexts of an article, are asked for again and again
def words(text: str, aliases: frozenset[tuple[str, str]] = frozenset()) -> tuple[Token, ...]:
    """The tokens of a text, in order; `text[t.start:t.end] == t.text` holds for each."""
    spellings = _spellings(aliases)
    found: list[Token] = []
    sentence = clause = 0
    last = ""
    ended = abbreviated = False
    previous_end = 0
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "punct"
        raw = match.group()
        start, end = match.span()
        gap = text[previous_end:start]
        if abbreviated and raw.lower() not in STOP:
            ended = False  # "the U.S. President": only a word that opens sentences shows that one has ended
        if "\n" in gap or (ended and gap and (raw[0].isupper() or raw[0] in "“\"'‘«—" or raw[0].isdigit())):
            sentence += 1
            clause += 1
        if kind == "punct":
            abbreviated = False
            ended = raw in ".!?…" and not (
                raw == "." and (last in _ABBREVIATIONS or (len(last) == 1 and last.isalpha()))
            )
            ended = ended or (
                raw in "”\"'’»)" and found != [] and found[-1].text in ".!?…" and found[-1].kind == "punct"
            )
            if raw in ',;:()[]—–“”"«»' or (raw == "-" and gap):
                clause += 1
            found.append(Token(raw, raw, start, end, kind, raw, False, sentence, clause))
        else:
            low = raw.lower()
            if low.endswith(("'s", "’s")):
                low = low[:-2]
            if low in _CUTS:
                clause += 1
            ended = abbreviated = kind == "word" and raw.endswith(".") and gap != "" and last != ""
            if kind == "word":
                if raw == "US" or (low != "us" and low in spellings):
                    meaning = "US" if raw == "US" else spellings[low]
                    content = True
                else:
                    meaning = concept(low)
                    content = low not in STOP and (len(low) > 1)
            else:
                meaning, content = low, False
            found.append(Token(raw, low, start, end, kind, meaning, content, sentence, clause))
            last = low
        previous_end = end
    return tuple(found)


def statements(claim: str) -> tuple[str, ...]:
    """The sentences of a claim, each with a word in it; the claim itself if it is one or has none."""
    found: list[list[Token]] = []
    for token in words(claim):
        if found and found[-1][0].sentence == token.sentence:
            found[-1].append(token)
        else:
            found.append([token])
    told = [claim[group[0].start : group[-1].end] for group in found if any(t.kind != "punct" for t in group)]
    return tuple(told) if len(told) > 1 else (claim,)


def concepts(tokens: tuple[Token, ...] | list[Token]) -> frozenset[str]:
    """The concepts of the content words among the tokens."""
    return frozenset(t.concept for t in tokens if t.content)


def phrase(tokens: tuple[Token, ...], at: int, *wanted: str) -> bool:
    """Whether the words `wanted` stand at position `at`, whatever their case."""
    return at >= 0 and all(at + k < len(tokens) and tokens[at + k].low == w for k, w in enumerate(wanted))
