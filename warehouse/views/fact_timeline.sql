create or replace view fact_timeline as
select
    t.seed_id,
    t.fact_id,
    f.statement,
    t.changed_at,
    lag(t.standing) over (partition by t.seed_id, t.fact_id order by t.changed_at) as before,
    t.standing,
    t.supports,
    t.contradicts,
    t.superseded,
    a.publisher as cause_publisher,
    c.sentence as cause_sentence,
    t.cause as cause_finding_id,
    t.run_id
from base.standings t
join base.facts f using (seed_id, fact_id)
left join base.findings c on c.finding_id = t.cause
left join base.articles a on a.article_id = c.article_id
order by t.changed_at desc, t.seed_id, f.position;

comment on view fact_timeline is 'One row a change of a fact''s standing, the latest first.';
comment on column fact_timeline.seed_id is 'Seed.';
comment on column fact_timeline.fact_id is 'Fact.';
comment on column fact_timeline.statement is 'What it states now.';
comment on column fact_timeline.changed_at is 'UTC.';
comment on column fact_timeline.before is 'Standing before; null at the first look.';
comment on column fact_timeline.standing is 'Standing from then on.';
comment on column fact_timeline.supports is 'Independent texts that support it.';
comment on column fact_timeline.contradicts is 'Independent texts that contradict it.';
comment on column fact_timeline.superseded is 'Independent texts that report a later state of affairs.';
comment on column fact_timeline.cause_publisher is 'Who published what tipped it.';
comment on column fact_timeline.cause_sentence is 'The sentence that tipped it.';
comment on column fact_timeline.cause_finding_id is 'Finding that tipped it; null at the first look.';
comment on column fact_timeline.run_id is 'Run that saw the change.';
