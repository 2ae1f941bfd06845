create or replace view refusal_reasons as
select
    f.title as feed,
    r.reason,
    count(*) as entries,
    count(*) filter (where r.retry_at is not null) as to_be_retried,
    max(r.read_at) as read_at,
    arg_max(e.url, (r.read_at, e.entry_id)) as last_url,
    e.feed_id
from base.readings r
join base.entries e using (entry_id)
left join base.feeds f using (feed_id)
where r.outcome = 'refused'
group by f.title, e.feed_id, r.reason
order by entries desc, feed, r.reason;

comment on view refusal_reasons is 'One row a feed and reason for which its entries could not be read, the most frequent first.';
comment on column refusal_reasons.feed is 'Title of the feed that listed them first.';
comment on column refusal_reasons.reason is 'Name of the reason, such as consent or paywall.';
comment on column refusal_reasons.entries is 'How many entries.';
comment on column refusal_reasons.to_be_retried is 'Of them tried again later.';
comment on column refusal_reasons.read_at is 'The last such attempt, UTC.';
comment on column refusal_reasons.last_url is 'The entry it was.';
comment on column refusal_reasons.feed_id is 'Feed.';
