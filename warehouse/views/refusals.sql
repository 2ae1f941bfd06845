create or replace view refusals as
select
    f.title as feed,
    e.title,
    e.url,
    r.reason,
    r.detail,
    r.attempts,
    r.read_at,
    r.retry_at,
    e.published_at,
    e.entry_id
from base.readings r
join base.entries e using (entry_id)
left join base.feeds f using (feed_id)
where r.outcome = 'refused'
order by r.read_at desc, e.entry_id;

comment on view refusals is 'One row an entry of which nothing could be read, the latest first.';
comment on column refusals.feed is 'Title of the feed that listed it first.';
comment on column refusals.title is 'Headline in the feed.';
comment on column refusals.url is 'Canonical URL.';
comment on column refusals.reason is 'Why, such as consent, paywall or too_short.';
comment on column refusals.detail is 'The reason in a line for a person.';
comment on column refusals.attempts is 'How often it was tried.';
comment on column refusals.read_at is 'Last attempt, UTC.';
comment on column refusals.retry_at is 'Tried again from then on, UTC; null when that is the end of it.';
comment on column refusals.published_at is 'As the feed says, UTC.';
comment on column refusals.entry_id is 'Key.';
