"""The digest of a seed: what a day or week brought, how the facts stand, what is not known. Pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flows.plaintext import one_line
from flows.tell.envelope import message_id, wrapped
from flows.tell.mail import SUBJECT
from flows.tell.rendering import rendered
from warehouse.dossier import Corrected, Dossier, FactFile, FeedTrouble, PublisherLine, Reasons, Recent
from warehouse.records import Mail, StandingName, content_id

ORDER: tuple[StandingName, ...] = ("contradicted", "disputed", "superseded", "corroborated", "unreported")
"""What asks for attention first."""

LISTED = 30
"""Facts, publishers and feeds in a list at most; the rest is a number."""

QUOTED = 8
"""Changes with the sentence that tipped them; the others are a line, and none is left out of the chart."""

LATEST_GAP = timedelta(days=31)
"""A digest takes up where the last one ended, unless that is longer ago."""


@dataclass(frozen=True, slots=True)
class Period:
    """From ``since`` on and before ``until``, in UTC."""

    since: datetime
    until: datetime
    zone: str = "UTC"

    @property
    def said(self) -> str:
        """The days in their own zone: 2025-05-15, or 2025-05-12 to 2025-05-18; with times where not at midnight."""
        zone = ZoneInfo(self.zone)
        first, end = self.since.astimezone(zone), self.until.astimezone(zone)
        last = end - timedelta(microseconds=1)
        if (first.hour, first.minute, end.hour, end.minute) != (0, 0, 0, 0):
            return f"{first:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} {end:%Z}"
        return f"{first:%Y-%m-%d}" if first.date() == last.date() else f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"


@dataclass(frozen=True, slots=True)
class Change:
    """A fact whose standing became another one; ``standings`` are those it had, the first is the one before."""

    fact_id: str
    statement: str
    standings: tuple[StandingName, ...]
    publisher: str | None  # of what tipped it last
    sentence: str | None


@dataclass(frozen=True, slots=True)
class Digest:
    """What is told. Standings and feeds are as they are when it is made, all else is of the period."""

    seed_id: str
    title: str
    period: Period
    changes: tuple[Change, ...]
    corrections: tuple[Corrected, ...]
    publishers: tuple[PublisherLine, ...]
    unchecked: tuple[Reasons, ...]
    refused: tuple[Reasons, ...]
    facts: tuple[FactFile, ...]  # those that ask for attention first
    feeds: tuple[FeedTrouble, ...]
    feeds_polled: int
    last_run_at: datetime | None

    @property
    def articles(self) -> int:
        """About the event, read first in the period."""
        return sum(line.articles for line in self.publishers)

    @property
    def quiet(self) -> bool:
        """Whether nothing happened: no article about the event, no change, no edit, nothing that was not decided."""
        return not (self.changes or self.corrections or self.publishers or self.unchecked)


def period(rhythm: str, zone: str, now: datetime, told_until: datetime | None) -> Period | None:
    """The last whole day or, with ``weekly``, week (from Monday on) in this zone; None where that has been told.

    Where the last digest ended earlier than it begins, as after days when the machine was off, it begins there.
    """
    local = now.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    days = 7 if rhythm == "weekly" else 1
    end = local - timedelta(days=local.weekday() if rhythm == "weekly" else 0)  # on the clock of the zone
    since, until = (moment.astimezone(now.tzinfo) for moment in (end - timedelta(days=days), end))
    if told_until is not None and told_until >= until:
        return None
    if told_until is not None and until - LATEST_GAP <= told_until < since:
        since = told_until
    return Period(since, until, zone)


def digest_of(dossier: Dossier, recent: Recent, when: Period) -> Digest:
    """The digest of this period, of what is known."""
    changes = [change for fact in dossier.facts if (change := _change(fact, when))]
    return Digest(
        seed_id=dossier.seed_id,
        title=dossier.title,
        period=when,
        changes=tuple(sorted(changes, key=lambda change: ORDER.index(change.standings[-1]))),
        corrections=tuple(one for one in dossier.corrections if when.since <= one.changed_at < when.until),
        publishers=recent.publishers,
        unchecked=recent.unchecked,
        refused=recent.refused,
        facts=tuple(sorted(dossier.facts, key=lambda fact: (ORDER.index(fact.standing), fact.position))),
        feeds=dossier.gaps.feeds,
        feeds_polled=dossier.gaps.feeds_polled,
        last_run_at=dossier.last_run_at,
    )


def _change(fact: FactFile, when: Period) -> Change | None:
    before: StandingName = "unreported"
    standings: list[StandingName] = []
    last = None
    for change in fact.changes:
        if when.since <= change.changed_at < when.until and change.standing != (standings or [before])[-1]:
            standings = [*(standings or [before]), change.standing]
            last = change
        elif change.changed_at < when.since:
            before = change.standing
    if last is None:
        return None
    return Change(fact.fact_id, fact.statement, tuple(standings), last.publisher, last.sentence)


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of the chart: widths in percent of the longest, counts of independent sources."""

    statement: str
    standing: StandingName
    supports: int
    contradicts: int
    superseded: int
    for_width: int
    against_width: int
    later_width: int
    signs: str  # the same in text


