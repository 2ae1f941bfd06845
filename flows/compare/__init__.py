"""Passages to findings. :class:`Comparer` is the one door: what an article, or any text, says about a fact.

The order is gate, shortlist, model, values and guards, verdict; each is a module of this room and none does I/O but
loading the weights.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flows.compare.guards import Guarding, inspect
from flows.compare.matter import Matter, matter
from flows.compare.model import Embedding, EngineError, Model, bundled
from flows.compare.relevance import Gate
from flows.compare.shortlist import Shortlist
from flows.compare.values import compare_values
from flows.compare.valuetypes import ValueComparison
from flows.compare.verdict import RULES, decide, reportable
from seeds.model import Fact, Seed
from warehouse.records import Article, Comparison, Finding, Judgement, Passage, content_id

__all__ = ["Comparer", "EngineError", "facts_version"]

SENTENCES = 3
"""A text of so few sentences is judged as one passage; a longer one by the passages that are about the fact."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A passage with all that was found out about it and a fact."""

    judgement: Judgement
    values: ValueComparison
    guarding: Guarding
    matter: Matter

    def reportable(self) -> Judgement:
        return reportable(self.judgement, self.values, self.guarding, self.matter)


class Comparer:
    """Judges texts against facts. Deterministic: the same text and fact give the same judgement, bit for bit."""

    def __init__(self, model: Model, embedding: Embedding) -> None:
        self.model = model
        self._embedding = embedding
        self.engine = f"minilm-{model.engine}.{RULES}"
        self._gates: dict[str, Gate] = {}

    @classmethod
    def load(cls) -> "Comparer":
        """With the weights on board; EngineError if they are missing or broken."""
        return cls(*bundled())

    def judge(
        self,
        fact: str,
        passages: Sequence[Passage],
        *,
        published_at: datetime | None = None,
        as_of: datetime | None = None,
        aliases: Mapping[str, str] = {},
    ) -> Judgement:
        """What these passages (all of one text, in order) say about the fact, without asking what the text is about.

        The verdict is the most probable one: no operating point holds it back, as in :meth:`compare`.
        """
        if len(passages) <= SENTENCES:
            chosen = [_joined(passages)] if passages else []
        else:
            chosen = Shortlist(passages, self._embedding, aliases)(fact)
        return _best([c.judgement for c in self._candidates(fact, chosen, published_at, as_of, aliases)])

    def compare(self, seed: Seed, article: Article, passages: Sequence[Passage], now: datetime) -> Comparison:
        """The article against every fact of the seed; only its relevance if it is about something else."""
        version = facts_version(seed)
        if version not in self._gates:
            self._gates[version] = Gate(seed, self._embedding)
        relevance = self._gates[version](article.title, article.text, article.published_at)
        findings: list[Finding] = []
        if relevance.relevant:
            shortlist = Shortlist(passages, self._embedding, seed.aliases)
            for fact in seed.facts:
                candidates = self._candidates(
                    fact.statement,
                    shortlist(fact.statement, fact.aliases),
                    article.published_at,
                    seed.as_of_fact(fact),
                    seed.aliases,
                )
                judgement = _best([candidate.reportable() for candidate in candidates])
                if judgement.verdict in ("supports", "contradicts"):
                    findings.append(self._finding(seed, fact, article, judgement, now))
        return Comparison(
            seed_id=seed.seed,
            facts_version=version,
            article_id=article.article_id,
            engine=self.engine,
            relevant=relevance.relevant,
            relevance=relevance.score,
            compared_at=now,
            findings=tuple(findings),
            neutral=len(seed.facts) - len(findings) if relevance.relevant else 0,
        )

    def _candidates(
        self,
        fact: str,
        passages: Sequence[Passage],
        published_at: datetime | None,
        as_of: datetime | None,
        aliases: Mapping[str, str],
    ) -> Iterator[_Candidate]:
        names = frozenset(aliases.items())
        for passage in passages:
            said = self.model(passage.text, fact, published_at)
            values = compare_values(fact, passage.text, published_at=published_at, as_of=as_of, aliases=aliases)
            guarding = inspect(
                fact, passage.text, passage.context, published_at=published_at, as_of=as_of, aliases=aliases
            )
            about = matter(fact, passage, names, values)
            judgement = decide(passage, said, values, guarding, about, self.model.combiner)
            yield _Candidate(judgement, values, guarding, about)

    def _finding(self, seed: Seed, fact: Fact, article: Article, judgement: Judgement, now: datetime) -> Finding:
        passage = judgement.passage
        assert passage is not None
        span = f"{passage.start}:{passage.end}"
        return Finding(
            finding_id=content_id(seed.seed, fact.id, fact.statement, article.article_id, span, self.engine),
            seed_id=seed.seed,
            fact_id=fact.id,
            article_id=article.article_id,
            engine=self.engine,
            judgement=judgement,
            found_at=now,
        )


def _joined(passages: Sequence[Passage]) -> Passage:
    """Up to three passages as one: the context of the middle one holds them all, as the text has them."""
    middle = passages[1] if len(passages) == 3 else passages[0]
    return replace(middle, text=middle.context, start=middle.context_start, end=middle.context_end)


def _best(judgements: Sequence[Judgement]) -> Judgement:
    """One judgement for the text: its surest contradiction, unless another passage supports the fact more surely."""
    if not judgements:
        return Judgement(verdict="neutral")
    decided = [j for j in judgements if j.verdict in ("supports", "contradicts")]
    if decided:
        return max(decided, key=_sureness)
    # Where nothing decides, the passage that a guard kept from deciding tells more than one that is about nothing.
    return min(judgements, key=lambda j: (not j.guards, _sureness(j)))


def _sureness(judgement: Judgement) -> float:
    if judgement.probability is None or judgement.verdict is None:
        return 0.0
    return float(getattr(judgement.probability, judgement.verdict))


def facts_version(seed: Seed) -> str:
    """Changes with anything of the seed that a comparison depends on."""
    return content_id(
        seed.event.model_dump_json(),
        repr(seed.names),
        seed.as_of.isoformat(),
        *(fact.model_dump_json() for fact in seed.facts),
    )
