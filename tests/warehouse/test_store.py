"""Each verb: what it keeps, what it gives back, and that saying it twice changes nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from time import perf_counter

import pytest

from tests.warehouse.rows import (
    ENGINE,
    FACTS,
    NOON,
    SEED,
    VERSION,
    article,
    begun,
    comparison,
    covered,
    entry,
    finding,
    page,
    poll,
    refusal,
    report,
    standing,
    state,
    summary,
)
from warehouse.connection import opened
from warehouse.errors import WarehouseError
from warehouse.records import FactRow, FeedPoll, Paragraph, Passage, RobotsFile, SavedComparisons
from warehouse.store import Warehouse

HOUR = timedelta(hours=1)


def contents(warehouse: Warehouse) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables."""
    with opened(warehouse.path, 0) as con:
        tables = [row[0] for row in con.execute("select table_name from duckdb_tables()").fetchall()]
        return {table: con.execute(f"select * from base.{table} order by all").fetchall() for table in tables}


def test_a_whole_run_twice_is_as_once(warehouse: Warehouse) -> None:
    covered(warehouse)
    once = contents(warehouse)
    assert warehouse.check() == []
    covered(warehouse)
    assert contents(warehouse) == once


def test_runs_are_kept_with_counts_and_reasons(full: Warehouse) -> None:
    kept = contents(full)
    (run,) = kept["runs"]
    assert run[:3] == ("r1", "test", "completed")
    assert kept["run_reasons"] == [("r1", "refused", "consent", 1)]
    full.begin_run("r2", [SEED], NOON + HOUR, "schedule")
    assert full.health(NOON).unfinished == ("r2",)
    full.finish_run(replace(report("r2", 0, 0), started_at=NOON + HOUR, ended_at=NOON + 2 * HOUR), "failed")
    health = full.health(NOON)
    assert health.unfinished == ()
    assert health.last_run_at == NOON + 2 * HOUR


def test_a_run_that_does_not_add_up_is_told(warehouse: Warehouse) -> None:
    begun(warehouse)
    warehouse.finish_run(report("r1", new=3, pages=1), "completed")
    assert [v.check for v in warehouse.check()] == ["run_counts"]


def test_facts_removed_are_retired_and_come_back(full: Warehouse) -> None:
    full.save_seed(SEED, "The talks", "v2", None, FACTS[:1], at=NOON + HOUR)
    assert {e.fact_id for e in full.evidence(SEED)} == {"head"}
    retired = [row for row in contents(full)["facts"] if row[-1] is not None]
    assert [row[1] for row in retired] == ["hours"]
    full.save_seed(SEED, "The talks", "v3", None, FACTS, at=NOON + 2 * HOUR)
    assert {e.fact_id for e in full.evidence(SEED)} == {"head", "hours"}
    assert full.check() == []


def test_a_reworded_fact_loses_its_evidence_until_compared_again(full: Warehouse) -> None:
    reworded = (replace(FACTS[0], statement="Umerov leads the delegation."), FACTS[1])
    full.save_seed(SEED, "The talks", "v2", None, reworded, at=NOON)
    assert {e.fact_id for e in full.evidence(SEED)} == {"hours"}
    first = article(1)
    full.save_comparisons("r1", [comparison(first, finding(first, "head"), version="v2")])
    assert {e.fact_id for e in full.evidence(SEED)} == {"head"}
    assert full.check() == []


def test_as_of_may_be_a_time(warehouse: Warehouse) -> None:
    late = datetime(2025, 5, 15, 23, tzinfo=timezone(-timedelta(hours=3)))
    warehouse.save_seed(SEED, "t", VERSION, late, [FactRow("f", "s", late, 0)])
    assert contents(warehouse)["facts"][0][3] == date(2025, 5, 16)


