"""Feed lists as OPML, read, written and edited."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import etree

from flows.plaintext import clean, one_line
from seeds.errors import InputError

MAX_TAGS = 16  # of a feed: each becomes a folder in a folder when it is written


@dataclass(frozen=True, slots=True)
class FeedSource:
    """A feed in a list. ``tags`` are the names of the folders it is in, outermost first, then its own categories.

    ``language`` is the two-letter code, None where the list does not say.
    """

    url: str
    title: str | None = None
    site: str | None = None
    tags: tuple[str, ...] = ()
    language: str | None = None


def read_opml(document: bytes | str, name: str) -> tuple[FeedSource, ...]:
    """The feeds of an OPML document in its order, each address once (the first wins); outlines without one are folders.

    ``name`` is what errors call the document. Raises :class:`InputError` with name and line for what is not OPML, and
    for feeds whose address is not http or https. Entities are not expanded, nothing is loaded.
    """
    feeds: dict[str, FeedSource] = {}
    for outline in _outlines(_root(document, name)):
        source = _source(outline, name)
        if source is not None:
            feeds.setdefault(source.url, source)
    return tuple(feeds.values())


def write_opml(feeds: Iterable[FeedSource], title: str = "Feeds") -> bytes:
    """An OPML 2.0 document in UTF-8 in which tags are nested folders; :func:`read_opml` gives the same feeds back.

    Feeds of one folder come together, in the order in which the folders first appear.
    """
    root = etree.Element("opml", version="2.0")
    head = _appended(root, etree.Element("head"))
    _appended(head, etree.Element("title")).text = clean(title)
    folders: dict[tuple[str, ...], etree._Element] = {(): _appended(root, etree.Element("body"))}
    for feed in feeds:
        _placed(folders, feed)
    return _written(root)


def with_feeds(document: bytes | str, name: str, feeds: Iterable[FeedSource]) -> bytes:
    """The document with these feeds added, each in the folders that its tags name; what it had stays as it was.

    Comments and order are kept, and so is how a feed that is listed already is listed. ``name`` and errors are those of
    :func:`read_opml`.
    """
    root = _root(document, name)
    body = root.find("{*}body")
    if body is None:
        body = _appended(root, etree.Element("body"))
    folders: dict[tuple[str, ...], etree._Element] = {(): body}
    listed: set[str] = set()
    for outline in _outlines(root):
        source = _source(outline, name)
        if source is None:
            folders.setdefault((*_folders(outline), _label(outline)), outline)
        else:
            listed.add(source.url)
    for feed in feeds:
        if feed.url not in listed:
            listed.add(feed.url)
            _placed(folders, feed)
    return _written(root)


def without_feed(document: bytes | str, name: str, url: str) -> bytes | None:
    """The document without the feed of this address, comments and order kept; None where it does not list it."""
    root = _root(document, name)
    found = [outline for outline in _outlines(root) if (source := _source(outline, name)) and source.url == url]
    for outline in found:
        parent, before = outline.getparent(), outline.getprevious()
        assert parent is not None
        if before is not None:
            before.tail = outline.tail
        elif len(parent) == 1:
            parent.text = None
        parent.remove(outline)
    return _written(root) if found else None


def _root(document: bytes | str, name: str) -> etree._Element:
    raw = document.encode("utf-8", "replace") if isinstance(document, str) else document
    encoding = "utf-8" if isinstance(document, str) else None
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        encoding=encoding,
    )
    try:
        root = etree.fromstring(raw.lstrip(), parser)
    except etree.XMLSyntaxError as error:
        raise InputError(f"{name}, line {error.lineno or 1}: not well-formed XML: {error.msg}") from error
    doctype = root.getroottree().docinfo.internalDTD
    if doctype is not None and next(iter(doctype.iterentities()), None) is not None:
        raise InputError(f"{name}: declares entities, which a feed list has no use for")
    if etree.QName(root).localname.lower() != "opml":
        raise InputError(f"{name}, line {root.sourceline or 1}: <opml> expected, <{etree.QName(root).localname}> found")
    return root


def _outlines(root: etree._Element) -> list[etree._Element]:
    return list(root.iter("outline", "{*}outline"))


def _written(root: etree._Element) -> bytes:
    """The document in UTF-8. What stands before and after its root gets lines of its own, which lxml does not keep."""
    around = [[*root.itersiblings(preceding=True)][::-1], [root], [*root.itersiblings()]]
    nodes = [etree.tostring(node, encoding="unicode", with_tail=False) for group in around for node in group]
    doctype = root.getroottree().docinfo.doctype
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', *filter(None, [doctype]), *nodes]
    return ("\n".join(lines) + "\n").encode()


def _placed(folders: dict[tuple[str, ...], etree._Element], feed: FeedSource) -> None:
    """Appends a feed's outline to the folder of its tags, which is made where it is missing."""
    tags = tuple(filter(None, map(one_line, feed.tags)))
    for depth in range(1, len(tags) + 1):
        if tags[:depth] not in folders:
            label = tags[depth - 1]
            folder = etree.Element("outline", text=label, title=label)
            folders[tags[:depth]] = _appended(folders[tags[: depth - 1]], folder)
    outline = etree.Element("outline", type="rss", text=one_line(feed.title or feed.url), xmlUrl=feed.url)
    if feed.title:
        outline.set("title", one_line(feed.title))
    if feed.site:
        outline.set("htmlUrl", feed.site)
    if feed.language:
        outline.set("language", feed.language)
    _appended(folders[tags], outline)


def _appended(parent: etree._Element, child: etree._Element) -> etree._Element:
    """The child, now the parent's last, on a line of its own as its neighbours are."""
    depth = sum(1 for _ in parent.iterancestors()) + 1
    inner, outer = "\n" + "  " * depth, "\n" + "  " * (depth - 1)
    if len(parent):
        last = parent[-1]
        child.tail = last.tail or outer
        last.tail = parent.text if (parent.text or "").startswith("\n") else inner
    else:
        parent.text, child.tail = inner, outer
    parent.append(child)
    return child


def _source(outline: etree._Element, name: str) -> FeedSource | None:
    attributes = {str(key).lower(): str(value).strip() for key, value in outline.attrib.items()}
    url = attributes.get("xmlurl", "")
    if not url:
        return None
    if url.startswith("feed:"):
        url = url.removeprefix("feed:")
        url = f"http:{url}" if url.startswith("//") else url
    try:
        usable = urlsplit(url).scheme.lower() in ("http", "https") and bool(urlsplit(url).hostname)
    except ValueError:
        usable = False
    if not usable:
        raise InputError(f"{name}, line {outline.sourceline}: xmlUrl is not an http or https address: {url[:200]!r}")
    stated = one_line(attributes.get("title") or attributes.get("text") or "")
    title = None if stated in ("", url) else stated
    language = one_line(attributes.get("language", "")).lower()[:2] or None
    return FeedSource(url, title, attributes.get("htmlurl") or None, tuple(_tags(outline, attributes)), language)


def _tags(outline: etree._Element, attributes: dict[str, str]) -> list[str]:
    categories = [one_line(part.strip("/ ")) for part in attributes.get("category", "").split(",")]
    return list(dict.fromkeys(filter(None, [*_folders(outline), *categories])))[:MAX_TAGS]


def _folders(outline: etree._Element) -> list[str]:
    """The names of the folders that an outline is in, outermost first."""
    return [_label(folder) for folder in outline.iterancestors("{*}outline", "outline")][::-1]


def _label(folder: etree._Element) -> str:
    return one_line(str(folder.get("text") or folder.get("title") or ""))
