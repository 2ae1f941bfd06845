-- What was compared is stored: the article and the seed.
select seed_id, article_id from base.comparisons
where article_id not in (select article_id from base.articles) or seed_id not in (select seed_id from base.seeds);
