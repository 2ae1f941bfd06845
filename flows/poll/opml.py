"""Feed lists as OPML, read and written."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import etree

from flows.plaintext import clean, one_line
from seeds.errors import InputError


@dataclass(frozen=True, slots=True)
class FeedSource:
    """A feed in a list. ``tags`` are the names of the folders it is in, outermost first, then its own categories."""

    url: str
    title: str | None = None
    site: str | None = None
    tags: tuple[str, ...] = ()


def read_opml(document: bytes | str, name: str) -> tuple[FeedSource, ...]:
    """The feeds of an OPML document in its order, each address once (the first wins); outlines without one are folders.

    ``name`` is what errors call the document. Raises :class:`InputError` with name and line for what is not OPML, and
    for feeds whose address is not http or https. Entities are not expanded, nothing is loaded.
    """
    raw = document.encode("utf-8", "replace") if isinstance(document, str) else document
    encoding = "utf-8" if isinstance(document, str) else None
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True, encoding=encoding,
    )  # fmt: skip
    try:
        root = etree.fromstring(raw.lstrip(), parser)
    except etree.XMLSyntaxError as error:
        raise InputError(f"{name}, line {error.lineno or 1}: not well-formed XML: {error.msg}") from error
    doctype = root.getroottree().docinfo.internalDTD
    if doctype is not None and next(iter(doctype.iterentities()), None) is not None:
        raise InputError(f"{name}: declares entities, which a feed list has no use for")
    if etree.QName(root).localname.lower() != "opml":
        raise InputError(f"{name}, line {root.sourceline or 1}: <opml> expected, <{etree.QName(root).localname}> found")
    feeds: dict[str, FeedSource] = {}
    for outline in root.iter("outline", "{*}outline"):
        source = _source(outline, name)
        if source is not None:
            feeds.setdefault(source.url, source)
    return tuple(feeds.values())


def write_opml(feeds: Iterable[FeedSource], title: str = "Feeds") -> bytes:
    """An OPML 2.0 document in UTF-8 in which tags are nested folders; :func:`read_opml` gives the same feeds back.

    Feeds of one folder come together, in the order in which the folders first appear.
    """
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = clean(title)
    folders: dict[tuple[str, ...], etree._Element] = {(): etree.SubElement(root, "body")}
    for feed in feeds:
        tags = tuple(filter(None, map(one_line, feed.tags)))
        for depth in range(1, len(tags) + 1):
            if tags[:depth] not in folders:
                folders[tags[:depth]] = etree.SubElement(
                    folders[tags[: depth - 1]], "outline", text=tags[depth - 1], title=tags[depth - 1]
                )
        text = one_line(feed.title or feed.url)
        outline = etree.SubElement(folders[tags], "outline", type="rss", text=text, xmlUrl=feed.url)
        if feed.title:
            outline.set("title", one_line(feed.title))
        if feed.site:
            outline.set("htmlUrl", feed.site)
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True))


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
    return FeedSource(url, title, attributes.get("htmlurl") or None, tuple(_tags(outline, attributes)))


def _tags(outline: etree._Element, attributes: dict[str, str]) -> Iterable[str]:
    folders = [
        one_line(str(folder.get("text") or folder.get("title") or ""))
        for folder in outline.iterancestors("{*}outline", "outline")
    ]
    categories = [one_line(part.strip("/ ")) for part in attributes.get("category", "").split(",")]
    return dict.fromkeys(filter(None, [*reversed(folders), *categories]))
