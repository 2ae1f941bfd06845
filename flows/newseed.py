"""A new seed's file: feeds proposed from the bundled catalogue, and YAML that a person goes on with."""

import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from flows.compare.subject import central
from flows.compare.words import STOP
from flows.poll.opml import FeedSource, read_opml
from seeds.errors import InputError, suggestion
from seeds.spellings import canonical, plain

HERE = Path(__file__).parent.parent / "seeds"
WIDTH = 110


@dataclass(frozen=True, slots=True)
class NewSeed:
    """What a seed's file is written from. ``feeds`` are listed with their names as comments."""

    title: str
    summary: str
    as_of: date
    statements: tuple[str, ...]
    feeds: tuple[FeedSource, ...]
    language: str = "en"

    @property
    def seed_id(self) -> str:
        """The title as an id."""
        return _slug(self.title.split(), 64) or "seed"


def catalogue() -> tuple[FeedSource, ...]:
    """The bundled feeds: world news in English first, then those by topic and in other languages."""
    found: dict[str, FeedSource] = {}
    for name in ("feeds.opml", "catalogue.opml"):
        for feed in read_opml((HERE / name).read_bytes(), name):
            found.setdefault(feed.url, feed)
    return tuple(found.values())


def proposed(
    feeds: Sequence[FeedSource], text: str, topics: Sequence[str], regions: Sequence[str], language: str
) -> tuple[FeedSource, ...]:
    """The feeds in this language on one of the topics and from one of the regions (either may be empty: any), those of
    a region that the text names first. InputError for a topic, region or language that no feed has, naming those known.
    """
    for what, wanted in (("topic", topics), ("region", regions)):
        known = _tags(feeds, topics=what == "topic")
        for one in wanted:
            if plain(one) not in map(plain, known):
                raise InputError(f"--{what} {one!r}: no feed has it{suggestion(one, known)}")
    spoken = sorted({feed.language for feed in feeds if feed.language})
    if language not in spoken:
        raise InputError(f"--language {language!r}: no feed of the catalogue is in it; known are {', '.join(spoken)}")
    chosen = [
        feed
        for feed in feeds
        if feed.language == language and _has(feed, topics or ("world",)) and (not regions or _has(feed, regions))
    ]
    named = {canonical(word) for word in re.findall(r"\w+", text)}
    return tuple(sorted(chosen, key=lambda feed: not any(canonical(tag) in named for tag in feed.tags)))


def statements_in(document: str, name: str) -> tuple[str, ...]:
    """The statements of a text, one a line; empty lines, ``#`` comments and list marks are passed over."""
    lines = (re.sub(r"^(?:[-*•]|\d+[.)])\s+", "", line.strip()) for line in document.splitlines())
    found = tuple(line for line in lines if line and not line.startswith("#"))
    if not found:
        raise InputError(f"{name}: has no statement; one a line is wanted")
    return found


def written(seed: NewSeed) -> str:
    """The file, with what to do next as comments."""
    lines = [
        "# One fact a statement that can be checked and understood alone; seedwatch seed check says which cannot.",
        "# seedwatch seed try shows what it would find now, without storing anything.",
        f"seed: {seed.seed_id}",
        f"title: {_scalar(seed.title)}",
        f"language: {seed.language}",
        f"as_of: {seed.as_of.isoformat()}  # the time for which the facts are stated",
        "event:",
        "  summary: >-  # what happened; an article must be about this to be compared",
        *textwrap.wrap(" ".join(seed.summary.split()), WIDTH, initial_indent="    ", subsequent_indent="    "),
        "  # An article's headline and lead must touch each group; without any, the names that the facts come back to.",
        "  # about:",
        *(f"  #   - [{name}]" for name in _often_named(seed)),
        "# Spellings and short names that mean the same, one list a person or place; Kyiv and Kiev are known already.",
        "# names:",
        "#   - [European Union, EU]",
        "feeds:  # take out what you do not want; seedwatch feeds add --seed FILE adds one",
        *(f"  - {_scalar(feed.url)}" + (f"  # {feed.title}" if feed.title else "") for feed in seed.feeds),
        "facts:",
    ]
    for fact_id, statement in zip(_ids(seed.statements), seed.statements, strict=True):
        lines += [f"  - id: {fact_id}", f"    statement: {_scalar(statement)}"]
    return "\n".join(lines) + "\n"


def _scalar(value: str) -> str:
    """The text as YAML on one line, quoted only where it has to be."""
    return str(yaml.safe_dump(value, allow_unicode=True, width=10_000)).removesuffix("...\n").strip()


def _slug(words: Iterable[str], longest: int) -> str:
    found = "-".join(filter(None, (re.sub(r"[^a-z0-9]+", "", plain(word)) for word in words)))
    return found[:longest].strip("-")


def _ids(statements: Sequence[str]) -> list[str]:
    """A short id for each statement from its first words that say something."""
    found: list[str] = []
    for statement in statements:
        telling = [word for word in re.findall(r"\w+", statement) if word.lower() not in STOP]
        base = _slug(telling[:3], 48) or "fact"
        same = sum(re.fullmatch(rf"{base}(?:-\d+)?", other) is not None for other in found)
        found.append(f"{base}-{same + 1}" if same else base)
    return found


def _often_named(seed: NewSeed) -> list[str]:
    """The names that its texts come back to, at most three."""
    return [*central(seed.title, seed.summary, seed.statements)][:3] or ["a name", "or a word for it"]


def _tags(feeds: Sequence[FeedSource], *, topics: bool) -> list[str]:
    """The topics (in lower case) or the regions of the catalogue."""
    return sorted({tag for feed in feeds for tag in feed.tags if tag.islower() == topics})


def _has(feed: FeedSource, wanted: Sequence[str]) -> bool:
    return bool({plain(tag) for tag in feed.tags} & set(map(plain, wanted)))
