"""What is worth telling of a seed, and what of it goes into which mail now. Pure decisions."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from seeds.model import Alerts
from warehouse.records import (
    Alert,
    Correction,
    FeedFault,
    Mail,
    MailKind,
    Report,
    Standing,
    StandingName,
    Trouble,
    content_id,
)

NOTABLE: frozenset[StandingName] = frozenset({"contradicted", "disputed", "superseded"})
"""A change of standing is told if it leads to one of these, or away from it."""

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

LATELY = timedelta(days=7)
"""An edit is told if it was found since: what an earlier version of Seedwatch saw and told nobody is no news."""

FAILING = timedelta(days=3)
FAILURES = 3
"""A feed is told of when it has failed for so long and so often. How long is too silent is what makes it ``silent``."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """The alerts of one mail: about one fact, a summary over several, or a notice about feeds and runs."""

    kind: MailKind
    fact_id: str | None
    alerts: tuple[Alert, ...]


def raised(
    seed_id: str,
    rule: Alerts,
    reports: Sequence[Report],
    told: Iterable[Report],
    before: Mapping[str, Standing],
    after: Iterable[Standing],
    now: datetime,
) -> list[Alert]:
    """What there is to tell: contradictions by texts not told of before, and standings that became another one.

    ``reports`` are those that count now, in the order of reporting; ``told`` those that alerts are about already;
    ``after`` the standings that changed. Copies of one text are one alert. Left out are reports of a later state of
    affairs, those less probable than the rule asks for, facts that fewer independent sources contradict, and the kinds
    of alert that the rule does not name.
    """
    current = {**before, **{standing.fact_id: standing for standing in after}}
    wanted = [
        report
        for report in reports
        if not report.superseded
        and report.probability >= rule.probability
        and (rule.facts is None or report.fact_id in rule.facts)
        and (standing := current.get(report.fact_id)) is not None
        and standing.contradicts >= rule.sources
    ]
    known = {key for report in told for key in _keys(report)}
    groups: list[tuple[set[tuple[str, ...]], list[Report]]] = []
    for report in wanted:
        keys = _keys(report)
        if keys & known:
            continue
        merged, members = set(keys), [report]
        for group in [group for group in groups if group[0] & keys]:
            merged |= group[0]
            members = group[1] + members
            groups.remove(group)
        groups.append((merged, members))
    alerts: list[Alert] = []
    if "contradiction" in rule.kinds:
        alerts += [_contradiction(members, before, current, now) for _, members in groups]
    for standing in after if "standing" in rule.kinds else ():
        was = _name(before.get(standing.fact_id))
        weak = standing.standing in ("contradicted", "disputed") and not any(
            report.fact_id == standing.fact_id for report in wanted
        )
        if was == standing.standing or not {was, standing.standing} & NOTABLE or weak:
            continue
        if rule.facts is None or standing.fact_id in rule.facts:
            key = (seed_id, "standing", standing.fact_id, was, standing.standing, standing.changed_at.isoformat())
            alerts.append(
                Alert(
                    content_id(*key), seed_id, "standing", now, standing.fact_id, standing_before=was,
                    standing_after=standing.standing,
                )
            )  # fmt: skip
    return alerts


def corrected(seed_id: str, rule: Alerts, corrections: Iterable[Correction], now: datetime) -> list[Alert]:
    """An alert for each edit of the last days that undid what an article said of a fact."""
    if "correction" not in rule.kinds:
        return []
    return [
        Alert(
            content_id(seed_id, "correction", one.fact_id, one.finding_id_before, one.article_id_after),
            seed_id, "correction", now, one.fact_id, one.finding_ids, detail=one.kind,
        )
        for one in corrections
        if one.changed_at > now - LATELY and (rule.facts is None or one.fact_id in rule.facts)
    ]  # fmt: skip


def silent_feeds(seed_id: str, to: Sequence[str], faults: Iterable[FeedFault], now: datetime) -> list[Alert]:
    """An alert for each feed that has brought nothing for long, the same as long as that lasts."""
    return [
        Alert(
            content_id("feed", fault.feed_id, fault.trouble, fault.since_at.isoformat(), *to), seed_id, "feed", now,
            None,
            feed_id=fault.feed_id, trouble=fault.trouble, since_at=fault.since_at, detail=fault.detail,
        )
        for fault in faults
        if fault.trouble == "silent" or (now - fault.since_at >= FAILING and fault.failures >= FAILURES)
    ]  # fmt: skip


def blind_run(
    seed_id: str, to: Sequence[str], trouble: Trouble, detail: str, checked_at: datetime | None, now: datetime
) -> list[Alert]:
    """An alert that a run could not check, the same for a day, once that has lasted for an hour.

    ``checked_at`` is when it could be last; what never could is told at once.
    """
    lasted = DAY if checked_at is None else now - checked_at
    if lasted < HOUR:
        return []
    since, days = ("never", now.date().isoformat()) if checked_at is None else (checked_at.isoformat(), lasted // DAY)
    alert_id = content_id("run", trouble, since, str(days), *to)
    return [Alert(alert_id, seed_id, "run", now, None, trouble=trouble, since_at=checked_at, detail=detail)]


def bundles(waiting: Sequence[Alert], rule: Alerts, mailed: Sequence[Mail], now: datetime) -> list[Bundle]:
    """The mails to compose now of what waits for one seed, none in quiet hours.

    A mail is about one fact. The first of a seed sums up all there is, since it is the coverage of weeks. So does the
    last that the hour allows, if more facts wait than mails are left. Feeds and runs go into a mail of their own, feeds
    alone into one a day at most.
    """
    if not waiting or rule.quiet_at(now):
        return []
    left = rule.per_hour - sum(mail.composed_at > now - HOUR for mail in mailed)
    first = not any(mail.kind in ("fact", "summary") for mail in mailed)
    about_facts = _about_facts(waiting, min(left, 1) if first else left)
    notice = tuple(alert for alert in waiting if alert.fact_id is None)
    noticed = any(mail.kind == "notice" and mail.composed_at > now - DAY for mail in mailed)
    if notice and len(about_facts) < left and not (noticed and all(alert.kind == "feed" for alert in notice)):
        return [*about_facts, Bundle("notice", None, notice)]
    return about_facts


def _about_facts(waiting: Sequence[Alert], left: int) -> list[Bundle]:
    by_fact: dict[str, list[Alert]] = {}
    for alert in waiting:
        if alert.fact_id is not None:
            by_fact.setdefault(alert.fact_id, []).append(alert)
    single = [Bundle("fact", fact_id, tuple(alerts)) for fact_id, alerts in by_fact.items()]
    if left <= 0:
        return []
    if len(single) <= left:
        return single
    alone, rest = single[: left - 1], single[left - 1 :]
    return [*alone, Bundle("summary", None, tuple(alert for bundle in rest for alert in bundle.alerts))]


def _contradiction(
    copies: Sequence[Report], before: Mapping[str, Standing], after: Mapping[str, Standing], now: datetime
) -> Alert:
    first = copies[0]
    fact = first.fact_id
    return Alert(
        content_id(first.seed_id, "contradiction", fact, first.article_id, _words(first.sentence)), first.seed_id,
        "contradiction", now, fact, tuple(report.finding_id for report in copies), _name(before.get(fact)),
        _name(after.get(fact)),
    )  # fmt: skip


def _name(standing: Standing | None) -> StandingName:
    return standing.standing if standing else "unreported"


def _keys(report: Report) -> set[tuple[str, ...]]:
    """What makes two reports one: the finding, the story, the sentence's words, or the page with the same conflict."""
    fact = report.fact_id
    keys: set[tuple[str, ...]] = {
        ("finding", report.finding_id),
        ("story", fact, report.story_id),
        ("words", fact, _words(report.sentence)),
    }
    if report.article_value:
        keys.add(("page", fact, report.url, report.kind or "", report.article_value))
    return keys


def _words(sentence: str) -> str:
    return " ".join(re.findall(r"\w+", sentence.lower()))
