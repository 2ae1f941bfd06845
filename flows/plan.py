"""What a run is to do: which seeds, which feeds, which warehouse. Made from settings and arguments before it begins."""

import asyncio
import contextlib
import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from flows.compare.llm import Terms
from flows.errors import UnreachableError
from flows.poll.addresses import PORTS, IPNetwork
from flows.poll.fetch import Fetcher, FetchFailure
from flows.poll.opml import FeedSource, read_opml
from flows.settings import Settings
from flows.telling import Mailing, mailing
from seeds import bundled_seeds
from seeds.engine import Engine
from seeds.errors import InputError
from seeds.model import Seed, load
from seeds.publishers import Publishers, known_publishers, load_publishers

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
    runner: str = "processes"  # who does the work of a run by Prefect: see the settings
    concurrency: int = 40
    per_source: int = 2
    spacing: float = 1.0
    ports: frozenset[int] = PORTS
    total_time: float = 30.0  # seconds for one document
    reading_time: float = 900.0  # seconds; no page is begun after them, so that one slow source does not hold up all
    revisit: tuple[timedelta, ...] = ()  # ages at which relevant articles are read again
    due: bool = False  # poll only the feeds that are due
    mailing: Mailing | None = None  # who is told by mail, and how
    reports: Path = Path("seedwatch.reports")  # folder of the reports that runs by Prefect write
    reports_url: str | None = None  # where a web server shows it
    llm: Terms | None = None  # for the seeds whose engine asks a language model
    publishers: Publishers = field(default_factory=load_publishers)  # who belongs to whom

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that one of the seeds' engines reads."""
        return tuple(sorted({"en"}.union(*(seed.reads for seed in self.seeds))))


def plan(
    settings: Settings,
    seed_args: Sequence[str | Path] = (),
    feed_args: Sequence[str] = (),
    warehouse: Path | None = None,
    limit: int | None = None,
    *,
    due: bool = False,
    engine: Engine | None = None,
) -> Plan:
    """:func:`make_plan` for callers without an event loop."""
    return asyncio.run(make_plan(settings, seed_args, feed_args, warehouse, limit, due=due, engine=engine))


async def make_plan(
    settings: Settings,
    seed_args: Sequence[str | Path] = (),
    feed_args: Sequence[str] = (),
    warehouse: Path | None = None,
    limit: int | None = None,
    *,
    due: bool = False,
    engine: Engine | None = None,
) -> Plan:
    """The plan of a run. A seed is a file or the id of a bundled one; without seeds it is the bundled first one, and
    without feeds those that the seeds name and those of the user's own list (:func:`own_list`). With ``due`` only the
    feeds that are due are polled. Each seed comes with its engine: ``engine``, else its own, else that of the settings.

    A feed argument is an OPML file, or the address of a feed or of an OPML list, which is fetched. A loopback address
    that the user wrote (argument, own file or seed) opens loopback for this run; what a fetched list names does not.
    Raises InputError for what cannot be used, UnreachableError for a list that cannot be fetched.
    """
    seeds = tuple(load(seed_path(arg)) for arg in seed_args or ["istanbul-2025"])
    seeds = tuple(seed.model_copy(update={"engine": engine or seed.engine or settings.engine}) for seed in seeds)
    _unique(seeds)
    allowed = tuple(settings.allow_private)
    feeds: list[FeedSource] = []
    if feed_args:
        for arg in feed_args:
            own = _own_feeds(arg)
            allowed += loopback(own)
            feeds += own
        feeds = await _expanded(feeds, settings, allowed)
    else:
        feeds = subscribed(seeds, warehouse or settings.warehouse)
        allowed += loopback(feeds)
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
        runner=settings.runner,
        concurrency=settings.concurrency,
        per_source=settings.per_source,
        spacing=settings.spacing,
        ports=ports(unique),
        revisit=tuple(timedelta(hours=hours) for hours in settings.revisit),
        due=due,
        mailing=await asyncio.to_thread(mailing, settings, warehouse or settings.warehouse),
        reports=settings.reports or (warehouse or settings.warehouse).with_suffix(".reports"),
        reports_url=settings.reports_url,
        llm=settings.llm_terms(warehouse or settings.warehouse),
        publishers=known_publishers(own_publishers(warehouse or settings.warehouse)),
    )


def own_list(warehouse: Path) -> Path:
    """Where the user's own feeds are listed: ``x.opml`` beside the warehouse ``x.duckdb``. It need not exist."""
    return warehouse.with_suffix(".opml")


def own_publishers(warehouse: Path) -> Path:
    """Where the user says who owns what: ``x.publishers.yaml`` beside the warehouse ``x.duckdb``. It need not exist."""
    return warehouse.expanduser().with_suffix(".publishers.yaml")


def subscribed(seeds: Iterable[Seed], warehouse: Path) -> list[FeedSource]:
    """The feeds of a run that is given none: those the seeds name, then those of the user's own list, each once."""
    feeds = [feed for seed in seeds for feed in feeds_of(seed)]
    own = own_list(warehouse.expanduser())
    if own.exists():
        feeds += _own_feeds(str(own))
    return list({feed.url: feed for feed in reversed(feeds)}.values())[::-1]


def seed_path(arg: str | Path) -> Path:
    """The file that a seed argument means: one of its own, or the bundled seed of this id."""
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


def feeds_of(seed: Seed) -> list[FeedSource]:
    """The feeds that a seed names, in its file or in the list beside it. InputError where that cannot be read."""
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
    async with Fetcher(
        settings.user_agent, allow_private=allowed, ports=ports(feed.url for feed in feeds), spacing=settings.spacing
    ) as fetcher:
        for feed in feeds:
            if not urlsplit(feed.url).path.lower().endswith((".opml", ".opml.xml")):
                found.append(feed)
                continue
            answer = await fetcher.get(feed.url)
            if isinstance(answer, FetchFailure):
                raise UnreachableError(f"{feed.url}: the feed list cannot be fetched: {answer.kind}: {answer.detail}")
            found += read_opml(answer.body, feed.url)
    return found


def loopback(feeds: Iterable[FeedSource]) -> tuple[IPNetwork, ...]:
    """The networks that feeds of this machine open: loopback if one of them is there, else none."""
    hosts = {urlsplit(feed.url).hostname or "" for feed in feeds}
    return LOOPBACK if any(_is_loopback(host) for host in hosts) else ()


def ports(urls: Iterable[str]) -> frozenset[int]:
    """The usual ports, and those that the addresses of the feeds name: the user asked for them."""
    named: set[int] = set()
    for url in urls:
        with contextlib.suppress(ValueError):  # a port that is none: polling the feed will say so
            named.add(urlsplit(url).port or 443)
    return PORTS | named


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
