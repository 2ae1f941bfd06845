"""Articles in other languages: compared where a seed names a model that reads them, unchecked for the other seeds."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from flows.cli import app
from flows.pipeline import run_pass
from flows.plan import plan
from flows.settings import Settings
from seeds import bundled_seeds
from seeds.model import load
from tests.compare.tiny import write
from tests.newsroom.serve import Newsroom
from warehouse.read import Reader
from warehouse.store import Warehouse


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Iterator[Newsroom]:
    monkeypatch.setenv("SEEDWATCH_SPACING", "0")
    with Newsroom() as served:
        yield served


def german(folder: Path, engine: str | None = "hub:./tiny", **more: object) -> Path:
    """A seed with facts in German, on the event that the newsroom covers in German too."""
    if engine:
        write(folder / "tiny")
    seed = yaml.safe_load(bundled_seeds()["istanbul-2025"].read_text("utf-8"))
    fact = {"id": "delegation", "statement": "Wolodymyr Selenskyj schickt eine ukrainische Delegation nach Istanbul."}
    seed |= {"seed": "german", "facts": [fact], "feeds": ["https://example.org/f.xml"], "language": "de"} | more
    seed |= {"engine": engine} if engine else {}
    path = folder / "german.yaml"
    path.write_text(yaml.safe_dump(seed, allow_unicode=True), "utf-8")
    return path


def test_what_a_model_reads_is_compared_and_no_longer_unchecked(tmp_path: Path, room: Newsroom) -> None:
    path = tmp_path / "w.duckdb"
    report = run_pass(plan(Settings(), [german(tmp_path)], [room.opml_url], path))
    assert {r for r in report.unchecked if r.startswith("language:")} == {"language:tr"}  # which it does not read
    assert "language:de" not in report.refused
    reader = Reader(path)
    compared = reader.sql(
        "select a.title from base.articles a join base.comparisons c using (article_id) where a.language = 'de'"
    ).rows
    assert len(compared) == 1
    assert Warehouse(path).check() == []
    assert reader.sql("select count(*) from base.comparisons where engine like '%tiny%' or engine like '%hub%'").rows[
        0
    ][0]


def test_another_seed_of_the_run_does_not_take_it_for_read(tmp_path: Path, room: Newsroom) -> None:
    path = tmp_path / "w.duckdb"
    seeds = [german(tmp_path, languages=["tr"]), bundled_seeds()["istanbul-2025"]]
    report = run_pass(plan(Settings(), seeds, [room.opml_url], path))
    assert not any(reason.startswith("language:") for reason in report.refused)
    facts = len(load(bundled_seeds()["istanbul-2025"]).facts)
    rows = (
        Reader(path)
        .sql("select seed_id, reason, count(*) from unchecked where reason like 'language:%' group by all order by all")
        .rows
    )
    assert rows == (("istanbul-2025", "language:de", facts), ("istanbul-2025", "language:tr", facts))
    assert Reader(path).sql("select count(*) from base.findings f join base.articles a using (article_id) "
                            "where f.seed_id = 'istanbul-2025' and a.language <> 'en'").rows == ((0,),)  # fmt: skip
    assert Warehouse(path).check() == []


def test_check_says_that_the_weights_on_board_do_not_read_it(tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["seed", "check", str(german(tmp_path, engine=None)), "--json"])
    kinds = {remark["kind"]: remark["message"] for remark in json.loads(told.stdout)}
    assert "not 'de'" in kinds["language"]
    quiet = CliRunner().invoke(app, ["seed", "check", str(german(tmp_path)), "--json"])
    assert "language" not in {remark["kind"] for remark in json.loads(quiet.stdout)}
