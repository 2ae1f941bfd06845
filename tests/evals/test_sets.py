"""Pairs are read with their faults named, sampled alike everywhere, and known by what they say."""

import gzip
import json
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from seeds.errors import InputError
from tests.evals.claim_only import folds, guesses
from tests.evals.sets import Pair, files, fingerprint, read, sample


def pair(n: int, label: str = "neutral", **fields: str) -> Pair:
    return Pair(fields.get("claim", f"claim {n}"), fields.get("evidence", f"evidence {n}"), label)  # type: ignore[arg-type]


def test_pairs_are_read_plain_and_packed(tmp_path: Path) -> None:
    row = {"claim": "c", "evidence": "e", "label": "supports", "kind": "date", "set": "s", "published_at": "2025-05-16"}
    line = json.dumps(row).encode() + b"\n\n"
    (tmp_path / "bump.jsonl").write_bytes(line)
    (tmp_path / "lingnli.jsonl.gz").write_bytes(gzip.compress(line))
    found = files(tmp_path)
    assert sorted(found) == ["bump", "lingnli"]
    wanted = Pair("c", "e", "supports", "date", "s", datetime(2025, 5, 16, tzinfo=UTC))
    assert read(found["bump"]) == read(found["lingnli"]) == [wanted]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"claim": "c", "evidence": "e", "label": "not_supported"}', "'not_supported' is none of"),
        ('{"claim": "c", "label": "neutral"}', "evidence"),
        ('{"claim": "c"', "delimiter"),
        ("[]", "indices"),
    ],
)
def test_a_line_that_is_no_pair_is_named(tmp_path: Path, line: str, says: str) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"claim": "c", "evidence": "e", "label": "neutral"}\n' + line, encoding="utf-8")
    with pytest.raises(InputError, match=f"x.jsonl:2: .*{says}"):
        read(path)


def test_files_that_are_missing_or_broken_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="none of the public sets"):
        files(tmp_path)
    (tmp_path / "bump.jsonl.gz").write_bytes(b"not packed")
    with pytest.raises(InputError, match=r"bump\.jsonl\.gz: cannot be read"):
        read(tmp_path / "bump.jsonl.gz")
    (tmp_path / "bump.jsonl").write_bytes(b"\n")
    with pytest.raises(InputError, match=r"bump\.jsonl: no pairs"):
        read(tmp_path / "bump.jsonl")


def test_a_sample_does_not_depend_on_the_order_of_the_file() -> None:
    pairs = [pair(n) for n in range(200)]
    mixed = random.Random(1).sample(pairs, 200)
    chosen = sample(pairs, 50)
    assert len(chosen) == 50
    assert set(chosen) == set(sample(mixed, 50))
    assert set(chosen) < set(sample(mixed, 60))  # a larger sample holds the smaller one
    assert [p for p in pairs if p in chosen] == chosen
    assert chosen != pairs[:50]
    assert sample(pairs, None) == sample(pairs, 200) == pairs


def test_a_fingerprint_changes_with_every_pair_and_not_with_their_order() -> None:
    pairs = [pair(1), pair(2)]
    assert fingerprint(pairs) == fingerprint(pairs[::-1])
    others = [[pair(1)], [pair(1), pair(2), pair(2)], [pair(1), pair(2, "supports")], [pair(1), pair(2, evidence="e")]]
    assert len({fingerprint(pairs), *map(fingerprint, others)}) == 5


def test_pairs_that_share_a_text_are_in_one_fold() -> None:
    # 0 and 1 share a claim, 1 and 2 an evidence; the rest stand alone.
    joined = [pair(0, claim="a"), pair(1, claim="a", evidence="b"), pair(2, evidence="b")]
    fold = folds([*joined, *(pair(n) for n in range(3, 15))])
    assert fold[0] == fold[1] == fold[2]
    assert sorted(fold.count(k) for k in range(5)) == [3, 3, 3, 3, 3]


def test_labels_that_the_claim_tells_are_guessed_and_those_of_twins_are_not() -> None:
    told = [pair(n, "contradicts", claim=f"nobody saw {n}") for n in range(20)]
    told += [pair(n, "supports", claim=f"somebody saw {n}", evidence=f"other {n}") for n in range(20)]
    assert guesses(told) == [p.label for p in told]
    labels = ("supports", "contradicts")
    twins = [pair(n, label, claim=f"claim {n}", evidence=f"{label} {n}") for n in range(40) for label in labels]
    said = guesses(twins)
    assert sum(s == p.label for s, p in zip(said, twins, strict=True)) == 40  # one of each two, whatever is guessed
