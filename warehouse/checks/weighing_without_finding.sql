-- What counts for a fact is a stored finding about it, and how it counts is known.
select w.seed_id, w.fact_id, w.finding_id
from base.weighings w
left join base.findings f on f.finding_id = w.finding_id and f.seed_id = w.seed_id and f.fact_id = w.fact_id
where f.finding_id is null or (w.counts and (w.verdict is null or w.probability is null or w.reported_at is null));
