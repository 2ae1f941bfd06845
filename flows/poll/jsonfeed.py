"""JSON Feed 1.x, whole or cut off."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin

from flows.moments import read_moment
from flows.poll.items import MAX_ITEMS, FeedItem, NotAFeed, ParsedFeed, feed, item

_JSON = json.JSONDecoder(strict=False)  # control characters in strings: they are dropped later


def parse_json(body: bytes, url: str) -> ParsedFeed:
    """The feed in ``body``, found at ``url``. Raises :class:`NotAFeed`."""
    text = body.decode("utf-8", "replace")
    try:
        document = _JSON.decode(text)
    except (ValueError, RecursionError) as error:
        document = {"items": list(_recovered(text))}
        if not document["items"]:
            raise NotAFeed("unreadable", f"broken JSON: {error}") from error
    items = document.get("items")
    if not isinstance(items, list) or "jsonfeed.org" not in str(document.get("version", "https://jsonfeed.org")):
        raise NotAFeed("unreadable", "JSON, but no JSON Feed")
    base = _joined(url, _text(document.get("home_page_url")))
    found = (_item(each, base) if isinstance(each, dict) else None for each in items[:MAX_ITEMS])
    return feed("json", _text(document.get("title")), found)


def _recovered(text: str) -> Iterator[dict[str, Any]]:
    """The whole items of a document that was cut off, if they look like those of a JSON Feed."""
    start = re.search(r'"items"\s*:\s*\[\s*', text)
    position = start.end() if start else len(text)
    while text[position : position + 1] == "{":
        try:
            each, position = _JSON.raw_decode(text, position)
        except (ValueError, RecursionError):
            return
        if "content_html" in each or "content_text" in each:
            yield each
        following = re.compile(r"\s*,\s*").match(text, position)
        position = following.end() if following else len(text)


def _item(each: Mapping[str, Any], base: str) -> FeedItem | None:
    guid = _text(each.get("id"))
    authors = each.get("authors") if isinstance(each.get("authors"), list) else [each.get("author")]
    names = [_text(author.get("name")) for author in authors or () if isinstance(author, dict)]
    return item(
        [_text(each.get("url")), _text(each.get("external_url")), guid if guid.startswith("http") else ""],
        base,
        guid=guid,
        title=_text(each.get("title")),
        summary=next(filter(None, (_text(each.get(n)) for n in ("summary", "content_text", "content_html"))), ""),
        author=", ".join(filter(None, names)),
        published_at=read_moment(_text(each.get("date_published"))) or read_moment(_text(each.get("date_modified"))),
    )


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _joined(url: str, home: str) -> str:
    try:
        return urljoin(url, home)
    except ValueError:  # an address in brackets that is none
        return url
