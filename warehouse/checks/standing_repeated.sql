-- A standing is written when it changes.
select seed_id, fact_id, changed_at, standing
from base.standings
qualify (standing, supports, contradicts, superseded)
    = lag((standing, supports, contradicts, superseded)) over (partition by seed_id, fact_id order by changed_at);
