"""Alerts about facts as a mail: text and HTML, one subject, headers that no headline can break.

A headline or name is somebody else's text: :func:`flows.plaintext.one_line` takes line ends, control and bidi
characters from what goes into a header or a line, and the HTML is escaped by Jinja2.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flows.plaintext import one_line
from flows.tell.envelope import message_id, wrapped
from flows.tell.marking import Piece, pieces
from flows.tell.rendering import rendered
from flows.tell.rules import Bundle
from warehouse.records import Alert, Correction, Mail, Report, Standing, StandingName, content_id

SUBJECT = 180
"""Characters of a subject at most; a statement has 90 of them."""

IN_FULL = 10
"""Contradictions that a mail quotes; of more it gives the number. The same for edits."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What the mails about a seed are made of."""

    seed_id: str
    title: str
    statements: Mapping[str, str]
    reports: Mapping[str, Report]  # that alerts are about, by finding
    corrections: Mapping[tuple[str, ...], Correction]  # by their findings
    standings: Mapping[str, Standing]  # as they are now
    causes: Mapping[str, Report]  # what tipped them, by finding
    feeds: Mapping[str, tuple[str, str]]  # title and address, by id


@dataclass(frozen=True, slots=True)
class Quote:
    """A contradiction as the templates show it."""

    before: str
    sentence: tuple[Piece, ...]
    after: str
    fact_value: str
    article_value: str
    credit: str  # publisher, author, time
    title: str
    url: str
    article_id: str
    outlets: tuple[str, ...]  # that published the text, where they are several
    origin: str  # who probably wrote it
    said_by: str
    basis: str
    probability: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A publisher's correction as the templates show it."""

    what: str  # Corrected at 14:05 UTC by …
    meant: str
    before: str
    after: str
    title: str
    url: str
    article_ids: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Section:
    """A fact of a mail with what is told of it."""

    statement: str
    was: StandingName | None  # before the first alert of the mail; None where that is not known
    now: StandingName
    supports: int  # independent sources
    contradicts: int
    superseded: int
    quotes: tuple[Quote, ...]
    edits: tuple[Edit, ...]
    tipped: Quote | None  # what tipped the standing, where nothing else is told
    more: int


def compose(bundle: Bundle, about: Subject, domain: str, now: datetime) -> Mail:
    """The mail that tells this bundle, the same for the same alerts as far as its Message-ID goes."""
    mail_id = content_id("mail", *sorted(alert.alert_id for alert in bundle.alerts))
    sections, left = [], IN_FULL
    for fact in dict.fromkeys(_fact(alert) for alert in bundle.alerts):
        section = _section(fact, [alert for alert in bundle.alerts if alert.fact_id == fact], about, left)
        left -= len(section.quotes)
        sections.append(section)
    subject = _subject(bundle, about)
    given = {"title": one_line(about.title, 200), "subject": subject, "sections": sections, "seed": about.seed_id}
    text, html = rendered("alert", given)
    content = wrapped(
        subject=subject,
        text=text,
        html=html,
        mail_id=mail_id,
        thread_id=content_id("thread", about.seed_id, bundle.fact_id or ""),
        list_name=f"{about.seed_id}.seedwatch",
        domain=domain,
        now=now,
    )
    return Mail(mail_id, about.seed_id, bundle.kind, bundle.fact_id, message_id(mail_id, domain), subject, content, now)


def _fact(alert: Alert) -> str:
    assert alert.fact_id is not None
    return alert.fact_id


