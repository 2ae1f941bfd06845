"""Commands that compare: run, recheck, demo, judge; and what a person says of a finding."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.shell import EngineOption, Json, Seeds, Store, app, say, tell, where
from flows.cli.shell import engine as chosen_engine
from flows.errors import InputError
from flows.show import console, safe, to_json


@app.command()
def run(
    seeds: Seeds = None,
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

    planned = plan(Settings(), seeds or (), feeds or (), warehouse, limit, due=due, engine=chosen_engine(engine))
    with shown() as progress:
        report = run_pass(planned, progress=progress)
    now_known = known(planned.warehouse, report)
    if as_json:
        say(to_json(document(report, now_known)))
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
    seed: Annotated[
        str, typer.Option(help="Which bundled seed: istanbul-2025, san-telmo-2025, tarnholm-2025 or velmark-2025.")
    ] = "istanbul-2025",
    keep: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep the warehouse in this folder [default: thrown away].")
    ] = None,
) -> None:
    """Watches a bundled newsroom on this machine: a pass, a second without news, a third with late news."""
    from flows.demo import show_demo

    raise typer.Exit(show_demo(seed, keep, console()))


@app.command()
def recheck(
    seeds: Seeds = None,
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

    planned = plan(Settings(), seeds or (), (), warehouse, engine=chosen_engine(engine))
    if not planned.warehouse.expanduser().exists():
        raise InputError(f"there is no warehouse at {planned.warehouse} yet: seedwatch run makes it")
    if dry_run:
        from flows.preview import preview

        with shown() as progress:
            previews = preview(planned, progress)
        if as_json:
            say(to_json(previews))
            return
        for one in previews:
            say(f"{one.seed_id}: {one.articles} articles to compare again")
            for change in one.findings:
                side = " → ".join(verdict for verdict in (change.before, change.after) if verdict)
                line = f"{change.name}: {change.fact_id} ({side})  “{change.sentence}” — {change.publisher}"
                say(safe(" ".join(line.split())))
            for moved in one.standings:
                say(f"standing: {moved.fact_id}: {moved.before} → {moved.after}")
        return
    from flows.pipeline import recheck_pass
    from flows.summary import document, known, show_changes

    with shown() as progress:
        report = recheck_pass(planned, progress=progress)
    now_known = known(planned.warehouse, report)
    if as_json:
        say(to_json(document(report, now_known)))
        return
    unchecked = sum(report.unchecked.values())
    say(
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
    settings, place = where(warehouse)
    if not place.exists():
        raise InputError(f"there is no warehouse at {place} yet: seedwatch run makes it")
    store = Warehouse(place, settings.patience)
    if not store.mark(finding, right, note, datetime.now(UTC)):
        raise InputError(f"{finding}: no finding has this id; seedwatch contradictions --json gives them")
    store.publish()
    say(safe(f"{finding}: marked {'right' if right else 'wrong; it counts no more from the next run on'}"))


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
        raise typer.Exit(command.many(jsonl, out or "-", workers, chosen_engine(engine)))
    if out is not None or workers is not None:
        raise InputError("--out and --workers go with --jsonl")
    if fact is None or (text is None) == (file is None):
        raise InputError("needed are --fact and one of --text and --file, or --jsonl")
    raise typer.Exit(command.one(fact, text, file, published_at, as_of, chosen_engine(engine), as_json))
