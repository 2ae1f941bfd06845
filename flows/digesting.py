"""Digests from the readers' copy to people: which are due, and their way through the same outbox as the alerts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from flows.errors import InputError
from flows.plan import seed_path
from flows.settings import Settings
from flows.tell.digest import Digest, Period, compose_digest, digest_of, period
from flows.telling import Mailing, mailing, send
from seeds.model import Seed, load
from warehouse.outbox import Outbox
from warehouse.read import Reader
from warehouse.records import Told
from warehouse.reporting import dossier, recent
from warehouse.store import Warehouse

Outcome = Literal["posted", "told before", "nothing new", "off", "nobody"]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which digests are wanted: those that are due by the seeds' own rhythms, or of these days, or of a week."""

    days: int | None = None  # up to now
    weekly: bool = False


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of a seed's digest."""

    seed_id: str
    outcome: Outcome
    period: Period | None = None


def watched(seed_args: Sequence[str]) -> list[Seed]:
    """The seeds of these arguments (files, or ids of bundled ones), by default the bundled first one."""
    return [load(seed_path(arg)) for arg in seed_args or ["istanbul-2025"]]


def digests(warehouse: Path, seeds: Sequence[Seed], asked: Asked, now: datetime) -> Iterator[Digest]:
    """The digests as they would be now, whether they were told before or not. Nothing is stored."""
    reader = Reader(warehouse)
    for seed in seeds:
        rhythm = "weekly" if asked.weekly or seed.alerts.digest == "weekly" else "daily"
        when = _ago(asked, seed, now) or period(rhythm, seed.alerts.timezone, now, None)
        assert when is not None
        yield digest_of(dossier(reader, seed.seed), recent(reader, seed.seed, when.since, when.until), when)


def send_digests(
    settings: Settings, warehouse: Path, seeds: Sequence[Seed], asked: Asked, now: datetime
) -> tuple[list[Posted], Told]:
    """Posts the digests that are due and attempts all deliveries that are, each digest once.

    One that nothing happened for is left out unless the seed wants it. A process that is killed in between leaves the
    same mail to the next one.
    """
    how = mailing(settings, warehouse)
    outbox = Outbox(warehouse, settings.patience)
    if not outbox.path.exists():
        raise InputError(f"there is no warehouse at {outbox.path} yet: `seedwatch run` makes it")
    posted = [_post(outbox, Reader(warehouse), seed, asked, how, now) for seed in seeds]
    told = send(outbox, how, (), now)
    if told.sent or told.written or told.due or told.ended:
        Warehouse(outbox.path, settings.patience).publish()
    return posted, told


def _post(outbox: Outbox, reader: Reader, seed: Seed, asked: Asked, how: Mailing, now: datetime) -> Posted:
    rule = seed.alerts
    to = rule.to or how.to
    if rule.digest == "off" and asked == Asked():
        return Posted(seed.seed, "off")
    if not to:
        return Posted(seed.seed, "nobody")
    when = _ago(asked, seed, now)
    if when is None:
        told = [mail.covers_until_at for mail in outbox.mailed(seed.seed) if mail.covers_until_at is not None]
        rhythm = "weekly" if asked.weekly else "daily" if rule.digest == "off" else rule.digest
        when = period(rhythm, rule.timezone, now, max(told, default=None))
    if when is None:
        return Posted(seed.seed, "told before")
    digest = digest_of(dossier(reader, seed.seed), recent(reader, seed.seed, when.since, when.until), when)
    if digest.quiet and not rule.digest_when_quiet and asked.days is None:
        return Posted(seed.seed, "nothing new", when)
    mail = compose_digest(digest, how.domain, now, extra=asked.days is not None)
    return Posted(seed.seed, "posted" if outbox.post(mail, to) else "told before", when)


def _ago(asked: Asked, seed: Seed, now: datetime) -> Period | None:
    if asked.days is None:
        return None
    until = now.replace(second=0, microsecond=0) + timedelta(minutes=1)  # with what this minute brought
    return Period(until - timedelta(days=asked.days), until, seed.alerts.timezone)
