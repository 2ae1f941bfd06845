"""The command ``demo``: the bundled newsroom on loopback, watched in three passes."""

import ipaddress
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Protocol

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from flows.pipeline import run_pass
from flows.plan import Plan, plan
from flows.progress import shown
from flows.settings import Settings
from flows.show import objects, text
from flows.summary import counts, exit_code, known, show_changes, show_facts, show_run
from seeds.engine import BUNDLED
from seeds.errors import InputError, SeedwatchError, suggestion
from warehouse.read import Reader

LOOPBACK = ipaddress.ip_network("127.0.0.0/8")
NOT_PAGES = ("/feed.xml", "/feeds.opml", "/robots.txt", "/hits.json")


class _Hit(Protocol):
    @property
    def path(self) -> str: ...
    @property
    def status(self) -> int: ...


class _Room(Protocol):
    @property
    def opml_url(self) -> str: ...
    @property
    def hits(self) -> Sequence[_Hit]: ...
    def advance(self, until: None) -> None: ...


def show_demo(seed: str, keep: Path | None, on: Console) -> int:
    """Runs the demo and prints it; 0 where it showed what it is to show, 1 where a pass did something else.

    ``seed`` is the id of a bundled seed with coverage; InputError for another.
    """
    serve = _newsroom()
    if seed not in serve.FIRST_PASSES:
        raise InputError(f"--seed {seed}: has no bundled coverage{suggestion(seed, [*serve.FIRST_PASSES])}")
    with ExitStack() as stack:
        if keep is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="seedwatch-demo-")))
        else:
            folder = _folder(keep)
        room = stack.enter_context(serve.Newsroom(seed))
        settings = Settings().model_copy(update={"allow_private": (LOOPBACK,), "spacing": 0.0})
        planned = plan(settings, [seed], [room.opml_url], folder / "demo.duckdb", engine=BUNDLED)
        return _passes(room, planned, on, kept=keep is not None)


def _passes(room: _Room, planned: Plan, on: Console, kept: bool) -> int:
    (seed,) = planned.seeds
    facts = len(seed.facts)
    publishers = f"{len(planned.feeds)} invented publishers on this machine"
    _say(on, "First pass", f"{publishers}; {facts} facts of {seed.seed} to check.")
    with shown() as progress:
        first = run_pass(planned, progress=progress, trigger="demo")
    now_known = known(planned.warehouse, first)
    show_run(first, now_known, on)
    code = exit_code(first, now_known)
    if code:
        return code

    asked = len(room.hits)
    _say(on, "Second pass", "Nothing has been published since. Nothing may be fetched or told again.")
    with shown() as progress:
        second = run_pass(planned, progress=progress, trigger="demo")
    feeds = [hit for hit in room.hits[asked:] if hit.path == "/feed.xml"]
    pages = _pages(room.hits[asked:])
    unchanged = sum(hit.status == 304 for hit in feeds)
    on.print(
        Text(f"{len(feeds)} feeds asked, {unchanged} of them answered “not modified” (304); {pages} pages fetched")
    )
    on.print(Text(counts(second)))
    told = second.supports + second.contradicts + len(second.changes)
    on.print(
        Text(
            f"{second.supports} new matches, {second.contradicts} new contradictions, "
            f"{len(second.changes)} changes of standing"
        )
    )
    quiet = not pages and not second.new and not told
    on.print(Text("→ nothing fetched again, nothing told again" if quiet else "→ NOT as it should be", style="bold"))

    asked = len(room.hits)
    room.advance(None)
    _say(
        on,
        "Third pass",
        "Late coverage is out now, and an article was corrected: only new pages are fetched, those about the event are "
        "asked for again if they changed, and standings change where something new is said.",
    )
    # What is asked for again after an hour and more is here as soon as it is older than the first pass took.
    soon = replace(planned, revisit=(first.ended_at - first.started_at,))
    with shown() as progress:
        third = run_pass(soon, progress=progress, trigger="demo")
    before_late, now_known = now_known, known(planned.warehouse, third)
    again = sum(hit.status == 304 and hit.path not in NOT_PAGES for hit in room.hits[asked:])
    on.print(Text(f"{_pages(room.hits[asked:]) - again} pages fetched, {again} not modified (304)"))
    on.print(Text(counts(third)))
    on.print(Text(f"{third.supports} new matches, {third.contradicts} new contradictions"))
    show_changes(now_known.changes, on)
    for row in objects(Reader(planned.warehouse).rows("corrections", seed=seed.seed)):
        on.print(
            Text(
                f"{text(row['kind'])} at {text(row['changed_at'])} by {text(row['publisher'])}: {text(row['fact_id'])} "
                f"({text(row['before'])} → {text(row['after'] or 'nothing')})\n  said “{text(row['sentence_before'])}”"
                f"\n  says “{text(row['sentence_after'] or 'nothing of it any more')}”"
            )
        )
    moved = {change["fact_id"] for change in now_known.changes}
    show_facts([fact for fact in now_known.facts if fact["fact_id"] in moved], on)
    for before, after in zip(before_late.facts, now_known.facts, strict=True):
        if after["fact_id"] not in moved and _count(before) != _count(after):
            on.print(Text(f"{after['fact_id']}: still {after['standing']}, {_count(before)} → {_count(after)}"))
    on.print(Text(f"→ {len(moved)} of {facts} facts have another standing than before", style="bold"))
    if not moved:
        on.print(Text("  (the engine was not sure enough of anything in the late articles to report it)"))
    if kept:
        on.print(
            Text(f"\nKept: {planned.warehouse}; look with: seedwatch facts --warehouse {planned.warehouse}"),
            soft_wrap=True,
        )
    else:
        on.print(Text("\nThe warehouse is thrown away now; --keep DIR keeps it to look around in."))
    return 0 if quiet and third.new else 1


def _count(fact: Mapping[str, object]) -> str:
    return f"{fact['supports']} for, {fact['contradicts']} against, {fact['superseded']} later"


def _pages(hits: Sequence[_Hit]) -> int:
    return sum(hit.path not in NOT_PAGES for hit in hits)


def _say(on: Console, title: str, line: str) -> None:
    on.print()
    on.print(Rule(Text(title, style="bold"), align="left"))
    on.print(Text(line + "\n", style="italic"))


def _newsroom() -> ModuleType:
    root = Path(__file__).resolve().parents[1]
    if not (root / "tests" / "newsroom" / "serve.py").exists():
        raise InputError(
            "the demo's newsroom is in the source, not in the installed package: run it from a checkout (make demo)"
        )
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    try:
        from tests.newsroom import serve
    except ImportError as error:
        raise SeedwatchError(f"the newsroom in {root} cannot be loaded: {error}") from error
    return serve


def _folder(keep: Path) -> Path:
    try:
        keep.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"--keep {keep}: {error.strerror}") from error
    if (keep / "demo.duckdb").exists():
        raise InputError(f"--keep {keep}: holds the warehouse of an earlier demo; give another folder or remove it")
    return keep
