"""A history replays to the same rows, and its end does not depend on the order in which findings came."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from flows.weigh.history import counted, differences, replay, step
from warehouse.records import Evidence, EvidenceChange, Standing, Verdict

NOON = datetime(2025, 5, 16, 12, tzinfo=UTC)
TEXTS = (
    "The bridge was opened by the mayor on Tuesday.",
    "Nobody has crossed it, and it is shut until June.",
    "Quiet.",
)


def evidence(n: int, verdict: Verdict = "supports", **changed: object) -> Evidence:
    kept: dict[str, object] = {
        "superseded": False,
        "context": f"{TEXTS[n % 3]} {n * 1_000_003}",
        "publisher": f"P{n % 4}",
    }
    return Evidence(
        finding_id=f"f{n}", fact_id=f"fact{n % 2}", article_id=f"a{n}", verdict=verdict, probability=0.9,
        reported_at=NOON - timedelta(days=n), **(kept | changed),  # type: ignore[arg-type]
    )  # fmt: skip


one = st.builds(
    lambda n, v, s, h: evidence(n, v, superseded=s and v == "contradicts", story_id=h),
    st.integers(0, 9),
    st.sampled_from(["supports", "contradicts"]),
    st.booleans(),
    st.sampled_from([None, "s1", "s2"]),
)
a_time = st.lists(one, max_size=6, unique_by=lambda e: e.finding_id)


def lived(times: list[list[Evidence]]) -> tuple[list[EvidenceChange], list[Standing]]:
    """What a run after each of these states of the evidence would store."""
    log: list[EvidenceChange] = []
    known: dict[str, Standing] = {}
    rows: list[Standing] = []
    for n, now in enumerate(times):
        changes = differences("s", counted(log), now, NOON + timedelta(hours=n))
        new = step("s", known, {e.finding_id: e for e in now}, changes)
        log += changes
        rows += new
        known |= {s.fact_id: s for s in new}
    return log, rows


@given(times=st.lists(a_time, max_size=6))
def test_a_replay_gives_the_same_rows(times: list[list[Evidence]]) -> None:
    log, rows = lived(times)
    assert replay("s", log) == rows
    assert counted(log) == {e.finding_id: e for e in (times[-1] if times else [])}


@given(end=a_time, order=st.permutations(range(6)))
def test_the_order_of_arrival_does_not_change_the_end(end: list[Evidence], order: list[int]) -> None:
    ways = []
    for arrivals in (list(range(len(end))), [n for n in order if n < len(end)]):
        _, rows = lived([[end[n] for n in arrivals[: upto + 1]] for upto in range(len(arrivals))])
        last = {row.fact_id: (row.standing, row.supports, row.contradicts, row.superseded) for row in rows}
        ways.append(last)
    assert ways[0] == ways[1]


def test_what_went_away_is_the_cause_of_what_it_leaves() -> None:
    here = evidence(0, "contradicts")
    _, rows = lived([[here], [], [replace(here, verdict="supports")]])
    assert [(row.standing, row.cause) for row in rows] == [
        ("contradicted", "f0"),
        ("unreported", "f0"),
        ("corroborated", "f0"),
    ]
