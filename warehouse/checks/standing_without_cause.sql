-- A finding that tipped a standing is stored and is about its fact.
select s.seed_id, s.fact_id, s.changed_at, s.cause
from base.standings s
left join base.findings f on f.finding_id = s.cause and f.seed_id = s.seed_id and f.fact_id = s.fact_id
where s.cause is not null and f.finding_id is null;
