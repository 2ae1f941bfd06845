"""The figures on cases small enough to count by hand."""

import pytest

from tests.evals.scores import Share, by_kind, calibration_error, reliability, score, two_way

S, C, N = "supports", "contradicts", "neutral"


def test_scores_of_six_pairs() -> None:
    got = score([S, S, S, C, C, N], [S, S, C, C, N, C])
    assert got.confusion == ((2, 1, 0, 0), (0, 1, 1, 0), (0, 1, 0, 0))
    assert got.accuracy == Share(3, 6)
    assert got.recall == (Share(2, 3), Share(1, 2), Share(0, 1))
    assert got.precision == (Share(2, 2), Share(1, 3), Share(0, 1))
    assert got.macro_recall.value == pytest.approx((2 / 3 + 1 / 2 + 0) / 3)
    assert got.balanced_accuracy.value == pytest.approx((2 / 3 + 3 / 3) / 2)  # no other is called supported
    assert got.false_contradictions == (Share(1, 3), Share(1, 1))


def test_another_verdict_on_what_is_not_supported_does_not_cost_balanced_accuracy() -> None:
    assert score([S, S, N, N], [S, N, C, N]).balanced_accuracy.value == pytest.approx((1 / 2 + 2 / 2) / 2)
    assert score([S, S, N, N], [S, S, S, S]).balanced_accuracy.value == pytest.approx(1 / 2)


def test_labels_that_a_set_does_not_have_do_not_count() -> None:
    got = score([S, C, C, C], [S, C, N, N])
    assert got.macro_recall.value == pytest.approx((1 + 1 / 3) / 2)
    assert got.false_contradictions[1].value is None
    assert str(got.recall[2]) == "-"


def test_what_is_unchecked_is_in_no_column_of_its_own_verdict_and_never_right() -> None:
    got = score([S, C, N], ["unchecked", "unchecked", N])
    assert got.confusion == ((0, 0, 0, 1), (0, 0, 0, 1), (0, 0, 1, 0))
    assert got.accuracy == Share(1, 3)
    assert got.precision == (Share(0, 0), Share(0, 0), Share(1, 1))


def test_calibration_of_four_verdicts() -> None:
    table = reliability([0.9, 0.9, 0.5, 0.2], [True, False, True, False], bins=2)
    assert [(b.low, b.high, b.pairs) for b in table] == [(0.0, 0.5, 2), (0.5, 1.0, 2)]
    assert [b.confidence for b in table] == pytest.approx([0.35, 0.9])
    assert [b.accuracy for b in table] == pytest.approx([0.5, 0.5])
    assert calibration_error(table).value == pytest.approx((2 * 0.15 + 2 * 0.4) / 4)


def test_a_probability_of_one_has_a_bin_and_empty_bins_are_left_out() -> None:
    (only,) = reliability([1.0], [True])
    assert (only.high, only.pairs, only.accuracy) == (1.0, 1, 1.0)
    assert calibration_error([only]).value == 0
    assert calibration_error([]).value is None


def test_kinds_part_contradictions_from_the_others() -> None:
    date, trap = by_kind([C, C, N, S, N], [C, N, C, S, C], ["date", "date", "date", "trap", ""])
    assert (date.kind, date.found, date.false) == ("date", Share(1, 2), Share(1, 1))
    assert (trap.kind, trap.found, trap.false) == ("trap", Share(0, 0), Share(0, 1))


def test_two_way_takes_the_likelier_of_two_whatever_neutral_has() -> None:
    assert two_way([S, C, C], [0.2, 0.1, 0.4], [0.1, 0.3, 0.3]) == Share(2, 3)


def test_bounds_hold_the_share_and_narrow_with_the_pairs() -> None:
    low, high = Share(50, 100).bounds()
    assert low == pytest.approx(0.4502, abs=1e-4)  # (0.5 + 0.005 - sqrt(0.0025 + 0.000025)) / 1.01
    assert high == pytest.approx(1 - low)
    wide = Share(5, 10).bounds()
    assert wide[0] < low < 0.5 < high < wide[1]
    assert Share(10, 10).bounds() == (pytest.approx(10 / 11), 1.0)
    assert Share(0, 0).bounds() == (0.0, 1.0)
