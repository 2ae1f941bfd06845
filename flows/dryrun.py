"""A seed tried out: one pass over its feeds now, in a warehouse that is thrown away, and what it would have found."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.text import Text

from flows.compare import Candidate, Comparer, best
from flows.pipeline import run_pass
from flows.plan import plan
from flows.read.passages import split
from flows.running import Progress
from flows.settings import Settings
from flows.show import objects, standing, text
from flows.summary import counts, exit_code, known, politeness
from seeds.engine import BUNDLED, Endpoint, Engine
from seeds.model import Fact, Seed
from warehouse.read import Reader
from warehouse.records import Article, RunReport

CLOSEST_FROM = 30
"""Articles, the most relevant first, that are looked through for the passages closest to facts without a verdict."""

REFUSALS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class AboutIt:
    """An article that is about the event. ``relevance`` is its likeness to the summary, from -1 to 1."""

    title: str
    publisher: str
    published_at: object
    url: str
    relevance: float
    basis: str


@dataclass(frozen=True, slots=True)
class Said:
    """What an article says of a fact; ``verdict`` is neutral for the passage that comes closest where none decides.

    ``held_back`` says why a passage is not reported that the engine takes to speak for or against the fact.
    """

    fact_id: str
    verdict: str
    probability: float
    sentence: str
    publisher: str
    url: str
    conflict: str | None = None
    held_back: str | None = None


@dataclass(frozen=True, slots=True)
class FactTried:
    """A fact with what was found on it, the surest first."""

    fact_id: str
    statement: str
    standing: str
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a pass found that left nothing behind. ``unread`` are articles in other languages that name the event."""

    seed_id: str
    report: RunReport
    articles: tuple[AboutIt, ...]
    facts: tuple[FactTried, ...]
    refusals: tuple[tuple[str, str, str], ...]  # reason, headline, address
    unread: tuple[tuple[str, str, str], ...]
    exit_code: int


def dry_run(
    settings: Settings,
    file: Path,
    feed_args: Sequence[str],
    limit: int | None,
    engine: Engine | None,
    progress: Progress,
) -> DryRun:
    """One pass for this seed under the same politeness as any run. Errors are those of a run."""
    with tempfile.TemporaryDirectory(prefix="seedwatch-try-") as folder:
        planned = plan(settings, [file], feed_args, Path(folder) / "try.duckdb", limit, engine=engine)
        planned = replace(planned, mailing=None, revisit=())
        report = run_pass(planned, progress=progress, trigger="try")
        now_known = known(planned.warehouse, report)
        reader = Reader(planned.warehouse)
        (seed,) = planned.seeds
        articles = _about(reader)
        standings = {str(row["fact_id"]): str(row["standing"]) for row in now_known.facts}
        closest = _closest(reader, seed, progress)
        facts = tuple(
            FactTried(fact.id, fact.statement, standings[fact.id], tuple(_said(reader, seed, fact)) or closest[fact.id])
            for fact in seed.facts
        )
        refused = reader.sql("select reason, title, url from refusals order by reason, title").rows
        unread = reader.sql("select reason, title, url from unchecked where fact_id is null").rows
        code = exit_code(report, now_known)
        return DryRun(seed.seed, report, articles, facts, _strings(refused), _strings(unread), code)


def _strings(rows: Sequence[tuple[object, ...]]) -> tuple[tuple[str, str, str], ...]:
    return tuple((str(reason), str(title), str(url)) for reason, title, url in rows)


def _about(reader: Reader) -> tuple[AboutIt, ...]:
    rows = objects(
        reader.sql(
            "select a.title, a.publisher, a.published_at, a.url, c.relevance, a.outcome as basis from articles a "
            "join base.comparisons c using (article_id) where c.relevant order by c.relevance desc, a.article_id"
        )
    )
    return tuple(
        AboutIt(
            str(row["title"]),
            str(row["publisher"]),
            row["published_at"],
            str(row["url"]),
            round(float(str(row["relevance"])), 3),
            str(row["basis"]),
        )
        for row in rows
    )


def _said(reader: Reader, seed: Seed, fact: Fact) -> Iterator[Said]:
    """The reported findings on a fact: those against it first, the surest of each first."""
    for view, verdict in (("contradictions", "contradicts"), ("matches", "supports")):
        for row in objects(reader.rows(view, seed=seed.seed, fact=fact.id)):
            conflict = f"{row['kind']}: {row['explanation']}" if verdict == "contradicts" else None
            yield Said(
                fact.id, verdict, round(float(str(row["probability"])), 3), str(row["sentence"]), str(row["publisher"]),
                str(row["url"]), conflict,
            )  # fmt: skip


