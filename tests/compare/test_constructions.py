# ruff: noqa: DTZ001 - days of publication without a clock
"""Constructions that set a value aside or turn a fact round. All sentences are this project's own."""

from datetime import datetime

import pytest

from flows.compare.guards import inspect
from flows.compare.values import compare_values
from flows.compare.valuetypes import ValueComparison

PUBLISHED = datetime(2025, 6, 6)  # a Friday
AS_OF = datetime(2025, 6, 5)


def compared(fact: str, passage: str, published: datetime = PUBLISHED) -> ValueComparison:
    return compare_values(fact, passage, published_at=published, as_of=AS_OF)


FORMER = "Nora Weiss is a former health minister of Austria."
MINISTER = "Nora Weiss is the health minister of Austria."
CHAIRS = "Ada Lund chairs the Nordic Seed Foundation."
ATTENDS = "Elif Kaya attends the flood hearing in Bonn."
PREFERS = "Maria Voss prefers a slow merger to a quick sale."
AIMS = "Hahn said the inquiry aims at a fair settlement for the flooded villages."
PLACE = "The merger talks take place in Geneva."
BUILDS = "Norvia is building a new smelter in Narvik."
NOT_YET = "The trial in Ghent had not yet begun on 5 June 2025."

CONFLICTS = [
    # posts held and no longer held
    (FORMER, "Nora Weiss, the incumbent Austrian health minister, opened the ward.", "role"),
    ("Tom Adeyemi is a former judge.", "Tom Adeyemi, a serving judge at the regional court, was searched.", "role"),
    (MINISTER, "Nora Weiss was health minister of Austria until March.", "role"),
    (MINISTER, "Nora Weiss, health minister of Austria from 2019 to 2023, runs a vineyard.", "role"),
    (MINISTER, "Nora Weiss, health minister of Austria until her resignation in March, spoke.", "role"),
    (MINISTER, "Nora Weiss has stepped down as health minister of Austria.", "role"),
    (CHAIRS, "Ada Lund was chairwoman of the Nordic Seed Foundation until last autumn.", "role"),
    (CHAIRS, "Ada Lund chaired the Nordic Seed Foundation until 2021.", "role"),
    (CHAIRS, "Ada Lund no longer chairs the Nordic Seed Foundation.", "role"),
    (CHAIRS, "Ada Lund was head of the Nordic Seed Foundation before she handed over the post.", "role"),
    (CHAIRS, "Ada Lund, a former director of the Nordic Seed Foundation, spoke.", "role"),
    # two ministries at a time
    (MINISTER, "Transport Minister Nora Weiss cut the ribbon.", "role"),
    (MINISTER, "Nora Weiss, the Austrian justice minister, left early.", "role"),
    # who heads what somebody sent
    ("Pia Holm heads the Norwegian delegation.", "The team that Norway sent is headed by Jon Aas.", "person"),
    ("Pia Holm presides over the Arctic Council.", "Jon Aas presides over the Arctic Council.", "person"),
    # not there
    (ATTENDS, "Kaya did not attend the hearing in Bonn.", "negation"),
    (ATTENDS, "Elif Kaya, the mayor of Ahrbach, was absent from the hearing.", "negation"),
    (ATTENDS, "Elif Kaya, who landed in Cologne on Thursday, was not in Bonn.", "negation"),
    (ATTENDS, "Elif Kaya stayed away from the hearing.", "negation"),
    (ATTENDS, "Elif Kaya skipped the flood hearing.", "negation"),
    (ATTENDS, "Elif Kaya will not take part in the hearing, her office confirmed.", "negation"),
    (ATTENDS, "Kaya said that she would not be in Bonn.", "negation"),
    (ATTENDS, "Elif Kaya will stay away from the hearing, her office said.", "negation"),
    (ATTENDS, "Kaya declined to attend the hearing.", "negation"),
    (ATTENDS, "The hearing in Bonn opened without Elif Kaya.", "negation"),
    (ATTENDS, "Kaya's absence from the hearing was noted.", "negation"),
    ("Elif Kaya is present at the trial in Bonn.", "Kaya won't attend the trial.", "negation"),
    # there and not here
    (PLACE, "The merger talks take place in Lausanne and not in Geneva.", "place"),
    (PLACE, "The talks take place not in Geneva but in Basel.", "place"),
    (PLACE, "The merger talks were moved from Geneva to Basel.", "place"),
    (PLACE, "The talks are held in the lakeside town of Lausanne rather than in Geneva.", "place"),
    # spans of one thing
    ("The strike called in May was to last 10 days.", "The strike of the pilots was to run for 20 days.", "duration"),
    ("The curfew imposed after the riot was to last 30 days.", "The curfew will run for 60 days.", "duration"),
    ("Both parties signed a 30-day truce.", "Both parties agreed a 60-day ceasefire.", "duration"),
    # the predicate denied
    (BUILDS, "Norvia will build no smelter, an engineer at the plant was told.", "negation"),
    (BUILDS, "Norvia will not build a smelter in Narvik.", "negation"),
    ("Norvia signed a five-year contract with the port.", "Norvia signed no contract with the port.", "negation"),
    ("Judge Orla Stone did not approve the 40-million deal.", "She approved the 40-million deal.", "negation"),
    (AIMS, "The inquiry was not about a fair settlement, Hahn said.", "negation"),
    (AIMS, "Hahn said the inquiry isn't aimed at a fair settlement for anybody.", "negation"),
    # preferences
    (PREFERS, "Maria Voss told the board that she would rather have a quick sale than a merger.", "antonym"),
    (PREFERS, "Voss prefers a quick sale to a slow merger.", "antonym"),
    (PREFERS, "Voss favours a quick sale over a slow merger.", "antonym"),
    # dates
    ("The board approved the merger on 3 June 2025.", "Thursday, June 5: The board approves the merger.", "date"),
    (NOT_YET, "The trial in Ghent began on 4 June.", "date"),
    (NOT_YET, "Crowds gathered, with the trial in Ghent kicking off on Thursday, June 5.", "date"),
]  # fmt: skip

