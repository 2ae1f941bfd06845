create or replace view run_reasons as
select r.run_id, r.started_at, x.kind, x.reason, x.entries
from base.run_reasons x
join base.runs r using (run_id)
order by r.started_at desc, r.run_id, x.kind, x.entries desc, x.reason;

comment on view run_reasons is 'One row a finished run, kind and reason: why something was not read, or not fully, or not decided.';
comment on column run_reasons.run_id is 'Run.';
comment on column run_reasons.started_at is 'When the run began, UTC.';
comment on column run_reasons.kind is 'refused: no article; summary: only the feed''s summary; unchecked: a fact not decided for an article.';
comment on column run_reasons.reason is 'Name of the reason.';
comment on column run_reasons.entries is 'How many entries, or for unchecked how many pairs of fact and article.';
