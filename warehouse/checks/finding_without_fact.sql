-- Every finding's fact is stored, with the wording it was judged by.
select f.finding_id, f.seed_id, f.fact_id
from base.findings f
left join base.facts s using (seed_id, fact_id)
where s.fact_id is null or f.statement is null;
