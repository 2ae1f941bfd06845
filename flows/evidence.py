"""Kept texts as a web archive (WARC 1.1, ISO 28500), for archives: what was there, when, and what it says."""

import io
import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC
from pathlib import Path

from warcio.timeutils import datetime_to_iso_date
from warcio.warcwriter import WARCWriter

from flows.reporting import replacing
from flows.settings import version
from warehouse.evidence import KeptText


def write_warc(texts: Iterable[KeptText], path: Path) -> int:
    """Writes the texts to a ``.warc.gz`` file in one step and answers how many there are.

    A text is a ``resource``: what was taken out of the page, not the page, of which the ``metadata`` record after it
    has the SHA-256 and the headers that date it, with the findings, as JSON.
    """
    written = 0
    with replacing(path) as fresh, fresh.open("wb") as out:
        writer = WARCWriter(out, gzip=True, warc_version="WARC/1.1")
        about = {"software": f"seedwatch {version()}", "format": "WARC File Format 1.1"}
        writer.write_record(writer.create_warcinfo_record(path.name, about))
        for text in texts:
            at = {"WARC-Date": datetime_to_iso_date(text.fetched_at.astimezone(UTC).replace(tzinfo=None), True)}
            body = text.text.encode()
            resource = writer.create_warc_record(
                text.url, "resource", io.BytesIO(body), len(body), "text/plain; charset=utf-8", at
            )
            writer.write_record(resource)
            known = {name: value for name, value in asdict(text).items() if name != "text"}
            body = json.dumps(known, default=str, ensure_ascii=False, indent=1).encode()
            beside = {**at, "WARC-Concurrent-To": resource.rec_headers.get_header("WARC-Record-ID")}
            writer.write_record(
                writer.create_warc_record(text.url, "metadata", io.BytesIO(body), len(body), "application/json", beside)
            )
            written += 1
    return written
