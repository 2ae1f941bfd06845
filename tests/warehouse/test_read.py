"""Reading the published copy: the views people query, filters, and what a query may not do."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from seeds.errors import InputError
from tests.warehouse.rows import FACTS, NOON, SEED, SENTENCES, covered
from warehouse.connection import STORAGE, opened
from warehouse.errors import WarehouseError
from warehouse.migrate import scripts
from warehouse.read import Reader
from warehouse.store import Warehouse


@pytest.fixture
def reader(finished: Path) -> Iterator[Reader]:
    """Reads the copy all tests here share, which must be as it was after each."""
    reader = Reader(finished)
    before = reader.path.read_bytes()
    yield reader
    assert reader.path.read_bytes() == before
    assert sorted(p.name for p in finished.parent.iterdir()) == ["w.duckdb", "w.read.duckdb"]


def records(reader: Reader, view: str, **filters: object) -> list[dict[str, object]]:
    table = reader.rows(view, **filters)  # type: ignore[arg-type]
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def test_the_copy_has_all_that_the_warehouse_has(reader: Reader, finished: Path) -> None:
    query = """
        select 'table', schema_name, table_name, comment from duckdb_tables()
        union all select 'view', schema_name, view_name, comment from duckdb_views() where not internal
        union all select table_name, column_name, data_type, comment from duckdb_columns() where not internal
        union all select 'key', schema_name, table_name, constraint_type from duckdb_constraints()
        order by all
    """
    with opened(finished, 0) as con:
        there = con.execute(query).fetchall()
    assert list(reader.sql(query).rows) == there
    assert reader.sql("select tags['storage_version'] from duckdb_databases() where path like '%read%'").rows == (
        (f"{STORAGE}+",),
    )


def test_every_view_answers(reader: Reader) -> None:
    views = [name for name in scripts("views") if not name.startswith("_")]
    assert len(views) >= 16
    for view in views:
        assert reader.rows(view, seed=SEED, fact="head", since=NOON - timedelta(days=1), limit=5).columns


def test_matches_say_who_says_what(reader: Reader) -> None:
    first, second = records(reader, "matches")
    assert [first["publisher"], second["publisher"]] in (["Paper 1", "Paper 2"], ["Paper 2", "Paper 1"])
    assert first["statement"] == FACTS[0].statement
    assert first["sentence"] == SENTENCES["head"]
    assert first["probability"] == 0.9
    assert first["found_at"] == NOON
    assert isinstance(first["published_at"], datetime)
    assert first["published_at"].tzinfo is UTC


def test_contradictions_say_in_what(reader: Reader) -> None:
    (found,) = records(reader, "contradictions")
    assert (found["fact_id"], found["kind"], found["speaker"]) == ("hours", "duration", "Kyiv")
    assert found["guards"] == ["modality", "time"]


def test_facts_and_standings_have_a_row_for_each_fact(reader: Reader) -> None:
    facts = records(reader, "facts")
    said = ("fact_id", "standing", "supporting_articles", "supporting_sources", "contradicting_articles")
    assert [tuple(fact[key] for key in said) for fact in facts] == [
        ("head", "corroborated", 2, 2, 0),
        ("hours", "unreported", 0, 0, 1),
    ]
    standings = records(reader, "fact_standing")
    assert [(s["fact_id"], s["standing"], s["supports"]) for s in standings] == [
        ("head", "corroborated", 2),
        ("hours", "unreported", 0),
    ]
    assert [(t["before"], t["standing"]) for t in records(reader, "fact_timeline")] == [(None, "corroborated")]


def test_articles_feeds_runs_refusals_and_unchecked(reader: Reader) -> None:
    articles = records(reader, "articles")
    assert [(a["publisher"], a["seed_ids"], a["supports"], a["contradicts"]) for a in articles] == [
        ("Paper 1", [SEED], 1, 1),
        ("Paper 2", [SEED], 1, 0),
        ("Paper 3", [], 0, 0),
    ]
    assert reader.rows("articles").columns[-1] == "text"
    assert [(f["title"], f["health"], f["entries_listed"]) for f in records(reader, "feeds")] == [
        ("One", "ok", 3),
        ("Two", "ok", 2),
    ]
    (run,) = records(reader, "runs")
    assert (run["state"], run["entries_new"], run["pages"], run["refused"], run["seconds"]) == (
        "completed",
        4,
        3,
        1,
        180.0,
    )
    assert [(r["feed"], r["reason"]) for r in records(reader, "refusals")] == [("Two", "consent")]
    assert [(u["fact_id"], u["reason"]) for u in records(reader, "unchecked")] == [("hours", "model:missing")]
    assert [(r["kind"], r["reason"], r["entries"]) for r in records(reader, "run_reasons")] == [
        ("refused", "consent", 1)
    ]


def test_filters_apply_where_the_view_has_the_column(reader: Reader) -> None:
    assert len(records(reader, "matches", seed=SEED, fact="head")) == 2
    assert records(reader, "matches", fact="hours") == []
    assert len(records(reader, "articles", seed=SEED)) == 2
    assert len(records(reader, "feeds", seed=SEED, fact="head")) == 2
    assert len(records(reader, "matches", since=NOON)) == 2
    assert records(reader, "matches", since=NOON + timedelta(seconds=1)) == []
    assert len(records(reader, "matches", limit=1)) == 1


@pytest.mark.parametrize(
    ("view", "filters", "said"),
    [
        ("match", {}, r"no view 'match'; there are: .*articles, contradicted_facts, contradictions"),
        ("matches", {"seed": "talk'; drop"}, r"no seed .*; there are: talks"),
        ("matches", {"seed": SEED, "fact": "x"}, r"no fact 'x' .*; there are: head, hours"),
    ],
)
def test_what_is_not_there_is_named(reader: Reader, view: str, filters: dict[str, str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        records(reader, view, **filters)


@pytest.mark.parametrize(
    "query",
    [
        "select 1 as one",
        "from matches",
        "with m as (from matches) select count(*) from m",
        "describe matches",
        "summarize facts",
        "show tables",
        "explain select 1",
        "pivot base.findings on verdict using count(*)",
        "select now()",
    ],
)
def test_sql_answers(reader: Reader, query: str) -> None:
    assert reader.sql(query).rows


def test_sql_gives_aware_times(reader: Reader) -> None:
    ((utc, zoned, nothing),) = reader.sql(
        "select timestamp '2025-05-16 12:00:00', timestamptz '2025-05-16 15:00:00+03', null::timestamp"
    ).rows
    assert utc == zoned == NOON
    assert nothing is None


SECRET = "not for queries"


@pytest.mark.parametrize(
    "query",
    [
        "insert into base.seeds values ('x', 'x', 'x', null, now()::timestamp)",
        "delete from base.findings",
        "update base.seeds set title = 'x'",
        "create table t (n integer)",
        "create view v as select 1",
        "drop view matches",
        "attach 'other.duckdb'",
        "attach ':memory:' as m",
        "copy (select 1) to 'out.csv'",
        "copy (select 1) to '{copy}' (format csv)",
        "explain analyze copy (select 1) to '{copy}' (format csv)",
        "explain analyze copy (select 1) to 'out.csv'",
        "explain analyze delete from base.findings",
        "explain analyze attach 'other.duckdb'",
        "export database 'out'",
        "import database 'out'",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "set lock_configuration = false",
        "reset enable_external_access",
        "pragma enable_profiling",
        "select * from read_text('/etc/hostname')",
        "select * from read_csv('/etc/passwd')",
        "select * from '/etc/passwd'",
        "select * from glob('/etc/*')",
        "select * from SECRET",
        "select 1; select 2",
        "",
        "selec 1",
        "select no_such_column from matches",
    ],
)
def test_sql_refuses(reader: Reader, query: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError):
        reader.sql(query.replace("{copy}", str(reader.path)))
    assert list(tmp_path.iterdir()) == []


def test_an_error_in_sql_is_told_in_the_words_of_duckdb(reader: Reader) -> None:
    with pytest.raises(InputError, match="no_such_column"):
        reader.sql("select no_such_column from matches")


def test_without_a_copy_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="`seedwatch run`"):
        Reader(tmp_path / "w.duckdb").rows("facts")


def test_a_copy_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "w.read.duckdb").write_bytes(b"x" * 9000)
    with pytest.raises(WarehouseError, match=r"w\.read\.duckdb cannot be read"):
        Reader(tmp_path / "w.duckdb").rows("facts")


def test_reading_needs_little(reader: Reader) -> None:
    program = (
        "import sys, warehouse.read\n"
        f"print(len(warehouse.read.Reader({str(reader.path)!r}).rows('matches').rows))\n"
        "print([m for m in ('prefect', 'onnxruntime', 'pandas', 'numpy', 'pydantic') if m in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert said.split("\n")[:2] == ["2", "[]"]


def test_a_warehouse_of_another_name_has_its_copy_beside_it(tmp_path: Path) -> None:
    odd = Warehouse(tmp_path / 'it\'s "odd".db')
    covered(odd)
    assert odd.publish().name == 'it\'s "odd".db.read.duckdb'
    assert len(Reader(odd.path).rows("matches").rows) == 2
