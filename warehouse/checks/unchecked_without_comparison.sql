-- What could not be decided belongs to a comparison and to a fact.
select u.seed_id, u.article_id, u.fact_id
from base.unchecked u
left join base.comparisons c using (seed_id, article_id)
left join base.facts f using (seed_id, fact_id)
where c.seed_id is null or f.fact_id is null;
