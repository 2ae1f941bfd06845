"""Commands that look after the warehouse: all that is due, or a backup, a restore, an export by itself."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.shell import Json, Store, app, say, where
from flows.errors import InputError
from flows.show import safe, to_json

if TYPE_CHECKING:
    from flows.maintenance import Care, Step

maintain_app = typer.Typer(invoke_without_command=True)
app.add_typer(maintain_app, name="maintain")


@maintain_app.callback()
def maintain(
    ctx: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    as_json: Json = False,
    warehouse: Store = None,
) -> None:
    """Looks after the warehouse as the settings say: back up, drop old texts, pack, check, publish, export.

    With a command it does one thing. No other process may be in a run meanwhile.
    """
    if ctx.invoked_subcommand is not None:
        if dry_run or as_json or warehouse:
            raise InputError(f"options go after the command: seedwatch maintain {ctx.invoked_subcommand} …")
        return
    from flows.maintenance import maintain as steps

    _show(steps(_care(warehouse), datetime.now(UTC), dry_run=dry_run), as_json)


@maintain_app.command("backup")
def maintain_backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to; what is there is replaced.")],
    warehouse: Store = None,
) -> None:
    """Copies the warehouse to a file and verifies the copy."""
    from flows.maintenance import backed_up

    _show([backed_up(_care(warehouse), file.expanduser())])


@maintain_app.command("restore")
def maintain_restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")],
    warehouse: Store = None,
) -> None:
    """Verifies a backup and puts it in the place of the warehouse, which is kept beside it."""
    from flows.maintenance import restored

    _show(restored(_care(warehouse), file.expanduser()))


@maintain_app.command("export")
def maintain_export(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where to; an earlier export is replaced.")],
    warehouse: Store = None,
) -> None:
    """Writes the views as Parquet files, by day, from the readers' copy."""
    from flows.maintenance import Step, exported
    from warehouse.maintenance import Maintenance

    how = _care(warehouse)
    _show([Step("export", exported(Maintenance(how.warehouse, how.patience).export(folder.expanduser())))])


def _care(warehouse: Path | None) -> "Care":
    from flows.maintenance import care

    settings, place = where(warehouse)
    return care(settings, place)


def _show(steps: "Iterable[Step]", as_json: bool = False) -> None:
    """Prints each step as it is done; exit code 1 if a rule of the warehouse is broken."""
    done = []
    for step in steps:
        done.append(step)
        if not as_json:
            say(safe(f"{step.name}: {step.said}"))
    if as_json:
        say(to_json(done))
    raise typer.Exit(0 if all(step.ok for step in done) else 1)
