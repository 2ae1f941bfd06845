"""The warehouse as the pipeline sees it: one verb per need, each one transaction that is kept whole or not at all.

A process may be killed at any moment: what a verb returned from is kept, and calling it again with the same values
changes nothing. Reads for people go to the copy that :meth:`Warehouse.publish` makes (``warehouse.read``).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb

from warehouse import stories, visits, weighings
from warehouse.connection import count, counts, names, opened, put, records, stored_time, writing
from warehouse.errors import WarehouseError
from warehouse.listings import ENTRY, FEED, save_listings, save_states
from warehouse.outbox import save_alerts
from warehouse.records import (
    PASSING,
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
    Finding,
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

MAX_ATTEMPTS = 5
"""How often an entry is tried while its refusals are temporary."""

RETRY_MINUTES = 30
"""Wait after the first temporary refusal; each further one doubles it."""

_ARTICLE = (
    "article_id entry_id url title text basis publisher author language published_at published_at_source fetched_at "
    "text_hash"
)
_FINDING = (
    "finding_id seed_id fact_id article_id engine facts_version statement verdict supports contradicts neutral "
    "sentence sentence_start sentence_end context context_start context_end kind fact_value article_value attribution "
    "speaker superseded guards explanation found_at run_id"
)
_PENDING = """
from base.entries e left join base.readings r using (entry_id)
where r.entry_id is null or (r.temporary and r.retry_at <= $now)
"""
_UNCOMPARED = """
from base.articles a
where a.article_id in (select article_id from base.readings)
    and a.pruned_at is null
    and not exists (
        select 1 from base.comparisons c
        where c.article_id = a.article_id and c.seed_id = $seed_id
            and c.facts_version = $facts_version and c.engine = $engine
            and (c.run_id = $run_id or not exists (
                select 1 from base.unchecked u
                where u.seed_id = c.seed_id and u.article_id = c.article_id and list_contains($passing, u.reason)
            ))
    )
