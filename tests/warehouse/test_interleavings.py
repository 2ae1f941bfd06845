"""Whatever the order of the verbs, and however often each is said, the checks find nothing."""

import shutil
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.warehouse.rows import FACTS, NOON, SEED, article, comparison, finding, page, poll, refusal, standing, summary
from warehouse.records import Comparison
from warehouse.store import Warehouse

number = st.integers(1, 3)
run = st.sampled_from(["r1", "r2"])
hours = st.integers(0, 3).map(lambda n: NOON + timedelta(hours=n))
Step = Callable[[Warehouse], object]


def polls(run_id: str, feed: str, numbers: list[int], outcome: str) -> Step:
    listed = numbers if outcome == "new" else []
    return lambda w: w.save_polls(run_id, [poll(feed, *listed, outcome=outcome), poll("always", 1, 2, 3)], NOON)


def readings(run_id: str, kind: str, n: int, at: int, temporary: bool) -> Step:
    when = NOON + timedelta(hours=at)
    made = {"page": page(n, when), "summary": summary(n, when, temporary), "refused": refusal(n, when, temporary)}[kind]
    return lambda w: w.save_readings(run_id, [made])


def compared(n: int, engine: str, version: str, verdicts: tuple[str | None, str | None]) -> Comparison:
    of = article(n)
    made = [finding(of, fact, v, engine) for fact, v in zip(("head", "hours"), verdicts, strict=True) if v]
    return comparison(of, *made, engine=engine, version=version)


def comparisons(run_id: str, made: list[Comparison]) -> Step:
    # only what is stored is ever compared, as `uncompared` gives it
    def step(warehouse: Warehouse) -> None:
        stored = {a.article_id for a in warehouse.uncompared(SEED, "none", "none", None)}
        warehouse.save_comparisons(run_id, [c for c in made if c.article_id in stored])

    return step


verdict = st.sampled_from([None, "supports", "contradicts"])
a_comparison = st.builds(
    compared, number, st.sampled_from(["e1", "e2"]), st.sampled_from(["v1", "v2"]), st.tuples(verdict, verdict)
)
a_step = st.one_of(
    st.builds(
        polls, run, st.sampled_from(["one", "two"]), st.lists(number), st.sampled_from(["new", "unchanged", "failed"])
    ),
    st.builds(readings, run, st.sampled_from(["page", "summary", "refused"]), number, st.integers(0, 9), st.booleans()),
    st.builds(comparisons, run, st.lists(a_comparison, max_size=4)),
    st.builds(
        lambda r, name, at, n: lambda w: w.save_standings(r, [standing(name, at, n), standing(name, at, n, "hours")]),
        run,
        st.sampled_from(["corroborated", "disputed"]),
        hours,
        st.integers(0, 2),
    ),
    st.builds(
        lambda v, n: lambda w: w.save_seed(SEED, "The talks", v, date(2025, 5, 15), FACTS[:n], at=NOON),
        st.sampled_from(["v1", "v2"]),
        st.integers(1, 2),
    ),
    st.builds(lambda r: lambda w: w.begin_run(r, [SEED], NOON, "test"), run),
    st.just(lambda w: w.publish()),
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(a_step, min_size=3, max_size=7))
def test_any_order_keeps_the_checks_clean(blank: Path, steps: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "w.duckdb"
        shutil.copy(blank, path)
        warehouse = Warehouse(path)
        for run_id in ("r1", "r2"):
            warehouse.begin_run(run_id, [SEED], NOON, "test")
        warehouse.save_seed(SEED, "The talks", "v1", None, FACTS, at=NOON)
        warehouse.save_polls("r1", [poll("always", 1, 2, 3)], NOON)
        warehouse.save_readings("r1", [page(1)])
        for step in steps:
            step(warehouse)
        assert warehouse.check() == []
        rows = warehouse.health(NOON).rows
        for step in steps[-1:]:
            step(warehouse)
        assert warehouse.check() == []
        assert warehouse.health(NOON).rows == rows