def bars(facts: Sequence[FactFile]) -> tuple[Bar, ...]:
    """The facts as bars of one scale."""
    most = max((fact.supports + fact.contradicts + fact.superseded for fact in facts), default=0) or 1

    def wide(count: int) -> int:
        return max(4, round(100 * count / most)) if count else 0

    def signs(count: int, sign: str) -> str:
        return sign * (count if most <= 12 else max(1, round(12 * count / most)) if count else 0)

    return tuple(
        Bar(
            one_line(fact.statement, 160), fact.standing, fact.supports, fact.contradicts, fact.superseded,
            wide(fact.supports), wide(fact.contradicts), wide(fact.superseded),
            signs(fact.supports, "+") + signs(fact.contradicts, "-") + signs(fact.superseded, ">"),
        )
        for fact in facts
    )  # fmt: skip


def compose_digest(digest: Digest, domain: str, now: datetime, *, extra: bool = False) -> Mail:
    """The mail with this digest; the same seed and period give the same Message-ID.

    ``extra`` is one that somebody asked for, beside those that follow each other.
    """
    when = digest.period
    mail_id = content_id("digest", digest.seed_id, when.since.isoformat(), when.until.isoformat())
    subject, (text, html) = subject_of(digest), pages(digest)
    content = wrapped(
        subject=subject,
        text=text,
        html=html,
        mail_id=mail_id,
        thread_id=content_id("thread", digest.seed_id, "digest"),
        list_name=f"{digest.seed_id}.seedwatch",
        domain=domain,
        now=now,
    )
    until = None if extra else when.until
    return Mail(mail_id, digest.seed_id, "digest", None, message_id(mail_id, domain), subject, content, now, until)


def subject_of(digest: Digest) -> str:
    """The subject of its mail."""
    return one_line(f"{one_line(digest.title, 90)}, {digest.period.said}: {happened(digest)}", SUBJECT)


def happened(digest: Digest) -> str:
    """What happened, in a few words."""
    parts = [
        (len(digest.changes), "fact changed", "facts changed"),
        (len(digest.corrections), "correction", "corrections"),
        (digest.articles, "new article", "new articles"),
    ]
    return ", ".join(f"{count} {one if count == 1 else many}" for count, one, many in parts if count) or "nothing new"


def pages(digest: Digest) -> tuple[str, str]:
    """The digest as text and as HTML."""
    tallies = [(name, sum(fact.standing == name for fact in digest.facts)) for name in ORDER]
    return rendered(
        "digest",
        {
            "digest": digest,
            "subject": subject_of(digest),
            "title": one_line(digest.title, 200),
            "happened": happened(digest),
            "quoted": QUOTED,
            "seed": digest.seed_id,
            "tallies": [(name, count) for name, count in tallies if count],
            "changes": digest.changes[:LISTED],
            "bars": bars(digest.facts)[:LISTED],
            "publishers": digest.publishers[:LISTED],
            "feeds": digest.feeds[:LISTED],
            "line": one_line,
        },
    )
