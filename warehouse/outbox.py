"""The outbox: alerts raised, the mails that tell them, what became of each mail at each recipient.

Each verb is one transaction, as in ``warehouse.store``. A mail is kept as it will be sent, in the transaction that
marks its alerts as told by it; only then it goes out. Who is killed in between sends the same mail again.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from warehouse.connection import aware, count, counts, names, one, opened, put, records, stored_time, writing
from warehouse.records import Alert, Attempt, Correction, Delivery, FeedFault, Mail, Report

LEASE = timedelta(minutes=10)
"""For so long a delivery belongs to the process that took it. One that was killed meanwhile leaves it to the next."""

_ALERT = (
    "alert_id seed_id kind raised_at fact_id finding_ids standing_before standing_after feed_id trouble since_at detail"
)
_CORRECTION = (
    "seed_id fact_id kind before publisher title url changed_at sentence_before sentence_after article_id_before "
    "article_id_after finding_id_before finding_id_after"
)
_REPORT = """
select
    f.finding_id, f.seed_id, f.fact_id, f.statement, f.contradicts as probability, f.superseded, f.kind, f.fact_value,
    f.article_value, f.sentence, f.context, f.sentence_start - f.context_start as sentence_at, f.attribution,
    f.speaker, f.explanation, a.article_id, coalesce(s.story_id, a.article_id) as story_id, t.origin, a.publisher,
    a.author, a.title, a.url, a.basis, a.published_at, coalesce(a.published_at, a.fetched_at) as reported_at
from base.findings f join base.articles a using (article_id) left join base.story_articles s using (article_id)
left join base.stories t using (story_id)
"""
_FAULTS = """
select
    f.feed_id, coalesce(f.title, f.url) as title, coalesce(f.moved_from, f.url) as url,
    case when f.gone_at is not null then 'gone' when f.failures > 0 then 'failing' else 'silent' end as trouble,
    case when f.failures > 0 then p.first_failed_at else f.silent_since_at end as since_at,
    f.failures, f.detail
from base.feeds f
left join (
    -- the first of the failures in a row: how long it was not polled at all says nothing of it
    select r.feed_id, min(r.polled_at) as first_failed_at
    from base.run_feeds r join base.feeds g using (feed_id)
    where r.outcome = 'failed' and (g.succeeded_at is null or r.polled_at > g.succeeded_at)
    group by r.feed_id
) p using (feed_id)
where f.feed_id in (select unnest(?::text[])) and f.paused_at is null and since_at is not null
order by since_at, f.feed_id
"""
_CHECKED = """
select max(r.ended_at) from base.runs r
where list_contains(r.seed_ids, $seed) and not coalesce(r.own_outage, false)
    and exists (select 1 from base.run_feeds f where f.run_id = r.run_id and f.outcome <> 'failed')
    and not exists (
        select 1 from base.run_reasons q where q.run_id = r.run_id and q.kind = 'unchecked' and q.reason = 'engine'
    )
