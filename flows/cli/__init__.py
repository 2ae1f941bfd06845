"""The command line: ``seedwatch``. What a command needs is imported when it runs, so that reading starts at once.

Exit codes: 0 done, 1 ran but found nothing usable, 2 bad input or configuration, 3 nothing could be reached,
130 interrupted.
"""

import os
import sys
import traceback
from typing import Annotated

import typer

# Each module adds its commands as it is imported, and ``--help`` lists them in that order.
# isort: off
from flows.cli import watch as watch, look as look, operate as operate, maintain as maintain
from flows.cli import seed as seed, feeds as feeds, alerts as alerts, digest as digest

# isort: on
from flows.cli.shell import app, say, tell
from flows.show import safe

BUG = 70
"""Exit code after a bug, as sysexits.h has it: no other outcome looks like it."""


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


def _version(asked: bool) -> None:
    if asked:
        from flows.settings import version

        say(f"seedwatch {version()}")
        raise typer.Exit


@app.callback()
def _root(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None: ...
