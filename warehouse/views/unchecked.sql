create or replace view unchecked as
select
    u.seed_id,
    u.fact_id,
    f.statement,
    u.reason,
    a.publisher,
    a.title,
    a.url,
    c.compared_at,
    c.engine,
    u.article_id
from base.unchecked u
join base.comparisons c using (seed_id, article_id)
join base.articles a using (article_id)
join base.facts f using (seed_id, fact_id)
where f.retired_at is null and u.article_id in (select article_id from base.readings)
order by u.seed_id, f.position, c.compared_at desc, u.article_id;

comment on view unchecked is 'One row a fact and article that could not be decided. It never means agreement.';
comment on column unchecked.seed_id is 'Seed.';
comment on column unchecked.fact_id is 'Fact.';
comment on column unchecked.statement is 'What the fact states.';
comment on column unchecked.reason is 'Why it was not decided.';
comment on column unchecked.publisher is 'Who published the article.';
comment on column unchecked.title is 'Headline of the article.';
comment on column unchecked.url is 'Where the article is.';
comment on column unchecked.compared_at is 'UTC.';
comment on column unchecked.engine is 'Engine and version that could not decide.';
comment on column unchecked.article_id is 'Article revision.';
