"""What counts for a fact since when: the rows from which its standings follow."""

from collections.abc import Sequence

import duckdb

from warehouse.connection import aware, put
from warehouse.records import Evidence, EvidenceChange

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
