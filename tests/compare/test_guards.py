# ruff: noqa: DTZ001, SIM905 - days of publication without a clock; word lists in a row
"""Guards: modality, attribution, time and event, each on the words that matter. The sentences are the project's own."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.compare.guards import Guarding, inspect

DAY = datetime(2025, 5, 15)
NEXT = datetime(2025, 5, 16)


def guarded(fact: str, passage: str, *, published: datetime | None = NEXT, context: str = "") -> Guarding:
    return inspect(fact, passage, context, published_at=published, as_of=DAY, aliases={"kyiv": "kyiv"})


LEADS = "Rustem Umerov leads the Ukrainian delegation."
SIGNED = "Kenya and Chad signed the border treaty."
LASTS = "The ceasefire lasts 30 days."

MODALITY = [
    # asserted: the cue stands elsewhere
    (LEADS, "Rustem Umerov, who is expected to retire, leads the Ukrainian delegation.", "asserted"),
    (LEADS, "Rustem Umerov leads the Ukrainian delegation; a ceasefire may follow.", "asserted"),
    (LEADS, "Umerov leads the Ukrainian delegation, but nobody will sign anything.", "asserted"),
    (SIGNED, "Kenya and Chad signed the border treaty, and more may follow.", "asserted"),
    (SIGNED, "Kenya and Chad signed the border treaty on 3 May.", "asserted"),
    (SIGNED, "After signing the border treaty Kenya and Chad hope to trade more.", "asserted"),
    (SIGNED, "Kenya and Chad, which could not agree for years, signed the border treaty.", "asserted"),
    (SIGNED, "The foreign minister, who might resign, said Kenya and Chad had signed the border treaty.", "asserted"),
    # plans
    (SIGNED, "Kenya and Chad will sign the border treaty.", "plan"),
    (SIGNED, "Kenya and Chad plan to sign the border treaty next week.", "plan"),
    (SIGNED, "Kenya and Chad are expected to sign the border treaty on Monday.", "plan"),
    (SIGNED, "Kenya and Chad hope to sign the border treaty soon.", "plan"),
    (SIGNED, "Kenya offered to sign the border treaty.", "plan"),
    (SIGNED, "Kenya and Chad are due to sign the border treaty on Friday.", "plan"),
    (SIGNED, "The two sides promised to sign the border treaty.", "plan"),
    (LEADS, "Rustem Umerov is set to lead the Ukrainian delegation.", "plan"),
    # possible
    (SIGNED, "Kenya and Chad may sign the border treaty.", "possible"),
    (SIGNED, "Kenya and Chad could sign the border treaty within days.", "possible"),
    (SIGNED, "Kenya and Chad have reportedly signed the border treaty.", "possible"),
    (SIGNED, "Diplomats believe Kenya and Chad signed the border treaty.", "possible"),
    (SIGNED, "There is speculation that Kenya and Chad signed the border treaty.", "possible"),
    (SIGNED, "Whether the border treaty was signed is unclear.", "conditional"),
    # conditional
    (SIGNED, "If Kenya and Chad sign the border treaty, trade will grow.", "conditional"),
    (SIGNED, "Should Kenya and Chad sign the border treaty, trade would grow.", "conditional"),
    (SIGNED, "Trade stays closed unless Kenya and Chad sign the border treaty.", "conditional"),
    # demands
    (SIGNED, "The UN urged Kenya and Chad to sign the border treaty.", "demand"),
    (SIGNED, "The UN called on Kenya and Chad to sign the border treaty.", "demand"),
    (SIGNED, "Kenya and Chad must sign the border treaty, the UN said.", "demand"),
    (SIGNED, "The UN demanded that Kenya and Chad sign the border treaty.", "demand"),
    (SIGNED, "The UN asked Kenya and Chad to sign the border treaty.", "demand"),
    # questions
    (SIGNED, "Have Kenya and Chad signed the border treaty?", "question"),
    (LEADS, "Who leads the Ukrainian delegation?", "question"),
    # the same modality on both sides
    ("Kenya will sign the border treaty.", "Kenya will sign the border treaty on Monday.", "asserted"),
    ("Kenya will sign the border treaty.", "Kenya plans to sign the border treaty.", "asserted"),
    ("Kenya may sign the border treaty.", "Kenya could sign the border treaty.", "asserted"),
    ("The UN demanded that Kenya sign the border treaty.", "The UN urged Kenya to sign the border treaty.", "asserted"),
]  # fmt: skip


@pytest.mark.parametrize(("fact", "passage", "modality"), MODALITY)
def test_modality(fact: str, passage: str, modality: str) -> None:
    found = guarded(fact, passage)
    assert found.modality == modality, found
    assert bool(found.reasons) or modality == "asserted"


ATTRIBUTION = [
    (LEADS, "Rustem Umerov leads the Ukrainian delegation.", "asserted", None),
    (LEADS, "Rustem Umerov leads the Ukrainian delegation, the ministry said.", "quoted", "ministry"),
    (LEADS, "The Kremlin said Rustem Umerov leads the Ukrainian delegation.", "quoted", "Kremlin"),
    (LEADS, "According to Interfax, Rustem Umerov leads the Ukrainian delegation.", "quoted", "Interfax"),
    (LEADS, "Rustem Umerov leads the Ukrainian delegation, said Vladimir Medinsky.", "quoted", "Vladimir Medinsky"),
    (LEADS, "The Kremlin denied that Rustem Umerov leads the Ukrainian delegation.", "denied", "Kremlin"),
    (SIGNED, "Chad denied having signed the border treaty with Kenya.", "denied", "Chad"),
    (SIGNED, "Chad rejected reports that it signed the border treaty with Kenya.", "denied", "Chad"),
    (SIGNED, "Chad rejected a loan; the border treaty with Kenya was signed.", "asserted", None),
    ("Chad denied signing the border treaty.", "Chad denied signing the border treaty.", "asserted", None),
]


@pytest.mark.parametrize(("fact", "passage", "attribution", "speaker"), ATTRIBUTION)
def test_attribution(fact: str, passage: str, attribution: str, speaker: str | None) -> None:
    found = guarded(fact, passage)
    assert (found.attribution, found.speaker) == (attribution, speaker)


def test_the_speaker_of_a_quoted_speaker_is_kept() -> None:
    found = guarded("The talks aim at a lasting peace.", "TASS, quoting Medinsky, wrote that the talks aim at peace.")
    assert found.attribution == "quoted"
    assert found.speaker == "TASS, quoting Medinsky"


def test_a_pronoun_is_led_back_to_a_name() -> None:
    passage = "He said the talks aim at a lasting peace."
    context = f"Vladimir Medinsky met reporters on Thursday. {passage}"
    found = guarded("The talks aim at a lasting peace.", passage, context=context)
    assert (found.attribution, found.speaker) == ("quoted", "Vladimir Medinsky")


@pytest.mark.parametrize(
    ("fact", "passage", "negated"),
    [
        (SIGNED, "Kenya and Chad did not sign the border treaty.", True),
        (SIGNED, "Kenya and Chad signed the border treaty.", False),
        (SIGNED, "Kenya and Chad signed the border treaty but did not smile.", False),
        ("Kenya did not sign the border treaty.", "Kenya did not sign the border treaty.", False),
        (SIGNED, "Kenya refused to sign the border treaty.", True),
    ],
)
def test_negation(fact: str, passage: str, negated: bool) -> None:
    assert guarded(fact, passage).negated is negated


@pytest.mark.parametrize(
    ("fact", "passage", "published", "later"),
    [
        (LEADS, "Rustem Umerov leads the Ukrainian delegation.", NEXT, False),
        (LEADS, "Rustem Umerov no longer leads the Ukrainian delegation.", datetime(2025, 6, 20), True),
        (LEADS, "Umerov has since left the Ukrainian delegation.", datetime(2025, 5, 30), True),
        (
            SIGNED,
            "Kenya and Chad signed the border treaty in May, and have since traded.",
            datetime(2025, 5, 30),
            False,
        ),
        (LEADS, "The Ukrainian delegation arrived for the second round of talks.", datetime(2025, 6, 2), True),
        (LEADS, "Kirill Budanov leads the Ukrainian delegation.", datetime(2026, 1, 20), True),
        (LEADS, "Kirill Budanov led the Ukrainian delegation in January 2026.", None, True),
        (LEADS, "Kirill Budanov leads the Ukrainian delegation.", None, False),
        ("The second round of talks was held.", "The second round of talks was held.", datetime(2025, 6, 2), False),
    ],
)
def test_a_later_state_supersedes(fact: str, passage: str, published: datetime | None, later: bool) -> None:
    assert guarded(fact, passage, published=published).superseding is later


@pytest.mark.parametrize(
    ("fact", "passage", "other"),
    [
        (SIGNED, "Kenya and Chad signed the border treaty.", False),
        (SIGNED, "In 2019 Kenya and Chad signed a border treaty.", True),
        (SIGNED, "Last year Kenya and Chad signed a border treaty.", True),
        (SIGNED, "Kenya and Chad signed the border treaty, for which they had fought since last year.", False),
        ("The talks in Istanbul ended in May 2025.", "The talks in Istanbul ended in 2022.", True),
        ("The first round of talks was held in Doha.", "The third round of talks was held in Doha.", True),
        ("The talks in Doha were led by Anna Berg.", "At the previous round Anna Berg led the talks in Doha.", True),
    ],
)
def test_another_event(fact: str, passage: str, other: bool) -> None:
    assert guarded(fact, passage).other_event is other


def test_coverage_from_long_before_is_too_old() -> None:
    assert guarded(LEADS, LEADS, published=datetime(2025, 3, 1)).too_old
    assert not guarded(LEADS, LEADS, published=datetime(2025, 5, 12)).too_old
    assert not guarded(LEADS, LEADS, published=None).too_old


def test_a_headline_that_asks() -> None:
    assert guarded(SIGNED, "Will Kenya sign the border treaty?").headline_question
    assert not guarded(SIGNED, "Kenya signed the border treaty.").headline_question


_WORDS = st.sampled_from(
    "Kenya signed the border treaty will may if should not denied that said according to quoting TASS, “ ” ? . ; "
    "who no In 2019 last year second round he previous talks has since - would be ruled out under discussion".split()
)


@given(st.lists(_WORDS, max_size=16).map(" ".join), st.text(max_size=60), st.booleans())
def test_never_raises(passage: str, noise: str, dated: bool) -> None:
    for one, other in ((SIGNED, passage), (passage, noise), (noise, passage)):
        found = inspect(one, other, f"{noise} {other}", published_at=NEXT if dated else None, as_of=DAY)
        assert found.modality == "asserted" or found.reasons
