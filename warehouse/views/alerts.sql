create or replace view alerts as
select
    a.raised_at,
    a.seed_id,
    a.kind,
    a.fact_id,
    f.statement,
    r.publisher,
    o.publishers,
    r.title,
    r.sentence,
    r.fact_value,
    r.article_value,
    n.sentence as sentence_after,
    len(a.finding_ids) as findings,
    a.finding_ids,
    r.article_id,
    a.standing_before,
    a.standing_after,
    a.trouble,
    coalesce(d.title, d.url) as feed,
    a.since_at,
    a.detail,
    case
        when a.withdrawn_at is not null then 'withdrawn'
        when a.mail_id is null then 'waiting'
        when m.due > 0 then 'due'
        when m.failed > 0 then 'failed'
        else 'told'
    end as state,
    m.told_at,
    r.url,
    a.mail_id,
    a.run_id,
    a.alert_id
from base.alerts a
left join base.facts f using (seed_id, fact_id)
left join (
    select c.finding_id, c.sentence, c.fact_value, c.article_value, c.article_id, p.publisher, p.title, p.url
    from base.findings c join base.articles p using (article_id)
) r on r.finding_id = a.finding_ids[1]
left join (
    select x.alert_id, list_sort(list(distinct p.publisher)) as publishers
    from (select alert_id, unnest(finding_ids) as finding_id from base.alerts) x
    join base.findings c using (finding_id)
    join base.articles p using (article_id)
    group by x.alert_id
) o using (alert_id)
left join base.findings n on a.kind = 'correction' and n.finding_id = a.finding_ids[2]
left join base.feeds d using (feed_id)
left join (
    select
        mail_id,
        count(*) filter (where state = 'due') as due,
        count(*) filter (where state in ('refused', 'expired')) as failed,
        max(tried_at) filter (where state in ('sent', 'written')) as told_at
    from base.deliveries group by mail_id
) m using (mail_id)
order by a.raised_at desc, a.seed_id, a.fact_id, a.alert_id;

comment on view alerts is 'One row a thing that a person is told once, the latest first.';
comment on column alerts.raised_at is 'UTC.';
comment on column alerts.seed_id is 'Seed.';
comment on column alerts.kind is 'contradiction; standing: a change of it; correction: by a publisher; feed: it brings nothing for long; run: it could not check.';
comment on column alerts.fact_id is 'Fact; null of a feed or run.';
comment on column alerts.statement is 'What the fact states.';
comment on column alerts.publisher is 'Who published the first of the reports.';
comment on column alerts.publishers is 'All who published one of them, in the order of the alphabet.';
comment on column alerts.title is 'Headline of the first of the reports.';
comment on column alerts.sentence is 'The passage that contradicts; of a correction the one that is gone or changed.';
comment on column alerts.fact_value is 'The fact''s side, normalised.';
comment on column alerts.article_value is 'The report''s side, normalised.';
comment on column alerts.sentence_after is 'Of a correction, what stands there now; null when withdrawn.';
comment on column alerts.findings is 'Of a contradiction the findings in copies of one text, of a correction those before and after.';
comment on column alerts.finding_ids is 'These findings, the earliest first.';
comment on column alerts.article_id is 'Article revision of the first of them.';
comment on column alerts.standing_before is 'Of the fact, before the run that raised it; null of a correction, feed or run.';
comment on column alerts.standing_after is 'Of the fact, after that run; null of a correction, feed or run.';
comment on column alerts.trouble is 'Of a feed failing, gone or silent; of a run engine (it could not be loaded) or unreachable (nothing could be polled).';
comment on column alerts.feed is 'Title of the feed that it is about.';
comment on column alerts.since_at is 'Of a feed or run, since when it is so, UTC; null of a run where nothing was ever checked.';
comment on column alerts.detail is 'Of a correction withdrawn or corrected; of a feed or run, what was said last.';
comment on column alerts.state is 'waiting, due (in a mail not sent to all yet), told, failed (for a recipient) or withdrawn.';
comment on column alerts.told_at is 'Last time that its mail was sent, UTC.';
comment on column alerts.url is 'Where the first of the reports is.';
comment on column alerts.mail_id is 'Mail that tells it.';
comment on column alerts.run_id is 'Run that raised it.';
comment on column alerts.alert_id is 'Key.';
