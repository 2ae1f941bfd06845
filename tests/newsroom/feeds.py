"""A publisher's feed in its own format: RSS 2.0, Atom, RSS 1.0 (RDF) or JSON Feed, newest entry first."""

import json
from collections.abc import Sequence
from email.utils import format_datetime
from html import escape

from tests.newsroom.coverage import Article, Publisher

KINDS = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "rdf": "application/rdf+xml; charset=utf-8",
    "json": "application/feed+json",
}


def feed(publisher: Publisher, base: str, articles: Sequence[Article]) -> tuple[bytes, str]:
    """The document and its content type; ``articles`` are those already published, oldest first."""
    newest_first = list(reversed(articles))
    make = {"rss": _rss, "atom": _atom, "rdf": _rdf, "json": _json}[publisher.feed]
    return make(publisher, base, newest_first).encode(), KINDS[publisher.feed]


def opml(title: str, sites: Sequence[tuple[Publisher, str]]) -> bytes:
    """The list of all feeds, as feed readers exchange it."""
    outlines = "\n".join(
        f'    <outline type="rss" text="{escape(publisher.name)}" title="{escape(publisher.name)}" '
        f'xmlUrl="{base}/feed.xml" htmlUrl="{base}/"/>'
        for publisher, base in sites
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n  <head><title>{escape(title)}</title></head>\n'
        f"  <body>\n{outlines}\n  </body>\n</opml>\n"
    ).encode()


def link(base: str, article: Article) -> str:
    """The address as the feed gives it, with the tracking parameters that some publishers add."""
    tracking = article.publisher.tracking
    return f"{base}{article.path}" + (f"?{tracking}" if tracking else "")


def _rss(publisher: Publisher, base: str, articles: list[Article]) -> str:
    items = "".join(
        f"<item><title>{escape(a.title)}</title><link>{escape(link(base, a))}</link>"
        f'<guid isPermaLink="false">{publisher.id}:{a.number}</guid>'
        f"<pubDate>{format_datetime(a.published_at)}</pubDate><dc:creator>{escape(a.author)}</dc:creator>"
        # HTML inside the description, twice escaped, is what most content systems write
        f"<description>{escape(f'<p>{escape(a.summary)}</p>' if a.summary else '')}</description></item>\n"
        for a in articles
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel><title>{escape(publisher.name)}</title><link>{base}/</link>"
        f"<description>{escape(publisher.tagline)}</description><language>{publisher.language}</language>"
        f"<ttl>15</ttl>\n{items}</channel></rss>\n"
    )


def _atom(publisher: Publisher, base: str, articles: list[Article]) -> str:
    updated = articles[0].published_at.isoformat() if articles else "2025-05-14T06:00:00+00:00"
    entries = "".join(
        f"<entry><id>tag:{publisher.id}.example,2025:{a.number}</id><title>{escape(a.title)}</title>"
        f'<link rel="alternate" type="text/html" href="{escape(link(base, a))}"/>'
        f"<published>{a.published_at.isoformat()}</published><updated>{a.published_at.isoformat()}</updated>"
        f"<author><name>{escape(a.author or publisher.name)}</name></author>"
        f'<summary type="text">{escape(a.summary)}</summary></entry>\n'
        for a in articles
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{publisher.language}">'
        f"<id>tag:{publisher.id}.example,2025:feed</id><title>{escape(publisher.name)}</title><updated>{updated}</updated>"
        f'<link rel="self" href="{base}/feed.xml"/><link href="{base}/"/>\n{entries}</feed>\n'
    )


def _rdf(publisher: Publisher, base: str, articles: list[Article]) -> str:
    order = "".join(f'<rdf:li rdf:resource="{escape(link(base, a))}"/>' for a in articles)
    items = "".join(
        f'<item rdf:about="{escape(link(base, a))}"><title>{escape(a.title)}</title>'
        f"<link>{escape(link(base, a))}</link>"
        f"<description>{escape(a.summary)}</description><dc:creator>{escape(a.author)}</dc:creator>"
        f"<dc:date>{a.published_at.isoformat()}</dc:date></item>\n"
        for a in articles
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        f'<channel rdf:about="{base}/feed.xml"><title>{escape(publisher.name)}</title><link>{base}/</link>'
        f"<description>{escape(publisher.tagline)}</description><items><rdf:Seq>{order}</rdf:Seq></items></channel>\n"
        f"{items}</rdf:RDF>\n"
    )


def _json(publisher: Publisher, base: str, articles: list[Article]) -> str:
    return json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": publisher.name,
            "home_page_url": f"{base}/",
            "feed_url": f"{base}/feed.xml",
            "language": publisher.language,
            "items": [
                {
                    "id": f"{publisher.id}:{a.number}",
                    "url": link(base, a),
                    "title": a.title,
                    "summary": a.summary,
                    "content_text": a.summary,
                    "date_published": a.published_at.isoformat(),
                    "authors": [{"name": a.author or publisher.name}],
                }
                for a in articles
            ],
        },
        ensure_ascii=False,
        indent=1,
    )
