create or replace view contradicted_facts as
with since as (
    -- the change with which it came to be contradicted or disputed and has stayed so
    select s.seed_id, s.fact_id, min(s.changed_at) as since_at
    from base.standings s
    left join (
        select seed_id, fact_id, max(changed_at) as calm_at from base.standings
        where standing not in ('contradicted', 'disputed') group by all
    ) o using (seed_id, fact_id)
    where o.calm_at is null or s.changed_at > o.calm_at
    group by all
), said as (
    select seed_id, fact_id, publisher, min(reported_at) as first_at,
        arg_min(finding_id, (reported_at, finding_id)) as finding_id, max(reported_at) as last_at, count(*) as findings
    from base.current_findings
    where verdict = 'contradicts' and not superseded
    group by all
), facts_said as (
    select
        seed_id,
        fact_id,
        list(publisher order by first_at, finding_id) as publishers,
        sum(findings)::bigint as contradictions,
        min(first_at) as first_at,
        arg_min(finding_id, (first_at, finding_id)) as finding_id,
        max(last_at) as last_reported_at
    from said group by all
)
select
    f.seed_id,
    f.fact_id,
    f.statement,
    t.standing,
    n.since_at,
    coalesce(t.contradicts, 0) as independent_against,
    coalesce(t.supports, 0) as independent_for,
    x.contradictions,
    x.publishers,
    x.first_at,
    x.publishers[1] as first_publisher,
    c.sentence as first_sentence,
    c.fact_value,
    c.article_value,
    a.url as first_url,
    x.last_reported_at,
    x.finding_id
from facts_said x
join base.facts f using (seed_id, fact_id)
left join (
    select seed_id, fact_id, arg_max(standing, changed_at) as standing, arg_max(supports, changed_at) as supports,
        arg_max(contradicts, changed_at) as contradicts
    from base.standings group by all
) t using (seed_id, fact_id)
left join since n using (seed_id, fact_id)
join base.findings c using (finding_id)
join base.articles a on a.article_id = c.article_id
order by t.contradicts desc, x.contradictions desc, f.seed_id, f.position;

comment on view contradicted_facts is 'One row a fact that a report contradicts, the most contradicted first: by whom, and since when.';
comment on column contradicted_facts.seed_id is 'Seed.';
comment on column contradicted_facts.fact_id is 'Fact.';
comment on column contradicted_facts.statement is 'What it states.';
comment on column contradicted_facts.standing is 'Its standing now; null if it was not weighed yet.';
comment on column contradicted_facts.since_at is 'Since when it has been contradicted or disputed without a break, UTC; null if it is not.';
comment on column contradicted_facts.independent_against is 'Independent sources that contradict it, as its standing counts them.';
comment on column contradicted_facts.independent_for is 'Independent sources that support it.';
comment on column contradicted_facts.contradictions is 'Findings that contradict it.';
comment on column contradicted_facts.publishers is 'Who contradicts it, the earliest first.';
comment on column contradicted_facts.first_at is 'First contradiction, by publication, UTC.';
comment on column contradicted_facts.first_publisher is 'Whose.';
comment on column contradicted_facts.first_sentence is 'Its sentence.';
comment on column contradicted_facts.fact_value is 'What the fact says there.';
comment on column contradicted_facts.article_value is 'What that report says.';
comment on column contradicted_facts.first_url is 'Where it is.';
comment on column contradicted_facts.last_reported_at is 'Last contradiction, UTC.';
comment on column contradicted_facts.finding_id is 'The first finding.';
