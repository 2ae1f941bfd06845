-- Articles that are read again, and what had changed.

create table base.visits (
    entry_id text primary key,
    visited_at timestamp not null,
    outcome text not null,
    etag text,
    last_modified text
);
comment on table base.visits is 'One row an entry whose page was asked for again: its last visit.';
comment on column base.visits.entry_id is 'Entry.';
comment on column base.visits.visited_at is 'UTC.';
comment on column base.visits.outcome is 'unchanged, changed, or why the page could not be read.';
comment on column base.visits.etag is 'As the page''s last answer had it, verbatim.';
comment on column base.visits.last_modified is 'As the page''s last answer had it, verbatim.';

create table base.revisions (
    entry_id text,
    article_id text,
    previous_id text not null,
    seen_at timestamp not null,
    diff text not null,
    headers text not null,
    sha256 text not null,
    run_id text not null,
    primary key (entry_id, seen_at)
);
comment on table base.revisions is 'One row a change of an article''s text that a visit found. The texts before and after are kept as articles.';
comment on column base.revisions.entry_id is 'Entry.';
comment on column base.revisions.article_id is 'Article revision that it reads from then on.';
comment on column base.revisions.previous_id is 'Article revision before.';
comment on column base.revisions.seen_at is 'When the page was fetched, UTC.';
comment on column base.revisions.diff is 'Sentences that went, after a minus, and that came, after a plus, in order.';
comment on column base.revisions.headers is 'Of the answer those that date it: date, last-modified, etag, content-type; one a line.';
comment on column base.revisions.sha256 is 'Of the page as it was sent.';
comment on column base.revisions.run_id is 'Run.';
