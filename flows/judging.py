"""Judging texts against facts without a warehouse: one for a person, or a stream of JSON lines on all cores.

A stream is answered in its order and in flat memory: as many lines are under way as keep the workers busy.
"""

import asyncio
import json
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import chain
from typing import BinaryIO

from flows.compare import Comparer
from flows.compare.llm import Terms
from flows.read.passages import split
from flows.workers import FOREIGN_MEMORY, MEMORY, Workers, WorkFailed
from seeds.engine import BUNDLED, Endpoint, Engine, Foreign
from seeds.errors import InputError, SeedwatchError
from warehouse.records import Judgement

MAX_LINE = 16 * 1024 * 1024
"""Bytes of a line; a longer one is refused."""

SHORT = 64
"""Lines up to which starting workers costs more than it saves."""

CHUNK = 16  # lines a worker gets at once
CHUNK_CHARS = 200_000  # and characters of evidence
AHEAD = 3  # chunks under way for each worker

_HALVES = re.compile("[\ud800-\udfff]")  # of a surrogate pair: no text, and the tokenizer refuses them


@dataclass(frozen=True, slots=True)
class Question:
    """A line of the input that can be judged."""

    line: int
    id: str | int
    claim: str
    evidence: str
    published_at: datetime | None
    as_of: datetime | None


@dataclass(frozen=True, slots=True)
class Answer:
    """A line of the output. ``bug`` is what the engine raised on it, for the user to report; None without one."""

    question: Question
    judgement: Judgement
    engine: str
    bug: str | None = None

    @property
    def verdict(self) -> str:
        return self.judgement.verdict or "unchecked"

    @property
    def json(self) -> bytes:
        """The line, with its end."""
        judged = self.judgement
        sure, passage = judged.probability, judged.passage
        line: dict[str, object] = {
            "id": self.question.id,
            "verdict": self.verdict,
            "probability": sure
            and {"supports": sure.supports, "contradicts": sure.contradicts, "neutral": sure.neutral},
            "held_back": judged.held_back,
            "kind": judged.kind,
            "passage": passage and passage.text,
            "span": passage and [passage.start, passage.end],
            "engine": self.engine,
        }
        if judged.verdict is None:
            line["reason"] = judged.unchecked or "unknown"
        return _encoded(line) + b"\n"


_Judged = tuple[Judgement, str, str | None]
"""An :class:`Answer` without its question, which need not travel back."""

Fault = Callable[[int, str], None]
"""Told of a line that is skipped: its number, and why."""


def judge_text(
    comparer: Comparer, fact: str, evidence: str, published_at: datetime | None = None, as_of: datetime | None = None
) -> Judgement:
    """What the text says about the fact: unchecked where one of them has no words."""
    fact, evidence = _HALVES.sub("\ufffd", fact), _HALVES.sub("\ufffd", evidence)
    if not any(map(str.isalnum, fact)):
        return Judgement(verdict=None, unchecked="no_claim")
    passages = split(evidence)
    if not passages:
        return Judgement(verdict=None, unchecked="no_text")
    return comparer.judge(fact, passages, published_at=published_at, as_of=as_of)


def questions(lines: BinaryIO, fault: Fault) -> Iterator[Question]:
    """The questions of a JSON lines stream; lines that are none go to ``fault``, empty ones are passed over."""
    number = 0
    while raw := lines.readline(MAX_LINE + 1):
        number += 1
        if len(raw) > MAX_LINE:
            fault(number, f"longer than {MAX_LINE:,} bytes")
            while raw and not raw.endswith(b"\n"):
                raw = lines.readline(MAX_LINE)
            continue
        if number == 1:
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        if not raw.strip():
            continue
        try:
            yield _question(number, raw)
        except InputError as error:
            fault(number, str(error))


Confirm = Callable[[Question, Judgement], Judgement]
"""Gives a judgement back as it stands after a second opinion."""


@contextmanager
def second_opinion(engine: Engine, terms: Terms, note: Callable[[str], None]) -> Iterator[Confirm]:
    """Asks the language model that the engine names, if it names one, about every contradiction."""
    if not isinstance(engine, Endpoint):
        yield lambda _, judgement: judgement
        return
    from flows.compare.confirm import Confirmer  # with the HTTP client, which is only needed here

    confirmer = Confirmer(engine, terms, note)
    stack = AsyncExitStack()

    def confirm(question: Question, judgement: Judgement) -> Judgement:
        return loop.run(confirmer.confirm(judgement, question.claim, question.as_of, question.published_at))

    with asyncio.Runner() as loop:
        loop.run(stack.enter_async_context(confirmer))
        try:
            yield confirm
        finally:
            loop.run(stack.aclose())


