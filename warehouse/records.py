"""The values that pass from step to step, named for the hand-over they make. All are frozen; none knows its storage.

Times are aware UTC datetimes. Ids are made from content by :func:`content_id`, so the same thing met twice has the same
id and a second run adds nothing. ``None`` means "not stated", never "no".
"""

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

Verdict = Literal["supports", "contradicts", "neutral"]
Outcome = Literal["page", "summary", "refused"]
PollOutcome = Literal["new", "unchanged", "failed"]
StandingName = Literal["unreported", "corroborated", "disputed", "contradicted", "superseded"]

VERDICTS: tuple[Verdict, Verdict, Verdict] = ("supports", "contradicts", "neutral")
"""The order of the three probabilities wherever they come as a sequence."""


def content_id(*parts: str) -> str:
    """16 hex digits that depend on the parts and their order only: the key of a row made from that content."""
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact of a seed as the warehouse keeps it; ``position`` is its place in the seed, from 0."""

    fact_id: str
    statement: str
    as_of: date | None
    position: int


@dataclass(frozen=True, slots=True)
class FeedState:
    """What the last poll of a feed left behind, given back to the next one. ``feed_id`` is ``content_id(url)``."""

    feed_id: str
    url: str
    title: str | None = None
    etag: str | None = None  # verbatim, quotes and W/ included
    last_modified: str | None = None  # verbatim
    body_hash: str | None = None  # of the last body parsed: some servers never answer 304
    polled_at: datetime | None = None
    succeeded_at: datetime | None = None  # last 2xx or 304
    due_at: datetime | None = None  # not to be polled before
    failures: int = 0  # in a row
    failure: str | None = None  # named kind of the last failure, None after a success
    detail: str | None = None  # one line for a person


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a feed. ``entry_id`` is ``content_id(canonical url)``, so feeds that list a page share its entry."""

    entry_id: str
    feed_id: str
    url: str  # canonical: no tracking parameters, no fragment
    guid: str | None
    title: str
    summary: str  # plain text, may be empty
    author: str | None
    published_at: datetime | None
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class FeedPoll:
    """What came of polling one feed: its entries (those it lists now), and always the next state."""

    outcome: PollOutcome
    state: FeedState
    entries: tuple[Entry, ...] = ()
    status: int | None = None  # HTTP status, None where no answer came
    skipped: int = 0  # items that had no usable link or title


@dataclass(frozen=True, slots=True)
class Article:
    """What an entry's page says, one value per revision of the text: ``article_id`` is content_id(url, text_hash).

    ``basis`` tells what the text is: the page's article, or, where the page could not be read, the feed's own summary.
    """

    article_id: str
    entry_id: str
    url: str
    title: str
    text: str
    basis: Literal["page", "summary"]
    publisher: str
    author: str | None
    language: str
    published_at: datetime | None
    published_at_source: Literal["feed", "page"] | None
    fetched_at: datetime
    text_hash: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of one entry: exactly one of page, summary, refused. The reason says why not (or not fully) the page.

    ``reason`` is None for a page, else a named refusal such as ``consent``, ``paywall``, ``too_short``,
    ``not_article``, ``language:de``, ``http:404``, ``unreachable``, ``too_large``. ``temporary`` refusals are tried
    again by later runs.
    """

    entry_id: str
    outcome: Outcome
    read_at: datetime
    article: Article | None = None
    reason: str | None = None
    detail: str | None = None
    temporary: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence of an article with the neighbours that give it sense. ``text`` is the article's ``[start:end]``.

    ``context`` is the article's ``[context_start:context_end]`` and includes the sentence.
    """

    text: str
    start: int
    end: int
    context: str
    context_start: int
    context_end: int


