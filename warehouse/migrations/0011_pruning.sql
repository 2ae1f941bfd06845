-- Full texts that nothing needs any more can go; what they were stays known.

alter table base.articles add column pruned_at timestamp;
alter table base.articles add column pruned_chars integer;

comment on column base.articles.text is 'Full text; offsets of findings count its characters. Empty once pruned.';
comment on column base.articles.pruned_at is 'When its text was dropped since nothing was found in it, UTC; null while it has its text.';
comment on column base.articles.pruned_chars is 'Characters the text had; null while it has it.';
