"""robots.txt: what a site asks of those who come by themselves (RFC 9309), with the Crawl-delay that many write."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from protego import Protego

from warehouse.records import RobotsFile

AGENT = "Seedwatch"
"""The product token that sites can name; it begins the User-Agent."""

MAX_ROBOTS = 500 * 1024  # bytes: what comes after is not read (RFC 9309, 2.5)
MAX_DELAY = 60.0  # seconds
_RULES = frozenset({"allow", "disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw", "crawl-delay"})
KEPT_TIME = timedelta(hours=24)  # RFC 9309, 2.4
_KEPT_SIZE = 16 * 1024 * 1024  # characters of rules: parsed, they take ten times as much
_STORED_SIZE = 64 * 1024  # characters of one site's


@dataclass(frozen=True, slots=True)
class Robots:
    """What a site allows. ``closed`` names why nothing of it may be asked for now; with None its rules decide."""

    rules: Protego | None = None  # None: everything is allowed
    crawl_delay: float = 0.0  # seconds, at most 60
    closed: str | None = None
    detail: str = ""  # of closed, for a person
    text: str = ""  # of the rules

    def allows(self, url: str) -> bool:
        """Whether this page of the site may be asked for, as far as the rules say."""
        return self.closed is None and (self.rules is None or self.rules.can_fetch(url, AGENT))


OPEN = Robots()


def parse(body: bytes) -> Robots:
    """The rules of a robots.txt for Seedwatch: those for its name, or else those for all. What is no rule is ignored.

    Of a file of more than 500 KiB the beginning counts.
    """
    lines = body[:MAX_ROBOTS].decode("utf-8-sig", "replace").splitlines()
    if len(body) > MAX_ROBOTS:
        lines.pop()  # cut off, "Disallow: /private" may have become "Disallow: /"
    return _read(_relevant(lines))


def _read(text: str) -> Robots:
    if not text:
        return OPEN
    rules = Protego.parse(text)
    return Robots(rules, crawl_delay=min(rules.crawl_delay(AGENT) or 0.0, MAX_DELAY), text=text)


def from_failure(kind: str, status: int | None, detail: str) -> Robots:
    """What it means that the file could not be had (RFC 9309, 2.3.1): without one all is open, without an answer
    nothing is until it is asked again.

    An answer 429 is none about robots.txt. Of a host that cannot be reached at all that is said, and not that its
    robots.txt is missing.
    """
    if kind in ("too_many_redirects", "redirect_loop", "bad_url"):
        return OPEN
    if status is not None and 400 <= status < 500 and status != 429:
        return OPEN
    if kind in ("dns", "connect", "tls", "timeout", "private_address", "bad_port"):
        return Robots(closed=kind, detail=detail)
    return Robots(closed="robots_unreachable", detail=f"robots.txt: {kind}: {detail}")


def _relevant(text: Iterable[str]) -> str:
    """The rules of the groups that are for Seedwatch or for all, and nothing else.

    A file of 500 KiB can name 30,000 agents before 30,000 rules, and the parser would keep each rule for each of them.
    It would also take an agent "s" for Seedwatch.
    """
    lines: list[str] = []
    ours, names_end = False, True
    for line in text:
        field, _, value = line.partition("#")[0].partition(":")
        field = field.strip().lower().replace(" ", "-")
        if field in ("user-agent", "useragent"):
            if names_end:
                ours = names_end = False
            name = value.partition("/")[0].strip().lower()
            if name in ("*", AGENT.lower()):
                ours = True
                lines.append(f"User-agent: {name}")
        elif field in _RULES:
            names_end = True
            if ours:
                lines.append(f"{field}: {value.strip()}")
    return "\n".join(lines)


class RobotsFiles:
    """The robots.txt of the sites met, each asked for once in 24 hours, however many wait for it.

    ``load`` gets that of an origin ("https://example.org:8443"), ``stored`` are those known from before. What is closed
    stays so for as long as this lives.
    """

    def __init__(self, load: Callable[[str], Awaitable[Robots]], stored: Iterable[RobotsFile] = ()) -> None:
        self._load = load
        self._stored = {file.origin: file for file in stored}
        self._loading: dict[str, asyncio.Task[Robots]] = {}
        self._known: dict[str, tuple[datetime, Robots]] = {}  # the longest known first
        self._size = 0

    async def of(self, origin: str) -> Robots:
        """What the site at this origin allows."""
        if file := self._stored.pop(origin, None):
            self._keep(origin, file.fetched_at, _read(file.rules))
        since, known = self._known.get(origin, (None, None))
        if known is not None and since is not None and datetime.now(UTC) - since < KEPT_TIME:
            return known
        if origin not in self._loading:
            self._loading[origin] = asyncio.create_task(self._get(origin))
        # Shielded: one who gives up must not take the answer from the others.
        return await asyncio.shield(self._loading[origin])

    def to_store(self) -> list[RobotsFile]:
        """Those met that are worth keeping: what said something, and not at a length that costs more than to ask."""
        return [
            RobotsFile(origin, robots.text, since)
            for origin, (since, robots) in self._known.items()
            if robots.closed is None and len(robots.text) <= _STORED_SIZE
        ]

    def close(self) -> None:
        """Gives up what is still being loaded."""
        for task in self._loading.values():
            task.cancel()

    async def _get(self, origin: str) -> Robots:
        try:
            robots = await self._load(origin)
        finally:
            del self._loading[origin]
        self._keep(origin, datetime.now(UTC), robots)
        return robots

    def _keep(self, origin: str, since: datetime, robots: Robots) -> None:
        self._forget(origin)
        self._known[origin] = (since, robots)
        self._size += len(robots.text)
        while self._size > _KEPT_SIZE:
            self._forget(next(iter(self._known)))

    def _forget(self, origin: str) -> None:
        if known := self._known.pop(origin, None):
            self._size -= len(known[1].text)
