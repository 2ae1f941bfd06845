"""The pairs that the weights are trained on: what was written by hand, and what is made from it."""

import json
import random
from pathlib import Path

import pytest

from flows.compare.training.data import LABELS, OWN_PAIRS, Pair, read_pairs
from flows.compare.training.negated import negate, negated_pairs
from flows.compare.training.neutrals import lookalikes
from flows.compare.training.substitute import rename, renumber, with_day

FILES = sorted(OWN_PAIRS.glob("*.jsonl"))
EVALS = Path(__file__).parents[1] / "evals" / "pairs"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_written_lines_are_whole(path: Path) -> None:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        assert row["label"] in LABELS, row["id"]
        assert row["set"] == row["id"].rsplit("-", 1)[0], row["id"]
        assert row["claim"].strip(), row["id"]
        assert row["evidence"].strip(), row["id"]
        assert row["kind"], row["id"]


def test_a_text_has_one_label_unless_its_day_decides() -> None:
    labels: dict[tuple[str, str, object], str] = {}
    for path in FILES:
        for pair in read_pairs(path, path.stem):
            key = (pair.claim, pair.evidence, pair.published_at)
            assert labels.setdefault(key, pair.label) == pair.label, key


def test_nothing_that_is_measured_on_is_trained_on() -> None:
    trained = {pair.claim for path in FILES for pair in read_pairs(path, path.stem)}
    measured = {pair.claim for path in sorted(EVALS.glob("*.jsonl")) for pair in read_pairs(path, path.stem)}
    assert measured
    assert not trained & measured


@pytest.mark.parametrize(
    ("plain", "negated"),
    [
        ("The bridge was opened on Monday.", "The bridge was not opened on Monday."),
        ("The two sides can agree on a date.", "The two sides cannot agree on a date."),
        ("Nobody was hurt.", None),
        ("Was the bridge opened on Monday?", None),
        ("The man who was here has left.", None),
        ("They have a house by the sea.", None),
    ],
)
def test_negate(plain: str, negated: str | None) -> None:
    assert negate(plain) == negated


def test_a_supported_claim_is_contradicted_once_negated() -> None:
    pair = Pair("The bridge was opened on Monday.", "On Monday cars crossed the new bridge.", "supports", "x")
    made = list(negated_pairs([pair], random.Random(1), 1.0))
    assert ("The bridge was not opened on Monday.", "contradicts") in {(p.claim, p.label) for p in made}


def test_renaming_keeps_what_is_equal_equal_and_what_differs_different() -> None:
    pairs = [
        Pair("Anna Berger leads the team.", "The team is led by Anna Berger.", "supports", "x", set_id="1"),
        Pair("Anna Berger leads the team.", "The team is led by Peter Holm.", "contradicts", "x", set_id="1"),
    ]
    for seed in range(20):
        same, other = rename(pairs, random.Random(seed))
        name = same.claim.removesuffix(" leads the team.")
        assert name in same.evidence
        assert name not in other.evidence


def test_renumbering_scales_both_sides_and_leaves_arithmetic_alone() -> None:
    pair = Pair("The fire killed 24 horses.", "Fire crews found 30 horses dead.", "contradicts", "x")
    sums = Pair("The fire killed 24 horses.", "Twelve horses and 12 ponies, 24 in all, were killed.", "supports", "x")
    changed = {renumber(pair, random.Random(seed)).claim for seed in range(20)}
    assert len(changed) > 3
    assert all(renumber(sums, random.Random(seed)) == sums for seed in range(20))


def test_a_day_is_added_only_where_no_label_can_depend_on_it() -> None:
    free = Pair("Anna Berger leads the team.", "The team is led by Peter Holm.", "contradicts", "x")
    tied = Pair("Anna Berger left on Monday.", "Anna Berger left last Monday.", "supports", "x")
    assert with_day(free, random.Random(1), 1.0).published_at is not None
    assert with_day(tied, random.Random(1), 1.0).published_at is None


def test_lookalikes_come_from_another_set() -> None:
    pairs = [
        Pair("The ferry sank off Bari.", "Off Bari a ferry went down.", "supports", "x", set_id="a"),
        Pair("The ferry sailed to Split.", "The ferry reached Split.", "supports", "x", set_id="b"),
    ]
    made = list(lookalikes(pairs, random.Random(1), 2))
    assert {(p.claim, p.evidence, p.label) for p in made} == {
        ("The ferry sank off Bari.", "The ferry reached Split.", "neutral"),
        ("The ferry sailed to Split.", "Off Bari a ferry went down.", "neutral"),
    }
