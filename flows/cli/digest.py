"""The command that sends, or shows, digests."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.shell import Json, Seeds, Store, app, say, tell, where
from flows.errors import InputError
from flows.show import safe, to_json

_SAID = {
    "posted": "in the outbox",
    "told before": "was told before",
    "nothing new": "nothing new, so no mail (alerts.digest_when_quiet)",
    "off": "the seed wants none (alerts.digest)",
    "nobody": "nobody is told: set SEEDWATCH_MAIL_TO, or alerts.to in the seed",
}


@app.command()
def digest(
    seeds: Seeds = None,
    days: Annotated[
        int | None, typer.Option(min=1, max=366, help="Of so many days up to now, beside those by rhythm.")
    ] = None,
    weekly: Annotated[bool, typer.Option("--weekly", help="Of the last week from Monday to Sunday.")] = False,
    preview: Annotated[bool, typer.Option("--preview", help="Show it; nothing is sent or stored.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="Write one seed's HTML here; nothing is sent.")
    ] = None,
    as_json: Json = False,
    warehouse: Store = None,
) -> None:
    """Mails what the last day, or week, brought: changes, standings, new coverage, what is not known.

    A day or week is told once, by default only if something happened; the seed says which of them (alerts.digest).
    """
    from flows.digesting import Asked, digests, send_digests, watched
    from flows.reporting import replacing
    from flows.tell.digest import pages, subject_of

    if days is not None and weekly:
        raise InputError("--days or --weekly, not both")
    settings, place = where(warehouse)
    asked, chosen, now = Asked(days, weekly), watched(seeds or ()), datetime.now(UTC)
    if out is not None and len(chosen) > 1:
        raise InputError(f"one file for {len(chosen)} seeds: give one of them")
    if preview or out is not None or as_json:
        made = list(digests(place, chosen, asked, now))
        if as_json:
            say(to_json(made))
        elif out is not None:
            with replacing(out) as fresh:
                fresh.write_text(pages(made[0])[1], "utf-8")
            tell(f"{out}: written")
        else:
            for one in made:
                say(safe(f"Subject: {subject_of(one)}\n\n{pages(one)[0]}"))
        return
    posted, told = send_digests(settings, place, chosen, asked, now)
    for seed in posted:
        say(f"{seed.seed_id}{f', {seed.period.said}' if seed.period else ''}: {_SAID[seed.outcome]}")
    for trouble in told.troubles:
        tell(trouble, "red")
    say(f"{told.sent} sent, {told.written} written to files, {told.due} to be tried again")
    raise typer.Exit(1 if told.troubles else 0)