def answers(asked: Iterable[Question], workers: int, engine: Engine = BUNDLED) -> Iterator[Answer]:
    """The answers in the order of the questions. With one worker each is given before the next question is read."""
    if workers == 1:
        yield from (Answer(question, *_judge(question, engine)) for question in asked)
        return
    asked = iter(asked)
    head: list[Question] = []
    chars = 0
    for question in asked:
        head.append(question)
        chars += len(question.evidence)
        if len(head) > SHORT or chars > CHUNK_CHARS:
            yield from _in_processes(chain(head, asked), workers, engine)
            return
    yield from (Answer(question, *_judge(question, engine)) for question in head)


def _in_processes(asked: Iterator[Question], workers: int, engine: Engine) -> Iterator[Answer]:
    pool = Workers(workers, __name__, FOREIGN_MEMORY if isinstance(engine, Foreign) else MEMORY)
    running: deque[tuple[list[Question], Future[list[_Judged]]]] = deque()

    def first() -> Iterator[Answer]:
        chunk, future = running.popleft()
        yield from (Answer(question, *judged) for question, judged in zip(chunk, future.result(), strict=True))

    try:
        for chunk in _chunks(asked):
            running.append((chunk, pool.submit(_judge_all, chunk, engine)))
            while running and (running[0][1].done() or len(running) >= workers * AHEAD):
                yield from first()
        while running:
            yield from first()
    except WorkFailed as error:
        raise SeedwatchError(
            "a worker process was killed, perhaps for want of memory; the answers so far are written: "
            "go on behind the last of them with fewer --workers"
        ) from error
    finally:
        pool.close()


def _chunks(asked: Iterator[Question]) -> Iterator[list[Question]]:
    chunk: list[Question] = []
    chars = 0
    for question in asked:
        chunk.append(question)
        chars += len(question.evidence)
        if len(chunk) == CHUNK or chars >= CHUNK_CHARS:
            yield chunk
            chunk, chars = [], 0
    if chunk:
        yield chunk


def _question(number: int, raw: bytes) -> Question:
    try:
        value = json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8 at byte {error.start + 1}") from error
    except json.JSONDecodeError as error:
        raise InputError(f"not JSON: {error.msg} at column {error.colno}") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"not JSON that can be read: {error}") from error
    if not isinstance(value, dict):
        raise InputError("not a JSON object")
    missing = [name for name in ("id", "claim", "evidence") if name not in value]
    if missing:
        raise InputError(f"missing: {', '.join(missing)}")
    for name in ("claim", "evidence"):
        if not isinstance(value[name], str):
            raise InputError(f"{name}: not a string")
    if not isinstance(value["id"], str | int) or isinstance(value["id"], bool):
        raise InputError("id: neither a string nor a whole number")
    moments = {name: _moment(name, value.get(name)) for name in ("published_at", "as_of")}
    return Question(number, value["id"], value["claim"], value["evidence"], **moments)


def _moment(name: str, value: object) -> datetime | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise InputError(f"{name}: not a string")
    try:
        moment = datetime.fromisoformat(value.strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InputError(f"{name}: {value[:60]!r} is no ISO 8601 date or time") from error


# What the workers run; they inherit nothing, so each loads the weights once, with its first chunk.

_comparer = cache(Comparer.load)


def _judge_all(chunk: list[Question], engine: Engine) -> list[_Judged]:
    return [_judge(question, engine) for question in chunk]


def _judge(question: Question, engine: Engine) -> _Judged:
    comparer = _comparer(engine)
    try:
        judged = judge_text(comparer, question.claim, question.evidence, question.published_at, question.as_of)
    except Exception as error:  # a text the engine chokes on must not cost the answers to a million others
        failed = Judgement(verdict=None, unchecked="internal_error")
        return failed, comparer.engine, f"{type(error).__name__}: {error}"
    return judged, comparer.engine, None


def _encoded(line: dict[str, object]) -> bytes:
    try:
        return json.dumps(line, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # an id with half of a surrogate pair
        return json.dumps(line).encode()
