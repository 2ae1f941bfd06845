"""The engine on the bundled coverage, against what an editor finds in it (tests/newsroom/SEED/expected.yaml).

The coverage of the first seed was looked at when thresholds were chosen. That of the others is held out: articles,
facts and findings were written before the engine saw them, and are not changed for what it does. Every fact is put to
every article, so contradictions come at their true rate, a few in a hundred. What the editor calls arguable counts
neither way.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flows.compare import Candidate, Comparer, best
from flows.read.passages import split
from seeds import bundled_seeds
from seeds.model import Fact, Seed, load
from tests.evals.outcomes import VARIANTS, Outcome, Progress, outcome
from tests.evals.scores import Share
from tests.newsroom.coverage import FIRST, FIRST_PASSES, load_articles, load_expected
from warehouse.records import Article, Judgement, Passage, content_id

SEEDS = tuple(FIRST_PASSES)
HELD_OUT = tuple(seed for seed in SEEDS if seed != FIRST)
NOW = datetime(2025, 12, 1, tzinfo=UTC)
_COUNTED = ("number", "date", "duration")


@dataclass(frozen=True, slots=True)
class Case:
    """One fact and one article, with what the editor and the engine say.

    ``found`` is what the engine reports: supports, contradicts or neutral.
    """

    article: str
    fact_id: str
    about: bool  # the article is about the event, says the editor
    passed: bool  # and the gate
    wanted: dict[str, Any]  # the editor's finding, or empty
    arguable: bool
    trap: str  # why an editor would report nothing here, where that is not plain
    judgement: Judgement
    shortlisted: bool  # a passage that the editor marked is among those that were weighed
    outcome: Outcome

    @property
    def what(self) -> str:
        """right, missing, wrong, trap, may, later; or nothing, where nothing was to be found and nothing was.

        A report of a later state is none against the fact, and counts neither way.
        """
        if self.judgement.superseded and not self.wanted:
            return "later"
        if self.judgement.superseded or self.judgement.verdict not in ("supports", "contradicts"):
            return "missing" if self.wanted else ""
        if self.wanted.get("verdict") == self.judgement.verdict:
            return "right"
        return "may" if self.arguable else "trap" if self.trap else "wrong"

    @property
    def verdict(self) -> str:
        """What is reported, or what was to be."""
        return str(self.wanted["verdict"] if self.what == "missing" else self.judgement.verdict)


class _Recorder(Comparer):
    """Compares as any other, and keeps what it weighed."""

    def __init__(self, *parts: Any, **options: Any) -> None:
        super().__init__(*parts, **options)
        self.weighed: dict[str, list[Candidate]] = {}

    def weigh(
        self, seed: Seed, article: Article, passages: Sequence[Passage], *, every: bool = True
    ) -> Iterator[tuple[Fact, list[Candidate]]]:
        # Every passage, also those that the report does not need: what is reported is the same.
        for fact, candidates in super().weigh(seed, article, passages, every=True):
            self.weighed[fact.id] = candidates
            yield fact, candidates


def articles(seed: str = FIRST) -> list[Article]:
    """The articles of a seed's coverage that a page can be read from, as filed, as if read without a fault."""
    found = []
    for one in load_articles(seed):
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


def evaluate(name: str = FIRST, progress: Progress = lambda _: None) -> list[Case]:
    """Every fact of a seed with every article of its coverage that can be read, in the order of both."""
    expected = load_expected(name)
    wanted = {(f["article"], f["fact_id"]): f for f in expected["findings"]}
    arguable = {(f["article"], f["fact_id"]) for f in expected["may"]}
    traps = {(f["article"], f["fact_id"]): str(f["why"]) for f in expected["must_not"]}
    seed = load(bundled_seeds()[name])
    cases: list[Case] = []
    for article in articles(name):
        about = expected["articles"][article.article_id]["relevant"]
        if about is None:
            continue
        comparer = _Recorder.load()
        assert isinstance(comparer, _Recorder)
        comparison = comparer.compare(seed, article, split(article.text), NOW)
        reported = {finding.fact_id: finding.judgement for finding in comparison.findings}
        for fact in seed.facts:
            key = (article.article_id, fact.id)
            candidates = comparer.weighed.get(fact.id, [])
            want = wanted.get(key, {})
            trap = traps.get(key) or traps.get((article.article_id, "*"), "")
            kind = want["kind"] if want.get("verdict") == "contradicts" else "trap" if trap else ""
            cases.append(
                Case(
                    article=article.article_id,
                    fact_id=fact.id,
                    about=about,
                    passed=comparison.relevant,
                    wanted=want,
                    arguable=key in arguable,
                    trap=trap,
                    judgement=reported.get(fact.id, best([c.reportable() for c in candidates])),
                    shortlisted=_marked(article.text, want, candidates),
                    outcome=outcome(want.get("verdict", "neutral"), kind, [candidates], comparer.model.combiner),
                )
            )
        progress(len(seed.facts))
    return cases


def at_base_rate(cases: Sequence[Case]) -> list[Outcome]:
    """The outcomes of all facts in all articles about the event, as often as they come."""
    return [case.outcome for case in cases if case.about and not case.arguable]


def fingerprint(name: str, cases: Sequence[Case]) -> str:
    """Changes with the articles, the facts and what the editor wants."""
    texts = [f"{article.article_id} {article.text_hash}" for article in articles(name)]
    facts = [fact.model_dump_json() for fact in load(bundled_seeds()[name]).facts]
    return content_id(*texts, *facts, *(f"{c.article} {c.fact_id} {c.outcome.label} {c.arguable}" for c in cases))


