import shutil
from pathlib import Path

import pytest

from tests.warehouse.rows import NOON, covered
from warehouse.store import Warehouse


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with the schema and no rows, made once: the migration is most of a small test's time."""
    path = tmp_path_factory.mktemp("blank") / "w.duckdb"
    Warehouse(path).pending_count(NOON)
    return path


@pytest.fixture(scope="session")
def finished(blank: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse after a run, and its copy for readers beside it. Not to be written: tests take copies."""
    path = tmp_path_factory.mktemp("finished") / "w.duckdb"
    shutil.copy(blank, path)
    covered(Warehouse(path)).publish()
    return path


@pytest.fixture
def full(finished: Path, tmp_path: Path) -> Warehouse:
    """A warehouse after a run (``rows.covered``)."""
    shutil.copy(finished, tmp_path / "w.duckdb")
    return Warehouse(tmp_path / "w.duckdb", patience=0.3)


@pytest.fixture
def warehouse(blank: Path, tmp_path: Path) -> Warehouse:
    """A warehouse with no rows."""
    shutil.copy(blank, tmp_path / "w.duckdb")
    return Warehouse(tmp_path / "w.duckdb", patience=0.3)