@dataclass(frozen=True, slots=True)
class Probability:
    """Calibrated probabilities of the three verdicts; they sum to 1."""

    supports: float
    contradicts: float
    neutral: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a text says about a statement: the verdict with its best passage. What was not decided says why.

    ``verdict`` None means unchecked, and ``unchecked`` names the reason. ``kind`` is the kind of conflict (number,
    date, duration, person, place, role, negation, antonym, statement) of a contradiction. ``guards`` names each rule
    that changed what the model alone would have said.
    """

    verdict: Verdict | None
    probability: Probability | None = None
    passage: Passage | None = None
    kind: str | None = None
    fact_value: str | None = None  # normalised, as a person reads it
    article_value: str | None = None
    attribution: Literal["asserted", "quoted", "denied"] | None = None
    speaker: str | None = None
    superseded: bool = False  # the passage reports a later state of affairs
    guards: tuple[str, ...] = ()
    explanation: str | None = None
    unchecked: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A judgement of one fact by one article revision.

    ``finding_id`` is content_id(fact key, article_id, span, engine).
    """

    finding_id: str
    seed_id: str
    fact_id: str
    article_id: str
    engine: str
    judgement: Judgement
    found_at: datetime


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of comparing one article with one seed: not relevant, or its findings (neutral ones are not kept).

    ``facts_version`` is the seed's content id, so a changed seed or engine is compared again. ``unchecked`` counts per
    reason the facts that could not be decided; neutral is the number of facts about which the article says nothing.
    """

    seed_id: str
    facts_version: str
    article_id: str
    engine: str
    relevant: bool
    relevance: float
    compared_at: datetime
    findings: tuple[Finding, ...] = ()
    neutral: int = 0
    unchecked: tuple[tuple[str, str], ...] = ()  # (fact_id, reason)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The part of a stored finding that the standing of its fact depends on."""

    finding_id: str
    fact_id: str
    article_id: str
    verdict: Verdict
    probability: float  # of the verdict
    publisher: str
    context: str  # the passage with its neighbours: near-equal contexts are copies of one text
    superseded: bool
    reported_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a fact at a time, counted over independent texts (copies of one text count once)."""

    seed_id: str
    fact_id: str
    standing: StandingName
    supports: int  # independent sources
    contradicts: int
    superseded: int
    changed_at: datetime
    cause: str | None  # finding that tipped it; None at the first look


@dataclass(frozen=True, slots=True)
class FeedLine:
    """A feed's line in the run report."""

    url: str
    title: str
    outcome: PollOutcome
    listed: int
    new: int
    failure: str | None


@dataclass(frozen=True, slots=True)
class SavedPolls:
    """What saving a batch of polls came to. Batches of one run can be added up: an entry counts in one batch only.

    ``listed`` counts the entries the batch's feeds list now (an unchanged feed still lists what it listed last),
    ``new`` those that this run met first. ``lines`` has a line per feed, in the order of the polls; an entry that two
    feeds list is in both lines' ``listed`` and in one line's ``new``.
    """

    listed: int
    new: int
    lines: tuple[FeedLine, ...] = ()


@dataclass(frozen=True, slots=True)
class SavedComparisons:
    """Of the findings of a saved batch those that this run found first. Batches of one run can be added up."""

    supports: int
    contradicts: int


@dataclass(frozen=True, slots=True)
class Violation:
    """Rows of the warehouse that break a rule: the check's name, how many there are, and one of them as text."""

    check: str
    rows: int
    example: str


@dataclass(frozen=True, slots=True)
class Health:
    """The state of a warehouse file for a person who looks after it. Times are None where there was none yet."""

    path: str
    size_bytes: int
    duckdb: str  # version of the library
    storage: str  # oldest DuckDB that opens the file
    migration: str  # the last one applied
    rows: dict[str, int]  # table -> rows
    pending: int  # entries without a final reading
    unfinished: tuple[str, ...]  # runs that began and never ended: in progress, or killed
    last_run_at: datetime | None  # end of the last finished run
    published_at: datetime | None  # of the readers' copy
    published_bytes: int


@dataclass(frozen=True, slots=True)
class RunReport:
    """What one pass did. It adds up: ``taken == pages + summaries + sum(refused.values())``."""

    run_id: str
    seeds: tuple[str, ...]
    started_at: datetime
    ended_at: datetime
    feeds: tuple[FeedLine, ...]
    listed: int  # entries the polled feeds list now, each counted once
    new: int  # of them never seen before
    carried: int  # left by an earlier run, taken up by this one
    left: int  # still unread because of --limit; not part of taken
    pages: int
    summaries: int
    refused: dict[str, int] = field(default_factory=dict)  # reason -> entries
    summary_reasons: dict[str, int] = field(default_factory=dict)  # why only the summary
    compared: int = 0  # (seed, article) comparisons
    relevant: int = 0
    supports: int = 0  # findings new in this run
    contradicts: int = 0
    unchecked: dict[str, int] = field(default_factory=dict)
    changes: tuple[Standing, ...] = ()

    @property
    def taken(self) -> int:
        return self.new + self.carried - self.left

    @property
    def adds_up(self) -> bool:
        return self.taken == self.pages + self.summaries + sum(self.refused.values())

    @property
    def failed_feeds(self) -> int:
        return sum(line.outcome == "failed" for line in self.feeds)