def test_feed_states_come_back_as_they_were(warehouse: Warehouse) -> None:
    begun(warehouse)
    states = [
        state("one", last_modified="Fri, 16 May 2025 10:00:00 GMT", body_hash="h", due_at=NOON + HOUR),
        state("two", title=None, failures=3, failure="timeout", detail="no answer in 30 s", succeeded_at=None),
    ]
    warehouse.save_polls("r1", [FeedPoll("unchanged", s) for s in states], NOON)
    assert warehouse.feed_states([s.url for s in states] + ["https://never.example"]) == {s.url: s for s in states}
    assert warehouse.feed_states([]) == {}


def test_polls_count_an_entry_once_over_feeds_and_batches(warehouse: Warehouse) -> None:
    begun(warehouse)
    first = warehouse.save_polls("r1", [poll("one", 1, 2), poll("two", 2, 3)], NOON)
    assert (first.listed, first.new) == (3, 3)
    assert [(line.title, line.listed, line.new) for line in first.lines] == [("One", 2, 2), ("Two", 2, 1)]
    second = warehouse.save_polls("r1", [poll("three", 3, 4)], NOON)
    assert (second.listed, second.new) == (1, 1)
    # said again, as a retried task does, each batch counts the same
    assert warehouse.save_polls("r1", [poll("one", 1, 2), poll("two", 2, 3)], NOON) == first
    assert warehouse.save_polls("r1", [poll("three", 3, 4)], NOON) == second


def test_a_second_run_finds_nothing_new_and_sees_entries_again(warehouse: Warehouse) -> None:
    begun(warehouse)
    warehouse.save_polls("r1", [poll("one", 1, 2, 3)], NOON)
    warehouse.begin_run("r2", [SEED], NOON + HOUR, "test")
    told = warehouse.save_polls("r2", [poll("one", 2, 3), poll("two", outcome="failed", failure="dns")], NOON + HOUR)
    assert (told.listed, told.new) == (2, 0)
    assert told.lines[1].failure == "dns"
    warehouse.begin_run("r3", [SEED], NOON + 2 * HOUR, "test")
    told = warehouse.save_polls("r3", [poll("one", outcome="unchanged")], NOON + 2 * HOUR)
    assert (told.listed, told.new) == (2, 0)
    seen = {row[2][-1]: row[9].replace(tzinfo=UTC) for row in contents(warehouse)["entries"]}  # type: ignore[index,attr-defined]
    assert seen == {"1": NOON, "2": NOON + 2 * HOUR, "3": NOON + 2 * HOUR}


def test_what_was_known_of_an_entry_stays(warehouse: Warehouse) -> None:
    begun(warehouse)
    warehouse.save_polls("r1", [poll("one", 1)], NOON)
    later = replace(entry("one", 1), title="Changed", seen_at=NOON + HOUR)
    warehouse.save_polls("r1", [FeedPoll("new", state("one"), (later, later))], NOON + HOUR)
    assert warehouse.pending_entries(None, NOON) == [entry("one", 1)]


def test_pending_is_oldest_first_and_limited(warehouse: Warehouse) -> None:
    begun(warehouse)
    warehouse.save_polls("r1", [FeedPoll("new", state("one"), (replace(entry("one", 9), seen_at=NOON + HOUR),))], NOON)
    warehouse.save_polls("r1", [poll("one", 1)], NOON)
    assert [e.title for e in warehouse.pending_entries(5, NOON)] == ["Story 1", "Story 9"]
    assert [e.title for e in warehouse.pending_entries(1, NOON)] == ["Story 1"]
    assert warehouse.pending_entries(0, NOON) == []
    assert warehouse.pending_count(NOON) == 2


def test_a_temporary_refusal_is_tried_five_times_with_doubling_waits(warehouse: Warehouse) -> None:
    begun(warehouse)
    warehouse.save_polls("r1", [poll("one", 1)], NOON)
    at = NOON
    for minutes in (30, 60, 120, 240):
        warehouse.save_readings("r1", [refusal(1, at, temporary=True)])
        warehouse.save_readings("r1", [refusal(1, at, temporary=True)])  # a retried task is no second attempt
        due = at + timedelta(minutes=minutes)
        assert warehouse.pending_count(due - timedelta(seconds=1)) == 0
        assert warehouse.pending_count(due) == 1
        at = due
    warehouse.save_readings("r1", [refusal(1, at, temporary=True)])
    assert warehouse.pending_count(at + timedelta(days=365)) == 0
    assert warehouse.check() == []


