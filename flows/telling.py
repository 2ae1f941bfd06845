"""Alerts from the warehouse to people: raised with the standings, composed when the rules allow it, sent, marked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email import message_from_string, policy
from pathlib import Path

from flows.plaintext import one_line
from flows.settings import MAIL_SENDER, Settings
from flows.tell.envelope import addressed
from flows.tell.mail import Subject, compose
from flows.tell.notice import compose_notice
from flows.tell.rules import blind_run, bundles, corrected, raised, silent_feeds
from flows.tell.smtp import FIRST_WAIT, Server, deliver
from flows.tell.trial import trial
from seeds.errors import InputError
from seeds.model import Seed, load, mail_address
from warehouse.outbox import Outbox
from warehouse.records import Alert, Attempt, Delivery, Mail, Standing, Told, Trouble, content_id
from warehouse.store import Warehouse


@dataclass(frozen=True, slots=True)
class Mailing:
    """Who is told where a seed does not say, and by what server; without one mails become files in ``folder``."""

    to: tuple[str, ...]
    server: Server | None
    folder: Path

    @property
    def sender(self) -> str:
        return self.server.sender if self.server else MAIL_SENDER

    @property
    def domain(self) -> str:
        return self.sender.rpartition("@")[2]


def mailing(settings: Settings, warehouse: Path) -> Mailing:
    """What the settings say; the folder for want of a server is ``x.outbox`` beside the warehouse ``x.duckdb``.

    A Prefect block is looked up, so this is not for a thread with a running event loop. Raises InputError for settings
    that cannot be used, UnreachableError where the block cannot be had.
    """
    return Mailing(settings.mail_to, server(settings), warehouse.expanduser().with_suffix(".outbox"))


def server(settings: Settings) -> Server | None:
    """The mail server of the settings, or of the Prefect block that they name; errors as in :func:`mailing`."""
    if settings.smtp_block and not settings.smtp_host:
        from flows.mailblock import with_block  # which imports Prefect

        settings = with_block(settings)
    return settings.mail_server()


def alerts_of(
    outbox: Outbox, seed: Seed, before: Mapping[str, Standing], after: Sequence[Standing], now: datetime
) -> list[Alert]:
    """What there is to tell of a seed's facts, given their standings before and those that changed; see ``rules``."""
    told = outbox.raised_reports(seed.seed).values()
    return [
        *corrected(seed.seed, seed.alerts, outbox.corrections(seed.seed), now),
        *raised(seed.seed, seed.alerts, outbox.reports(seed.seed), told, before, after, now),
    ]


def notices_of(
    outbox: Outbox,
    seeds: Sequence[Seed],
    how: Mailing | None,
    feeds: Sequence[str],
    troubles: Mapping[Trouble, str],
    now: datetime,
) -> list[Alert]:
    """What there is to tell of this run: of its feeds (ids), and of why it could not check.

    Who is told of several seeds is told with the first of them, and where nobody is told nothing waits. ``troubles``
    are this run's, with what was said of each.
    """
    alerts: list[Alert] = []
    to = how.to if how else ()
    for seed, recipients in _once_each(seeds, "feed", to):
        alerts += silent_feeds(seed.seed, recipients, outbox.feed_faults(feeds), now)
    for seed, recipients in _once_each(seeds, "run", to):
        for trouble, said in troubles.items():
            alerts += blind_run(seed.seed, recipients, trouble, one_line(said, 400), outbox.checked_at(seed.seed), now)
    return alerts


def _once_each(seeds: Sequence[Seed], kind: str, to: tuple[str, ...]) -> Iterator[tuple[Seed, tuple[str, ...]]]:
    """The first seed that wants this kind of alert for each list of recipients, with the list."""
    seen: set[tuple[str, ...]] = set()
    for seed in seeds:
        recipients = seed.alerts.to or to
        if recipients and kind in seed.alerts.kinds and recipients not in seen:
            seen.add(recipients)
            yield seed, recipients


def composed(
    warehouse: Warehouse, outbox: Outbox, seed: Seed, sender: str, now: datetime
) -> list[tuple[Mail, tuple[Alert, ...]]]:
    """The mails that would be posted now for a seed, with the alerts that each tells. Nothing is stored."""
    waiting = [alert for alert in outbox.waiting() if alert.seed_id == seed.seed]
    chosen = bundles(waiting, seed.alerts, outbox.mailed(seed.seed), now)
    if not chosen:
        return []
    standings = warehouse.standings(seed.seed)
    about = Subject(
        seed_id=seed.seed,
        title=seed.title,
        statements={fact.id: fact.statement for fact in seed.facts},
        reports=outbox.raised_reports(seed.seed),
        corrections={one.finding_ids: one for one in outbox.corrections(seed.seed)},
        standings=standings,
        causes=outbox.found([standing.cause for standing in standings.values() if standing.cause]),
        feeds=outbox.feed_titles(),
    )
    domain = sender.rpartition("@")[2]
    return [
        ((compose_notice if bundle.kind == "notice" else compose)(bundle, about, domain, now), bundle.alerts)
        for bundle in chosen
    ]


