create or replace view marks as
select
    f.seed_id,
    f.fact_id,
    f.statement,
    m."right",
    m.note,
    f.sentence,
    f.context,
    f.verdict,
    if(m."right", f.verdict, null) as label,
    a.publisher,
    a.url,
    a.published_at,
    m.marked_at,
    m.finding_id
from base.marks m
join base.findings f using (finding_id)
join base.articles a using (article_id)
qualify row_number() over (partition by m.finding_id order by m.marked_at desc) = 1
order by m.marked_at desc, m.finding_id;

comment on view marks is 'One row a finding that a person marked, the latest first: the last word on it.';
comment on column marks.seed_id is 'Seed.';
comment on column marks.fact_id is 'Fact.';
comment on column marks.statement is 'What the fact stated when the finding was made.';
comment on column marks."right" is 'Whether the finding is right.';
comment on column marks.note is 'What the person says of it.';
comment on column marks.sentence is 'The passage.';
comment on column marks.context is 'The passage with its neighbours.';
comment on column marks.verdict is 'What was found: supports or contradicts.';
comment on column marks.label is 'What is true of statement and sentence where that is known: the verdict, if it is right.';
comment on column marks.publisher is 'Who published it.';
comment on column marks.url is 'Where it is.';
comment on column marks.published_at is 'UTC.';
comment on column marks.marked_at is 'UTC.';
comment on column marks.finding_id is 'Finding.';