def test_a_later_page_takes_the_place_of_a_summary(warehouse: Warehouse) -> None:
    begun(warehouse)
    warehouse.save_polls("r1", [poll("one", 1)], NOON)
    warehouse.save_readings("r1", [summary(1, temporary=True)])
    assert [a.basis for a in warehouse.uncompared(SEED, VERSION, ENGINE, None)] == ["summary"]
    assert warehouse.pending_count(NOON + HOUR) == 1
    warehouse.save_readings("r1", [page(1, NOON + HOUR)])
    assert warehouse.uncompared(SEED, VERSION, ENGINE, None) == [article(1)]
    assert warehouse.pending_count(NOON + 99 * HOUR) == 0
    assert warehouse.check() == []


def test_a_later_failure_does_not_undo_an_article(warehouse: Warehouse) -> None:
    begun(warehouse)
    warehouse.save_polls("r1", [poll("one", 1, 2)], NOON)
    warehouse.save_readings("r1", [page(1), summary(2, temporary=True)])
    warehouse.save_readings("r1", [refusal(1, NOON + HOUR, temporary=True), refusal(2, NOON + HOUR)])
    assert {a.basis for a in warehouse.uncompared(SEED, VERSION, ENGINE, None)} == {"page", "summary"}
    assert warehouse.pending_count(NOON + 99 * HOUR) == 0
    assert warehouse.check() == []


def test_uncompared_knows_version_and_engine(full: Warehouse) -> None:
    assert full.uncompared(SEED, VERSION, ENGINE, 9) == [article(3)]
    assert full.uncompared_count(SEED, VERSION, ENGINE) == 1
    assert full.uncompared_count(SEED, "v2", ENGINE) == 3
    assert full.uncompared_count(SEED, VERSION, "e2") == 3
    assert len(full.uncompared("other", VERSION, ENGINE, 2)) == 2


def test_what_was_left_unchecked_for_a_reason_that_may_be_gone_is_compared_again_by_another_run(
    full: Warehouse,
) -> None:
    later = replace(comparison(article(3)), unchecked=(("hours", "llm_timeout"),))
    full.begin_run("r2", [SEED], NOON, "test")
    full.save_comparisons("r2", [later])
    assert full.uncompared(SEED, VERSION, ENGINE, None, "r2") == []
    assert full.uncompared(SEED, VERSION, ENGINE, None, "r3") == [article(3)]
    assert full.uncompared_count(SEED, VERSION, ENGINE, "r3") == 1
    full.save_comparisons("r3", [replace(later, unchecked=(("hours", "llm_malformed"),))])
    assert full.uncompared_count(SEED, VERSION, ENGINE, "r4") == 0


def test_a_new_comparison_replaces_and_history_stays(full: Warehouse) -> None:
    first = article(1)
    again = comparison(first, finding(first, "hours", engine="e2"), engine="e2")
    assert full.save_comparisons("r1", [again]) == SavedComparisons(1, 0)
    current = [(e.fact_id, e.verdict) for e in full.evidence(SEED) if e.article_id == first.article_id]
    assert current == [("hours", "supports")]
    kept = [row for row in contents(full)["findings"] if row[3] == first.article_id]
    assert len(kept) == 3
    assert full.check() == []
    # the first engine again: its findings count again, and none is new to a later run
    full.begin_run("r2", [SEED], NOON, "test")
    back = comparison(first, finding(first, "head"), finding(first, "hours", "contradicts"))
    assert full.save_comparisons("r2", [back]) == SavedComparisons(0, 0)
    assert len(full.evidence(SEED)) == 3
    assert full.check() == []


