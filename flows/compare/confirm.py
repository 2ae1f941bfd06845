"""A second opinion on contradictions from a language model, before anybody is told of them.

Only what would be told is asked about, and only agreement lets it through. What could not be asked, or was answered
with nothing usable, is unchecked under a named reason: silence is never taken for agreement.
"""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Self

from flows.compare.answers import Answers
from flows.compare.endpoint import Client, NoAnswerError
from flows.compare.llm import Answer, Budget, Question, Reason, Terms, checked, settled, unsettled
from seeds.engine import Endpoint
from seeds.model import Seed
from warehouse.records import Article, Comparison, Finding, Judgement

AT_ONCE = 4
"""Questions under way at once."""

GIVE_UP = 3
"""Questions in a row that no answer came to, after which nothing more is asked: each may have cost its whole time."""


class Confirmer:
    """Asks one endpoint, first what it has answered before. Entered once, used by the tasks of one event loop.

    ``budget`` may be shared with others; by default it is that of the terms. ``note`` is told once of each way in which
    asking failed.
    """

    def __init__(
        self, engine: Endpoint, terms: Terms, note: Callable[[str], None], budget: Budget | None = None
    ) -> None:
        self._engine, self._note = engine, note
        self._answers = Answers(terms.answers)
        self._client = Client(engine, budget or Budget(terms.requests), terms.seconds, terms.key)
        self._stack = AsyncExitStack()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._asked: dict[str, asyncio.Task[Answer | Reason]] = {}
        self._noted: set[str] = set()
        self._failures = 0

    async def __aenter__(self) -> Self:
        self._stack.enter_context(self._answers)
        await self._stack.enter_async_context(self._client)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def confirm(
        self, judgement: Judgement, fact: str, as_of: datetime | None, published: datetime | None
    ) -> Judgement:
        """The judgement as it stands after the second opinion; one that contradicts nothing comes back as it is.

        So does one that reports a later state of affairs: it contradicts nobody.
        """
        passage = judgement.passage
        if judgement.verdict != "contradicts" or judgement.superseded or passage is None:
            return judgement
        question = Question(fact, as_of, passage.text, passage.context, published)
        answer = await self._answer(question)
        return settled(judgement, answer) if isinstance(answer, Answer) else unsettled(judgement, answer)

    async def review(self, seed: Seed, article: Article, comparison: Comparison) -> Comparison:
        """The comparison without the contradictions that were not confirmed: those are neutral, or unchecked."""
        facts = {fact.id: fact for fact in seed.facts}
        kept: list[Finding] = []
        unchecked = list(comparison.unchecked)
        neutral = comparison.neutral
        judgements = await asyncio.gather(
            *(
                self.confirm(
                    finding.judgement,
                    facts[finding.fact_id].statement,
                    seed.as_of_fact(facts[finding.fact_id]),
                    article.published_at,
                )
                for finding in comparison.findings
            )
        )
        for finding, judgement in zip(comparison.findings, judgements, strict=True):
            if judgement.verdict is None:
                unchecked.append((finding.fact_id, judgement.unchecked or "unknown"))
            elif judgement.verdict == "neutral":
                neutral += 1
            else:
                kept.append(replace(finding, judgement=judgement))
        return replace(comparison, findings=tuple(kept), unchecked=tuple(unchecked), neutral=neutral)

    async def _answer(self, question: Question) -> Answer | Reason:
        """The answer to the question; asked once, however many ask it at the same time (one text, two publishers)."""
        key = question.key(self._engine)
        if key not in self._asked:
            self._asked[key] = asyncio.create_task(self._known_or_asked(key, question))
            self._asked[key].add_done_callback(lambda _: self._asked.pop(key))
        return await self._asked[key]

    async def _known_or_asked(self, key: str, question: Question) -> Answer | Reason:
        if question.too_long:
            return "llm_too_long"
        async with self._slots:
            known = self._answers.get(key)
            if known is not None and (answer := checked(known, question)):
                return answer
            if self._failures >= GIVE_UP:
                return self._failed("llm_unreachable", f"{GIVE_UP} questions in a row failed: nothing more is asked")
            try:
                content = await self._client.ask(question.body(self._engine.model))
            except NoAnswerError as error:
                self._failures += error.reason in ("llm_timeout", "llm_unreachable")
                return self._failed(error.reason, str(error))
            self._failures = 0
            answer = checked(content, question)
            if answer is None:
                return self._failed(
                    "llm_malformed", "an answer has another form, or quotes what the passage does not say"
                )
            self._answers.put(key, content)
            return answer

    def _failed(self, reason: Reason, message: str) -> Reason:
        if message not in self._noted:
            self._noted.add(message)
            self._note(f"{self._engine}: {message}")
        return reason
