"""Pages that hold no article that could be compared, told from those that do: each rule has a name.

A false refusal costs a source, a missed one costs a little time: every rule wants a sign *and* a text too short to be
the article, and says nothing otherwise.
"""

import re
from collections.abc import Callable
from typing import Literal
from urllib.parse import urlsplit

from flows.canonical import page_key
from flows.read.metadata import PageMetadata

RefusalName = Literal[
    "consent", "paywall", "blocked", "truncated", "too_short", "not_article", "soft_404", "too_large", "unreadable"
]

MAX_PAGE = 10 * 1024 * 1024  # bytes
SHORTEST = 12  # words: a flash of one sentence is news
_BRIEF = 120  # words: below it, signs of another kind of page count
_TEASER = 60  # words before a wall: a longer lead says more than the feed's summary would in its place

_PLENTY = 400  # words: with so many the rules below have nothing to say
_END = 100  # characters
_LONG_LINE = 15  # words: no headline has as many
_ENDS = frozenset(".!?…。！？")
_NO_SPACES = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")

_CONSENT_HOST = re.compile(r"^(?:consent|guce|privacy-mgmt|cmp|cookieconsent)\.", re.IGNORECASE)
_CONSENT_TITLE = re.compile(
    r"before you continue|your privacy (?:choices|matters)|privacy (?:settings|preferences)|cookie (?:consent|settings)"
    r"|we value your privacy|consent (?:needed|required)|manage (?:your )?(?:cookies|consent)",
    re.IGNORECASE,
)
_CONSENT_TEXT = re.compile(
    r"we (?:and our|use) (?:\d+ )?(?:partners|cookies)|(?:accept|reject|manage) (?:all|cookies|my choices|options)"
    r"|store (?:and/?or|and) access information on (?:a|your) device|consent to (?:the use|our use)"
    r"|cookie (?:policy|preferences)|personali[sz]ed (?:ads|advertising)|legitimate interest",
    re.IGNORECASE,
)
_PAYWALL_TEXT = re.compile(
    r"subscribe (?:now |today )?to (?:continue|keep) reading"
    r"|to (?:continue|keep) reading,? (?:please )?(?:subscribe|sign|log)"
    r"|(?:this (?:article|content|story) is|available) (?:only )?(?:for|to|exclusive to) (?:our )?"
    r"(?:subscribers|members)"
    r"|(?:already|existing) (?:a )?(?:subscriber|member)\W|you(?:'|’)?(?:ve| have) (?:reached|used) (?:all )?your"
    r"|subscriber[- ]only|for subscribers only|unlock (?:this|the full) (?:article|story)|register to (?:continue|read)"
    r"|read the full (?:article|story) (?:with|by) (?:a )?subscri",
    re.IGNORECASE,
)
_BLOCKED_TITLE = re.compile(
    r"^(?:just a moment|attention required|access (?:to this page has been )?denied|are you a robot|robot or human"
    r"|please verify you are|security check|pardon our interruption|one more step|client challenge)\b",
    re.IGNORECASE,
)
_BLOCKED_TEXT = re.compile(
    r"verify(?:ing)? (?:that )?you are (?:a |not a )?(?:human|robot)"
    r"|checking (?:your|if the site) (?:browser|connection)"
    r"|(?:enable|turn on) (?:javascript|cookies) (?:and (?:cookies|javascript) )?"
    r"(?:to (?:continue|view|use|read)|in your browser)"
    r"|unusual (?:traffic|activity) from your (?:computer|network|device)"
    r"|(?:you have been|your (?:ip|access) (?:\w+ )?(?:has been|is)) blocked"
    r"|(?:javascript|cookies) (?:is|are) (?:disabled|required)|complete the (?:captcha|security check)",
    re.IGNORECASE,
)
_BREAKS_OFF = re.compile(
    r"(?:…|\.\.\.|\[(?:…|\.\.\.|\+\d+ chars?)\])\W*$"
    r"|\b(?:(?:continue|keep) reading|read (?:more|on|the (?:full|whole|rest of the) (?:story|article))"
    r"|full story)\b\W*$",
    re.IGNORECASE,
)
_SOFT_404 = re.compile(
    r"(?:page|article|story|content) (?:you (?:\w+ ){0,4})?(?:was |is |has been |could |can ?)?(?:be )?"
    r"(?:not (?:be )?found|no longer (?:available|exists)|does(?:n(?:'|’)t| not) exist|unavailable|removed)"
    r"|(?:error|^)\W{0,3}404\b|\b404\W{0,3}(?:error|not found|page)|(?:page|file) not found|nothing (?:was )?found"
    r"|(?:can(?:'|’)t|cannot|couldn(?:'|’)t|could not) find (?:that|the|this|your) page"
    r"|sorry, (?:we could|we can|this page|that page|the page)",
    re.IGNORECASE,
)
_LISTING_PATH = re.compile(
    r"/(?:tags?|topics?|authors?|category|categories|search|archive|profile|section)(?:/|$)", re.IGNORECASE
)
_VIDEO_PATH = re.compile(r"/(?:videos?|watch|av|gallery|galleries|pictures|podcasts?|audio)(?:/|$)", re.IGNORECASE)


