"""Commands on seeds."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.shell import EngineOption, Json, app, say, tell
from flows.cli.shell import engine as chosen_engine
from flows.show import console, safe, to_json

seed_app = typer.Typer(help="Looks after seeds.", no_args_is_help=True)
app.add_typer(seed_app, name="seed")


@seed_app.command("check")
def seed_check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE …", help="Seed files.")],
    strict: Annotated[bool, typer.Option("--strict", help="Exit code 2 for warnings too.")] = False,
    as_json: Json = False,
) -> None:
    """Checks seed files: faults, and facts that cannot be watched well as they are written, each with its line.

    Exit code 2 if there is a fault; warnings alone leave it 0.
    """
    from flows.compare import Comparer
    from flows.seedcheck import check_file
    from seeds.model import load

    comparer = Comparer.load()
    remarks = {file: check_file(file, comparer) for file in files}
    told = [remark for found in remarks.values() for remark in found]
    if as_json:
        say(to_json(told))
    for file, found in () if as_json else remarks.items():
        for remark in found:
            tell(str(remark), "red" if remark.level == "error" else "yellow")
        if not any(remark.level == "error" for remark in found):
            say(safe(f"{file}: ok: {len(load(file).facts)} facts" + (f", {len(found)} warnings" if found else "")))
    raise typer.Exit(2 if any(remark.level == "error" or strict for remark in told) else 0)


@seed_app.command("draft")
def seed_draft(
    document: Annotated[
        str, typer.Argument(metavar="DOCUMENT", help="A text, Markdown, HTML or PDF file, or the address of a page.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "-o", "--out", metavar="FILE", help="The seed file to write; never one that is there [default: stdout]."
        ),
    ] = None,
    date: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="The document's day [default: what it says of itself].")
    ] = None,
    engine: Annotated[
        str | None,
        typer.Option(
            metavar="ENGINE",
            help="llm:MODEL@URL words the statements and is sent the document; hub:… holds them against it "
            "[default: neither; the rules and weights on board].",
        ),
    ] = None,
) -> None:
    """Drafts a seed from a document: statements to prune, each with its sentence; and what was left out, with reasons.

    What is unsafe is marked with "check". Nothing is sent anywhere, unless --engine names a language model.
    """
    from flows.drafting import draft_seed, told
    from flows.feedlists import replace_file
    from flows.settings import Settings
    from seeds.engine import BUNDLED
    from seeds.errors import InputError

    if out is not None and out.exists():
        raise InputError(f"{out}: is there already: name another file")
    drafted, text = draft_seed(document, date, Settings(), chosen_engine(engine) or BUNDLED, tell)
    if out is None:
        typer.echo(text, nl=False)
    else:
        replace_file(out, text.encode())
    tell(told(drafted, out))


@seed_app.command("try")
def seed_try(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The seed; or the id of a bundled one.")],
    feeds: Annotated[
        list[str] | None,
        typer.Option("--feeds", metavar="OPML|URL", help="A feed list or feed; may be given again [default: its own]."),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Read so many entries at most.")] = None,
    engine: EngineOption = None,
    as_json: Json = False,
) -> None:
    """Shows what the seed would find now: articles about the event, passages, verdicts. Nothing is stored or mailed."""
    from flows.dryrun import dry_run, show
    from flows.progress import shown
    from flows.settings import Settings

    with shown() as progress:
        found = dry_run(Settings(), file, feeds or (), limit, chosen_engine(engine), progress)
    if as_json:
        say(to_json(found))
    else:
        show(found, console())
    raise typer.Exit(found.exit_code)


@seed_app.command("new")
def seed_new(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The seed file to write; never one that is there.")],
    title: Annotated[str | None, typer.Option(help="What a person calls it [default: asked].")] = None,
    summary: Annotated[str | None, typer.Option(help="What happened, in a few sentences [default: asked].")] = None,
    facts: Annotated[
        str | None, typer.Option(metavar="FILE", help="Statements, one a line; - is stdin [default: asked].")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="The day for which the facts are stated [default: today].")
    ] = None,
    topic: Annotated[
        list[str] | None, typer.Option(help="Propose feeds on this; may be given again [default: world].")
    ] = None,
    region: Annotated[
        list[str] | None, typer.Option(help="Propose feeds from there; may be given again [default: any].")
    ] = None,
    language: Annotated[str, typer.Option(metavar="CODE", help="Propose feeds in this language.")] = "en",
    feeds: Annotated[
        list[str] | None,
        typer.Option("--feeds", metavar="URL", help="Feeds to watch in place of proposed ones; may be given again."),
    ] = None,
    dry: Annotated[bool, typer.Option("--try/--no-try", help="Make a pass now and show what it would find.")] = True,
) -> None:
    """Writes a new seed, checks it, and shows what it would find now. What is not given is asked for."""
    import os
    import re
    from datetime import UTC, date, datetime

    from flows.errors import InputError
    from flows.feedlists import replace_file
    from flows.newseed import NewSeed, catalogue, proposed, statements_in, written
    from flows.poll.opml import FeedSource

    if file.exists():
        raise InputError(f"{file}: is there already: name another file")
    if not os.access(file.absolute().parent, os.W_OK):  # now, not after all questions have been answered
        raise InputError(f"{file}: cannot be written: {file.absolute().parent} is no folder that you can write to")
    for url in feeds or ():
        if not re.match(r"https?://[^\s/]+", url):
            raise InputError(f"--feeds {url!r}: is no address like https://example.org/feed.xml")
    title = title or _asked("Title", "--title")
    summary = summary or _asked("What happened, in a few sentences", "--summary")
    try:
        day = date.fromisoformat(as_of) if as_of else datetime.now(UTC).date()
    except ValueError as error:
        raise InputError(f"--as-of {as_of!r}: a day is written like 2025-05-15") from error
    if facts is None:
        statements: tuple[str, ...] = ()
        while statement := _asked("A statement to watch (empty ends)", "--facts", default="" if statements else None):
            statements += (statement,)
    else:
        statements = statements_in(_text_of(facts), facts)
    if feeds:
        chosen = tuple(FeedSource(url) for url in feeds)
    else:
        about = " ".join((title, summary, *statements))
        chosen = proposed(catalogue(), about, topic or (), region or (), language)
    if not chosen:
        raise InputError("no feed of the catalogue is from there and about that in this language: give --feeds URL")
    replace_file(file, written(NewSeed(title, summary, day, statements, chosen, language)).encode())
    say(safe(f"{file}: written, with {len(statements)} facts and {len(chosen)} feeds"))
    if _remarked(file):
        raise typer.Exit(2)
    if dry:
        seed_try(file)


def _asked(what: str, option: str, default: str | None = None) -> str:
    """What a person answers on a terminal; InputError that names the option where there is none."""
    import sys

    from flows.errors import InputError

    if not sys.stdin.isatty():
        raise InputError(f"{option} is missing, and there is no terminal to ask on")
    return str(typer.prompt(what, default=default, show_default=False)).strip()


def _text_of(name: str) -> str:
    import sys

    from flows.errors import InputError

    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"--facts {name}: cannot be read: {error}") from error


def _remarked(file: Path) -> bool:
    """Tells what there is to say of a seed's file, and whether something keeps it from being used."""
    from flows.compare import Comparer
    from flows.seedcheck import check_file

    remarks = check_file(file, Comparer.load())
    for remark in remarks:
        tell(str(remark), "red" if remark.level == "error" else "yellow")
    return any(remark.level == "error" for remark in remarks)
