"""Article pages as sites build them: the templates of ``layouts/``, filled with an article and its furniture."""

import json
from collections.abc import Sequence
from functools import cache
from html import escape
from string import Template

from tests.newsroom.coverage import HERE, Article, Block, Publisher

SECTIONS = ("Home", "World", "Politics", "Business", "Sport", "Weather", "Culture", "Video")

# How a layout marks a paragraph, and a link to another article in the middle of the text ("" where it has none).
PARAGRAPHS = {
    "tabloid": '<p class="mol-para">{}</p>',
    "broadcaster": '<div data-component="text-block"><p>{}</p></div>',
}
LINKS = {
    "tabloid": '<div class="read-more-inline"><strong>READ MORE:</strong> <a href="{}">{}</a></div>',
    "broadcaster": '<div data-component="links-block"><ul><li><a href="{}">{}</a></li></ul></div>',
    "daily": '<div class="related-inline"><span>Related</span><a href="{}"><h4>{}</h4></a></div>',
}
SIGN_UPS = {  # (after which paragraph, what it says)
    "tabloid": (2, "The stories everybody talks about, in your inbox at seven."),
    "daily": (3, "Keep up to date with what is happening in the region."),
    "regional": (0, "Local news every weekday morning."),
    "business": (0, "Markets before breakfast."),
}
DATA_TYPES = {"live": "LiveBlogPosting", "video": "VideoObject", "broadcaster": "ReportageNewsArticle"}


def front(publisher: Publisher, base: str, articles: Sequence[Article]) -> str:
    """The home page: headlines, newest first, and the link that lets a reader discover the feed."""
    kind = {"rss": "rss+xml", "atom": "atom+xml", "rdf": "rdf+xml", "json": "feed+json"}[publisher.feed]
    name = escape(publisher.name)
    return (
        f'<!doctype html><html lang="{publisher.language}"><head><meta charset="utf-8"><title>{name}</title>'
        f'<link rel="alternate" type="application/{kind}" title="{name}" href="{base}/feed.xml"></head><body>'
        f"<h1>{name}</h1><p>{escape(publisher.tagline)}</p>{_headlines(list(reversed(articles)))}</body></html>"
    )


def page(article: Article, base: str, others: Sequence[Article]) -> str:
    """The page of an article; ``others`` are the publisher's other articles, oldest first, for its link boxes."""
    layout = article.publisher.layout if article.kind == "article" else article.kind
    near = list(reversed(others))[:6]
    name = escape(article.publisher.name)
    return _template(layout).substitute(
        language=article.language,
        name=name,
        tagline=escape(article.publisher.tagline),
        section=article.publisher.section,
        title=escape(article.title),
        author=escape(article.author),
        summary=escape(article.summary),
        written_date=f"{article.published_at:%B %d, %Y, %H:%M} GMT",
        time=f'<time datetime="{article.published_at.isoformat()}">{article.published_at:%d %B %Y, %H:%M} GMT</time>',
        meta=_meta(article, base),
        graph=_graph(article, base),
        linked_data=_linked_data(article, base, DATA_TYPES.get(layout, "NewsArticle")),
        nav=_nav(),
        cookies=_cookies(),
        newsletter=_newsletter(SIGN_UPS.get(layout, (0, ""))[1]),
        headlines=_headlines(near),
        cards="\n".join(
            f'<div class="card"><a href="{a.path}"><h3>{escape(a.title)}</h3></a>'
            f"<span>{a.published_at:%d %b}</span></div>"
            for a in near * 3
        ),
        body=_live(article) if layout == "live" else _body(article, layout, others),
    )


@cache
def _template(layout: str) -> Template:
    return Template((HERE / "layouts" / f"{layout}.html").read_text("utf-8"))


def _body(article: Article, layout: str, others: Sequence[Article]) -> str:
    known = {other.slug: other for other in others}
    blocks = article.blocks[:1] if layout == "paywall" else article.blocks
    after, invitation = SIGN_UPS.get(layout, (0, ""))
    parts: list[str] = []
    paragraphs = 0
    if layout == "magazine" and (pull := next((block.text for block in blocks if block.kind == "quote"), None)):
        parts.append(f'<aside class="pullquote">{escape(pull)}</aside>')
    for block in blocks:
        if block.kind == "link":
            if layout in LINKS and block.name in known:  # it cannot be linked to before it is out
                other = known[block.name]
                parts.append(LINKS[layout].format(other.path, escape(other.title)))
        elif block.kind == "paragraph":
            paragraphs += 1
            parts.append(PARAGRAPHS.get(layout, "<p>{}</p>").format(_linked(block.text)))
            if paragraphs == after:
                parts.append(_newsletter(invitation))
        else:
            parts.append(_block(block))
    return "\n".join(parts)


