"""Passages to findings. :class:`Comparer` is the one door: what an article, or any text, says about a fact.

The order is gate, shortlist, model, values and guards, verdict; each is a module of this room and none does I/O but
loading the weights.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from flows.compare.guards import Guarding, inspect
from flows.compare.hub import load as load_from_hub
from flows.compare.later import timed
from flows.compare.llm import judge_name
from flows.compare.matter import Matter, matter
from flows.compare.model import CrossEncoder, Embedding, EngineError, bundled
from flows.compare.relevance import Gate
from flows.compare.setting import Setting, setting
from flows.compare.shortlist import Shortlist
from flows.compare.topic import NO_TOPIC, Topic, topic
from flows.compare.values import compare_values
from flows.compare.valuetypes import ValueComparison
from flows.compare.verdict import RULES, barred, best, conjunction, decide, hopeless, reportable, withheld
from flows.compare.words import statements
from seeds.engine import BUNDLED, Bundled, Endpoint, Engine
from seeds.model import Fact, Seed
from warehouse.records import Article, Comparison, Finding, Judgement, Passage, Probability, content_id

__all__ = ["Candidate", "Comparer", "EngineError", "best", "conjunction", "facts_version"]

SENTENCES = 3
"""A text of so few sentences is judged as one passage; a longer one by the passages that are about the fact."""

TOGETHER = (60, 100)
"""Words up to which those passages of a longer text are also read as one premise: what a claim sums up may be spread
over the text. Twice, since more context helps with some claims and distracts with others."""


EVIDENT = 0.6
"""Probability of neutral below which a seed's title says something of a fact: under it every passage would, too."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage with all that was found out about it and a fact: what a judgement is made of.

    ``model`` is what the model alone says of it; ``apart`` the guard by which the rest of the article keeps the passage
    from contradicting the fact.
    """

    judgement: Judgement
    model: Probability
    values: ValueComparison
    guarding: Guarding
    matter: Matter
    apart: str | None = None

    def reportable(self) -> Judgement:
        """The judgement as a monitor may report it."""
        said = reportable(self.judgement, self.values, self.guarding, self.matter)
        return withheld(said, self.apart) if self.apart and said.verdict == "contradicts" else said


class Comparer:
    """Judges texts against facts. Deterministic: the same text and fact give the same judgement, bit for bit."""

    def __init__(self, model: CrossEncoder, embedding: Embedding, judge: str = "") -> None:
        self.model = model
        self._embedding = embedding
        self.engine = f"{model.engine}.{RULES}{judge}"
        self._gates: dict[str, Gate] = {}
        self._topics: dict[str, Topic] = {}

    @classmethod
    def load(cls, engine: Engine = BUNDLED) -> "Comparer":
        """With the model that this engine names; EngineError if it is missing or broken.

        Gate and shortlist stay with the weights on board. Of an endpoint only the name is used here, so that what it
        is to confirm (``flows.compare.confirm``) already bears it.
        """
        model, embedding = bundled()
        if isinstance(engine, Endpoint):
            return cls(model, embedding, f"+{judge_name(engine)}")
        return cls(model if isinstance(engine, Bundled) else load_from_hub(engine, model.combiner), embedding)

    def judge(
        self,
        claim: str,
        passages: Sequence[Passage],
        *,
        published_at: datetime | None = None,
        as_of: datetime | None = None,
        aliases: Mapping[str, str] = {},
    ) -> Judgement:
        """What these passages (all of one text, in order) say about the claim, without asking what the text is about.

        The verdict is the most probable one: no operating point holds it back, as in :meth:`compare`. A claim of
        several sentences is judged one by one, and stands or falls as a whole.
        """
        found = self.candidates(claim, passages, published_at=published_at, as_of=as_of, aliases=aliases)
        return conjunction([best([candidate.judgement for candidate in of_one]) for of_one in found])

    def candidates(
        self,
        claim: str,
        passages: Sequence[Passage],
        *,
        published_at: datetime | None = None,
        as_of: datetime | None = None,
        aliases: Mapping[str, str] = {},
    ) -> list[list[Candidate]]:
        """What :meth:`judge` decides from: for each sentence of the claim the passages worth the model's time."""
        if not passages:
            return [[]]
        if len(passages) <= SENTENCES:
            joined = [_joined(passages)]
            return [list(self._candidates(one, joined, published_at, as_of, aliases)) for one in statements(claim)]
        shortlist = Shortlist(passages, self._embedding, aliases)
        found: list[list[Candidate]] = []
        for one in statements(claim):
            chosen = shortlist(one)
            weighed = list(self._candidates(one, chosen, published_at, as_of, aliases))
            if len(chosen) > 1:
                premises = [_together(chosen, words) for words in TOGETHER]
                for candidate in self._candidates(one, premises, published_at, as_of, aliases):
                    # The premise is no stretch of the text: what is shown is the passage with the value that tells.
                    shown = replace(candidate.judgement, passage=_telling(candidate.values, chosen))
                    weighed.append(replace(candidate, judgement=shown))
            found.append(weighed)
        return found

    def compare(self, seed: Seed, article: Article, passages: Sequence[Passage], now: datetime) -> Comparison:
        """The article against every fact of the seed; only its relevance if it is about something else."""
        version = facts_version(seed)
        if version not in self._gates:
            self._gates[version] = Gate(seed, self._embedding)
        relevance = self._gates[version](article.title, article.text, article.published_at)
        reported_at = article.published_at or article.fetched_at
        findings: list[Finding] = []
        if relevance.relevant:
            for fact, candidates in self.weigh(seed, article, passages, every=False):
                as_of = seed.as_of_fact(fact)
                said = [timed(c.reportable(), fact.statement, as_of, fact.until, reported_at) for c in candidates]
                judgement = best(said)
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

    def weigh(
        self, seed: Seed, article: Article, passages: Sequence[Passage], *, every: bool = True
    ) -> Iterator[tuple[Fact, list[Candidate]]]:
        """What :meth:`compare` decides from, fact by fact; the article is taken to be about the event.

        With ``every`` False without the passages of which nothing could be reported whatever the model says, which is
        not asked then: six of seven, and the model is nearly all of the cost.
        """
        shortlist = Shortlist(passages, self._embedding, seed.aliases)
        about = self._topic(seed)
        around = setting(passages, article.published_at, frozenset(seed.aliases.items()))
        asked = partial(self._candidates, aliases=seed.aliases, topic=about, around=around, every=every)
        for fact in seed.facts:
            chosen = shortlist(fact.statement, fact.aliases)
            yield fact, list(asked(fact.statement, chosen, article.published_at, seed.as_of_fact(fact)))

    def _topic(self, seed: Seed) -> Topic:
        version = facts_version(seed)
        if version not in self._topics:
            about = topic(seed)
            statements = (fact.statement for fact in seed.facts)
            told = frozenset(one for one in statements if self.model(about.title, one, None).neutral < EVIDENT)
            self._topics[version] = replace(about, told=told)
        return self._topics[version]

    def _candidates(
        self,
        fact: str,
        passages: Sequence[Passage],
        published_at: datetime | None,
        as_of: datetime | None,
        aliases: Mapping[str, str],
        topic: Topic = NO_TOPIC,
        around: Setting | None = None,
        *,
        every: bool = True,
    ) -> Iterator[Candidate]:
        names = frozenset(aliases.items())
        for passage in passages:
            values = compare_values(
                fact,
                passage.text,
                published_at=published_at,
                as_of=as_of,
                aliases=aliases,
                implied=topic.implied(fact, passage.text, names),
            )
            about = matter(fact, passage, names, values, topic)
            idle = hopeless(values, about)
            if idle and not every:
                continue
            guarding = inspect(
                fact, passage.text, passage.context, published_at=published_at, as_of=as_of, aliases=aliases
            )
            if not every and barred(guarding):
                continue
            read = passage.text if idle else topic.headed(fact, passage.text, names)
            said = self.model(read, fact, published_at)
            judgement = decide(passage, said, values, guarding, about, self.model.combiner)
            apart = around.guard(passage, values.conflicts) if around else None
            yield Candidate(judgement, said, values, guarding, about, apart)

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


def _telling(values: ValueComparison, ranked: Sequence[Passage]) -> Passage:
    """The passage with the value that conflicts, or else agrees, with the fact's; the most promising without one."""
    for pair in (*values.conflicts[:1], *values.agreements[:1]):
        for passage in ranked:
            if pair.article.text in passage.text:
                return passage
    return ranked[0]


def _together(ranked: Sequence[Passage], words: int) -> Passage:
    """The most promising passages as one premise of at most so many words, in the order of the text."""
    taken: list[Passage] = []
    for passage in ranked:
        if not taken or sum(len(p.text.split()) for p in (*taken, passage)) <= words:
            taken.append(passage)
    text = " ".join(passage.text for passage in sorted(taken, key=lambda passage: passage.start))
    return replace(ranked[0], text=text, context=text)


def facts_version(seed: Seed) -> str:
    """Changes with anything of the seed that a comparison depends on."""
    return content_id(
        seed.title,
        seed.event.model_dump_json(),
        repr(seed.spellings),
        seed.as_of.isoformat(),
        *(fact.model_dump_json() for fact in seed.facts),
    )
