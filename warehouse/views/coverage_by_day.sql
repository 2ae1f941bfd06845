create or replace view coverage_by_day as
with about as (
    select
        c.seed_id,
        coalesce(a.published_at, a.fetched_at)::date as day,
        a.publisher,
        count(*) as articles,
        count(*) filter (where a.basis = 'summary') as summaries
    from base.comparisons c
    join base.articles a using (article_id)
    where c.relevant and c.article_id in (select article_id from base.readings)
    group by all
), said as (
    select
        seed_id,
        reported_at::date as day,
        publisher,
        count(*) filter (where verdict = 'supports' and not superseded) as matches,
        count(*) filter (where verdict = 'contradicts' and not superseded) as contradictions,
        count(*) filter (where superseded) as superseding
    from base.current_findings
    group by all
)
select
    b.seed_id,
    b.day,
    b.publisher,
    b.articles,
    b.summaries,
    coalesce(s.matches, 0) as matches,
    coalesce(s.contradictions, 0) as contradictions,
    coalesce(s.superseding, 0) as superseding
from about b
left join said s using (seed_id, day, publisher)
order by b.day desc, b.seed_id, b.articles desc, b.publisher;

comment on view coverage_by_day is 'One row a seed, day and publisher that reported on its event, the latest day first.';
comment on column coverage_by_day.seed_id is 'Seed.';
comment on column coverage_by_day.day is 'Of publication, else of fetching; in UTC.';
comment on column coverage_by_day.publisher is 'Publisher.';
comment on column coverage_by_day.articles is 'Its articles about the event, as they read now.';
comment on column coverage_by_day.summaries is 'Of them known by the feed''s summary only.';
comment on column coverage_by_day.matches is 'Findings in them that support a fact.';
comment on column coverage_by_day.contradictions is 'Findings in them that contradict a fact.';
comment on column coverage_by_day.superseding is 'Findings in them that report a later state of affairs.';
