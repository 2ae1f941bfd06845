"""The standing of a fact follows from its evidence alone, in whatever order it comes."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from rapidfuzz import fuzz

from flows.weigh.standing import COPY, changed, independent, standing
from warehouse.records import Evidence, Verdict

NOW = datetime(2025, 5, 20, tzinfo=UTC)
TEXTS = (
    "The minister opened the bridge on Tuesday. A band played. Ferries stopped at noon.",
    "Nobody from the ministry came; the bridge stays shut until the inspectors have been there.",
    "Lorries have used the new crossing since Tuesday morning, says the harbour master.",
    "Councillors were told that the ribbon was cut on the second of June by the mayor instead.",
)


def evidence(n: int, verdict: Verdict, publisher: str, text: str, *, superseded: bool = False) -> Evidence:
    return Evidence(
        finding_id=f"f{n}", fact_id="bridge", article_id=f"a{n}", verdict=verdict, probability=0.9, publisher=publisher,
        context=text, superseded=superseded, reported_at=NOW - timedelta(hours=n),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ("", "unreported"),
        ("s", "corroborated"),
        ("ss", "corroborated"),
        ("c", "contradicted"),
        ("sc", "disputed"),
        ("scc", "disputed"),
        ("sccc", "contradicted"),
        ("l", "superseded"),
        ("sl", "corroborated"),
    ],
)
def test_standing_follows_from_the_independent_counts(verdicts: str, expected: str) -> None:
    texts = [*TEXTS, "Quite another account of the affair, by somebody who was there and counted the cars himself."]
    found = [
        evidence(n, "supports" if v == "s" else "contradicts", f"paper {n}", texts[n], superseded=v == "l")
        for n, v in enumerate(verdicts)
    ]
    assert standing("seed", "bridge", found, NOW).standing == expected


def test_copies_of_one_text_and_one_publisher_count_once() -> None:
    wire = [evidence(n, "supports", f"site {n}", TEXTS[0].replace("A band", "The band")) for n in range(3)]
    assert independent(wire) == 1
    assert independent([evidence(1, "supports", "A", TEXTS[0]), evidence(2, "supports", "A", TEXTS[1])]) == 1
    assert independent([evidence(n, "supports", f"paper {n}", text) for n, text in enumerate(TEXTS)]) == 4


def test_a_chain_of_copies_and_publishers_is_one_source_in_any_order() -> None:
    # A and B print one text; B prints another one, which C copies: none of the three is independent of the others.
    chain = [
        evidence(1, "supports", "A", TEXTS[0]),
        evidence(2, "supports", "B", TEXTS[0]),
        evidence(3, "supports", "B", TEXTS[1]),
        evidence(4, "supports", "C", TEXTS[1]),
    ]
    for seed in range(20):
        random.Random(seed).shuffle(chain)
        assert independent(chain) == 1


def test_what_was_written_much_later_is_a_copy_only_if_it_is_equal() -> None:
    nearly = TEXTS[0].replace("A band", "The band")
    assert independent([evidence(0, "supports", "A", TEXTS[0]), evidence(24 * 6, "supports", "B", nearly)]) == 1
    assert independent([evidence(0, "supports", "A", TEXTS[0]), evidence(24 * 8, "supports", "B", nearly)]) == 2
    assert independent([evidence(0, "supports", "A", TEXTS[0]), evidence(24 * 80, "supports", "B", TEXTS[0])]) == 1


def test_sources_are_what_comparing_each_with_each_gives() -> None:
    draw = random.Random(7)
    texts = [*TEXTS, *(text.replace("the ", "a ", 1) for text in TEXTS)]
    for _ in range(60):
        found = [
            replace(
                evidence(n, "supports", f"paper {draw.randrange(9)}", draw.choice(texts)),
                story_id=draw.choice([None, None, "wire"]),
            )
            for n in range(draw.randrange(1, 8))
        ]
        groups: list[list[Evidence]] = []
        for one in found:
            alike = [
                group
                for group in groups
                if any(
                    one.publisher == other.publisher
                    or (one.story_id is not None and one.story_id == other.story_id)
                    or fuzz.token_sort_ratio(one.context, other.context) >= COPY
                    for other in group
                )
            ]
            groups = [group for group in groups if group not in alike] + [[one, *(o for g in alike for o in g)]]
        assert independent(found) == len(groups)


def test_order_of_arrival_does_not_change_the_standing() -> None:
    found = [evidence(n, "contradicts" if n % 3 else "supports", f"p{n % 5}", TEXTS[n % 4]) for n in range(12)]
    first = standing("seed", "bridge", found, NOW)
    for seed in range(20):
        random.Random(seed).shuffle(found)
        assert standing("seed", "bridge", found, NOW) == first


def test_only_a_difference_is_a_change() -> None:
    nothing = standing("seed", "bridge", [], NOW)
    assert not changed(None, nothing)
    something = standing("seed", "bridge", [evidence(1, "supports", "A", TEXTS[0])], NOW)
    assert changed(None, something)
    assert changed(nothing, something)
    assert not changed(something, standing("seed", "bridge", [evidence(9, "supports", "B", TEXTS[2])], NOW))
