create or replace view stories as
select
    s.story_id,
    s.origin,
    s.origin_basis,
    count(*) as articles,
    count(distinct k.house) as houses,
    min(a.title) filter (where a.article_id = s.story_id) as title,
    list(a.publisher order by k.reported_at, a.article_id) as publishers,
    min(k.reported_at) as first_at,
    max(k.reported_at) as last_reported_at,
    list(a.url order by k.reported_at, a.article_id) as urls,
    list(a.article_id order by k.reported_at, a.article_id) as article_ids
from base.stories s
join base.story_articles m using (story_id)
join base.articles a using (article_id)
join base.sketches k using (article_id)
where a.article_id in (select article_id from base.readings)
group by s.story_id, s.origin, s.origin_basis
having count(*) > 1
order by last_reported_at desc, s.story_id;

comment on view stories is 'One row a text that several houses published, the latest first: together one source.';
comment on column stories.story_id is 'Key: its earliest article.';
comment on column stories.origin is 'Who probably wrote it: an agency, or the publisher of the earliest article.';
comment on column stories.origin_basis is 'credit: a byline or text names the agency; earliest: none does.';
comment on column stories.articles is 'Articles that tell it.';
comment on column stories.houses is 'Houses that published them.';
comment on column stories.title is 'Headline of the earliest.';
comment on column stories.publishers is 'Who published them, the earliest first.';
comment on column stories.first_at is 'Publication of the earliest, UTC.';
comment on column stories.last_reported_at is 'Publication of the latest, UTC.';
comment on column stories.urls is 'Where they are, the earliest first.';
comment on column stories.article_ids is 'The articles, the earliest first.';
