"""Remarks on a seed's file: planted faults are found with their lines, and what can be watched as it is gets none."""

from pathlib import Path

import pytest

from flows.compare import Comparer
from flows.compare.model import bundled
from flows.compare.relevance import Gate, names_event
from flows.compare.subject import central
from flows.compare.values import ValueComparison, compare_values
from flows.seedcheck import check_file
from seeds import bundled_seeds
from seeds.check import check, remarks
from seeds.model import Seed
from seeds.spellings import canonical, same, variants

TEN = """\
seed: ten
title: Ten faults
as_of: 2025-05-15
event:
  summary: Talks between Russia and Ukraine in Istanbul in May 2025.
facts:
  - id: length
    statement: The ceasefire proposed before the talks in Istanbul was to last 30 days.
  - id: length
    statement: Rustem Umerov leads the Ukrainian delegation in Istanbul.
  - id: two-claims
    statement: Vladimir Putin rejected the ceasefire and Donald Trump flew to Riyadh.
  - id: two-sentences
    statement: Boris Bondarev resigned in 2022. Natalia Bondareva lives in Geneva.
  - id: pronoun
    statement: He chairs the Russian Military-Historical Society.
  - id: when
    statement: Volodymyr Zelenskyy met Recep Tayyip Erdogan yesterday.
  - id: who
    statement: The minister left the talks in Istanbul.
  - id: opinion
    statement: The talks in Istanbul were a shameful spectacle.
  - id: future
    statement: A second round of talks between Russia and Ukraine will be held in June 2025.
  - id: question
    statement: Did Vladimir Medinsky meet Rustem Umerov in Istanbul?
  - id: other-length
    statement: The ceasefire proposed before the talks in Istanbul was to last 60 days.
  - id: spelling
    statement: Volodymyr Zelenskiy sent a Ukrainian delegation to Istanbul.
"""


@pytest.fixture(scope="module")
def comparer() -> Comparer:
    return Comparer.load()


def test_planted_faults_are_all_found_with_their_lines(tmp_path: Path, comparer: Comparer) -> None:
    file = tmp_path / "ten.yaml"
    file.write_text(TEN)
    found = check_file(file, comparer)
    assert [(remark.line, remark.kind, remark.fact) for remark in found] == [
        (9, "fault", None),
        (12, "not atomic", "two-claims"),
        (14, "not atomic", "two-sentences"),
        (16, "not self-contained", "pronoun"),
        (18, "not self-contained", "when"),
        (20, "not self-contained", "who"),
        (22, "not checkable", "opinion"),
        (24, "not checkable", "future"),
        (26, "not checkable", "question"),
        (28, "contradicting", "other-length"),
        (30, "spelling", "spelling"),
    ]
    assert [remark.level for remark in found] == ["error"] + ["warning"] * 10
    assert all(remark.suggestion for remark in found[1:])
    assert "[Zelenskyy, Zelenskiy]" in str(found[-1])


def test_spellings_that_the_seed_lists_are_not_remarked_upon(tmp_path: Path) -> None:
    file = tmp_path / "listed.yaml"
    file.write_text(TEN + "names:\n  - [Volodymyr Zelenskyy, Zelenskiy]\n")
    assert "spelling" not in {remark.kind for remark in check(file)}


@pytest.mark.parametrize("seed", bundled_seeds())
def test_bundled_seeds_are_silent(seed: str, comparer: Comparer) -> None:
    assert check_file(bundled_seeds()[seed], comparer) == ()


@pytest.mark.parametrize(
    "statement",
    [
        "Donald Trump said that nothing will happen before he and Putin meet.",
        "The May 2025 talks between Russia and Ukraine take place in Istanbul.",
        "Tarnholm and Kelbrook Thermal announced the takeover on 8 September 2025.",
        "The U.S. Supreme Court ruled on 3 March 2026 that the tariffs were lawful.",
        "The storm killed 12 people in Dorset and Devon.",
        "The defence minister of Ukraine left Istanbul on Friday, 16 May 2025.",
        "Tarnholm said that it would cut 450 jobs.",
        "The rules took effect on 1 May 2026.",
    ],
)
def test_what_can_be_watched_as_it_is_gets_no_remark(statement: str) -> None:
    assert list(remarks(statement)) == []


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("Rustem Umerov arrived in Istanbul and met Recep Tayyip Erdogan.", "not atomic"),
        ("The storm killed 12 people; the government declared an emergency.", "not atomic"),
        ("The ferry sank on Monday.", "not self-contained"),
        ("We won the election in Dorset.", "not self-contained"),
        ("It was closed for nine months.", "not self-contained"),
        ("The government should resign.", "not checkable"),
    ],
)
def test_what_cannot_be_watched_is_named(statement: str, kind: str) -> None:
    assert kind in {found for found, _, _ in remarks(statement)}


