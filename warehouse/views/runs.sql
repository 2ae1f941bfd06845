create or replace view runs as
select
    r.run_id,
    r."trigger",
    r.state,
    r.seed_ids,
    r.started_at,
    r.ended_at,
    round(epoch(r.ended_at - r.started_at), 1) as seconds,
    coalesce(f.feeds, 0) as feeds,
    coalesce(f.feeds_failed, 0) as feeds_failed,
    r.own_outage,
    r.entries_listed,
    r.entries_new,
    r.entries_carried,
    r.entries_left,
    r.pages,
    r.summaries,
    r.refused,
    r.comparisons,
    r.relevant,
    r.supports,
    r.contradicts,
    r.unchecked,
    r.standing_changes
from base.runs r
left join (
    select run_id, count(*) as feeds, count(*) filter (where outcome = 'failed') as feeds_failed
    from base.run_feeds group by run_id
) f using (run_id)
order by r.started_at desc, r.run_id;

comment on view runs is 'One row a run, the latest first.';
comment on column runs.run_id is 'Key.';
comment on column runs."trigger" is 'What started it.';
comment on column runs.state is 'running until it has ended; a killed run stays running.';
comment on column runs.seed_ids is 'Seeds it watched.';
comment on column runs.started_at is 'UTC.';
comment on column runs.ended_at is 'UTC; null while running and after a kill.';
comment on column runs.seconds is 'How long it took.';
comment on column runs.feeds is 'Feeds polled.';
comment on column runs.feeds_failed is 'Of them those that failed.';
comment on column runs.own_outage is 'Whether nearly no host could be reached, which was not charged to the feeds.';
comment on column runs.entries_listed is 'Entries the feeds listed, each counted once.';
comment on column runs.entries_new is 'Of them never seen before.';
comment on column runs.entries_carried is 'Entries an earlier run left, taken up by this one.';
comment on column runs.entries_left is 'Entries still unread because of a limit.';
comment on column runs.pages is 'Entries whose page was read.';
comment on column runs.summaries is 'Entries of which only the feed''s summary could be read.';
comment on column runs.refused is 'Entries that gave no article.';
comment on column runs.comparisons is 'Pairs of seed and article compared.';
comment on column runs.relevant is 'Of them about the seed''s event.';
comment on column runs.supports is 'Findings new in this run that support a fact.';
comment on column runs.contradicts is 'Findings new in this run that contradict a fact.';
comment on column runs.unchecked is 'Facts that could not be decided for an article.';
comment on column runs.standing_changes is 'Facts whose standing changed.';
