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
LineOutcome = Literal["new", "unchanged", "failed", "held", "paused", "double"]
AlertKind = Literal["contradiction", "standing", "correction", "feed", "run"]
Trouble = Literal["failing", "gone", "silent", "engine", "unreachable"]
MailKind = Literal["fact", "summary", "notice", "digest"]
DeliveryState = Literal["due", "sent", "written", "refused", "expired"]
StandingName = Literal["unreported", "corroborated", "disputed", "contradicted", "superseded"]

PASSING = ("llm_timeout", "llm_unreachable", "llm_budget")
"""Reasons for which a fact is unchecked that may be gone by the next run, which compares the article again."""

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
    """What the last poll of a feed left behind, given back to the next one.

    ``feed_id`` is content_id of the address by which lists name the feed. ``url`` is where it is polled: that address,
    or the one it has moved to.
    """

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
    charged: float = 0.0  # the failures in a row by their weight: what back-off grows with
    retry_at: datetime | None = None  # its host asked to be left alone until then
    gone_at: datetime | None = None  # since when it answers 410
    entries_per_day: float = 96.0  # that are new, smoothed; at first a guess: one every 15 minutes
    interval_seconds: int = 900  # between polls that succeed
    ttl_seconds: int | None = None  # how long its last document says that it may be kept
    asked_seconds: int | None = None  # how long document and headers of the last answer ask to wait
    moved_from: str | None = None  # the address by which lists name it, None while it is polled there
    moving_to: str | None = None  # where the last polls were permanently redirected to
    moving_seen: int = 0  # by how many polls in a row
    last_new_at: datetime | None = None  # when it last listed something new to it, or its first document came
    usual_gap_seconds: int | None = None  # between polls that brought something new, smoothed
    silent_since_at: datetime | None = None  # set while it answers but brings nothing new for longer than its rhythm
    paused_at: datetime | None = None  # a person wants it not to be polled

    @property
    def listed_url(self) -> str:
        """The address by which lists name it, of which ``feed_id`` is made."""
        return self.moved_from or self.url


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a feed. ``entry_id`` is ``content_id(page_key(url))``, so feeds that list a page share its entry."""

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
    """What an entry's page says, one value per revision of the text.

    ``article_id`` is content_id(page_key(url), text_hash).

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
class Answer:
    """What identifies the answer that a page came with: evidence, and what a conditional request sends back."""

    headers: str  # those that date it, one a line
    sha256: str  # of the page as it was sent
    etag: str | None = None  # verbatim
    last_modified: str | None = None  # verbatim


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
    answer: Answer | None = None  # where a page was had


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a site's articles, known by an id, with the first entries (up to three) whose article had it."""

    site: str
    paragraph_id: str
    entry_ids: tuple[str, ...]
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Revisit:
    """An entry whose page is to be asked for again, with what its last answer left for a conditional request."""

    entry: Entry
    article_id: str  # the revision that it reads now
    text: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """A text that an entry's page had: the first, or another one as a visit found."""

    entry_id: str
    article_id: str
    previous_id: str | None  # None for the first
    seen_at: datetime
    diff: str  # sentences that went (-) and came (+), a line each
    headers: str  # of the answer, one a line
    sha256: str  # of the page as it was sent


@dataclass(frozen=True, slots=True)
class Visit:
    """What came of asking for a page: ``reading`` only where its text has changed, ``revision`` the first time too."""

    entry_id: str
    visited_at: datetime
    outcome: str  # read (the first time), unchanged, changed, or why the page could not be read
    etag: str | None = None
    last_modified: str | None = None
    reading: Reading | None = None
    revision: Revision | None = None


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
    that changed what the model alone would have said. ``held_back`` is why a monitor would not report the verdict, None
    if it would, and for neutral.
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
    held_back: str | None = None


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
class Sketch:
    """What copies of an article are looked up by.

    ``bands`` are keys of the bands of its MinHash signature, none where it has too little text. ``credit`` is the
    agency that its byline or text names.
    """

    article_id: str
    house: str
    credit: str | None
    reported_at: datetime
    bands: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Copy:
    """Two articles of different houses that share their text; ``article_id`` is the smaller id of the two."""

    article_id: str
    other_id: str
    likeness: float  # 0 to 1


