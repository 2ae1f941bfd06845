"""The questions that a report asks of the readers' copy, all in one state of it: sums and the few best sentences.

What is counted is put into a small table first, once, since nearly all questions start from it; texts of articles are
not read, and sentences only of the findings that are shown.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, TypeVar

import duckdb

from seeds.errors import InputError
from warehouse.connection import aware, records, stored_time
from warehouse.dossier import (
    Corrected,
    Coverage,
    CoverageBin,
    Dossier,
    EngineLine,
    FactFile,
    FeedTrouble,
    Gaps,
    PersonMark,
    PublisherLine,
    Quotation,
    Reasons,
    Recent,
    Reported,
    StandingChange,
    Undecided,
    Unread,
)
from warehouse.read import Reader, Table, quoted

QUOTATIONS = 3
"""Of each side of a fact at most."""

PUBLISHERS = 24
"""Beside whose names the facts are laid out; the others are one column."""

CHANGES = 12
"""Of a fact's standing at most."""

LISTED = 40
"""Things in a list at most: entries not read, pairs not decided, marks, corrections."""

_QUOTED = 0.8  # as flows.weigh.standing has it: what an article says itself comes before what it has others say
_DAYS, _WEEKS = 75, 550  # so many days as days, so many as weeks, more as months

_COUNTED = """
create temp table counted as
with weighed as (
    -- how each counts for its standing: rules on time can make a contradiction a later state of affairs
    select finding_id, superseded, house, story_id from base.weighings w
    where seed_id = $seed and not exists (
        select 1 from base.weighings later
        where later.seed_id = $seed and later.finding_id = w.finding_id and later.weighed_at > w.weighed_at
    )
)
select
    f.finding_id, f.fact_id, f.article_id, f.publisher, f.reported_at,
    case
        when coalesce(w.superseded, f.superseded) then 'later'
        when f.verdict = 'supports' then 'for'
        else 'against'
    end as side,
    f.probability * if(f.attribution in ('quoted', 'denied'), $quoted, 1) as weight,
    coalesce(nullif(w.house, ''), f.publisher) as house,
    coalesce(w.story_id, f.article_id) as story
from base.current_findings f
left join weighed w using (finding_id)
where f.seed_id = $seed and f.verdict in ('supports', 'contradicts')
"""

_FACTS = """
select f.fact_id, f.position, f.statement, coalesce(f.as_of, s.as_of) as as_of,
    coalesce(t.standing, 'unreported') as standing, coalesce(t.supports, 0) as supports,
    coalesce(t.contradicts, 0) as contradicts, coalesce(t.superseded, 0) as superseded, t.changed_at,
    c.last_reported_at, coalesce(u.unchecked, 0) as unchecked
from base.facts f
join base.seeds s using (seed_id)
left join (
    select * from base.standings where seed_id = $seed
    qualify row_number() over (partition by fact_id order by changed_at desc) = 1
) t using (fact_id)
left join (select fact_id, max(reported_at) as last_reported_at from counted group by fact_id) c using (fact_id)
left join (select fact_id, count(*) as unchecked from undecided group by fact_id) u using (fact_id)
where f.seed_id = $seed and f.retired_at is null
order by f.position
"""

_BEST = """
create temp table best as
with of_houses as (
    -- the least of these is the one of most weight; a window over all that is counted takes four times as long
    select fact_id, side,
        min({'lack': -weight, 'reported_at': reported_at, 'finding_id': finding_id, 'story': story}) as f
    from counted group by fact_id, side, house
), of_stories as (
    select fact_id, side, min(f) as f from of_houses group by fact_id, side, f.story
)
select fact_id, side, f.finding_id, f.story, row_number() over (partition by fact_id, side order by f) as place
from of_stories
qualify place <= $quotations
"""

_QUOTATIONS = """
with copies as (
    select b.finding_id, list_sort(list(distinct c.publisher)) as publishers
    from best b join counted c using (fact_id, side, story)
    group by b.finding_id
), words as (
    select finding_id, last("right" order by marked_at) as "right" from base.marks group by finding_id
)
select b.fact_id, b.finding_id, b.side, if(f.verdict = 'supports', f.supports, f.contradicts) as probability,
    coalesce(f.sentence, '') as sentence, coalesce(f.context, f.sentence, '') as context,
    coalesce(f.sentence_start - f.context_start, 0) as sentence_at, f.kind, f.fact_value, f.article_value,
    f.attribution, f.speaker, a.publisher, a.author, a.title, a.url, a.published_at, a.basis, f.article_id,
    list_filter(coalesce(c.publishers, []), lambda p: p <> a.publisher) as copies,
    coalesce(w."right", false) as marked_right
from best b
join base.findings f using (finding_id)
join base.articles a on a.article_id = f.article_id
left join copies c using (finding_id)
left join words w using (finding_id)
order by b.fact_id, b.side, b.place
"""