"""


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
            rows = con.execute(
                f"select {names(ENTRY, 'e.')}, e.first_seen_at as seen_at {_PENDING} "
                "order by e.first_seen_at, e.entry_id limit $limit",
                {"now": stored_time(now), "limit": limit},
            )
            return records(Entry, rows)

    def pending_count(self, now: datetime) -> int:
        """How many entries :meth:`pending_entries` would give without a limit."""
        with opened(self.path, self.patience) as con:
            return count(con, f"select count(*) {_PENDING}", {"now": stored_time(now)})

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
        last = {reading.entry_id: reading for reading in sorted(readings, key=lambda r: r.read_at)}
        articles = {r.article.article_id: r.article for r in readings if r.article and r.outcome != "refused"}
        with writing(self.path, self.patience) as con:
            visits.save(con, run_id, visited)
            put(
                con,
                "articles",
                f"{_ARTICLE} run_id",
                [(*(getattr(article, name) for name in _ARTICLE.split()), run_id) for article in articles.values()],
                "do nothing",
            )
            worse = (
                "((excluded.outcome = 'refused' and readings.outcome <> 'refused') "
                "or (excluded.outcome = 'summary' and readings.outcome = 'page'))"
            )
            again = "(excluded.temporary and readings.outcome <> 'page')"
            put(
                con,
                "readings",
                "entry_id outcome reason detail article_id temporary attempts read_at retry_at run_id",
                [
                    (
                        reading.entry_id,
                        reading.outcome,
                        reading.reason,
                        reading.detail,
                        None if reading.article is None or reading.outcome == "refused" else reading.article.article_id,
                        reading.temporary,
                        1,
                        reading.read_at,
                        reading.read_at + timedelta(minutes=RETRY_MINUTES) if reading.temporary else None,
                        run_id,
                    )
                    for reading in last.values()
                ],
                "do update set "
                + "".join(
                    f"{name} = if({worse}, readings.{name}, excluded.{name}), "
                    for name in ("outcome", "reason", "detail", "article_id")
                )
                + f"temporary = {again}, attempts = readings.attempts + 1, read_at = excluded.read_at, "
                f"retry_at = if({again} and readings.attempts + 1 < {MAX_ATTEMPTS}, "
                f"excluded.read_at + to_minutes({RETRY_MINUTES} * (1 << readings.attempts)), null), "
                "run_id = excluded.run_id where excluded.read_at > readings.read_at",
            )
            put(
                con,
                "paragraphs",
                "site paragraph_id entry_ids seen_at",
                [(each.site, each.paragraph_id, list(each.entry_ids), each.seen_at) for each in paragraphs],
                "do update set entry_ids = excluded.entry_ids, seen_at = excluded.seen_at",
            )
            con.execute(
                "delete from base.paragraphs where (site, paragraph_id) in "
                "(select (site, paragraph_id) from base.paragraphs where site in (select unnest($sites::text[])) "
                "qualify row_number() over (partition by site order by seen_at desc, paragraph_id) > $keep)",
                {"sites": sorted({each.site for each in paragraphs}), "keep": keep},
            )

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
            rows = con.execute(
                f"select {names(_ARTICLE, 'a.')} {_UNCOMPARED} and ($after is null or "
                "(a.fetched_at, a.article_id) > ($at, $after)) order by a.fetched_at, a.article_id limit $limit",
                _comparing(seed_id, facts_version, engine, run_id)
                | {
                    "limit": limit,
                    "after": after.article_id if after else None,
                    "at": stored_time(after.fetched_at) if after else None,
                },
            )
            return records(Article, rows)

    def uncompared_count(self, seed_id: str, facts_version: str, engine: str, run_id: str | None = None) -> int:
        """How many articles :meth:`uncompared` would give without a limit."""
        with opened(self.path, self.patience) as con:
            return count(
                con,
                f"select count(*) {_UNCOMPARED}",
                _comparing(seed_id, facts_version, engine, run_id),
            )

    def save_comparisons(self, run_id: str, comparisons: Sequence[Comparison]) -> SavedComparisons:
        """Stores comparisons with their findings, each in place of the earlier one of its seed and article.

        Findings that the new comparison does not make again are kept, marked as retired.
        """
        last = {(c.seed_id, c.article_id): c for c in comparisons}
        findings = {f.finding_id: (c, f) for c in last.values() for f in c.findings}
        keys = [[seed_id for seed_id, _ in last], [article_id for _, article_id in last]]
        with writing(self.path, self.patience) as con:
            put(
                con,
                "comparisons",
                "seed_id article_id facts_version engine relevant relevance neutral compared_at run_id",
                [
                    (
                        c.seed_id,
                        c.article_id,
                        c.facts_version,
                        c.engine,
                        c.relevant,
                        c.relevance,
                        c.neutral,
                        c.compared_at,
                        run_id,
                    )
                    for c in last.values()
                ],
                "do update set facts_version = excluded.facts_version, engine = excluded.engine, "
                "relevant = excluded.relevant, relevance = excluded.relevance, neutral = excluded.neutral, "
                "compared_at = excluded.compared_at, run_id = excluded.run_id",
            )
            con.execute(
                """
                update base.findings set retired_at = c.compared_at
                from (select unnest(?::text[]) as seed_id, unnest(?::text[]) as article_id) b
                join base.comparisons c using (seed_id, article_id)
                where findings.seed_id = c.seed_id and findings.article_id = c.article_id
                    and findings.retired_at is null and findings.finding_id not in (select unnest(?::text[]))
                """,
                [*keys, list(findings)],
            )
            statements = dict(
                con.execute(
                    "select (seed_id, fact_id), statement from base.facts where seed_id in (select unnest(?::text[]))",
                    keys[:1],
                ).fetchall()
            )
            put(
                con,
                "findings",
                _FINDING,
                [
                    _finding_row(f, c.facts_version, statements.get((f.seed_id, f.fact_id)), run_id)
                    for c, f in findings.values()
                ],
                "do update set retired_at = null, "
                + ", ".join(
                    f"{name} = excluded.{name}"
                    for name in _FINDING.split()
                    if name not in ("finding_id", "found_at", "run_id")
                ),
            )
            con.execute(
                """
                delete from base.unchecked
                using (select unnest(?::text[]) as seed_id, unnest(?::text[]) as article_id) b
                where unchecked.seed_id = b.seed_id and unchecked.article_id = b.article_id
                """,
                keys,
            )
            put(
                con,
                "unchecked",
                "seed_id article_id fact_id reason run_id",
                [
                    (c.seed_id, c.article_id, fact_id, reason, run_id)
                    for c in last.values()
                    for fact_id, reason in dict(c.unchecked).items()
                ],
                "do update set reason = excluded.reason, run_id = excluded.run_id",
            )
            new = counts(
                con,
                "select verdict, count(*) from base.findings "
                "where run_id = ? and finding_id in (select unnest(?::text[])) group by verdict",
                [run_id, list(findings)],
            )
        return SavedComparisons(supports=new.get("supports", 0), contradicts=new.get("contradicts", 0))

    # stories

    def unsketched(self, limit: int) -> list[Article]:
        """Articles, as they read now, that were not looked at for copies yet; oldest first."""
        with opened(self.path, self.patience) as con:
            return stories.unsketched(con, names(_ARTICLE, "a."), limit)

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
            rows = con.execute(
                "select finding_id, fact_id, article_id, verdict, probability, publisher, "
                "coalesce(context, '') as context, superseded, reported_at, attribution, url, story_id "
                "from base.current_findings left join base.story_articles using (article_id) "
                "where seed_id = $seed and ($facts is null or list_contains($facts, fact_id)) and verdict <> 'neutral' "
                "order by reported_at, finding_id",
                {"seed": seed_id, "facts": _listed(fact_ids)},
            )
            return records(Evidence, rows)

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
            return {standing.fact_id: standing for standing in _latest(con, [seed_id], retired)}

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
            last = {(s.seed_id, s.fact_id): s for s in _latest(con, [s.seed_id for s in standings], retired=True)}
            rows = []
            for standing in sorted(standings, key=lambda s: s.changed_at):
                key = (standing.seed_id, standing.fact_id)
                before = last.get(key)
                if before is None or (standing.changed_at > before.changed_at and _said(standing) != _said(before)):
                    rows.append((*key, standing.changed_at, *_said(standing), standing.cause, run_id))
                    last[key] = standing
            put(
                con,
                "standings",
                "seed_id fact_id changed_at standing supports contradicts superseded cause run_id",
                rows,
                "do nothing",
            )
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
            pending = count(con, f"select count(*) {_PENDING}", {"now": stored_time(now)})
            return health(con, self.path, pending)

    def _must_exist(self) -> None:
        if not self.path.exists():
            raise WarehouseError(f"there is no warehouse at {self.path} yet: `seedwatch run` makes it")


def _day(value: date | None) -> date | None:
    return value.astimezone(UTC).date() if isinstance(value, datetime) else value


def _listed(ids: Sequence[str] | None) -> list[str] | None:
    return None if ids is None else list(ids)


def _comparing(seed_id: str, facts_version: str, engine: str, run_id: str | None) -> dict[str, object]:
    """The parameters of _UNCOMPARED."""
    given = {"seed_id": seed_id, "facts_version": facts_version, "engine": engine, "run_id": run_id}
    return given | {"passing": list(PASSING)}


def _said(standing: Standing) -> tuple[str, int, int, int]:
    return (standing.standing, standing.supports, standing.contradicts, standing.superseded)


def _latest(con: duckdb.DuckDBPyConnection, seed_ids: Sequence[str], retired: bool = False) -> list[Standing]:
    rows = con.execute(
        "select s.seed_id, s.fact_id, s.standing, s.supports, s.contradicts, s.superseded, s.changed_at, s.cause "
        "from base.standings s left join base.facts f using (seed_id, fact_id) "
        "where s.seed_id in (select unnest($seeds::text[])) and (f.retired_at is null or $retired) "
        "qualify row_number() over (partition by s.seed_id, s.fact_id order by s.changed_at desc) = 1",
        {"seeds": list(seed_ids), "retired": retired},
    )
    return records(Standing, rows)


def _finding_row(finding: Finding, facts_version: str, statement: str | None, run_id: str) -> tuple[object, ...]:
    judged = finding.judgement
    probability, passage = judged.probability, judged.passage
    return (
        finding.finding_id,
        finding.seed_id,
        finding.fact_id,
        finding.article_id,
        finding.engine,
        facts_version,
        statement,
        judged.verdict,
        *((probability.supports, probability.contradicts, probability.neutral) if probability else (None,) * 3),
        *((passage.text, passage.start, passage.end) if passage else (None,) * 3),
        *((passage.context, passage.context_start, passage.context_end) if passage else (None,) * 3),
        judged.kind,
        judged.fact_value,
        judged.article_value,
        judged.attribution,
        judged.speaker,
        judged.superseded,
        list(judged.guards),
        judged.explanation,
        finding.found_at,
        run_id,
    )
