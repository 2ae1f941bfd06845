create or replace macro fact_history(fact, seed := null) as table
select happened_at, what, publisher, said, probability, url, finding_id, seed_id
from (
    select
        changed_at as happened_at,
        'standing' as what,
        cause_publisher as publisher,
        coalesce(before, 'unreported') || ' → ' || standing as said,
        null::double as probability,
        null as url,
        cause_finding_id as finding_id,
        seed_id
    from fact_timeline where fact_id = fact
    union all
    select
        reported_at,
        if(superseded, 'superseded', verdict),
        publisher,
        sentence,
        probability,
        url,
        finding_id,
        seed_id
    from base.current_findings where fact_id = fact and verdict in ('supports', 'contradicts')
    union all
    select changed_at, kind, publisher, sentence_before, null, url, finding_id_before, seed_id
    from corrections where fact_id = fact
)
where seed is null or seed_id = seed
order by happened_at, what, finding_id;

comment on macro table fact_history is 'All that happened to a fact, in order of time: what was reported, edited, and how it came to stand. Give the fact''s id, and seed := if several seeds have it.';
