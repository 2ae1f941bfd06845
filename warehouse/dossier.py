"""All that is known of a seed's facts, as a report shows it: frozen values that do not know their storage.

Times are aware UTC datetimes. Counts are of everything that is stored; lists that are cut say so beside the count.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from warehouse.records import StandingName, Verdict

Side = Literal["for", "against", "later"]
SIDES: tuple[Side, Side, Side] = ("for", "against", "later")
"""``later`` is what reports a later state of affairs: neither for nor against."""


@dataclass(frozen=True, slots=True)
class Reasons:
    """How often something happened for a named reason."""

    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class Quotation:
    """What an article says about a fact. ``copies`` are the other publishers of the same text."""

    finding_id: str
    side: Side
    probability: float  # of its verdict
    sentence: str
    context: str
    sentence_at: int  # where in ``context`` the sentence begins
    kind: str | None  # of conflict
    fact_value: str | None
    article_value: str | None
    attribution: Literal["asserted", "quoted", "denied"] | None
    speaker: str | None
    publisher: str
    author: str | None
    title: str
    url: str
    published_at: datetime | None
    basis: Literal["page", "summary"]
    article_id: str
    copies: tuple[str, ...]
    marked_right: bool  # by a person


@dataclass(frozen=True, slots=True)
class StandingChange:
    """That a fact came to stand so, and what tipped it."""

    changed_at: datetime
    standing: StandingName
    supports: int  # independent sources
    contradicts: int
    superseded: int
    publisher: str | None
    sentence: str | None


@dataclass(frozen=True, slots=True)
class Reported:
    """How many articles of a publisher say something about a fact, copies included. None: all that have no line."""

    publisher: str | None
    supports: int
    contradicts: int
    later: int


@dataclass(frozen=True, slots=True)
class FactFile:
    """A fact with its standing in independent sources, and the best of what was found."""

    fact_id: str
    position: int
    statement: str
    as_of: date | None
    standing: StandingName
    supports: int  # independent sources
    contradicts: int
    superseded: int
    changed_at: datetime | None
    last_reported_at: datetime | None
    reports: tuple[Reported, ...]  # by publisher
    quotations: tuple[Quotation, ...]  # the best of each side, one a source
    changes: tuple[StandingChange, ...]  # of the standing, the latest, the earliest first
    changes_left: int  # earlier ones
    unchecked: int  # articles for which it could not be decided


@dataclass(frozen=True, slots=True)
class PublisherLine:
    """A publisher with articles about the event, and its findings."""

    publisher: str
    articles: int
    supports: int
    contradicts: int
    later: int
    first_at: datetime | None  # its first dated article about the event


@dataclass(frozen=True, slots=True)
class CoverageBin:
    """The dated articles about the event of a day, week or month, each counted once."""

    starts: date
    contradicting: int  # at least one fact
    supporting: int  # at least one fact, and contradicting none
    silent: int  # about the event, but not about the facts


@dataclass(frozen=True, slots=True)
class Coverage:
    """Articles about the event over time. ``bins`` are those that have articles."""

    unit: Literal["day", "week", "month"]
    bins: tuple[CoverageBin, ...]
    undated: int


@dataclass(frozen=True, slots=True)
class Unread:
    """An entry of which nothing could be read."""

    title: str
    url: str
    feed: str | None
    reason: str
    detail: str | None
    retry_at: datetime | None


@dataclass(frozen=True, slots=True)
class Undecided:
    """A fact and an article that could not be decided."""

    fact_id: str
    statement: str
    reason: str
    publisher: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class FeedTrouble:
    """A feed that does not do as it should."""

    title: str | None
    url: str
    health: str
    failure: str | None
    succeeded_at: datetime | None


@dataclass(frozen=True, slots=True)
class Gaps:
    """What is not known, so that nobody takes silence for agreement. Lists have the latest of what the counts count."""

    unchecked_reasons: tuple[Reasons, ...]
    unchecked: tuple[Undecided, ...]
    refused_reasons: tuple[Reasons, ...]  # entries of all feeds: what they are about is not known
    refused: tuple[Unread, ...]
    summary_only: int  # articles about the event of which only the feed's summary could be read
    feeds: tuple[FeedTrouble, ...]
    feeds_polled: int


@dataclass(frozen=True, slots=True)
class Recent:
    """What a stretch of time brought: articles about the event that were read first in it, and what was not decided."""

    publishers: tuple[PublisherLine, ...]  # of these articles, those with most first
    unchecked: tuple[Reasons, ...]
    refused: tuple[Reasons, ...]  # entries of all feeds: what they are about is not known


@dataclass(frozen=True, slots=True)
class PersonMark:
    """A person's last word on a finding."""

    finding_id: str
    statement: str
    right: bool
    note: str | None
    verdict: Verdict
    sentence: str
    publisher: str
    url: str
    marked_at: datetime


@dataclass(frozen=True, slots=True)
class Corrected:
    """A finding that a publisher's edit undid; ``sentence_after`` None where nothing of it stands there any more."""

    statement: str
    kind: Literal["withdrawn", "corrected"]
    publisher: str
    title: str
    url: str
    changed_at: datetime
    sentence_before: str
    sentence_after: str | None


@dataclass(frozen=True, slots=True)
class EngineLine:
    """An engine and version, and how many articles it compared last."""

    engine: str
    articles: int
    latest_at: datetime


@dataclass(frozen=True, slots=True)
class Dossier:
    """A seed with all that a report says of it, from one state of the warehouse."""

    seed_id: str
    title: str
    as_of: date | None
    facts_version: str
    facts: tuple[FactFile, ...]  # in the seed's order
    publishers: tuple[PublisherLine, ...]  # those with most findings first
    publishers_left: int  # further ones that have articles about the event
    coverage: Coverage
    gaps: Gaps
    marks: tuple[PersonMark, ...]  # the latest
    marks_left: int
    corrections: tuple[Corrected, ...]  # the latest
    corrections_left: int
    engines: tuple[EngineLine, ...]
    articles_compared: int
    articles_relevant: int
    last_run_at: datetime | None  # when the last run that watched it ended
    last_run_state: str | None