@dataclass(frozen=True, slots=True)
class Telling:
    """An article as far as the stories depend on it."""

    article_id: str
    publisher: str
    house: str
    credit: str | None
    reported_at: datetime


@dataclass(frozen=True, slots=True)
class Story:
    """One text that several houses published. ``story_id`` is the id of its earliest article."""

    story_id: str
    origin: str  # who probably wrote it
    origin_basis: Literal["credit", "earliest"]
    origin_article_id: str | None  # None where the origin's own article was not read
    members: tuple[str, ...]  # article ids, the earliest first, which is story_id


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
    house: str = ""  # who owns the publisher; "" where it is its own
    story_id: str | None = None  # the story that its article is part of
    attribution: Literal["asserted", "quoted", "denied"] | None = None
    url: str = ""  # tells apart houses of one name; not kept


@dataclass(frozen=True, slots=True)
class EvidenceChange:
    """That a finding counts from a time on as ``evidence``, or with None that it counts no more."""

    at: datetime
    seed_id: str
    fact_id: str
    finding_id: str
    evidence: Evidence | None


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
    """A feed's line in the run report.

    Not polled were ``held`` feeds (their host asked to be left alone until ``held_until``), ``paused`` ones, and each
    ``double``, which has moved to where another feed of the run is polled. ``arrived`` counts the entries that are new
    to this feed, ``new`` those of them that no other feed had listed before.
    """

    url: str
    title: str
    outcome: LineOutcome
    listed: int
    new: int
    failure: str | None
    arrived: int = 0
    held_until: datetime | None = None
    silent_since: datetime | None = None  # it answers, but brings nothing new for longer than its rhythm


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
class RobotsFile:
    """What the robots.txt of a site says to Seedwatch, one rule a line; "" where everything is allowed."""

    origin: str  # scheme, host and port
    rules: str
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class Politeness:
    """What a run asked of other people's servers."""

    requests: dict[str, int] = field(default_factory=dict)  # host -> requests, redirects and robots.txt included
    not_modified: int = 0  # answers 304
    too_many_requests: int = 0  # answers 429
    robots_refusals: int = 0  # documents not asked for because of a robots.txt, or for want of one
    longest_wait: float = 0.0  # seconds that a request waited for its turn
    received_bytes: int = 0  # of bodies, as they were sent


@dataclass(frozen=True, slots=True)
class Report:
    """A finding with what a person wants to know of it. ``probability`` is that of a contradiction."""

    finding_id: str
    seed_id: str
    fact_id: str
    statement: str
    probability: float
    superseded: bool
    kind: str | None
    fact_value: str | None
    article_value: str | None
    sentence: str
    context: str
    sentence_at: int  # where in ``context`` the sentence begins
    attribution: str | None
    speaker: str | None
    explanation: str | None
    article_id: str
    story_id: str  # the same for copies of one text; the article's own id where there are none
    origin: str | None  # who probably wrote the text that several published
    publisher: str
    author: str | None
    title: str
    url: str
    basis: Literal["page", "summary"]
    published_at: datetime | None
    reported_at: datetime  # published_at, else when it was fetched


@dataclass(frozen=True, slots=True)
class Correction:
    """A finding that a publisher's edit undid: its text says nothing of the fact any more, or the opposite."""

    seed_id: str
    fact_id: str
    kind: Literal["withdrawn", "corrected"]
    before: Verdict
    publisher: str
    title: str
    url: str
    changed_at: datetime  # when the changed page was fetched
    sentence_before: str
    sentence_after: str | None
    article_id_before: str
    article_id_after: str
    finding_id_before: str
    finding_id_after: str | None

    @property
    def finding_ids(self) -> tuple[str, ...]:
        """What an alert of it is about."""
        return (self.finding_id_before, *filter(None, [self.finding_id_after]))


