create or replace view matches as
select
    seed_id,
    fact_id,
    statement,
    publisher,
    title,
    url,
    published_at,
    sentence,
    speaker,
    attribution,
    fact_value,
    article_value,
    probability,
    basis,
    superseded,
    context,
    found_at,
    finding_id,
    article_id,
    engine
from base.current_findings
where verdict = 'supports'
order by seed_id, fact_position, probability desc, finding_id;

comment on view matches is 'One row a finding that supports a fact, the surest of each fact first.';
comment on column matches.seed_id is 'Seed.';
comment on column matches.fact_id is 'Fact.';
comment on column matches.statement is 'What the fact states.';
comment on column matches.publisher is 'Who published the article.';
comment on column matches.title is 'Headline of the article.';
comment on column matches.url is 'Where the article is.';
comment on column matches.published_at is 'When it was published, UTC; null when neither feed nor page says.';
comment on column matches.sentence is 'The passage that decides.';
comment on column matches.speaker is 'Who says it, where it is quoted.';
comment on column matches.attribution is 'asserted, quoted or denied.';
comment on column matches.fact_value is 'The fact''s side, normalised.';
comment on column matches.article_value is 'The article''s side, normalised.';
comment on column matches.probability is 'Calibrated probability of the verdict.';
comment on column matches.basis is 'page, or summary: only what the feed said could be read.';
comment on column matches.superseded is 'Whether the passage reports a later state of affairs.';
comment on column matches.context is 'The passage with its neighbours.';
comment on column matches.found_at is 'When it was found, UTC.';
comment on column matches.finding_id is 'Key.';
comment on column matches.article_id is 'Article revision.';
comment on column matches.engine is 'Engine and version that judged.';
