"""Consistent substitution: a set of written pairs retold with other people, places, numbers and days.

People and cities change in all texts of a set alike. Numbers, months and weekdays change pair by pair and only where
the pair says nothing that arithmetic would tie to them; a pair that is not safe keeps its own.
"""

# ruff: noqa: SIM905, E501  word lists read as prose; patterns are clearer unbroken

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from difflib import SequenceMatcher

from flows.compare.gazetteer import capitals, cities
from flows.compare.training.data import Pair
from flows.compare.training.names import FIRST_NAMES, MEN, SURNAMES, WOMEN
from flows.compare.training.restyle import MONTHS, NUMBER_WORDS, WEEKDAYS

_CAPITALISED = re.compile(r"(?<![\w-])[A-ZÀ-Þ][\w-]+")
_FULL_NAME = re.compile(r"(?<![\w-])([A-ZÀ-Þ][a-zß-ÿ]+) ([A-ZÀ-Þ][a-zß-ÿšžčćğłńśőě]{2,})(?![\w-])")


def _close_spelling(word: str, others: set[str]) -> bool:
    return any(o != word and SequenceMatcher(None, word, o).ratio() >= 0.75 for o in others)


def _replace_words(text: str, change: Mapping[str, str]) -> str:
    if not change:
        return text
    words = "|".join(re.escape(w) for w in sorted(change, key=len, reverse=True))
    return re.sub(rf"(?<![\w-])(?:{words})(?![\w-])", lambda m: change[m[0]], text)


def _new_people(text: str, draw: random.Random) -> dict[str, str]:
    """Return old name -> new name for the people that a set names in full.

    A name with a near spelling elsewhere in the set stays, since that set may be about spelling; so does a surname
    that is also a place or a word.
    """
    present = set(_CAPITALISED.findall(text))
    lower = set(re.findall(r"\b[a-z][\w-]+", text))
    change: dict[str, str] = {}
    for first, last in sorted(set(_FULL_NAME.findall(text))):
        if first not in FIRST_NAMES or last.lower() in lower or first.lower() in lower:
            continue
        if last.lower() in cities() or last in MONTHS or last in WEEKDAYS or last in FIRST_NAMES:
            continue
        if _close_spelling(last, present) or _close_spelling(first, present):
            continue
        pool = sorted(WOMEN if first in WOMEN else MEN)
        free = [n for n in pool if n not in present and n not in change.values()]
        change.setdefault(first, draw.choice(free))
        names = [n for n in SURNAMES if n not in present and n not in change.values()]
        change.setdefault(last, draw.choice(names))
    return change


def _new_cities(text: str, draw: random.Random) -> dict[str, str]:
    """Return old city -> another city of the same country; capitals stay, since texts call them "the capital"."""
    present = set(_CAPITALISED.findall(text))
    change: dict[str, str] = {}
    for word in sorted(present):
        code = cities().get(word.lower())
        if code is None or word.lower() in capitals() or word in FIRST_NAMES or len(word) < 4:
            continue
        if re.search(rf"[A-Z]\w+ {word}\b|\b{word} [A-Z]\w+|\b{word}-", text) or any(
            w != word and w.startswith(word[:4]) for w in present
        ):
            continue
        free = [
            c for c in sorted(cities()) if cities()[c] == code and c.isascii() and c.isalpha() and c not in capitals()
        ]
        free = [c.capitalize() for c in free if c.capitalize() not in present and c.capitalize() not in change.values()]
        if free:
            change[word] = draw.choice(free)
    return change


def rename(pairs: Sequence[Pair], draw: random.Random) -> list[Pair]:
    """Return the pairs of one set with other people and cities, the same in every text of the set."""
    text = "\n".join([p.claim for p in pairs] + [p.evidence for p in pairs])
    change = _new_people(text, draw)
    change.update(_new_cities(text, draw))
    return [
        replace(p, claim=_replace_words(p.claim, change), evidence=_replace_words(p.evidence, change)) for p in pairs
    ]


_NUMBER = re.compile(r"(?<![\w.,:/$£€-])\d[\d,]*(?:\.\d+)?(?![\w:/-]|[.,]\d)")
_DIGITS = re.compile(r"\d")
_WORDS = re.compile(r"[a-z]+")
# Words that tie a number to another one: then a new number would break what the pair says.
_ARITHMETIC = NUMBER_WORDS | set(
    "each every double twice triple thrice both total altogether remaining rest other others another most majority "
    "third thirds fourth quarter halves half pair couple few several dozens hundreds thousands score fifth tenth "
    "more less fewer than least most almost nearly about around some over under up exceeds short".split()
)


