-- Entries in languages that a seed's engine does not read, although they name what its event is about.

create table base.unread (
    seed_id text,
    entry_id text,
    reason text not null,
    noted_at timestamp not null,
    run_id text not null,
    primary key (seed_id, entry_id)
);
comment on table base.unread is 'One row a seed and an entry that names its event in a language which is not read. It never means agreement.';
comment on column base.unread.seed_id is 'Seed.';
comment on column base.unread.entry_id is 'Entry.';
comment on column base.unread.reason is 'language: and the two-letter code.';
comment on column base.unread.noted_at is 'UTC.';
comment on column base.unread.run_id is 'Run that noted it.';
