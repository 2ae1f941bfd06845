"""Commands on the installation."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from flows.cli.shell import Json, Store, app, say
from flows.show import Column, console, grid, safe, text, to_json

config_app = typer.Typer(help="Says how this installation is configured.", no_args_is_help=True)
app.add_typer(config_app, name="config")


@config_app.command("show")
def config_show(as_json: Json = False) -> None:
    """Every setting with its value and where that comes from; passwords and keys are not shown.

    A value goes before another in this order: command line, environment, .env, seedwatch.toml (in the current folder,
    or the file that $SEEDWATCH_CONFIG names), default.
    """
    from flows.configuration import configuration

    settings = configuration()
    if as_json:
        say(to_json(settings))
        return
    columns = [
        Column("setting", lambda row: text(row["setting"])),
        Column("value", lambda row: text(row["value"], 80)),
        Column("from", lambda row: text(row["from"])),
    ]
    console().print(grid(columns, [{"setting": s.name, "value": s.value, "from": s.origin} for s in settings]))


@app.command()
def serve(
    file: Annotated[Path, typer.Option("--file", metavar="FILE", help="The deployments.")] = Path("prefect.yaml"),
) -> None:
    """Runs the deployments of prefect.yaml on their schedules as long as this runs, with no work pool and no worker.

    Needs a Prefect server at $PREFECT_API_URL, and waits for it where it goes away. Its end pauses the schedules.
    """
    from flows.serving import serve as serve_deployments

    serve_deployments(file)


@app.command()
def doctor(warehouse: Store = None, as_json: Json = False) -> None:
    """Looks whether everything is in place: packages, weights, warehouse, seeds, disk, clock, settings."""
    from flows.doctor import examine

    checks = examine(warehouse, datetime.now(UTC))
    if as_json:
        say(to_json(checks))
    else:
        colours = {"ok": "green", "warning": "yellow", "failed": "red"}
        for check in checks:
            line = Text.assemble((f"{check.state:8}", colours[check.state]), f"{check.name}: {safe(check.found)}")
            console().print(line, soft_wrap=True)
    raise typer.Exit(2 if any(check.state == "failed" for check in checks) else 0)
