"""The command line: ``seedwatch``. What a command needs is imported when it runs, so that reading starts at once.

Exit codes: 0 done, 1 ran but found nothing usable, 2 bad input or configuration, 3 nothing could be reached,
130 interrupted.
"""

import os
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text
from typer.core import TyperGroup

from flows.errors import InputError, SeedwatchError
from flows.show import READABLE, any_grid, console, grid, objects, safe, to_json, when, write_csv

SHOWN = 50
"""Rows of a table for people unless ``--limit`` says else; JSON and CSV have all."""

BUG = 70
"""Exit code after a bug, as sysexits.h has it: no other outcome looks like it."""


class _Commands(TyperGroup):
    """Turns what a person can put right into a message and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except SeedwatchError as error:
            tell(str(error), "red")
            raise typer.Exit(error.exit_code) from error
        except KeyboardInterrupt as error:
            watching = ctx.invoked_subcommand in ("run", "demo")
            tell("stopped; what was stored stays, run again to go on" if watching else "stopped")
            raise typer.Exit(130) from error
        except BrokenPipeError as error:
            # The reader has what it wanted. Whatever is still buffered must not complain at the end of the process.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(141) from error


app = typer.Typer(
    name="seedwatch",
    cls=_Commands,
    help="Watches the news for what others report about the facts of a document: who confirms, who contradicts.",
    epilog="Exit codes: 0 done, 1 nothing usable found, 2 bad input or configuration, 3 nothing reachable.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    add_completion=False,
)
seed_app = typer.Typer(help="Looks after seeds.", no_args_is_help=True)
app.add_typer(seed_app, name="seed")

Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
Csv = Annotated[bool, typer.Option("--csv", help="CSV with all columns, safe to open in a spreadsheet.")]
Store = Annotated[
    Path | None,
    typer.Option(
        "--warehouse", metavar="FILE", help="The DuckDB file [default: $SEEDWATCH_WAREHOUSE or seedwatch.duckdb]."
    ),
]


def main() -> None:
    """What the console script runs; ends the process with the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except Exception:
        tell(safe(traceback.format_exc()))
        tell("This is a bug in Seedwatch, not something you did: please report it with the lines above.", "red")
        sys.exit(BUG)


def tell(message: str, style: str = "") -> None:
    """Prints a message on stderr, control characters apart."""
    console(stderr=True).print(Text(safe(message), style=style), soft_wrap=True)


def _version(asked: bool) -> None:
    if asked:
        from flows.settings import version

        _say(f"seedwatch {version()}")
        raise typer.Exit


@app.callback()
def _root(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None: ...


@app.command()
def run(
    seeds: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SEED.yaml …]", help="Seed files [default: the bundled istanbul-2025]."),
    ] = None,
    feeds: Annotated[
        list[str] | None,
        typer.Option(
            "--feeds", metavar="OPML|URL", help="A feed list or feed; may be given again [default: the seeds' own]."
        ),
    ] = None,
    warehouse: Store = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Read so many entries at most; the rest is left.")] = None,
    as_json: Json = False,
) -> None:
    """One pass now: poll the feeds, read what is new, compare it with the facts, store and sum up."""
    from flows.pipeline import run_pass
    from flows.plan import plan
    from flows.progress import shown
    from flows.settings import Settings
    from flows.summary import document, exit_code, known, show_run

    planned = plan(Settings(), seeds or (), feeds or (), warehouse, limit)
    with shown() as progress:
        report = run_pass(planned, progress=progress)
    now_known = known(planned.warehouse, report)
    if as_json:
        _say(to_json(document(report, now_known)))
    else:
        show_run(report, now_known, console())
    code = exit_code(report, now_known)
    if code == 3:
        tell(f"none of the {len(report.feeds)} feeds could be reached", "red")
    elif code:
        tell("no article could be read, in this run or before it", "red")
    raise typer.Exit(code)


@app.command()
def demo(
    keep: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep the warehouse in this folder [default: thrown away].")
    ] = None,
) -> None:
    """Watches a bundled newsroom on this machine: a pass, a second without news, a third with late coverage."""
    from flows.demo import show_demo

    raise typer.Exit(show_demo(keep, console()))