def test_unchecked_is_replaced_with_its_comparison(full: Warehouse) -> None:
    second = article(2)
    assert [row[2:4] for row in contents(full)["unchecked"]] == [("hours", "model:missing")]
    full.save_comparisons("r1", [comparison(second, finding(second, "head"), finding(second, "hours"))])
    assert contents(full)["unchecked"] == []


def test_evidence_is_what_counts(full: Warehouse) -> None:
    evidence = full.evidence(SEED)
    assert [(e.fact_id, e.verdict, e.publisher) for e in evidence if e.verdict == "contradicts"] == [
        ("hours", "contradicts", "Paper 1")
    ]
    assert all(e.probability == 0.9 for e in evidence)
    assert [e.reported_at for e in evidence] == [NOON - 2 * HOUR, NOON - HOUR, NOON - HOUR]
    full.save_readings("r1", [page(1, NOON + HOUR, text="Rewritten, it says nothing of the sort.")])
    assert {e.publisher for e in full.evidence(SEED)} == {"Paper 2"}
    assert full.evidence("other") == []


def test_without_a_date_a_report_counts_from_when_it_was_fetched(warehouse: Warehouse) -> None:
    begun(warehouse)
    warehouse.save_polls("r1", [poll("one", 1)], NOON)
    undated = replace(article(1), published_at=None, published_at_source=None)
    warehouse.save_readings("r1", [replace(page(1), article=undated)])
    warehouse.save_comparisons("r1", [comparison(undated, finding(undated, "head"))])
    assert [e.reported_at for e in warehouse.evidence(SEED)] == [NOON]


def test_standings_keep_changes_only(warehouse: Warehouse) -> None:
    begun(warehouse)
    assert warehouse.standings(SEED) == {}
    changes = [standing("corroborated", NOON), standing("disputed", NOON + HOUR)]
    warehouse.save_standings("r1", changes)
    warehouse.save_standings("r1", changes)
    warehouse.save_standings("r1", [standing("disputed", NOON + 2 * HOUR), standing("unreported", NOON)])
    assert len(contents(warehouse)["standings"]) == 2
    assert warehouse.standings(SEED) == {"head": changes[1]}
    warehouse.save_seed(SEED, "t", "v2", None, FACTS[1:])
    assert warehouse.standings(SEED) == {}


def test_half_a_surrogate_pair_is_stored_without_moving_offsets(warehouse: Warehouse) -> None:
    begun(warehouse)
    odd = replace(entry("one", 1), title="half \ud83d of a face")
    warehouse.save_polls("r1", [FeedPoll("new", state("one"), (odd,))], NOON)
    assert warehouse.pending_entries(1, NOON)[0].title == "half ? of a face"


def test_a_time_without_a_zone_is_a_bug(warehouse: Warehouse) -> None:
    with pytest.raises(ValueError, match="without a zone"):
        warehouse.begin_run("r1", [SEED], NOON.replace(tzinfo=None), "test")


def test_other_zones_are_stored_as_utc(warehouse: Warehouse) -> None:
    begun(warehouse)
    istanbul = NOON.astimezone(timezone(timedelta(hours=3)))
    warehouse.save_polls("r1", [FeedPoll("new", state("one", polled_at=istanbul), ())], istanbul)
    kept = warehouse.feed_states([state("one").url])[state("one").url].polled_at
    assert kept == NOON
    assert kept is not None
    assert kept.tzinfo is UTC


def test_a_failure_in_a_verb_keeps_nothing_of_it(warehouse: Warehouse) -> None:
    begun(warehouse)
    before = contents(warehouse)
    broken = FeedPoll("new", state("one"), (entry("one", 1), replace(entry("one", 2), title=None)))  # type: ignore[arg-type]
    with pytest.raises(Exception, match="NOT NULL"):
        warehouse.save_polls("r1", [broken], NOON)
    assert contents(warehouse) == before


