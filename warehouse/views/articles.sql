create or replace view articles as
select
    a.publisher,
    a.title,
    a.published_at,
    a.url,
    r.outcome,
    r.reason,
    a.language,
    coalesce(a.pruned_chars, length(a.text)) as chars,
    coalesce(c.seed_ids, []) as seed_ids,
    coalesce(f.supports, 0) as supports,
    coalesce(f.contradicts, 0) as contradicts,
    a.author,
    a.published_at_source,
    a.fetched_at,
    a.article_id,
    a.entry_id,
    a.pruned_at,
    if(a.pruned_at is null, a.text, null) as text
from base.articles a
join (
    select article_id, arg_max(outcome, read_at) as outcome, arg_max(reason, read_at) as reason
    from base.readings where article_id is not null group by article_id
) r using (article_id)
left join (
    select article_id, list(seed_id order by seed_id) as seed_ids from base.comparisons where relevant group by article_id
) c using (article_id)
left join (
    select
        article_id,
        count(*) filter (where verdict = 'supports') as supports,
        count(*) filter (where verdict = 'contradicts') as contradicts
    from base.current_findings group by article_id
) f using (article_id)
order by coalesce(a.published_at, a.fetched_at) desc, a.article_id;

comment on view articles is 'One row an article as it reads now, the latest first.';
comment on column articles.publisher is 'Publisher.';
comment on column articles.title is 'Headline.';
comment on column articles.published_at is 'UTC; null when neither feed nor page says.';
comment on column articles.url is 'Canonical URL.';
comment on column articles.outcome is 'page, or summary: only what the feed said could be read.';
comment on column articles.reason is 'Why only the summary; null for a page.';
comment on column articles.language is 'Two-letter code.';
comment on column articles.chars is 'Length of the text in characters.';
comment on column articles.seed_ids is 'Seeds whose event it is about.';
comment on column articles.supports is 'Findings in it that support a fact.';
comment on column articles.contradicts is 'Findings in it that contradict a fact.';
comment on column articles.author is 'As the page or feed names it.';
comment on column articles.published_at_source is 'feed or page.';
comment on column articles.fetched_at is 'UTC.';
comment on column articles.article_id is 'Key: content id of URL and text.';
comment on column articles.entry_id is 'Entry through which it was read first.';
comment on column articles.pruned_at is 'When its text was dropped, UTC; null while it is there.';
comment on column articles.text is 'Full text; null once dropped.';
