"""What a recheck would change, before anything is stored: findings gained, lost and flipped, standings changed."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime

from flows.pipeline import compared_again
from flows.plan import Plan
from flows.running import Progress
from flows.weighing import weigh
from seeds.model import Seed
from warehouse.records import Article, Evidence, Finding
from warehouse.store import Warehouse


@dataclass(frozen=True, slots=True)
class FindingChange:
    """A finding that a recheck would make, drop or turn round. ``before`` and ``after`` are verdicts, None: none."""

    seed_id: str
    fact_id: str
    before: str | None
    after: str | None
    publisher: str
    sentence: str

    @property
    def name(self) -> str:
        if self.before is None:
            return "gained"
        return "lost" if self.after is None else "flipped"


@dataclass(frozen=True, slots=True)
class StandingChange:
    """A fact whose standing would be another one."""

    seed_id: str
    fact_id: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a recheck of a seed would change, and of how many stored articles."""

    seed_id: str
    articles: int
    findings: tuple[FindingChange, ...]
    standings: tuple[StandingChange, ...]


def preview(plan: Plan, progress: Progress) -> list[Preview]:
    """Compares again what a recheck would, seed by seed, and stores nothing."""
    return [asyncio.run(_preview(plan, seed, progress)) for seed in plan.seeds]


async def _preview(plan: Plan, seed: Seed, progress: Progress) -> Preview:
    warehouse = Warehouse(plan.warehouse, plan.patience)
    before = warehouse.evidence(seed.seed)
    old = {(e.article_id, e.fact_id): e for e in before}
    stories = {e.article_id: e.story_id for e in before}
    compared: set[str] = set()
    changes: list[FindingChange] = []
    made: list[Evidence] = []
    async for article, comparison in compared_again(plan, seed, progress):
        compared.add(article.article_id)
        new = {finding.fact_id: finding for finding in comparison.findings}
        story_id = stories.get(article.article_id)
        made += [_evidence(finding, article, story_id) for finding in comparison.findings]
        facts = dict.fromkeys([*new, *(fact_id for article_id, fact_id in old if article_id == article.article_id)])
        for fact_id in facts:
            was, will = old.get((article.article_id, fact_id)), new.get(fact_id)
            verdicts = (was.verdict if was else None, will.judgement.verdict if will else None)
            if verdicts[0] != verdicts[1]:
                passage = will.judgement.passage if will else None
                sentence = passage.text if passage else was.context if was else ""
                changes.append(FindingChange(seed.seed, fact_id, *verdicts, article.publisher, sentence))
    kept = [e for e in before if e.article_id not in compared]
    _, standings = weigh(warehouse, seed, plan.publishers, datetime.now(UTC), [*kept, *made])
    known = warehouse.standings(seed.seed)
    moved = []
    for after in standings:
        name = known[after.fact_id].standing if after.fact_id in known else "unreported"
        if name != after.standing:
            moved.append(StandingChange(seed.seed, after.fact_id, name, after.standing))
    return Preview(seed.seed, len(compared), tuple(changes), tuple(moved))


def _evidence(finding: Finding, article: Article, story_id: str | None) -> Evidence:
    judged = finding.judgement
    assert judged.verdict is not None
    assert judged.probability is not None
    return Evidence(
        finding_id=finding.finding_id,
        fact_id=finding.fact_id,
        article_id=article.article_id,
        verdict=judged.verdict,
        probability=getattr(judged.probability, judged.verdict),
        publisher=article.publisher,
        context=judged.passage.context if judged.passage else "",
        superseded=judged.superseded,
        reported_at=article.published_at or article.fetched_at,
        story_id=story_id,
        attribution=judged.attribution,
        url=article.url,
    )
