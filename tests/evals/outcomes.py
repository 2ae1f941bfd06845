"""What the engine says of labelled pairs, whole and with parts of it left out, each at two operating points.

At the *verdict*: the most probable one, as ``Comparer.judge`` gives it. At the *alert*: what a monitor would report, as
``Comparer.compare`` does; what a guard or a threshold holds back counts as neutral.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from functools import lru_cache
from multiprocessing import get_context

from flows.compare import Candidate, Comparer, best, conjunction
from flows.compare.guards import inspect
from flows.compare.valuetypes import ValueComparison
from flows.compare.verdict import Combiner, decide, most_probable, reportable
from flows.read.passages import split
from tests.evals.sets import Pair
from warehouse.records import Judgement, Probability

VARIANTS = ("model alone", "model + values", "model + guards", "whole engine")
"""What is compared. The passages, and so what gate and shortlist lose, are the same for all."""

NO_VALUES = ValueComparison()
NO_GUARDS = inspect("It rained.", "It rained.")  # of what is plainly asserted, whatever fields a Guarding has

CHUNK = 16  # pairs a worker gets at once
Progress = Callable[[int], object]
Variant = Callable[[Candidate], tuple[Judgement, Judgement]]
"""What a part of the engine makes of a passage, at the verdict and at the alert."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one variant says: its verdict with the probabilities (None where no passage was about the claim), and what
    it would report.
    """

    verdict: str
    probability: Probability | None
    reported: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """A labelled case with what each of VARIANTS says about it."""

    label: str
    kind: str
    said: tuple[Said, ...]


def outcome(label: str, kind: str, weighed: Sequence[Sequence[Candidate]], combiner: Combiner) -> Outcome:
    """What each variant makes of what was weighed: for each sentence of the claim its passages."""
    variants: tuple[Variant, ...] = (
        _alone,
        lambda c: _without_guards(c, combiner),
        lambda c: _without_values(c, combiner),
        lambda c: (c.judgement, c.reportable()),
    )
    return Outcome(label, kind, tuple(_said(weighed, variant) for variant in variants))


def of_pairs(pairs: Sequence[Pair], workers: int = 1, progress: Progress = lambda _: None) -> list[Outcome]:
    """The outcomes in the order of the pairs; ``progress`` is told of each number of pairs that are done.

    Two processes pay from a few hundred pairs: each loads the weights, which takes it half a second.
    """
    chunks = [pairs[n : n + CHUNK] for n in range(0, len(pairs), CHUNK)]
    if workers == 1:
        return _told(map(_outcomes, chunks), progress)
    with ProcessPoolExecutor(workers, get_context("spawn")) as processes:
        running = [processes.submit(_outcomes, chunk) for chunk in chunks]
        try:
            for done in as_completed(running):
                progress(len(done.result()))
        except BaseException:
            processes.shutdown(cancel_futures=True)
            raise
        return [one for chunk in running for one in chunk.result()]


def _told(chunks: Iterable[list[Outcome]], progress: Progress) -> list[Outcome]:
    found: list[Outcome] = []
    for chunk in chunks:
        progress(len(chunk))
        found += chunk
    return found


@lru_cache(maxsize=1)
def _comparer() -> Comparer:
    return Comparer.load()


def _outcomes(pairs: Sequence[Pair]) -> list[Outcome]:
    comparer = _comparer()
    return [
        outcome(
            pair.label,
            pair.kind,
            comparer.candidates(pair.claim, split(pair.evidence), published_at=pair.published_at),
            comparer.model.combiner,
        )
        for pair in pairs
    ]


def _said(weighed: Sequence[Sequence[Candidate]], variant: Variant) -> Said:
    decided = [[variant(candidate) for candidate in of_one] for of_one in weighed]
    judged = conjunction([best([at_verdict for at_verdict, _ in of_one]) for of_one in decided])
    reported = conjunction([best([at_alert for _, at_alert in of_one]) for of_one in decided])
    return Said(judged.verdict or "unchecked", judged.probability, reported.verdict or "unchecked")


def _alone(c: Candidate) -> tuple[Judgement, Judgement]:
    """The model's own probabilities; to be reported they pass the same thresholds and nothing else."""
    judgement = Judgement(most_probable(c.model), c.model, c.judgement.passage)
    about = replace(c.matter, overlap=1.0, named=True, told=True, post=False)
    return judgement, reportable(judgement, NO_VALUES, NO_GUARDS, about)


def _without_guards(c: Candidate, combiner: Combiner) -> tuple[Judgement, Judgement]:
    about = replace(c.matter, overlap=1.0, named=True, told=True)  # "another matter" is a guard
    assert c.judgement.passage is not None
    judgement = decide(c.judgement.passage, c.model, c.values, NO_GUARDS, about, combiner)
    return judgement, reportable(judgement, c.values, NO_GUARDS, about)


def _without_values(c: Candidate, combiner: Combiner) -> tuple[Judgement, Judgement]:
    about = replace(c.matter, post=False)  # known from values
    assert c.judgement.passage is not None
    judgement = decide(c.judgement.passage, c.model, NO_VALUES, c.guarding, about, combiner)
    return judgement, reportable(judgement, NO_VALUES, c.guarding, about)
