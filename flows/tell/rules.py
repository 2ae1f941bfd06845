"""What is worth telling of a seed, and what of it goes into which mail now. Pure decisions."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from seeds.model import Alerts
from warehouse.records import Alert, Mail, Report, Standing, StandingName, content_id

NOTABLE: frozenset[StandingName] = frozenset({"contradicted", "disputed", "superseded"})
"""A change of standing is told if it leads to one of these, or away from it."""

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Bundle:
    """The alerts of one mail: about one fact, or with ``fact_id`` None a summary over several."""

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
    affairs, those less probable than the rule asks for, and facts that fewer independent sources contradict.
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
    alerts = [_contradiction(members, now) for _, members in groups]
    for standing in after:
        was: StandingName = before[standing.fact_id].standing if standing.fact_id in before else "unreported"
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


def bundles(waiting: Sequence[Alert], rule: Alerts, mailed: Sequence[Mail], now: datetime) -> list[Bundle]:
    """The mails to compose now of what waits for one seed, none in quiet hours.

    A mail is about one fact. The first of a seed sums up all there is, since it is the coverage of weeks. So does the
    last that the hour allows, if more facts wait than mails are left.
    """
    if not waiting or rule.quiet_at(now):
        return []
    by_fact: dict[str, list[Alert]] = {}
    for alert in waiting:
        by_fact.setdefault(alert.fact_id, []).append(alert)
    single = [Bundle(fact_id, tuple(alerts)) for fact_id, alerts in by_fact.items()]
    first = not any(mail.kind in ("fact", "summary") for mail in mailed)
    left = 1 if first else rule.per_hour - sum(mail.composed_at > now - HOUR for mail in mailed)
    if left <= 0:
        return []
    if len(single) <= left:
        return single
    alone, rest = single[: left - 1], single[left - 1 :]
    return [*alone, Bundle(None, tuple(alert for bundle in rest for alert in bundle.alerts))]


def _contradiction(copies: Sequence[Report], now: datetime) -> Alert:
    first = copies[0]
    alert_id = content_id(first.seed_id, "contradiction", first.fact_id, first.article_id, _words(first.sentence))
    return Alert(alert_id, first.seed_id, "contradiction", now, first.fact_id, tuple(r.finding_id for r in copies))


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
