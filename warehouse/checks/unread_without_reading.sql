-- What is unread is an entry that was refused for its language, of a seed that is known.
select u.seed_id, u.entry_id
from base.unread u
left join base.readings r on r.entry_id = u.entry_id and r.outcome = 'refused'
left join base.seeds s using (seed_id)
where r.entry_id is null or s.seed_id is null;
