"""Spellings of one name, in one place: towns with two names in the news, endings romanised in several ways.

A small table and two rules, since no library knows them: transliterators write one spelling of a name and do not say
which others are about.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

# The spelling that stands for all comes first. Names that were changed altogether (Nur-Sultan) are a seed's own.
_TABLE = """
Kyiv Kiev
Kharkiv Kharkov
Odesa Odessa
Lviv Lvov
Dnipro Dnepr
Mykolaiv Nikolaev Nikolayev
Zaporizhzhia Zaporizhia Zaporizhzhya Zaporozhye
Chernihiv Chernigov
Chernobyl Chornobyl
Luhansk Lugansk
Vinnytsia Vinnitsa
Donbas Donbass
Turkey Türkiye
Istanbul İstanbul
Beijing Peking
Mumbai Bombay
Kolkata Calcutta
Bengaluru Bangalore
Yangon Rangoon
Tehran Teheran
Isfahan Esfahan
Sanaa Sana'a
Hodeidah Hodeida Hudaydah
Mecca Makkah
Aarhus Århus
Gothenburg Göteborg
Cologne Köln
Munich München
Hezbollah Hizbollah Hizbullah
Gaddafi Qaddafi Gadhafi Kadhafi
Mohammed Muhammad Mohamed Mohammad Mohamad Muhammed
Hussein Hussain Husain Husayn
Abdullah Abdallah
Sergei Sergey Sergej
Andrei Andrey Andrej
Alexei Alexey Aleksei Aleksey
Dmitry Dmitri Dmitriy Dmitrii
Yuri Yury Yuriy
Yevgeny Evgeny Yevgeniy Evgeni Evgeniy
"""

_SKY = re.compile(r"(?<=[a-z]{3})(?<=[sz])k(?:yy|yi|yj|iy|ii|ij|y|i)$", re.IGNORECASE)
_SKY_ENDINGS = ("ky", "kyy", "kiy", "kii", "kij", "kyi", "ki")  # Zelensky, Zelenskyy, Zelenskiy …
_LETTERS = str.maketrans({"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})


@lru_cache(maxsize=20_000)
def plain(word: str) -> str:
    """The word in lower case without accents, as English-language papers often print it: Erdoğan, erdogan."""
    if word.isascii():
        return word.lower()
    apart = unicodedata.normalize("NFKD", word.lower().translate(_LETTERS))
    return "".join(c for c in apart if not unicodedata.combining(c))


_GROUPS = [line.split() for line in _TABLE.strip().splitlines()]
_OF = {plain(spelling): group for group in _GROUPS for spelling in group}


def variants(word: str) -> tuple[str, ...]:
    """Other spellings of this one word of a name; () where none are known."""
    low = plain(word)
    found: list[str] = list(_OF.get(low, ()))
    if _SKY.search(low):
        found += [_SKY.sub(ending, low).title() for ending in _SKY_ENDINGS]
    if low != word.lower():
        found.append(low.title())
    return tuple(spelling for spelling in dict.fromkeys(found) if spelling.lower() != word.lower())


def canonical(word: str) -> str:
    """The lower-case spelling that stands for all spellings of this word."""
    low = plain(word)
    group = _OF.get(low)
    return plain(group[0]) if group else _SKY.sub("ky", low)


def same(one: str, other: str) -> bool:
    """Whether two words are spellings of one name, told loosely: for asking a person, not for deciding."""
    return canonical(one) == canonical(other) or (
        min(len(one), len(other)) >= 6 and one[0].lower() == other[0].lower() and _sound(one) == _sound(other)
    )


def _sound(word: str) -> str:
    """The word with what romanisations differ in levelled: y, i and j, kh and h, w and v, doubled letters."""
    low = canonical(word)
    for pattern, letter in ((r"kh", "h"), (r"[yij]+", "i"), (r"ie", "e"), (r"w", "v"), (r"[cq]", "k"), (r"ou", "u")):
        low = re.sub(pattern, letter, low)
    return re.sub(r"(.)\1", r"\1", low)


def grouped(names: Iterable[tuple[str, ...]], texts: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """A seed's lists of names with the other spellings of their words added, then a list for each name in its ``texts``
    that is in none of them and has other spellings. A spelling that the seed lists stays where the seed has it.
    """
    names = tuple(names)
    taken = {spelling.lower() for group in names for spelling in group}
    found: list[tuple[str, ...]] = []
    for group in names:
        more = [v for spelling in group for v in _whole(spelling) if v.lower() not in taken]
        found.append(tuple(dict.fromkeys((*group, *more))))
        taken.update(v.lower() for v in more)
    for text in texts:
        for word in re.findall(r"[^\W\d_]+", text):
            if not word[0].isupper() or word.lower() in taken:
                continue
            more = [v for v in variants(word) if v.lower() not in taken]
            if more:
                found.append((word, *more))
                taken.update(s.lower() for s in (word, *more))
    return tuple(found)


def _whole(name: str) -> list[str]:
    """A name of one or more words with the last one in its other spellings."""
    *before, last = name.split() or [""]
    return [" ".join((*before, spelling)) for spelling in variants(last)]
