"""News articles as sentences, read from the data folder and never stored."""

import gzip
import json
import random
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from flows.compare.training.data import clean, sentences


@dataclass(frozen=True, slots=True)
class Article:
    """A news article as sentences; `event` groups articles about one event."""

    event: str
    day: date | None
    title: str
    sentences: tuple[str, ...]


def articles(data: Path) -> list[Article]:
    """Return the articles of the data folder that may be trained on.

    What touches the talks between Russia and Ukraine is left out: it is what the project is judged on.
    """
    found = []
    for name in ("may2025", "triples"):
        with gzip.open(data / "news" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                text = row["text"]
                if " the " not in text or "Istanbul" in text or "Ukrain" in text or "Madrid" in text:
                    continue
                found.append(
                    Article(
                        event=row.get("event", row["id"]),
                        day=date.fromisoformat(row["date"][:10]) if row.get("date") else None,
                        title=clean(row.get("title") or ""),
                        sentences=tuple(clean(s) for s in sentences(text)),
                    )
                )
    return found


def usable(sentence: str) -> bool:
    """Whether a sentence can stand as a statement: of middling length, closed, no question, no broken quotation."""
    size = len(sentence.split())
    return (
        8 <= size <= 38
        and sentence[0].isupper()
        and sentence[-1] == "."
        and "?" not in sentence
        and sentence.count('"') % 2 == 0
        and sentence.count("“") == sentence.count("”")
        and sentence.count("(") == sentence.count(")")
        and not re.match(
            r"(?:But|And|Or|So|Yet|If|When|Click|Read|Sign|Subscribe|Photo|Image|Copyright|Watch)\b", sentence
        )
        and "http" not in sentence
        and "©" not in sentence
    )


def headed(article: Article, text: str) -> str:
    """Return the text under the headline of its article, as run time sets a passage that leaves out its topic."""
    return f"{article.title.rstrip('.')}: {text}"


def with_neighbours(article: Article, at: int, text: str, draw: random.Random) -> str:
    """Return the text among its neighbours in the article, as a passage at run time is."""
    before = article.sentences[at - 1] if at and draw.random() < 0.6 else ""
    after = article.sentences[at + 1] if at + 1 < len(article.sentences) and draw.random() < 0.6 else ""
    parts = [p for p in (before, text, after) if p and len(p.split()) <= 40]
    return " ".join(parts)
