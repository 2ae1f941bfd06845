"""What is measured is the engine that users get, and leaving a part out leaves out that part."""

import pytest

from flows.compare import Comparer
from flows.read.passages import split
from tests.evals import sets
from tests.evals.outcomes import VARIANTS, Outcome, of_pairs
from tests.evals.report import document, lines, report
from tests.evals.sets import Pair

NUMBERS = Pair("The truce lasted 30 days.", "The truce lasted 60 days.", "contradicts", "number")
PLAN = Pair("Ann Reed left Oslo.", "Ann Reed may leave Oslo.", "neutral", "modality")


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    return of_pairs([NUMBERS, PLAN])


def test_the_whole_engine_is_what_judge_says() -> None:
    comparer = Comparer.load()
    pairs = sets.sample(sets.read(sets.OWN), 40)
    for pair, one in zip(pairs, of_pairs(pairs), strict=True):
        judged = comparer.judge(pair.claim, split(pair.evidence), published_at=pair.published_at)
        assert (one.label, one.kind) == (pair.label, pair.kind)
        assert (one.said[-1].verdict, one.said[-1].probability) == (judged.verdict, judged.probability)


def test_the_model_alone_has_the_models_probabilities(outcomes: list[Outcome]) -> None:
    comparer = Comparer.load()
    assert outcomes[0].said[0].probability == comparer.model(NUMBERS.evidence, NUMBERS.claim)


def test_values_and_guards_are_left_out_where_they_are_said_to_be(outcomes: list[Outcome]) -> None:
    numbers, plan = (dict(zip(VARIANTS, one.said, strict=True)) for one in outcomes)
    # Where only values speak nothing changes without guards, and where only a guard does nothing without values.
    assert numbers["model + values"].probability == numbers["whole engine"].probability
    assert numbers["model + guards"].probability != numbers["whole engine"].probability
    assert plan["model + guards"].probability == plan["whole engine"].probability
    assert plan["model + values"].probability != plan["whole engine"].probability
    assert plan["whole engine"].reported == "neutral"


def test_two_processes_say_what_one_says(outcomes: list[Outcome]) -> None:
    told: list[int] = []
    pairs = [NUMBERS, PLAN] * 10
    assert of_pairs(pairs, workers=2, progress=told.append) == outcomes * 10
    assert sorted(told) == [4, 16]


def test_a_report_is_of_all_pairs_and_says_so(outcomes: list[Outcome]) -> None:
    found = report("two", "f00d", outcomes, ["contradicts", "supports"])
    assert found.labels == (0, 1, 1)
    assert found.whole.figures["accuracy"].of == 2
    assert found.whole.two_way is None
    text = "\n".join(lines(found))
    assert all(word in text for word in ("two: 2 pairs", "f00d", *VARIANTS, "claim alone", "modality", "number"))
    written = document(found)
    assert list(written["variants"]) == list(VARIANTS)
    assert written["claim_only"]["accuracy"] == 0.5
    assert written["kinds"]["number"]["contradictions"] == 1
