"""A mail about what keeps Seedwatch from seeing: feeds that bring nothing, runs that could not check."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flows.plaintext import one_line
from flows.tell.envelope import message_id, wrapped
from flows.tell.mail import SUBJECT, Subject
from flows.tell.rendering import rendered
from flows.tell.rules import Bundle
from warehouse.records import Alert, Mail, content_id

_FEEDS = {
    "failing": "has not answered as it should since",
    "gone": "is gone, says its server (410), since",
    "silent": "answers, but has brought nothing new since",
}
_RUNS = {
    "engine": "What compares could not be loaded, so nothing was compared",
    "unreachable": "No feed could be reached, so nothing new was seen",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A trouble as the templates show it."""

    what: str  # the feed's title, or what could not be done
    said: str
    detail: str
    url: str


def compose_notice(bundle: Bundle, about: Subject, domain: str, now: datetime) -> Mail:
    """The mail that tells these alerts of feeds and runs, with a Message-ID that is the same for the same alerts."""
    mail_id = content_id("mail", *sorted(alert.alert_id for alert in bundle.alerts))
    runs = [_run(alert) for alert in bundle.alerts if alert.kind == "run"]
    feeds = [_feed(alert, about) for alert in bundle.alerts if alert.kind == "feed"]
    subject = _subject(about.title, runs, feeds)
    given = {"title": one_line(about.title, 200), "subject": subject, "runs": runs, "feeds": feeds}
    text, html = rendered("notice", given | {"seed": about.seed_id})
    content = wrapped(
        subject=subject,
        text=text,
        html=html,
        mail_id=mail_id,
        thread_id=content_id("thread", about.seed_id, "notice"),
        list_name=f"{about.seed_id}.seedwatch",
        domain=domain,
        now=now,
    )
    return Mail(mail_id, about.seed_id, "notice", None, message_id(mail_id, domain), subject, content, now)


def _subject(title: str, runs: Sequence[Line], feeds: Sequence[Line]) -> str:
    said = [one_line(title, 70)]
    if runs:
        said.append("nothing can be checked" if len({run.what for run in runs}) > 1 else runs[-1].what)
    if len(feeds) == 1:
        said.append(f"{one_line(feeds[0].what, 60)} {feeds[0].said}")
    elif feeds:
        said.append(f"{len(feeds)} feeds bring nothing")
    return one_line(": ".join([said[0], "; ".join(said[1:])]), SUBJECT)


def _run(alert: Alert) -> Line:
    since = "It never could be, so far." if alert.since_at is None else f"Last checked {_moment(alert.since_at)}."
    return Line(_RUNS[alert.trouble or ""], since, one_line(alert.detail or "", 400), "")


def _feed(alert: Alert, about: Subject) -> Line:
    title, url = about.feeds.get(alert.feed_id or "", ("A feed", ""))
    since = f"{alert.since_at:%Y-%m-%d}" if alert.since_at else "long ago"
    link = url if url.startswith(("http://", "https://")) else ""
    return Line(one_line(title, 100), f"{_FEEDS[alert.trouble or '']} {since}", one_line(alert.detail or "", 300), link)


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d at %H:%M} UTC"
