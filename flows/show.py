"""Answers of the warehouse on a terminal, as JSON, as CSV. What others wrote is shown, never obeyed.

Feeds and pages decide what stands in these values: no control character of theirs reaches a terminal, no markup of
theirs styles it, and no cell of theirs is a formula to a spreadsheet.
"""

import csv
import dataclasses
import json
import math
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import IO, TYPE_CHECKING, NoReturn

from rich import box
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from flows.plaintext import one_line
from seeds.errors import InputError

if TYPE_CHECKING:  # judging shows its answers too, and needs no DuckDB
    from warehouse.read import Table

Row = Mapping[str, object]

# C0 (tab and newline apart), DEL, C1, bidi controls, line and paragraph separators.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_AGO = re.compile(r"(\d{1,6})\s*([mhdw])", re.IGNORECASE)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_HEALTH = {"ok": "green", "failing": "red", "gone": "red", "silent": "yellow", "never answered": "red"}
_STANDINGS = {"corroborated": "green", "disputed": "yellow", "contradicted": "red", "superseded": "blue"}


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """A column of a table for people: what it shows of a row, its share of the width (0: as narrow as it can be)."""

    name: str
    of: Callable[[Row], str | Text]
    share: int = 0
    right: bool = False


class _Console(Console):
    def on_broken_pipe(self) -> NoReturn:
        raise BrokenPipeError  # the command line ends quietly on it, and not with a code that means something else


def console(stderr: bool = False) -> Console:
    """A console as wide as the terminal, or 120 columns where there is none; nothing printed on it is markup."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() or os.environ.get("COLUMNS") else 120
    return _Console(stderr=stderr, width=width, markup=False, highlight=False, emoji=False)


def safe(text: str) -> str:
    """The text without what a terminal would obey; tabs and newlines stay."""
    return _CONTROL.sub("", text)


def when(text: str, now: datetime) -> datetime:
    """The moment meant by an ISO date or time (UTC unless it says else), or by how long ago (30m, 12h, 2d, 1w)."""
    try:
        if ago := _AGO.fullmatch(text.strip()):
            return now - timedelta(**{_UNITS[ago[2].lower()]: int(ago[1])})
        moment = datetime.fromisoformat(text.strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InputError(
            f"{text[:100]!r} is no time: expected is a date or time such as 2025-05-16 or 2025-05-16T12:00Z, "
            "or how long ago, such as 12h or 2d"
        ) from error


# For scripts


def plain(value: object) -> object:
    """The value as JSON has it: times as ISO 8601 with Z, what JSON lacks as text, no number that is none."""
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float | Decimal):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return str(value)


def to_json(value: object) -> str:
    """The value as a JSON document; what a terminal might obey is escaped, so nothing is lost."""
    ascii_only = "utf" not in (sys.stdout.encoding or "").lower()
    text = json.dumps(plain(value), ensure_ascii=ascii_only, indent=2)
    return re.sub("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", _escaped, text)


def objects(table: "Table") -> list[dict[str, object]]:
    """The rows as mappings; a column name met again gets a number, so that no value is lost."""
    names = _unique(table.columns)
    return [dict(zip(names, row, strict=True)) for row in table.rows]


def write_csv(table: "Table", out: IO[str], *, header: bool = True) -> None:
    """The table as CSV, header first. A text that a spreadsheet would take for a formula begins with an apostrophe."""
    writer = csv.writer(out, lineterminator="\n")
    if header:
        writer.writerow([_cell(name) for name in table.columns])
    for row in table.rows:
        writer.writerow([_cell(value) for value in row])


def _cell(value: object) -> object:
    value = plain(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | dict):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, str):
        value = safe(value.replace("\r\n", "\n"))
        return f"'{value}" if value.lstrip(" ").startswith(_FORMULA) else value
    return value


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


# For people


def text(value: object, limit: int | None = 600) -> str:
    """A value as a person reads it: one line, times to the minute, nothing for what is not stated."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list | dict | bytes):
        value = json.dumps(plain(value), ensure_ascii=False)
    return one_line(str(value), limit)


def grid(columns: Sequence[Column], rows: Sequence[Row], title: str | None = None) -> Grid:
    """A table for people; cells wrap."""
    made = Grid(title=title, title_justify="left", title_style="bold", header_style="bold", box=box.ROUNDED)
    made.show_lines = any(column.share for column in columns)
    for column in columns:
        made.add_column(
            column.name,
            ratio=column.share or None,
            justify="right" if column.right else "left",
            overflow="fold",
            min_width=min(len(column.name), 10),
        )
    made.expand = any(column.share for column in columns)
    for row in rows:
        made.add_row(*(cell if isinstance(cell := column.of(row), Text) else Text(cell) for column in columns))
    return made


