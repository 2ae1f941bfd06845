create or replace view first_reports as
with reports as (
    select
        seed_id,
        fact_id,
        fact_position,
        statement,
        verdict,
        publisher,
        min(reported_at) as first_at,
        arg_min(finding_id, (reported_at, finding_id)) as finding_id,
        count(*) as findings
    from base.current_findings
    where verdict in ('supports', 'contradicts') and not superseded
    group by all
), ranked as (
    select
        *,
        row_number() over said as place,
        lead(publisher) over said as next_publisher,
        lead(first_at) over said as next_at,
        count(*) over (partition by seed_id, fact_id, verdict) as publishers
    from reports
    window said as (partition by seed_id, fact_id, verdict order by first_at, finding_id)
)
select
    r.seed_id,
    r.fact_id,
    r.statement,
    r.verdict,
    r.publisher,
    r.first_at,
    r.next_publisher,
    r.next_at,
    round(epoch(r.next_at - r.first_at) / 60)::bigint as minutes_ahead,
    r.publishers,
    f.sentence,
    a.url,
    r.finding_id
from ranked r
join base.findings f using (finding_id)
join base.articles a using (article_id)
where r.place = 1
order by r.seed_id, r.fact_position, r.verdict desc;

comment on view first_reports is 'One row a fact and verdict: which publisher reported it first, and how far ahead of the next.';
comment on column first_reports.seed_id is 'Seed.';
comment on column first_reports.fact_id is 'Fact.';
comment on column first_reports.statement is 'What the fact states.';
comment on column first_reports.verdict is 'supports or contradicts.';
comment on column first_reports.publisher is 'Who was first, by the time of publication.';
comment on column first_reports.first_at is 'When, UTC; the time of fetching where no publication is known.';
comment on column first_reports.next_publisher is 'Who was second; null if nobody.';
comment on column first_reports.next_at is 'When, UTC.';
comment on column first_reports.minutes_ahead is 'Minutes between them.';
comment on column first_reports.publishers is 'How many publishers say so.';
comment on column first_reports.sentence is 'The first report''s sentence.';
comment on column first_reports.url is 'Where it is.';
comment on column first_reports.finding_id is 'The first finding.';
