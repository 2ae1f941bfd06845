"""The engine on the bundled coverage, against what an editor finds in it (tests/newsroom/expected.yaml)."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import yaml

from flows.compare import Comparer
from flows.read.passages import split
from seeds import bundled_seeds
from seeds.model import load
from tests.newsroom.coverage import load_articles
from warehouse.records import Article, Finding, content_id

EXPECTED = Path(__file__).parents[1] / "newsroom" / "expected.yaml"


@dataclass(frozen=True, slots=True)
class Line:
    """One finding, or one that is missing, against the editor's: right, wrong, trap, missing or may."""

    what: str
    article: str
    fact_id: str
    verdict: str
    finding: Finding | None
    note: str = ""


def articles() -> list[Article]:
    """The articles that a page can be read from, as if read without a fault."""
    found = []
    for one in load_articles():
        text = one.readable
        found.append(
            Article(
                article_id=one.slug, entry_id=one.slug, url=f"http://example.invalid/{one.slug}", title=one.title,
                text=text, basis="page", publisher=one.publisher.name, author=None, language="en",
                published_at=one.published_at, published_at_source="page", fetched_at=one.published_at,
                text_hash=content_id(text),
            )
        )  # fmt: skip
    return found


def evaluate(comparer: Comparer) -> tuple[list[Line], Counter[str]]:
    """Every finding with the editor's opinion, every expected one that is missing, and the gate's confusion."""
    expected = yaml.safe_load(EXPECTED.read_text(encoding="utf-8"))
    wanted = {(f["article"], f["fact_id"]): f for f in expected["findings"]}
    may = {(f["article"], f["fact_id"]) for f in expected["may"]}
    traps = {(f["article"], f["fact_id"]): f for f in expected["must_not"]}
    seed = load(bundled_seeds()["istanbul-2025"])
    lines: list[Line] = []
    gate: Counter[str] = Counter()
    for article in articles():
        about = expected["articles"][article.article_id]["relevant"]
        if about is None:
            continue
        comparison = comparer.compare(seed, article, split(article.text), datetime(2025, 5, 20, tzinfo=UTC))
        gate[f"{'relevant' if about else 'other'}, {'passed' if comparison.relevant else 'stopped'}"] += 1
        seen = set()
        for finding in comparison.findings:
            key = (article.article_id, finding.fact_id)
            seen.add(key)
            verdict = finding.judgement.verdict or "unchecked"
            if key in wanted and wanted[key]["verdict"] == verdict:
                lines.append(Line("right", *key, verdict, finding))
            elif key in may:
                lines.append(Line("may", *key, verdict, finding))
            else:
                trap = traps.get(key) or traps.get((article.article_id, "*"))
                lines.append(Line("trap" if trap else "wrong", *key, verdict, finding, (trap or {}).get("why", "")))
        for key, want in wanted.items():
            if key[0] == article.article_id and key not in seen:
                lines.append(Line("missing", *key, want["verdict"], None, str(want.get("sentence"))))
    return lines, gate


def main() -> None:
    """Prints the confusion and every contradiction and error."""
    lines, gate = evaluate(Comparer.load())
    print(dict(gate))
    for verdict in ("supports", "contradicts"):
        n = Counter(line.what for line in lines if line.verdict == verdict)
        found = n["right"] + n["wrong"] + n["trap"]
        print(
            f"{verdict:12} right {n['right']:3}  wrong {n['wrong']:3}  trap {n['trap']:3}  missing {n['missing']:3}  "
            f"may {n['may']:3}  precision {n['right'] / found if found else 0:.2f}  "
            f"recall {n['right'] / (n['right'] + n['missing']) if n['right'] else 0:.2f}"
        )
    for line in sorted(lines, key=lambda x: (x.verdict, x.what, x.fact_id)):
        if line.what == "right" and line.verdict == "supports":
            continue
        j = line.finding.judgement if line.finding else None
        said = (
            f"{j.kind} {j.fact_value} / {j.article_value} p={j.probability} {j.guards} | {j.passage.text}" if j else ""
        )
        print(f"{line.verdict:11} {line.what:7} {line.article} {line.fact_id} {said} {line.note}"[:420])


if __name__ == "__main__":
    main()
