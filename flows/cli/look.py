"""Commands that show what is known: a listing a view, and any question in SQL."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.shell import Csv, Json, Store, app, one_form, reader_of, say, tell
from flows.errors import InputError
from flows.show import READABLE, any_grid, console, grid, objects, to_json, when, write_csv

SHOWN = 50
"""Rows of a table for people unless ``--limit`` says else; JSON and CSV have all."""


def _listing(view: str, what: str) -> None:
    @app.command(view, help=what)
    def listing(
        seed: Annotated[str | None, typer.Option(help="Of this seed (id).")] = None,
        fact: Annotated[str | None, typer.Option(help="Of this fact (id).")] = None,
        since: Annotated[
            str | None, typer.Option(metavar="WHEN", help="Since a date or time (ISO, UTC), or for 12h, 2d, 1w.")
        ] = None,
        limit: Annotated[int | None, typer.Option(min=1, help=f"So many rows at most [tables: {SHOWN}].")] = None,
        as_json: Json = False,
        as_csv: Csv = False,
        warehouse: Store = None,
    ) -> None:
        show_view(view, seed, fact, since, limit, as_json, as_csv, warehouse)


def show_view(
    view: str,
    seed: str | None,
    fact: str | None,
    since: str | None,
    limit: int | None,
    as_json: bool,
    as_csv: bool,
    warehouse: Path | None,
) -> None:
    """Prints the rows of a view in the form that is asked for."""
    from warehouse.read import SINCE

    one_form(as_json, as_csv)
    moment = None if since is None else when(since, datetime.now(UTC))
    shown = limit if limit or as_json or as_csv else SHOWN
    reader = reader_of(warehouse)
    # One more than is shown tells whether there are more.
    table = reader.rows(view, seed=seed, fact=fact, since=moment, limit=shown and shown + 1)
    filters = {
        "--seed": (seed, {"seed_id", "seed_ids"}),
        "--fact": (fact, {"fact_id"}),
        "--since": (since, set(SINCE)),
    }
    for option, (value, columns) in filters.items():
        if value is not None and columns.isdisjoint(table.columns):
            raise InputError(f"{view} cannot be chosen by {option}: they are not kept that way")
    more = shown is not None and len(table.rows) > shown
    rows = table.rows[:shown]
    if as_json:
        say(to_json(objects(type(table)(table.columns, rows))))
    elif as_csv:
        write_csv(type(table)(table.columns, rows), sys.stdout)
    elif rows:
        console().print(grid(READABLE[view], objects(type(table)(table.columns, rows))))
        if more and limit is None:
            tell(f"the first {SHOWN}; --limit shows more, --json and --csv have all")
    else:
        narrowed = any(value is not None for value, _ in filters.values())
        tell(f"no {view}" + (" that match" if narrowed else " yet"))


for _view, _what in {
    "mails": "The mails: to whom, and what became of them.",
    "facts": "What is watched: each fact with its standing.",
    "matches": "Who supports a fact, the surest first.",
    "contradictions": "Who contradicts a fact: both values, the sentence, publisher and date.",
    "stories": "Texts that several houses published, each one source: who probably wrote it, who printed it.",
    "corrections": "Findings that publishers' edits undid: withdrawn, or corrected to the opposite.",
    "marks": "What people said of findings; --json has them as labelled pairs of statement and sentence.",
    "articles": "What was read, the latest first.",
    "runs": "The runs, the latest first.",
    "unchecked": "What could not be decided, and why. It never means agreement.",
    "refusals": "What could not be read, and why.",
}.items():
    _listing(_view, _what)


@app.command()
def sql(
    query: Annotated[
        str, typer.Argument(help="One select. Views: facts, matches, contradictions, fact_timeline, runs …")
    ],
    as_json: Json = False,
    as_csv: Csv = False,
    warehouse: Store = None,
) -> None:
    """Asks the readers' copy of the warehouse a question in SQL; nothing can be changed."""
    one_form(as_json, as_csv)
    table = reader_of(warehouse).sql(query)
    if as_json:
        say(to_json(objects(table)))
    elif as_csv:
        write_csv(table, sys.stdout)
    else:
        console().print(any_grid(table))
        tell(f"{len(table.rows):,} row{'' if len(table.rows) == 1 else 's'}")
