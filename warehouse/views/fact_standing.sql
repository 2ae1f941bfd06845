create or replace view fact_standing as
select
    f.seed_id,
    f.fact_id,
    f.statement,
    coalesce(t.standing, 'unreported') as standing,
    coalesce(t.supports, 0) as supports,
    coalesce(t.contradicts, 0) as contradicts,
    coalesce(t.superseded, 0) as superseded,
    t.changed_at,
    a.publisher as cause_publisher,
    c.sentence as cause_sentence,
    a.url as cause_url,
    c.article_value as cause_value,
    a.published_at as cause_published_at,
    t.cause as cause_finding_id
from base.facts f
left join (
    select * from base.standings
    qualify row_number() over (partition by seed_id, fact_id order by changed_at desc) = 1
) t using (seed_id, fact_id)
left join base.findings c on c.finding_id = t.cause
left join base.articles a on a.article_id = c.article_id
where f.retired_at is null
order by f.seed_id, f.position;

comment on view fact_standing is 'One row a fact that a seed states now, with what is known of it; unreported ones included.';
comment on column fact_standing.seed_id is 'Seed.';
comment on column fact_standing.fact_id is 'Fact.';
comment on column fact_standing.statement is 'What it states.';
comment on column fact_standing.standing is 'unreported, corroborated, disputed, contradicted or superseded.';
comment on column fact_standing.supports is 'Independent texts that support it: copies of one text count once.';
comment on column fact_standing.contradicts is 'Independent texts that contradict it.';
comment on column fact_standing.superseded is 'Independent texts that report a later state of affairs.';
comment on column fact_standing.changed_at is 'Since when it stands so, UTC; null before the first look.';
comment on column fact_standing.cause_publisher is 'Who published what tipped it.';
comment on column fact_standing.cause_sentence is 'The sentence that tipped it.';
comment on column fact_standing.cause_url is 'The article that tipped it.';
comment on column fact_standing.cause_value is 'What it says in place of the fact, normalised: of a superseded fact the newer value.';
comment on column fact_standing.cause_published_at is 'When that was published, UTC.';
comment on column fact_standing.cause_finding_id is 'Finding that tipped it; null at the first look.';
