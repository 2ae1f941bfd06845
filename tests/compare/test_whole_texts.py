"""Claims of several sentences, and texts in which what decides is spread over the sentences."""

import pytest

from flows.compare import Comparer, conjunction
from flows.compare.words import statements
from flows.read.passages import split
from seeds import bundled_seeds
from seeds.model import load as load_seed
from tests.evals import newsroom
from warehouse.records import Judgement, Probability


def judged(supports: float, contradicts: float) -> Judgement:
    sure = Probability(supports, contradicts, 1 - supports - contradicts)
    verdict = max(("supports", supports), ("contradicts", contradicts), ("neutral", sure.neutral), key=lambda v: v[1])
    return Judgement(verdict=verdict[0], probability=sure)  # type: ignore[arg-type]


YES, NO, OPEN = judged(0.9, 0.05), judged(0.1, 0.8), judged(0.2, 0.1)


@pytest.mark.parametrize(
    ("of_each", "of_all"),
    [
        ([YES], "supports"),
        ([YES, YES], "supports"),
        ([YES, OPEN], "neutral"),
        ([YES, NO, OPEN], "contradicts"),
        ([OPEN, OPEN], "neutral"),
        ([YES, Judgement(verdict="neutral")], "neutral"),
    ],
)
def test_a_claim_stands_or_falls_with_each_of_its_sentences(of_each: list[Judgement], of_all: str) -> None:
    assert conjunction(of_each).verdict == of_all
    assert conjunction(of_each[::-1]).verdict == of_all


def test_the_least_sure_sentence_speaks_for_a_claim_that_is_supported() -> None:
    weaker = judged(0.6, 0.1)
    assert conjunction([YES, weaker, YES]) is weaker


@pytest.mark.parametrize(
    ("claim", "parts"),
    [
        ("The ferry sank.", 1),
        ("The ferry sank. All 40 were saved.", 2),
        ("The ferry sank . All 40 were saved .", 2),
        ("Mr. Holm met Gen. Lee on Jan. 5 in the U.S. Senate.", 1),
        ("The U.S. President Anna Holm left at 5 p.m. on Monday. Nobody saw her.", 2),
        ("?!", 1),
        ("", 1),
    ],
)
def test_statements_of_a_claim(claim: str, parts: int) -> None:
    found = statements(claim)
    assert len(found) == parts
    assert "".join("".join(found).split()) == "".join(claim.split())


@pytest.fixture(scope="module")
def comparer() -> Comparer:
    return Comparer.load()


REPORT = (
    "The ferry Aurora left Bari on Monday evening. It was bound for Split. Two hours later it collided with a "
    "freighter. Coast guards took all 40 passengers off. The captain was questioned on Tuesday. Divers will look at "
    "the hull next week. The shipping line has had three accidents in ten years."
)


def test_one_sentence_that_is_contradicted_contradicts_the_claim(comparer: Comparer) -> None:
    passages = split(REPORT)
    right = comparer.judge("The ferry Aurora left Bari on Monday evening.", passages)
    wrong = comparer.judge("The ferry Aurora left Bari on Monday evening. Only 12 passengers were on board.", passages)
    assert right.verdict == "supports"
    assert wrong.verdict != "supports"


def test_the_passage_shown_is_a_stretch_of_the_text(comparer: Comparer) -> None:
    for claim in ("Coast guards rescued the passengers of the Aurora.", "The Aurora was bound for Rijeka."):
        passage = comparer.judge(claim, split(REPORT)).passage
        assert passage is not None
        assert REPORT[passage.start : passage.end] == passage.text


def test_the_passage_shown_has_the_value_that_conflicts(comparer: Comparer) -> None:
    judged = comparer.judge("Coast guards took 12 passengers off the ferry Aurora.", split(REPORT))
    assert judged.passage is not None
    assert (judged.verdict, judged.article_value) == ("contradicts", "40 passengers")
    assert judged.passage.text == "Coast guards took all 40 passengers off."


def test_the_model_is_spared_only_where_nothing_could_be_reported(comparer: Comparer) -> None:
    seed = load_seed(bundled_seeds()["istanbul-2025"])
    spared = 0
    for article in newsroom.articles():
        passages = split(article.text)
        every = dict(comparer.weigh(seed, article, passages))
        for fact, asked in comparer.weigh(seed, article, passages, every=False):
            told = [c.reportable() for c in every[fact]]
            assert [j for j in told if j.verdict != "neutral"] == [
                j for c in asked if (j := c.reportable()).verdict != "neutral"
            ]
            spared += len(told) - len(asked)
    assert spared > 500
