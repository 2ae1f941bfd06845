"""Passages to findings. :class:`Comparer` is the one door: what an article, or any text, says about a fact.

The order is gate, shortlist, model, values and guards, verdict; each is a module of this room and none does I/O but
loading the weights.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from flows.compare.guards import inspect
from flows.compare.model import Embedding, EngineError, Model, bundled
from flows.compare.relevance import Gate
from flows.compare.shortlist import Shortlist
from flows.compare.values import compare_values
from flows.compare.verdict import RULES, Weighed, decide
from flows.compare.words import concepts, words
from seeds.model import Fact, Seed
from warehouse.records import Article, Comparison, Finding, Judgement, Passage, content_id

__all__ = ["Comparer", "EngineError", "facts_version"]

SHORT = 320
"""Characters up to which a text is judged as a whole as well as by its sentences: a passage rather than an article."""


class Comparer:
    """Judges texts against facts. Deterministic: the same text and fact give the same judgement, bit for bit."""

    def __init__(self, model: Model, embedding: Embedding) -> None:
        self._model = model
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
        """What these passages (of one text, in order) say about the fact, without asking what they are about."""
        return self._judge(fact, Shortlist(passages, self._embedding, aliases)(fact), published_at, as_of, aliases)

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
                judgement = self._judge(
                    fact.statement,
                    shortlist(fact.statement, fact.aliases),
                    article.published_at,
                    seed.as_of_fact(fact),
                    seed.aliases,
                )
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

    def _judge(
        self,
        fact: str,
        passages: Sequence[Passage],
        published_at: datetime | None,
        as_of: datetime | None,
        aliases: Mapping[str, str],
    ) -> Judgement:
        if not passages:
            return Judgement(verdict="neutral")
        return _best(list(self._weigh(fact, passages, published_at, as_of, aliases)))

    def _weigh(
        self,
        fact: str,
        passages: Sequence[Passage],
        published_at: datetime | None,
        as_of: datetime | None,
        aliases: Mapping[str, str],
    ) -> Iterator[Weighed]:
        names = frozenset(aliases.items())
        wanted = concepts(words(fact, names))
        for passage in passages:
            there = concepts(words(passage.text, names))
            yield decide(
                fact,
                passage,
                self._model(passage.text, fact, published_at),
                compare_values(fact, passage.text, published_at=published_at, as_of=as_of, aliases=aliases),
                inspect(
                    fact, passage.text, passage.context, published_at=published_at, as_of=as_of, aliases=aliases
                ),
                overlap=len(wanted & there) / len(wanted) if wanted else 0.0,
                published_at=published_at,
            )

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


def _best(weighed: list[Weighed]) -> Judgement:
    """One judgement for the text: its surest contradiction, unless another passage supports the fact more surely."""
    contradiction = max((w for w in weighed if w.judgement.verdict == "contradicts"), key=_strength, default=None)
    support = max((w for w in weighed if w.judgement.verdict == "supports"), key=_strength, default=None)
    if contradiction and (support is None or contradiction.strength > support.strength):
        return contradiction.judgement
    if support:
        return support.judgement
    # Where nothing decides, the passage that a guard kept from deciding tells more than one that is about nothing.
    return max(weighed, key=lambda w: (bool(w.judgement.guards), -_neutral(w))).judgement


def _strength(weighed: Weighed) -> float:
    return weighed.strength


def _neutral(weighed: Weighed) -> float:
    probability = weighed.judgement.probability
    return probability.neutral if probability else 1.0


def facts_version(seed: Seed) -> str:
    """Changes with anything of the seed that a comparison depends on."""
    return content_id(
        seed.event.model_dump_json(),
        repr(seed.names),
        seed.as_of.isoformat(),
        *(fact.model_dump_json() for fact in seed.facts),
    )