# names


def test_one_name_has_one_canonical_spelling() -> None:
    assert {canonical(word) for word in ("Zelensky", "Zelenskyy", "Zelenskiy", "Zelenskij", "ZELENSKII")} == {
        "zelensky"
    }
    assert canonical("Kiev") == canonical("Kyiv") == "kyiv"
    assert canonical("Erdoğan") == canonical("Erdogan")
    assert canonical("London") == "london"


def test_variants_leave_out_the_word_itself_and_ordinary_words_have_none() -> None:
    assert variants("Odesa") == ("Odessa",)
    assert variants("Putin") == ()
    assert variants("ski") == ()


def test_names_that_only_resemble_each_other_are_two() -> None:
    assert not same("Medinsky", "Medvedev")
    assert not same("Ukraine", "Ukrainian")
    assert not same("Russia", "Russian")


def test_gate_and_values_take_spellings_for_one_name() -> None:
    seed = Seed.model_validate(
        {
            "seed": "s",
            "title": "Shelling of Kharkiv",
            "as_of": "2025-05-15",
            "event": {"summary": "Kharkiv was shelled.", "about": [["Kharkiv"], ["Zelensky"]]},
            "facts": [{"id": "f", "statement": "Zelensky visited Kharkiv on 15 May 2025."}],
        }
    )
    gate = Gate(seed, bundled()[1])
    assert gate("Zelenskiy in Kharkov after shelling", "Kharkov was shelled.", None).relevant
    assert not gate("Zelenskiy in Poltava after shelling", "Poltava was shelled.", None).relevant
    assert names_event(seed, "Zelenskij besucht Kharkov nach dem Angriff")
    assert not names_event(seed, "Der Bundestag berät den Haushalt in Berlin")
    fact, report = "The talks were held in Kharkiv.", "The talks were held in {}."

    def compared(place: str) -> ValueComparison:
        return compare_values(fact, report.format(place), published_at=None, as_of=None)

    assert [pair.kind for pair in compared("Kharkov").agreements] == ["place"]
    assert [pair.kind for pair in compared("Ankara").conflicts] == ["place"]


def test_without_groups_of_words_an_article_must_name_what_the_seed_comes_back_to() -> None:
    seed = Seed.model_validate(
        {
            "seed": "s",
            "title": "The Brekke dam",
            "as_of": "2026-03-02",
            "event": {"summary": "The government of Norway has the Brekke dam repaired after a leak near Bergen."},
            "facts": [
                {"id": "cost", "statement": "The repairs of the Brekke dam cost 48 million euros."},
                {"id": "who", "statement": "Ingrid Solheim ordered the repairs of the Brekke dam."},
            ],
        }
    )
    assert next(iter(central(seed.title, seed.event.summary, [fact.statement for fact in seed.facts]).items())) == (
        "Brekke",
        1.0,
    )
    gate = Gate(seed, bundled()[1])
    told = "Repairs after a leak are dearer than the government of Norway had thought, engineers near Bergen said."
    assert gate("Brekke dam repairs to cost 60 million", told, None).relevant
    other = gate("Harlow dam repairs to cost 60 million", told, None)
    assert other.score > 0.5
    assert (other.relevant, other.reason) == (False, "does not name what the event is about")


def test_what_a_headline_lacks_must_stand_in_the_lead_or_all_through_the_text() -> None:
    seed = Seed.model_validate(
        {
            "seed": "s",
            "title": "Talks",
            "as_of": "2025-05-15",
            "event": {"summary": "Russia and Ukraine hold talks.", "about": [["Russia"], ["Ukraine"], ["talks"]]},
            "facts": [{"id": "f", "statement": "Russia and Ukraine hold talks in Istanbul."}],
        }
    )
    gate = Gate(seed, bundled()[1])
    body = "Russia and Ukraine fought on along the whole front. " * 30
    assert not gate("Russia and Ukraine", f"{body}There were talks once.", None).relevant
    assert gate("Russia and Ukraine", f"{body[:500]}There were talks. {body}", None).relevant
    assert gate("Russia and Ukraine", body[:1000] + "The talks of Russia and Ukraine were talks. " * 20, None).relevant
