create or replace view feeds as
select
    f.title,
    f.url,
    case when f.failures > 0 then 'failing' when f.succeeded_at is null then 'never answered' else 'ok' end as health,
    f.failure,
    f.failures,
    f.detail,
    f.polled_at,
    f.succeeded_at,
    f.due_at,
    coalesce(e.entries, 0) as entries,
    coalesce(e.entries_listed, 0) as entries_listed,
    e.last_new_at,
    f.feed_id
from base.feeds f
left join (
    select
        feed_id,
        count(*) as entries,
        count(*) filter (where listed) as entries_listed,
        max(first_seen_at) as last_new_at
    from base.feed_entries group by feed_id
) e using (feed_id)
order by f.failures desc, f.title, f.url;

comment on view feeds is 'One row a feed and its health, the failing ones first.';
comment on column feeds.title is 'Its own title.';
comment on column feeds.url is 'Where it is polled.';
comment on column feeds.health is 'ok, failing or never answered.';
comment on column feeds.failure is 'Kind of the last failure; null after a success.';
comment on column feeds.failures is 'Failures in a row.';
comment on column feeds.detail is 'The last failure in a line for a person.';
comment on column feeds.polled_at is 'Last attempt, UTC.';
comment on column feeds.succeeded_at is 'Last answer that could be used or said unchanged, UTC.';
comment on column feeds.due_at is 'Not to be polled before, UTC.';
comment on column feeds.entries is 'Entries it ever listed.';
comment on column feeds.entries_listed is 'Of them those it lists now.';
comment on column feeds.last_new_at is 'When it last listed something new to it, UTC.';
comment on column feeds.feed_id is 'Key: content id of the URL.';
