create or replace view facts as
select
    f.seed_id,
    s.title as seed_title,
    f.fact_id,
    f.position,
    f.statement,
    coalesce(f.as_of, s.as_of) as as_of,
    coalesce(t.standing, 'unreported') as standing,
    count(c.finding_id) filter (where c.verdict = 'supports') as supporting_articles,
    coalesce(t.supports, 0) as supporting_sources,
    count(c.finding_id) filter (where c.verdict = 'contradicts' and not c.superseded) as contradicting_articles,
    coalesce(t.contradicts, 0) as contradicting_sources,
    count(c.finding_id) filter (where c.verdict = 'contradicts' and c.superseded) as superseding_articles,
    max(c.reported_at) as last_reported_at
from base.facts f
join base.seeds s using (seed_id)
left join (
    select seed_id, fact_id, arg_max(standing, changed_at) as standing, arg_max(supports, changed_at) as supports,
        arg_max(contradicts, changed_at) as contradicts
    from base.standings group by all
) t using (seed_id, fact_id)
left join base.current_findings c using (seed_id, fact_id)
where f.retired_at is null
group by f.seed_id, s.title, f.fact_id, f.position, f.statement, f.as_of, s.as_of, t.standing, t.supports, t.contradicts
order by f.seed_id, f.position;

comment on view facts is 'One row a fact that a seed states now.';
comment on column facts.seed_id is 'Seed.';
comment on column facts.seed_title is 'Title of the seed.';
comment on column facts.fact_id is 'Key within the seed.';
comment on column facts.position is 'Place in the seed, from 0.';
comment on column facts.statement is 'What it states.';
comment on column facts.as_of is 'Day for which it holds: its own, else the seed''s.';
comment on column facts.standing is 'unreported, corroborated, disputed, contradicted or superseded.';
comment on column facts.supporting_articles is 'Articles that support it, copies of one text included.';
comment on column facts.supporting_sources is 'Independent sources that they come from, as its standing counts them.';
comment on column facts.contradicting_articles is 'Articles that contradict it, copies of one text included.';
comment on column facts.contradicting_sources is 'Independent sources that they come from, as its standing counts them.';
comment on column facts.superseding_articles is 'Articles that report a later state of affairs; they do not contradict it.';
comment on column facts.last_reported_at is 'Latest report that supports or contradicts it, UTC.';
