"""Commands on feeds and lists of feeds."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.look import SHOWN, show_view
from flows.cli.shell import Csv, Json, Store, app, say, tell, where
from flows.errors import InputError
from flows.show import safe

feeds_app = typer.Typer(invoke_without_command=True)
app.add_typer(feeds_app, name="feeds")

OfSeed = Annotated[
    str | None,
    typer.Option(
        "--seed", metavar="FILE", help="The feeds of this seed [default: your own list beside the warehouse]."
    ),
]


@feeds_app.callback()
def feeds(
    ctx: typer.Context,
    since: Annotated[
        str | None, typer.Option(metavar="WHEN", help="Polled since a date or time (ISO, UTC), or for 12h, 2d, 1w.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help=f"So many rows at most [tables: {SHOWN}].")] = None,
    as_json: Json = False,
    as_csv: Csv = False,
    warehouse: Store = None,
) -> None:
    """The feeds and their health, the failing first; with a command: adds, removes, pauses, takes in or gives out.

    A run polls the feeds that its seeds name and those of your own list: the file seedwatch.opml beside the warehouse
    seedwatch.duckdb, which the commands below write. A paused feed is polled by no run, whatever names it.
    """
    if ctx.invoked_subcommand is None:
        show_view("feeds", None, None, since, limit, as_json, as_csv, warehouse)
    elif since or limit or as_json or as_csv or warehouse:
        raise InputError(f"options go after the command: seedwatch feeds {ctx.invoked_subcommand} …")


@feeds_app.command("add")
def feeds_add(
    url: Annotated[str, typer.Argument(metavar="URL", help="A feed, or a page of the site whose feed is wanted.")],
    seed: OfSeed = None,
    choose: Annotated[int | None, typer.Option(min=1, metavar="N", help="Of several feeds found, this one.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Of several feeds found, the first.")] = False,
    warehouse: Store = None,
) -> None:
    """Adds a feed. From a page it takes the feed that the page names, else one at a usual place of its site."""
    from flows.feedlists import find, list_for
    from flows.poll.opml import FeedSource

    settings, place = where(warehouse)
    target = list_for(seed, place)
    found = find(url, settings).feeds
    if choose is not None and choose > len(found):
        raise InputError(f"--choose {choose}: found are {len(found)}")
    if len(found) > 1 and choose is None and not yes:
        for n, feed in enumerate(found, 1):
            say(safe(f"{n}  {feed.url}  {feed.title or ''}  ({feed.entries} entries)"))
        if not sys.stdin.isatty():
            raise InputError(f"{len(found)} feeds found: add one with --choose N, or the first with --yes")
        choose = typer.prompt("Which one", type=int, default=1)
        if not 0 < choose <= len(found):
            raise InputError(f"{choose}: found are {len(found)}")
    feed = found[(choose or 1) - 1]
    if target.add([FeedSource(feed.url, feed.title)]):
        say(safe(f"{feed.url}: added to {target.path} ({feed.title or 'no title'}, {feed.entries} entries)"))
    else:
        say(safe(f"{feed.url}: is in {target.path} already"))


@feeds_app.command("remove")
def feeds_remove(
    url: Annotated[str, typer.Argument(metavar="URL", help="As the list names it.")],
    seed: OfSeed = None,
    warehouse: Store = None,
) -> None:
    """Removes a feed from your own list, or from a seed's. What it brought stays in the warehouse."""
    from flows.feedlists import list_for, polled_feeds, unknown

    _, place = where(warehouse)
    target = list_for(seed, place)
    if target.remove(url):
        say(safe(f"{url}: removed from {target.path}"))
        return
    known = {feed.url for feed in target.feeds()}
    if url in {feed.url for feed in polled_feeds(seed, place)}:
        raise InputError(f"{url}: is named by the seed, not by {target.path}: seedwatch feeds pause keeps it unpolled")
    raise InputError(f"{target.path}: {unknown(url, known)}")


@feeds_app.command("pause")
def feeds_pause(
    url: Annotated[str, typer.Argument(metavar="URL", help="As the list names it.")],
    seed: OfSeed = None,
    warehouse: Store = None,
) -> None:
    """Keeps a feed from being polled, whichever list names it, until it is resumed."""
    _pause(url, True, seed, warehouse)


@feeds_app.command("resume")
def feeds_resume(
    url: Annotated[str, typer.Argument(metavar="URL", help="As the list names it.")],
    seed: OfSeed = None,
    warehouse: Store = None,
) -> None:
    """Lets a paused feed be polled again."""
    _pause(url, False, seed, warehouse)


@feeds_app.command("import")
def feeds_import(
    file: Annotated[Path, typer.Argument(metavar="FILE.opml", help="A list, as other readers of feeds write it.")],
    seed: OfSeed = None,
    warehouse: Store = None,
) -> None:
    """Adds the feeds of an OPML list, its folders as tags. They are polled, and thereby checked, by the next run."""
    from flows.feedlists import list_for, take_in

    settings, place = where(warehouse)
    target = list_for(seed, place)
    sources = take_in(file, settings)
    added = target.add(sources)
    say(safe(f"{file}: {len(added)} feeds added to {target.path}, {len(sources) - len(added)} were there already"))


@feeds_app.command("export")
def feeds_export(
    out: Annotated[
        str, typer.Option("--out", "-o", metavar="FILE", help="Where to; - is standard output [default: -].")
    ] = "-",
    seed: OfSeed = None,
    warehouse: Store = None,
) -> None:
    """Writes the feeds that a run polls (those of the seed and your own) as an OPML list, tags as nested folders."""
    from flows.feedlists import polled_feeds, replace_file
    from flows.poll.opml import write_opml

    _, place = where(warehouse)
    sources = polled_feeds(seed, place)
    document = write_opml(sources, "Feeds of Seedwatch")
    if out == "-":
        say(document.decode("utf-8").rstrip("\n"))
    else:
        replace_file(Path(out), document)
        tell(f"{out}: {len(sources)} feeds")


def _pause(url: str, paused: bool, seed: str | None, warehouse: Path | None) -> None:
    from flows.feedlists import pause

    settings, place = where(warehouse)
    changed = pause(url, paused, seed, place, settings.patience)
    state = "paused" if paused else "polled again by the next run"
    say(safe(f"{url}: {state}" if changed else f"{url}: was {'paused' if paused else 'not paused'} already"))
