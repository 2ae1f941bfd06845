"""The command ``judge``: where its texts come from and where the answers go. The judging is in ``flows.judging``."""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from rich.table import Table as Grid
from rich.text import Text

from flows.compare import Comparer
from flows.judging import MAX_LINE, Question, answers, judge_text, questions, second_opinion
from flows.settings import Settings
from flows.show import console, plain, safe, text, to_json, when
from seeds.engine import Engine
from seeds.errors import InputError
from warehouse.records import Judgement

FLUSH_S = 0.5


def one(
    fact: str,
    given: str | None,
    file: str | None,
    published_at: str | None,
    as_of: str | None,
    engine: Engine | None,
    as_json: bool,
) -> int:
    """Judges one text and prints the answer; 1 where it could not be judged, else 0."""
    now = datetime.now(UTC)
    evidence = _read(file) if file is not None else given or ""
    published, meant = (when(moment, now) if moment is not None else None for moment in (published_at, as_of))
    settings = Settings()
    engine = engine or settings.engine
    comparer = Comparer.load(engine)
    question = Question(1, 1, fact, evidence, published, meant)
    with second_opinion(engine, settings.llm_terms(settings.warehouse), _note) as confirm:
        judged = confirm(question, judge_text(comparer, fact, evidence, published, meant))
    if as_json:
        document = plain(judged)
        assert isinstance(document, dict)
        document["verdict"] = judged.verdict or "unchecked"
        console().print(Text(to_json(document | {"engine": comparer.engine})), soft_wrap=True)
    else:
        console().print(_card(judged, comparer.engine))
    return 1 if judged.verdict is None else 0


def many(source: str, target: str, workers: int | None, engine: Engine | None) -> int:
    """Judges a stream of JSON lines; 1 where a line was skipped or choked the engine, else 0."""
    wrong = 0

    def fault(line: int, why: str) -> None:
        nonlocal wrong
        wrong += 1
        _note(f"{_name(source)}:{line}: skipped: {why}")

    verdicts: Counter[str] = Counter()
    began = told = flushed = time.monotonic()
    on_terminal = sys.stderr.isatty() and target != "-"
    settings = Settings()
    engine, workers = engine or settings.engine, workers or settings.workers
    terms = settings.llm_terms(settings.warehouse)
    with _streams(source, target) as (lines, out), second_opinion(engine, terms, _note) as confirm:
        for answer in answers(questions(lines, fault), workers, engine):
            answer = replace(answer, judgement=confirm(answer.question, answer.judgement))
            _write(out, answer.json, target)
            verdicts[answer.verdict] += 1
            if answer.bug is not None:
                fault(answer.question.line, f"unchecked, since the engine failed on it, which is a bug: {answer.bug}")
            now = time.monotonic()
            if now - flushed > FLUSH_S or workers == 1:
                _flush(out, target)
                flushed = now
            if on_terminal and now - told > FLUSH_S:
                sys.stderr.write(f"\r{verdicts.total():,} judged, {verdicts.total() / (now - began):,.0f} a second ")
                sys.stderr.flush()
                told = now
        _flush(out, target)
    if on_terminal:
        sys.stderr.write("\r")
    counted = ", ".join(f"{verdict} {count:,}" for verdict, count in sorted(verdicts.items())) or "nothing"
    skipped = f"; {wrong:,} lines faulty" if wrong else ""
    console(stderr=True).print(Text(f"{verdicts.total():,} judged: {counted}{skipped}"), soft_wrap=True)
    return 1 if wrong else 0


@contextmanager
def _streams(source: str, target: str) -> Iterator[tuple[BinaryIO, BinaryIO]]:
    if "-" not in (source, target) and Path(target).exists() and Path(target).samefile(source):
        raise InputError(f"--out {target}: is the input")
    with ExitStack() as stack:
        try:
            lines = sys.stdin.buffer if source == "-" else stack.enter_context(Path(source).open("rb"))
        except OSError as error:
            raise InputError(f"--jsonl {source}: cannot be read: {error.strerror}") from error
        try:
            out = sys.stdout.buffer if target == "-" else stack.enter_context(Path(target).open("wb"))
        except OSError as error:
            raise InputError(f"--out {target}: cannot be written: {error.strerror}") from error
        yield lines, out


def _write(out: BinaryIO, line: bytes, target: str) -> None:
    try:
        out.write(line)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise InputError(f"--out {target}: cannot be written: {error.strerror}") from error


def _flush(out: BinaryIO, target: str) -> None:
    try:
        out.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise InputError(f"--out {target}: cannot be written: {error.strerror}") from error


def _read(file: str) -> str:
    try:
        if file == "-":
            raw = sys.stdin.buffer.read(MAX_LINE + 1)
        else:
            with Path(file).open("rb") as stream:
                raw = stream.read(MAX_LINE + 1)
    except OSError as error:
        raise InputError(f"--file {file}: cannot be read: {error.strerror}") from error
    if len(raw) > MAX_LINE:
        raise InputError(f"--file {file}: longer than {MAX_LINE:,} bytes")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"--file {file}: not UTF-8 text at byte {error.start + 1}") from error


def _note(line: str) -> None:
    console(stderr=True).print(Text(safe(line), style="yellow"), soft_wrap=True)


def _name(source: str) -> str:
    return "stdin" if source == "-" else source


def _card(judged: Judgement, engine: str) -> Grid:
    colours = {"supports": "green", "contradicts": "red"}
    lines: list[tuple[str, Text]] = []
    verdict = judged.verdict or "unchecked"
    lines.append(("verdict", Text(verdict, style=colours.get(verdict, "bold"))))
    if judged.unchecked:
        lines.append(("reason", Text(text(judged.unchecked))))
    if sure := judged.probability:
        said = f"supports {sure.supports:.3f}, contradicts {sure.contradicts:.3f}, neutral {sure.neutral:.3f}"
        lines.append(("probability", Text(said)))
    if passage := judged.passage:
        lines.append(("passage", Text(f"“{text(passage.text, None)}”")))
        lines.append(("span", Text(f"{passage.start}–{passage.end}")))
    for label, value in (
        ("kind", judged.kind),
        ("fact says", judged.fact_value),
        ("text says", judged.article_value),
        ("said by", judged.speaker and f"{judged.speaker} ({judged.attribution})"),
        ("later state", "the text reports what came after the fact's time" if judged.superseded else None),
        ("explanation", judged.explanation),
        ("guards", ", ".join(judged.guards) or None),
        ("held back", judged.held_back and f"a run would not report this: {judged.held_back}"),
        ("engine", engine),
    ):
        if value:
            lines.append((label, Text(text(value))))
    card = Grid.grid(padding=(0, 2, 0, 0))
    card.add_column(style="bold", no_wrap=True)
    card.add_column(overflow="fold")
    for label, shown in lines:
        card.add_row(label, shown)
    return card
