"""What became of entries: which are still to be read, their articles, and when a refusal is tried again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import duckdb

from warehouse.connection import count, names, put, records, stored_time
from warehouse.listings import ENTRY
from warehouse.records import Entry, Paragraph, Reading

MAX_ATTEMPTS = 5
"""How often an entry is tried while its refusals are temporary."""

RETRY_MINUTES = 30
"""Wait after the first temporary refusal; each further one doubles it."""

ARTICLE = (
    "article_id entry_id url title text basis publisher author language published_at published_at_source fetched_at "
    "text_hash"
)

_PENDING = """
from base.entries e left join base.readings r using (entry_id)
where r.entry_id is null or (r.temporary and r.retry_at <= $now)
"""


def pending(con: duckdb.DuckDBPyConnection, limit: int | None, now: datetime) -> list[Entry]:
    """Entries to read, those first seen first; see ``Warehouse.pending_entries``."""
    rows = con.execute(
        f"select {names(ENTRY, 'e.')}, e.first_seen_at as seen_at {_PENDING} "
        "order by e.first_seen_at, e.entry_id limit $limit",
        {"now": stored_time(now), "limit": limit},
    )
    return records(Entry, rows)


def pending_count(con: duckdb.DuckDBPyConnection, now: datetime) -> int:
    """How many entries are to be read."""
    return count(con, f"select count(*) {_PENDING}", {"now": stored_time(now)})


def save(
    con: duckdb.DuckDBPyConnection, run_id: str, readings: Sequence[Reading], paragraphs: Sequence[Paragraph], keep: int
) -> None:
    """Writes readings and what they taught, in the transaction that is open; see ``Warehouse.save_readings``."""
    last = {reading.entry_id: reading for reading in sorted(readings, key=lambda r: r.read_at)}
    articles = {r.article.article_id: r.article for r in readings if r.article and r.outcome != "refused"}
    put(
        con,
        "articles",
        f"{ARTICLE} run_id",
        [(*(getattr(article, name) for name in ARTICLE.split()), run_id) for article in articles.values()],
        "do nothing",
    )
    worse = (
        "((excluded.outcome = 'refused' and readings.outcome <> 'refused') "
        "or (excluded.outcome = 'summary' and readings.outcome = 'page'))"
    )
    again = "(excluded.temporary and readings.outcome <> 'page')"
    put(
        con,
        "readings",
        "entry_id outcome reason detail article_id temporary attempts read_at retry_at run_id",
        [
            (
                reading.entry_id,
                reading.outcome,
                reading.reason,
                reading.detail,
                None if reading.article is None or reading.outcome == "refused" else reading.article.article_id,
                reading.temporary,
                1,
                reading.read_at,
                reading.read_at + timedelta(minutes=RETRY_MINUTES) if reading.temporary else None,
                run_id,
            )
            for reading in last.values()
        ],
        "do update set "
        + "".join(
            f"{name} = if({worse}, readings.{name}, excluded.{name}), "
            for name in ("outcome", "reason", "detail", "article_id")
        )
        + f"temporary = {again}, attempts = readings.attempts + 1, read_at = excluded.read_at, "
        f"retry_at = if({again} and readings.attempts + 1 < {MAX_ATTEMPTS}, "
        f"excluded.read_at + to_minutes({RETRY_MINUTES} * (1 << readings.attempts)), null), "
        "run_id = excluded.run_id where excluded.read_at > readings.read_at",
    )
    put(
        con,
        "paragraphs",
        "site paragraph_id entry_ids seen_at",
        [(each.site, each.paragraph_id, list(each.entry_ids), each.seen_at) for each in paragraphs],
        "do update set entry_ids = excluded.entry_ids, seen_at = excluded.seen_at",
    )
    con.execute(
        "delete from base.paragraphs where (site, paragraph_id) in "
        "(select (site, paragraph_id) from base.paragraphs where site in (select unnest($sites::text[])) "
        "qualify row_number() over (partition by site order by seen_at desc, paragraph_id) > $keep)",
        {"sites": sorted({each.site for each in paragraphs}), "keep": keep},
    )
