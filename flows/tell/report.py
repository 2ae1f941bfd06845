"""A seed's report as one page that needs nothing else, or as Markdown: a pure function of a dossier.

Headlines, sentences and names are other people's text. :func:`flows.plaintext.one_line` takes line ends, control and
bidi characters from them, Jinja2 escapes them, and only links to http and https become links. The page's
Content-Security-Policy lets nothing be fetched and no script run but its own.
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from flows.plaintext import one_line
from flows.tell.charts import SHADES, articles, coverage_svg, main_bins
from flows.tell.marking import Piece, pieces
from warehouse.dossier import SIDES, Dossier, FactFile, Quotation, Reported, Side
from warehouse.records import StandingName

STANDINGS: tuple[tuple[StandingName, str, str], ...] = (
    ("contradicted", "✗", "reports contradict it, and hardly any confirm it"),
    ("disputed", "≠", "reports confirm it, reports contradict it"),
    ("superseded", "↻", "only a later state of affairs is reported"),
    ("corroborated", "✓", "reports confirm it, none contradicts it"),
    ("unreported", "–", "nothing was found, which is no agreement"),
)
"""Standing, sign, meaning: what asks for attention first."""

SIDE_NAMES: dict[Side, str] = {"for": "for", "against": "against", "later": "later state"}
_SIGNS: dict[Side, str] = {"for": "✓", "against": "✗", "later": "↻"}

WIDE, NARROW = 920, 350
"""Pixels of the chart on a screen and on a phone, where a scaled one could not be read."""

_SCRIPT = "report.js"
_MARKDOWN = {ord(mark): f"&#{ord(mark)};" for mark in "&\\`*_{}[]<>()#+!|~"}


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation as the templates show it."""

    side: Side
    before: str
    sentence: tuple[Piece, ...]
    after: str
    kind: str
    fact_value: str
    article_value: str
    credit: str  # publisher, author, time
    said_by: str
    title: str
    url: str  # "" unless it is one to follow
    copies: tuple[str, ...]
    summary_only: bool
    probability: str
    article_id: str
    finding_id: str
    marked_right: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """One side of a fact: independent sources, and the best of them."""

    side: Side
    name: str
    sources: int
    articles: int
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """What a publisher says of a fact: ``side`` names the colour, "both" where it says one and the other."""

    side: str
    sign: str
    said: str


