"""Times of day in a text, and what they confirm."""

import pytest

from flows.compare.clocks import DIMENSION
from flows.compare.values import compare_values, read
from flows.compare.valuetypes import Quantity


def clocks(text: str) -> list[str]:
    placed = read(text, None, frozenset()).placed
    return [
        p.value.normalised
        for p in placed
        if isinstance(p.value.payload, Quantity) and p.value.payload.dimension == DIMENSION
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The bridge fell at 04:52 local time.", ["04:52"]),
        ("The bridge fell at 4:52 a.m. on Tuesday.", ["04:52"]),
        ("The bridge fell at 04.52 local time.", ["04:52"]),
        ("The bridge fell at 3.52am.", ["03:52"]),
        ("It opened at 4 p.m. on the dot and closed at 12 a.m.", ["16:00", "00:00"]),
        ("Trains leave at 9:05, 10:30 and 23:59.", ["09:05", "10:30", "23:59"]),
        ("It rose by 4.52 percent.", []),
        ("They won 24:60.", []),
        ("He is 13 pm old.", []),
        ("The ratio is 3.5 to 2.", []),
    ],
)
def test_times_of_day(text: str, expected: list[str]) -> None:
    assert clocks(text) == expected


def test_another_time_of_day_is_no_conflict_for_it_may_be_of_another_zone() -> None:
    fact = "The bridge fell at 04:52 on Tuesday."
    same, other = (
        compare_values(fact, f"The bridge fell at {at} on Tuesday.", published_at=None, as_of=None)
        for at in ("4:52 a.m.", "09:52 GMT")
    )
    assert "04:52" in [a.article.normalised for a in same.agreements]
    assert other.conflicts == ()
    assert [v.normalised for v in other.missing] == ["04:52"]
