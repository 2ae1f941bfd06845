"""What a run did and what is known since, for a person and as one JSON document."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from flows.show import Column, grid, objects, plain, quoted, sources, standing, text
from warehouse.read import Reader
from warehouse.records import FeedLine, RunReport

MANY_FEEDS = 40
"""From so many feeds on only those that brought something, failed, wait or are silent are shown."""

Row = dict[str, object]

_BEST = ("publisher", "published_at", "title", "url", "sentence", "speaker", "probability", "basis", "superseded")
_ARTICLES = ("supporting_articles", "contradicting_articles", "superseding_articles")
_CONFLICT = ("kind", "fact_value", "article_value", "explanation")


@dataclass(frozen=True, slots=True)
class Known:
    """What the readers' copy says after a run: every fact with its best evidence, and the changes this run made."""

    facts: tuple[Row, ...]
    changes: tuple[Row, ...]  # of standings that had been another one before
    articles: int  # ever stored
    read_copy: Path


def known(warehouse: Path, report: RunReport) -> Known:
    """What is known now of the facts of the run's seeds."""
    facts: list[Row] = []
    changes: list[Row] = []
    with Reader(warehouse) as reader:
        for seed in report.seeds:
            best_for = _best(objects(reader.rows("matches", seed=seed)), _BEST)
            best_against = _best(objects(reader.rows("contradictions", seed=seed)), _BEST + _CONFLICT)
            articles = {row["fact_id"]: row for row in objects(reader.rows("facts", seed=seed))}
            for row in objects(reader.rows("fact_standing", seed=seed)):
                said = (
                    "seed_id",
                    "fact_id",
                    "statement",
                    "standing",
                    "supports",
                    "contradicts",
                    "superseded",
                    "changed_at",
                )
                facts.append(
                    {key: row[key] for key in said}
                    | {key: articles[row["fact_id"]][key] for key in _ARTICLES}
                    | {"best_for": best_for.get(row["fact_id"]), "best_against": best_against.get(row["fact_id"])}
                )
            # At the first look every standing is new; later, one without a predecessor was unreported until now.
            looked_before = len(reader.rows("runs", seed=seed, limit=2).rows) > 1
            for row in objects(reader.rows("fact_timeline", seed=seed)):
                before = row["before"] or ("unreported" if looked_before else row["standing"])
                if row["run_id"] == report.run_id and before != row["standing"]:
                    changes.append(row | {"before": before})
        (stored,) = reader.sql("select count(*) from articles").rows[0]
        assert isinstance(stored, int)
    return Known(tuple(facts), tuple(reversed(changes)), stored, reader.path)


def exit_code(report: RunReport, now_known: Known) -> int:
    """3 when every feed failed, 1 when not one article could be read in this run or any before it, else 0."""
    if report.reached_nothing:
        return 3
    return 0 if now_known.articles else 1


def document(report: RunReport, now_known: Known) -> dict[str, object]:
    """The run and the facts as one JSON-ready value."""
    run = plain(report)
    assert isinstance(run, dict)
    run |= {"taken": report.taken, "adds_up": report.adds_up, "failed_feeds": report.failed_feeds}
    return {
        "report": run,
        "facts": plain(now_known.facts),
        "changes": plain(now_known.changes),
        "articles_stored": now_known.articles,
        "read_copy": str(now_known.read_copy),
    }


def counts(report: RunReport) -> str:
    """What became of the entries, in a line that adds up."""
    parts = [f"{report.pages:,} pages", f"{report.summaries:,} summaries" + _reasons(report.summary_reasons)]
    parts.append(f"{sum(report.refused.values()):,} refused" + _reasons(report.refused))
    if report.left:
        parts.append(f"{report.left:,} left for the next run")
    line = f"{report.new:,} new + {report.carried:,} carried = " + " + ".join(parts)
    return line if report.adds_up else f"{line} — these do not add up, which is a bug: please report it"


