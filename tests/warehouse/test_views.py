"""What the views say, given these rows; the macros; the dictionary; other versions of DuckDB's file format."""

# ruff: noqa: E501  (the questions are read as lines of SQL)

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.rows import SEED, covered
from warehouse.connection import opened
from warehouse.dictionary import PLACE, dictionary
from warehouse.migrate import scripts
from warehouse.read import Reader
from warehouse.store import Warehouse

# On top of rows.covered: Paper 1 (11:00) and Paper 2 (10:00) support head, Paper 1 contradicts hours, all on 16 May.
GIVEN = """
insert into base.entries select 'e' || n, feed_id, 'https://news.example/x' || n, null, 'X' || n, '', null, null,
    timestamp '2025-05-17 08:00:00', timestamp '2025-05-17 08:00:00', 'r1', 'r1', feed_id
from (from base.feeds limit 1), range(3) t(n);
insert into base.articles (article_id, entry_id, url, title, text, basis, publisher, language, published_at,
    published_at_source, fetched_at, text_hash, run_id)
select 'a' || n, 'e' || n, 'https://news.example/x' || n, 'X' || n, 'A text.', if(n = 2, 'summary', 'page'), 'Paper 9', 'en',
    if(n = 0, null, timestamp '2025-05-17 09:00:00'), null, timestamp '2025-05-18 09:00:00', 'h', 'r1' from range(3) t(n);
insert into base.readings select 'e' || n, 'page', null, null, 'a' || n, false, 1, timestamp '2025-05-17 09:00:00', null,
    'r1' from range(3) t(n);
insert into base.comparisons select 'talks', 'a' || n, 'v1', 'e1', n < 3, 1, 0, timestamp '2025-05-17 09:00:00', 'r1'
from range(3) t(n);
insert into base.findings
select 'f' || n, 'talks', 'hours', 'a' || n, 'e1', 'v1', 'The talks took two hours.', 'contradicts', 0.1, 0.8, 0.1,
    'S' || n, 0, 1, 'S' || n, 0, 1, 'number', '2', '1', 'asserted', null, n = 2, [], null, timestamp '2025-05-17 09:00:00',
    null, 'r1'
from range(3) t(n);
insert into base.sketches values ('a1', 'House 9', null, timestamp '2025-05-17 09:00:00', [], now()::timestamp);
insert into base.standings values
    ('talks', 'hours', '2025-05-16 20:00:00', 'disputed', 1, 1, 0, null, 'r1'),
    ('talks', 'hours', '2025-05-17 01:00:00', 'corroborated', 1, 0, 0, null, 'r1'),
    ('talks', 'hours', '2025-05-17 09:00:00', 'contradicted', 0, 1, 0, null, 'r1'),
    ('talks', 'hours', '2025-05-19 09:00:00', 'contradicted', 0, 2, 1, 'f1', 'r1');
insert into base.run_feeds select 'r0', feed_id, 'failed', 404, 0, 0, 0, 'http:404', 'gone away',
    timestamp '2025-05-16 13:00:00' from base.feeds where title = 'Two';
"""


@pytest.fixture(scope="module")
def reader(blank: Path, tmp_path_factory: pytest.TempPathFactory) -> Reader:
    path = tmp_path_factory.mktemp("views") / "w.duckdb"
    path.write_bytes(blank.read_bytes())
    warehouse = covered(Warehouse(path))
    with opened(path, 1) as con:
        con.execute(GIVEN)
    warehouse.publish()
    return Reader(path)


def at(day: int, hour: int) -> datetime:
    return datetime(2025, 5, day, hour, tzinfo=UTC)


