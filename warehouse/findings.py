"""What articles say of facts: which are still to be compared, and the findings that their comparisons made."""

from collections.abc import Sequence

import duckdb

from warehouse.articles import ARTICLE
from warehouse.connection import count, counts, names, put, records, stored_time
from warehouse.records import PASSING, Article, Comparison, Evidence, Finding, SavedComparisons

_FINDING = (
    "finding_id seed_id fact_id article_id engine facts_version statement verdict supports contradicts neutral "
    "sentence sentence_start sentence_end context context_start context_end kind fact_value article_value attribution "
    "speaker superseded guards explanation found_at run_id"
)

_UNCOMPARED = """
from base.articles a
where a.article_id in (select article_id from base.readings)
    and a.pruned_at is null
    and not exists (
        select 1 from base.comparisons c
        where c.article_id = a.article_id and c.seed_id = $seed_id
            and c.facts_version = $facts_version and c.engine = $engine
            and (c.run_id = $run_id or not exists (
                select 1 from base.unchecked u
                where u.seed_id = c.seed_id and u.article_id = c.article_id and list_contains($passing, u.reason)
            ))
    )
"""


def uncompared(
    con: duckdb.DuckDBPyConnection,
    seed_id: str,
    facts_version: str,
    engine: str,
    limit: int | None,
    run_id: str | None,
    after: Article | None,
) -> list[Article]:
    """Articles not compared yet, oldest first; see ``Warehouse.uncompared``."""
    rows = con.execute(
        f"select {names(ARTICLE, 'a.')} {_UNCOMPARED} and ($after is null or "
        "(a.fetched_at, a.article_id) > ($at, $after)) order by a.fetched_at, a.article_id limit $limit",
        _comparing(seed_id, facts_version, engine, run_id)
        | {
            "limit": limit,
            "after": after.article_id if after else None,
            "at": stored_time(after.fetched_at) if after else None,
        },
    )
    return records(Article, rows)


def uncompared_count(
    con: duckdb.DuckDBPyConnection, seed_id: str, facts_version: str, engine: str, run_id: str | None
) -> int:
    """How many articles are not compared yet."""
    return count(con, f"select count(*) {_UNCOMPARED}", _comparing(seed_id, facts_version, engine, run_id))


def save(con: duckdb.DuckDBPyConnection, run_id: str, comparisons: Sequence[Comparison]) -> SavedComparisons:
    """Writes comparisons and findings, in the transaction that is open; see ``Warehouse.save_comparisons``."""
    last = {(c.seed_id, c.article_id): c for c in comparisons}
    findings = {f.finding_id: (c, f) for c in last.values() for f in c.findings}
    keys = [[seed_id for seed_id, _ in last], [article_id for _, article_id in last]]
    put(
        con,
        "comparisons",
        "seed_id article_id facts_version engine relevant relevance neutral compared_at run_id",
        [
            (
                c.seed_id,
                c.article_id,
                c.facts_version,
                c.engine,
                c.relevant,
                c.relevance,
                c.neutral,
                c.compared_at,
                run_id,
            )
            for c in last.values()
        ],
        "do update set facts_version = excluded.facts_version, engine = excluded.engine, "
        "relevant = excluded.relevant, relevance = excluded.relevance, neutral = excluded.neutral, "
        "compared_at = excluded.compared_at, run_id = excluded.run_id",
    )
    con.execute(
        """
        update base.findings set retired_at = c.compared_at
        from (select unnest(?::text[]) as seed_id, unnest(?::text[]) as article_id) b
        join base.comparisons c using (seed_id, article_id)
        where findings.seed_id = c.seed_id and findings.article_id = c.article_id
            and findings.retired_at is null and findings.finding_id not in (select unnest(?::text[]))
        """,
        [*keys, list(findings)],
    )
    statements = dict(
        con.execute(
            "select (seed_id, fact_id), statement from base.facts where seed_id in (select unnest(?::text[]))",
            keys[:1],
        ).fetchall()
    )
    put(
        con,
        "findings",
        _FINDING,
        [
            _finding_row(f, c.facts_version, statements.get((f.seed_id, f.fact_id)), run_id)
            for c, f in findings.values()
        ],
        "do update set retired_at = null, "
        + ", ".join(
            f"{name} = excluded.{name}" for name in _FINDING.split() if name not in ("finding_id", "found_at", "run_id")
        ),
    )
    con.execute(
        """
        delete from base.unchecked
        using (select unnest(?::text[]) as seed_id, unnest(?::text[]) as article_id) b
        where unchecked.seed_id = b.seed_id and unchecked.article_id = b.article_id
        """,
        keys,
    )
    put(
        con,
        "unchecked",
        "seed_id article_id fact_id reason run_id",
        [
            (c.seed_id, c.article_id, fact_id, reason, run_id)
            for c in last.values()
            for fact_id, reason in dict(c.unchecked).items()
        ],
        "do update set reason = excluded.reason, run_id = excluded.run_id",
    )
    new = counts(
        con,
        "select verdict, count(*) from base.findings "
        "where run_id = ? and finding_id in (select unnest(?::text[])) group by verdict",
        [run_id, list(findings)],
    )
    return SavedComparisons(supports=new.get("supports", 0), contradicts=new.get("contradicts", 0))


def evidence(con: duckdb.DuckDBPyConnection, seed_id: str, fact_ids: list[str] | None) -> list[Evidence]:
    """The findings that count now, in the order of reporting; see ``Warehouse.evidence``."""
    rows = con.execute(
        "select finding_id, fact_id, article_id, verdict, probability, publisher, "
        "coalesce(context, '') as context, superseded, reported_at, attribution, url, story_id "
        "from base.current_findings left join base.story_articles using (article_id) "
        "where seed_id = $seed and ($facts is null or list_contains($facts, fact_id)) and verdict <> 'neutral' "
        "order by reported_at, finding_id",
        {"seed": seed_id, "facts": fact_ids},
    )
    return records(Evidence, rows)


def _comparing(seed_id: str, facts_version: str, engine: str, run_id: str | None) -> dict[str, object]:
    """The parameters of _UNCOMPARED."""
    given = {"seed_id": seed_id, "facts_version": facts_version, "engine": engine, "run_id": run_id}
    return given | {"passing": list(PASSING)}


def _finding_row(finding: Finding, facts_version: str, statement: str | None, run_id: str) -> tuple[object, ...]:
    judged = finding.judgement
    probability, passage = judged.probability, judged.passage
    return (
        finding.finding_id,
        finding.seed_id,
        finding.fact_id,
        finding.article_id,
        finding.engine,
        facts_version,
        statement,
        judged.verdict,
        *((probability.supports, probability.contradicts, probability.neutral) if probability else (None,) * 3),
        *((passage.text, passage.start, passage.end) if passage else (None,) * 3),
        *((passage.context, passage.context_start, passage.context_end) if passage else (None,) * 3),
        judged.kind,
        judged.fact_value,
        judged.article_value,
        judged.attribution,
        judged.speaker,
        judged.superseded,
        list(judged.guards),
        judged.explanation,
        finding.found_at,
        run_id,
    )
