-- Every entry is listed by a feed that is stored, and the feed that listed it first is one of them.
select e.entry_id, e.feed_id, e.url
from base.entries e
left join base.feed_entries l using (entry_id, feed_id)
left join base.feeds f using (feed_id)
where l.entry_id is null or f.feed_id is null;
