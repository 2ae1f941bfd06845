"""The warehouse as the pipeline sees it: one verb per need, each one transaction that is kept whole or not at all.

A process may be killed at any moment: what a verb returned from is kept, and calling it again with the same values
changes nothing. Reads for people go to the copy that :meth:`Warehouse.publish` makes (``warehouse.read``).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from warehouse import articles, findings, stories, visits, weighings
from warehouse.articles import ARTICLE
from warehouse.connection import count, names, opened, put, records, stored_time, writing
from warehouse.errors import WarehouseError
from warehouse.listings import FEED, save_listings, save_states
from warehouse.outbox import save_alerts
from warehouse.records import (
    Alert,
    Article,
    Comparison,
    Copy,
    Entry,
    Evidence,
    EvidenceChange,
    FactRow,
    FeedPoll,
    FeedState,
    Health,
    Paragraph,
    Reading,
    Revisit,
    RobotsFile,
    RunReport,
    SavedComparisons,
    SavedPolls,
    Sketch,
    Standing,
    Story,
    Telling,
    Violation,
    Visit,
    content_id,
)
from warehouse.upkeep import health, publish, violations


class Warehouse:
    """The DuckDB file at ``path``, made on first use. Holds no connection between calls, so threads may share it.

    ``patience`` is how many seconds a verb waits while another process holds the file before it raises
    :class:`WarehouseError`. All times that go in are aware; all that come out are aware UTC.
    """

    def __init__(self, path: Path | str, patience: float = 10.0) -> None:
        self.path = Path(path).expanduser().resolve()
        self.patience = patience

    def __repr__(self) -> str:
        return f"Warehouse({str(self.path)!r})"

    # runs

    def begin_run(self, run_id: str, seeds: Sequence[str], started_at: datetime, trigger: str) -> None:
        """Records that a run watches these seeds (ids) from now on. A run begun again is running again."""
        with writing(self.path, self.patience) as con:
            put(
                con,
                "runs",
                "run_id trigger state seed_ids started_at",
                [(run_id, trigger, "running", list(seeds), started_at)],
                "do update set state = excluded.state, seed_ids = excluded.seed_ids, ended_at = null",
            )

    def finish_run(self, report: RunReport, state: str) -> None:
        """Records how a run ended and what it counted. ``state`` names the end, such as completed or failed."""
        reasons = [
            (report.run_id, kind, reason, count)
            for kind, per_reason in (
                ("refused", report.refused),
                ("summary", report.summary_reasons),
                ("unchecked", report.unchecked),
            )
            for reason, count in per_reason.items()
        ]
        counted = {
            "state": state,
            "seed_ids": list(report.seeds),
            "started_at": report.started_at,
            "ended_at": report.ended_at,
            "entries_listed": report.listed,
            "entries_new": report.new,
            "entries_carried": report.carried,
            "entries_left": report.left,
            "pages": report.pages,
            "summaries": report.summaries,
            "refused": sum(report.refused.values()),
            "comparisons": report.compared,
            "relevant": report.relevant,
            "supports": report.supports,
            "contradicts": report.contradicts,
            "unchecked": sum(report.unchecked.values()),
            "standing_changes": len(report.changes),
            "own_outage": report.own_outage,
        }
        with writing(self.path, self.patience) as con:
            put(
                con,
                "runs",
                " ".join(["run_id", "trigger", *counted]),
                [(report.run_id, "unknown", *counted.values())],
                "do update set " + ", ".join(f"{name} = excluded.{name}" for name in counted),
            )
            con.execute("delete from base.run_reasons where run_id = ?", [report.run_id])
            put(con, "run_reasons", "run_id kind reason entries", reasons, "do nothing")

    # seeds

    def save_seed(
        self,
        seed_id: str,
        title: str,
        facts_version: str,
        as_of: date | None,
        facts: Sequence[FactRow],
        *,
        at: datetime | None = None,
    ) -> None:
        """Records a seed as its file stands. Facts it no longer has stay with their findings, marked as retired.

        ``at`` is when, by default now; it is kept only where something changed.
        """
        now = at or datetime.now(UTC)
        rows = [(seed_id, f.fact_id, f.statement, _day(f.as_of), f.position, now) for f in facts]
        with writing(self.path, self.patience) as con:
            put(
                con,
                "seeds",
                "seed_id title facts_version as_of saved_at",
                [(seed_id, title, facts_version, _day(as_of), now)],
                "do update set title = excluded.title, facts_version = excluded.facts_version, as_of = excluded.as_of, "
                "saved_at = if(seeds.facts_version = excluded.facts_version, seeds.saved_at, excluded.saved_at)",
            )
            con.execute(
                "update base.facts set retired_at = ? where seed_id = ? and retired_at is null "
                "and fact_id not in (select unnest(?::text[]))",
                [stored_time(now), seed_id, [f.fact_id for f in facts]],
            )
            put(
                con,
                "facts",
                "seed_id fact_id statement as_of position saved_at",
                rows,
                "do update set statement = excluded.statement, as_of = excluded.as_of, position = excluded.position, "
                "retired_at = null, "
                "saved_at = if(facts.statement = excluded.statement, facts.saved_at, excluded.saved_at)",
            )

    # polling

    def feed_states(self, urls: Sequence[str]) -> dict[str, FeedState]:
        """What the last poll of each of these feeds left, by the URL that lists name it by. One never met is absent."""
        wanted = {content_id(url): url for url in urls}
        with opened(self.path, self.patience) as con:
            rows = con.execute(
                f"select {names(FEED)}, paused_at from base.feeds where feed_id in (select unnest(?::text[]))",  # noqa: S608
                [list(wanted)],
            )
            return {wanted[state.feed_id]: state for state in records(FeedState, rows)}

    def save_polls(self, run_id: str, polls: Sequence[FeedPoll], at: datetime) -> SavedPolls:
        """Stores the entries of polled feeds and the feeds' next states, together: no state outruns its entries.

        Entries met before keep what was known of them. Those a feed lists now are marked as seen at ``at``; an
        unchanged feed lists what it listed last.
        """
        with writing(self.path, self.patience) as con:
            return save_listings(con, run_id, polls, at)

    def save_feed_states(self, states: Sequence[FeedState], at: datetime) -> None:
        """Stores what polled feeds' states are after a run's polls were looked at together; pauses are left alone."""
        with writing(self.path, self.patience) as con:
            save_states(con, states, at)

    def knows_feed(self, url: str) -> bool:
        """Whether a feed that lists name by this URL was ever polled or paused."""
        with opened(self.path, self.patience) as con:
            return bool(count(con, "select count(*) from base.feeds where feed_id = $id", {"id": content_id(url)}))

    def pause_feed(self, url: str, at: datetime | None) -> bool:
        """Pauses from ``at`` on the feed that lists name by this URL, or with None resumes it; whether that changed it.

        A feed never met is recorded, so that its first poll waits too. No run touches a pause.
        """
        feed_id = content_id(url)
        with writing(self.path, self.patience) as con:
            paused = count(
                con,
                "select count(*) from base.feeds where feed_id = $feed_id and paused_at is not null",
                {"feed_id": feed_id},
            )
            if bool(paused) == (at is not None):
                return False
            put(
                con,
                "feeds",
                "feed_id url failures paused_at",
                [(feed_id, url, 0, at)],
                "do update set paused_at = excluded.paused_at",
            )
            return True

    def robots_files(self, since: datetime) -> list[RobotsFile]:
        """What was learned of sites' robots.txt since then."""
        with opened(self.path, self.patience) as con:
            since = stored_time(since)
            return records(RobotsFile, con.execute("from base.robots_files where fetched_at > ?", [since]))

    def save_robots_files(self, files: Sequence[RobotsFile], since: datetime) -> None:
        """Stores what was learned of sites' robots.txt, the later in place of the earlier, and drops what is older."""
        with writing(self.path, self.patience) as con:
            put(
                con,
                "robots_files",
                "origin rules fetched_at",
                [(file.origin, file.rules, file.fetched_at) for file in files],
                "do update set rules = excluded.rules, fetched_at = excluded.fetched_at",
            )
            con.execute("delete from base.robots_files where fetched_at <= ?", [stored_time(since)])

    # reading

    def pending_entries(self, limit: int | None, now: datetime) -> list[Entry]:
        """Entries to read, those first seen first (``seen_at``): never tried, or refused for a time that is over."""
        with opened(self.path, self.patience) as con:
            return articles.pending(con, limit, now)

    def pending_count(self, now: datetime) -> int:
        """How many entries :meth:`pending_entries` would give without a limit."""
        with opened(self.path, self.patience) as con:
            return articles.pending_count(con, now)

    def paragraphs(self, sites: Sequence[str]) -> list[Paragraph]:
        """What is remembered of the paragraphs of these sites, the least recently seen first."""
        with opened(self.path, self.patience) as con:
            rows = con.execute(
                "select site, paragraph_id, entry_ids, seen_at from base.paragraphs "
                "where site in (select unnest(?::text[])) order by seen_at, site, paragraph_id",
                [list(sites)],
            )
            return [replace(each, entry_ids=tuple(each.entry_ids)) for each in records(Paragraph, rows)]

    def revisits(self, ages: Sequence[timedelta], limit: int, now: datetime) -> list[Revisit]:
        """Entries whose page is due to be asked for again, those never visited first.

        They are those whose article is about a seed's event; one is due when it has passed one of these ages, counted
        from when its entry was first seen, without a visit since.
        """
        with opened(self.path, self.patience) as con:
            return visits.due(con, ages, limit, now)

    def save_visits(self, run_id: str, made: Sequence[Visit]) -> None:
        """Stores visits together with the readings and revisions of those that found another text."""
        self.save_readings(run_id, [visit.reading for visit in made if visit.reading is not None], visited=made)

    def save_readings(
        self,
        run_id: str,
        readings: Sequence[Reading],
        paragraphs: Sequence[Paragraph] = (),
        keep: int = 2_000,
        *,
        visited: Sequence[Visit] = (),
    ) -> None:
        """Stores what became of entries. A reading not later than the one known changes nothing: attempts count once.

        A failure does not undo the article an earlier attempt got, nor a summary a page. A temporary refusal is tried
        again after 30 minutes, then double, up to five attempts in all. With them goes what they taught of
        ``paragraphs``, of which the last seen ``keep`` of a site are kept.
        """
        with writing(self.path, self.patience) as con:
            visits.save(con, run_id, visited)
            articles.save(con, run_id, readings, paragraphs, keep)

    # comparing

    def uncompared(
        self,
        seed_id: str,
        facts_version: str,
        engine: str,
        limit: int | None,
        run_id: str | None = None,
        after: Article | None = None,
    ) -> list[Article]:
        """Articles, as they read now, that this version of the seed and this engine have not compared; oldest first.

        With ``after`` only those that come after this one.

        Among them are those of which another run than ``run_id`` left a fact unchecked for a reason that may be gone
        (``PASSING``). Left out are articles whose text was pruned.
        """
        with opened(self.path, self.patience) as con:
            return findings.uncompared(con, seed_id, facts_version, engine, limit, run_id, after)

    def uncompared_count(self, seed_id: str, facts_version: str, engine: str, run_id: str | None = None) -> int:
        """How many articles :meth:`uncompared` would give without a limit."""
        with opened(self.path, self.patience) as con:
            return findings.uncompared_count(con, seed_id, facts_version, engine, run_id)

    def save_comparisons(self, run_id: str, comparisons: Sequence[Comparison]) -> SavedComparisons:
        """Stores comparisons with their findings, each in place of the earlier one of its seed and article.

        Findings that the new comparison does not make again are kept, marked as retired.
        """
        with writing(self.path, self.patience) as con:
            return findings.save(con, run_id, comparisons)

    # stories

    def unsketched(self, limit: int) -> list[Article]:
        """Articles, as they read now, that were not looked at for copies yet; oldest first."""
        with opened(self.path, self.patience) as con:
            return stories.unsketched(con, names(ARTICLE, "a."), limit)

    def candidates(self, sketches: Sequence[Sketch], within: timedelta) -> tuple[list[tuple[str, str]], dict[str, str]]:
        """Pairs of ids, the smaller first, that may be copies: one is of these sketches, the other stored or of these.

        With the texts of all articles in the pairs. The two are of different houses and published at most ``within``
        apart; of each sketch the 64 likeliest others are given.
        """
        with opened(self.path, self.patience) as con:
            pairs = stories.candidates(con, sketches, within)
            return pairs, stories.texts(con, sorted({article_id for pair in pairs for article_id in pair}))

    def linked(self, article_ids: Sequence[str]) -> tuple[list[Telling], list[Copy]]:
        """What stored copies connect these articles with, over any number of steps: articles and copies."""
        with opened(self.path, self.patience) as con:
            return stories.linked(con, article_ids)

    def save_stories(
        self,
        sketches: Sequence[Sketch],
        copies: Sequence[Copy],
        touched: Sequence[str],
        grouped: Sequence[Story],
        at: datetime,
    ) -> None:
        """Stores sketches and copies, with the stories in place of all that the ``touched`` articles were part of."""
        with writing(self.path, self.patience) as con:
            stories.save(con, sketches, copies, touched, grouped, at)

    # weighing

    def evidence(self, seed_id: str, fact_ids: Sequence[str] | None = None) -> list[Evidence]:
        """The findings that count now for a seed's facts and support or contradict them, in the order of reporting.

        With ``fact_ids`` only those of these facts.

        Left out are those of facts since reworded or removed, of texts an article no longer has, and of older engines.
        ``reported_at`` is when the article was published, where that is unknown when it was fetched.
        """
        with opened(self.path, self.patience) as con:
            return findings.evidence(con, seed_id, _listed(fact_ids))

    def weighings(self, seed_id: str, fact_ids: Sequence[str] | None = None) -> list[EvidenceChange]:
        """Every change of what counts for a seed's facts, or these of them, in order of time.

        It is what their standings follow from.
        """
        with opened(self.path, self.patience) as con:
            return weighings.changes(con, seed_id, _listed(fact_ids))

    def mark(self, finding_id: str, right: bool, note: str | None, at: datetime) -> bool:
        """Keeps what a person says of a finding; False where there is none of this id. The last word on it holds."""
        with writing(self.path, self.patience) as con:
            found = count(con, "select count(*) from base.findings where finding_id = $id", {"id": finding_id})
            if found:
                put(con, "marks", "finding_id marked_at right note", [(finding_id, at, right, note)], "do nothing")
            return bool(found)

    def standings(self, seed_id: str, *, retired: bool = False) -> dict[str, Standing]:
        """The standing of each fact the seed has, by fact id; with ``retired`` also of those that it had.

        A fact never weighed is absent.
        """
        with opened(self.path, self.patience) as con:
            return {standing.fact_id: standing for standing in weighings.standings(con, [seed_id], retired=retired)}

    def save_standings(
        self,
        run_id: str,
        standings: Sequence[Standing],
        changes: Sequence[EvidenceChange] = (),
        alerts: Sequence[Alert] = (),
        *,
        at: datetime | None = None,
    ) -> list[Alert]:
        """Adds changes of standing. One that repeats the fact's last one, or is not later than it, is left out.

        With them the changes of what counts, from which they follow; one that is stored already changes nothing. In the
        same transaction go the alerts that they cause, at ``at`` (by default now); those not raised before come back.
        """
        with writing(self.path, self.patience) as con:
            weighings.save(con, run_id, changes)
            weighings.save_standings(con, run_id, standings)
            return save_alerts(con, run_id, alerts, at or datetime.now(UTC))

    # for readers and operators

    def publish(self) -> Path:
        """Puts a whole copy for readers beside the file and returns its path. Who reads an older copy keeps it."""
        self._must_exist()
        return publish(self.path, self.patience)

    def check(self) -> list[Violation]:
        """Rows that break a rule of the warehouse, one value per broken rule; empty when all is well."""
        self._must_exist()
        with opened(self.path, self.patience) as con:
            return violations(con)

    def health(self, now: datetime) -> Health:
        """Size, versions and counts for a person who looks after the file. One that does not exist raises."""
        self._must_exist()
        with opened(self.path, self.patience) as con:
            return health(con, self.path, articles.pending_count(con, now))

    def _must_exist(self) -> None:
        if not self.path.exists():
            raise WarehouseError(f"there is no warehouse at {self.path} yet: `seedwatch run` makes it")


def _day(value: date | None) -> date | None:
    return value.astimezone(UTC).date() if isinstance(value, datetime) else value


def _listed(ids: Sequence[str] | None) -> list[str] | None:
    return None if ids is None else list(ids)
