"""Captions and plain sentences with one word changed for another of its kind, or for one that means the same.

Small models learn that "a red line" and "a yellow line" overlap; they do not learn by themselves that one excludes
the other. The groups are of words that exclude each other in the same place; the synonyms keep the label honest.
"""

# ruff: noqa: SIM905, E501  word lists read as prose, a group a line

import random
import re
from collections.abc import Iterator, Sequence

from flows.compare.training.data import Pair

_EXCLUSIVE = """
red blue green yellow orange purple pink brown black white gray silver golden
one two three four five six seven eight nine ten eleven twelve
first second third fourth fifth sixth seventh eighth ninth tenth
American British French German Italian Spanish Russian Chinese Japanese Indian Canadian Mexican Brazilian Turkish Greek
Polish Dutch Swedish Norwegian Irish Egyptian Nigerian Kenyan Korean Vietnamese Thai Australian Pakistani Iranian
guitar violin piano drums trumpet flute saxophone cello harp accordion clarinet trombone
kitchen bathroom bedroom garage basement attic hallway balcony garden office classroom library
wooden plastic metal glass steel leather cotton paper stone concrete wool silk
coffee tea beer wine milk juice water lemonade whiskey vodka
apple banana pear peach melon grape lemon cherry strawberry
potato tomato carrot onion cucumber cabbage spinach pepper
dog cat horse cow sheep goat pig rabbit camel elephant
car bus train bicycle motorcycle truck boat airplane tram helicopter
Monday Tuesday Wednesday Thursday Friday Saturday Sunday
January February March April June July August September October November December
morning afternoon evening night
spring summer autumn winter
north south east west
basketball football baseball tennis hockey rugby volleyball cricket golf
doctor lawyer teacher farmer soldier fireman policeman carpenter journalist painter plumber butcher
France Germany Italy Spain Russia China Japan India Canada Mexico Brazil Turkey Greece Poland Sweden Norway Ireland Egypt
happy sad
young old
man woman
men women
boy girl
boys girls
inside outside
indoors outdoors
hot cold
wet dry
open closed
awake asleep
empty full
tall short
above below
left right
clean dirty
loud quiet
standing sitting lying
walking running swimming sleeping cycling
laughing crying
uphill downhill
Mercury Venus Mars Jupiter Saturn Uranus Neptune
mother father
son daughter
brother sister
husband wife
adult child
day night
winter summer
""".strip().splitlines()
_SAME = """
couch/sofa bicycle/bike automobile/car photo/photograph airplane/plane big/large small/little kid/child kids/children
happy/joyful sad/unhappy trash/garbage street/road shop/store film/movie sick/ill quick/fast start/begin near/close_to
beautiful/pretty loud/noisy angry/furious correct/right television/TV purchase/buy jump/leap shout/yell shouting/yelling
talking/speaking outdoors/outside indoors/inside lawyer/attorney doctor/physician policeman/police_officer rock/stone
ocean/sea forest/woods infant/baby garments/clothes clothing/clothes cab/taxi mom/mother dad/father couple/pair
jogging/running smiling/grinning observing/watching looking/gazing
""".split()

_GROUPS = [line.split() for line in _EXCLUSIVE]
_OTHERS: dict[str, list[str]] = {}
for _group in _GROUPS:
    for _word in _group:
        _OTHERS.setdefault(_word, []).extend(w for w in _group if w != _word)
_TWINS: dict[str, str] = {}
for _entry in _SAME:
    _one, _two = (w.replace("_", " ") for w in _entry.split("/"))
    _TWINS[_one] = _two
    _TWINS.setdefault(_two, _one)

_TOKEN = re.compile(r"\b[A-Za-z]+\b")


def _spots(text: str, table: dict[str, list[str]] | dict[str, str]) -> list[re.Match[str]]:
    lower = text.lower()
    found = [m for m in _TOKEN.finditer(text) if m[0] in table]
    # A word that occurs twice would leave its old value standing.
    return [m for m in found if len(re.findall(rf"\b{m[0].lower()}\b", lower)) == 1]


def _put(text: str, match: re.Match[str], word: str) -> str:
    changed = text[: match.start()] + word + text[match.end() :]
    return re.sub(r"\b([Aa]) (?=[aeiouAEIOU])", r"\1n ", re.sub(r"\b([Aa])n (?=[^aeiouAEIOU\W])", r"\1 ", changed))


def lexical_pairs(pairs: Sequence[Pair], draw: random.Random, blocks: int) -> Iterator[Pair]:
    """Yield two pairs for each of `blocks` sentences taken from the evidence of the given pairs.

    One contradicts (another word of its kind), one supports: the sentence itself, or with a synonym. Original and
    changed text take either side.
    """
    texts = sorted({p.evidence for p in pairs if 5 <= len(p.evidence.split()) <= 26 and "?" not in p.evidence})
    made = 0
    for text in draw.sample(texts, len(texts)):
        if made >= blocks:
            return
        spots = _spots(text, _OTHERS)
        if not spots:
            continue
        made += 1
        match = draw.choice(spots)
        other = _put(text, match, draw.choice(_OTHERS[match[0]]))
        left, right = (text, other) if draw.random() < 0.5 else (other, text)
        yield Pair(left, right, "contradicts", "lexical", "antonym")
        twins = _spots(left, _TWINS) if draw.random() < 0.6 else []
        same = left
        if twins:
            twin = draw.choice(twins)
            same = _put(left, twin, _TWINS[twin[0]])
        yield Pair(same, left, "supports", "lexical", "paraphrase")
