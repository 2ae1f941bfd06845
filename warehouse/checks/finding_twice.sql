-- An article has one finding per fact and verdict that counts.
select seed_id, fact_id, article_id, verdict, count(*) as findings
from base.findings
where retired_at is null
group by all
having count(*) > 1;
