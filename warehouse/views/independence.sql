create or replace view independence as
with said as (
    select seed_id, fact_id, if(superseded, 'superseded', verdict) as side, publisher, count(*) as findings
    from base.current_findings
    where verdict in ('supports', 'contradicts')
    group by all
), told as (
    select f.seed_id, f.fact_id, if(f.superseded, 'superseded', f.verdict) as side, count(distinct m.story_id) as stories
    from base.current_findings f
    join base.story_articles m using (article_id)
    where f.verdict in ('supports', 'contradicts')
    group by all
), houses as (
    select a.publisher, min(k.house) as house
    from base.sketches k
    join base.articles a using (article_id)
    group by a.publisher
)
select
    s.seed_id,
    s.fact_id,
    f.statement,
    s.side,
    sum(s.findings)::bigint as findings,
    count(*) as publishers,
    count(distinct coalesce(h.house, s.publisher)) as houses,
    coalesce(max(m.stories), 0) as stories,
    coalesce(
        case s.side when 'supports' then t.supports when 'contradicts' then t.contradicts else t.superseded end, 0
    ) as independent
from said s
join base.facts f using (seed_id, fact_id)
left join told m using (seed_id, fact_id, side)
left join houses h using (publisher)
left join (
    select seed_id, fact_id, arg_max(supports, changed_at) as supports, arg_max(contradicts, changed_at) as contradicts,
        arg_max(superseded, changed_at) as superseded
    from base.standings group by all
) t using (seed_id, fact_id)
group by s.seed_id, s.fact_id, f.position, f.statement, s.side, t.supports, t.contradicts, t.superseded
order by s.seed_id, f.position, s.side;

comment on view independence is 'One row a fact and side: how many findings, and how few sources they come from.';
comment on column independence.seed_id is 'Seed.';
comment on column independence.fact_id is 'Fact.';
comment on column independence.statement is 'What it states.';
comment on column independence.side is 'supports, contradicts, or superseded: a later state of affairs is reported.';
comment on column independence.findings is 'Findings that count, one an article.';
comment on column independence.publishers is 'Publishers.';
comment on column independence.houses is 'Houses that own them.';
comment on column independence.stories is 'Texts that several houses published, among them.';
comment on column independence.independent is 'Independent sources, as the fact''s standing counts them.';