def politeness(report: RunReport) -> str:
    """How the run treated the servers that it asked, in a line."""
    polite = report.politeness
    total = sum(polite.requests.values())
    line = f"{total:,} requests to {len(polite.requests):,} hosts"
    if polite.requests:
        busiest, most = max(polite.requests.items(), key=lambda item: item[1])
        line += f", at most {most:,} to one ({text(busiest, 80)}); {polite.not_modified / total:.0%} not modified"
    return (
        f"{line}, {polite.too_many_requests:,} told to slow down (429), {polite.robots_refusals:,} refused by "
        f"robots.txt; waited for a turn at most {polite.longest_wait:.1f} s"
    )


def mails(report: RunReport) -> str:
    """What became of what there was to tell, in a line; empty where there is nothing to say."""
    told = report.told
    parts = [
        (told.sent, "sent"),
        (told.written, "written as .eml files to the outbox folder, since no mail server is set (SEEDWATCH_SMTP_HOST)"),
        (told.due, "to be tried again"),
        (told.ended, "refused or expired (`seedwatch alerts send --again` tries them once more)"),
    ]
    said = [f"{count:,} {what}" for count, what in parts if count]
    why = "quiet hours, or enough mails this hour"
    if told.nobody:
        why = "nobody is told yet. Set SEEDWATCH_MAIL_TO=you@example.org, or alerts.to in the seed; "
        why += "`seedwatch alerts` lists them, `seedwatch alerts preview` shows the mail"
    waits = [f"{told.waiting:,} alerts wait for a mail: {why}"] if told.waiting else []
    if not said and not waits:
        return ""
    trouble = f" ({text(told.troubles[0], 300)})" if told.troubles else ""
    return "; ".join([*([f"mails: {', '.join(said)}{trouble}"] if said else []), *waits])


def show_run(report: RunReport, now_known: Known, on: Console) -> None:
    """Prints the run: feeds, counts, facts with their best evidence, changes, the path of the readers' copy."""
    on.print(_feeds(report))
    seconds = (report.ended_at - report.started_at).total_seconds()
    on.print(Text(_polled(report)))
    on.print(Text(counts(report)))
    on.print(
        Text(
            f"{report.relevant:,} of {report.compared:,} comparisons are about the event: {report.supports:,} new "
            f"matches, {report.contradicts:,} new contradictions, {sum(report.unchecked.values()):,} unchecked"
            f"{_reasons(report.unchecked)}; {seconds:.1f} s"
        )
    )
    on.print(Text(politeness(report)))
    if line := mails(report):
        on.print(Text(line), soft_wrap=True)
    show_facts(now_known.facts, on)
    show_changes(now_known.changes, on)
    on.print(
        Text(f"\nTo read on: {now_known.read_copy} (seedwatch facts, matches, contradictions, sql)"), soft_wrap=True
    )


def show_facts(facts: Sequence[Row], on: Console) -> None:
    """Prints each reported fact with its standing and the best sentence for and against it; the others by name."""
    for fact in facts:
        if fact["standing"] == "unreported":
            continue
        head = Text.assemble("\n", (text(fact["fact_id"]), "bold"), "  ", standing(fact["standing"]), "  ")
        on.print(head.append(_told(fact)))
        body = Grid.grid(padding=(0, 2, 0, 0))
        body.add_column(width=9)
        body.add_column(overflow="fold")
        body.add_row(Text("fact"), Text(text(fact["statement"])))
        for label, key in (("for", "best_for"), ("against", "best_against")):
            best = fact[key]
            if isinstance(best, Mapping):
                body.add_row(Text(label), Text(f"{quoted(best)}\n{_credit(best)}"))
                if key == "best_against":
                    body.add_row(Text("conflict"), Text(_conflict(best)))
        on.print(Padding(body, (0, 0, 0, 2)))
    silent = [text(fact["fact_id"]) for fact in facts if fact["standing"] == "unreported"]
    if silent:
        on.print(Text(f"\nUnreported so far ({len(silent)} of {len(facts)}): {', '.join(silent)}"))


