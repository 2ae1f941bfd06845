-- The first reading of a page is kept like later ones: what its answer was, for a conditional visit and as evidence.

alter table base.revisions alter column previous_id drop not null;

comment on table base.revisions is 'One row a text of an entry''s page: as it was first read, then as visits found it changed. All are kept as articles.';
comment on column base.revisions.previous_id is 'Article revision before; null for the first.';
comment on column base.revisions.diff is 'Sentences that went, after a minus, and that came, after a plus, in order; empty for the first.';
comment on table base.visits is 'One row an entry whose page was read: its last visit, the first reading included.';
comment on column base.visits.outcome is 'read (the first time), unchanged, changed, or why the page could not be read.';
