"""A document put to a language model, a few sentences at a time, where the user names one with ``--engine llm:…``.

Nothing else sends a document anywhere: neither a setting nor a seed makes ``seed draft`` ask.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flows.compare.answers import Answers
from flows.compare.endpoint import Client, NoAnswerError
from flows.compare.llm import Budget, Terms
from flows.draft.asked import Batch, Told, batches
from flows.draft.model import Sentence
from flows.errors import UnreachableError
from seeds.engine import Endpoint

AT_ONCE = 4
"""Questions under way at once."""

GIVE_UP = 3
"""Questions without an answer after which no more is asked."""


@dataclass
class _Asking:
    told: dict[int, Told] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks one endpoint about sentences; ``note`` is told once of each way in which asking failed."""

    engine: Endpoint
    terms: Terms
    note: Callable[[str], None]

    def __call__(self, sentences: Sequence[Sentence], title: str | None, day: datetime | None) -> dict[int, Told]:
        """What the model makes of each sentence, by its index; those that it was not asked about, or gave nothing
        usable for, are not in it. UnreachableError if no question was answered; InputError if the key would travel
        readable."""
        asked = batches(sentences, title, day)
        outcome = asyncio.run(self._ask(asked))
        reasons = tuple(dict.fromkeys(outcome.failed))
        if asked and not outcome.told:
            why = "; ".join(reasons)
            raise UnreachableError(f"{self.engine}: {why}. Without --engine the rules on board draft it")
        for reason in reasons:
            self.note(f"{self.engine}: {reason}: the rules on board drafted those sentences")
        return outcome.told

    async def _ask(self, asked: Sequence[Batch]) -> _Asking:
        outcome, slots = _Asking(), asyncio.Semaphore(AT_ONCE)
        client = Client(self.engine, Budget(self.terms.requests), self.terms.seconds, self.terms.key)
        with Answers(self.terms.answers) as answers:
            async with client:

                async def one(batch: Batch) -> None:
                    async with slots:
                        await self._one(batch, client, answers, outcome)

                await asyncio.gather(*(one(batch) for batch in asked))
        return outcome

    async def _one(self, batch: Batch, client: Client, answers: Answers, outcome: _Asking) -> None:
        key = batch.key(str(self.engine))
        known = answers.get(key)
        told = batch.checked(known) if known is not None else None
        if told is None:
            if len(outcome.failed) >= GIVE_UP:
                return
            try:
                content = await client.ask(batch.body(self.engine.model))
            except NoAnswerError as error:
                outcome.failed.append(str(error))
                return
            told = batch.checked(content)
            if told is None:
                outcome.failed.append("an answer has another form, or is about other sentences")
                return
            answers.put(key, content)
        outcome.told |= {one.number: one for one in told}
