"""The texts that carry findings, as they were fetched: what stands when a page has changed or gone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from warehouse.connection import aware
from warehouse.read import Reader

_KEPT = """
select
    a.article_id, a.url, a.title, a.publisher, a.published_at, coalesce(r.seen_at, a.fetched_at) as fetched_at,
    a.text, a.text_hash, r.headers, r.sha256,
    f.finding_id, f.seed_id, f.fact_id, s.statement, f.verdict,
    if(f.verdict = 'supports', f.supports, f.contradicts) as probability, f.sentence, f.engine, f.found_at, f.retired_at
from base.findings f
join base.articles a using (article_id)
join base.facts s on s.seed_id = f.seed_id and s.fact_id = f.fact_id
left join (
    select article_id, min(seen_at) as seen_at, arg_min(headers, seen_at) as headers, arg_min(sha256, seen_at) as sha256
    from base.revisions group by article_id
) r using (article_id)
where f.verdict in ('supports', 'contradicts') and a.text is not null
    and ($seed is null or f.seed_id = $seed) and ($fact is null or f.fact_id = $fact)
order by fetched_at, a.article_id, f.seed_id, s.position, f.finding_id
"""


@dataclass(frozen=True, slots=True)
class KeptFinding:
    """A finding in a kept text; ``retired_at`` is when an edit, a newer engine or another wording undid it."""

    finding_id: str
    seed_id: str
    fact_id: str
    statement: str
    verdict: str
    probability: float  # of the verdict
    sentence: str
    engine: str
    found_at: datetime
    retired_at: datetime | None


@dataclass(frozen=True, slots=True)
class KeptText:
    """A text of an article that carries findings. ``headers`` and ``sha256`` are of the page, None for a summary."""

    article_id: str
    url: str
    title: str
    publisher: str
    published_at: datetime | None
    fetched_at: datetime
    text: str
    text_hash: str
    headers: str | None  # of the answer, those that date it, one a line
    sha256: str | None  # of the page as it was sent
    findings: tuple[KeptFinding, ...]


def kept_texts(reader: Reader, seed: str | None = None, fact: str | None = None) -> Iterator[KeptText]:
    """The texts with findings of a seed or fact, in the order in which they were fetched, one at a time."""
    with reader.opened() as con:
        rows = con.execute(_KEPT, {"seed": seed, "fact": fact})
        for _, group in groupby(iter(rows.fetchone, None), key=lambda row: row[0]):
            found = [[aware(v) if isinstance(v, datetime) else v for v in row] for row in group]
            yield _text(found)


def _text(rows: list[list[Any]]) -> KeptText:
    """The rows of one text, a finding each."""
    article_id, url, title, publisher, published_at, fetched_at, text, text_hash, headers, sha256 = rows[0][:10]
    findings = tuple(KeptFinding(*row[10:]) for row in rows)
    return KeptText(
        article_id, url, title, publisher, published_at, fetched_at, text, text_hash, headers, sha256, findings
    )
