-- A finding that counts comes from the last comparison of its seed and article, which found it relevant.
select f.finding_id, f.seed_id, f.article_id, f.engine, f.facts_version
from base.findings f
left join base.comparisons c on c.seed_id = f.seed_id and c.article_id = f.article_id
    and c.engine = f.engine and c.facts_version = f.facts_version and c.relevant
where f.retired_at is null and c.seed_id is null;
