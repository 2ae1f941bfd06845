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
union all by name
select
    n.seed_id,
    null as fact_id,
    null as statement,
    n.reason,
    coalesce(d.title, d.url) as publisher,
    e.title,
    e.url,
    n.noted_at as compared_at,
    null as engine,
    null as article_id
from base.unread n
join base.entries e using (entry_id)
join base.readings r on r.entry_id = n.entry_id and r.outcome = 'refused' and r.reason = n.reason
left join base.feeds d using (feed_id)
order by seed_id, fact_id, compared_at desc, article_id, url;

comment on view unchecked is 'One row a fact and article that could not be decided, or a seed and an article about its event in a language that is not read. It never means agreement.';
comment on column unchecked.seed_id is 'Seed.';
comment on column unchecked.fact_id is 'Fact; null for an article in a language that is not read, which may speak of any.';
comment on column unchecked.statement is 'What the fact states.';
comment on column unchecked.reason is 'Why it was not decided, such as language:de.';
comment on column unchecked.publisher is 'Who published the article; the feed''s title where it was not read.';
comment on column unchecked.title is 'Headline of the article.';
comment on column unchecked.url is 'Where the article is.';
comment on column unchecked.compared_at is 'When it was tried, UTC.';
comment on column unchecked.engine is 'Engine and version that could not decide.';
comment on column unchecked.article_id is 'Article revision; null where it was not read.';
