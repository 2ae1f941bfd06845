"""Floors are raised by what is reached and lowered only for a reason."""

from datetime import date
from pathlib import Path

import pytest

from tests.evals.floors import Floors, Measured, faults, load, raised, save
from tests.evals.scores import Share

TODAY = date(2026, 1, 2)


def measured(right: int, wrong: int, of: str = "one") -> Measured:
    return Measured(of, 500, {"accuracy": Share(right, 1000), "calibration_error": Share(wrong, 1000)})


def test_what_is_reached_is_above_its_own_floor_by_what_chance_leaves() -> None:
    floors = raised(measured(700, 50), None, None, TODAY)
    assert floors.limit == 500
    assert 0.68 < floors.at_least["accuracy"] < 0.69
    assert 0.055 < floors.at_most["calibration_error"] < 0.06
    assert faults(measured(700, 50), floors) == []
    assert faults(measured(690, 55), floors) == []


@pytest.mark.parametrize(
    ("now", "says"),
    [
        (measured(660, 50), "accuracy 0.66 is below 0.685"),
        (measured(700, 80), "calibration_error 0.08 is above 0.058"),
        (measured(700, 50, of="other"), "other pairs than the floors are for: other instead of one"),
        (Measured("one", 500, {"calibration_error": Share(0, 1000)}), "accuracy None is below 0.685"),
    ],
)
def test_what_falls_is_named_and_lowered_only_for_a_reason(now: Measured, says: str) -> None:
    floors = raised(measured(700, 50), None, None, TODAY)
    assert faults(now, floors) == [says]
    with pytest.raises(ValueError, match=says):
        raised(now, floors, None, TODAY)
    lowered = raised(now, floors, "smaller weights", TODAY)
    assert faults(now, lowered) == []
    assert lowered.lowered == (f"2026-01-02: smaller weights ({says})",)


def test_a_reason_lowers_only_what_fell() -> None:
    floors = raised(measured(700, 50), None, None, TODAY)
    lowered = raised(measured(660, 55), floors, "smaller weights", TODAY)
    assert lowered.at_least["accuracy"] < floors.at_least["accuracy"]
    assert lowered.at_most == floors.at_most


def test_floors_rise_and_stay_risen() -> None:
    low = raised(measured(700, 50), None, None, TODAY)
    high = raised(measured(800, 30), low, None, TODAY)
    assert high.at_least["accuracy"] > low.at_least["accuracy"]
    assert high.at_most["calibration_error"] < low.at_most["calibration_error"]
    assert raised(measured(790, 31), high, None, TODAY) == high


def test_a_set_without_floors_is_no_set_that_is_well() -> None:
    assert faults(measured(700, 50), None) == ["no floors yet: `python -m tests.evals.floors` sets them"]


def test_a_share_of_few_has_no_floor() -> None:
    few = Measured("one", None, {"alert_precision": Share(19, 19), "alert_recall": Share(19, 20), "other": Share(0, 0)})
    assert list(raised(few, None, None, TODAY).at_least) == ["alert_recall"]


def test_floors_are_read_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "floors.yaml"
    floors = {"a": Floors("f", None, {"accuracy": 0.5}, {}), "b": Floors("e", 5, {}, {"x": 0.1}, ("why – so",))}
    save(floors, path)
    assert load(path) == floors