def _live(article: Article) -> str:
    parts: list[str] = []
    for number, block in enumerate(article.blocks):
        if block.kind == "post":
            parts.append(
                f'{"</article>" if parts else ""}<article class="live-post" id="post-{number}"><header>'
                f'<time datetime="{article.published_at:%Y-%m-%d}T{block.name}:00+00:00">{block.name}</time>'
                f"<h2>{escape(block.text)}</h2></header>"
            )
        elif block.kind == "paragraph":
            parts.append(f"<p>{_linked(block.text)}</p>")
        elif block.kind != "link":
            parts.append(_block(block))
    return "\n".join([*parts, "</article>"])


def _block(block: Block) -> str:
    text = escape(block.text, quote=False)
    if block.kind == "heading":
        return f"<h2>{text}</h2>"
    if block.kind == "quote":
        return f"<blockquote><p>{text}</p></blockquote>"
    return (
        f'<figure><img src="/img/{block.name}.svg" alt="" width="800" height="450">'
        f"<figcaption>{text} <span>Photo: archive</span></figcaption></figure>"
    )


def _linked(text: str) -> str:
    """The paragraph as HTML with its first topic word linked, as desks do."""
    out = escape(text, quote=False)
    for word in ("Istanbul", "ceasefire", "Kremlin", "takeover", "earthquake"):
        if word in out:
            return out.replace(word, f'<a href="/topics/{word.lower()}">{word}</a>', 1)
    return out


def _meta(article: Article, base: str) -> str:
    return (
        f'<meta charset="utf-8"><title>{escape(article.title)} | {escape(article.publisher.name)}</title>'
        f'<link rel="canonical" href="{base}{article.path}"><link rel="alternate" href="/feed.xml">'
        f'<meta name="description" content="{escape(article.summary)}">'
        "<style>body{font-family:Georgia,serif;max-width:60rem;margin:auto}</style>"
    )


def _graph(article: Article, base: str) -> str:
    properties = {
        "og:type": "article",
        "og:title": article.title,
        "og:site_name": article.publisher.name,
        "og:url": base + article.path,
        "article:published_time": article.published_at.isoformat(),
    }
    tags = "".join(f'<meta property="{key}" content="{escape(value)}">' for key, value in properties.items())
    return f'{tags}<meta name="author" content="{escape(article.author)}">'


def _linked_data(article: Article, base: str, kind: str) -> str:
    data = {
        "@context": "https://schema.org",
        "@type": kind,
        "headline": article.title,
        "datePublished": article.published_at.isoformat(),
        "mainEntityOfPage": base + article.path,
        "isAccessibleForFree": article.kind != "paywall",
        "author": [{"@type": "Person", "name": article.author}],
        "publisher": {"@type": "NewsMediaOrganization", "name": article.publisher.name},
    }
    # "</" inside would end the script element early
    text = json.dumps(data, ensure_ascii=False).replace("</", "<\\/")
    return f'<script type="application/ld+json">{text}</script>'


def _nav() -> str:
    items = "".join(f'<li><a href="/{section.lower()}">{section}</a></li>' for section in SECTIONS)
    return f'<nav aria-label="Main"><ul>{items}</ul></nav>'


def _headlines(articles: Sequence[Article]) -> str:
    return "<ul>" + "".join(f'<li><a href="{a.path}">{escape(a.title)}</a></li>' for a in articles) + "</ul>"


def _cookies() -> str:
    return (
        '<div id="cookie-banner" class="cookie-banner" role="dialog"><p>We use cookies to keep the site working and to '
        "measure how it is read.</p><button>Accept</button><button>Settings</button></div>"
    )


def _newsletter(text: str) -> str:
    return (
        f'<div class="newsletter-signup"><h4>Newsletter</h4><p>{escape(text)}</p>'
        '<form><input type="email" placeholder="Your email"><button>Sign up</button></form></div>'
    )