_CHANGES = """
with changes as (
    select * from base.standings where seed_id = $seed
    qualify standing is distinct from lag(standing) over (partition by fact_id order by changed_at)
)
select t.fact_id, t.changed_at, t.standing, t.supports, t.contradicts, t.superseded, a.publisher, c.sentence
from changes t
left join base.findings c on c.finding_id = t.cause
left join base.articles a on a.article_id = c.article_id
qualify row_number() over (partition by t.fact_id order by t.changed_at desc) <= $changes
order by t.fact_id, t.changed_at
"""

_CHANGES_LEFT = """
with changes as (
    select fact_id, standing from base.standings where seed_id = $seed
    qualify standing is distinct from lag(standing) over (partition by fact_id order by changed_at)
)
select fact_id, count(*) - $changes from changes group by fact_id having count(*) > $changes
"""

_ABOUT = """
create temp table about as
with said as (
    select article_id, bool_or(side = 'against') as against from counted group by article_id
)
select c.article_id, a.publisher, a.published_at, a.basis,
    case when s.against then 'contradicting' when s.article_id is not null then 'supporting' else 'silent' end as says
from base.comparisons c
join base.articles a using (article_id)
left join said s using (article_id)
where c.seed_id = $seed and c.relevant and c.article_id in (select article_id from base.readings)
"""

_PUBLISHERS = """
with said as (
    select publisher, count(*) filter (where side = 'for') as supports,
        count(*) filter (where side = 'against') as contradicts, count(*) filter (where side = 'later') as later
    from counted group by publisher
), told as (
    select publisher, count(*) as articles, min(published_at) as first_at from about group by publisher
)
select publisher, coalesce(articles, 0) as articles, coalesce(supports, 0) as supports,
    coalesce(contradicts, 0) as contradicts, coalesce(later, 0) as later, first_at
from told full join said using (publisher)
order by supports + contradicts + later desc, contradicts desc, articles desc, publisher
"""

_REPORTED = """
select fact_id, if(list_contains($publishers, publisher), publisher, null) as publisher,
    count(*) filter (where side = 'for') as supports, count(*) filter (where side = 'against') as contradicts,
    count(*) filter (where side = 'later') as later
from counted group by all
"""

_UNDECIDED = """
create temp table undecided as
select u.fact_id, f.position, f.statement, u.reason, u.article_id, c.compared_at
from base.unchecked u
join base.comparisons c using (seed_id, article_id)
join base.facts f using (seed_id, fact_id)
where u.seed_id = $seed and f.retired_at is null and u.article_id in (select article_id from base.readings)
"""

_MARKS = """
select m.finding_id, f.statement, m."right", m.note, f.verdict, coalesce(f.sentence, '') as sentence, a.publisher,
    a.url, m.marked_at
from base.marks m
join base.findings f using (finding_id)
join base.articles a using (article_id)
where f.seed_id = $seed and f.statement is not null
qualify row_number() over (partition by m.finding_id order by m.marked_at desc) = 1
order by m.marked_at desc, m.finding_id
"""

_CORRECTIONS = """
select statement, kind, publisher, title, url, changed_at, coalesce(sentence_before, '') as sentence_before,
    sentence_after
from corrections where seed_id = $seed
"""

_RECENT_PUBLISHERS = """
with first as (
    select entry_id, min(fetched_at) as first_at from base.articles group by entry_id  -- an edit makes none new
), said as (
    select article_id, count(*) filter (where side = 'for') as supports,
        count(*) filter (where side = 'against') as contradicts, count(*) filter (where side = 'later') as later
    from counted group by article_id
)
select b.publisher, count(*) as articles, coalesce(sum(s.supports), 0)::bigint as supports,
    coalesce(sum(s.contradicts), 0)::bigint as contradicts, coalesce(sum(s.later), 0)::bigint as later,
    min(b.published_at) as first_at
from about b
join base.articles a using (article_id)
join first f using (entry_id)
left join said s using (article_id)
where f.first_at >= $since and f.first_at < $until
group by b.publisher
order by contradicts desc, articles desc, b.publisher
"""

_RECENT_UNCHECKED = """
select reason, count(*) as count from unchecked
where seed_id = $seed and compared_at >= $since and compared_at < $until group by reason order by count desc, reason
"""

_RECENT_REFUSED = """
select coalesce(reason, 'unknown') as reason, count(*) as count from base.readings
where outcome = 'refused' and read_at >= $since and read_at < $until group by all order by count desc, reason
"""