"""


class Outbox:
    """The outbox in the warehouse at ``path``; ``patience`` as in ``Warehouse``. Times are aware UTC."""

    def __init__(self, path: Path | str, patience: float = 10.0) -> None:
        self.path = Path(path).expanduser().resolve()
        self.patience = patience

    # what there is to tell

    def reports(self, seed_id: str) -> list[Report]:
        """The findings that contradict a seed's facts and count now, in the order of reporting."""
        with opened(self.path, self.patience) as con:
            rows = con.execute(
                f"{_REPORT} where f.finding_id in (select finding_id from base.current_findings "  # noqa: S608
                "where seed_id = ? and verdict = 'contradicts') order by reported_at, finding_id",
                [seed_id],
            )
            return records(Report, rows)

    def raised_reports(self, seed_id: str) -> dict[str, Report]:
        """The contradictions that alerts of this seed are about, told and waiting, by id; some may count no more."""
        with opened(self.path, self.patience) as con:
            rows = con.execute(
                f"{_REPORT} where f.finding_id in (select unnest(finding_ids) from base.alerts "  # noqa: S608
                "where seed_id = ? and kind = 'contradiction' and withdrawn_at is null) "
                "order by reported_at, finding_id",
                [seed_id],
            )
            return {report.finding_id: report for report in records(Report, rows)}

    def found(self, finding_ids: Sequence[str]) -> dict[str, Report]:
        """These findings, whatever their verdict, by id."""
        with opened(self.path, self.patience) as con:
            rows = con.execute(f"{_REPORT} where f.finding_id in (select unnest(?::text[]))", [list(finding_ids)])
            return {report.finding_id: report for report in records(Report, rows)}

    def corrections(self, seed_id: str) -> list[Correction]:
        """The findings on a seed's facts that publishers' edits undid, the latest first."""
        with opened(self.path, self.patience) as con:
            rows = con.execute(f"select {names(_CORRECTION)} from corrections where seed_id = ?", [seed_id])  # noqa: S608
            return records(Correction, rows)

    def feed_faults(self, feed_ids: Sequence[str]) -> list[FeedFault]:
        """Which of these feeds fail, are gone or have gone silent, those that are so for longest first."""
        with opened(self.path, self.patience) as con:
            return records(FeedFault, con.execute(_FAULTS, [list(feed_ids)]))

    def feed_titles(self) -> dict[str, tuple[str, str]]:
        """Title and address of each feed, by id."""
        with opened(self.path, self.patience) as con:
            rows = con.execute("select feed_id, coalesce(title, url), coalesce(moved_from, url) from base.feeds")
            return {feed_id: (title, url) for feed_id, title, url in rows.fetchall()}

    def checked_at(self, seed_id: str) -> datetime | None:
        """When the last run ended that could poll for a seed and compare; None where none ever could."""
        with opened(self.path, self.patience) as con:
            return aware(one(con, _CHECKED, {"seed": seed_id}))

    def waiting(self) -> list[Alert]:
        """The alerts that no mail tells yet, in the order in which they were raised."""
        with opened(self.path, self.patience) as con:
            rows = con.execute(
                f"select {names(_ALERT)} from base.alerts where mail_id is null and withdrawn_at is null "  # noqa: S608
                "order by raised_at, alert_id"
            )
            return [replace(alert, finding_ids=tuple(alert.finding_ids)) for alert in records(Alert, rows)]

    # mails

    def mailed(self, seed_id: str) -> list[Mail]:
        """The mails about a seed so far, the earliest first, without their content."""
        with opened(self.path, self.patience) as con:
            rows = con.execute(
                "select mail_id, seed_id, kind, fact_id, message_id, subject, '' as content, composed_at, "
                "covers_until_at from base.mails where seed_id = ? order by composed_at, mail_id",
                [seed_id],
            )
            return records(Mail, rows)

    def post(self, mail: Mail, recipients: Sequence[str], alerts: Sequence[Alert] = ()) -> bool:
        """Keeps a mail to be sent and marks the alerts that it tells; whether it did.

        Not so where it is kept already, or where another run has told or withdrawn one of the alerts meanwhile: what
        is left of them waits for the next mail.
        """
        told = [alert.alert_id for alert in alerts]
        with writing(self.path, self.patience) as con:
            untold = "alert_id in (select unnest($ids::text[])) and mail_id is null and withdrawn_at is null"
            if count(con, "select count(*) from base.mails where mail_id = $id", {"id": mail.mail_id}) or count(
                con,
                f"select count(*) from base.alerts where {untold}",  # noqa: S608
                {"ids": told},
            ) != len(set(told)):
                return False
            put(
                con,
                "mails",
                "mail_id seed_id kind fact_id message_id subject content composed_at covers_until_at",
                [
                    (
                        mail.mail_id, mail.seed_id, mail.kind, mail.fact_id, mail.message_id, mail.subject,
                        mail.content, mail.composed_at, mail.covers_until_at,
                    )
                ],
                "do nothing",
            )  # fmt: skip
            put(
                con,
                "deliveries",
                "mail_id recipient state attempts due_at",
                [(mail.mail_id, recipient, "due", 0, mail.composed_at) for recipient in dict.fromkeys(recipients)],
                "do nothing",
            )
            con.execute(
                f"update base.alerts set mail_id = $mail where {untold}",  # noqa: S608
                {"mail": mail.mail_id, "ids": told},
            )
            return True

    def take_due(self, now: datetime) -> list[Delivery]:
        """The deliveries to attempt now, which are the caller's for ten minutes (``LEASE``).

        Those that were tried least come first, of them the oldest mail: what fails again and again holds up no other.
        """
        with writing(self.path, self.patience) as con:
            rows = con.execute(
                "select d.mail_id, d.recipient, m.content, m.composed_at, d.attempts from base.deliveries d "
                "join base.mails m using (mail_id) where d.state = 'due' and d.due_at <= $now "
                "order by d.attempts, m.composed_at, m.mail_id, d.recipient",
                {"now": stored_time(now)},
            )
            taken = records(Delivery, rows)
            con.execute(
                "update base.deliveries set due_at = $until where state = 'due' and due_at <= $now",
                {"now": stored_time(now), "until": stored_time(now + LEASE)},
            )
            return taken

    def mark(self, attempts: Sequence[Attempt]) -> None:
        """Records what became of deliveries."""
        with writing(self.path, self.patience) as con:
            for attempt in attempts:
                con.execute(
                    "update base.deliveries set state = ?, attempts = attempts + 1, due_at = ?, tried_at = ?, "
                    "detail = ? where mail_id = ? and recipient = ? and state = 'due'",
                    [
                        attempt.state,
                        None if attempt.due_at is None else stored_time(attempt.due_at),
                        stored_time(attempt.at),
                        attempt.detail,
                        attempt.mail_id,
                        attempt.recipient,
                    ],
                )

    def due_again(self, now: datetime, *, ended: bool) -> int:
        """Makes all deliveries that wait due now, with ``ended`` the refused and expired too; how many there are."""
        with writing(self.path, self.patience) as con:
            con.execute(
                "update base.deliveries set state = 'due', due_at = $now "
                "where state = 'due' or ($ended and state in ('refused', 'expired'))",
                {"now": stored_time(now), "ended": ended},
            )
            return count(con, "select count(*) from base.deliveries where state = 'due'", {})

    def states(self) -> dict[str, int]:
        """How many deliveries there are in each state; one that is ``due`` is still to be made, now or later."""
        with opened(self.path, self.patience) as con:
            return counts(con, "select state, count(*) from base.deliveries group by state", [])

    def raise_(self, run_id: str, alerts: Sequence[Alert], at: datetime) -> list[Alert]:
        """Stores alerts that follow from no standing; those not raised before come back."""
        with writing(self.path, self.patience) as con:
            return save_alerts(con, run_id, alerts, at)


