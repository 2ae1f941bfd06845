create or replace macro publisher_record(name, seed := null) as table
select
    reported_at,
    seed_id,
    fact_id,
    if(superseded, 'superseded', verdict) as side,
    statement,
    sentence,
    fact_value,
    article_value,
    probability,
    url,
    finding_id
from base.current_findings
where publisher = name and verdict in ('supports', 'contradicts') and (seed is null or seed_id = seed)
order by reported_at desc, finding_id;

comment on macro table publisher_record is 'What a publisher says of the facts, the latest first. Give its name as publishers has it, and seed := for one seed.';
