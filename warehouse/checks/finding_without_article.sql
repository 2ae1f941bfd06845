-- Every finding's article is stored.
select finding_id, article_id from base.findings where article_id not in (select article_id from base.articles);
