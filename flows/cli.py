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
    rich_markup_mode="markdown",  # as rich markup, "[default: …]" would not be shown
    context_settings={"help_option_names": ["-h", "--help"]},
    add_completion=False,
)
seed_app = typer.Typer(help="Looks after seeds.", no_args_is_help=True)
app.add_typer(seed_app, name="seed")
feeds_app = typer.Typer(invoke_without_command=True)
app.add_typer(feeds_app, name="feeds")

Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
Csv = Annotated[bool, typer.Option("--csv", help="CSV with all columns, safe to open in a spreadsheet.")]
OfSeed = Annotated[
    str | None,
    typer.Option(
        "--seed", metavar="FILE", help="The feeds of this seed [default: your own list beside the warehouse]."
    ),
]
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
    due: Annotated[
        bool,
        typer.Option("--due/--all", help="Poll only the feeds that are due, as scheduled runs do, or all."),
    ] = False,
    engine: EngineOption = None,
    as_json: Json = False,
) -> None:
    """One pass now: poll the feeds, read what is new, compare it with the facts, store and sum up.

    All feeds are polled, whether due or not; --due polls those that are due. Never polled, even with --all, are paused
    feeds and feeds of a host that asked to be left alone (Retry-After) for a time that is not over.
    """
    from flows.pipeline import run_pass
    from flows.plan import plan
    from flows.progress import shown
    from flows.settings import Settings
    from flows.summary import document, exit_code, known, show_run

    planned = plan(Settings(), seeds or (), feeds or (), warehouse, limit, due=due, engine=_engine(engine))
    with shown() as progress:
        report = run_pass(planned, progress=progress)
    now_known = known(planned.warehouse, report)
    if as_json:
        _say(to_json(document(report, now_known)))
    else:
        show_run(report, now_known, console())
    code = exit_code(report, now_known)
    if code == 3:
        outage = ": an outage on this side, which is not charged to the feeds" if report.own_outage else ""
        tell(f"none of the {report.polled_feeds} feeds could be reached{outage}", "red")
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
def recheck(
    seeds: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SEED.yaml …]", help="Seed files [default: the bundled istanbul-2025]."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would change; nothing is stored and no model asked.")
    ] = False,
    warehouse: Store = None,
    engine: EngineOption = None,
    as_json: Json = False,
) -> None:
    """Compares stored articles again where facts, names or the engine have changed since. Nothing is fetched.

    A new fact is thereby looked for in all that was read before. What was stopped goes on where it was; a second time
    there is nothing left to do.
    """
    from flows.plan import plan
    from flows.progress import shown
    from flows.settings import Settings

    planned = plan(Settings(), seeds or (), (), warehouse, engine=_engine(engine))
    if not planned.warehouse.expanduser().exists():
        raise InputError(f"there is no warehouse at {planned.warehouse} yet: seedwatch run makes it")
    if dry_run:
        from flows.preview import preview

        with shown() as progress:
            previews = preview(planned, progress)
        if as_json:
            _say(to_json(previews))
            return
        for one in previews:
            _say(f"{one.seed_id}: {one.articles} articles to compare again")
            for change in one.findings:
                side = " → ".join(verdict for verdict in (change.before, change.after) if verdict)
                line = f"{change.name}: {change.fact_id} ({side})  “{change.sentence}” — {change.publisher}"
                _say(safe(" ".join(line.split())))
            for moved in one.standings:
                _say(f"standing: {moved.fact_id}: {moved.before} → {moved.after}")
        return
    from flows.pipeline import recheck_pass
    from flows.summary import document, known, show_changes

    with shown() as progress:
        report = recheck_pass(planned, progress=progress)
    now_known = known(planned.warehouse, report)
    if as_json:
        _say(to_json(document(report, now_known)))
        return
    unchecked = sum(report.unchecked.values())
    _say(
        f"{report.compared} articles compared again, {report.relevant} about the event: {report.supports} new matches, "
        f"{report.contradicts} new contradictions, {unchecked} unchecked"
    )
    show_changes(now_known.changes, console())


@app.command()
def mark(
    finding: Annotated[
        str, typer.Argument(metavar="FINDING", help="Its finding_id, as matches and contradictions give it.")
    ],
    right: Annotated[bool | None, typer.Option("--right/--wrong", help="Whether the finding is right.")] = None,
    note: Annotated[str | None, typer.Option(help="What you have to say of it.")] = None,
    warehouse: Store = None,
) -> None:
    """Keeps what you say of a finding. A wrong one counts no more from the next run on, under any engine.

    The last word on a finding holds; none is forgotten.
    """
    from warehouse.store import Warehouse

    if right is None:
        raise InputError("say --right or --wrong")
    settings, place = _place(warehouse)
    if not place.exists():
        raise InputError(f"there is no warehouse at {place} yet: seedwatch run makes it")
    store = Warehouse(place, settings.patience)
    if not store.mark(finding, right, note, datetime.now(UTC)):
        raise InputError(f"{finding}: no finding has this id; seedwatch contradictions --json gives them")
    store.publish()
    _say(safe(f"{finding}: marked {'right' if right else 'wrong; it counts no more from the next run on'}"))


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
    engine: EngineOption = None,
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
        raise typer.Exit(command.many(jsonl, out or "-", workers, _engine(engine)))
    if out is not None or workers is not None:
        raise InputError("--out and --workers go with --jsonl")
    if fact is None or (text is None) == (file is None):
        raise InputError("needed are --fact and one of --text and --file, or --jsonl")
    raise typer.Exit(command.one(fact, text, file, published_at, as_of, _engine(engine), as_json))


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
        _show(view, seed, fact, since, limit, as_json, as_csv, warehouse)


