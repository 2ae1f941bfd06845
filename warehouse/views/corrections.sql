create or replace view corrections as
select
    o.seed_id,
    o.fact_id,
    s.statement,
    if(n.finding_id is null, 'withdrawn', 'corrected') as kind,
    o.verdict as before,
    n.verdict as after,
    a.publisher,
    a.title,
    a.url,
    r.seen_at as changed_at,
    o.sentence as sentence_before,
    n.sentence as sentence_after,
    r.diff,
    r.previous_id as article_id_before,
    r.article_id as article_id_after,
    o.finding_id as finding_id_before,
    n.finding_id as finding_id_after
from base.revisions r
join base.findings o on o.article_id = r.previous_id and o.retired_at is null
join base.facts s on s.seed_id = o.seed_id and s.fact_id = o.fact_id and s.statement = o.statement
-- one that is not about the event any more was rewritten, which takes nothing back
join base.comparisons c on c.article_id = r.article_id and c.seed_id = o.seed_id and c.relevant
join base.articles a on a.article_id = r.article_id
left join base.findings n on n.article_id = r.article_id and n.seed_id = o.seed_id and n.fact_id = o.fact_id
    and n.retired_at is null
where o.verdict in ('supports', 'contradicts')
    and n.verdict is distinct from o.verdict
    and s.retired_at is null
    -- what could not be judged again was neither withdrawn nor corrected
    and not exists (
        select 1 from base.unchecked u
        where u.seed_id = o.seed_id and u.article_id = r.article_id and u.fact_id = o.fact_id
    )
order by r.seen_at desc, o.seed_id, s.position;

comment on view corrections is 'One row a finding that a publisher''s edit undid, the latest first.';
comment on column corrections.seed_id is 'Seed.';
comment on column corrections.fact_id is 'Fact.';
comment on column corrections.statement is 'What it states.';
comment on column corrections.kind is 'withdrawn: the article says nothing of the fact any more; corrected: it says the opposite now.';
comment on column corrections.before is 'supports or contradicts.';
comment on column corrections.after is 'supports or contradicts; null when withdrawn.';
comment on column corrections.publisher is 'Who changed it.';
comment on column corrections.title is 'Headline.';
comment on column corrections.url is 'Where the article is.';
comment on column corrections.changed_at is 'When the changed page was fetched, UTC.';
comment on column corrections.sentence_before is 'The passage that is gone or changed.';
comment on column corrections.sentence_after is 'What stands there now; null when withdrawn.';
comment on column corrections.diff is 'All that changed: sentences that went, after a minus, and that came, after a plus.';
comment on column corrections.article_id_before is 'Article revision before.';
comment on column corrections.article_id_after is 'Article revision after.';
comment on column corrections.finding_id_before is 'Finding in the text before.';
comment on column corrections.finding_id_after is 'Finding in the text after; null when withdrawn.';
