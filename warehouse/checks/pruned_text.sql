-- Only a text without findings is dropped, and then it is known how long it was.
select article_id, pruned_at, pruned_chars
from base.articles
where (pruned_at is null) <> (pruned_chars is null)
    or (pruned_at is not null and (text <> '' or article_id in (select article_id from base.findings)));