def any_grid(table: "Table") -> Grid:
    """Any answer as a table with all its columns."""
    columns = [Column(text(name, 60), _of(name)) for name in _unique(table.columns)]
    return grid(columns, objects(table))


def standing(name: object) -> Text:
    """A standing in its colour."""
    return Text(text(name), style=_STANDINGS.get(str(name), ""))


def values(row: Row) -> str:
    """Both values of a conflict and its kind, over two or three lines."""
    kind, fact, article = (text(row.get(key), 120) for key in ("kind", "fact_value", "article_value"))
    sides = [f"fact: {fact}", f"report: {article}"] if fact or article else []
    return "\n".join(filter(None, [kind, *sides]))


def source(row: Row) -> str:
    """Who published it and when; where only a feed's summary could be read, it says so."""
    basis = "(summary only)" if row.get("basis") == "summary" else ""
    return "\n".join(filter(None, [text(row.get("publisher"), 80), text(row.get("published_at")), basis]))


def quoted(row: Row) -> str:
    """The sentence, and who says it in the article."""
    speaker = text(row.get("speaker"), 80)
    later = "\n(a later state of affairs)" if row.get("superseded") else ""
    return f"“{text(row.get('sentence'))}”" + (f" — {speaker}" if speaker else "") + later


def alert_said(row: Row) -> str:
    """What an alert tells: the change of standing, who contradicts with which words, what a publisher changed, or what
    could not be polled or checked."""
    kind = row.get("kind")
    if kind == "standing":
        return f"{text(row.get('standing_before'))} → {text(row.get('standing_after'))}"
    if kind in ("feed", "run"):
        since = f" since {text(row['since_at'])}" if row.get("since_at") else ""
        return "\n".join(filter(None, [f"{kind}: {text(row.get('trouble'))}{since}", text(row.get("detail"), 300)]))
    if kind == "correction":
        after = f" → “{text(row['sentence_after'])}”" if row.get("sentence_after") else ""
        return f"{text(row.get('detail'))}: “{text(row.get('sentence'))}”{after} — {text(row.get('publisher'), 80)}"
    return f"“{text(row.get('sentence'))}” — {text(row.get('publisher'), 80)}"


def feed_health(row: Row) -> Text:
    """How a feed fares, with what a person may want to know of it: failure, silence, pause, move, Retry-After."""
    health = text(row.get("health"))
    lines = [
        text(row.get("failure")),
        f"since {text(since)}" if (since := row.get("silent_since_at")) else "",
        f"since {text(since)}" if (since := row.get("paused_at") or row.get("gone_at")) else "",
        f"to be left alone until {text(until)}" if (until := row.get("retry_at")) else "",
        f"moved to {text(target, 200)}" if (target := row.get("moved_to")) else "",
    ]
    return Text("\n".join(filter(None, [health, *lines])), style=_HEALTH.get(health, ""))


def every(seconds: object) -> str:
    """An interval as a person says it, to the minute or the tenth of an hour."""
    if not isinstance(seconds, int):
        return ""
    return f"{round(seconds / 60)} min" if seconds < 5_400 else f"{seconds / 3_600:.3g} h"


def share(value: object) -> str:
    """A share in percent."""
    return f"{value:.0%}" if isinstance(value, float) else ""


def _of(key: str, limit: int = 600) -> Callable[[Row], str]:
    return lambda row: text(row.get(key), limit)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _unique(columns: Sequence[str]) -> list[str]:
    names: list[str] = []
    for column in columns:
        name, n = column, 1
        while name in names:
            n += 1
            name = f"{column}_{n}"
        names.append(name)
    return names


def sources(articles: object, independent: object) -> str:
    """How many articles say it, and how few sources they come from: "7 articles, 3 independent"; "0" for none."""
    if not articles:
        return "0"
    return f"{articles} article{'' if articles == 1 else 's'}, {independent} independent"