def _told(fact: Row) -> str:
    """How many say what of the fact: "for 7 articles, 3 independent; against 0"."""
    later = sources(fact["superseding_articles"], fact["superseded"])
    said = [
        f"for {sources(fact['supporting_articles'], fact['supports'])}",
        f"against {sources(fact['contradicting_articles'], fact['contradicts'])}",
        f"of a later state {later}" if fact["superseding_articles"] else "",
    ]
    return "; ".join(filter(None, said))


def show_changes(changes: Sequence[Row], on: Console) -> None:
    """Prints the standings that became another one in this run, with what tipped them."""
    for change in changes:
        line = Text.assemble("changed: ", (text(change["fact_id"]), "bold"), f": {text(change['before'])} → ")
        line.append(standing(change["standing"]))
        if change["cause_sentence"]:
            line.append(f"  “{text(change['cause_sentence'])}” — {text(change['cause_publisher'], 80)}")
        on.print(line)


def _best(rows: Sequence[Row], keys: Sequence[str]) -> dict[object, Row]:
    """The first (surest) row of each fact, one that speaks of the same time before one that reports a later state."""
    best: dict[object, Row] = {}
    for row in sorted(rows, key=lambda row: bool(row["superseded"])):
        best.setdefault(row["fact_id"], {key: row[key] for key in keys})
    return best


def _credit(best: Mapping[str, object]) -> str:
    basis = "from the feed's summary only" if best["basis"] == "summary" else ""
    parts = [text(best["publisher"], 80), text(best["published_at"]), basis, text(best["url"], 300)]
    return "  ".join(filter(None, parts))


def _conflict(best: Mapping[str, object]) -> str:
    kind, fact, article = (text(best[key], 160) for key in ("kind", "fact_value", "article_value"))
    if fact or article:
        return f"{kind}: the fact says {fact or 'nothing'}, the report {article or 'nothing'}"
    return f"{kind}: {text(best['explanation'], 200)}" if best["explanation"] else kind


def _polled(report: RunReport) -> str:
    """What became of the feeds, in a line."""
    said = f"{report.polled_feeds} feeds list {report.listed:,} entries; {report.failed_feeds} failed"
    said += " (own outage: not charged to them)" if report.own_outage else ""
    left = Counter(line.outcome for line in report.feeds if line.outcome in ("held", "paused", "double"))
    not_polled = [f"{count} {name}" for name, count in (*left.items(), ("not due", report.not_due)) if count]
    return said + (f"; not polled: {', '.join(not_polled)}" if not_polled else "")


def _came(line: FeedLine) -> str:
    if line.held_until is not None:
        return f"not polled: its host asked to wait until {line.held_until:%Y-%m-%d %H:%M} (Retry-After)"
    if line.silent_since is not None and line.failure is None:
        return f"{line.outcome}, silent since {line.silent_since:%Y-%m-%d}"
    return line.failure or line.outcome


def _feeds(report: RunReport) -> Grid:
    lines = report.feeds
    if len(lines) > MANY_FEEDS:
        lines = tuple(line for line in lines if line.outcome in ("failed", "held") or line.new or line.silent_since)
    rows: list[Row] = [
        {"feed": line.title or line.url, "came": _came(line), "listed": line.listed, "new": line.new} for line in lines
    ]
    styles = {line.failure for line in lines if line.outcome == "failed"}
    return grid(
        [
            Column("feed", lambda row: text(row["feed"], 60)),
            Column("came", lambda row: Text(text(row["came"]), style="red" if row["came"] in styles else "")),
            Column("listed", lambda row: text(row["listed"]), right=True),
            Column("new", lambda row: text(row["new"]), right=True),
        ],
        rows,
    )


def _reasons(reasons: Mapping[str, int]) -> str:
    ordered = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    return f" ({', '.join(f'{text(reason, 60)} {count:,}' for reason, count in ordered)})" if ordered else ""
