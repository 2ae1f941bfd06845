"""What all commands share: the application, its outcomes as exit codes, options that mean the same, output."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text
from typer.core import TyperGroup

from flows.errors import InputError, SeedwatchError
from flows.show import console, safe

if TYPE_CHECKING:
    from flows.settings import Settings
    from seeds.engine import Engine
    from warehouse.read import Reader


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
    rich_markup_mode="markdown",  # as rich markup, "[default: …]" would not be shown
    context_settings={"help_option_names": ["-h", "--help"]},
    add_completion=False,
)

Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
Csv = Annotated[bool, typer.Option("--csv", help="CSV with all columns, safe to open in a spreadsheet.")]
Store = Annotated[
    Path | None,
    typer.Option(
        "--warehouse", metavar="FILE", help="The DuckDB file [default: $SEEDWATCH_WAREHOUSE or seedwatch.duckdb]."
    ),
]

EngineOption = Annotated[
    str | None,
    typer.Option(
        "--engine",
        metavar="ENGINE",
        help="What compares: bundled, hub:OWNER/NAME, hub:./FOLDER or llm:MODEL@URL "
        "[default: the seed's, or $SEEDWATCH_ENGINE, or bundled].",
    ),
]
Seeds = Annotated[
    list[str] | None, typer.Argument(metavar="[SEED.yaml …]", help="Seed files [default: the bundled istanbul-2025].")
]


def tell(message: str, style: str = "") -> None:
    """Prints a message on stderr, control characters apart."""
    console(stderr=True).print(Text(safe(message), style=style), soft_wrap=True)


def say(line: str) -> None:
    """Prints a line on stdout as it is: what comes from others goes through ``show.safe`` before."""
    typer.echo(line)


def where(warehouse: Path | None) -> "tuple[Settings, Path]":
    """The settings, and the warehouse that is meant."""
    from flows.settings import Settings

    settings = Settings()
    return settings, (warehouse or settings.warehouse).expanduser()


def reader_of(warehouse: Path | None) -> "Reader":
    """The readers' copy of the warehouse that is meant."""
    from warehouse.read import Reader

    return Reader(where(warehouse)[1])


def engine(name: str | None) -> "Engine | None":
    """The engine that ``--engine`` names; None where it is not given."""
    from seeds.engine import parse

    try:
        return None if name is None else parse(name)
    except ValueError as error:
        raise InputError(f"--engine {error}") from error


def one_form(as_json: bool, as_csv: bool) -> None:
    """Raises InputError where two forms of output are asked for."""
    if as_json and as_csv:
        raise InputError("--json or --csv, not both")
