"""Which feeds list which entries: what a polled feed's document changes in the warehouse."""

from collections.abc import Sequence
from datetime import datetime

import duckdb

from warehouse.connection import counts, put, stored_time
from warehouse.records import Entry, FeedLine, FeedPoll, FeedState, SavedPolls

FEED = (
    "feed_id url title etag last_modified body_hash polled_at succeeded_at due_at failures failure detail charged "
    "retry_at gone_at entries_per_day interval_seconds ttl_seconds asked_seconds moved_from moving_to moving_seen "
    "last_new_at usual_gap_seconds silent_since_at"
)
"""What a run writes of a feed. A pause is a person's, who may set it while the run polls: no run writes it."""

ENTRY = "entry_id feed_id url guid title summary author published_at"


def save_listings(con: duckdb.DuckDBPyConnection, run_id: str, polls: Sequence[FeedPoll], at: datetime) -> SavedPolls:
    """Writes polls, their entries and next states, in the transaction that is open; see ``Warehouse.save_polls``."""
    last = {poll.state.feed_id: poll for poll in polls}
    told = [feed_id for feed_id, poll in last.items() if poll.outcome == "new" or poll.entries]
    standing = [feed_id for feed_id, poll in last.items() if poll.outcome == "unchanged" and not poll.entries]
    first: dict[str, Entry] = {}
    listings: dict[tuple[str, str], None] = {}
    for feed_id, poll in last.items():
        for entry in poll.entries:
            first.setdefault(entry.entry_id, entry)
            listings[feed_id, entry.entry_id] = None
    save_states(con, [poll.state for poll in last.values()], at)
    put(
        con,
        "entries",
        f"{ENTRY} first_seen_at seen_at run_id listed_run_id listed_feed_id",
        [
            (
                entry.entry_id,
                entry.feed_id,
                entry.url,
                entry.guid,
                entry.title,
                entry.summary,
                entry.author,
                entry.published_at,
                entry.seen_at,
                max(entry.seen_at, at),
                run_id,
                run_id,
                entry.feed_id,
            )
            for entry in first.values()
        ],
        "do nothing",
    )
    con.execute(
        "update base.feed_entries set listed = false where listed and feed_id in (select unnest(?::text[]))",
        [told],
    )
    put(
        con,
        "feed_entries",
        "feed_id entry_id listed first_seen_at seen_at",
        [(*listing, True, at, at) for listing in listings],
        "do update set listed = true, seen_at = greatest(feed_entries.seen_at, excluded.seen_at)",
    )
    con.execute(
        "update base.feed_entries set seen_at = greatest(seen_at, ?) "
        "where listed and feed_id in (select unnest(?::text[]))",
        [stored_time(at), standing],
    )
    con.execute(
        """
        update base.entries set
            seen_at = greatest(entries.seen_at, $at),
            listed_feed_id = if(entries.listed_run_id = $run_id, entries.listed_feed_id, now.feed_id),
            listed_run_id = $run_id
        from (
            select entry_id, min(feed_id) as feed_id from base.feed_entries
            where listed and feed_id in (select unnest($feeds::text[]))
            group by entry_id
        ) now
        where entries.entry_id = now.entry_id
            and (entries.seen_at < $at or entries.listed_run_id <> $run_id)
        """,
        {"at": stored_time(at), "run_id": run_id, "feeds": told + standing},
    )
    listed = counts(
        con,
        "select feed_id, count(*) from base.feed_entries "
        "where listed and feed_id in (select unnest(?::text[])) group by 1",
        [told + standing],
    )
    arrived = counts(
        con,
        "select feed_id, count(*) from base.feed_entries "
        "where first_seen_at = ? and feed_id in (select unnest(?::text[])) group by 1",
        [stored_time(at), told],
    )
    new = counts(
        con,
        "select feed_id, count(*) from base.entries "
        "where run_id = ? and feed_id in (select unnest(?::text[])) group by 1",
        [run_id, list(last)],
    )
    once = counts(
        con,
        "select listed_feed_id, count(*) from base.entries "
        "where listed_run_id = ? and listed_feed_id in (select unnest(?::text[])) group by 1",
        [run_id, list(last)],
    )
    put(
        con,
        "run_feeds",
        "run_id feed_id outcome status entries_listed entries_new items_skipped failure detail polled_at",
        [
            (
                run_id,
                feed_id,
                poll.outcome,
                poll.status,
                listed.get(feed_id, 0),
                new.get(feed_id, 0),
                poll.skipped,
                poll.state.failure,
                poll.state.detail,
                at,
            )
            for feed_id, poll in last.items()
        ],
        "do update set outcome = excluded.outcome, status = excluded.status, "
        "entries_listed = excluded.entries_listed, entries_new = excluded.entries_new, "
        "items_skipped = excluded.items_skipped, failure = excluded.failure, detail = excluded.detail, "
        "polled_at = excluded.polled_at",
    )
    lines = tuple(
        FeedLine(
            url=poll.state.url,
            title=poll.state.title or poll.state.url,
            outcome=poll.outcome,
            listed=listed.get(feed_id, 0),
            new=new.get(feed_id, 0),
            failure=poll.state.failure,
            arrived=arrived.get(feed_id, 0),
        )
        for feed_id, poll in last.items()
    )
    return SavedPolls(listed=sum(once.values()), new=sum(new.values()), lines=lines)


def save_states(con: duckdb.DuckDBPyConnection, states: Sequence[FeedState], at: datetime) -> None:
    """Writes the states of feeds, one a feed, in the transaction that is open. A pause stays as it is stored."""
    put(
        con,
        "feeds",
        f"{FEED} first_polled_at",
        [(*(getattr(state, name) for name in FEED.split()), at) for state in states],
        "do update set "
        + ", ".join(f"{name} = excluded.{name}" for name in FEED.split()[1:])
        + ", first_polled_at = coalesce(feeds.first_polled_at, excluded.first_polled_at)",
    )
