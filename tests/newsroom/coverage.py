"""The coverage as values: publishers, and articles with the blocks that their pages are made of.

Each bundled seed has a folder of this package by its name, with the articles about its event (and some about others)
and ``expected.yaml``, what an editor finds in them. The publishers are the same invented ones throughout.

An article is a file ``articles/SLUG.md``: front matter in YAML, then blocks separated by blank lines. A block is a
paragraph, ``## heading``, ``> quotation``, ``![name] caption`` (a picture), ``[[slug]]`` (a link to another article in
the middle of the text, as sites put it) or ``@ 14:05 heading`` (a post of a live page begins).
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import yaml

HERE = Path(__file__).resolve().parent

FIRST = "istanbul-2025"
"""The seed whose coverage thresholds were chosen with."""

FIRST_PASSES: dict[str, datetime] = {
    FIRST: datetime(2025, 5, 16, 18, tzinfo=UTC),
    "tarnholm-2025": datetime(2025, 9, 10, 12, tzinfo=UTC),
    "san-telmo-2025": datetime(2025, 10, 16, 12, tzinfo=UTC),
    "velmark-2025": datetime(2025, 11, 4, 12, tzinfo=UTC),
}
"""The seeds that have coverage. What is published by then is the demo's first pass; the rest is news to a later one."""

BlockKind = Literal["paragraph", "heading", "quote", "figure", "link", "post"]
PageKind = Literal["article", "live", "consent", "paywall", "soft404", "index", "video"]

MARKS: tuple[tuple[BlockKind, re.Pattern[str]], ...] = (
    ("heading", re.compile(r"## (?P<text>.+)")),
    ("quote", re.compile(r"> (?P<text>.+)")),
    ("figure", re.compile(r"!\[(?P<name>[\w-]+)\] (?P<text>.+)")),
    ("link", re.compile(r"\[\[(?P<name>[\w-]+)\]\](?P<text>)")),
    ("post", re.compile(r"@ (?P<name>\d\d:\d\d)(?: (?P<text>.+))?")),
)


@dataclass(frozen=True, slots=True)
class Publisher:
    """An invented publisher. ``host`` is its number on the loopback network; ``page`` the pattern of its paths."""

    id: str
    host: int
    name: str
    feed: Literal["rss", "atom", "rdf", "json"]
    layout: str
    section: str
    page: str
    tagline: str
    language: str = "en"
    tracking: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of an article. ``name`` is a picture's name, a link's slug or a post's time of day."""

    kind: BlockKind
    text: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """What the publisher changes later: from ``at`` on the article says ``new`` where it said ``old``."""

    at: datetime
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Article:
    """One article as its author filed it. ``kind`` says what its page shows in place of, or around, the text."""

    slug: str
    publisher: Publisher
    title: str
    published_at: datetime
    author: str
    summary: str
    kind: PageKind
    language: str
    blocks: tuple[Block, ...]
    correction: Correction | None = None

    def edited(self, old: str, new: str) -> "Article":
        """The article with ``new`` in place of ``old``, part of one block. ``ValueError`` if it does not say that."""
        blocks = tuple(replace(block, text=block.text.replace(old, new)) for block in self.blocks)
        if blocks == self.blocks:
            raise ValueError(f"{self.slug} does not say {old!r}")
        return replace(self, blocks=blocks)

    def at(self, moment: datetime | None) -> "Article":
        """The article as it stands at this time; None: in the end."""
        change = self.correction
        if change is None or (moment is not None and moment < change.at):
            return self
        return self.edited(change.old, change.new)

    @property
    def number(self) -> int:
        """A number such as content systems give, the same on every start."""
        return int(hashlib.sha1(self.slug.encode()).hexdigest()[:6], 16)

    @property
    def path(self) -> str:
        when = self.published_at
        return self.publisher.page.format(
            slug=self.slug.removeprefix(self.publisher.id + "-"),
            number=self.number,
            hash=hashlib.sha1(self.slug.encode()).hexdigest()[:24],
            day=f"{when:%Y-%m-%d}",
            year=f"{when:%Y}",
            month=f"{when:%m}",
        )

    @property
    def prose(self) -> tuple[str, ...]:
        """Paragraphs and quotations in order: what a reader would call the text."""
        return tuple(block.text for block in self.blocks if block.kind in ("paragraph", "quote"))

    @property
    def readable(self) -> str:
        """What can be compared: the text, or the feed's summary where the page does not show the text."""
        return "\n\n".join(self.prose) if self.kind in ("article", "live") else self.summary


def load_publishers(path: Path = HERE / "publishers.yaml") -> dict[str, Publisher]:
    """All publishers by id."""
    return {row["id"]: Publisher(**row) for row in yaml.safe_load(path.read_text("utf-8"))}


def load_articles(seed: str = FIRST) -> tuple[Article, ...]:
    """The articles of a seed's coverage, oldest first. Raises ``ValueError`` naming the file that is not written as it
    should be, or the seeds that have coverage.
    """
    if seed not in FIRST_PASSES:
        raise ValueError(f"{seed} has no bundled coverage; these have: {', '.join(FIRST_PASSES)}")
    publishers = load_publishers()
    articles = [_article(path, publishers) for path in sorted((HERE / seed / "articles").glob("*.md"))]
    return tuple(sorted(articles, key=lambda article: (article.published_at, article.slug)))


def publishers_of(articles: Iterable[Article]) -> dict[str, Publisher]:
    """Those who publish these articles, by id, in the order of ``publishers.yaml``."""
    ids = {article.publisher.id for article in articles}
    return {name: publisher for name, publisher in load_publishers().items() if name in ids}


def load_expected(seed: str = FIRST) -> dict[str, Any]:
    """What an editor finds in the coverage of a seed; the fields are described in the file."""
    found: dict[str, Any] = yaml.safe_load((HERE / seed / "expected.yaml").read_text("utf-8"))
    return found


def _article(path: Path, publishers: dict[str, Publisher]) -> Article:
    parts = path.read_text("utf-8").split("---\n", 2)
    if len(parts) != 3 or parts[0]:
        raise ValueError(f"{path.name}: no front matter")
    head = yaml.safe_load(parts[1])
    change = head.get("correction")
    try:
        publisher = publishers[head["publisher"]]
        return Article(
            slug=path.stem,
            publisher=publisher,
            title=head["title"],
            published_at=_utc(head["published_at"]),
            author=head.get("author", ""),
            summary=" ".join(head.get("summary", "").split()),
            kind=head.get("kind", "article"),
            language=head.get("language", publisher.language),
            blocks=tuple(_block(text) for text in re.split(r"\n\s*\n", parts[2].strip()) if text),
            correction=Correction(_utc(change["at"]), change["old"], change["new"]) if change else None,
        )
    except KeyError as missing:
        raise ValueError(f"{path.name}: {missing} is missing or unknown") from missing


def _utc(moment: datetime) -> datetime:
    # so PyYAML before 6.0 gives a time that ends in Z
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _block(text: str) -> Block:
    line = " ".join(text.split())
    for kind, mark in MARKS:
        if found := mark.fullmatch(line):
            return Block(kind, found["text"] or "", found.groupdict().get("name", ""))
    return Block("paragraph", line)