@dataclass(frozen=True, slots=True)
class FeedFault:
    """A feed that fails, is gone or has gone silent. It is so ``since_at``, and was found so ``failures`` times."""

    feed_id: str
    title: str
    url: str
    trouble: Trouble
    since_at: datetime
    failures: int
    detail: str | None


@dataclass(frozen=True, slots=True)
class Alert:
    """A thing that a person is told once. ``alert_id`` is made of what makes it one thing, so it is raised once."""

    alert_id: str
    seed_id: str
    kind: AlertKind
    raised_at: datetime
    fact_id: str | None  # None of a feed or a run
    finding_ids: tuple[str, ...] = ()  # in copies of one text, the earliest first; of a correction before and after
    standing_before: StandingName | None = None
    standing_after: StandingName | None = None
    feed_id: str | None = None
    trouble: Trouble | None = None  # of a feed or a run
    since_at: datetime | None = None  # since when; None of a run where nothing was ever checked
    detail: str | None = None  # what was said last, in a line


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it is kept: ``content`` is the message in ASCII, to which From and To are added as it is sent."""

    mail_id: str
    seed_id: str
    kind: MailKind
    fact_id: str | None
    message_id: str
    subject: str
    content: str
    composed_at: datetime
    covers_until_at: datetime | None = None  # of a digest, the end of its time


@dataclass(frozen=True, slots=True)
class Delivery:
    """A mail that is to go to a recipient now; ``attempts`` were made before."""

    mail_id: str
    recipient: str
    content: str
    composed_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of a delivery. ``due_at`` is when it is tried again, None when that is the end of it."""

    mail_id: str
    recipient: str
    state: DeliveryState
    at: datetime
    due_at: datetime | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a run had to tell and what became of it."""

    raised: tuple[Alert, ...] = ()  # by this run
    sent: int = 0  # deliveries that a server took
    written: int = 0  # deliveries that are files in the outbox folder, for want of a server
    due: int = 0  # deliveries that are tried again later
    ended: int = 0  # deliveries that a server refused for good, or that no server took for a week
    waiting: int = 0  # alerts in no mail yet: quiet hours, enough mails this hour, or nobody to tell
    nobody: tuple[str, ...] = ()  # seeds of this run of which nobody is told
    troubles: tuple[str, ...] = ()  # in lines for a person


@dataclass(frozen=True, slots=True)
class RunReport:
    """What one pass did. It adds up: ``taken == pages + summaries + sum(refused.values())``."""

    run_id: str
    seeds: tuple[str, ...]
    started_at: datetime
    ended_at: datetime
    feeds: tuple[FeedLine, ...]  # those polled, held and paused
    listed: int  # entries the polled feeds list now, each counted once
    new: int  # of them never seen before
    carried: int  # left by an earlier run, taken up by this one
    left: int  # still unread because of --limit, or because their source is slow; not part of taken
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
    not_due: int = 0  # feeds left for a later run, since they are not due yet
    own_outage: bool = False  # nearly no host could be reached: not charged to the feeds
    politeness: Politeness = field(default_factory=Politeness)
    told: Told = field(default_factory=Told)

    @property
    def taken(self) -> int:
        return self.new + self.carried - self.left

    @property
    def adds_up(self) -> bool:
        return self.taken == self.pages + self.summaries + sum(self.refused.values())

    @property
    def polled_feeds(self) -> int:
        return sum(line.outcome in ("new", "unchanged", "failed") for line in self.feeds)

    @property
    def failed_feeds(self) -> int:
        return sum(line.outcome == "failed" for line in self.feeds)

    @property
    def reached_nothing(self) -> bool:
        """Whether feeds were polled and every one of them failed."""
        return 0 < self.polled_feeds == self.failed_feeds
