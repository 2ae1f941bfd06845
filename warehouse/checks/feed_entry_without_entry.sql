-- What a feed lists is stored.
select feed_id, entry_id from base.feed_entries
where entry_id not in (select entry_id from base.entries) or feed_id not in (select feed_id from base.feeds);
