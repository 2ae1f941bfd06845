"""What a page that is read again says of itself."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

from flows.weigh.revisions import answered, diff, first, visit
from tests.warehouse.rows import article, entry, page, refusal
from warehouse.records import Revisit

NOON = datetime(2025, 5, 16, 12, tzinfo=UTC)
BEFORE = Revisit(entry("any", 1), article(1).article_id, article(1).text)


def test_a_diff_names_the_sentences_that_went_and_came() -> None:
    before = "He said “no.” It is to last 60 days. It rained.\nThe end."
    after = "He said “no.” It is to last 30 days.\nA correction was made. It rained.\nThe end."
    assert diff(before, after) == "- It is to last 60 days.\n+ It is to last 30 days.\n+ A correction was made."
    assert diff(before, before) == ""


def test_a_visit_is_unchanged_changed_or_says_why_there_is_no_page() -> None:
    headers = {"etag": '"2"', "last-modified": "Fri", "date": "Sat", "set-cookie": "x"}
    same = visit(BEFORE, page(1), answered(headers, b"<p>"), NOON)
    assert (same.outcome, same.etag, same.reading, same.revision) == ("unchanged", '"2"', None, None)
    changed = visit(BEFORE, page(1, text="Umerov stays. It rained."), answered(headers, b"<p>"), NOON)
    assert changed.revision is not None
    assert changed.outcome == "changed"
    assert changed.revision.previous_id == BEFORE.article_id
    assert changed.revision.headers == 'date: Sat\nlast-modified: Fri\netag: "2"'
    gone = visit(BEFORE, refusal(1, reason="soft_404"), answered({}, b""), NOON)
    assert (gone.outcome, gone.reading, gone.revision) == ("soft_404", None, None)


def test_the_first_reading_of_a_page_is_a_visit_too_and_of_no_page_is_none() -> None:
    reading = replace(page(1), answer=answered({"etag": 'W/"1"', "server": "x"}, b"<p>"))
    visited = first(reading)
    assert visited is not None
    assert visited.revision is not None
    assert (visited.outcome, visited.etag, visited.visited_at) == ("read", 'W/"1"', reading.read_at)
    assert (visited.revision.previous_id, visited.revision.headers) == (None, 'etag: W/"1"')
    assert visited.revision.sha256 == hashlib.sha256(b"<p>").hexdigest()
    assert first(page(1)) is None
    assert first(replace(refusal(1), answer=reading.answer)) is None
