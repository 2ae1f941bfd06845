"""A seed's file checked with the engine's help: beside what words show, which of its facts contradict each other."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from flows.compare import Comparer
from flows.compare.words import concepts, words
from flows.read.passages import split
from seeds.check import Remark, Written, check, written
from seeds.errors import InputError
from seeds.model import Seed, load

SHARED = 0.5
"""Share of the shorter fact's words that two facts have in common from which the engine is asked about them."""


def check_file(path: Path, comparer: Comparer) -> tuple[Remark, ...]:
    """The remarks on a seed's file, by line. Of a file with faults the engine sees the statements alone: no dates."""
    try:
        seed: Seed | None = load(path)
    except InputError:
        seed = None
    facts = written(path)
    dates = [seed.as_of_fact(fact) for fact in seed.facts] if seed else [None] * len(facts)
    aliases = seed.aliases if seed else {}
    found = (*check(path), *_contradictions(path, facts, dates, aliases, comparer))
    return tuple(sorted(found, key=lambda remark: remark.line))


def _contradictions(
    path: Path,
    facts: Sequence[Written],
    dates: Sequence[datetime | None],
    aliases: Mapping[str, str],
    comparer: Comparer,
) -> Iterator[Remark]:
    names = frozenset(aliases.items())
    shared = [concepts(words(fact.statement, names)) for fact in facts]

    def against(n: int, other: int) -> bool:
        judged = comparer.judge(
            facts[n].statement,
            split(facts[other].statement),
            published_at=dates[other],
            as_of=dates[n],
            aliases=aliases,
        )
        return judged.verdict == "contradicts" and judged.held_back is None and not judged.superseded

    for later, earlier in itertools.combinations(range(len(facts) - 1, -1, -1), 2):
        common = shared[later] & shared[earlier]
        if len(common) < SHARED * max(1, min(len(shared[later]), len(shared[earlier]))):
            continue
        # Both ways, since a report that says more than a fact is easily taken to say something else.
        if against(earlier, later) and against(later, earlier):
            one, other = facts[earlier], facts[later]
            message = f"contradicts {one.id} (line {one.line}): “{one.statement}”"
            hint = "a report that confirms one will contradict the other: keep the right one, or give each its as_of"
            yield Remark(str(path), other.line, "warning", "contradicting", other.id, message, hint)