READABLE: dict[str, tuple[Column, ...]] = {
    "facts": (
        Column("fact", _of("fact_id"), 4),
        Column("standing", lambda row: standing(row["standing"])),
        Column("states", _of("statement"), 6),
        Column("for", lambda row: sources(row["supporting_articles"], row["supporting_sources"]), 2),
        Column("against", lambda row: sources(row["contradicting_articles"], row["contradicting_sources"]), 2),
        Column("last report", _of("last_reported_at"), 2),
    ),
    "matches": (
        Column("fact", _of("statement"), 4),
        Column("sentence", quoted, 7),
        Column("published", source, 4),
        Column("prob.", lambda row: f"{row['probability']:.2f}", right=True),
    ),
    "contradictions": (
        Column("fact", _of("statement"), 4),
        Column("values", values, 4),
        Column("sentence", quoted, 7),
        Column("published", source, 4),
    ),
    "stories": (
        Column("first", _of("first_at"), 2),
        Column("origin", lambda row: f"{text(row['origin'], 80)}\n({text(row['origin_basis'])})", 3),
        Column("title", _of("title", 200), 5),
        Column("published by", lambda row: "\n".join(text(name, 80) for name in _list(row["publishers"])), 4),
        Column("houses", _of("houses"), right=True),
    ),
    "corrections": (
        Column("fact", _of("statement"), 4),
        Column("what", lambda row: f"{text(row['kind'])}\n{text(row['changed_at'])}", 2),
        Column("by", _of("publisher", 80), 2),
        Column("it said", _of("sentence_before"), 5),
        Column("it says", _of("sentence_after"), 5),
    ),
    "marks": (
        Column("finding", _of("finding_id"), 3),
        Column("right", _of("right")),
        Column("fact", _of("statement"), 4),
        Column("sentence", _of("sentence"), 6),
        Column("verdict", _of("verdict"), 2),
        Column("note", _of("note"), 4),
    ),
    "articles": (
        Column("published", _of("published_at"), 2),
        Column("publisher", _of("publisher", 80), 2),
        Column("title", _of("title", 200), 6),
        Column("read", lambda row: text(row["outcome"]) + (f": {text(row['reason'])}" if row["reason"] else ""), 2),
        Column("for", _of("supports"), right=True),
        Column("against", _of("contradicts"), right=True),
    ),
    "feeds": (
        Column("feed", lambda row: "\n".join(filter(None, [text(row["title"], 120), text(row["url"], 200)])), 5),
        Column("health", feed_health, 3),
        Column("succeeded", _of("succeeded_at"), 2),
        Column("next due", _of("due_at"), 2),
        Column("every", lambda row: every(row["interval_seconds"]), right=True),
        Column("new/day", _of("entries_per_day"), right=True),
        Column("304", lambda row: share(row["not_modified_share"]), right=True),
        Column("entries", _of("entries"), right=True),
        Column("last new", _of("last_new_at"), 2),
    ),
    "runs": (
        Column("run", _of("run_id"), 3),
        Column("state", _of("state"), 2),
        Column("began", _of("started_at"), 2),
        Column("seconds", _of("seconds"), right=True),
        Column("new", _of("entries_new"), right=True),
        Column("pages", _of("pages"), right=True),
        Column("summaries", _of("summaries"), right=True),
        Column("refused", _of("refused"), right=True),
        Column("for", _of("supports"), right=True),
        Column("against", _of("contradicts"), right=True),
    ),
    "mails": (
        Column("composed", _of("composed_at"), 2),
        Column("subject", _of("subject", 200), 6),
        Column("to", _of("recipient", 120), 3),
        Column("state", lambda row: "\n".join(filter(None, [text(row["state"]), text(row["detail"], 300)])), 4),
    ),
    "alerts": (
        Column("raised", _of("raised_at"), 2),
        Column("about", lambda row: text(row["statement"] or row["feed"] or row["seed_id"]), 4),
        Column("what", lambda row: alert_said(row), 5),
        Column("state", _of("state"), 2),
    ),
    "unchecked": (
        Column("fact", _of("statement"), 4),
        Column("reason", _of("reason"), 2),
        Column("article", _of("title", 200), 5),
        Column("publisher", _of("publisher", 80), 2),
    ),
    "refusals": (
        Column("feed", _of("feed", 80), 2),
        Column("title", _of("title", 200), 4),
        Column("reason", _of("reason"), 2),
        Column("detail", _of("detail", 200), 4),
        Column("tried again", lambda row: text(row["retry_at"]) or "no", 2),
    ),
}
"""What a person sees of each view; JSON and CSV have all columns."""
