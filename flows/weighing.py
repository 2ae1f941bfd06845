"""The end of a run, and of what is done without one: new articles into stories, findings into standings."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from flows.weigh.history import counted, differences, step
from flows.weigh.stories import WITHIN, copies, sketch, stories
from seeds.model import Seed
from seeds.publishers import Publishers
from warehouse.records import Evidence, EvidenceChange, Standing, Telling
from warehouse.store import Warehouse

ARTICLES_A_BATCH = 300

FACTS_A_BATCH = 10
"""So that the evidence of one batch is in memory at a time, a few MB, and not that of a year on all facts."""


def group_stories(warehouse: Warehouse, publishers: Publishers, now: datetime) -> int:
    """Finds the copies among articles that were not looked at yet, and gives how many these were.

    Each batch is stored whole, so a killed run is taken up where it stopped. An article is compared with those stored
    ones that share a band with it, never with all.
    """
    done = 0
    while articles := warehouse.unsketched(ARTICLES_A_BATCH):
        sketches = [sketch(article, publishers) for article in articles]
        found = copies(*warehouse.candidates(sketches, WITHIN))
        old, known = warehouse.linked(sorted({end for copy in found for end in (copy.article_id, copy.other_id)}))
        told = {telling.article_id: telling for telling in old}
        for article, made in zip(articles, sketches, strict=True):
            told[made.article_id] = Telling(
                made.article_id, article.publisher, made.house, made.credit, made.reported_at
            )
        grouped = stories(told.values(), [*known, *found])
        warehouse.save_stories(sketches, found, sorted(told), grouped, now)
        done += len(articles)
    return done


def weigh(
    warehouse: Warehouse, seed: Seed, publishers: Publishers, now: datetime, found: Sequence[Evidence] | None = None
) -> tuple[list[EvidenceChange], list[Standing]]:
    """What changes in what counts for the seed's facts, and in their standings. Stores nothing.

    ``found`` is evidence to weigh in place of what the warehouse has now.
    """
    known = warehouse.standings(seed.seed, retired=True)
    stated = {fact.id for fact in seed.facts}
    facts = [*sorted(stated), *sorted(known.keys() - stated)]
    counts: list[EvidenceChange] = []
    standings: list[Standing] = []
    for start in range(0, len(facts), FACTS_A_BATCH):
        some = facts[start : start + FACTS_A_BATCH]
        evidence = warehouse.evidence(seed.seed, some) if found is None else [e for e in found if e.fact_id in some]
        after = {
            one.finding_id: replace(one, house=publishers.house(one.publisher, one.url), url="")
            for one in evidence
            if one.fact_id in stated
        }
        before = counted(warehouse.weighings(seed.seed, some))
        changes = differences(seed.seed, before, after.values(), now)
        counts += changes
        standings += step(seed.seed, known, after, changes)
    return counts, standings
