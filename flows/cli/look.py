"""Commands that show what is known: a listing a view, and any question in SQL."""

import enum
import sys
import webbrowser
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.shell import Csv, Json, Store, app, one_form, reader_of, say, tell
from flows.errors import InputError
from flows.show import READABLE, any_grid, console, grid, objects, to_json, when, write_csv

SHOWN = 50
"""Rows of a table for people unless ``--limit`` says else; JSON and CSV have all."""

LAID_OUT = 1_000
"""Rows of an answer in SQL that are laid out as a table."""


class Form(enum.StrEnum):
    """The forms of a report."""

    HTML = "html"
    MD = "md"
    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"


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
def report(
    seed: Annotated[
        str | None, typer.Argument(metavar="[SEED]", help="Its id [default: a report for each seed there is].")
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="What is written.")] = Form.HTML,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", help="Where to; - is standard output [default: SEED.FORMAT]."),
    ] = None,
    show: Annotated[bool, typer.Option("--open", help="Show it in the browser.")] = False,
    warehouse: Store = None,
) -> None:
    """Writes what is known of a seed's facts as one HTML page that needs no network, or as a document or table.

    md and json say what the page says; csv and parquet have a row for each finding, and one for a fact without any.
    """
    from flows.reporting import reports

    if show and (form is not Form.HTML or out == Path("-")):
        raise InputError("--open shows an HTML file: leave out --format and --out -")
    for path in reports(reader_of(warehouse), seed, form.value, out, datetime.now(UTC)):
        tell(f"{path}: written")
        if show:
            webbrowser.open(path.expanduser().resolve().as_uri())


@app.command()
def evidence(
    out: Annotated[Path, typer.Argument(metavar="FILE.warc.gz", help="Where to; what is there is replaced.")],
    seed: Annotated[str | None, typer.Option(help="Of this seed (id).")] = None,
    fact: Annotated[str | None, typer.Option(help="Of this fact (id).")] = None,
    warehouse: Store = None,
) -> None:
    """Writes the texts that carry findings, as they were, to a web archive, each with time, hashes and findings."""
    from flows.evidence import write_warc
    from warehouse.evidence import kept_texts

    count = write_warc(kept_texts(reader_of(warehouse), seed, fact), out)
    tell(f"{out}: {count} text{'' if count == 1 else 's'}")
    raise typer.Exit(0 if count else 1)


@app.command()
def sql(
    query: Annotated[
        str | None,
        typer.Argument(help="One select; - is stdin. Views: facts, matches, contradictions, fact_timeline, runs …"),
    ] = None,
    file: Annotated[Path | None, typer.Option(metavar="QUERY.sql", help="The query from a file.")] = None,
    seconds: Annotated[float, typer.Option(min=0.1, help="Stop after so long.")] = 60,
    as_table: Annotated[bool, typer.Option("--table", help="A table for people, the default.")] = False,
    as_json: Json = False,
    as_csv: Csv = False,
    warehouse: Store = None,
) -> None:
    """Asks the readers' copy of the warehouse a question in SQL; nothing can be changed, no other file be read."""
    one_form(as_json, as_csv)
    if as_table and (as_json or as_csv):
        raise InputError("--table, --json or --csv: one of them")
    table = reader_of(warehouse).sql(_query(query, file), seconds)
    if as_json:
        say(to_json(objects(table)))
    elif as_csv:
        write_csv(table, sys.stdout)
    else:
        console().print(any_grid(type(table)(table.columns, table.rows[:LAID_OUT])))
        more = f", of which the first {LAID_OUT} are shown; --json and --csv have all"
        rows = f"{len(table.rows):,} row{'' if len(table.rows) == 1 else 's'}"
        tell(rows + (more if len(table.rows) > LAID_OUT else ""))


def _query(query: str | None, file: Path | None) -> str:
    if (query is None) == (file is None):
        raise InputError("needed is a query, - for stdin, or --file QUERY.sql")
    if file is None:
        return sys.stdin.read() if query == "-" else str(query)
    try:
        return file.expanduser().read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file} cannot be read: {error}") from error