def save_alerts(con: duckdb.DuckDBPyConnection, run_id: str, alerts: Sequence[Alert], at: datetime) -> list[Alert]:
    """Stores alerts in the transaction that is open and gives those that are new.

    One raised before is left alone, unless it was withdrawn. Those that wait while none of their findings counts any
    more, or while the edit that they are about holds no more, are withdrawn.
    """
    known = {
        alert_id
        for (alert_id,) in con.execute(
            "select alert_id from base.alerts where withdrawn_at is null and alert_id in (select unnest(?::text[]))",
            [[alert.alert_id for alert in alerts]],
        ).fetchall()
    }
    new = list({alert.alert_id: alert for alert in alerts if alert.alert_id not in known}.values())
    columns = _ALERT.split()
    put(
        con,
        "alerts",
        f"{_ALERT} run_id",
        [
            (*(list(v) if isinstance(v := getattr(alert, name), tuple) else v for name in columns), run_id)
            for alert in new
        ],
        "do update set withdrawn_at = null, finding_ids = excluded.finding_ids, raised_at = excluded.raised_at, "
        "run_id = excluded.run_id",
    )
    con.execute(
        "update base.alerts set withdrawn_at = ? where mail_id is null and withdrawn_at is null and "
        "((kind = 'contradiction' and alert_id not in (select alert_id from "
        "(select alert_id, unnest(finding_ids) as finding_id from base.alerts where withdrawn_at is null) "
        "semi join base.current_findings using (finding_id))) or "
        "(kind = 'correction' and finding_ids[1] not in (select finding_id_before from corrections)))",
        [stored_time(at)],
    )
    return new
