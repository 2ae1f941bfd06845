-- What each standing was made of, so that its history can be worked out again; and what people say of findings.

create table base.weighings (
    seed_id text,
    fact_id text,
    finding_id text,
    weighed_at timestamp,
    counts boolean not null,
    verdict text,
    probability double,
    attribution text,
    superseded boolean,
    publisher text,
    house text,
    story_id text,
    reported_at timestamp,
    run_id text not null,
    primary key (seed_id, fact_id, finding_id, weighed_at)
);
comment on table base.weighings is 'One row a finding and change of how it counts for its fact: the last one holds. Standings follow from these rows alone.';
comment on column base.weighings.seed_id is 'Seed.';
comment on column base.weighings.fact_id is 'Fact.';
comment on column base.weighings.finding_id is 'Finding.';
comment on column base.weighings.weighed_at is 'From then on, UTC.';
comment on column base.weighings.counts is 'Whether it counts; if not, the columns that say how are null.';
comment on column base.weighings.verdict is 'supports or contradicts.';
comment on column base.weighings.probability is 'Of the verdict.';
comment on column base.weighings.attribution is 'asserted, quoted or denied.';
comment on column base.weighings.superseded is 'Whether it counts as a report of a later state of affairs.';
comment on column base.weighings.publisher is 'Publisher.';
comment on column base.weighings.house is 'Who owns the publisher.';
comment on column base.weighings.story_id is 'Story that its article was part of then; null without.';
comment on column base.weighings.reported_at is 'Publication, else when it was fetched, UTC.';
comment on column base.weighings.run_id is 'Run.';

create table base.marks (
    finding_id text,
    marked_at timestamp,
    "right" boolean not null,
    note text,
    primary key (finding_id, marked_at)
);
comment on table base.marks is 'One row a word of a person on a finding: the last one on it holds.';
comment on column base.marks.finding_id is 'Finding.';
comment on column base.marks.marked_at is 'UTC.';
comment on column base.marks."right" is 'Whether the finding is right; a wrong one counts no more, under any engine.';
comment on column base.marks.note is 'What the person says of it.';
