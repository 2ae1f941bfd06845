"""Articles that are read again: which are due, and what their visits found."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import duckdb

from warehouse.connection import aware, names, put, stored_time
from warehouse.listings import ENTRY
from warehouse.records import Entry, Revisit, Visit


def due(con: duckdb.DuckDBPyConnection, ages: Sequence[timedelta], limit: int, now: datetime) -> list[Revisit]:
    """Entries due for another visit; see ``Warehouse.revisits``."""
    wanted = ENTRY.split()
    rows = con.execute(
        f"select {names(ENTRY, 'e.')}, e.first_seen_at, r.article_id, a.text, v.etag, v.last_modified "  # noqa: S608
        "from base.readings r join base.entries e using (entry_id) join base.articles a using (article_id) "
        "left join base.visits v using (entry_id) "
        "where r.outcome = 'page' and a.pruned_at is null "
        "and r.article_id in (select article_id from base.comparisons where relevant) "
        "and exists (select 1 from (select unnest($ages::double[]) as age) "
        "where e.first_seen_at + to_seconds(age) <= $now "
        "and (v.visited_at is null or v.visited_at < e.first_seen_at + to_seconds(age))) "
        "order by v.visited_at nulls first, e.first_seen_at, e.entry_id limit $limit",
        {"ages": [age.total_seconds() for age in ages], "now": stored_time(now), "limit": limit},
    ).fetchall()
    found = []
    for row in rows:
        given: dict[str, Any] = {
            name: aware(value) if isinstance(value, datetime) else value
            for name, value in zip([*wanted, "seen_at"], row, strict=False)
        }
        entry = Entry(**given)
        found.append(Revisit(entry, *row[len(wanted) + 1 :]))
    return found


def save(con: duckdb.DuckDBPyConnection, run_id: str, visits: Sequence[Visit]) -> None:
    """Writes visits and the revisions they found, in the transaction that is open."""
    put(
        con,
        "visits",
        "entry_id visited_at outcome etag last_modified",
        [(v.entry_id, v.visited_at, v.outcome, v.etag, v.last_modified) for v in visits],
        "do update set visited_at = excluded.visited_at, outcome = excluded.outcome, etag = excluded.etag, "
        "last_modified = excluded.last_modified where excluded.visited_at > visits.visited_at",
    )
    put(
        con,
        "revisions",
        "entry_id article_id previous_id seen_at diff headers sha256 run_id",
        [
            (r.entry_id, r.article_id, r.previous_id, r.seen_at, r.diff, r.headers, r.sha256, run_id)
            for r in (visit.revision for visit in visits)
            if r is not None
        ],
        "do nothing",
    )