NO_CONFLICTS = [
    (FORMER, "Nora Weiss was health minister of Austria when the clinic opened."),
    (FORMER, "Nora Weiss, Austria's health minister from 2019 to 2023, spoke."),
    (MINISTER, "Nora Weiss refused to step down as health minister of Austria."),
    (MINISTER, "Nora Weiss will step down as health minister of Austria in August."),
    (MINISTER, "Nora Weiss denied that she had resigned as health minister of Austria."),
    (MINISTER, "Nora Weiss, health minister of Austria until 2027, cut the ribbon."),
    (MINISTER, "Nora Weiss was not health minister of Austria until 2021."),
    (MINISTER, "Nora Weiss resigned as leader of the party and remains health minister of Austria."),
    ("Nora Weiss resigned as health minister of Austria.", "Nora Weiss stepped down as Austria's health minister."),
    (MINISTER, "Nora Weiss was transport minister before."),
    (MINISTER, "Deputy Transport Minister Nora Weiss cut the ribbon."),
    (MINISTER, "Health and Transport Minister Nora Weiss cut the ribbon."),
    (MINISTER, "Then-Transport Minister Nora Weiss cut the ribbon."),
    (MINISTER, "Nora Weiss will be transport minister in the next cabinet."),
    (CHAIRS, "Ada Lund will chair the Nordic Seed Foundation until 2028."),
    (CHAIRS, "Ole Berg was chairman of the Nordic Seed Foundation until 2019."),
    (ATTENDS, "Kaya may skip the hearing."),
    (ATTENDS, "Kaya threatened to boycott the hearing."),
    (ATTENDS, "If Kaya does not attend the hearing, it will be adjourned."),
    (ATTENDS, "Kaya was not in Berlin."),
    (ATTENDS, "Kaya was not in the mood for the hearing."),
    (ATTENDS, "Kaya did not attend the hearing alone."),
    (ATTENDS, "Kaya will not join the hearing before noon."),
    (ATTENDS, "Kaya was not in Bonn when the dam broke in 2021."),
    (ATTENDS, "Kaya did not take part in the hearing's vote."),
    (ATTENDS, "Olaf Brandt skipped the hearing; Kaya spoke for him."),
    (ATTENDS, "Olaf Brandt told Kaya he would not attend the hearing in Bonn."),
    (ATTENDS, "Experts doubt that a hearing without Kaya will help."),
    (PLACE, "The talks may be moved from Geneva to Basel."),
    (PLACE, "The talks take place not only in Geneva but also in Basel."),
    (PLACE, "The talks take place in Geneva and not in Basel."),
    (PLACE, "A minister moved from Geneva to Basel after the talks."),
    ("The first merger talks were held in Geneva.", "The merger talks take place in Basel and not in Geneva."),
    ("Pia Holm leads the Norwegian delegation.", "The Norwegian delegation in 2019 was headed by Jon Aas."),
    ("Pia Holm leads the Norwegian team.", "Norway's delegation, led by Defense Minister Pia Holm, landed."),
    ("Pia Holm leads the Norwegian delegation.", "The Norwegian delegation will then be headed by Jon Aas."),
    (PLACE, "The second talks were in Basel and not in Geneva."),
    ("The strike called in May was to last 10 days.", "The airport's strike committee met for 20 days."),
    ("The board's meeting lasted two hours.", "The meeting was to last three hours."),
    ("The parties signed a 30-day truce.", "A 72-hour truce at Easter had failed."),
    (BUILDS, "Norvia will build a smelter."),
    (BUILDS, "Hydrel will build no smelter in Narvik."),
    ("Judge Orla Stone did not approve the 40-million deal.", "Judge Kim Hart approved the 40-million deal."),
    (AIMS, "The inquiry is not only about a fair settlement, Hahn said."),
    (AIMS, "The inquiry was not about blame, Hahn said."),
    (PREFERS, "Voss would rather have a slow merger than a sale."),
    (PREFERS, "The board would rather have a quick sale than a merger."),
    (PREFERS, "Voss may prefer a quick sale to a merger."),
    ("The board approved the merger on 3 June 2025.", "June 5: Shareholders hear of the merger the board approved."),
    ("The first summit on rivers was held in Lyon.", "The latest summit on rivers was held in Turin."),
    (NOT_YET, "The trial in Ghent will begin on 5 June."),
    (NOT_YET, "The trial in Ghent began on 6 June."),
    (NOT_YET, "The trial in Bruges began on 4 June."),
]  # fmt: skip


