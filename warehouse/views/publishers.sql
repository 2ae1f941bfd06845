create or replace view publishers as
with said as (
    select seed_id, publisher, sum(supports)::bigint as matches, sum(contradicts)::bigint as contradictions,
        count(*) filter (where contradicts > 0) as facts_contradicted
    from (
        select
            seed_id,
            publisher,
            fact_id,
            count(*) filter (where verdict = 'supports') as supports,
            count(*) filter (where verdict = 'contradicts') as contradicts
        from base.current_findings
        where not superseded
        group by all
    )
    group by all
), about as (
    select c.seed_id, a.publisher, count(*) as articles, min(coalesce(a.published_at, a.fetched_at)) as first_at,
        max(coalesce(a.published_at, a.fetched_at)) as last_reported_at
    from base.comparisons c
    join base.articles a using (article_id)
    where c.relevant and c.article_id in (select article_id from base.readings)
    group by all
)
select
    p.seed_id,
    p.publisher,
    p.articles,
    coalesce(s.matches, 0) as matches,
    coalesce(s.contradictions, 0) as contradictions,
    round(s.contradictions / nullif(s.matches + s.contradictions, 0), 3) as contradiction_share,
    coalesce(s.facts_contradicted, 0) as facts_contradicted,
    coalesce(e.corrections, 0) as corrections,
    p.first_at,
    p.last_reported_at
from about p
left join said s using (seed_id, publisher)
left join (select seed_id, publisher, count(*) as corrections from corrections group by all) e using (seed_id, publisher)
order by p.seed_id, contradictions desc, p.articles desc, p.publisher;

comment on view publishers is 'One row a seed and publisher that reported on its event, who contradicts most first.';
comment on column publishers.seed_id is 'Seed.';
comment on column publishers.publisher is 'Publisher.';
comment on column publishers.articles is 'Its articles about the event, as they read now.';
comment on column publishers.matches is 'Findings in them that support a fact.';
comment on column publishers.contradictions is 'Findings in them that contradict a fact.';
comment on column publishers.contradiction_share is 'Contradictions of both, 0 to 1; null if there are neither.';
comment on column publishers.facts_contradicted is 'Facts that it contradicts.';
comment on column publishers.corrections is 'Findings that its own edits undid.';
comment on column publishers.first_at is 'Its first article, UTC.';
comment on column publishers.last_reported_at is 'Its last article, UTC.';
