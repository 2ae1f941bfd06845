-- A reading has its article, a refusal has a reason and none.
select r.entry_id, r.outcome, r.reason, r.article_id
from base.readings r
left join base.articles a using (article_id)
where (r.outcome = 'refused') <> (a.article_id is null)
    or (r.outcome = 'refused' and (r.reason is null or r.article_id is not null));
