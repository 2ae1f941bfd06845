-- Outcomes, verdicts and standings are the names there are.
select 'readings' as place, entry_id as id, outcome as name from base.readings
where outcome not in ('page', 'summary', 'refused')
union all
select 'run_feeds', run_id || ' ' || feed_id, outcome from base.run_feeds
where outcome not in ('new', 'unchanged', 'failed')
union all
select 'articles', article_id, basis from base.articles where basis not in ('page', 'summary')
union all
select 'findings', finding_id, verdict from base.findings where verdict not in ('supports', 'contradicts', 'neutral')
union all
select 'standings', seed_id || ' ' || fact_id, standing from base.standings
where standing not in ('unreported', 'corroborated', 'disputed', 'contradicted', 'superseded')
union all
select 'alerts', alert_id, kind from base.alerts
where kind not in ('contradiction', 'standing', 'correction', 'feed', 'run') or (kind in ('feed', 'run')) <> (fact_id is null)
union all
select 'mails', mail_id, kind from base.mails where kind not in ('fact', 'summary', 'notice', 'digest');
