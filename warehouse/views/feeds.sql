create or replace view feeds as
select
    f.title,
    coalesce(f.moved_from, f.url) as url,
    case
        when f.paused_at is not null then 'paused'
        when f.polled_at is null then 'never polled'
        when f.polled_at < r.last_polled_at - interval 8 day then 'not polled'
        when f.gone_at is not null then 'gone'
        when f.failures > 0 then 'failing'
        when f.silent_since_at is not null then 'silent'
        when f.succeeded_at is null then 'never answered'
        else 'ok'
    end as health,
    f.failure,
    f.failures,
    f.detail,
    f.polled_at,
    f.succeeded_at,
    f.due_at,
    f.retry_at,
    f.interval_seconds,
    round(f.entries_per_day, 2) as entries_per_day,
    round(p.not_modified_share, 3) as not_modified_share,
    coalesce(e.entries, 0) as entries,
    coalesce(e.entries_listed, 0) as entries_listed,
    coalesce(f.last_new_at, e.last_new_at) as last_new_at,
    f.silent_since_at,
    f.paused_at,
    f.gone_at,
    if(f.moved_from is null, null, f.url) as moved_to,
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
left join (
    select x.feed_id, avg((x.status = 304)::integer) as not_modified_share
    from base.run_feeds x
    join base.feeds y using (feed_id)
    where x.outcome <> 'failed' and x.polled_at > y.polled_at - interval 30 day
    group by x.feed_id
) p using (feed_id)
cross join (select max(polled_at) as last_polled_at from base.feeds) r
order by f.failures desc, f.silent_since_at, f.title, f.url;

comment on view feeds is 'One row a feed and its health, the failing ones first.';
comment on column feeds.title is 'Its own title.';
comment on column feeds.url is 'The URL by which lists name it.';
comment on column feeds.health is 'ok, silent (answers, but brings nothing new for longer than its rhythm), failing, gone (410), never answered, paused, never polled, or not polled (others were, for eight days).';
comment on column feeds.failure is 'Kind of the last failure; null after a success.';
comment on column feeds.failures is 'Failures in a row.';
comment on column feeds.detail is 'The last failure in a line for a person.';
comment on column feeds.polled_at is 'Last attempt, UTC.';
comment on column feeds.succeeded_at is 'Last answer that could be used or said unchanged, UTC.';
comment on column feeds.due_at is 'Not to be polled before, UTC.';
comment on column feeds.retry_at is 'Until when its host asked to be left alone, UTC.';
comment on column feeds.interval_seconds is 'Between polls that succeed, as learned and asked for.';
comment on column feeds.entries_per_day is 'Entries new to it per day, smoothed over half a day; 96 is the guess at the start.';
comment on column feeds.not_modified_share is 'Share of 304 in the answers of its last 30 days; null where it never answered.';
comment on column feeds.entries is 'Entries it ever listed.';
comment on column feeds.entries_listed is 'Of them those it lists now.';
comment on column feeds.last_new_at is 'When it last listed something new to it, UTC.';
comment on column feeds.silent_since_at is 'Its last_new_at, where it is silent for longer than its rhythm, UTC.';
comment on column feeds.paused_at is 'When a person paused it, UTC.';
comment on column feeds.gone_at is 'Since when it answers 410, UTC.';
comment on column feeds.moved_to is 'Where it is polled, if not at url: three polls in a row were permanently redirected there.';
comment on column feeds.feed_id is 'Key: content id of the URL.';
