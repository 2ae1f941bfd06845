-- Every row carries the run that wrote it.
select place, run_id, count(*) as rows
from (
    select 'entries' as place, run_id from base.entries
    union all select 'readings', run_id from base.readings
    union all select 'articles', run_id from base.articles
    union all select 'comparisons', run_id from base.comparisons
    union all select 'findings', run_id from base.findings
    union all select 'unchecked', run_id from base.unchecked
    union all select 'standings', run_id from base.standings
    union all select 'run_feeds', run_id from base.run_feeds
    union all select 'run_reasons', run_id from base.run_reasons
)
where run_id not in (select run_id from base.runs)
group by all;
