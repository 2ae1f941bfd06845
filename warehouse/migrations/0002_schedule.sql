-- What scheduling learns of a feed. Columns come with a default first and are made `not null` afterwards, since DuckDB
-- adds no column with a constraint.

alter table base.feeds alter column first_polled_at drop not null;
alter table base.feeds add column charged double default 0;
alter table base.feeds add column retry_at timestamp;
alter table base.feeds add column gone_at timestamp;
alter table base.feeds add column entries_per_day double default 96;
alter table base.feeds add column interval_seconds integer default 900;
alter table base.feeds add column ttl_seconds integer;
alter table base.feeds add column asked_seconds integer;
alter table base.feeds add column moved_from text;
alter table base.feeds add column moving_to text;
alter table base.feeds add column moving_seen integer default 0;
alter table base.feeds add column last_new_at timestamp;
alter table base.feeds add column usual_gap_seconds integer;
alter table base.feeds add column silent_since_at timestamp;
alter table base.feeds add column paused_at timestamp;
alter table base.feeds alter column charged set not null;
alter table base.feeds alter column entries_per_day set not null;
alter table base.feeds alter column interval_seconds set not null;
alter table base.feeds alter column moving_seen set not null;

update base.feeds set
    charged = least(failures, 7),
    last_new_at = (select max(e.first_seen_at) from base.feed_entries e where e.feed_id = feeds.feed_id);

comment on table base.feeds is 'One row a feed ever polled or paused: what its last poll left for the next.';
comment on column base.feeds.feed_id is 'Content id of the URL by which lists name it.';
comment on column base.feeds.url is 'Where it is polled: the URL by which lists name it, or the one it has moved to.';
comment on column base.feeds.first_polled_at is 'UTC; null while it never was.';
comment on column base.feeds.charged is 'Failures in a row by their weight (hard 1, soft a half, temporary and own outages 0): what back-off grows with.';
comment on column base.feeds.retry_at is 'Until when its host asked to be left alone, UTC.';
comment on column base.feeds.gone_at is 'Since when it answers 410, UTC; null while it does not.';
comment on column base.feeds.entries_per_day is 'Entries new to it per day, smoothed over half a day; a guess until it was polled twice.';
comment on column base.feeds.interval_seconds is 'Between polls that succeed: learned from entries_per_day, never less than asked_seconds.';
comment on column base.feeds.ttl_seconds is 'How long its last document says that it may be kept.';
comment on column base.feeds.asked_seconds is 'How long document and headers of its last answer ask to wait.';
comment on column base.feeds.moved_from is 'The URL by which lists name it; null while it is polled there.';
comment on column base.feeds.moving_to is 'Where its last answers were permanently redirected to.';
comment on column base.feeds.moving_seen is 'By how many answers in a row; with the third it is polled there.';
comment on column base.feeds.last_new_at is 'When it last listed something new to it, UTC.';
comment on column base.feeds.usual_gap_seconds is 'Between polls that brought something new, smoothed.';
comment on column base.feeds.silent_since_at is 'Its last_new_at while it answers but brings nothing new for longer than its rhythm, UTC.';
comment on column base.feeds.paused_at is 'When a person paused it, UTC; null while it is polled.';

alter table base.runs add column own_outage boolean;
comment on column base.runs.own_outage is 'Whether nearly no host could be reached, which was not charged to the feeds.';