def _is_year(number: str) -> bool:
    return len(number) == 4 and number.isdigit() and 1500 <= int(number) <= 2100


def _value(number: str) -> float:
    return float(number.replace(",", ""))


def _like(value: float, pattern: str) -> str:
    """Return the value written as the pattern is: commas, decimals, trailing zeros."""
    if "." in pattern:
        return f"{value:.{len(pattern.split('.')[1])}f}"
    zeros = len(pattern.replace(",", "")) - len(pattern.replace(",", "").rstrip("0"))
    whole = max(1, round(value / 10**zeros)) * 10**zeros
    return f"{whole:,}" if "," in pattern or whole >= 10_000 else str(whole)


def renumber(pair: Pair, draw: random.Random) -> Pair:
    """Return the pair with another number: the same one where claim and evidence agree, both scaled where they differ.

    Only pairs with one number on each side and no word that ties numbers together; years, dates and percentages stay.
    """
    mine, theirs = _NUMBER.findall(pair.claim), _NUMBER.findall(pair.evidence)
    if len(mine) != 1 or len(theirs) != 1 or len(_DIGITS.findall(pair.claim)) != len(_DIGITS.findall(mine[0])):
        return pair
    if len(_DIGITS.findall(pair.evidence)) != len(_DIGITS.findall(theirs[0])):
        return pair
    text = f"{pair.claim} {pair.evidence}"
    words = set(_WORDS.findall(text.lower()))
    if words & _ARITHMETIC or any(m in text for m in MONTHS) or _is_year(mine[0]) or _is_year(theirs[0]):
        return pair
    if "%" in text or words & {"percent", "per", "degrees", "aged", "years", "year"}:
        return pair
    old, other = _value(mine[0]), _value(theirs[0])
    new = old * draw.choice([0.4, 0.55, 0.7, 0.85, 1.2, 1.45, 1.7, 2.3, 2.9])
    first = _like(new, mine[0])
    second = first if mine[0] == theirs[0] else _like(new * other / old, theirs[0])
    if (_value(first) == _value(second)) != (old == other) or _value(first) < 2 or _value(second) < 2:
        return pair
    return replace(
        pair, claim=_NUMBER.sub(first, pair.claim, count=1), evidence=_NUMBER.sub(second, pair.evidence, count=1)
    )


_SEASONS = re.compile(
    r"\b(?:spring|summer|autumn|winter|season|christmas|easter|ramadan|holiday|month|weekend|tomorrow|yesterday|today"
    r"|fortnight|week|new year|midnight|\d{1,2}(?:st|nd|rd|th))\b",
    re.I,
)


def redate(pair: Pair, draw: random.Random) -> Pair:
    """Return the pair with its months or its weekdays moved by the same amount, where nothing else fixes them."""
    text = f"{pair.claim} {pair.evidence}"
    if pair.published_at is not None or _SEASONS.search(text):
        return pair
    months = [i for i, m in enumerate(MONTHS) if re.search(rf"\b{m}\b", text)]
    days = [i for i, d in enumerate(WEEKDAYS) if d in text]
    if days and not months:
        move = draw.randrange(1, 7)
        change = {d: WEEKDAYS[(i + move) % 7] for i, d in enumerate(WEEKDAYS)}
    elif months and not days and not re.search(r"\b(?:29|30|31)\b", text):
        moves = [m for m in range(-11, 12) if m and min(months) + m >= 0 and max(months) + m < 12]
        if not moves:
            return pair
        move = draw.choice(moves)
        change = {m: MONTHS[(i + move) % 12] for i, m in enumerate(MONTHS)}
    else:
        return pair
    if "May" in text and not months:
        return pair
    return replace(pair, claim=_replace_words(pair.claim, change), evidence=_replace_words(pair.evidence, change))


_FIXED_IN_TIME = re.compile(
    rf"\b(?:{'|'.join(MONTHS)}|(?:19|20)\d\d|today|yesterday|tomorrow|ago|(?:last|next|this|previous|coming) (?:year|month|week"
    r"|season|summer|spring|autumn|winter|night|monday|tuesday|wednesday|thursday|friday|saturday|sunday))\b",
    re.I,
)


def with_day(pair: Pair, draw: random.Random, share: float) -> Pair:
    """Return an undated pair with a day of publication in a share of the cases, where no label can depend on it.

    At run time nearly every passage has one; a model that had seen it only on pairs about dates would take it for a
    sign of them.
    """
    if pair.published_at is not None or draw.random() > share:
        return pair
    if _FIXED_IN_TIME.search(f"{pair.claim} {pair.evidence}"):
        return pair
    return replace(pair, published_at=date(2023, 1, 1) + timedelta(days=draw.randrange(1400)))