@pytest.mark.parametrize("verb", [Warehouse.publish, Warehouse.check, lambda w: w.health(NOON)])
def test_what_looks_after_the_file_does_not_make_it(verb: Callable[[Warehouse], object], tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="`seedwatch run` makes it"):
        verb(Warehouse(tmp_path / "none.duckdb"))
    assert list(tmp_path.iterdir()) == []


def test_checks_see_what_is_wrong(full: Warehouse) -> None:
    second = article(2)
    with opened(full.path, 0) as con:
        con.execute("update base.findings set sentence_start = sentence_start + 1 where verdict = 'contradicts'")
        con.execute("update base.findings set neutral = 0.5 where verdict = 'contradicts'")
        con.execute("delete from base.articles where title = 'Story 3'")
        con.execute("delete from base.entries where title = 'Story 4'")
        con.execute("delete from base.facts where fact_id = 'hours'")
        con.execute(
            "insert into base.standings select * replace (changed_at + interval 1 day as changed_at) "
            "from base.standings"
        )
        con.execute("update base.comparisons set engine = 'x' where article_id = ?", [second.article_id])
        con.execute("update base.readings set run_id = 'nobody' where outcome = 'refused'")
    assert {v.check for v in full.check()} == {
        "feed_entry_without_entry",
        "finding_offsets",
        "finding_probabilities",
        "finding_without_comparison",
        "finding_without_fact",
        "reading_without_article",
        "reading_without_entry",
        "run_unknown",
        "standing_repeated",
        "unchecked_without_comparison",
    }
    (offsets,) = (v for v in full.check() if v.check == "finding_offsets")
    assert offsets.rows == 1
    assert "sentence_start=" in offsets.example


def test_a_passage_that_is_not_there_is_told(full: Warehouse) -> None:
    first = article(1)
    wrong = finding(first, "head")
    moved = replace(wrong.judgement, passage=Passage("invented", 0, 8, first.text, 0, len(first.text)))
    full.save_comparisons("r1", [comparison(first, replace(wrong, judgement=moved))])
    assert [v.check for v in full.check()] == ["finding_offsets"]


def test_ten_thousand_entries_are_quick(warehouse: Warehouse) -> None:
    begun(warehouse)
    many = poll("one", *range(10_000))
    start = perf_counter()
    told = warehouse.save_polls("r1", [many], NOON)
    taken = perf_counter() - start
    assert told.new == 10_000
    assert taken < 3, f"{taken:.2f} s; about 0.3 s where nothing else runs"


def test_robots_files_are_kept_for_a_while(full: Warehouse) -> None:
    day = timedelta(days=1)
    old, fresh = RobotsFile("http://a.example", "", NOON - day), RobotsFile("http://b.example", "Disallow: /x", NOON)
    full.save_robots_files([old, fresh], NOON - 2 * day)
    assert sorted(full.robots_files(NOON - 2 * day), key=lambda file: file.origin) == [old, fresh]
    assert full.robots_files(NOON - day) == [fresh]
    later = replace(fresh, rules="", fetched_at=NOON + day)
    full.save_robots_files([later], NOON)
    assert full.robots_files(NOON - 2 * day) == [later]


# paragraphs


def test_paragraphs_are_kept_with_the_readings_and_the_last_seen_of_a_site(warehouse: Warehouse) -> None:
    def some(site: str, *names: str) -> list[Paragraph]:
        return [Paragraph(site, name, ("e1",), NOON + timedelta(seconds=n)) for n, name in enumerate(names)]

    warehouse.save_readings("r", [], [*some("a.example", "p1", "p2", "p3"), *some("b.example", "p1")], keep=2)
    assert warehouse.paragraphs(["a.example"]) == some("a.example", "p1", "p2", "p3")[1:]
    again = Paragraph("b.example", "p1", ("e1", "e2"), NOON + timedelta(hours=1))
    for _ in range(2):
        warehouse.save_readings("r", [], [again])
    assert warehouse.paragraphs(["b.example", "c.example"]) == [again]
    assert warehouse.check() == []
