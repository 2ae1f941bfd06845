"""A document to the draft of a seed: read, taken apart (``flows.draft``), and checked by the engine that will watch it.

Deterministic and offline, unless a language model is asked: the same document and day give the same draft.
"""

import calendar
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from flows.compare import Comparer
from flows.compare.days import shown
from flows.compare.gazetteer import capitals, country_codes, country_names
from flows.compare.names import POSTS
from flows.compare.reading import read
from flows.compare.valuetypes import Day
from flows.documents import SourceDocument, read_document
from flows.draft.asked import Told, strange
from flows.draft.captions import apart
from flows.draft.compose import Document
from flows.draft.model import Dated, Draft, Known, LeftOut, Sentence, Statement
from flows.draft.yamltext import text_of
from flows.read.passages import sentences, split
from flows.settings import Settings
from seeds.check import remarks
from seeds.engine import BUNDLED, Endpoint, Engine
from seeds.errors import InputError

DOUBTED = 0.15
"""Probability of support by its own sentences below which a statement is marked. On 12 news articles it marks 9 % of
158 statements as they were drafted, and 90 % of 105 in which a number or a name was changed."""

REFUSED = 0.05
"""The same, below which a statement is left out: none of those as drafted, 37 % of the changed ones."""

CONTEXT = 2
"""Sentences before its own in which a language model's statement may have found whom a word means."""

_MONTHS = "|".join(calendar.month_name[1:])
_DATED = re.compile(
    rf"\b(?:(?:on|in) )?(?:the \w+ of )?(?:\d{{1,2}} )?(?:(?:{_MONTHS}) )?(?:19|20)\d\d\b", re.IGNORECASE
)

_VALUES = ("number", "duration", "date", "role", "ordinal", "unit", "range")


Ask = Callable[[Sequence[Sentence], str | None, datetime | None], Mapping[int, Told]]
"""What a language model makes of sentences, given title and day; those without an answer are not in it."""


def draft(
    document: SourceDocument,
    day: datetime | None,
    now: datetime,
    comparer: Comparer,
    ask: Ask | None = None,
    by: str | None = None,
) -> Draft:
    """The draft of this document. ``day`` is that of the document where the user states one, before its own.

    With ``ask`` the statements are those of the language model that ``by`` names, as far as the engine finds them in
    their sentences; sentences that it gave no answer for are drafted by the rules.
    """
    as_of = day or document.published_at
    found = list(_sentences(document.text, as_of))
    known = Known(POSTS, country_codes() | country_names(), capitals())
    taken_apart = Document(found, known, document.title)
    stated, left = taken_apart.statements()
    weighed = list(_checked(stated, as_of, comparer))
    if ask is not None:
        told = ask(taken_apart.text, document.title, as_of)
        ours = [one for one in stated if one.sentence.index in told]
        weighed = [one for one in weighed if one.sentence.index not in told]
        left = [one for one in left if one.sentence.index not in told]
        weighed += _vouched(told, taken_apart, ours, document.text, as_of, comparer)
        weighed.sort(key=lambda one: one.sentence.index)
        left += [LeftOut(found[one.number], one.reason) for one in told.values() if not one.statements]
    statements = [one for one in weighed if isinstance(one, Statement)]
    own = {one.sentence.index for one in statements}
    refused = [
        one if one.sentence.index in own else replace(one, part=None) for one in weighed if isinstance(one, LeftOut)
    ]
    refused = list({(one.sentence.index, one.part): one for one in refused}.values())
    gone = {one.sentence.index for one in refused if one.part is None}
    left = sorted(
        [*refused, *(one for one in left if one.sentence.index not in gone)], key=lambda one: one.sentence.index
    )
    checks = () if as_of else ("the document states no date: as_of is the day of this draft, give --date YYYY-MM-DD",)
    return Draft(
        document=document.name,
        title=document.title or taken_apart.event.title(),
        as_of=as_of or now,
        summary=taken_apart.event.summary(statements) or document.title or "Say in a few sentences what happened.",
        about=taken_apart.event.about(),
        names=taken_apart.spellings(),
        statements=tuple(statements),
        left_out=tuple(left),
        checks=checks,
        by=by,
    )


