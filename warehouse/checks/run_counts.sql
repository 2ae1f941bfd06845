-- A run that ended adds up: what it took up was read or refused, by reason, and the feeds' new entries are its new ones.
select r.run_id, r.entries_new, r.entries_carried, r.entries_left, r.pages, r.summaries, r.refused, x.refused as reasons, f.new
from base.runs r
left join (
    select run_id, sum(entries) filter (where kind = 'refused') as refused from base.run_reasons group by run_id
) x using (run_id)
left join (select run_id, sum(entries_new) as new from base.run_feeds group by run_id) f using (run_id)
where r.ended_at is not null
    and (
        r.entries_new + r.entries_carried - r.entries_left <> r.pages + r.summaries + r.refused
        or r.refused <> coalesce(x.refused, 0)
        or r.entries_new <> coalesce(f.new, 0)
        or r.ended_at < r.started_at
    );
