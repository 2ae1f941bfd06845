"""Floors under the figures: what no change may fall below. They stand in ``floors.yaml``, a section for each set.

    python -m tests.evals.floors [--data DIR] [--limit N] [--lower REASON] [SET ...]

measures the bundled sets, and the public ones in DIR, and raises their floors to what is reached, less what chance
leaves (one standard error of the share, by Wilson's interval). ``tests/evals/test_floors.py`` holds them. Shares of
fewer than 20 have none.

A floor is lowered, and a set whose pairs have changed is measured anew, only with ``--lower REASON``; the reason is
kept in the file, under ``lowered`` of the set. Without it the command names what would have to be lowered, leaves the
floors of that set as they are and ends with 1.
"""

import argparse
import math
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml

from seeds.errors import SeedwatchError
from tests.evals import newsroom, sets
from tests.evals.pairs import newsroom_cases, of_newsroom, of_set
from tests.evals.report import LOWER_IS_BETTER
from tests.evals.scores import Share

FILE = Path(__file__).parent / "floors.yaml"
LIMIT = 500  # pairs of a public set: minutes for all of them
FEWEST = 20  # a share of fewer says nothing, and has no floor
_HEADER = "# Written by `python -m tests.evals.floors`, which says how a floor is lowered.\n"


@dataclass(frozen=True, slots=True)
class Floors:
    """Those of one set, for the figures of the whole engine on the ``limit`` pairs with this fingerprint."""

    fingerprint: str
    limit: int | None
    at_least: Mapping[str, float]
    at_most: Mapping[str, float]
    lowered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of one set and what they were measured on."""

    fingerprint: str
    limit: int | None
    figures: Mapping[str, Share]


def load(path: Path = FILE) -> dict[str, Floors]:
    """The floors by set."""
    data: dict[str, dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {name: Floors(**(row | {"lowered": tuple(row.get("lowered", ()))})) for name, row in (data or {}).items()}


def save(floors: Mapping[str, Floors], path: Path = FILE) -> None:
    """Writes the file anew."""
    rows = {name: asdict(one) | {"lowered": list(one.lowered)} for name, one in sorted(floors.items())}
    path.write_text(_HEADER + yaml.safe_dump(rows, sort_keys=False, allow_unicode=True, width=118), encoding="utf-8")


def faults(measured: Measured, floors: Floors | None) -> list[str]:
    """What is below its floor, above its ceiling or cannot be compared; empty if all is well."""
    if floors is None:
        return ["no floors yet: `python -m tests.evals.floors` sets them"]
    if measured.fingerprint != floors.fingerprint:
        return [f"other pairs than the floors are for: {measured.fingerprint} instead of {floors.fingerprint}"]
    found = []
    for name, floor in floors.at_least.items():
        value = _value(measured, name)
        if value is None or value < floor:
            found.append(f"{name} {value} is below {floor}")
    for name, ceiling in floors.at_most.items():
        value = _value(measured, name)
        if value is None or value > ceiling:
            found.append(f"{name} {value} is above {ceiling}")
    return found


def raised(measured: Measured, old: Floors | None, reason: str | None, today: date) -> Floors:
    """Floors for what was measured: nowhere lower than the old ones, save for a reason.

    ValueError, naming the figures, where a floor would have to be lowered and there is no reason.
    """
    wrong = faults(measured, old) if old else []
    if wrong and not reason:
        raise ValueError("; ".join(wrong))
    kept = old if old and old.fingerprint == measured.fingerprint else None
    at_least: dict[str, float] = {}
    at_most: dict[str, float] = {}
    for name, share in measured.figures.items():
        if share.value is None or share.of < FEWEST:
            continue
        low, high = share.bounds()
        if name in LOWER_IS_BETTER:
            new = _up(high)
            before = kept.at_most.get(name) if kept else None
            at_most[name] = new if before is None or share.value > before else min(before, new)
        else:
            new = _down(low)
            before = kept.at_least.get(name) if kept else None
            at_least[name] = new if before is None or share.value < before else max(before, new)
    lowered = old.lowered if old else ()
    if wrong:
        lowered += (f"{today.isoformat()}: {reason} ({'; '.join(wrong)})",)
    return Floors(measured.fingerprint, measured.limit, at_least, at_most, lowered)


def measure(name: str, path: Path | None, limit: int | None, workers: int) -> Measured:
    """The figures of a set that can have floors; ``path`` None: a seed, on its bundled coverage."""
    if path is None:
        cases = newsroom_cases(name)
        found = of_newsroom(name, cases)
        return Measured(found.fingerprint, None, found.whole.figures | newsroom.figures(cases))
    found = of_set(name, path, limit, workers)
    return Measured(found.fingerprint, limit, found.whole.figures)


def _value(measured: Measured, name: str) -> float | None:
    share = measured.figures.get(name)
    return share.value if share else None


def _down(value: float) -> float:
    return math.floor(value * 1000) / 1000


def _up(value: float) -> float:
    return math.ceil(value * 1000) / 1000


def main() -> int:
    """Measures and raises."""
    arguments = argparse.ArgumentParser(
        prog="python -m tests.evals.floors", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--data", type=Path, help="a folder with the public dev sets, or with pairs/dev")
    arguments.add_argument("--limit", type=int, default=LIMIT, help=f"pairs of each public set; {LIMIT} by default")
    arguments.add_argument("--workers", type=int, default=2, help="processes; 2 by default")
    arguments.add_argument("--lower", metavar="REASON", help="why floors may be lowered where figures have fallen")
    arguments.add_argument("sets", nargs="*", help="names of sets; all by default")
    asked = arguments.parse_args()
    try:
        files: dict[str, Path | None] = {**dict.fromkeys(newsroom.SEEDS), **sets.BUNDLED}
        files |= sets.files(asked.data) if asked.data else {}
        if unknown := set(asked.sets) - {*files}:
            arguments.error(f"no such set: {', '.join(sorted(unknown))}; there are {', '.join(files)}")
        floors = load()
        fallen = False
        for name in asked.sets or files:
            limit = None if name in sets.BUNDLED else asked.limit
            measured = measure(name, files[name], limit, asked.workers)
            try:
                floors[name] = raised(measured, floors.get(name), asked.lower, datetime.now(UTC).date())
                save(floors)  # after each set: measuring them all takes minutes
            except ValueError as error:
                fallen = True
                print(f"{name}: {error}", file=sys.stderr)
    except SeedwatchError as error:
        print(error, file=sys.stderr)
        return 2
    if fallen:
        print("these are left as they were: mend what fell, or give the reason with --lower", file=sys.stderr)
    return int(fallen)


if __name__ == "__main__":
    sys.exit(main())
