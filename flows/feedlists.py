"""The commands ``feeds …``: which list names a feed, and finding, adding, removing, pausing, taking in and giving out.

A feed is polled while a list names it and it is not paused. Lists are files of the user: his own list beside the
warehouse (``seedwatch.opml`` beside ``seedwatch.duckdb``), or what a seed's file names. A pause is kept in the
warehouse, so that it holds for any feed, whichever list names it, the bundled ones too.
"""

import asyncio
import contextlib
import difflib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from flows.errors import InputError, UnreachableError
from flows.plan import feeds_of, loopback, own_list, ports, seed_path, subscribed
from flows.poll.discover import Discovery, discover
from flows.poll.fetch import Fetcher
from flows.poll.opml import FeedSource, read_opml, with_feeds, without_feed, write_opml
from flows.settings import Settings
from seeds import feedlist
from seeds.model import Seed, load
from warehouse.store import Warehouse

DEFAULT_SEED = "istanbul-2025"


@dataclass(frozen=True, slots=True)
class FeedList:
    """A file that names feeds: an OPML list, or with ``seed`` set a seed that lists addresses itself."""

    path: Path
    seed: Seed | None = None

    def feeds(self) -> list[FeedSource]:
        """The feeds it names; none where there is no file yet. Raises InputError for one that cannot be read."""
        if self.seed is not None:
            return feeds_of(self.seed)
        document = self._read()
        return [] if document is None else list(read_opml(document, str(self.path)))

    def add(self, sources: Sequence[FeedSource]) -> list[FeedSource]:
        """Those of these feeds that it did not name yet, which it names now. The file is replaced in one step."""
        known = {feed.url for feed in self.feeds()}
        new = list({source.url: source for source in sources if source.url not in known}.values())
        if not new:
            return []
        document = self._read()
        if self.seed is not None:
            text = (document or b"").decode("utf-8")
            for source in new:
                text = feedlist.with_feed(text, source.url, str(self.path))
            self._replace(text.encode())
        elif document is None:
            self._replace(write_opml(new, "Feeds of Seedwatch"))
        else:
            self._replace(with_feeds(document, str(self.path), new))
        return new

    def remove(self, url: str) -> bool:
        """Whether it named this feed, which it no longer does."""
        document = self._read()
        if document is None:
            return False
        if self.seed is not None:
            text = feedlist.without_feed(document.decode("utf-8"), url, str(self.path))
            changed = None if text is None else text.encode()
        else:
            changed = without_feed(document, str(self.path), url)
        if changed is not None:
            self._replace(changed)
        return changed is not None

    def _read(self) -> bytes | None:
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise InputError(f"{self.path}: cannot be read: {error.strerror}") from error

    def _replace(self, document: bytes) -> None:
        replace_file(self.path, document)


def list_for(seed: str | None, warehouse: Path) -> FeedList:
    """The list to change: the user's own, or that of a seed's file. Bundled seeds are replaced with each version."""
    if seed is None:
        return FeedList(own_list(warehouse))
    path = seed_path(seed)
    if not Path(seed).exists() and path != Path(seed):
        raise InputError(
            f"--seed {seed}: the feeds of a bundled seed are not changed: leave out --seed to use your own list, "
            "or copy the seed's file"
        )
    loaded = load(path)
    return FeedList(path.parent / loaded.feeds) if isinstance(loaded.feeds, str) else FeedList(path, loaded)


def polled_feeds(seed: str | None, warehouse: Path) -> list[FeedSource]:
    """The feeds of a run of this seed, by default of the bundled one, that is given none."""
    return subscribed([load(seed_path(seed or DEFAULT_SEED))], warehouse)


def find(url: str, settings: Settings) -> Discovery:
    """The feeds to be had from an address. One without a scheme is taken for https. Raises InputError for none at all,
    UnreachableError where the address cannot be fetched and where no feed is found."""
    address = _address(url)

    async def look() -> Discovery:
        allowed = (*settings.allow_private, *loopback([FeedSource(address)]))
        fetcher = Fetcher(
            settings.user_agent, allow_private=allowed, ports=ports([address]), spacing=settings.spacing
        )  # fmt: skip
        async with fetcher:
            return await discover(fetcher, address)

    found = asyncio.run(look())
    if found.failure is not None:
        raise UnreachableError(f"{address}: cannot be fetched: {found.failure.kind}: {found.failure.detail}")
    if not found.feeds:
        raise InputError(f"{address}: no feed: it is none, names none, and none is at the usual places of its site")
    return found


def take_in(file: Path, settings: Settings) -> list[FeedSource]:
    """The feeds of an OPML file of somebody. Those of this machine have to be allowed: a list opens no doors."""
    try:
        sources = list(read_opml(file.read_bytes(), str(file)))
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror}") from error
    if not sources:
        raise InputError(f"{file}: lists no feeds")
    for source in sources:
        if not settings.allow_private and loopback([source]):
            raise InputError(
                f"{file}: {source.url} is an address of this machine: add it by itself (seedwatch feeds add), or allow "
                "such addresses with SEEDWATCH_ALLOW_PRIVATE"
            )
    return sources


def pause(url: str, paused: bool, seed: str | None, warehouse: Path, patience: float) -> bool:
    """Pauses or resumes a feed and renews the readers' copy; whether that changed anything.

    Raises InputError for a feed that neither the warehouse nor a list knows.
    """
    store = Warehouse(warehouse, patience)
    known = {feed.url for feed in polled_feeds(seed, warehouse)}
    if url not in known and not store.knows_feed(url):
        raise InputError(unknown(url, known))
    changed = store.pause_feed(url, datetime.now(UTC) if paused else None)
    if changed:
        store.publish()
    return changed


def unknown(url: str, known: set[str]) -> str:
    """That no feed has this address, with the nearest one that is known."""
    near = difflib.get_close_matches(url, sorted(known), n=1)
    return f"no feed {url}" + (f"; did you mean {near[0]}?" if near else ": seedwatch feeds lists those there are")


def replace_file(path: Path, document: bytes) -> None:
    """Puts a document in the place of a file in one step: who reads it has the old one or the new one whole."""
    path = path.resolve()  # a link stays one
    try:
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
        handle, fresh = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(document)
                stream.flush()
                os.fsync(stream.fileno())
            Path(fresh).chmod(mode)
            Path(fresh).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(fresh).unlink()
            raise
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from error


def _address(url: str) -> str:
    address = url.strip() if "://" in url else f"https://{url.strip()}"
    try:
        usable = urlsplit(address).scheme.lower() in ("http", "https") and bool(urlsplit(address).hostname)
    except ValueError:
        usable = False
    if not usable or any(character.isspace() for character in address):
        raise InputError(f"{url!r} is no address of a feed or site: one begins with http:// or https://")
    return address