def _show(
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


alerts_app = typer.Typer(invoke_without_command=True)
app.add_typer(alerts_app, name="alerts")


@alerts_app.callback()
def alerts(
    ctx: typer.Context,
    since: Annotated[
        str | None, typer.Option(metavar="WHEN", help="Raised since a date or time (ISO, UTC), or for 12h, 2d, 1w.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help=f"So many rows at most [tables: {SHOWN}].")] = None,
    as_json: Json = False,
    as_csv: Csv = False,
    warehouse: Store = None,
) -> None:
    """What there was to tell, and whether it has been told; with a command: previews or sends the mails."""
    if ctx.invoked_subcommand is None:
        _show("alerts", None, None, since, limit, as_json, as_csv, warehouse)
    elif since or limit or as_json or as_csv or warehouse:
        raise InputError(f"options go after the command: seedwatch alerts {ctx.invoked_subcommand} …")


@alerts_app.command("preview")
def alerts_preview(
    seeds: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SEED.yaml …]", help="Seed files [default: the bundled istanbul-2025]."),
    ] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the first mail's HTML here.")] = None,
    warehouse: Store = None,
) -> None:
    """Shows the mails that would be sent for what waits. Nothing is sent or stored."""
    from flows.telling import preview

    settings, place = _place(warehouse)
    shown = preview(settings, place, seeds or (), datetime.now(UTC))
    if not shown:
        tell("nothing waits that may be sent now")
    for mail in shown:
        _say(safe(f"Subject: {mail.subject}\n\n{mail.text}"))
    if html is not None and shown:
        html.write_text(shown[0].html, "utf-8")


@alerts_app.command("send")
def alerts_send(
    again: Annotated[bool, typer.Option("--again", help="Refused and expired mails too.")] = False,
    warehouse: Store = None,
) -> None:
    """Tries now to send the mails that could not be sent."""
    from flows.telling import send_again

    settings, place = _place(warehouse)
    told = send_again(settings, place, datetime.now(UTC), ended=again)
    for trouble in told.troubles:
        tell(trouble, "red")
    _say(f"{told.sent} sent, {told.written} written to files, {told.due} to be tried again")
    raise typer.Exit(1 if told.troubles else 0)


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
        _show("feeds", None, None, since, limit, as_json, as_csv, warehouse)
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

    settings, place = _place(warehouse)
    target = list_for(seed, place)
    found = find(url, settings).feeds
    if choose is not None and choose > len(found):
        raise InputError(f"--choose {choose}: found are {len(found)}")
    if len(found) > 1 and choose is None and not yes:
        for n, feed in enumerate(found, 1):
            _say(safe(f"{n}  {feed.url}  {feed.title or ''}  ({feed.entries} entries)"))
        if not sys.stdin.isatty():
            raise InputError(f"{len(found)} feeds found: add one with --choose N, or the first with --yes")
        choose = typer.prompt("Which one", type=int, default=1)
        if not 0 < choose <= len(found):
            raise InputError(f"{choose}: found are {len(found)}")
    feed = found[(choose or 1) - 1]
    if target.add([FeedSource(feed.url, feed.title)]):
        _say(safe(f"{feed.url}: added to {target.path} ({feed.title or 'no title'}, {feed.entries} entries)"))
    else:
        _say(safe(f"{feed.url}: is in {target.path} already"))


@feeds_app.command("remove")
def feeds_remove(
    url: Annotated[str, typer.Argument(metavar="URL", help="As the list names it.")],
    seed: OfSeed = None,
    warehouse: Store = None,
) -> None:
    """Removes a feed from your own list, or from a seed's. What it brought stays in the warehouse."""
    from flows.feedlists import list_for, polled_feeds, unknown

    _, place = _place(warehouse)
    target = list_for(seed, place)
    if target.remove(url):
        _say(safe(f"{url}: removed from {target.path}"))
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

    settings, place = _place(warehouse)
    target = list_for(seed, place)
    sources = take_in(file, settings)
    added = target.add(sources)
    _say(safe(f"{file}: {len(added)} feeds added to {target.path}, {len(sources) - len(added)} were there already"))


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

    _, place = _place(warehouse)
    sources = polled_feeds(seed, place)
    document = write_opml(sources, "Feeds of Seedwatch")
    if out == "-":
        _say(document.decode("utf-8").rstrip("\n"))
    else:
        replace_file(Path(out), document)
        tell(f"{out}: {len(sources)} feeds")


def _pause(url: str, paused: bool, seed: str | None, warehouse: Path | None) -> None:
    from flows.feedlists import pause

    settings, place = _place(warehouse)
    changed = pause(url, paused, seed, place, settings.patience)
    state = "paused" if paused else "polled again by the next run"
    _say(safe(f"{url}: {state}" if changed else f"{url}: was {'paused' if paused else 'not paused'} already"))


def _place(warehouse: Path | None) -> tuple[Any, Path]:
    """The settings, and the warehouse that is meant."""
    from flows.settings import Settings

    settings = Settings()
    return settings, (warehouse or settings.warehouse).expanduser()


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


def _engine(name: str | None) -> Any:
    from seeds.engine import parse

    try:
        return None if name is None else parse(name)
    except ValueError as error:
        raise InputError(f"--engine {error}") from error


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