@dataclass(frozen=True, slots=True)
class Card:
    """A fact as the templates show it."""

    fact: FactFile
    sign: str
    evidence: tuple[Evidence, ...]  # of the sides that have any
    cells: tuple[Cell | None, ...]  # one a publisher column

    @property
    def sources(self) -> int:
        return sum(one.sources for one in self.evidence)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many facts stand so."""

    standing: StandingName
    sign: str
    meaning: str
    facts: int


def page(dossier: Dossier, made_at: datetime, version: str) -> str:
    """The report as an HTML document."""
    source = _source(_SCRIPT)
    script = f"\n{source}"
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    unit, drawn = dossier.coverage.unit, main_bins(dossier.coverage.bins)
    given = _given(dossier, made_at, version) | {
        "script": Markup(script),  # noqa: S704  our own, as is the style
        "script_hash": digest,
        "style": Markup(_source("report.css")),  # noqa: S704
        "wide": Markup(coverage_svg(drawn, unit, dossier.as_of, WIDE)),  # noqa: S704  of dates and counts
        "narrow": Markup(coverage_svg(drawn, unit, dossier.as_of, NARROW)),  # noqa: S704
        "drawn": drawn,
        "stray": sum(map(articles, dossier.coverage.bins)) - sum(map(articles, drawn)),
        "shades": SHADES,
    }
    return _PAGES.get_template("report.html").render(given).lstrip()


def markdown(dossier: Dossier, made_at: datetime, version: str) -> str:
    """The report as Markdown, what others wrote without any effect on it."""
    return _PAGES.get_template("report.md").render(_given(dossier, made_at, version))


def _given(dossier: Dossier, made_at: datetime, version: str) -> dict[str, Any]:
    columns: list[str | None] = [line.publisher for line in dossier.publishers]
    if any(one.publisher is None for fact in dossier.facts for one in fact.reports):
        columns.append(None)
    cards = [_card(fact, columns) for fact in dossier.facts]
    return {
        "dossier": dossier,
        "cards": cards,
        "columns": [name or "all others" for name in columns],
        "tallies": _tallies(dossier.facts),
        "bins": dossier.coverage.bins,
        "peak": max(map(articles, dossier.coverage.bins), default=0),
        "made_at": made_at,
        "version": version,
    }


def _tallies(facts: Sequence[FactFile]) -> list[Tally]:
    counted = [fact.standing for fact in facts]
    return [Tally(name, sign, meaning, counted.count(name)) for name, sign, meaning in STANDINGS]


def _card(fact: FactFile, columns: Sequence[str | None]) -> Card:
    sources: dict[Side, int] = {"for": fact.supports, "against": fact.contradicts, "later": fact.superseded}
    found: dict[Side, int] = {
        "for": sum(one.supports for one in fact.reports),
        "against": sum(one.contradicts for one in fact.reports),
        "later": sum(one.later for one in fact.reports),
    }
    order: tuple[Side, ...] = ("against", "for", "later")
    quotes = {side: tuple(_quote(one) for one in fact.quotations if one.side == side) for side in SIDES}
    evidence = tuple(
        Evidence(side, SIDE_NAMES[side], sources[side], found[side], quotes[side])
        for side in order
        if sources[side] or found[side]
    )
    reports = {one.publisher: one for one in fact.reports}
    sign = next(sign for name, sign, _ in STANDINGS if name == fact.standing)
    return Card(fact, sign, evidence, tuple(_cell(reports.get(column)) for column in columns))


def _cell(reported: Reported | None) -> Cell | None:
    if reported is None:
        return None
    counts: dict[Side, int] = {"for": reported.supports, "against": reported.contradicts, "later": reported.later}
    said = [(side, count) for side, count in counts.items() if count]
    if not said:
        return None
    words = ", ".join(f"{count} {SIDE_NAMES[side]}" for side, count in said)
    main: list[Side] = [side for side, _ in said if side != "later"] or ["later"]
    return Cell("both" if len(main) > 1 else main[0], "".join(_SIGNS[side] for side in main), words)


def _quote(one: Quotation) -> Quote:
    start, end = one.sentence_at, one.sentence_at + len(one.sentence)
    inside = one.context[start:end] == one.sentence
    sentence = one_line(one.sentence, 900)
    differs = one.fact_value if one.side != "for" else None
    said = one_line(one.speaker, 80) if one.speaker else ""
    how = {"quoted": "quoting", "denied": "denied by"}.get(one.attribution or "", "")
    return Quote(
        side=one.side,
        before=one_line(one.context[:start], 500) if inside else "",
        sentence=pieces(sentence, one_line(one.article_value or "", 160), one_line(differs or "", 160)),
        after=one_line(one.context[end:], 500) if inside else "",
        kind=one_line(one.kind or "", 40),
        fact_value=one_line(one.fact_value or "", 160),
        article_value=one_line(one.article_value or "", 160),
        credit=", ".join(
            filter(None, [one_line(one.publisher, 80), one_line(one.author or "", 80), moment(one.published_at)])
        ),
        said_by=f"{how} {said}" if said and how else "",
        title=one_line(one.title, 200),
        url=link(one.url),
        copies=tuple(one_line(name, 80) for name in one.copies),
        summary_only=one.basis == "summary",
        probability=f"{one.probability:.0%}",
        article_id=one.article_id,
        finding_id=one.finding_id,
        marked_right=one.marked_right,
    )


def link(url: str) -> str:
    """The address if it is one to follow, else ""."""
    return one_line(url) if url.startswith(("http://", "https://")) else ""


def moment(at: datetime | None) -> str:
    """A time to the minute, as a person reads it."""
    return f"{at.day} {at:%b %Y, %H:%M} UTC" if at else "no date"


def day(at: date | None) -> str:
    """A date as a person reads it."""
    return f"{at.day} {at:%B %Y}" if at else ""


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def line(text: object, limit: int = 400) -> str:
    """Other people's text on one line, without what cannot be seen."""
    return one_line(str(text if text is not None else ""), limit)


def inert(text: object) -> str:
    """Other people's text in Markdown: no markup, no table cell, no link of its own."""
    return line(text, 900).translate(_MARKDOWN)


def shielded(text: object) -> str:
    """The same of a part of a text, spaces at its ends kept."""
    return str(text).translate(_MARKDOWN)


def destination(url: str) -> str:
    """An address as Markdown has it between angle brackets."""
    return url.replace("<", "%3C").replace(">", "%3E").replace("\\", "%5C").replace(" ", "%20")


def _source(name: str) -> str:
    assert _PAGES.loader is not None
    return _PAGES.loader.get_source(_PAGES, name)[0]


_PAGES = Environment(
    loader=PackageLoader("flows.tell"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_PAGES.filters |= {
    "link": link,
    "moment": moment,
    "day": day,
    "counted": counted,
    "line": line,
    "inert": inert,
    "shielded": shielded,
    "destination": destination,
}
