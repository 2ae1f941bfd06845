"""What a run is to do: which seeds, which feeds, which warehouse. Made from settings and arguments before it begins."""

import asyncio
import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from flows.errors import UnreachableError
from flows.poll.fetch import Fetcher, FetchFailure, IPNetwork
from flows.poll.opml import FeedSource, read_opml
from flows.settings import Settings
from seeds import bundled_seeds
from seeds.errors import InputError
from seeds.model import Seed, load

LOOPBACK: tuple[IPNetwork, ...] = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a run needs to know. ``limit`` None reads all that waits."""

    seeds: tuple[Seed, ...]
    feeds: tuple[FeedSource, ...]
    warehouse: Path
    user_agent: str
    limit: int | None = None
    allow_private: tuple[IPNetwork, ...] = ()
    patience: float = 10.0
    workers: int = 2
    concurrency: int = 10
    per_host: int = 4


def plan(
    settings: Settings,
    seed_args: Sequence[str | Path] = (),
    feed_args: Sequence[str] = (),
    warehouse: Path | None = None,
    limit: int | None = None,
) -> Plan:
    """:func:`make_plan` for callers without an event loop."""
    return asyncio.run(make_plan(settings, seed_args, feed_args, warehouse, limit))


async def make_plan(
    settings: Settings,
    seed_args: Sequence[str | Path] = (),
    feed_args: Sequence[str] = (),
    warehouse: Path | None = None,
    limit: int | None = None,
) -> Plan:
    """The plan of a run. A seed is a file or the id of a bundled one; without seeds it is the bundled first one, and
    without feeds those that the seeds name.

    A feed argument is an OPML file, or the address of a feed or of an OPML list, which is fetched. A loopback address
    that the user wrote (argument, own file or seed) opens loopback for this run; what a fetched list names does not.
    Raises InputError for what cannot be used, UnreachableError for a list that cannot be fetched.
    """
    seeds = tuple(load(_seed_path(arg)) for arg in seed_args or ["istanbul-2025"])
    _unique(seeds)
    allowed = tuple(settings.allow_private)
    feeds: list[FeedSource] = []
    if feed_args:
        for arg in feed_args:
            own = _own_feeds(arg)
            allowed += _loopback(own)
            feeds += own
        feeds = await _expanded(feeds, settings, allowed)
    else:
        for seed in seeds:
            feeds += _feeds_of(seed)
        allowed += _loopback(feeds)
    unique = {feed.url: feed for feed in reversed(feeds)}
    if not unique:
        raise InputError("no feeds to poll: the seeds name none, and none were given with --feeds")
    return Plan(
        seeds=seeds,
        feeds=tuple(reversed(unique.values())),
        warehouse=warehouse or settings.warehouse,
        user_agent=settings.user_agent,
        limit=limit,
        allow_private=tuple(dict.fromkeys(allowed)),
        patience=settings.patience,
        workers=settings.workers,
        concurrency=settings.concurrency,
        per_host=settings.per_host,
    )


def _seed_path(arg: str | Path) -> Path:
    bundled = bundled_seeds()
    if str(arg) in bundled and not Path(arg).exists():
        return bundled[str(arg)]
    return Path(arg)


def _unique(seeds: Iterable[Seed]) -> None:
    seen: dict[str, Path | None] = {}
    for seed in seeds:
        if seed.seed in seen:
            raise InputError(f"{seed.path}: the seed id {seed.seed!r} is also that of {seen[seed.seed]}")
        seen[seed.seed] = seed.path


def _own_feeds(arg: str) -> list[FeedSource]:
    """The feeds of an OPML file, or the address itself, which may turn out to be a list."""
    if urlsplit(arg).scheme in ("http", "https"):
        return [FeedSource(arg)]
    path = Path(arg)
    try:
        return list(read_opml(path.read_bytes(), arg))
    except OSError as error:
        hint = "" if path.suffix else "; an address begins with http:// or https://"
        raise InputError(f"{arg}: cannot be read: {error.strerror}{hint}") from error


def _feeds_of(seed: Seed) -> list[FeedSource]:
    if not isinstance(seed.feeds, str):
        return [FeedSource(url) for url in seed.feeds]
    base = seed.path.parent if seed.path else Path()
    path = base / seed.feeds
    try:
        return list(read_opml(path.read_bytes(), str(path)))
    except OSError as error:
        raise InputError(f"{seed.path}: feeds: {path} cannot be read: {error.strerror}") from error


async def _expanded(
    feeds: Sequence[FeedSource], settings: Settings, allowed: tuple[IPNetwork, ...]
) -> list[FeedSource]:
    """The feeds with each address that is an OPML list replaced by what it lists; anything else stays a feed."""
    found: list[FeedSource] = []
    async with Fetcher(settings.user_agent, allow_private=allowed) as fetcher:
        for feed in feeds:
            if not urlsplit(feed.url).path.lower().endswith((".opml", ".opml.xml")):
                found.append(feed)
                continue
            answer = await fetcher.get(feed.url)
            if isinstance(answer, FetchFailure):
                raise UnreachableError(f"{feed.url}: the feed list cannot be fetched: {answer.kind}: {answer.detail}")
            found += read_opml(answer.body, feed.url)
    return found


def _loopback(feeds: Iterable[FeedSource]) -> tuple[IPNetwork, ...]:
    hosts = {urlsplit(feed.url).hostname or "" for feed in feeds}
    return LOOPBACK if any(_is_loopback(host) for host in hosts) else ()


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
