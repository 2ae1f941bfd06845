create or replace view standing_by_day as
with days as (
    select s.seed_id, s.fact_id, unnest(range(min(s.changed_at)::date::timestamp, max(r.last) + interval 1 day, interval 1 day))::date as day
    from base.standings s
    cross join (
        select greatest((select max(coalesce(ended_at, started_at)) from base.runs), (select max(changed_at) from base.standings))::date::timestamp
            as last
    ) r
    group by s.seed_id, s.fact_id
)
select
    d.seed_id,
    d.fact_id,
    f.statement,
    d.day,
    s.standing,
    s.supports,
    s.contradicts,
    s.superseded,
    s.changed_at::date = d.day as changed
from days d
asof join base.standings s
    on s.seed_id = d.seed_id and s.fact_id = d.fact_id and d.day + interval 1 day > s.changed_at
join base.facts f on f.seed_id = d.seed_id and f.fact_id = d.fact_id
order by d.day desc, d.seed_id, f.position;

comment on view standing_by_day is 'One row a fact and day from its first standing to the last run: how it stood when the day ended, in UTC.';
comment on column standing_by_day.seed_id is 'Seed.';
comment on column standing_by_day.fact_id is 'Fact.';
comment on column standing_by_day.statement is 'What it states now.';
comment on column standing_by_day.day is 'Day in UTC.';
comment on column standing_by_day.standing is 'Its standing at the end of the day.';
comment on column standing_by_day.supports is 'Independent sources that supported it then.';
comment on column standing_by_day.contradicts is 'Independent sources that contradicted it.';
comment on column standing_by_day.superseded is 'Independent sources that reported a later state of affairs.';
comment on column standing_by_day.changed is 'Whether it changed on that day.';
