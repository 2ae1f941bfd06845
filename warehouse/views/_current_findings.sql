-- Named to sort first: the other views stand on it. What no longer counts is left out here, once: findings that a newer
-- comparison did not make again, of texts that an article no longer has, of facts since reworded or removed,
-- and what a person marked as wrong.
create or replace view base.current_findings as
select
    f.finding_id,
    f.seed_id,
    f.fact_id,
    s.position as fact_position,
    s.statement,
    f.verdict,
    case f.verdict when 'supports' then f.supports when 'contradicts' then f.contradicts else f.neutral end as probability,
    f.article_id,
    a.url,
    a.title,
    a.publisher,
    a.published_at,
    coalesce(a.published_at, a.fetched_at) as reported_at,
    a.basis,
    f.sentence,
    f.context,
    f.kind,
    f.fact_value,
    f.article_value,
    f.attribution,
    f.speaker,
    f.superseded,
    f.guards,
    f.explanation,
    f.engine,
    f.found_at
from base.findings f
join (
    -- joined as a set and not asked for by `in`: DuckDB would look up every finding, and be twice as slow
    select a.* from base.articles a join (select distinct article_id from base.readings) using (article_id)
) a using (article_id)
join base.facts s on s.seed_id = f.seed_id and s.fact_id = f.fact_id
where f.retired_at is null
    and s.retired_at is null
    and s.statement = f.statement
    and f.finding_id not in (
        -- by what it says and not by its id, which changes with the engine; as a set of the few ids that it makes, so
        -- that no sentence is read of findings that nobody marked
        select g.finding_id
        from (select finding_id from base.marks group by finding_id having not arg_max("right", marked_at)) w
        join base.findings m using (finding_id)
        join base.findings g on g.article_id = m.article_id and g.seed_id = m.seed_id and g.fact_id = m.fact_id
            and g.verdict = m.verdict and g.sentence is not distinct from m.sentence
    );

comment on view base.current_findings is 'One row a finding that counts now.';
comment on column base.current_findings.seed_id is 'Seed.';
comment on column base.current_findings.fact_id is 'Fact.';
comment on column base.current_findings.statement is 'What the fact states.';
comment on column base.current_findings.publisher is 'Who published the article.';
comment on column base.current_findings.title is 'Headline of the article.';
comment on column base.current_findings.url is 'Where the article is.';
comment on column base.current_findings.published_at is 'When it was published, UTC; null when neither feed nor page says.';
comment on column base.current_findings.sentence is 'The passage that decides.';
comment on column base.current_findings.speaker is 'Who says it, where it is quoted.';
comment on column base.current_findings.attribution is 'asserted, quoted or denied.';
comment on column base.current_findings.fact_value is 'The fact''s side, normalised.';
comment on column base.current_findings.article_value is 'The article''s side, normalised.';
comment on column base.current_findings.probability is 'Calibrated probability of the verdict.';
comment on column base.current_findings.basis is 'page, or summary: only what the feed said could be read.';
comment on column base.current_findings.superseded is 'Whether the passage reports a later state of affairs.';
comment on column base.current_findings.context is 'The passage with its neighbours.';
comment on column base.current_findings.found_at is 'When it was found, UTC.';
comment on column base.current_findings.finding_id is 'Key.';
comment on column base.current_findings.article_id is 'Article revision.';
comment on column base.current_findings.engine is 'Engine and version that judged.';
comment on column base.current_findings.fact_position is 'Place of the fact in its seed, from 0.';
comment on column base.current_findings.verdict is 'supports, contradicts or neutral.';
comment on column base.current_findings.reported_at is 'published_at, else when it was fetched, UTC.';
comment on column base.current_findings.kind is 'Kind of conflict of a contradiction.';
comment on column base.current_findings.guards is 'Rules that changed what the model alone would have said.';
comment on column base.current_findings.explanation is 'The judgement in a line for a person.';
