"""A page read, and read again: what its answer was, whether its text is another one, and what changed in it."""

import difflib
import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from warehouse.records import Answer, Reading, Revision, Revisit, Visit

MAX_DIFF = 20_000  # characters

_DATING = ("date", "last-modified", "etag", "content-type")
_SENTENCE_ENDS = re.compile(r"(?<=[.!?\u201d\"])\s+|\n+")


def answered(headers: Mapping[str, str], body: bytes) -> Answer:
    """What identifies this answer, whose header names are in lower case."""
    return Answer(
        headers="\n".join(f"{name}: {headers[name]}" for name in _DATING if name in headers),
        sha256=hashlib.sha256(body).hexdigest(),
        etag=headers.get("etag"),
        last_modified=headers.get("last-modified"),
    )


def first(reading: Reading) -> Visit | None:
    """The first reading of a page as a visit; None where no article was had from it."""
    answer, article = reading.answer, reading.article
    if reading.outcome != "page" or article is None or answer is None:
        return None
    revision = Revision(reading.entry_id, article.article_id, None, reading.read_at, "", answer.headers, answer.sha256)
    return Visit(reading.entry_id, reading.read_at, "read", answer.etag, answer.last_modified, revision=revision)


def visit(before: Revisit, reading: Reading, answer: Answer, now: datetime) -> Visit:
    """What the page, which came with this answer, says now beside what it said."""
    entry_id, article = before.entry.entry_id, reading.article
    found = Visit(entry_id, now, "unchanged", answer.etag, answer.last_modified)
    if reading.outcome != "page" or article is None:
        return replace(found, outcome=reading.reason or "unreadable")
    if article.article_id == before.article_id:
        return found
    revision = Revision(
        entry_id=entry_id,
        article_id=article.article_id,
        previous_id=before.article_id,
        seen_at=now,
        diff=diff(before.text, article.text),
        headers=answer.headers,
        sha256=answer.sha256,
    )
    return replace(found, outcome="changed", reading=reading, revision=revision)


def diff(before: str, after: str) -> str:
    """The sentences that went, each after "- ", and that came, after "+ ", in the order of the text."""
    old, new = (_SENTENCE_ENDS.split(text) for text in (before, after))
    lines = []
    for kind, i, j, k, m in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            lines += [f"- {line}" for line in old[i:j]] + [f"+ {line}" for line in new[k:m]]
    return "\n".join(lines)[:MAX_DIFF]
