"""What coverage can say about a fact depends on when it came."""

from datetime import UTC, datetime, timedelta

import pytest

from flows.compare.later import timed
from warehouse.records import Judgement, Verdict

AS_OF = datetime(2025, 5, 15, tzinfo=UTC)


def judgement(kind: str, values: tuple[str, str] = ("a", "b"), verdict: Verdict = "contradicts") -> Judgement:
    return Judgement(verdict, kind=kind, fact_value=values[0], article_value=values[1])


def after(days: float) -> datetime:
    return AS_OF + timedelta(days=days)


@pytest.mark.parametrize(
    ("statement", "days", "kind", "values", "expected"),
    [
        ("Umerov leads the delegation.", 1, "role", ("a", "b"), "contradicts"),
        ("Umerov leads the delegation.", -1, "role", ("a", "b"), "contradicts"),
        ("Umerov leads the delegation.", -30, "person", ("a", "b"), None),
        ("Umerov leads the delegation.", 270, "person", ("a", "b"), "later"),
        ("The talks took two hours.", 270, "duration", ("a", "b"), "contradicts"),
        ("The talks took two hours.", -30, "statement", ("a", "b"), "contradicts"),
        ("At least 80 people were killed.", 2, "number", ("80 people", "1,120 people"), "later"),
        ("At least 80 people were killed.", 2, "number", ("80 people", "60 people"), "contradicts"),
        ("At least 80 people were killed.", 0.2, "number", ("80 people", "120 people"), "contradicts"),
        ("At least 80 people were killed.", -5, "number", ("80 people", "20 people"), None),
        ("The regulator has not opened an inquiry.", 60, "negation", ("not opened", "opened"), "later"),
        ("The regulator has not opened an inquiry.", 0.5, "negation", ("not opened", "opened"), "contradicts"),
        ("The talks had not yet begun on 15 May 2025.", 2, "negation", ("a", "b"), "later"),
        ("The minister has not resigned.", 9, "role", ("a", "b"), "contradicts"),
        ("Putin did not sign the ceasefire.", 9, "negation", ("a", "b"), "contradicts"),
        ("The bridge cost 14 million euros.", 9, "number", ("14 million", "20 million"), "contradicts"),
    ],
)
def test_a_contradiction_bears_on_the_fact_by_its_time(
    statement: str, days: float, kind: str, values: tuple[str, str], expected: str | None
) -> None:
    found = timed(judgement(kind, values), statement, AS_OF, None, after(days))
    assert (None if found.verdict == "neutral" else "later" if found.superseded else "contradicts") == expected
    assert found.guards == (("published before",) if expected is None else ())


def test_after_until_coverage_speaks_of_a_later_state_and_support_stays_support() -> None:
    until = after(3)
    assert timed(judgement("statement"), "The ferry runs daily.", AS_OF, until, after(4)).superseded
    early = judgement("statement")
    assert timed(early, "The ferry runs daily.", AS_OF, until, after(2)) == early
    support = judgement("role", verdict="supports")
    assert timed(support, "The ferry runs daily.", AS_OF, until, after(-400)) == support
