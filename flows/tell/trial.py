"""A mail that says that it is a test, with the headers and parts that alerts have."""

from datetime import datetime

from flows.tell.envelope import wrapped
from warehouse.records import Delivery, content_id

_SUBJECT = "Seedwatch: a test mail"
_SAID = "This is a test. Alerts come by the same way: who reads this will read them."


def trial(recipient: str, domain: str, now: datetime) -> Delivery:
    """The test mail to this recipient; another moment makes another mail."""
    mail_id = content_id("trial", recipient, now.isoformat())
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">'
        f'<title>{_SUBJECT}</title></head><body style="font-family: sans-serif"><p>{_SAID}</p></body></html>\n'
    )
    content = wrapped(
        subject=_SUBJECT,
        text=f"{_SAID}\n",
        html=html,
        mail_id=mail_id,
        thread_id=content_id("trial"),
        list_name="trial.seedwatch",
        domain=domain,
        now=now,
    )
    return Delivery(mail_id, recipient, content, now, 0)