def _sentences(text: str, as_of: datetime | None) -> Iterator[Sentence]:
    index = paragraph = 0
    last = 0
    for start, end in ((first + a, first + b) for first, after in sentences(text) for a, b in apart(text[first:after])):
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        if not any(map(str.isalnum, text[start:end])):
            continue
        paragraph += "\n" in text[last:start]
        last = end
        written = text[start:end]
        yield Sentence(index, written, start, end, paragraph, tuple(_dates(written, as_of)))
        index += 1


def _dates(text: str, as_of: datetime | None) -> Iterator[Dated]:
    """The dates that a reader of another day would not understand."""
    for value in (placed.value for placed in read(text, as_of, frozenset()).placed):
        day = value.payload
        if not isinstance(day, Day) or (day.year and str(day.year) in value.text):
            continue
        if not day.spans:
            if day.weekday is not None or as_of is None:
                yield Dated(value.start, value.end, None)
            continue
        first, last = day.spans[0]
        later = None
        if len(day.spans) > 1:
            later = _written(day.grain, *day.spans[-1])
        elif day.weekday is not None and as_of is not None and last <= as_of.date():
            later = _written(day.grain, first + timedelta(7), last + timedelta(7))
        yield Dated(value.start, value.end, _written(day.grain, first, last), len(day.spans) == 1, later)


def _written(grain: str, first: date, last: date) -> str:
    if first == last:
        return f"on {first.day} {calendar.month_name[first.month]} {first.year}"
    if grain == "month":
        return f"in {calendar.month_name[first.month]} {first.year}"
    if grain == "year":
        return f"in {first.year}"
    if grain == "week":
        return f"in the week of {first.day} {calendar.month_name[first.month]} {first.year}"
    return f"from {first.day} to {last.day} {calendar.month_name[last.month]} {last.year}"


def _checked(stated: Sequence[Statement], as_of: datetime | None, comparer: Comparer) -> Iterator[Statement | LeftOut]:
    """Each statement held against its own sentences, as if they were the article: doubts are marked, what they do not
    say at all is left out.

    Not where a word was resolved from elsewhere: what is marked already the engine cannot know from the sentence.
    """
    for statement in stated:
        said = " ".join(s.text for s in sorted(statement.sources, key=lambda s: s.start))
        judged = comparer.judge(statement.text, split(said), published_at=as_of, as_of=as_of)
        sure, checks = judged.probability, statement.checks
        taken = _in_order(statement.text, said)
        if sure is not None and sure.supports < REFUSED and not checks and not taken:
            yield LeftOut(statement.sentence, "not_entailed", statement.text)
            continue
        if sure is not None and sure.supports < DOUBTED and not checks:
            checks = (_unsure(sure.supports),)
        yield replace(statement, checks=checks, values=tuple(_values(statement.text, as_of)))


