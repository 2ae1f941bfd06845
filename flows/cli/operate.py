"""Commands on the installation."""

from datetime import UTC, datetime

import typer
from rich.text import Text

from flows.cli.shell import Json, Store, app, say
from flows.show import console, safe, to_json


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
