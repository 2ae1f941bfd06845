-- Which articles tell one text: sketches to find candidates by, the copies found among them, and the stories they make.

create table base.sketches (
    article_id text primary key,
    house text not null,
    credit text,
    reported_at timestamp not null,
    bands uinteger[] not null,
    sketched_at timestamp not null
);
comment on table base.sketches is 'One row an article revision: what copies of it are looked up by.';
comment on column base.sketches.article_id is 'Article revision.';
comment on column base.sketches.house is 'House that published it; its own pages are never copies of each other.';
comment on column base.sketches.credit is 'Agency that its byline or text credits; null without.';
comment on column base.sketches.reported_at is 'Publication, else when it was fetched, UTC.';
comment on column base.sketches.bands is 'Keys of the bands of its MinHash signature; empty where there is too little text.';
comment on column base.sketches.sketched_at is 'UTC.';

create table base.copies (
    article_id text,
    other_id text,
    likeness double not null,
    found_at timestamp not null,
    primary key (article_id, other_id)
);
comment on table base.copies is 'One row a pair of article revisions of different houses of which one copies the other, or both a third.';
comment on column base.copies.article_id is 'The smaller id of the two.';
comment on column base.copies.other_id is 'The greater id of the two.';
comment on column base.copies.likeness is 'Share of the shorter one''s words that stand in both in runs of three or more, quotations apart.';
comment on column base.copies.found_at is 'UTC.';

create table base.stories (
    story_id text primary key,
    origin text not null,
    origin_basis text not null,
    origin_article_id text,
    grouped_at timestamp not null
);
comment on table base.stories is 'One row a text that several houses published, as it is known now.';
comment on column base.stories.story_id is 'Its earliest article: the others are copies of that one.';
comment on column base.stories.origin is 'Who probably wrote it: an agency, or the publisher of the earliest article.';
comment on column base.stories.origin_basis is 'credit: a byline or text names the agency; earliest: none does.';
comment on column base.stories.origin_article_id is 'The origin''s own article; null where it was not read.';
comment on column base.stories.grouped_at is 'UTC.';

create table base.story_articles (
    article_id text primary key,
    story_id text not null
);
comment on table base.story_articles is 'One row an article revision that is part of a story.';
comment on column base.story_articles.article_id is 'Article revision.';
comment on column base.story_articles.story_id is 'Story.';