def day(number: int) -> date:
    return date(2025, 5, number)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (
            "select fact_id, standing, since_at, independent_against, contradictions, publishers, first_publisher, first_at, "
            "last_reported_at from contradicted_facts",
            [("hours", "contradicted", at(17, 9), 2, 3, ["Paper 1", "Paper 9"], "Paper 1", at(16, 11), at(18, 9))],
        ),
        (
            "select seed_id, day, publisher, articles, summaries, matches, contradictions, superseding from coverage_by_day",
            [
                (SEED, day(18), "Paper 9", 1, 0, 0, 1, 0),
                (SEED, day(17), "Paper 9", 2, 1, 0, 1, 1),
                (SEED, day(16), "Paper 1", 1, 0, 1, 1, 0),
                (SEED, day(16), "Paper 2", 1, 0, 1, 0, 0),
            ],
        ),
        (
            "select fact_id, verdict, publisher, first_at, next_publisher, minutes_ahead, publishers from first_reports",
            [
                ("head", "supports", "Paper 2", at(16, 10), "Paper 1", 60, 2),
                ("hours", "contradicts", "Paper 1", at(16, 11), "Paper 9", 22 * 60, 2),
            ],
        ),
        (
            "select fact_id, side, findings, publishers, houses, stories, independent from independence",
            [
                ("head", "supports", 2, 2, 2, 0, 2),
                ("hours", "contradicts", 3, 2, 2, 0, 2),
                ("hours", "superseded", 1, 1, 1, 0, 1),
            ],
        ),
        (
            "select publisher, articles, matches, contradictions, contradiction_share, facts_contradicted, corrections "
            "from publishers",
            [
                ("Paper 9", 3, 0, 2, 1.0, 1, 0),
                ("Paper 1", 1, 1, 1, 0.5, 1, 0),
                ("Paper 2", 1, 1, 0, 0.0, 0, 0),
            ],
        ),
        (
            "select day, standing, supports, contradicts, superseded, changed from standing_by_day where fact_id = 'hours'",
            [
                (day(19), "contradicted", 0, 2, 1, True),
                (day(18), "contradicted", 0, 1, 0, False),
                (day(17), "contradicted", 0, 1, 0, True),
                (day(16), "disputed", 1, 1, 0, True),
            ],
        ),
        ("select count(*) from standing_by_day where fact_id = 'head'", [(4,)]),  # until the last change there is
        (
            "select title, day, polls, failed, not_modified, entries_new, failures, last_detail from feed_health",
            [
                ("Two", day(16), 2, 1, 0, 1, ["http:404"], "gone away"),
                ("One", day(16), 1, 0, 0, 3, [], None),
            ],
        ),
        (
            "select feed, reason, entries, to_be_retried, last_url from refusal_reasons",
            [("Two", "consent", 1, 0, "https://news.example/4")],
        ),
        (
            "select happened_at, what, publisher, said from fact_history('hours')",
            [
                (at(16, 11), "contradicts", "Paper 1", "The talks lasted under “two” hours."),
                (at(16, 20), "standing", None, "unreported → disputed"),
                (at(17, 1), "standing", None, "disputed → corroborated"),
                (at(17, 9), "contradicts", "Paper 9", "S1"),
                (at(17, 9), "standing", None, "corroborated → contradicted"),
                (at(17, 9), "superseded", "Paper 9", "S2"),
                (at(18, 9), "contradicts", "Paper 9", "S0"),
                (at(19, 9), "standing", "Paper 9", "contradicted → contradicted"),
            ],
        ),
        ("from fact_history('hours', seed := 'another')", []),
        ("select count(*) from fact_history('head', seed := 'talks')", [(3,)]),
        (
            "select fact_id, side, sentence from publisher_record('Paper 9')",
            [("hours", "contradicts", "S0"), ("hours", "contradicts", "S1"), ("hours", "superseded", "S2")],
        ),
    ],
)
def test_given_these_rows_the_view_says(reader: Reader, query: str, expected: list[tuple[object, ...]]) -> None:
    assert list(reader.sql(query).rows) == expected


def test_every_view_and_column_says_what_it_means(reader: Reader) -> None:
    query = """
        select view_name, null from duckdb_views() where schema_name = 'main' and not internal and comment is null
        union all
        select table_name, column_name from duckdb_columns()
        where not internal and schema_name in ('main', 'base') and comment is null and table_name <> 'current_findings'
    """
    assert list(reader.sql(query).rows) == []


def test_the_copy_answers_by_itself_with_nothing_else_to_be_read(reader: Reader) -> None:
    with duckdb.connect(reader.path, read_only=True, config={"enable_external_access": "false"}) as con:
        for view in scripts("views"):
            if not view.startswith("_"):
                con.execute(f"from {view}").fetchall()
        assert con.execute("select count(*) from fact_history('hours')").fetchall() == [(8,)]
        assert con.execute("from publisher_record('Paper 1')").fetchall()


def test_a_view_or_macro_that_is_no_longer_shipped_goes(blank: Path, tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    path.write_bytes(blank.read_bytes())
    with opened(path, 1) as con:
        con.execute("create macro gone(n) as table select n; create view lost as select 1")
        con.execute("update base.migrations set sha256 = '' where migration_id = 'views'")
    with opened(path, 1) as con:
        found = con.execute(
            "select function_name from duckdb_functions() where function_name in ('gone', 'fact_history') "
            "union all select view_name from duckdb_views() where view_name = 'lost'"
        ).fetchall()
    assert found == [("fact_history",)]


def test_the_dictionary_is_what_the_schema_says() -> None:
    assert PLACE.read_text("utf-8") == dictionary(), "run python -m warehouse.dictionary"


@pytest.fixture(autouse=True)
def unchanged(reader: Reader) -> Iterator[None]:
    before = reader.path.stat()
    yield
    assert (reader.path.stat().st_ino, reader.path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
