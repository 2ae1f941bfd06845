-- Grain and meaning of every table and column are in its comment; the views are what people query.
-- No foreign keys: DuckDB refuses to update rows that others refer to. checks/*.sql holds the references instead.

create table base.runs (
    run_id text primary key,
    "trigger" text not null,
    state text not null,
    seed_ids text[] not null,
    started_at timestamp not null,
    ended_at timestamp,
    entries_listed integer,
    entries_new integer,
    entries_carried integer,
    entries_left integer,
    pages integer,
    summaries integer,
    refused integer,
    comparisons integer,
    relevant integer,
    supports integer,
    contradicts integer,
    unchecked integer,
    standing_changes integer
);
comment on table base.runs is 'One row a run, written when it begins and completed when it ends. A killed run stays running.';
comment on column base.runs.run_id is 'Key, given by the flow.';
comment on column base.runs."trigger" is 'What started it, such as cli, schedule or demo.';
comment on column base.runs.state is 'running until it has ended, then the name of its end, such as completed or failed.';
comment on column base.runs.seed_ids is 'Seeds it watched.';
comment on column base.runs.started_at is 'UTC.';
comment on column base.runs.ended_at is 'UTC; null while running and after a kill.';
comment on column base.runs.entries_listed is 'Entries the polled feeds listed, each counted once.';
comment on column base.runs.entries_new is 'Of them never seen before.';
comment on column base.runs.entries_carried is 'Entries an earlier run left, taken up by this one.';
comment on column base.runs.entries_left is 'Entries still unread at the end because of a limit.';
comment on column base.runs.pages is 'Entries whose page was read.';
comment on column base.runs.summaries is 'Entries of which only the feed''s summary could be read.';
comment on column base.runs.refused is 'Entries that gave no article; run_reasons has the reasons.';
comment on column base.runs.comparisons is 'Pairs of seed and article compared.';
comment on column base.runs.relevant is 'Of them about the seed''s event.';
comment on column base.runs.supports is 'Findings new in this run that support a fact.';
comment on column base.runs.contradicts is 'Findings new in this run that contradict a fact.';
comment on column base.runs.unchecked is 'Facts that could not be decided for an article; run_reasons has the reasons.';
comment on column base.runs.standing_changes is 'Facts whose standing changed.';

create table base.run_reasons (
    run_id text,
    kind text,
    reason text,
    entries integer not null,
    primary key (run_id, kind, reason)
);
comment on table base.run_reasons is 'One row a finished run, kind and reason: why something was not read, or not fully, or not decided.';
comment on column base.run_reasons.run_id is 'Run.';
comment on column base.run_reasons.kind is 'refused: no article; summary: only the feed''s summary; unchecked: a fact not decided for an article.';
comment on column base.run_reasons.reason is 'Name of the reason, such as consent, paywall or too_short.';
comment on column base.run_reasons.entries is 'How many entries, or for unchecked how many pairs of fact and article.';

create table base.run_feeds (
    run_id text,
    feed_id text,
    outcome text not null,
    status integer,
    entries_listed integer not null,
    entries_new integer not null,
    items_skipped integer not null,
    failure text,
    detail text,
    polled_at timestamp not null,
    primary key (run_id, feed_id)
);
comment on table base.run_feeds is 'One row a run and feed it polled: the record of every attempt.';
comment on column base.run_feeds.run_id is 'Run.';
comment on column base.run_feeds.feed_id is 'Feed.';
comment on column base.run_feeds.outcome is 'new, unchanged or failed.';
comment on column base.run_feeds.status is 'HTTP status; null where no answer came.';
comment on column base.run_feeds.entries_listed is 'Entries the feed listed.';
comment on column base.run_feeds.entries_new is 'Of them never seen before and not met first in another feed.';
comment on column base.run_feeds.items_skipped is 'Items without a usable link or title.';
comment on column base.run_feeds.failure is 'Kind of failure; null after a success.';
comment on column base.run_feeds.detail is 'The failure in a line for a person.';
comment on column base.run_feeds.polled_at is 'UTC.';

create table base.seeds (
    seed_id text primary key,
    title text not null,
    facts_version text not null,
    as_of date,
    saved_at timestamp not null
);
comment on table base.seeds is 'One row a seed, as its file stood when last used.';
comment on column base.seeds.seed_id is 'Key, from the seed''s file.';
comment on column base.seeds.title is 'Title.';
comment on column base.seeds.facts_version is 'Content id of the seed: another one means that articles are compared again.';
comment on column base.seeds.as_of is 'Day for which the document states its facts.';
comment on column base.seeds.saved_at is 'When this version was first used, UTC.';

create table base.facts (
    seed_id text,
    fact_id text,
    statement text not null,
    as_of date,
    position integer not null,
    saved_at timestamp not null,
    retired_at timestamp,
    primary key (seed_id, fact_id)
);
comment on table base.facts is 'One row a fact a seed states or stated.';
comment on column base.facts.seed_id is 'Seed.';
comment on column base.facts.fact_id is 'Key within the seed.';
comment on column base.facts.statement is 'What it states.';
comment on column base.facts.as_of is 'Day for which it holds, where it has its own.';
comment on column base.facts.position is 'Place in the seed, from 0.';
comment on column base.facts.saved_at is 'When this wording was first used, UTC.';
comment on column base.facts.retired_at is 'When the seed no longer had it, UTC; null while it has.';

create table base.feeds (
    feed_id text primary key,
    url text not null,
    title text,
    etag text,
    last_modified text,
    body_hash text,
    polled_at timestamp,
    succeeded_at timestamp,
    due_at timestamp,
    failures integer not null,
    failure text,
    detail text,
    first_polled_at timestamp not null
);
comment on table base.feeds is 'One row a feed ever polled: what its last poll left for the next.';
comment on column base.feeds.feed_id is 'Content id of the URL.';
comment on column base.feeds.url is 'Where it is polled.';
comment on column base.feeds.title is 'Its own title.';
comment on column base.feeds.etag is 'Validator of the last body, verbatim.';
comment on column base.feeds.last_modified is 'Validator of the last body, verbatim.';
comment on column base.feeds.body_hash is 'Of the last body parsed.';
comment on column base.feeds.polled_at is 'Last attempt, UTC.';
comment on column base.feeds.succeeded_at is 'Last answer that could be used or said unchanged, UTC.';
comment on column base.feeds.due_at is 'Not to be polled before, UTC.';
comment on column base.feeds.failures is 'Failures in a row.';
comment on column base.feeds.failure is 'Kind of the last failure; null after a success.';
comment on column base.feeds.detail is 'The last failure in a line for a person.';
comment on column base.feeds.first_polled_at is 'UTC.';

create table base.entries (
    entry_id text primary key,
    feed_id text not null,
    url text not null,
    guid text,
    title text not null,
    summary text not null,
    author text,
    published_at timestamp,
    first_seen_at timestamp not null,
    seen_at timestamp not null,
    run_id text not null,
    listed_run_id text not null,
    listed_feed_id text not null
);
comment on table base.entries is 'One row a page that a feed listed, whichever feeds list it.';
comment on column base.entries.entry_id is 'Content id of the canonical URL.';
comment on column base.entries.feed_id is 'Feed that listed it first.';
comment on column base.entries.url is 'Canonical URL.';
comment on column base.entries.guid is 'The feed''s own id of it.';
comment on column base.entries.title is 'Headline in the feed.';
comment on column base.entries.summary is 'Summary in the feed as plain text, may be empty.';
comment on column base.entries.author is 'As the feed names it.';
comment on column base.entries.published_at is 'As the feed says, UTC.';
comment on column base.entries.first_seen_at is 'First listed, UTC.';
comment on column base.entries.seen_at is 'Last listed, UTC.';
comment on column base.entries.run_id is 'Run that met it first.';
comment on column base.entries.listed_run_id is 'Last run in which a feed listed it.';
comment on column base.entries.listed_feed_id is 'Feed that listed it first in that run, so that a run counts it once.';

create table base.feed_entries (
    feed_id text,
    entry_id text,
    listed boolean not null,
    first_seen_at timestamp not null,
    seen_at timestamp not null,
    primary key (feed_id, entry_id)
);
comment on table base.feed_entries is 'One row a feed and entry it ever listed.';
comment on column base.feed_entries.feed_id is 'Feed.';
comment on column base.feed_entries.entry_id is 'Entry.';
comment on column base.feed_entries.listed is 'Whether the feed''s last document still lists it.';
comment on column base.feed_entries.first_seen_at is 'First listed there, UTC.';
comment on column base.feed_entries.seen_at is 'Last listed there, UTC.';

create table base.readings (
    entry_id text primary key,
    outcome text not null,
    reason text,
    detail text,
    article_id text,
    temporary boolean not null,
    attempts integer not null,
    read_at timestamp not null,
    retry_at timestamp,
    run_id text not null
);
comment on table base.readings is 'One row an entry that was tried: the best that came of it so far.';
comment on column base.readings.entry_id is 'Entry.';
comment on column base.readings.outcome is 'page, summary or refused. A later failure does not undo an article.';
comment on column base.readings.reason is 'Why there is no page; null for a page.';
comment on column base.readings.detail is 'The reason in a line for a person.';
comment on column base.readings.article_id is 'Revision that the entry now says; null when refused.';
comment on column base.readings.temporary is 'Whether the last attempt failed for a reason that may pass.';
comment on column base.readings.attempts is 'How often it was tried.';
comment on column base.readings.read_at is 'Last attempt, UTC.';
comment on column base.readings.retry_at is 'Tried again from then on, UTC; null when that is the end of it.';
comment on column base.readings.run_id is 'Run of the last attempt.';

create table base.articles (
    article_id text primary key,
    entry_id text not null,
    url text not null,
    title text not null,
    text text not null,
    basis text not null,
    publisher text not null,
    author text,
    language text not null,
    published_at timestamp,
    published_at_source text,
    fetched_at timestamp not null,
    text_hash text not null,
    run_id text not null
);
comment on table base.articles is 'One row a revision of an article''s text.';
comment on column base.articles.article_id is 'Content id of URL and text.';
comment on column base.articles.entry_id is 'Entry through which it was read first.';
comment on column base.articles.url is 'Canonical URL.';
comment on column base.articles.title is 'Headline.';
comment on column base.articles.text is 'Full text; offsets of findings count its characters.';
comment on column base.articles.basis is 'page, or summary: what the feed said, since the page could not be read.';
comment on column base.articles.publisher is 'Publisher.';
comment on column base.articles.author is 'As the page or feed names it.';
comment on column base.articles.language is 'Two-letter code.';
comment on column base.articles.published_at is 'UTC.';
comment on column base.articles.published_at_source is 'feed or page; null when neither says.';
comment on column base.articles.fetched_at is 'UTC.';
comment on column base.articles.text_hash is 'Of the text.';
comment on column base.articles.run_id is 'Run that read it first.';

create table base.comparisons (
    seed_id text,
    article_id text,
    facts_version text not null,
    engine text not null,
    relevant boolean not null,
    relevance double not null,
    neutral integer not null,
    compared_at timestamp not null,
    run_id text not null,
    primary key (seed_id, article_id)
);
comment on table base.comparisons is 'One row a seed and article: their last comparison.';
comment on column base.comparisons.seed_id is 'Seed.';
comment on column base.comparisons.article_id is 'Article revision.';
comment on column base.comparisons.facts_version is 'Content id of the seed it was compared with.';
comment on column base.comparisons.engine is 'Engine and version that judged.';
comment on column base.comparisons.relevant is 'Whether the article is about the seed''s event; if not, no fact was judged.';
comment on column base.comparisons.relevance is 'How much it is, 0 to 1.';
comment on column base.comparisons.neutral is 'Facts about which the article says nothing.';
comment on column base.comparisons.compared_at is 'UTC.';
comment on column base.comparisons.run_id is 'Run.';

create table base.findings (
    finding_id text primary key,
    seed_id text not null,
    fact_id text not null,
    article_id text not null,
    engine text not null,
    facts_version text not null,
    statement text,
    verdict text not null,
    supports double,
    contradicts double,
    neutral double,
    sentence text,
    sentence_start integer,
    sentence_end integer,
    context text,
    context_start integer,
    context_end integer,
    kind text,
    fact_value text,
    article_value text,
    attribution text,
    speaker text,
    superseded boolean not null,
    guards text[] not null,
    explanation text,
    found_at timestamp not null,
    retired_at timestamp,
    run_id text not null
);
comment on table base.findings is 'One row a fact, article revision, passage and engine: what the article says about the fact.';
comment on column base.findings.finding_id is 'Content id of fact, article, span and engine.';
comment on column base.findings.seed_id is 'Seed.';
comment on column base.findings.fact_id is 'Fact.';
comment on column base.findings.article_id is 'Article revision.';
comment on column base.findings.engine is 'Engine and version that judged.';
comment on column base.findings.facts_version is 'Content id of the seed when judged.';
comment on column base.findings.statement is 'The fact''s wording when judged; another wording now means the finding no longer counts.';
comment on column base.findings.verdict is 'supports, contradicts or neutral.';
comment on column base.findings.supports is 'Probability that the passage supports the fact; the three sum to 1.';
comment on column base.findings.contradicts is 'Probability that the passage contradicts the fact.';
comment on column base.findings.neutral is 'Probability that the passage does neither.';
comment on column base.findings.sentence is 'The passage: characters sentence_start to sentence_end of the article.';
comment on column base.findings.sentence_start is 'Offset in characters, from 0.';
comment on column base.findings.sentence_end is 'Offset in characters, past the last.';
comment on column base.findings.context is 'The passage with its neighbours: characters context_start to context_end.';
comment on column base.findings.context_start is 'Offset in characters, from 0.';
comment on column base.findings.context_end is 'Offset in characters, past the last.';
comment on column base.findings.kind is 'Kind of conflict of a contradiction: number, date, duration, person, place, role, negation, antonym, statement.';
comment on column base.findings.fact_value is 'The fact''s side of the conflict, normalised.';
comment on column base.findings.article_value is 'The article''s side of the conflict, normalised.';
comment on column base.findings.attribution is 'asserted, quoted or denied.';
comment on column base.findings.speaker is 'Who says it, where it is quoted.';
comment on column base.findings.superseded is 'Whether the passage reports a later state of affairs.';
comment on column base.findings.guards is 'Rules that changed what the model alone would have said.';
comment on column base.findings.explanation is 'The judgement in a line for a person.';
comment on column base.findings.found_at is 'First found, UTC.';
comment on column base.findings.retired_at is 'When a newer comparison of that seed and article did not find it, UTC; null while it counts.';
comment on column base.findings.run_id is 'Run that found it first.';

create table base.unchecked (
    seed_id text,
    article_id text,
    fact_id text,
    reason text not null,
    run_id text not null,
    primary key (seed_id, article_id, fact_id)
);
comment on table base.unchecked is 'One row a seed, article and fact that their last comparison could not decide. It never means agreement.';
comment on column base.unchecked.seed_id is 'Seed.';
comment on column base.unchecked.article_id is 'Article revision.';
comment on column base.unchecked.fact_id is 'Fact.';
comment on column base.unchecked.reason is 'Why it was not decided.';
comment on column base.unchecked.run_id is 'Run.';

create table base.standings (
    seed_id text,
    fact_id text,
    changed_at timestamp,
    standing text not null,
    supports integer not null,
    contradicts integer not null,
    superseded integer not null,
    cause text,
    run_id text not null,
    primary key (seed_id, fact_id, changed_at)
);
comment on table base.standings is 'One row a fact and change of its standing: the last one holds.';
comment on column base.standings.seed_id is 'Seed.';
comment on column base.standings.fact_id is 'Fact.';
comment on column base.standings.changed_at is 'UTC.';
comment on column base.standings.standing is 'unreported, corroborated, disputed, contradicted or superseded.';
comment on column base.standings.supports is 'Independent texts that support it.';
comment on column base.standings.contradicts is 'Independent texts that contradict it.';
comment on column base.standings.superseded is 'Independent texts that report a later state of affairs.';
comment on column base.standings.cause is 'Finding that tipped it; null at the first look.';
comment on column base.standings.run_id is 'Run.';
