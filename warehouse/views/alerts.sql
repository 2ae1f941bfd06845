create or replace view alerts as
select
    a.raised_at,
    a.seed_id,
    a.kind,
    a.fact_id,
    f.statement,
    r.publisher,
    r.sentence,
    r.fact_value,
    r.article_value,
    len(a.finding_ids) as findings,
    a.standing_before,
    a.standing_after,
    case
        when a.withdrawn_at is not null then 'withdrawn'
        when a.mail_id is null then 'waiting'
        when d.due > 0 then 'due'
        when d.failed > 0 then 'failed'
        else 'told'
    end as state,
    d.told_at,
    r.url,
    a.mail_id,
    a.run_id,
    a.alert_id
from base.alerts a
left join base.facts f using (seed_id, fact_id)
left join (
    select c.finding_id, c.sentence, c.fact_value, c.article_value, p.publisher, p.url
    from base.findings c join base.articles p using (article_id)
) r on r.finding_id = a.finding_ids[1]
left join (
    select
        mail_id,
        count(*) filter (where state = 'due') as due,
        count(*) filter (where state in ('refused', 'expired')) as failed,
        max(tried_at) filter (where state in ('sent', 'written')) as told_at
    from base.deliveries group by mail_id
) d using (mail_id)
order by a.raised_at desc, a.seed_id, a.fact_id, a.alert_id;

comment on view alerts is 'One row a thing that a person is told once, the latest first.';
comment on column alerts.raised_at is 'UTC.';
comment on column alerts.seed_id is 'Seed.';
comment on column alerts.kind is 'contradiction, or standing: a change of it.';
comment on column alerts.fact_id is 'Fact.';
comment on column alerts.statement is 'What the fact states.';
comment on column alerts.publisher is 'Who published the first of the reports.';
comment on column alerts.sentence is 'The passage that contradicts.';
comment on column alerts.fact_value is 'The fact''s side, normalised.';
comment on column alerts.article_value is 'The report''s side, normalised.';
comment on column alerts.findings is 'Findings in copies of one text.';
comment on column alerts.standing_before is 'Of a standing alert.';
comment on column alerts.standing_after is 'Of a standing alert.';
comment on column alerts.state is 'waiting, due (in a mail not sent to all yet), told, failed (for a recipient) or withdrawn.';
comment on column alerts.told_at is 'Last time that its mail was sent, UTC.';
comment on column alerts.url is 'Where the first of the reports is.';
comment on column alerts.mail_id is 'Mail that tells it.';
comment on column alerts.run_id is 'Run that raised it.';
comment on column alerts.alert_id is 'Key.';
