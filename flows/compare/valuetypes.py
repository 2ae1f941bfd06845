"""What a text states that can be compared without a model: typed values, and the outcome of comparing two texts."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal[
    "number", "duration", "date", "person", "role", "place", "negation", "antonym", "ordinal", "unit", "range"
]

COUNTED = ("number", "duration", "date", "ordinal", "unit", "range")
"""The kinds that a passage has to confirm where a fact has such a value."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number or a range of numbers in a base unit, and what is counted.

    `low` and `high` bound what the text allows ("at least 12" is 12 to infinity); `grain` is the size of the last
    digit that was written, so that 2 million does not conflict with 1.96 million.
    """

    low: float
    high: float
    written: float  # the number as it stands, before the unit's factor
    grain: float
    unit: str  # "" for things counted
    dimension: str  # length, time, money:usd, share, count …
    nouns: frozenset[str] = frozenset()
    fate: str = ""  # killed, injured … for people counted
    rate: str = ""  # "month" in "500 a month"
    case: str = ""  # the preposition before it where it orders values: from, to, by
    bounded: bool = False  # written as a range or an approximation


@dataclass(frozen=True, slots=True)
class Ordinal:
    """A rank and what is ranked: third, {round, talk}."""

    rank: int
    nouns: frozenset[str]


@dataclass(frozen=True, slots=True)
class Day:
    """A point in the calendar as far as the text fixes it, and the days it can mean once resolved."""

    year: int | None
    month: int | None
    day: int | None
    weekday: int | None
    spans: tuple[tuple[date, date], ...]  # first and last day of each reading; empty if nothing anchors it
    grain: Literal["day", "week", "month", "year"]
    case: str = ""  # on, by, since, until, from …
    fuzzy: int = 0  # days of slack


@dataclass(frozen=True, slots=True)
class Post:
    """A person in a post: the post's head word, what it belongs to, and how the person holds it."""

    person: str  # lower case; "" if the text names nobody
    head: str
    domain: frozenset[str]
    state: Literal["current", "former", "acting", "deputy", "future", "then", "honorary"]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place that an event is said to be at; the country if the gazetteer knows it."""

    name: str
    country: str  # two-letter code or ""
    level: Literal["country", "city", "unknown"]
    case: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """A word that a text asserts or negates."""

    concept: str
    negated: bool


Payload = Quantity | Ordinal | Day | Post | Spot | Claimed


@dataclass(frozen=True, slots=True)
class Value:
    """A value as it stands in a text, with a reading of it for people and one for machines."""

    kind: Kind
    text: str
    start: int
    end: int
    normalised: str
    payload: Payload
    rejected: bool = False  # the text says it is not so: "not 6.3 as first reported"


@dataclass(frozen=True, slots=True)
class ValuePair:
    """A value of the fact and one of the passage that speak of the same thing; strength runs from 0 to 1."""

    kind: Kind
    fact: Value
    article: Value
    strength: float


@dataclass(frozen=True, slots=True)
class ValueComparison:
    """Which values of the fact the passage confirms, contradicts, or says nothing comparable about."""

    agreements: tuple[ValuePair, ...] = ()
    conflicts: tuple[ValuePair, ...] = ()
    missing: tuple[Value, ...] = ()
