-- Alerts that are about no fact: feeds that bring nothing, runs that could not check. And how far a digest went.

alter table base.alerts alter column fact_id drop not null;
alter table base.alerts add column feed_id text;
alter table base.alerts add column trouble text;
alter table base.alerts add column since_at timestamp;
alter table base.alerts add column detail text;
comment on column base.alerts.kind is 'contradiction; standing: a change of it; correction: by a publisher; feed: it brings nothing for long; run: it could not check.';
comment on column base.alerts.fact_id is 'Fact; null of a feed or run.';
comment on column base.alerts.finding_ids is 'Of a contradiction the findings in copies of one text, the earliest reported first; of a correction the one before and, where there is one, the one after; else empty.';
comment on column base.alerts.standing_before is 'Of the fact, before the run that raised it; null of a correction, feed or run.';
comment on column base.alerts.standing_after is 'Of the fact, after that run; null of a correction, feed or run.';
comment on column base.alerts.feed_id is 'Of a feed.';
comment on column base.alerts.trouble is 'Of a feed failing, gone or silent; of a run engine (it could not be loaded) or unreachable (nothing could be polled).';
comment on column base.alerts.since_at is 'Of a feed or run, since when it is so, UTC; null of a run where nothing was ever checked.';
comment on column base.alerts.detail is 'Of a correction withdrawn or corrected; of a feed or run, what was said last.';

alter table base.mails add column covers_until_at timestamp;
comment on column base.mails.kind is 'fact: about one; summary: about several; notice: of feeds and runs; digest: of a day or week.';
comment on column base.mails.covers_until_at is 'Of a digest, the end of its time, UTC.';
