"""The feeds that a seed's file lists itself, changed in its text: comments, order and layout stay as they are."""

import json
import re

import yaml

from seeds.errors import InputError

_PLAIN = re.compile(r"https?://[^\s?,\[\]{}#&*!|>'\"%@`]+(?<!:)")


def with_feed(text: str, url: str, name: str) -> str:
    """The text of a seed with this address added to its list ``feeds``. ``name`` is what errors call the file."""
    items = _items(text, name)
    written = url if _PLAIN.fullmatch(url) else json.dumps(url)
    if items.flow_style:
        at = items.value[-1].end_mark.index if items.value else items.start_mark.index + 1
        changed = text[:at] + (", " if items.value else "") + written + text[at:]
    else:
        last = items.value[-1]
        line = text.find("\n", last.end_mark.index)
        at = len(text) if line < 0 else line
        changed = f"{text[:at]}\n{' ' * items.start_mark.column}- {written}{text[at:]}"
    return _checked(changed, [*_urls(items), url], name)


def without_feed(text: str, url: str, name: str) -> str | None:
    """The text without this address in its list ``feeds``; None where it is not there."""
    items = _items(text, name)
    urls = _urls(items)
    if url not in urls:
        return None
    if len(urls) == 1:
        raise InputError(f"{name}: {url} is the seed's only feed: a seed without feeds would watch nothing")
    n = urls.index(url)
    item = items.value[n]
    if not items.flow_style:
        start = text.rfind("\n", 0, item.start_mark.index) + 1
        end = text.find("\n", item.end_mark.index)
        changed = text[: start - 1] if end < 0 else text[:start] + text[end + 1 :]
    elif n + 1 < len(urls):
        changed = text[: item.start_mark.index] + text[items.value[n + 1].start_mark.index :]
    else:
        changed = text[: items.value[n - 1].end_mark.index] + text[item.end_mark.index :]
    return _checked(changed, urls[:n] + urls[n + 1 :], name)


def _items(text: str, name: str) -> yaml.SequenceNode:
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    fields = {key.value: value for key, value in node.value} if isinstance(node, yaml.MappingNode) else {}
    items = fields.get("feeds")
    if not isinstance(items, yaml.SequenceNode):
        raise InputError(f"{name}: feeds is no list of addresses")
    return items


def _urls(items: yaml.SequenceNode) -> list[str]:
    return [str(item.value) for item in items.value]


def _checked(text: str, expected: list[str], name: str) -> str:
    """The text, if it reads as it should: layouts that this way of changing does not know are a person's to change."""
    try:
        if yaml.safe_load(text)["feeds"] == expected:
            return text
    except yaml.YAMLError:
        pass
    raise InputError(f"{name}: feeds is laid out in a way that cannot be changed safely: change it by hand")
