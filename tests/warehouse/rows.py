"""Small coverage made for the tests: feeds of a few entries, articles that say something of two facts."""

from datetime import UTC, date, datetime, timedelta

from warehouse.records import (
    Article,
    Comparison,
    Entry,
    FactRow,
    FeedPoll,
    FeedState,
    Finding,
    Judgement,
    Passage,
    Probability,
    Reading,
    RunReport,
    Standing,
    content_id,
)
from warehouse.store import Warehouse

NOON = datetime(2025, 5, 16, 12, tzinfo=UTC)
SEED = "talks"
VERSION = "v1"
ENGINE = "e1"
FACTS = (
    FactRow("head", "Umerov heads the delegation.", None, 0),
    FactRow("hours", "The talks took two hours.", date(2025, 5, 16), 1),
)
LEAD = "Zażółć 😀 ça. "
SENTENCES = {"head": "Umerov heads the delegation, Kyiv said.", "hours": "The talks lasted under “two” hours."}
TEXT = LEAD + " ".join(SENTENCES.values())


def state(name: str, **changed: object) -> FeedState:
    url = f"https://{name}.example/rss"
    kept = {"title": name.title(), "etag": 'W/"1"', "polled_at": NOON, "succeeded_at": NOON}
    return FeedState(content_id(url), url, **(kept | changed))  # type: ignore[arg-type]


def entry(feed: str, number: int, **changed: object) -> Entry:
    url = f"https://news.example/{number}"
    kept = {
        "guid": None,
        "title": f"Story {number}",
        "summary": "",
        "author": None,
        "published_at": NOON - timedelta(hours=number),
        "seen_at": NOON,
    }
    return Entry(content_id(url), state(feed).feed_id, url, **(kept | changed))  # type: ignore[arg-type]


def poll(feed: str, *numbers: int, outcome: str = "new", **changed: object) -> FeedPoll:
    return FeedPoll(outcome, state(feed, **changed), tuple(entry(feed, n) for n in numbers), status=200)  # type: ignore[arg-type]


def article(number: int, text: str = TEXT, basis: str = "page") -> Article:
    of = entry("any", number)
    text_hash = content_id(text)
    return Article(
        article_id=content_id(of.url, text_hash),
        entry_id=of.entry_id,
        url=of.url,
        title=of.title,
        text=text,
        basis=basis,  # type: ignore[arg-type]
        publisher=f"Paper {number}",
        author=None,
        language="en",
        published_at=of.published_at,
        published_at_source="feed",
        fetched_at=NOON,
        text_hash=text_hash,
    )


def page(number: int, at: datetime = NOON, text: str = TEXT) -> Reading:
    return Reading(entry("any", number).entry_id, "page", at, article(number, text))


def summary(number: int, at: datetime = NOON, temporary: bool = False) -> Reading:
    of = article(number, "A short summary.", "summary")
    return Reading(of.entry_id, "summary", at, of, reason="unreachable", temporary=temporary)


def refusal(number: int, at: datetime = NOON, temporary: bool = False, reason: str = "consent") -> Reading:
    return Reading(entry("any", number).entry_id, "refused", at, reason=reason, temporary=temporary)


def finding(of: Article, fact_id: str, verdict: str = "supports", engine: str = ENGINE, at: datetime = NOON) -> Finding:
    start = of.text.index(SENTENCES[fact_id])
    end = start + len(SENTENCES[fact_id])
    sure = {"supports": (0.9, 0.04, 0.06), "contradicts": (0.04, 0.9, 0.06)}[verdict]
    judgement = Judgement(
        verdict=verdict,  # type: ignore[arg-type]
        probability=Probability(*sure),
        passage=Passage(of.text[start:end], start, end, of.text, 0, len(of.text)),
        kind="duration" if verdict == "contradicts" else None,
        attribution="quoted",
        speaker="Kyiv",
        guards=("modality", "time"),
    )
    finding_id = content_id(SEED, fact_id, of.article_id, f"{start}-{end}", engine)
    return Finding(finding_id, SEED, fact_id, of.article_id, engine, judgement, at)


def comparison(of: Article, *findings: Finding, engine: str = ENGINE, version: str = VERSION) -> Comparison:
    return Comparison(
        seed_id=SEED,
        facts_version=version,
        article_id=of.article_id,
        engine=engine,
        relevant=True,
        relevance=0.8,
        compared_at=NOON,
        findings=findings,
        unchecked=() if len(findings) == 2 else (("hours", "model:missing"),),
    )


def standing(name: str, at: datetime, supports: int = 1, fact_id: str = "head") -> Standing:
    return Standing(SEED, fact_id, name, supports, 0, 0, at, None)  # type: ignore[arg-type]


def report(run_id: str, new: int, pages: int, refused: dict[str, int] | None = None, carried: int = 0) -> RunReport:
    return RunReport(
        run_id=run_id,
        seeds=(SEED,),
        started_at=NOON,
        ended_at=NOON + timedelta(minutes=3),
        feeds=(),
        listed=new,
        new=new,
        carried=carried,
        left=0,
        pages=pages,
        summaries=0,
        refused=refused or {},
    )


def begun(warehouse: Warehouse, run_id: str = "r1") -> Warehouse:
    """The warehouse with a seed and a run under way."""
    warehouse.begin_run(run_id, [SEED], NOON, "test")
    warehouse.save_seed(SEED, "The talks", VERSION, date(2025, 5, 15), FACTS, at=NOON)
    return warehouse


def covered(warehouse: Warehouse) -> Warehouse:
    """A finished run: four entries of two feeds, two pages compared, one summary, one refusal."""
    begun(warehouse)
    warehouse.save_polls("r1", [poll("one", 1, 2, 3), poll("two", 3, 4)], NOON)
    warehouse.save_readings("r1", [page(1), page(2), page(3), refusal(4)])
    first, second = article(1), article(2)
    warehouse.save_comparisons(
        "r1",
        [
            comparison(first, finding(first, "head"), finding(first, "hours", "contradicts")),
            comparison(second, finding(second, "head")),
        ],
    )
    warehouse.save_standings("r1", [standing("corroborated", NOON, supports=2)])
    warehouse.finish_run(report("r1", new=4, pages=3, refused={"consent": 1}), "completed")
    return warehouse