def _vouched(
    told: Mapping[int, Told],
    document: Document,
    ours: Sequence[Statement],
    text: str,
    as_of: datetime | None,
    comparer: Comparer,
) -> Iterator[Statement | LeftOut]:
    """The statements of a language model, each held against its sentence and the two before it, and against ``ours``,
    what the rules make of the sentence: there a "she" is a name. One is left out if the engine does not find it in
    either, or if it has a name or number that the document does not."""

    def support(statement: str, said: str) -> float:
        sure = comparer.judge(statement, split(said), published_at=as_of, as_of=as_of).probability if said else None
        return sure.supports if sure else 0.0

    dates = [d for s in document.sentences for one in s.dates for d in (one.written, one.later) if d]
    dates += [f"{as_of:%-d %B %Y}"] if as_of else []
    seen: set[str] = set()
    for index in sorted(told):
        sentence = document.sentences[index]
        before = document.sentences[max(0, index - CONTEXT) : index]
        said = " ".join(s.text for s in (*before, sentence))
        for given in told[index].statements:
            statement = " ".join(given.split())
            if statement.lower() in seen or not 3 <= len(statement) <= 2000 or not any(map(str.isalnum, statement)):
                yield LeftOut(sentence, "repeated" if statement.lower() in seen else "no_sentence", statement)
                continue
            seen.add(statement.lower())
            if word := strange(statement, text, dates):
                yield LeftOut(sentence, "not_entailed", statement, f"“{word}” is not in the document")
                continue
            checks = [f"{kind}: {message}" for kind, message, _ in remarks(statement)]
            supports = support(statement, said)
            if supports < DOUBTED:
                resolved = [one for one in ours if one.sentence.index == index]
                supports = max(supports, support(statement, " ".join(one.text for one in resolved)))
                checks += dict.fromkeys(check for one in resolved for check in one.checks)
            if supports < DOUBTED and not _in_order(statement, sentence.text):
                yield LeftOut(sentence, "not_entailed", statement, f"{supports:.2f}")
                continue
            if supports < DOUBTED:
                checks.append(_unsure(supports))
            sources = (sentence, *(s for s in before if _resolved_from(statement, s.text, sentence.text)))
            yield Statement(
                statement, sources, tuple(checks), document.aliases(statement), tuple(_values(statement, as_of))
            )


def _resolved_from(statement: str, before: str, own: str) -> bool:
    """Whether a name of the statement stands in a sentence before its own, and not in its own."""
    names = {word for word in re.findall(r"[^\W\d_]{3,}", statement) if word[0].isupper()}
    return any(word in before and word not in own for word in names)


def _unsure(supports: float) -> str:
    return f"the engine is not sure that the sentence says so ({supports:.2f})"


def _in_order(statement: str, said: str) -> bool:
    """Whether a statement has nothing but words of its sentence in their order, and dates: a doubt of the engine then
    tells more of the engine than of the statement."""
    words = iter(re.findall(r"\w+", said.lower()))
    return all(word in words for word in re.findall(r"\w+", _DATED.sub(" ", statement).lower()))


def _values(text: str, as_of: datetime | None) -> Iterator[str]:
    for placed in read(text, as_of, frozenset()).placed:
        value = placed.value
        if value.kind in _VALUES:
            day = value.payload
            yield f"{value.kind} {shown(day) if isinstance(day, Day) else value.normalised}"


def draft_seed(
    source: str, day: str | None, settings: Settings, engine: Engine = BUNDLED, note: Callable[[str], None] = print
) -> tuple[Draft, str]:
    """The draft of the document at this path or address, and the text of its seed file. InputError for what is none.

    Only an endpoint as ``engine`` is sent the document's text; another engine holds the statements against it here.
    """
    now = datetime.now(UTC)
    try:
        moment = None if day is None else datetime.fromisoformat(day).replace(tzinfo=UTC)
    except ValueError as error:
        raise InputError(f"--date {day}: no day like 2025-05-15") from error
    document, comparer = read_document(source, settings, now), Comparer.load(engine)
    if isinstance(engine, Endpoint):
        from flows.draftasking import Asker  # with the HTTP client, which is only needed here

        ask = Asker(engine, settings.llm_terms(settings.warehouse), note)
        drafted = draft(document, moment, now, comparer, ask, str(engine))
    else:
        drafted = draft(document, moment, now, comparer)
    if not drafted.statements:
        raise InputError(f"{source}: none of its {len(drafted.left_out)} sentences states what can be checked")
    return drafted, text_of(drafted)


def told(drafted: Draft, out: Path | None) -> str:
    """One line on a draft, for the person who asked for it."""
    marked = sum(bool(s.checks) for s in drafted.statements)
    whole = sum(one.part is None for one in drafted.left_out)
    where = f"{out}: " if out else ""
    said = f"{len(drafted.statements)} statements, {marked} of them to check"
    return f"{where}{said}; {whole} sentences left out, with reasons"
