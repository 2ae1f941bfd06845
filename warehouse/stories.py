"""Which articles tell one text: candidates by shared bands, the copies among them, and the stories these make."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import duckdb

from warehouse.connection import put, records, stored_time
from warehouse.records import Article, Copy, Sketch, Story, Telling

CANDIDATES = 64
"""Articles that one is compared with at most: those it shares most bands with."""

_LINKED = """
with recursive ends as (
    select article_id as this, other_id as that from base.copies
    union all select other_id, article_id from base.copies
), reached(article_id) as (
    select unnest($ids::text[])
    union
    select e.that from reached r join ends e on e.this = r.article_id
)
"""


def unsketched(con: duckdb.DuckDBPyConnection, columns: str, limit: int) -> list[Article]:
    """Articles as they read now that have no sketch yet, oldest first. ``columns`` are those of an article, as SQL."""
    rows = con.execute(
        f"select {columns} from base.articles a "  # noqa: S608  names of this package
        "where a.article_id in (select article_id from base.readings) "
        "and a.article_id not in (select article_id from base.sketches) order by a.fetched_at, a.article_id limit ?",
        [limit],
    )
    return records(Article, rows)


def candidates(con: duckdb.DuckDBPyConnection, fresh: Sequence[Sketch], within: timedelta) -> list[tuple[str, str]]:
    """Pairs (of these, another article, stored or of these too) that share a band; each pair once, smaller id first.

    The other one is of another house, was published at most ``within`` before or after, and still has its text.
    """
    told = [sketch for sketch in fresh if sketch.bands]
    if not told:
        return []
    times = [sketch.reported_at for sketch in told]
    rows = con.execute(
        """
        with fresh as (
            select
                unnest($ids::text[]) as article_id,
                unnest($houses::text[]) as house,
                unnest($times::timestamp[]) as reported_at,
                unnest($bands::uinteger[][]) as bands
        ), pool as (
            select article_id, house, reported_at, bands from base.sketches
            where reported_at between $first and $last and article_id in (select article_id from base.readings)
                and article_id not in (select article_id from base.articles where pruned_at is not null)
            union all
            from fresh
        )
        select f.article_id, p.article_id
        from (select article_id, house, reported_at, unnest(bands) as band from fresh) f
        join (select article_id, house, reported_at, unnest(bands) as band from pool) p using (band)
        where f.house <> p.house and abs(epoch(f.reported_at - p.reported_at)) <= $within
        group by f.article_id, p.article_id
        qualify row_number() over (partition by f.article_id order by count(*) desc, p.article_id) <= $most
        """,
        {
            "ids": [sketch.article_id for sketch in told],
            "houses": [sketch.house for sketch in told],
            "times": [stored_time(at) for at in times],
            "bands": [list(sketch.bands) for sketch in told],
            "first": stored_time(min(times) - within),
            "last": stored_time(max(times) + within),
            "within": within.total_seconds(),
            "most": CANDIDATES,
        },
    ).fetchall()
    return sorted({(min(pair), max(pair)) for pair in rows})


def texts(con: duckdb.DuckDBPyConnection, article_ids: Sequence[str]) -> dict[str, str]:
    """The texts of these articles, by id."""
    rows = con.execute(
        "select article_id, text from base.articles where article_id in (select unnest(?::text[]))", [list(article_ids)]
    )
    return dict(rows.fetchall())


def linked(con: duckdb.DuckDBPyConnection, article_ids: Sequence[str]) -> tuple[list[Telling], list[Copy]]:
    """All articles that a chain of stored copies connects with these, these included, and the copies among them.

    Left out are revisions that an article no longer has, and those without a sketch.
    """
    given = {"ids": list(article_ids)}
    told = con.execute(
        f"{_LINKED} select k.article_id, a.publisher, k.house, k.credit, k.reported_at from reached "  # noqa: S608
        "join base.sketches k using (article_id) join base.articles a using (article_id) "
        "where k.article_id in (select article_id from base.readings) order by k.reported_at, k.article_id",
        given,
    )
    tellings = records(Telling, told)
    copies = con.execute(
        f"{_LINKED} select article_id, other_id, likeness from base.copies "  # noqa: S608
        "where article_id in (select article_id from reached) order by article_id, other_id",
        given,
    )
    return tellings, records(Copy, copies)


def save(
    con: duckdb.DuckDBPyConnection,
    sketches: Sequence[Sketch],
    copies: Sequence[Copy],
    touched: Sequence[str],
    stories: Sequence[Story],
    at: datetime,
) -> None:
    """Writes sketches and copies, and these stories in place of all that the ``touched`` articles were in."""
    put(
        con,
        "sketches",
        "article_id house credit reported_at bands sketched_at",
        [(s.article_id, s.house, s.credit, s.reported_at, list(s.bands), at) for s in sketches],
        "do nothing",
    )
    put(
        con,
        "copies",
        "article_id other_id likeness found_at",
        [(c.article_id, c.other_id, c.likeness, at) for c in copies],
        "do nothing",
    )
    before = [
        story_id
        for (story_id,) in con.execute(
            "select distinct story_id from base.story_articles where article_id in (select unnest(?::text[]))",
            [list(touched)],
        ).fetchall()
    ]
    for table in ("stories", "story_articles"):
        con.execute(f"delete from base.{table} where story_id in (select unnest(?::text[]))", [before])  # noqa: S608
    put(
        con,
        "stories",
        "story_id origin origin_basis origin_article_id grouped_at",
        [(s.story_id, s.origin, s.origin_basis, s.origin_article_id, at) for s in stories],
        "do update set origin = excluded.origin, origin_basis = excluded.origin_basis, "
        "origin_article_id = excluded.origin_article_id, grouped_at = excluded.grouped_at",
    )
    put(
        con,
        "story_articles",
        "article_id story_id",
        [(member, s.story_id) for s in stories for member in s.members],
        "do update set story_id = excluded.story_id",
    )
