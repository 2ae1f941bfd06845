-- Offsets reproduce the passage and its context.
select
    f.finding_id,
    f.sentence_start,
    f.sentence_end,
    f.sentence,
    substr(a.text, f.sentence_start + 1, f.sentence_end - f.sentence_start) as text_there
from base.findings f
join base.articles a using (article_id)
where substr(a.text, f.sentence_start + 1, f.sentence_end - f.sentence_start) is distinct from f.sentence
    or substr(a.text, f.context_start + 1, f.context_end - f.context_start) is distinct from f.context
    or not (f.context_start <= f.sentence_start and f.sentence_end <= f.context_end);
