"""How good the verdicts are, set by set: ``make evals``, or

    python -m tests.evals.pairs [--data DIR] [--limit N] [--workers N] [--json FILE] [--missing] [SET ...]

Measures the bundled coverage, seed by seed, and the bundled pairs, and every public dev set that is in DIR or
DIR/pairs/dev. For each: the engine whole and with parts left out (what values and guards bring), at the verdict and at
the alert operating point, its calibration, contradictions by kind, and how much can be guessed from the claims alone.
``--limit`` takes so many pairs of each public set, the same ones on every machine. Figures go to standard output,
progress to standard error; exit code 2 where a file cannot be used.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from flows.compare import Comparer
from seeds.errors import SeedwatchError
from tests.evals import claim_only, newsroom, sets
from tests.evals.outcomes import of_pairs
from tests.evals.report import DRIFT, Report, document, lines, report


def main() -> int:
    """Measures what is asked for and prints it."""
    arguments = argparse.ArgumentParser(
        prog="python -m tests.evals.pairs", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--data", type=Path, help="a folder with the public dev sets, or with pairs/dev")
    arguments.add_argument("--limit", type=int, help="pairs of each public set; all by default")
    arguments.add_argument("--workers", type=int, default=2, help="processes; 2 by default")
    arguments.add_argument("--json", type=Path, help="write the figures here too")
    arguments.add_argument("--missing", action="store_true", help="list the coverage's matches that are not reported")
    arguments.add_argument("sets", nargs="*", help="names of sets; all by default")
    asked = arguments.parse_args()
    if (asked.limit is not None and asked.limit < 1) or asked.workers < 1:
        arguments.error("--limit and --workers are at least 1")
    try:
        files = sets.BUNDLED | (sets.files(asked.data) if asked.data else {})
        if unknown := set(asked.sets) - {*files, *newsroom.SEEDS}:
            known = ", ".join([*newsroom.SEEDS, *files])
            arguments.error(f"no such set: {', '.join(sorted(unknown))}; there are {known}")
        engine = Comparer.load().engine
        print(f"engine {engine}\n{DRIFT}")
        documents = []
        for name in asked.sets or [*newsroom.SEEDS, *files]:
            if name in newsroom.SEEDS:
                cases = newsroom_cases(name)
                measured = of_newsroom(name, cases)
                print("\n".join(newsroom.lines(name, cases, missing=asked.missing)))
            else:
                measured = of_set(name, files[name], None if name in sets.BUNDLED else asked.limit, asked.workers)
            print("\n".join(lines(measured)), flush=True)
            documents.append(document(measured))
    except SeedwatchError as error:
        print(error, file=sys.stderr)
        return 2
    if asked.json:
        asked.json.write_text(json.dumps({"engine": engine, "sets": documents}, indent=1) + "\n", encoding="utf-8")
    return 0


def of_set(name: str, path: Path, limit: int | None, workers: int) -> Report:
    """The figures of a file of pairs, or of a sample of it."""
    chosen = sets.sample(sets.read(path), limit)
    with progress(name, len(chosen)) as told:
        outcomes = of_pairs(chosen, workers if len(chosen) > 200 else 1, told)
    return report(name, sets.fingerprint(chosen), outcomes, claim_only.guesses(chosen))


def newsroom_cases(seed: str) -> list[newsroom.Case]:
    """Every fact of a seed with every article of its bundled coverage."""
    with progress(seed, None) as told:
        return newsroom.evaluate(seed, told)


def of_newsroom(seed: str, cases: Sequence[newsroom.Case]) -> Report:
    """The figures of a seed's coverage at its true rate of contradictions."""
    return report(seed, newsroom.fingerprint(seed, cases), newsroom.at_base_rate(cases))


@contextmanager
def progress(name: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Tells on standard error how far a set is: about once a second on a terminal, else once at its end."""
    began = said = time.monotonic()
    done = 0
    terminal = sys.stderr.isatty()

    def told(count: int) -> None:
        nonlocal done, said
        done += count
        now = time.monotonic()
        if terminal and now - said > 1:
            said = now
            sys.stderr.write(f"\r{name} {done:,}{f' of {total:,}' if total else ''} ")
            sys.stderr.flush()

    yield told
    took = time.monotonic() - began
    start = "\r" if terminal else ""
    sys.stderr.write(f"{start}{name} {done:,} pairs in {took:.0f} s\n")


if __name__ == "__main__":
    sys.exit(main())
