-- What publishers repeat on their pages, so that a later page can be read without it.

create table base.paragraphs (
    site text,
    paragraph_id text,
    entry_ids text[] not null,
    seen_at timestamp not null,
    primary key (site, paragraph_id)
);
comment on table base.paragraphs is 'One row a site and paragraph of its articles, the last seen 2,000 of a site. With three entries it is furniture.';
comment on column base.paragraphs.site is 'Host by which the feed links to the articles.';
comment on column base.paragraphs.paragraph_id is 'Content id of the paragraph in lower case.';
comment on column base.paragraphs.entry_ids is 'The first entries, up to three, whose article had it.';
comment on column base.paragraphs.seen_at is 'Last counted, UTC.';