def _subject(bundle: Bundle, about: Subject) -> str:
    texts = [alert for alert in bundle.alerts if alert.kind == "contradiction"]
    edits = [about.corrections[alert.finding_ids] for alert in bundle.alerts if alert.finding_ids in about.corrections]
    if bundle.fact_id is None:
        count = len({alert.fact_id for alert in bundle.alerts})
        return one_line(f"{about.title}: {len(texts)} reports contradict, news of {count} facts", SUBJECT)
    statement = one_line(about.statements.get(bundle.fact_id, bundle.fact_id), 90)
    if texts:
        first = about.reports[texts[0].finding_ids[0]]
        value = one_line(first.article_value or first.sentence, 60)
        more = f" and {len(texts) - 1} more" if len(texts) > 1 else ""
        return one_line(f"Contradicted: {statement} — {one_line(first.publisher, 30)}: {value}{more}", SUBJECT)
    if edits:
        more = f" and {len(edits) - 1} more" if len(edits) > 1 else ""
        return one_line(
            f"{edits[0].kind.capitalize()} by {one_line(edits[0].publisher, 30)}{more}: {statement}", SUBJECT
        )
    last = bundle.alerts[-1]
    if last.standing_after is None:
        return one_line(f"News of a fact: {statement}", SUBJECT)
    return one_line(f"{last.standing_after.capitalize()}, was {last.standing_before}: {statement}", SUBJECT)


def _section(fact: str, alerts: Sequence[Alert], about: Subject, left: int) -> Section:
    texts = [alert for alert in alerts if alert.kind == "contradiction"]
    edits = [about.corrections[alert.finding_ids] for alert in alerts if alert.finding_ids in about.corrections]
    standing = about.standings.get(fact)
    cause = about.causes.get(standing.cause or "") if standing else None
    return Section(
        statement=one_line(about.statements.get(fact, fact)),
        was=next((alert.standing_before for alert in alerts if alert.standing_before), None),
        now=standing.standing if standing else "unreported",
        supports=standing.supports if standing else 0,
        contradicts=standing.contradicts if standing else 0,
        superseded=standing.superseded if standing else 0,
        quotes=tuple(_quote([about.reports[finding] for finding in alert.finding_ids]) for alert in texts[:left]),
        edits=tuple(map(_edit, edits[:IN_FULL])),
        tipped=_quote([cause]) if cause and not texts and not edits else None,
        more=len(texts) - len(texts[:left]) + len(edits[IN_FULL:]),
    )


def _quote(copies: Sequence[Report]) -> Quote:
    first = copies[0]
    start, end = first.sentence_at, first.sentence_at + len(first.sentence)
    when = f"{first.published_at:%Y-%m-%d %H:%M} UTC" if first.published_at else "no date"
    outlets = tuple(dict.fromkeys(one_line(report.publisher, 60) for report in copies))
    author = [one_line(first.author, 60)] if first.author else []
    speaker = one_line(first.speaker, 80) if first.speaker else ""
    return Quote(
        before=one_line(first.context[:start], 600),
        sentence=pieces(one_line(first.sentence, 800), first.article_value, first.fact_value),
        after=one_line(first.context[end:], 600),
        fact_value=one_line(first.fact_value or "", 120),
        article_value=one_line(first.article_value or "", 120),
        credit=", ".join([one_line(first.publisher, 60), *author, when]),
        title=one_line(first.title, 200),
        url=_link(first.url),
        article_id=first.article_id,
        outlets=outlets if len(outlets) > 1 else (),
        origin=one_line(first.origin or "", 60),
        said_by=f"{'denied' if first.attribution == 'denied' else 'said'} by {speaker}" if speaker else "",
        basis="only the feed's summary could be read" if first.basis == "summary" else "",
        probability=f"{first.probability:.0%}",
    )


def _edit(one: Correction) -> Edit:
    side = "confirmed" if one.before == "supports" else "contradicted"
    other = "contradicts" if one.before == "supports" else "confirms"
    said = f"it {other} it" if one.kind == "corrected" else "it says nothing of it any more"
    return Edit(
        what=f"{one.kind.capitalize()} by {one_line(one.publisher, 60)}, seen {one.changed_at:%Y-%m-%d at %H:%M} UTC",
        meant=f"The article {side} the fact; since the edit {said}.",
        before=one_line(one.sentence_before, 800),
        after=one_line(one.sentence_after or "", 800),
        title=one_line(one.title, 200),
        url=_link(one.url),
        article_ids=(one.article_id_before, one.article_id_after),
    )


def _link(url: str) -> str:
    """The address, if it is one to follow."""
    return url if url.startswith(("http://", "https://")) else ""
