-- What sites ask of those who come by themselves, kept so that a run every few minutes does not ask for it each time.

create table base.robots_files (
    origin text primary key,
    rules text not null,
    fetched_at timestamp not null
);
comment on table base.robots_files is 'One row a site whose robots.txt, or the lack of one, is known and not older than a day.';
comment on column base.robots_files.origin is 'Scheme, host and port, as in https://example.org.';
comment on column base.robots_files.rules is 'The groups for Seedwatch or for all, one rule a line; empty where everything is allowed.';
comment on column base.robots_files.fetched_at is 'UTC.';
