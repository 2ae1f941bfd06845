"""Entries in languages that are not read: those that a seed has to look at, and those that name its event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from warehouse.connection import opened, put, records, stored_time, writing

KEPT = timedelta(days=30)
"""Age up to which entries are looked at, so that a seed that is new finds what came before it."""


@dataclass(frozen=True, slots=True)
class ForeignEntry:
    """An entry that was refused for its language: what the feed says, how the page begins, ``language:`` and code."""

    entry_id: str
    title: str
    summary: str
    beginning: str
    published_at: datetime | None
    reason: str


class Unread:
    """What of the warehouse at this path is in a language that is not read. ``patience`` as in ``Warehouse``."""

    def __init__(self, path: Path, patience: float = 10.0) -> None:
        self._path = path
        self._patience = patience

    def entries(self, seed_id: str, now: datetime) -> list[ForeignEntry]:
        """Those refused for their language in the last 30 days and not noted for this seed, in order of arrival."""
        with opened(self._path, self._patience) as con:
            rows = con.execute(
                "select e.entry_id, e.title, e.summary, coalesce(r.detail, '') as beginning, e.published_at, r.reason "
                "from base.entries e join base.readings r using (entry_id) "
                "where r.outcome = 'refused' and r.reason like 'language:%' and e.first_seen_at > $since "
                "and not exists (select 1 from base.unread u where u.seed_id = $seed and u.entry_id = e.entry_id) "
                "order by e.first_seen_at, e.entry_id",
                {"seed": seed_id, "since": stored_time(now - KEPT)},
            )
            return records(ForeignEntry, rows)

    def note(self, run_id: str, seed_id: str, entries: Sequence[ForeignEntry], at: datetime) -> None:
        """Keeps that these entries name the seed's event and were not read."""
        with writing(self._path, self._patience) as con:
            rows = [(seed_id, entry.entry_id, entry.reason, at, run_id) for entry in entries]
            put(con, "unread", "seed_id entry_id reason noted_at run_id", rows, "do nothing")