def figures(cases: Sequence[Case]) -> dict[str, Share]:
    """What a reader of the findings meets: precision over all articles, and the right kinds and values."""
    count = Counter((case.verdict, case.what) for case in cases if case.what)
    named = {}
    for name, verdict in (("matches", "supports"), ("contradictions", "contradicts")):
        right = count[verdict, "right"]
        planted = sum(case.wanted.get("verdict") == verdict for case in cases)
        named[f"{name}_found"] = Share(right, planted)
        named[f"{name}_right"] = Share(right, right + count[verdict, "wrong"] + count[verdict, "trap"])
    right = [case for case in cases if case.what == "right" and case.verdict == "contradicts"]
    named["right_kind"] = Share(sum(map(_right_kind, right)), len(right))
    named["right_values"] = Share(sum(map(_right_values, right)), len(right))
    return named


def lines(name: str, cases: Sequence[Case], *, missing: bool = False) -> Iterator[str]:
    """What was found, what was lost where, and every contradiction and error, for people; ``missing``: also every match
    that is not reported.
    """
    gate = Counter((about, passed) for _, about, passed in {(case.article, case.about, case.passed) for case in cases})
    kept = ", held out" if name in HELD_OUT else ""
    yield (
        f"== {name}{kept}, as an editor reads it: the gate lets {gate[True, True]} of "
        f"{gate[True, True] + gate[True, False]} articles about the event through, and {gate[False, True]} of "
        f"{gate[False, True] + gate[False, False]} about others"
    )
    for verdict in ("supports", "contradicts"):
        n = Counter(case.what for case in cases if case.what and case.verdict == verdict)
        yield f"   {verdict:12}" + "".join(
            f"  {w} {n[w]:3}" for w in ("right", "wrong", "trap", "missing", "may", "later")
        )
    yield "   " + ", ".join(f"{name.replace('_', ' ')} {share}" for name, share in figures(cases).items())
    at_rate = at_base_rate(cases)
    planted = sum(one.label == "contradicts" for one in at_rate)
    rate = planted / len(at_rate)
    yield f"   at their rate: {planted} contradictions in {len(at_rate)} facts × articles ({rate:.1%})"
    for n, name in enumerate(VARIANTS):
        for point in ("verdict", "reported"):
            said = [one for one in at_rate if getattr(one.said[n], point) == "contradicts"]
            right = sum(one.label == "contradicts" for one in said)
            yield (
                f"   {name:15} {'would report' if point == 'reported' else 'calls':12} {len(said):4} contradictions, "
                f"{right:3} right: precision {Share(right, len(said))}, recall {Share(right, planted)}, "
                f"false {Share(len(said) - right, len(at_rate) - planted)}"
            )
    for verdict in ("supports", "contradicts"):
        all_of = [case for case in cases if case.wanted.get("verdict") == verdict]
        steps = (
            ("past the gate", sum(c.passed for c in all_of)),
            ("the marked passage kept by the shortlist", sum(c.passed and c.shortlisted for c in all_of)),
            ("most probable", sum(c.outcome.said[-1].verdict == verdict for c in all_of)),
            ("reported", sum(c.judgement.verdict == verdict for c in all_of)),
        )
        yield f"   {verdict:12} {len(all_of)} planted; " + "; ".join(f"{step} {n}" for step, n in steps)
    for case in sorted(cases, key=lambda c: (c.verdict, c.what, c.fact_id)):
        if case.verdict == "contradicts" or case.what in ("wrong", "trap") or (missing and case.what == "missing"):
            yield f"   {case.verdict:11} {case.what:7} {case.article} {case.fact_id} {_said(case)}"[:420]


def _said(case: Case) -> str:
    if case.what == "missing":
        return f"| {case.wanted['sentence']} | {case.judgement.guards}"
    j = case.judgement
    passage = j.passage.text if j.passage else ""
    sure = max(j.probability.supports, j.probability.contradicts) if j.probability else 0.0
    return f"{j.kind or ''} {j.fact_value} / {j.article_value} {sure:.2f} {j.guards or ''} | {passage} | {case.trap}"


def _marked(text: str, want: dict[str, Any], candidates: Sequence[Candidate]) -> bool:
    """Whether a candidate's passage is one of the editor's sentences, or the greater part of one."""
    for sentence in [want["sentence"], *want.get("also", [])] if want else []:
        start = text.find(sentence)
        for candidate in candidates:
            passage = candidate.judgement.passage
            assert passage is not None
            shared = min(passage.end, start + len(sentence)) - max(passage.start, start)
            if start >= 0 and 2 * shared >= min(len(sentence), passage.end - passage.start):
                return True
    return False


def _right_kind(case: Case) -> bool:
    return case.judgement.kind in (case.wanted["kind"], *case.wanted.get("kind_also", []))


def _right_values(case: Case) -> bool:
    """Both values name what the editor's do: a word in common and, where it is counted, the same numbers."""
    shown = (case.judgement.fact_value, case.judgement.article_value)
    for value, want in zip(shown, (case.wanted["fact_value"], case.wanted["article_value"]), strict=True):
        if value is None or not _words(value) & _words(want):
            return False
        if case.judgement.kind in _COUNTED and not _numbers(want) <= _numbers(value):
            return False
    return True


def _words(text: str) -> set[str]:
    # By their beginnings: "chair" and "chaired", "sending" and "sends".
    return {word[:4] for word in re.findall(r"[a-z]+|\d+", text.lower())}


def _numbers(text: str) -> set[str]:
    return set(re.findall(r"\d+", text))
