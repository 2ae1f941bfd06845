"""The steps of polling: choose the feeds, poll them, store what they list, learn when each is polled next."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from flows.poll.feeds import poll
from flows.poll.fetch import Fetcher
from flows.poll.formats import parse_feed
from flows.poll.health import Polled, settled
from flows.poll.items import NotAFeed, ParsedFeed
from flows.poll.schedule import select
from flows.running import DOCUMENT_SECONDS, Run
from flows.workers import WorkFailed
from warehouse.records import FeedLine, FeedPoll, FeedState, content_id


@dataclass
class Polling:
    """The feeds of one run, and what has been counted so far."""

    _run: Run
    lines: list[FeedLine] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)  # of the feeds, by id
    listed: int = 0
    new: int = 0
    not_due: int = 0
    own_outage: bool = False
    _others_answer: bool = False  # of the feeds that are not polled now
    _polled: list[tuple[Polled, FeedLine]] = field(default_factory=list)
    _places: dict[str, int] = field(default_factory=dict)  # of the feeds in the plan

    async def choose(self) -> list[FeedState]:
        """The states of the feeds to poll now; paused ones and those of hosts to be left alone only get their line."""
        known = self._run.warehouse.feed_states([feed.url for feed in self._run.plan.feeds])
        states = [
            known.get(feed.url) or FeedState(content_id(feed.url), feed.url, title=feed.title)
            for feed in self._run.plan.feeds
        ]
        self.titles.update({state.feed_id: state.title for state in states if state.title})
        self._places = {state.feed_id: place for place, state in enumerate(states)}
        chosen = select(states, datetime.now(UTC), only_due=self._run.plan.due)
        self.not_due = chosen.not_due
        left = {state.feed_id for state in states} - {state.feed_id for state in (*chosen.polled, *chosen.paused)}
        self._others_answer = any(
            state.polled_at is not None and not state.failures for state in states if state.feed_id in left
        )
        for state in chosen.paused:
            self.lines.append(FeedLine(state.url, state.title or state.url, "paused", 0, 0, None))
        for state in chosen.doubles:
            self.lines.append(FeedLine(state.url, state.title or state.url, "double", 0, 0, None))
        for state, until in chosen.held:
            self.lines.append(FeedLine(state.url, state.title or state.url, "held", 0, 0, None, held_until=until))
        return list(chosen.polled)

    async def poll_one(self, fetcher: Fetcher, state: FeedState) -> tuple[FeedState, FeedPoll]:
        """Polls the feed as soon as the client allows; with the state before it."""
        result = await poll(fetcher, state, datetime.now(UTC), self._parse)
        self._run.progress.advance()
        return state, result

    async def _parse(self, body: bytes, url: str, content_type: str) -> ParsedFeed:
        try:
            document = (body, url, content_type)
            return await self._run.workers.run(_parse_feed, *document, seconds=DOCUMENT_SECONDS, size=len(body))
        except WorkFailed as error:
            raise NotAFeed("unreadable", f"parsing it: {error.detail}") from error

    def save_polls(self, done: Sequence[tuple[FeedState, FeedPoll]]) -> None:
        """Stores what these feeds list."""
        done = sorted(done, key=lambda poll: self._places[poll[0].feed_id])
        polls = [result for _, result in done]
        for result in polls:
            if result.state.title:
                self.titles[result.state.feed_id] = result.state.title
            if result.outcome == "failed":
                self._run.progress.note(f"{result.state.url}: {result.state.failure}: {result.state.detail}")
        saved = self._run.warehouse.save_polls(self._run.run_id, polls, datetime.now(UTC))
        self.listed += saved.listed
        self.new += saved.new
        for (before, result), line in zip(done, saved.lines, strict=True):
            self._polled.append((Polled(before, result.state, result.outcome, line.arrived), line))
        outcomes = Counter(result.outcome for result in polls)
        came = ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items()))
        self._run.progress.batch(f"polled {len(polls)} feeds: {came}; {saved.listed} entries, {saved.new} of them new")

    async def schedule(self) -> None:
        """Learns from the polls looked at together when each feed is polled next, and whose fault failures were."""
        self._polled.sort(key=lambda polled: self._places[polled[0].before.feed_id])
        note = self._run.progress.note
        settling = settled([polled for polled, _ in self._polled])
        self.own_outage = settling.own_outage
        self._run.warehouse.save_feed_states(settling.states, datetime.now(UTC))
        for (polled, line), state in zip(self._polled, settling.states, strict=True):
            self.lines.append(replace(line, silent_since=state.silent_since_at))
            if state.silent_since_at is not None and polled.before.silent_since_at is None:
                note(f"{state.url}: answers, but has brought nothing new since {state.silent_since_at}")
        if settling.own_outage:
            note("nearly no host could be reached: taken for an outage here, not charged to the feeds")

    @property
    def unreachable(self) -> str | None:
        """What became of the polls, where no feed could be had and none answered at its last poll; else None.

        One feed that fails while the others are not due is that feed's trouble.
        """
        failures = Counter(p.after.failure for p, _ in self._polled if p.outcome == "failed")
        none = 0 < len(self._polled) == failures.total() and not self._others_answer
        if not (self.own_outage or none):
            return None
        said = ", ".join(f"{count} × {failure}" for failure, count in failures.most_common(5))
        return f"{failures.total()} of {len(self._polled)} feeds polled failed: {said}"


def _parse_feed(body: bytes, url: str, content_type: str) -> ParsedFeed:
    return parse_feed(body, url=url, content_type=content_type)