def _closest(reader: Reader, seed: Seed, progress: Progress) -> dict[str, tuple[Said, ...]]:
    """For each fact the passage that has most of its words, with what the engine makes of it, or nothing.

    A language model is not asked: it only ever confirms contradictions.
    """
    engine = seed.engine or BUNDLED
    comparer = Comparer.load(BUNDLED if isinstance(engine, Endpoint) else engine)
    rows = objects(
        reader.sql(
            "select b.* from base.articles b join base.comparisons c using (article_id) where c.relevant "
            "order by c.relevance desc, b.article_id"
        )
    )
    rows = rows[:CLOSEST_FROM]
    progress.stage("Looking for the closest passages", len(rows))
    found: dict[str, tuple[float, Candidate, Article]] = {}
    for row in rows:
        article = _article(row)
        for fact, candidates in comparer.weigh(seed, article, split(article.text, article.language)):
            for candidate in candidates:
                share = candidate.matter.overlap
                if share > 0 and (fact.id not in found or share > found[fact.id][0]):
                    found[fact.id] = (share, candidate, article)
        progress.advance()
    return {fact.id: (_near(fact.id, *found[fact.id][1:]),) if fact.id in found else () for fact in seed.facts}


def _article(row: dict[str, object]) -> Article:
    return Article(**{name: row[name] for name in Article.__dataclass_fields__})  # type: ignore[arg-type]


def _near(fact_id: str, candidate: Candidate, article: Article) -> Said:
    judged = best([candidate.judgement])
    assert judged.probability is not None
    assert judged.verdict is not None
    assert judged.passage is not None
    return Said(
        fact_id,
        "neutral",
        round(float(getattr(judged.probability, judged.verdict)), 3),
        judged.passage.text,
        article.publisher,
        article.url,
        held_back=f"{judged.verdict}, but {judged.held_back}" if judged.held_back else None,
    )


def show(found: DryRun, on: Console) -> None:
    """Prints a trial for a person."""
    report = found.report
    for feed in report.feeds:
        if feed.outcome == "failed":
            on.print(Text(f"{text(feed.title or feed.url, 80)}: {text(feed.failure)}", style="red"))
    on.print(Text(counts(report)), soft_wrap=True)
    on.print(Text(politeness(report)), soft_wrap=True)
    on.print(Text(f"\n{len(found.articles)} of {report.compared} articles are about the event"))
    for article in found.articles:
        line = f"  {article.relevance:.2f}  {text(article.title, 110)}  {text(article.publisher, 40)}"
        on.print(Text(f"{line}  {text(article.url, 200)}"), soft_wrap=True)
    if found.unread:
        on.print(Text(f"\n{len(found.unread)} more name it in a language that is not read, and stay unchecked"))
        for reason, title, url in found.unread:
            on.print(Text(f"  {text(reason)}  {text(title, 110)}  {text(url, 200)}"), soft_wrap=True)
    for fact in found.facts:
        on.print(
            Text.assemble("\n", (fact.fact_id, "bold"), "  ", standing(fact.standing), f"  {text(fact.statement)}")
        )
        for said in fact.said[:3]:
            label = {"contradicts": "against", "supports": "for", "neutral": "closest"}[said.verdict]
            why = f"  ({text(said.held_back or said.conflict)})" if said.held_back or said.conflict else ""
            told = f"“{text(said.sentence, 400)}” — {text(said.publisher, 60)}"
            on.print(Text(f"  {label:8} {said.probability:.2f}  {told}{why}"), soft_wrap=True)
        if len(fact.said) > 3:
            on.print(Text(f"           and {len(fact.said) - 3} more"))
        if not fact.said:
            on.print(Text("  nothing in these articles comes near it", style="dim"))
    if found.refusals:
        on.print(Text(f"\n{len(found.refusals)} entries could not be read"))
        for reason, title, url in found.refusals[:REFUSALS_SHOWN]:
            on.print(Text(f"  {text(reason)}  {text(title, 100)}  {text(url, 200)}"), soft_wrap=True)
        if len(found.refusals) > REFUSALS_SHOWN:
            on.print(Text(f"  and {len(found.refusals) - REFUSALS_SHOWN} more; --json has all"))
    on.print(Text("\nNothing was stored. To watch it: seedwatch run " + text(found.seed_id)))