def refusal(
    page: PageMetadata, text: str, asked: str, url: str, link_share: Callable[[], float]
) -> tuple[RefusalName, str] | None:
    """Why the text is not taken as the page's article, with one line for a person; None: it is one.

    ``text`` is what was extracted, ``asked`` the address of the article, ``url`` where it led. ``link_share`` gives the
    part (0 to 1) of the page's visible text that is links; it is asked only where it decides.
    """
    words = _count(text.removeprefix(page.headline or ""))
    prose = words if words >= _PLENTY else _prose(text, page.headline)
    parts = urlsplit(url)
    title = " ".join(filter(None, (page.window_title, page.headline)))
    if words < _BRIEF:
        if _CONSENT_HOST.match(parts.hostname or ""):
            return "consent", f"sent to {parts.hostname}"
        phrases = len({match.group().lower() for match in _CONSENT_TEXT.finditer(text)})
        if phrases >= 2 or (_CONSENT_TITLE.search(title) and (phrases or words < SHORTEST)):
            return "consent", "the page asks for consent to cookies"
        if not page.is_article and (
            _BLOCKED_TITLE.search(page.window_title or "") or (words < _TEASER and _BLOCKED_TEXT.search(text))
        ):
            return "blocked", f"wants a browser or a person: {(page.window_title or text)[:100]}"
        if not page.is_article and _SOFT_404.search(title if words >= _TEASER else f"{title}\n{text}"):
            return "soft_404", f"says so with status 200: {(page.window_title or text)[:100]}"
        if _PAYWALL_TEXT.search(text):
            return "paywall", f"asks for a subscription after {words} words"
    if words < _TEASER and page.is_free is False:
        return "paywall", f"declared not free, {words} words shown"
    if not page.is_article:
        if parts.path.strip("/") == "" and not parts.query:
            return "not_article", "the front page of a site"
        if _is_above(url, asked) and link_share() > 0.5:
            return "soft_404", f"sent to a list of links: {url}"
        if (page.is_listing or _LISTING_PATH.search(parts.path)) and link_share() > 0.5:
            return "not_article", "a list of links"
        if prose < SHORTEST <= words and (share := link_share()) > 0.5:
            return "not_article", f"no sentences, and {share:.0%} of the page's text is links"
    if words < _BRIEF / 2 and (page.is_video or (_VIDEO_PATH.search(parts.path) and not page.is_article)):
        return "not_article", "a video or gallery with its caption"
    if prose < _TEASER and page.is_live and link_share() > 0.5:
        return "not_article", "a live page without its posts"
    if SHORTEST <= words < _TEASER and _BREAKS_OFF.search(text[-_END:]):
        return "truncated", f"breaks off after {words} words"
    return too_short(text, page.headline) if words < _PLENTY else None


def too_short(text: str, headline: str | None) -> tuple[RefusalName, str] | None:
    """Whether fewer than twelve words of the text stand in sentences, as :func:`refusal` says it."""
    prose = _prose(text, headline)
    return ("too_short", f"{prose} words in sentences") if prose < SHORTEST else None


def _is_above(url: str, asked: str) -> bool:
    """Whether an address is that of a folder in which the other one is, as front pages and sections are."""
    here, there = page_key(url), page_key(asked)
    return here != there and there.startswith(f"{here}/")


def _count(text: str) -> int:
    """Words; in scripts that put no spaces between them, two characters count as one."""
    words = len(text.split())
    return words if words >= _PLENTY else words + len(_NO_SPACES.findall(text)) // 2


def _prose(text: str, headline: str | None) -> int:
    """The words of the lines that are more than menu items, headlines, names and dates."""
    total = 0
    for line in text.split("\n"):
        line = line.removeprefix(headline or "")
        words = _count(line)
        if words >= _LONG_LINE or (words >= 4 and line.rstrip("\"'”’»」』)] ")[-1:] in _ENDS):
            total += words
    return total
