"""Alerts as a mail: text and HTML, one subject, headers that no headline can break.

A headline or name is somebody else's text: :func:`flows.plaintext.one_line` takes line ends, control and bidi
characters from what goes into a header or a line, and the HTML is escaped by Jinja2.
"""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from flows.plaintext import one_line
from flows.tell.envelope import message_id, wrapped
from flows.tell.rules import Bundle
from warehouse.records import Mail, MailKind, Report, Standing, content_id

COLUMNS = 78
SUBJECT = 180
"""Characters of a subject at most; a statement has 90 of them."""

IN_FULL = 10
"""Contradictions that a mail quotes; of more it gives the number."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A contradiction as the templates show it; ``others`` published copies of the text."""

    before: str
    sentence: str
    after: str
    fact_value: str
    article_value: str
    credit: str  # publisher, author, time
    title: str
    url: str
    article_id: str
    others: tuple[str, ...]
    basis: str
    probability: str


@dataclass(frozen=True, slots=True)
class Section:
    """A fact of a mail with what is told of it."""

    statement: str
    standing: str
    change: str
    quotes: tuple[Quote, ...]
    more: int


def compose(
    bundle: Bundle,
    seed_id: str,
    title: str,
    statements: Mapping[str, str],
    reports: Mapping[str, Report],
    standings: Mapping[str, Standing],
    domain: str,
    now: datetime,
) -> Mail:
    """The mail that tells this bundle, the same for the same alerts as far as its Message-ID goes."""
    mail_id = content_id("mail", *sorted(alert.alert_id for alert in bundle.alerts))
    facts = list(dict.fromkeys(alert.fact_id for alert in bundle.alerts))
    sections, left = [], IN_FULL
    for fact in facts:
        section = _section(fact, bundle, statements, reports, standings, left)
        left -= len(section.quotes)
        sections.append(section)
    subject = _subject(bundle, title, statements, reports)
    given = {"title": one_line(title, 200), "subject": subject, "sections": sections, "seed": seed_id}
    content = wrapped(
        subject=subject,
        text=_text(_PAGES.get_template("alert.txt").render(given)),
        html=_PAGES.get_template("alert.html").render(given),
        mail_id=mail_id,
        thread_id=content_id("thread", seed_id, bundle.fact_id or ""),
        list_name=f"{seed_id}.seedwatch",
        domain=domain,
        now=now,
    )
    kind: MailKind = "summary" if bundle.fact_id is None else "fact"
    return Mail(mail_id, seed_id, kind, bundle.fact_id, message_id(mail_id, domain), subject, content, now)


def _subject(bundle: Bundle, title: str, statements: Mapping[str, str], reports: Mapping[str, Report]) -> str:
    texts = [alert for alert in bundle.alerts if alert.kind == "contradiction"]
    if bundle.fact_id is None:
        count = len({alert.fact_id for alert in bundle.alerts})
        return one_line(f"{title}: {len(texts)} reports contradict, news of {count} facts", SUBJECT)
    statement = one_line(statements.get(bundle.fact_id, bundle.fact_id), 90)
    if texts:
        first = reports[texts[0].finding_ids[0]]
        value = one_line(first.article_value or first.sentence, 60)
        more = f" and {len(texts) - 1} more" if len(texts) > 1 else ""
        return one_line(f"Contradicted: {statement} — {one_line(first.publisher, 30)}: {value}{more}", SUBJECT)
    last = bundle.alerts[-1]
    return one_line(f"{str(last.standing_after).capitalize()}, was {last.standing_before}: {statement}", SUBJECT)


def _section(
    fact: str,
    bundle: Bundle,
    statements: Mapping[str, str],
    reports: Mapping[str, Report],
    standings: Mapping[str, Standing],
    left: int,
) -> Section:
    alerts = [alert for alert in bundle.alerts if alert.fact_id == fact]
    texts = [alert for alert in alerts if alert.kind == "contradiction"]
    changes = [alert for alert in alerts if alert.kind == "standing"]
    standing = standings.get(fact)
    said = "unreported"
    if standing:
        said = f"{standing.standing}: independent sources {standing.supports} for, {standing.contradicts} against"
    return Section(
        one_line(statements.get(fact, fact)),
        said,
        f"{changes[0].standing_before} → {changes[-1].standing_after}" if changes else "",
        tuple(_quote([reports[finding] for finding in alert.finding_ids]) for alert in texts[:left]),
        len(texts) - len(texts[:left]),
    )


def _quote(copies: Sequence[Report]) -> Quote:
    first = copies[0]
    start, end = first.sentence_at, first.sentence_at + len(first.sentence)
    when = f"{first.published_at:%Y-%m-%d %H:%M} UTC" if first.published_at else "no date"
    outlets = dict.fromkeys(one_line(report.publisher, 60) for report in copies)
    author = [one_line(first.author, 60)] if first.author else []
    return Quote(
        before=one_line(first.context[:start], 600),
        sentence=one_line(first.sentence, 800),
        after=one_line(first.context[end:], 600),
        fact_value=one_line(first.fact_value or "", 120),
        article_value=one_line(first.article_value or "", 120),
        credit=", ".join([one_line(first.publisher, 60), *author, when]),
        title=one_line(first.title, 200),
        url=first.url if first.url.startswith(("http://", "https://")) else "",
        article_id=first.article_id,
        others=tuple(outlets)[1:],
        basis="only the feed's summary could be read" if first.basis == "summary" else "",
        probability=f"{first.probability:.0%}",
    )


def _text(page: str) -> str:
    """The lines wrapped at 78 columns, except addresses, which would not work in pieces."""
    lines = []
    for line in page.splitlines():
        indent = " " * (len(line) - len(line.lstrip()))
        wrapped = textwrap.wrap(
            line, COLUMNS, subsequent_indent=indent, break_long_words="://" not in line, break_on_hyphens=False
        )
        lines += wrapped or [""]
    return "\n".join(lines) + "\n"


_PAGES = Environment(
    loader=PackageLoader("flows.tell"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
