"""Changes of form that keep the meaning: 1,000 and one thousand, 15 May and May 15, per cent and %.

They go into claims and evidence of every label, so that neither a changed surface nor an equal one decides.
"""

# ruff: noqa: SIM905  word lists read as prose

import random
import re
from collections.abc import Callable

ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()
NUMBER_WORDS = frozenset(ONES + TENS[2:] + ["hundred", "thousand", "million", "billion", "dozen", "half", "quarter"])
MONTHS = ("January February March April May June July August September October November December").split()
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTH = "|".join(MONTHS)
WEEKDAY = "|".join(WEEKDAYS)


def spelled(number: int) -> str:
    """Return a number below a thousand, or a round thousand below a million, in words."""
    if number < 20:
        return ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return TENS[tens] + (f"-{ONES[ones]}" if ones else "")
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        return f"{ONES[hundreds]} hundred" + (f" and {spelled(rest)}" if rest else "")
    return f"{spelled(number // 1000)} thousand"


# A number that is a plain count: not a part of a date, a time, a score, a decimal, a name or a sum of money.
_COUNT = re.compile(r"(?<![\w.,:$£€/-])(\d{1,3}(?:,000)?)(?![\w%,:/-]|[.]\d)")
_AFTER_MONTH = re.compile(rf"(?:{MONTH}) $")
_MONTH_NEXT = re.compile(rf" (?:{MONTH})\b")


def _digits_to_words(text: str, draw: random.Random) -> str:
    found = [
        m
        for m in _COUNT.finditer(text)
        if not _AFTER_MONTH.search(text[: m.start()])
        and not _MONTH_NEXT.match(text, m.end())
        and not re.match(r" (?:million|billion|trillion|percent|per cent|a\.?m|p\.?m)", text[m.end() :])
    ]
    if not found:
        return text
    match = draw.choice(found)
    number = int(match[1].replace(",", ""))
    if number > 999 and number % 1000:
        return text
    word = spelled(number)
    return text[: match.start()] + (word.capitalize() if not match.start() else word) + text[match.end() :]


_WORD_COUNT = re.compile(
    r"\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty)\b(?!-)", re.I
)


def _words_to_digits(text: str, draw: random.Random) -> str:
    found = list(_WORD_COUNT.finditer(text))
    if not found:
        return text
    match = draw.choice(found)
    word = match[1].lower()
    number = ONES.index(word) if word in ONES else TENS.index(word) * 10
    return text[: match.start()] + str(number) + text[match.end() :]


def _date_order(text: str, draw: random.Random) -> str:
    if draw.random() < 0.5:
        return re.sub(rf"\b({MONTH}) (\d{{1,2}})\b(?!,? ?\d{{4}})(?!\d)", r"\2 \1", text, count=1)
    return re.sub(rf"\b(\d{{1,2}}) ({MONTH})\b(?! \d{{4}})", r"\2 \1", text, count=1)


def _percent(text: str, draw: random.Random) -> str:
    form = draw.choice(["%", " percent", " per cent"])
    return re.sub(r"(?<=\d)(?:%| percent\b| per cent\b)", form, text)


def _money(text: str, _: random.Random) -> str:
    return re.sub(r"\$(\d[\d,.]*\d|\d)( million| billion)\b", r"\1\2 dollars", text, count=1)


def _contract(text: str, draw: random.Random) -> str:
    long_short = [
        ("did not", "didn't"),
        ("has not", "hasn't"),
        ("is not", "isn't"),
        ("will not", "won't"),
        ("was not", "wasn't"),
        ("were not", "weren't"),
        ("have not", "haven't"),
        ("does not", "doesn't"),
    ]
    long, short = draw.choice(long_short)
    return text.replace(short, long) if short in text else text.replace(long, short)


def _united_states(text: str, draw: random.Random) -> str:
    form = draw.choice(["U.S.", "US", "United States"])
    return re.sub(r"\bU\.S\.(?= [a-zA-Z])|\bUS\b|\bUnited States\b", form, text)


def _duration_hyphen(text: str, _: random.Random) -> str:
    return re.sub(
        r"\ba (\d+)-(day|hour|week|month|year) (ceasefire|truce|visit|strike|ban|sentence|trip|deadline|pause)\b",
        r"a \3 of \1 \2s",
        text,
    )


_FORMS: tuple[Callable[[str, random.Random], str], ...] = (
    _digits_to_words,
    _words_to_digits,
    _date_order,
    _percent,
    _money,
    _contract,
    _united_states,
    _duration_hyphen,
)


def restyle(text: str, draw: random.Random, changes: int = 1) -> str:
    """Return the text in another form with the same meaning; unchanged when no form applies."""
    for form in draw.sample(_FORMS, len(_FORMS)):
        if changes <= 0:
            break
        changed = form(text, draw)
        if changed != text:
            text, changes = changed, changes - 1
    return text