def tell(warehouse: Warehouse, seeds: Sequence[Seed], how: Mailing, raised_now: Sequence[Alert], now: datetime) -> Told:
    """Posts what the rules allow now and attempts all deliveries that are due, each marked before the next is tried."""
    outbox = Outbox(warehouse.path, warehouse.patience)
    for seed in seeds:
        if to := seed.alerts.to or how.to:
            for mail, alerts in composed(warehouse, outbox, seed, how.sender, now):
                outbox.post(mail, to, alerts)
    nobody = tuple(seed.seed for seed in seeds if not (seed.alerts.to or how.to))
    return replace(send(outbox, how, raised_now, now), nobody=nobody)


@dataclass(frozen=True, slots=True)
class Shown:
    """A mail as its reader would have it."""

    subject: str
    text: str
    html: str


def preview(settings: Settings, warehouse: Path, seed_args: Sequence[str], now: datetime) -> list[Shown]:
    """The mails that would be posted now for these seeds (files, or ids of bundled ones). Nothing is stored."""
    from flows.plan import seed_path  # which joins this module too

    store = Warehouse(warehouse, settings.patience)
    if not store.path.exists():
        raise InputError(f"there is no warehouse at {store.path} yet: `seedwatch run` makes it")
    outbox, how = Outbox(store.path, settings.patience), mailing(settings, warehouse)
    seeds = [load(seed_path(arg)) for arg in seed_args or ["istanbul-2025"]]
    mails = [mail for seed in seeds for mail, _ in composed(store, outbox, seed, how.sender, now)]
    return [_shown(mail) for mail in mails]


def _shown(mail: Mail) -> Shown:
    message = message_from_string(mail.content, policy=policy.default)
    parts = {part.get_content_type(): str(part.get_content()) for part in message.walk() if not part.is_multipart()}
    return Shown(mail.subject, parts["text/plain"], parts["text/html"])


def send_again(settings: Settings, warehouse: Path, now: datetime, *, ended: bool) -> Told:
    """Makes what waits due now, with ``ended`` what was refused or has expired too, and attempts it."""
    outbox = Outbox(warehouse, settings.patience)
    if not outbox.path.exists():
        raise InputError(f"there is no warehouse at {outbox.path} yet: `seedwatch run` makes it")
    outbox.due_again(now, ended=ended)
    return send(outbox, mailing(settings, warehouse), (), now)


def send_test(settings: Settings, warehouse: Path, address: str, now: datetime) -> Attempt:
    """Sends or writes a test mail the way of alerts and gives what became of it. Nothing is stored.

    Raises InputError for what is no address, and the errors of :func:`mailing`.
    """
    try:
        recipient = mail_address(address)
    except ValueError as error:
        raise InputError(str(error)) from error
    how = mailing(settings, warehouse)
    delivery = trial(recipient, how.domain, now)
    if how.server is None:
        return _written(how, delivery, now)
    (attempt,) = deliver(how.server, [delivery], now)
    return attempt


def send(outbox: Outbox, how: Mailing, raised_now: Sequence[Alert], now: datetime) -> Told:
    """Attempts the deliveries that are due and says what became of them."""
    states: list[str] = []
    troubles: dict[str, None] = {}
    due = outbox.take_due(now)
    attempts = deliver(how.server, due, now) if how.server else (_written(how, d, now) for d in due)
    for attempt in attempts:
        outbox.mark([attempt])
        states.append(attempt.state)
        if attempt.detail and attempt.state not in ("sent", "written"):
            troubles[attempt.detail] = None
    return Told(
        raised=tuple(raised_now),
        sent=states.count("sent"),
        written=states.count("written"),
        due=outbox.states().get("due", 0),
        ended=states.count("refused") + states.count("expired"),
        waiting=len(outbox.waiting()),
        troubles=tuple(troubles),
    )


def _written(how: Mailing, delivery: Delivery, now: datetime) -> Attempt:
    """The mail as a file; the same mail and recipient give the same file."""
    path = how.folder / f"{delivery.mail_id}-{content_id(delivery.recipient)[:6]}.eml"
    try:
        how.folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(addressed(delivery.content, how.sender, delivery.recipient))
    except OSError as error:
        detail = f"{path} cannot be written: {error.strerror}"
        return Attempt(delivery.mail_id, delivery.recipient, "due", now, now + FIRST_WAIT, detail)
    return Attempt(delivery.mail_id, delivery.recipient, "written", now, None, str(path))
