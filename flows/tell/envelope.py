"""A mail as it goes over the wire: text and HTML as alternatives, in ASCII, with the headers of an automatic mail."""

from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

CRLF = "\r\n"


def wrapped(
    *, subject: str, text: str, html: str, mail_id: str, thread_id: str, list_name: str, domain: str, now: datetime
) -> str:
    """The message without From and To. Its Message-ID is :func:`message_id`.

    Mails of one ``thread_id`` are shown together by mail programs; ``list_name`` is what a person filters by.
    """
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id(mail_id, domain)
    message["References"] = f"<{thread_id}.thread@{domain}>"
    message["List-Id"] = f"<{list_name}.{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    return _subject(subject) + message.as_bytes().decode("ascii")


def _subject(subject: str) -> str:
    """The header, folded. ``EmailMessage`` would let blanks come out of it that were not in the subject."""
    # What looks encoded would be decoded; a long word would be folded before, and read with that blank.
    plain = subject.isascii() and "=?" not in subject and max(map(len, subject.split()), default=0) < 60
    value = Header(subject, "us-ascii" if plain else "utf-8", maxlinelen=76, header_name="Subject")
    return f"Subject: {value.encode(linesep=CRLF)}{CRLF}"


def message_id(mail_id: str, domain: str) -> str:
    """The Message-ID of a mail: whoever gets the same mail twice can tell by it."""
    return f"<{mail_id}@{domain}>"


def addressed(content: str, sender: str, recipient: str) -> bytes:
    """A kept mail with From and To before it, as it goes over the wire."""
    head = EmailMessage(policy=SMTP)
    head["From"] = Address("Seedwatch", addr_spec=sender)
    head["To"] = Address(addr_spec=recipient)
    lines = "".join(head.policy.fold(name, value) for name, value in head.items())
    return (lines + content).encode("ascii")
