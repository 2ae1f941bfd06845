"""Commands on seeds."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.shell import app, say, tell
from flows.errors import InputError
from flows.show import safe

seed_app = typer.Typer(help="Looks after seeds.", no_args_is_help=True)
app.add_typer(seed_app, name="seed")


@seed_app.command("check")
def seed_check(files: Annotated[list[Path], typer.Argument(metavar="FILE …", help="Seed files.")]) -> None:
    """Checks seed files: every fault with file, line and field; exit code 2 if there is one."""
    from seeds.model import load

    faulty = False
    for file in files:
        try:
            say(safe(f"{file}: ok: {len(load(file).facts)} facts"))
        except InputError as error:
            faulty = True
            tell(str(error), "red")
    raise typer.Exit(2 if faulty else 0)
