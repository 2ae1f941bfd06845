"""The steps of reading: fetch the pages of new entries, take their articles out, and visit them again later."""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from flows.poll.addresses import source_of
from flows.poll.fetch import PAGE_TYPES, Fetcher, FetchFailure
from flows.read.articles import read_or_summarise, summary_reading, with_text
from flows.read.furniture import MAX_PARAGRAPHS, Furniture, headline_ids
from flows.running import DOCUMENT_SECONDS, Run
from flows.weigh.revisions import answered, first, visit
from flows.workers import WorkFailed
from warehouse.records import Entry, Reading, Revisit, Visit

PAGES_OF_A_SOURCE = 4
REVISITS = 500


@dataclass
class Pages:
    """The pages of one run, and what has been counted so far."""

    _run: Run
    titles: dict[str, str]  # of the feeds, by id
    carried: int = 0
    left: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    summary_reasons: Counter[str] = field(default_factory=Counter)
    _ends: float = 0.0  # by the monotonic clock
    _furniture: Furniture = field(default_factory=Furniture)
    _headlines: dict[str, frozenset[str]] = field(default_factory=dict)  # of the entries to read, by site
    _entries: dict[str, Entry] = field(default_factory=dict)  # to read, by id
    _turns: defaultdict[str, asyncio.Semaphore] = field(
        default_factory=lambda: defaultdict(lambda: asyncio.Semaphore(PAGES_OF_A_SOURCE))
    )

    async def pending(self, new: int) -> list[Entry]:
        """The entries to read now, the first seen first; of those that wait so many are ``new`` in this run."""
        now = datetime.now(UTC)
        waiting = self._run.warehouse.pending_count(now)
        entries = self._run.warehouse.pending_entries(self._run.plan.limit, now)
        self.carried, self.left = waiting - new, waiting - len(entries)
        self._ends = time.monotonic() + self._run.plan.reading_time
        self._entries = {entry.entry_id: entry for entry in entries}
        titles: defaultdict[str, list[str]] = defaultdict(list)
        for entry in entries:
            titles[_site(entry)].append(entry.title)
        self._headlines = {site: headline_ids(listed) for site, listed in titles.items()}
        if titles:
            self._furniture.remember(self._run.warehouse.paragraphs(sorted(titles)))
        return entries

    async def read_one(self, fetcher: Fetcher, entry: Entry) -> Reading | None:
        """Fetches and extracts the entry's page. None when its turn did not come in the time that a run has."""
        # Few of a source at once here too: pages wait in memory for a worker, and a source can be one with 1,000 pages.
        async with self._turns[source_of(urlsplit(entry.url).hostname or "")]:
            if time.monotonic() >= self._ends:
                self._run.progress.advance()
                return None
            return await self._read_one(fetcher, entry)

    async def _read_one(self, fetcher: Fetcher, entry: Entry) -> Reading:
        now, hint = datetime.now(UTC), self.titles.get(entry.feed_id)
        answer = await fetcher.get(entry.url, accept=PAGE_TYPES)
        try:
            if isinstance(answer, FetchFailure):
                read = self._run.plan.languages
                return _without_page(entry, answer.kind, answer.detail, now, hint, read, temporary=answer.temporary)
            charset = _charset(answer.headers.get("content-type", ""))
            site = _site(entry)
            furniture = self._furniture.known(site) | (self._headlines[site] - headline_ids([entry.title]))
            page = (entry, answer.body, answer.url, now, hint, charset, furniture, self._run.plan.languages)
            reading = await self._run.workers.run(_read_page, *page, seconds=DOCUMENT_SECONDS, size=len(answer.body))
            return replace(reading, answer=answered(answer.headers, answer.body))
        except WorkFailed as error:
            # A process that was killed from outside may not be the page's fault.
            reason, detail, temporary = f"extraction_{error.kind}", error.detail, error.kind == "failed"
        except Exception as error:  # one page that the extraction chokes on must not fail the batch
            reason, detail, temporary = "extraction_failed", repr(error), False
        finally:
            self._run.progress.advance()
        self._run.progress.note(f"{entry.url}: {reason}: {detail}")
        return _without_page(entry, reason, detail, now, hint, self._run.plan.languages, temporary=temporary)

    def save_readings(self, done: Sequence[Reading | None]) -> None:
        """Stores what came of these entries, without what their pages have in common with others of the site.

        Those of which nothing came are left for a later run.
        """
        pages = [(self._entries[reading.entry_id], reading) for reading in done if reading is not None]
        self.left += len(done) - len(pages)
        for entry, reading in pages:
            if reading.article is not None and reading.outcome == "page":
                self._furniture.learn(_site(entry), entry.entry_id, reading.article.text, reading.read_at)
        readings = [self._cleaned(entry, reading) for entry, reading in pages]
        visits = [visit for reading in readings if (visit := first(reading)) is not None]
        paragraphs = self._furniture.changed()
        self._run.warehouse.save_readings(self._run.run_id, readings, paragraphs, MAX_PARAGRAPHS, visited=visits)
        for reading in readings:
            self.outcomes[reading.outcome] += 1
            if reading.outcome == "refused":
                self.refused[reading.reason or "unknown"] += 1
            elif reading.outcome == "summary":
                self.summary_reasons[reading.reason or "unknown"] += 1

    def _cleaned(self, entry: Entry, reading: Reading) -> Reading:
        if reading.article is None:
            return reading
        text = self._furniture.stripped(_site(entry), entry.entry_id, reading.article.text)
        return with_text(entry, reading, text, self.titles.get(entry.feed_id))

    async def revisits(self) -> list[Revisit]:
        """The articles to read again now, and what is known of their sites' furniture."""
        due = self._run.warehouse.revisits(self._run.plan.revisit, REVISITS, datetime.now(UTC))
        if due:
            self._furniture.remember(self._run.warehouse.paragraphs(sorted({_site(one.entry) for one in due})))
        return due

    async def visit_one(self, fetcher: Fetcher, one: Revisit) -> Visit | None:
        """Asks for the article's page once more. None when its turn did not come in the time that a run has."""
        entry = one.entry
        async with self._turns[source_of(urlsplit(entry.url).hostname or "")]:
            try:
                if time.monotonic() >= self._ends:
                    return None
                return await self._visit_one(fetcher, one)
            finally:
                self._run.progress.advance()

    async def _visit_one(self, fetcher: Fetcher, one: Revisit) -> Visit:
        now, entry = datetime.now(UTC), one.entry
        answer = await fetcher.get(entry.url, etag=one.etag, last_modified=one.last_modified, accept=PAGE_TYPES)
        if isinstance(answer, FetchFailure):
            return Visit(entry.entry_id, now, answer.kind, one.etag, one.last_modified)
        if answer.status == 304:
            return Visit(entry.entry_id, now, "unchanged", one.etag, one.last_modified)
        charset = _charset(answer.headers.get("content-type", ""))
        hint, furniture = self.titles.get(entry.feed_id), self._furniture.known(_site(entry))
        page = (entry, answer.body, answer.url, now, hint, charset, furniture, self._run.plan.languages)
        try:
            reading = await self._run.workers.run(_read_page, *page, seconds=DOCUMENT_SECONDS, size=len(answer.body))
        except Exception as error:  # one page that the extraction chokes on must not fail the batch
            self._run.progress.note(f"{entry.url}: reading it again: {error!r}")
            return Visit(entry.entry_id, now, "extraction_failed")
        return visit(one, reading, answered(answer.headers, answer.body), now)

    def save_visits(self, done: Sequence[Visit | None]) -> None:
        """Stores what the visits found."""
        self._run.warehouse.save_visits(self._run.run_id, [one for one in done if one is not None])


def _read_page(
    entry: Entry,
    html: bytes,
    url: str,
    now: datetime,
    hint: str | None,
    charset: str | None,
    furniture: frozenset[str],
    languages: tuple[str, ...],
) -> Reading:
    return read_or_summarise(entry, html, url, now, hint, charset=charset, furniture=furniture, languages=languages)


def _site(entry: Entry) -> str:
    """Where the entry's publisher has its pages."""
    return urlsplit(entry.url).netloc.removeprefix("www.")


def _without_page(
    entry: Entry,
    reason: str,
    detail: str | None,
    now: datetime,
    hint: str | None,
    languages: tuple[str, ...],
    *,
    temporary: bool,
) -> Reading:
    # The summary is compared at once; a temporary failure leaves the entry due for another try.
    reading = summary_reading(
        entry,
        reason,
        now,
        detail=detail,
        temporary=temporary,
        last_try=True,
        publisher_hint=hint,
        languages=languages,
    )
    return replace(reading, temporary=temporary)


def _charset(content_type: str) -> str | None:
    for part in content_type.split(";")[1:]:
        name, _, value = part.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'") or None
    return None
