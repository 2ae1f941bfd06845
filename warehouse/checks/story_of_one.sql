-- A story has at least two articles, its earliest among them, each of them a copy of that one.
select s.story_id, count(m.article_id) as articles
from base.stories s
left join base.story_articles m using (story_id)
group by s.story_id
having count(m.article_id) < 2 or not bool_or(m.article_id = s.story_id)
union all
select m.story_id, 0
from base.story_articles m
left join base.stories s using (story_id)
left join base.copies c on c.article_id = least(m.article_id, m.story_id) and c.other_id = greatest(m.article_id, m.story_id)
where s.story_id is null or (m.article_id <> m.story_id and c.article_id is null);
