"""What the work costs here: ``make bench``, or

    python -m tests.benchmarks [--quick] [--rounds N] [--pages DIR] [--feeds URL] [--json FILE] [PART ...]

Compare ratios, not figures of two machines: medians of CPU time, figure and baseline taking turns in one run. Baselines
in PyTorch need the extra [bench]; without it they are left out, and the table says so.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from seeds.errors import SeedwatchError
from tests.benchmarks import archive, article, overhead, polling, scaling, steps, stream
from tests.benchmarks.baseline import MISSING, Baseline, available
from tests.benchmarks.measure import Row

PARTS = ("steps", "polling", "gate", "article", "judge", "archive", "prefect", "scaling")


def main() -> int:
    """Measures, and prints a row as soon as it is there."""
    arguments = argparse.ArgumentParser(
        prog="python -m tests.benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--quick", action="store_true", help="2 rounds, and judge over 400 and 2,000 pairs")
    arguments.add_argument("--rounds", type=int, default=5, help="rounds of which the median is taken; 5 by default")
    arguments.add_argument("--pages", type=Path, help="a folder of *.html or *.html.gz to read in place of the bundled")
    arguments.add_argument("--feeds", metavar="URL", help="a feed list to watch in place of the bundled coverage")
    arguments.add_argument("--json", type=Path, help="write the figures here too")
    arguments.add_argument("parts", nargs="*", metavar="PART", help=f"some of {', '.join(PARTS)}; all by default")
    asked = arguments.parse_args()
    if unknown := set(asked.parts) - {*PARTS}:
        arguments.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    if asked.rounds < 1:
        arguments.error("--rounds is at least 1")
    rounds = 2 if asked.quick else asked.rounds
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    print(f"{os.cpu_count()} cores, load {load:.1f} at the start", file=sys.stderr)
    if not available():
        print(f"PyTorch baselines {MISSING}", file=sys.stderr)
    print(f"{'':46} {'figure':>10} {'':14} {'baseline':>10} {'ratio':>7}  {'target':8}")
    found = []
    try:
        for row in _rows(asked.parts or PARTS, rounds, asked):
            print(_line(row), flush=True)
            found.append(row)
    except SeedwatchError as error:
        print(error, file=sys.stderr)
        return 2
    if asked.json:
        document = {"cores": os.cpu_count(), "load_at_start": load, "rows": [_document(row) for row in found]}
        asked.json.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return 0


def _rows(parts: list[str] | tuple[str, ...], rounds: int, asked: argparse.Namespace) -> Iterator[Row]:
    pages, quick = asked.pages, asked.quick
    if "steps" in parts:
        yield from steps.rows(rounds, pages)
    if "polling" in parts:
        yield from polling.rows(rounds)
    if "gate" in parts:
        yield from article.about_something_else(rounds, pages)
    baseline = Baseline() if available() and {"article", "judge"} & {*parts} else None
    if "article" in parts:
        yield from article.about_the_event(max(rounds // 2, 1), baseline)
    if "archive" in parts:
        yield from archive.rows(max(rounds, 3), archive.Size(articles=10_000) if quick else archive.Size())
    if "prefect" in parts:
        yield from overhead.rows(max(rounds // 2, 1), asked.feeds)
    if "scaling" in parts:
        yield from scaling.rows(max(rounds // 2, 1))
    if "judge" in parts:
        yield from stream.rows(*((400, 2_000) if quick else (2_000, 10_000)), baseline)


def _line(row: Row) -> str:
    target = f"{row.target[0]} {row.target[1]:g}" if row.target else ""
    met = {True: "reached", False: "missed", None: ""}[row.met]
    figure = "left out" if row.figure is None else f"{row.figure:.2f}"
    line = f"{row.name:46} {figure:>10} {row.unit:14} "
    line += f"{row.baseline:10.2f} {row.ratio:7.2f}  {target:8} {met:7}" if row.baseline else " " * 36
    against = f"against {row.against}" if row.against else ""
    return f"{line} {'; '.join(filter(None, (against, row.note)))}".rstrip()


def _document(row: Row) -> dict[str, object]:
    return {
        "name": row.name, "figure": row.figure, "unit": row.unit, "against": row.against or None,
        "baseline": row.baseline, "ratio": row.ratio, "target": row.target and " ".join(map(str, row.target)),
        "reached": row.met, "note": row.note,
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
