"""One address per page: the spelling by which a page is known, so that it is stored, fetched and counted once."""

import re
from urllib.parse import parse_qs, urlsplit, urlunsplit

from courlan import normalize_url

MAX_URL = 2048  # characters

# Whole names and sure beginnings only. courlan's own list matches any beginning and would take `gameId`, `gallery`,
# `eid` or `source`, by which some sites tell their articles apart, and it drops bare queries such as `?1234567`.
_PREFIXES = ("utm_", "mtm_", "pk_", "piwik_", "matomo_", "hsa_", "_hs", "itm_", "at_", "vero_", "oly_", "ns_", "ga_")
_NAMES = frozenset(
    {
        "_ga",
        "_gl",
        "campaign",
        "campaign_id",
        "cmp",
        "cmpid",
        "dclid",
        "epik",
        "fbclid",
        "feedname",
        "feedtype",
        "from_rss",
        "fromrss",
        "ftag",
        "ftcamp",
        "gad_source",
        "gbraid",
        "gclid",
        "gclsrc",
        "guccounter",
        "guce_referrer",
        "guce_referrer_sig",
        "icid",
        "igsh",
        "igshid",
        "irclickid",
        "ito",
        "li_fat_id",
        "maca",
        "mc_cid",
        "mc_eid",
        "mkt_tok",
        "msclkid",
        "ncid",
        "ocid",
        "ref",
        "ref_src",
        "ref_url",
        "referer",
        "referrer",
        "s_cid",
        "sfmc_id",
        "shareadraft",
        "smid",
        "smtyp",
        "soc_src",
        "soc_trk",
        "sref",
        "srnd",
        "taid",
        "tpcc",
        "traffic_source",
        "ttclid",
        "twclid",
        "wbraid",
        "wprov",
        "xtor",
        "yclid",
        "ysclid",
    }
)
_PATH = re.compile(r"(?:/(?!\.\.?(?:/|$))[\w.~!$&'()*+,;=:@%-]*)*", re.ASCII)
_PAIRS = re.compile(  # tracking, or another rendering of the same page, only with such a value
    r"(?:source|src|from|via|medium|partner|channel)=(?:rss|feed|twitter|facebook|email|newsletter|social)[\w.-]*"
    r"|(?:amp|output|format|view|mode|print|printable)=(?:1|true|yes|amp|print|mobile|valid_amp)"
    r"|outputtype=\w*|amp|rss(?:=(?:1|true|yes))?",
    re.IGNORECASE,
)

# Addresses that hold another one. Others, which only their server knows to resolve, are followed when they are fetched.
_CACHES = re.compile(  # of Google, AMP and Bing: /amp/s/host/path, /c/s/host/path; s is for https
    r"https?://(?:www\.google(?:\.[a-z]{2,3}){1,2}/amp|(?:[\w-]+\.)?cdn\.ampproject\.org/(?:c|v|i|wp/s?c)"
    r"|(?:[\w-]+\.)?bing-amp\.com/c)/(?P<secure>s/)?(?P<rest>[\w-]+(?:\.[\w-]+)+(?::\d+)?/.*)",
    re.IGNORECASE,
)
_REDIRECTORS = re.compile(  # the parameter that holds it follows the host
    r"https?://(?:www\.google(?:\.[a-z]{2,3}){1,2}/url\?|lm?\.facebook\.com/l\.php\?|out\.reddit\.com/"
    r"|www\.bing\.com/news/apiclick\.aspx\?|(?:\w+\.)?safelinks\.protection\.outlook\.com/|t\.umblr\.com/redirect\?)",
    re.IGNORECASE,
)
_TARGETS = ("url", "u", "q", "z")
_NESTED = 3  # such addresses in each other

_OTHER_HOST = re.compile(r"^(?:www\d?|m|mobile|amp)\.(?=[^.]+\.[^.])", re.IGNORECASE)
_OTHER_PATH = re.compile(r"^/amp(?=/.)|/amp(?:\.html?)?/*$|\.amp(?=\.html?$)|\.amp/*$|/+$", re.IGNORECASE)


def page_key(url: str) -> str:
    """What the addresses of one page have in common, for telling whether two are one; it is no address itself.

    Leaves out from a canonical address the scheme, the host's ``www.``, ``m.`` or ``amp.``, AMP's marks in the path
    (``/amp``, ``.amp.html``) and a slash at the end: with and without them sites give the same article.
    """
    parts = urlsplit(url)
    return urlunsplit(("", _OTHER_HOST.sub("", parts.netloc), _OTHER_PATH.sub("", parts.path), parts.query, ""))


def canonical_url(url: str) -> str | None:
    """The address without tracking parameters, fragment, default port and user name, host in lower case; else None.

    An address in a redirector or an AMP cache that names it (``google.com/url?url=``) is taken out of it.
    None is for what is not an absolute http(s) address of at most 2,048 characters with a host. Idempotent.
    Parameters that are not known to track stay, in their order and spelling: they may choose the article.
    """
    if len(url) > 4 * MAX_URL:
        return None
    try:
        # Not courlan's scrub_url: of an address with another in its query it takes one or the other.
        parts = urlsplit(_unwrapped("".join(url.split()).replace("&amp;", "&")))
        if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
            return None
        netloc = parts.netloc.rpartition("@")[2]
        bare = normalize_url(urlunsplit((parts.scheme, netloc, parts.path or "/", "", "")))
        kept = [piece for piece in parts.query.split("&") if piece and not _tracks(piece)]
        scheme, netloc, path, _, _ = urlsplit(bare)
        # courlan would also escape what a path may hold ("/@name"); servers that compare spellings would not know it.
        path = parts.path if _PATH.fullmatch(parts.path) else path
        result = urlunsplit((scheme, netloc, path or "/", "&".join(kept), ""))
    except ValueError:  # a port or an address in brackets that is none
        return None
    return result if len(result) <= MAX_URL and not re.search(r"[\s\x00-\x1f\x7f\ud800-\udfff]", result) else None


def _unwrapped(url: str) -> str:
    for _ in range(_NESTED):
        if cached := _CACHES.match(url):
            inner = f"http{'s' if cached['secure'] else ''}://{cached['rest']}"
        elif _REDIRECTORS.match(url):
            named = parse_qs(urlsplit(url).query, max_num_fields=50)
            inner = next((value for name in _TARGETS for value in named.get(name, ())), "")
        else:
            break
        if not inner.lower().startswith(("http://", "https://")):
            break
        url = inner
    return url


def _tracks(piece: str) -> bool:
    name = piece.partition("=")[0].lower()
    return name in _NAMES or name.startswith(_PREFIXES) or _PAIRS.fullmatch(piece) is not None
