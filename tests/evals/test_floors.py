"""The quality gate: a change that makes the verdicts worse than chance explains fails here.

The floors stand in ``floors.yaml``; ``python -m tests.evals.floors`` raises them and says how one is lowered. The
bundled sets are measured always, the public ones where ``SEEDWATCH_PAIRS`` names a folder that has them.
"""

import os
from collections import Counter
from pathlib import Path

import pytest

from flows.compare import Comparer
from flows.read.passages import split
from seeds import bundled_seeds
from seeds.model import load as load_seed
from tests.evals import newsroom, sets
from tests.evals.floors import Measured, faults, load, measure
from tests.evals.pairs import of_newsroom, of_set

FLOORS = load()
PAIRS = os.environ.get("SEEDWATCH_PAIRS")


@pytest.fixture(scope="module")
def cases() -> list[newsroom.Case]:
    return newsroom.evaluate()


def test_the_gate_lets_this_event_through_and_no_other(cases: list[newsroom.Case]) -> None:
    gate = Counter((case.about, case.passed) for case in cases)
    assert gate[True, True] > 0 < gate[False, False]
    assert gate[True, False] == gate[False, True] == 0


def test_newsroom(cases: list[newsroom.Case]) -> None:
    found = of_newsroom(cases)
    measured = Measured(found.fingerprint, None, found.whole.figures | newsroom.figures(cases))
    assert faults(measured, FLOORS.get("newsroom")) == []


def test_no_contradiction_in_the_newsroom_is_a_false_one(cases: list[newsroom.Case]) -> None:
    false = [case for case in cases if case.verdict == "contradicts" and case.what in ("wrong", "trap")]
    assert [(case.article, case.fact_id, case.judgement.explanation) for case in false] == []


@pytest.mark.parametrize("name", sets.BUNDLED)
def test_bundled_pairs(name: str) -> None:
    found = of_set(name, sets.BUNDLED[name], None, workers=1)
    assert faults(Measured(found.fingerprint, None, found.whole.figures), FLOORS.get(name)) == []
    # What values and guards are for: of what would be reported more is right, and less of what is not one.
    alone, *_, whole = found.variants
    assert (whole.at_alert.precision[1].value or 0) > (alone.at_alert.precision[1].value or 0)
    assert (whole.calibration_error.value or 0) < (alone.calibration_error.value or 0)


@pytest.mark.skipif(PAIRS is None, reason="SEEDWATCH_PAIRS names no folder with the public sets")
@pytest.mark.parametrize("name", sets.PUBLIC)
def test_public_set(name: str) -> None:
    path = sets.files(Path(PAIRS or "")).get(name)
    if path is None:
        pytest.skip(f"{PAIRS} does not have it")
    floors = FLOORS.get(name)
    assert floors is not None, "no floors yet: `python -m tests.evals.floors --data DIR` sets them"
    assert faults(measure(name, path, floors.limit, workers=1), floors) == []


def test_a_judgement_does_not_depend_on_what_was_judged_before() -> None:
    comparer = Comparer.load()
    articles = newsroom.articles()[:6]
    seed = load_seed(bundled_seeds()["istanbul-2025"])
    now = articles[0].fetched_at
    alone = [comparer.compare(seed, a, split(a.text), now) for a in articles]
    again = [comparer.compare(seed, a, split(a.text), now) for a in reversed(articles)]
    assert alone == again[::-1]
