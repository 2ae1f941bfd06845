-- Every article was read through an entry.
select article_id, entry_id, url from base.articles where entry_id not in (select entry_id from base.entries);