_SEED = """
select s.title, s.as_of, s.facts_version, count(c.article_id), count(c.article_id) filter (where c.relevant)
from base.seeds s
left join base.comparisons c on c.seed_id = s.seed_id and c.article_id in (select article_id from base.readings)
where s.seed_id = $seed
group by s.title, s.as_of, s.facts_version
"""

_LAST_RUN = """
select ended_at, state from base.runs
where list_contains(seed_ids, $seed) and ended_at is not null order by ended_at desc limit 1
"""

_ENGINES = """
select engine, count(*) as articles, max(compared_at) as latest_at from base.comparisons
where seed_id = $seed and article_id in (select article_id from base.readings)
group by engine order by latest_at desc
"""

_FINDINGS = """
select s.seed_id, s.fact_id, s.statement, s.standing, s.supports as independent_for,
    s.contradicts as independent_against, s.superseded as independent_later, c.verdict, c.publisher, c.title, c.url,
    c.published_at, c.sentence, c.kind, c.fact_value, c.article_value, c.speaker, c.attribution, c.probability, c.basis,
    c.superseded, c.context, c.found_at, c.engine, c.article_id, c.finding_id
from fact_standing s
join base.facts f using (seed_id, fact_id)
left join base.current_findings c
    on c.seed_id = s.seed_id and c.fact_id = s.fact_id and c.verdict in ('supports', 'contradicts')
where s.seed_id = $seed
order by f.position, c.verdict, c.probability desc, c.finding_id
"""

_ROWS = 10_000

T = TypeVar("T")


def seeds(reader: Reader) -> list[str]:
    """The ids of the seeds that the warehouse knows, in order."""
    with reader.opened() as con:
        return _seeds(con)


def dossier(reader: Reader, seed: str) -> Dossier:
    """What is known of a seed's facts. A seed that the warehouse does not have raises :class:`InputError`."""
    of: dict[str, object] = {"seed": seed}
    with reader.opened() as con:
        _known(con, seed)
        con.execute(_COUNTED, of | {"quoted": _QUOTED})
        con.execute(_UNDECIDED, of)
        con.execute(_ABOUT, of)
        con.execute(_BEST, {"quotations": QUOTATIONS})
        told = records(PublisherLine, con.execute(_PUBLISHERS))
        publishers = tuple(told[:PUBLISHERS])
        marks = records(PersonMark, con.execute(_MARKS, of))
        corrections = records(Corrected, con.execute(_CORRECTIONS, of))
        ((title, as_of, facts_version, compared, relevant),) = con.execute(_SEED, of).fetchall()
        run = con.execute(_LAST_RUN, of).fetchone() or (None, None)
        return Dossier(
            seed_id=seed,
            title=title,
            as_of=as_of,
            facts_version=facts_version,
            facts=_facts(con, seed, [line.publisher for line in publishers]),
            publishers=publishers,
            publishers_left=len(told) - len(publishers),
            coverage=_coverage(con),
            gaps=_gaps(con),
            marks=tuple(marks[:LISTED]),
            marks_left=max(0, len(marks) - LISTED),
            corrections=tuple(corrections[:LISTED]),
            corrections_left=max(0, len(corrections) - LISTED),
            engines=tuple(records(EngineLine, con.execute(_ENGINES, of))),
            articles_compared=compared,
            articles_relevant=relevant,
            last_run_at=aware(run[0]),
            last_run_state=run[1],
        )


def recent(reader: Reader, seed: str, since: datetime, until: datetime) -> Recent:
    """What came from ``since`` on and before ``until``, both aware. Errors as :func:`dossier`."""
    of: dict[str, object] = {"seed": seed}
    within = {"since": stored_time(since), "until": stored_time(until)}
    with reader.opened() as con:
        _known(con, seed)
        con.execute(_COUNTED, of | {"quoted": _QUOTED})
        con.execute(_ABOUT, of)
        return Recent(
            publishers=tuple(records(PublisherLine, con.execute(_RECENT_PUBLISHERS, within))),
            unchecked=tuple(records(Reasons, con.execute(_RECENT_UNCHECKED, of | within))),
            refused=tuple(records(Reasons, con.execute(_RECENT_REFUSED, within))),
        )


def findings(reader: Reader, seed: str) -> Iterator[Table]:
    """All findings on a seed's facts, some thousand rows at a time, at least once; a fact without any has one row."""
    with reader.opened() as con:
        _known(con, seed)
        answer = con.execute(_FINDINGS, {"seed": seed})
        columns = tuple(column[0] for column in answer.description or ())
        while rows := answer.fetchmany(_ROWS):
            yield Table(columns, tuple(tuple(aware(v) if isinstance(v, datetime) else v for v in row) for row in rows))