@app.command()
def judge(
    fact: Annotated[str | None, typer.Option(help="The statement to check.")] = None,
    text: Annotated[
        str | None, typer.Option(help="What may speak for or against it: a sentence or an article.")
    ] = None,
    file: Annotated[str | None, typer.Option(metavar="FILE", help="The same from a text file; - is stdin.")] = None,
    published_at: Annotated[str | None, typer.Option(metavar="ISO", help="When the text was published.")] = None,
    as_of: Annotated[str | None, typer.Option(metavar="ISO", help="The time for which the statement is meant.")] = None,
    jsonl: Annotated[
        str | None,
        typer.Option(metavar="IN", help='Many: lines {"id","claim","evidence"[,"published_at","as_of"]}; - is stdin.'),
    ] = None,
    out: Annotated[
        str | None, typer.Option(metavar="OUT", help="Where their answers go, in order [default: -].")
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, max=64, help="Processes for many [default: up to 4].")] = None,
    as_json: Json = False,
) -> None:
    """Says what a text says about a statement: no seed, no warehouse, no question whether it is about the event."""
    from flows import judge as command

    if jsonl is not None:
        given = {"--fact": fact, "--text": text, "--file": file, "--published-at": published_at, "--as-of": as_of}
        if wrong := [name for name, value in given.items() if value is not None]:
            raise InputError(f"--jsonl brings its own statements and texts: leave out {', '.join(wrong)}")
        if as_json:
            raise InputError("--jsonl answers in JSON lines already: leave out --json")
        raise typer.Exit(command.many(jsonl, out or "-", workers))
    if out is not None or workers is not None:
        raise InputError("--out and --workers go with --jsonl")
    if fact is None or (text is None) == (file is None):
        raise InputError("needed are --fact and one of --text and --file, or --jsonl")
    raise typer.Exit(command.one(fact, text, file, published_at, as_of, as_json))


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
        from warehouse.read import SINCE

        _one_form(as_json, as_csv)
        moment = None if since is None else when(since, datetime.now(UTC))
        shown = limit if limit or as_json or as_csv else SHOWN
        reader = _reader(warehouse)
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
            _say(to_json(objects(type(table)(table.columns, rows))))
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
    "facts": "What is watched: each fact with its standing.",
    "matches": "Who supports a fact, the surest first.",
    "contradictions": "Who contradicts a fact: both values, the sentence, publisher and date.",
    "articles": "What was read, the latest first.",
    "feeds": "The feeds and their health, the failing first.",
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
    _one_form(as_json, as_csv)
    table = _reader(warehouse).sql(query)
    if as_json:
        _say(to_json(objects(table)))
    elif as_csv:
        write_csv(table, sys.stdout)
    else:
        console().print(any_grid(table))
        tell(f"{len(table.rows):,} row{'' if len(table.rows) == 1 else 's'}")


@seed_app.command("check")
def seed_check(files: Annotated[list[Path], typer.Argument(metavar="FILE …", help="Seed files.")]) -> None:
    """Checks seed files: every fault with file, line and field; exit code 2 if there is one."""
    from seeds.model import load

    faulty = False
    for file in files:
        try:
            _say(safe(f"{file}: ok: {len(load(file).facts)} facts"))
        except InputError as error:
            faulty = True
            tell(str(error), "red")
    raise typer.Exit(2 if faulty else 0)


@app.command()
def doctor(warehouse: Store = None, as_json: Json = False) -> None:
    """Looks whether everything is in place: packages, weights, warehouse, seeds, disk, clock, settings."""
    from flows.doctor import examine

    checks = examine(warehouse, datetime.now(UTC))
    if as_json:
        _say(to_json(checks))
    else:
        colours = {"ok": "green", "warning": "yellow", "failed": "red"}
        for check in checks:
            line = Text.assemble((f"{check.state:8}", colours[check.state]), f"{check.name}: {safe(check.found)}")
            console().print(line, soft_wrap=True)
    raise typer.Exit(2 if any(check.state == "failed" for check in checks) else 0)


def _reader(warehouse: Path | None) -> Any:
    from warehouse.read import Reader

    if warehouse is None:
        from flows.settings import Settings

        warehouse = Settings().warehouse
    return Reader(warehouse)


def _one_form(as_json: bool, as_csv: bool) -> None:
    if as_json and as_csv:
        raise InputError("--json or --csv, not both")


def _say(line: str) -> None:
    typer.echo(line)


if __name__ == "__main__":
    main()
