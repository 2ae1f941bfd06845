create or replace view feed_health as
select
    f.title,
    coalesce(f.moved_from, f.url) as url,
    x.polled_at::date as day,
    count(*) as polls,
    count(*) filter (where x.outcome = 'failed') as failed,
    count(*) filter (where x.status = 304) as not_modified,
    sum(x.entries_new)::bigint as entries_new,
    sum(x.items_skipped)::bigint as items_skipped,
    coalesce(list_sort(list(distinct x.failure) filter (where x.failure is not null)), []) as failures,
    arg_max(x.detail, x.polled_at) filter (where x.failure is not null) as last_detail,
    max(x.polled_at) as polled_at,
    f.feed_id
from base.run_feeds x
join base.feeds f using (feed_id)
group by f.title, f.moved_from, f.url, f.feed_id, x.polled_at::date
order by day desc, failed desc, f.title, f.feed_id;

comment on view feed_health is 'One row a feed and day on which it was polled, the latest day first; feeds has how it fares now.';
comment on column feed_health.title is 'The feed''s own title.';
comment on column feed_health.url is 'As lists name it.';
comment on column feed_health.day is 'Day in UTC.';
comment on column feed_health.polls is 'How often it was polled.';
comment on column feed_health.failed is 'Of them without an answer that could be used.';
comment on column feed_health.not_modified is 'Of them answered by 304.';
comment on column feed_health.entries_new is 'Entries never seen before.';
comment on column feed_health.items_skipped is 'Items without a usable link or title.';
comment on column feed_health.failures is 'Kinds of failures, in order of name.';
comment on column feed_health.last_detail is 'The last failure in a line for a person; null without.';
comment on column feed_health.polled_at is 'Last poll of the day, UTC.';
comment on column feed_health.feed_id is 'Feed.';