def write_parquet(reader: Reader, seed: str, path: Path) -> None:
    """Writes what :func:`findings` answers into a Parquet file; no other file can be reached by it."""
    with reader.opened(writes=path) as con:
        _known(con, seed)
        parquet = "(format parquet, compression zstd, use_tmp_file false)"
        con.execute(f"copy ({_FINDINGS}) to {quoted(path)} {parquet}", {"seed": seed})


def _facts(con: duckdb.DuckDBPyConnection, seed: str, publishers: Sequence[str]) -> tuple[FactFile, ...]:
    reports = _by_fact(con.execute(_REPORTED, {"publishers": list(publishers)}), Reported)
    quotations = _by_fact(con.execute(_QUOTATIONS), _quotation)
    changes = _by_fact(con.execute(_CHANGES, {"seed": seed, "changes": CHANGES}), StandingChange)
    left = dict(con.execute(_CHANGES_LEFT, {"seed": seed, "changes": CHANGES}).fetchall())

    def fact_file(fact_id: str, **row: Any) -> FactFile:
        return FactFile(
            fact_id=fact_id,
            reports=tuple(reports[fact_id]),
            quotations=tuple(quotations[fact_id]),
            changes=tuple(changes[fact_id]),
            changes_left=left.get(fact_id, 0),
            **row,
        )

    return tuple(records(fact_file, con.execute(_FACTS, {"seed": seed})))


def _quotation(copies: list[str], **row: Any) -> Quotation:
    return Quotation(copies=tuple(copies), **row)


def _by_fact(answer: duckdb.DuckDBPyConnection, kind: Callable[..., T]) -> Mapping[str, list[T]]:
    """The rows of an answer as values of a kind, by the fact that each is about."""
    made: dict[str, list[T]] = defaultdict(list)

    def put(fact_id: str, **row: Any) -> None:
        made[fact_id].append(kind(**row))

    records(put, answer)
    return made


def _coverage(con: duckdb.DuckDBPyConnection) -> Coverage:
    ((days, undated),) = con.execute(
        "select date_diff('day', min(published_at), max(published_at)), count(*) filter (where published_at is null) "
        "from about"
    ).fetchall()
    unit: Literal["day", "week", "month"] = "day" if (days or 0) <= _DAYS else "week" if days <= _WEEKS else "month"
    bins = con.execute(
        "select date_trunc($unit, published_at)::date as starts, "
        "count(*) filter (where says = 'contradicting') as contradicting, "
        "count(*) filter (where says = 'supporting') as supporting, count(*) filter (where says = 'silent') as silent "
        "from about where published_at is not null group by starts order by starts",
        {"unit": unit},
    )
    return Coverage(unit, tuple(records(CoverageBin, bins)), undated)


def _gaps(con: duckdb.DuckDBPyConnection) -> Gaps:
    def answered(kind: Callable[..., T], query: str, limit: int | None = None) -> tuple[T, ...]:
        return tuple(records(kind, con.execute(f"{query} limit ?", [limit])))  # no limit is null

    ((summary_only, polled),) = con.execute(
        "select (select count(*) from about where basis = 'summary'), (select count(*) from base.feeds)"
    ).fetchall()
    return Gaps(
        unchecked_reasons=answered(
            Reasons, "select reason, count(*) as count from undecided group by reason order by count desc, reason"
        ),
        unchecked=answered(
            Undecided,
            "select u.fact_id, u.statement, u.reason, a.publisher, a.title, a.url "
            "from undecided u join base.articles a using (article_id) "
            "order by u.compared_at desc, u.position, u.article_id",
            LISTED,
        ),
        refused_reasons=answered(
            Reasons,
            "select coalesce(reason, 'unknown') as reason, count(*) as count from base.readings "
            "where outcome = 'refused' group by all order by count desc, reason",
        ),
        refused=answered(
            Unread,
            "select title, url, feed, coalesce(reason, 'unknown') as reason, detail, retry_at from refusals",
            LISTED,
        ),
        summary_only=summary_only,
        feeds=answered(
            FeedTrouble,
            "select title, url, health, failure, succeeded_at from feeds where health not in ('ok', 'paused')",
            LISTED,
        ),
        feeds_polled=polled,
    )


def _seeds(con: duckdb.DuckDBPyConnection) -> list[str]:
    return [row[0] for row in con.execute("select seed_id from base.seeds order by seed_id").fetchall()]


def _known(con: duckdb.DuckDBPyConnection, seed: str) -> None:
    known = _seeds(con)
    if seed not in known:
        raise InputError(f"no seed {seed!r} in the warehouse; there are: {', '.join(known) or 'none yet'}")
