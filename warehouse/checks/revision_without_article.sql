-- A revision is a stored text of an entry, and leads there from another one unless it is the first.
select r.entry_id, r.seen_at, r.article_id
from base.revisions r
left join base.articles a on a.article_id = r.article_id
left join base.articles b on b.article_id = r.previous_id
where a.article_id is null or (r.previous_id is not null and b.article_id is null) or r.article_id = r.previous_id
    or r.entry_id not in (select entry_id from base.visits);
