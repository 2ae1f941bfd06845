"""What coverage can say about a fact depends on when it came."""

from datetime import UTC, datetime, timedelta

import pytest

from flows.weigh.timing import FactTime, bearing
from warehouse.records import Evidence, Verdict

AS_OF = datetime(2025, 5, 15, tzinfo=UTC)


def evidence(
    days: float, kind: str, values: tuple[str, str] = ("a", "b"), verdict: Verdict = "contradicts"
) -> Evidence:
    return Evidence(
        finding_id="f", fact_id="x", article_id="a", verdict=verdict, probability=0.9, publisher="P", context="",
        superseded=False, reported_at=AS_OF + timedelta(days=days), kind=kind, fact_value=values[0],
        article_value=values[1],
    )  # fmt: skip


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
    found = bearing(evidence(days, kind, values), FactTime(statement, AS_OF))
    assert (None if found is None else "later" if found.superseded else "contradicts") == expected


def test_after_until_coverage_speaks_of_a_later_state_and_support_stays_support() -> None:
    fact = FactTime("The ferry runs daily.", AS_OF, AS_OF + timedelta(days=3))
    late = bearing(evidence(4, "statement"), fact)
    assert late is not None
    assert late.superseded
    early = evidence(2, "statement")
    assert bearing(early, fact) == early
    support = evidence(-400, "role", verdict="supports")
    assert bearing(support, fact) == support
