create or replace view contradictions as
select
    seed_id,
    fact_id,
    statement,
    publisher,
    title,
    url,
    published_at,
    kind,
    sentence,
    speaker,
    attribution,
    fact_value,
    article_value,
    probability,
    basis,
    superseded,
    explanation,
    guards,
    context,
    found_at,
    finding_id,
    article_id,
    engine
from base.current_findings
where verdict = 'contradicts'
order by seed_id, fact_position, probability desc, finding_id;

comment on view contradictions is 'One row a finding that contradicts a fact, the surest of each fact first.';
comment on column contradictions.seed_id is 'Seed.';
comment on column contradictions.fact_id is 'Fact.';
comment on column contradictions.statement is 'What the fact states.';
comment on column contradictions.publisher is 'Who published the article.';
comment on column contradictions.title is 'Headline of the article.';
comment on column contradictions.url is 'Where the article is.';
comment on column contradictions.published_at is 'When it was published, UTC; null when neither feed nor page says.';
comment on column contradictions.sentence is 'The passage that decides.';
comment on column contradictions.speaker is 'Who says it, where it is quoted.';
comment on column contradictions.attribution is 'asserted, quoted or denied.';
comment on column contradictions.fact_value is 'The fact''s side, normalised.';
comment on column contradictions.article_value is 'The article''s side, normalised.';
comment on column contradictions.probability is 'Calibrated probability of the verdict.';
comment on column contradictions.basis is 'page, or summary: only what the feed said could be read.';
comment on column contradictions.superseded is 'Whether the passage reports a later state of affairs.';
comment on column contradictions.context is 'The passage with its neighbours.';
comment on column contradictions.found_at is 'When it was found, UTC.';
comment on column contradictions.finding_id is 'Key.';
comment on column contradictions.article_id is 'Article revision.';
comment on column contradictions.engine is 'Engine and version that judged.';
comment on column contradictions.kind is 'Kind of conflict: number, date, duration, person, place, role, negation, antonym or statement.';
comment on column contradictions.explanation is 'The conflict in a line for a person.';
comment on column contradictions.guards is 'Rules that changed what the model alone would have said.';
