"""A page read again: whether its text is another one, and what changed in it."""

import difflib
import hashlib
import re
from collections.abc import Mapping
from datetime import datetime

from warehouse.records import Reading, Revision, Revisit, Visit

MAX_DIFF = 20_000  # characters

_DATING = ("date", "last-modified", "etag", "content-type")
_SENTENCE_ENDS = re.compile(r"(?<=[.!?\u201d\"])\s+|\n+")


def visit(before: Revisit, reading: Reading, headers: Mapping[str, str], body: bytes, now: datetime) -> Visit:
    """What the page, which was sent with these (lower-case) headers, says now beside what it said."""
    etag, last_modified = headers.get("etag"), headers.get("last-modified")
    entry_id, article = before.entry.entry_id, reading.article
    if reading.outcome != "page" or article is None:
        return Visit(entry_id, now, reading.reason or "unreadable", etag, last_modified)
    if article.article_id == before.article_id:
        return Visit(entry_id, now, "unchanged", etag, last_modified)
    revision = Revision(
        entry_id=entry_id,
        article_id=article.article_id,
        previous_id=before.article_id,
        seen_at=now,
        diff=diff(before.text, article.text),
        headers="\n".join(f"{name}: {headers[name]}" for name in _DATING if name in headers),
        sha256=hashlib.sha256(body).hexdigest(),
    )
    return Visit(entry_id, now, "changed", etag, last_modified, reading, revision)


def diff(before: str, after: str) -> str:
    """The sentences that went, each after "- ", and that came, after "+ ", in the order of the text."""
    old, new = (_SENTENCE_ENDS.split(text) for text in (before, after))
    lines = []
    for kind, i, j, k, m in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            lines += [f"- {line}" for line in old[i:j]] + [f"+ {line}" for line in new[k:m]]
    return "\n".join(lines)[:MAX_DIFF]