@pytest.mark.parametrize(("fact", "passage", "kind"), CONFLICTS)
def test_conflicts(fact: str, passage: str, kind: str) -> None:
    found = compared(fact, passage)
    assert max((c.strength for c in found.conflicts if c.kind == kind), default=0.0) >= 0.75, found


@pytest.mark.parametrize(("fact", "passage"), NO_CONFLICTS)
def test_no_conflict(fact: str, passage: str) -> None:
    assert compared(fact, passage).conflicts == ()


@pytest.mark.parametrize(
    ("fact", "passage"),
    [
        (MINISTER, "Nora Weiss remains health minister of Austria until the autumn."),
        (FORMER, "Nora Weiss, Austria's health minister from 2019 to 2023, spoke."),
        (FORMER, "Nora Weiss, who was health minister of Austria until 2023, spoke."),
        (CHAIRS, "Ada Lund is the chairwoman of the Nordic Seed Foundation."),
        (CHAIRS, "Ada Lund runs the Nordic Seed Foundation."),
        (CHAIRS, "Ada Lund presides over the Nordic Seed Foundation."),
    ],
)
def test_the_same_post_in_other_words(fact: str, passage: str) -> None:
    assert "role" in [a.kind for a in compared(fact, passage).agreements]


def test_ministers_move_between_distant_texts() -> None:
    passage = "Transport Minister Nora Weiss cut the ribbon."
    assert compared(MINISTER, passage, datetime(2025, 12, 1)).conflicts == ()


def test_an_absence_at_another_time_is_none() -> None:
    assert compared(ATTENDS, "Kaya will not take part in the hearing.", datetime(2025, 9, 1)).conflicts == ()


def test_a_preview_is_no_beginning() -> None:
    passage = "Crowds gathered, with the trial in Ghent kicking off on Thursday, June 5."
    assert compared(NOT_YET, passage, datetime(2025, 6, 3)).conflicts == ()


@pytest.mark.parametrize(
    ("fact", "passage", "modality"),
    [
        (BUILDS, "Norvia will build no smelter, an engineer was told.", "asserted"),
        (ATTENDS, "Elif Kaya will not take part in the hearing.", "asserted"),
        (PREFERS, "Maria Voss would rather have a quick sale than a slow merger.", "asserted"),
        (BUILDS, "Norvia will build a smelter in Narvik.", "plan"),
        ("Norvia built a smelter in Narvik.", "Norvia will not build a smelter in Narvik.", "plan"),
    ],
)
def test_a_refusal_is_asserted(fact: str, passage: str, modality: str) -> None:
    assert inspect(fact, passage, published_at=PUBLISHED, as_of=AS_OF).modality == modality
