-- Copies and sketches are of stored articles, copies of different houses.
select c.article_id, c.other_id
from base.copies c
left join base.sketches a on a.article_id = c.article_id
left join base.sketches b on b.article_id = c.other_id
where a.article_id is null or b.article_id is null or a.house = b.house or c.article_id >= c.other_id
union all
select article_id, null from base.sketches where article_id not in (select article_id from base.articles);
