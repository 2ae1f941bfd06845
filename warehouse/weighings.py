"""What counts for a fact since when, and the standings that follow from it."""

from collections.abc import Sequence

import duckdb

from warehouse.connection import aware, put, records
from warehouse.records import Evidence, EvidenceChange, Standing

_EVIDENCE = "verdict probability attribution superseded publisher house story_id reported_at"


def changes(con: duckdb.DuckDBPyConnection, seed_id: str, fact_ids: list[str] | None = None) -> list[EvidenceChange]:
    """All changes of a seed, or of these facts, in order of time; see ``Warehouse.weighings``."""
    rows = con.execute(
        "select w.weighed_at, w.fact_id, w.finding_id, w.counts, f.article_id, f.context, w.verdict, w.probability, "
        "w.attribution, w.superseded, w.publisher, w.house, w.story_id, w.reported_at "
        "from base.weighings w join base.findings f using (finding_id) "
        "where w.seed_id = $seed and ($facts is null or list_contains($facts, w.fact_id)) "
        "order by w.weighed_at, w.fact_id, w.finding_id",
        {"seed": seed_id, "facts": fact_ids},
    ).fetchall()
    found = []
    for at, fact_id, finding_id, counts, article_id, context, *kept in rows:
        moment = aware(at)
        assert moment is not None
        how = dict(zip(_EVIDENCE.split(), kept, strict=True))
        evidence = None
        if counts:
            how["reported_at"] = aware(how["reported_at"])
            evidence = Evidence(
                finding_id=finding_id, fact_id=fact_id, article_id=article_id, context=context or "", **how
            )
        found.append(EvidenceChange(moment, seed_id, fact_id, finding_id, evidence))
    return found


def save(con: duckdb.DuckDBPyConnection, run_id: str, made: Sequence[EvidenceChange]) -> None:
    """Adds changes, in the transaction that is open; see ``Warehouse.save_standings``."""
    put(
        con,
        "weighings",
        f"seed_id fact_id finding_id weighed_at counts {_EVIDENCE} run_id",
        [
            (
                change.seed_id,
                change.fact_id,
                change.finding_id,
                change.at,
                change.evidence is not None,
                *(getattr(change.evidence, name, None) for name in _EVIDENCE.split()),
                run_id,
            )
            for change in made
        ],
        "do nothing",
    )


def standings(con: duckdb.DuckDBPyConnection, seed_ids: Sequence[str], *, retired: bool) -> list[Standing]:
    """The last standing of each fact of these seeds, with ``retired`` also of those they had once."""
    rows = con.execute(
        "select s.seed_id, s.fact_id, s.standing, s.supports, s.contradicts, s.superseded, s.changed_at, s.cause "
        "from base.standings s left join base.facts f using (seed_id, fact_id) "
        "where s.seed_id in (select unnest($seeds::text[])) and (f.retired_at is null or $retired) "
        "qualify row_number() over (partition by s.seed_id, s.fact_id order by s.changed_at desc) = 1",
        {"seeds": list(seed_ids), "retired": retired},
    )
    return records(Standing, rows)


def save_standings(con: duckdb.DuckDBPyConnection, run_id: str, changed: Sequence[Standing]) -> None:
    """Adds changes of standing, in the transaction that is open; see ``Warehouse.save_standings``."""
    last = {(s.seed_id, s.fact_id): s for s in standings(con, [s.seed_id for s in changed], retired=True)}
    rows = []
    for standing in sorted(changed, key=lambda s: s.changed_at):
        key = (standing.seed_id, standing.fact_id)
        before = last.get(key)
        if before is None or (standing.changed_at > before.changed_at and _said(standing) != _said(before)):
            rows.append((*key, standing.changed_at, *_said(standing), standing.cause, run_id))
            last[key] = standing
    put(
        con,
        "standings",
        "seed_id fact_id changed_at standing supports contradicts superseded cause run_id",
        rows,
        "do nothing",
    )


def _said(standing: Standing) -> tuple[str, int, int, int]:
    return (standing.standing, standing.supports, standing.contradicts, standing.superseded)
