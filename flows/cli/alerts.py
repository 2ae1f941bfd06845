"""Commands on alerts and mails."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.look import SHOWN, show_view
from flows.cli.shell import Csv, Json, Seeds, Store, app, say, tell, where
from flows.errors import InputError
from flows.show import safe

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
        show_view("alerts", None, None, since, limit, as_json, as_csv, warehouse)
    elif since or limit or as_json or as_csv or warehouse:
        raise InputError(f"options go after the command: seedwatch alerts {ctx.invoked_subcommand} …")


@alerts_app.command("preview")
def alerts_preview(
    seeds: Seeds = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the first mail's HTML here.")] = None,
    warehouse: Store = None,
) -> None:
    """Shows the mails that would be sent for what waits. Nothing is sent or stored."""
    from flows.telling import preview

    settings, place = where(warehouse)
    shown = preview(settings, place, seeds or (), datetime.now(UTC))
    if not shown:
        tell("nothing waits that may be sent now")
    for mail in shown:
        say(safe(f"Subject: {mail.subject}\n\n{mail.text}"))
    if html is not None and shown:
        html.write_text(shown[0].html, "utf-8")


@alerts_app.command("test-mail")
def alerts_test_mail(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="Who gets it.")], warehouse: Store = None
) -> None:
    """Sends one test mail the way that alerts go, and says what the server answered."""
    from flows.telling import send_test

    settings, place = where(warehouse)
    attempt = send_test(settings, place, address, datetime.now(UTC))
    if attempt.state == "sent":
        say(safe(f"sent to {attempt.recipient}: {attempt.detail}"))
    elif attempt.state == "written":
        tell("no mail server is set (SEEDWATCH_SMTP_HOST, or SEEDWATCH_SMTP_BLOCK), so mails become files")
        say(safe(f"written to {attempt.detail}"))
    else:
        tell(attempt.detail or attempt.state, "red")
        raise typer.Exit(1)


@alerts_app.command("send")
def alerts_send(
    again: Annotated[bool, typer.Option("--again", help="Refused and expired mails too.")] = False,
    warehouse: Store = None,
) -> None:
    """Tries now to send the mails that could not be sent."""
    from flows.telling import send_again

    settings, place = where(warehouse)
    told = send_again(settings, place, datetime.now(UTC), ended=again)
    for trouble in told.troubles:
        tell(trouble, "red")
    ended = f", {told.ended} refused or expired" if told.ended else ""
    say(f"{told.sent} sent, {told.written} written to files, {told.due} to be tried again{ended}")
    raise typer.Exit(1 if told.troubles else 0)
