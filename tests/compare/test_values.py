# ruff: noqa: DTZ001, SIM905 - days of publication without a clock; word lists in a row
"""Values: what agrees, what conflicts, what is not comparable. All sentences are this project's own."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.compare.amounts import compatible, same_thing
from flows.compare.values import compare_values, read
from flows.compare.valuetypes import Day, Post, Quantity, ValueComparison

PUBLISHED = datetime(2025, 5, 16)  # a Friday
AS_OF = datetime(2025, 5, 15)
ALIASES = {
    "zelenskyy": "volodymyr zelensky",
    "zelensky": "volodymyr zelensky",
    "volodymyr zelensky": "volodymyr zelensky",
    "kyiv": "kyiv",
    "kiev": "kyiv",
    "u.s.": "united states",
    "us": "united states",
    "washington": "united states",
}


def compared(fact: str, passage: str, *, dated: bool = True) -> ValueComparison:
    return compare_values(
        fact, passage, published_at=PUBLISHED if dated else None, as_of=AS_OF if dated else None, aliases=ALIASES
    )


CONFLICTS = [
    # numbers
    ("The blast in Tarsus killed 14 people.", "The blast in Tarsus killed 41 people, officials said.", "number"),
    ("The blast in Tarsus killed 14 people.", "The blast in Tarsus killed twenty-one people.", "number"),
    ("The blast in Tarsus killed 14 people.", "Fewer than ten people were killed in the blast in Tarsus.", "number"),
    ("The blast in Tarsus killed 14 people.", "The blast in Tarsus killed at least 20 people.", "number"),
    ("Both sides exchanged 1,000 prisoners.", "Both sides exchanged 390 prisoners on Friday.", "number"),
    ("The fund received two million euros.", "The fund received two billion euros.", "number"),
    ("The fund received €2.5m.", "The fund received €25m.", "number"),
    ("The fund received half a million dollars.", "The fund received 50,000 dollars.", "number"),
    ("Prices rose by 3.1 percent in April.", "Prices rose by 1.3 percent in April.", "number"),
    ("Turnout reached two-thirds of voters.", "Turnout reached 41 percent of voters.", "number"),
    ("They adopted the budget by 51 votes to 49.", "They adopted the budget by 71 votes to 29.", "number"),
    ("Lugano won the final 3-1.", "Lugano won the final 4-1 on Sunday.", "number"),
    ("The tower in Lille is 34 metres high.", "The tower in Lille is 34 feet high.", "number"),
    ("The fire near Porto burned 5,000 hectares.", "The fire near Porto burned 1,200 hectares of forest.", "number"),
    ("A quake of magnitude 6.1 struck off Crete.", "A quake of magnitude 5.1 struck off Crete.", "number"),
    ("Police arrested a 34-year-old man in Ghent.", "Police arrested a 43-year-old man in Ghent.", "number"),
    ("Between 50 and 60 villagers were killed in the raid.", "At most 19 villagers were killed in the raid.", "number"),
    ("A dozen ships left the port of Odesa.", "Twenty ships left the port of Odesa.", "number"),
    ("Six gunmen took part in the robbery in Naples.", "Sixteen gunmen took part in the robbery in Naples.", "number"),
    ("The storm left about 1,000 homes without power.", "The storm left about 4,000 homes without power.", "number"),
    ("Temperatures in Oulu fell to minus 30 degrees.", "Temperatures in Oulu fell to minus 12 degrees.", "number"),
    # units and rates
    ("Norvia bought the farm for 2.4 billion euros.", "Norvia bought the farm for 2.4 billion kroner.", "unit"),
    ("Albania will accept 500 migrants a month.", "Albania will accept 500 migrants a year.", "unit"),
    # durations
    ("The ceasefire is to last 30 days.", "The ceasefire is to last 60 days.", "duration"),
    ("The ceasefire is to last 30 days.", "The ceasefire is to last 72 hours.", "duration"),
    ("The parties signed a 30-day ceasefire.", "The parties signed a 90-day ceasefire.", "duration"),
    ("The talks lasted less than two hours.", "The talks lasted nearly four hours.", "duration"),
    ("The talks lasted two hours.", "The talks lasted six hours without a break.", "duration"),
    ("The siege of the prison lasted six days.", "The siege of the prison lasted six weeks.", "duration"),
    ("The mandate was extended by a year.", "The mandate was extended by two years.", "duration"),
    ("The envoy was held for half a year.", "The envoy was held for three weeks.", "duration"),
    ("Embassies must close within 30 days.", "Embassies must close within 60 days.", "duration"),
    # dates
    ("The treaty was signed in Hanoi on 3 June.", "The treaty was signed in Hanoi on 13 June.", "date"),
    ("The treaty was signed on 3 June 2025.", "The treaty was signed on 3 June 2024.", "date"),
    ("The ministers met in Rome on Monday.", "The ministers met in Rome on Wednesday.", "date"),
    ("The delegations met in Istanbul on 11 May 2025.", "The delegations met in Istanbul on Thursday.", "date"),
    ("The delegations met in Istanbul on 11 May 2025.", "The delegations met in Istanbul today.", "date"),
    ("The refinery will reopen in June 2025.", "The refinery will reopen in September 2025.", "date"),
    # ordinals
    ("It was the first round of talks in Doha.", "It was the third round of talks in Doha.", "ordinal"),
    ("She is the first woman to chair the bank.", "She is the second woman to chair the bank.", "ordinal"),
    # roles
    ("Donald Trump is a former U.S. president.", "U.S. President Donald Trump spoke to reporters.", "role"),
    ("Donald Trump is a former U.S. president.", "President Donald Trump flew to Doha.", "role"),
    ("Former U.S. President Donald Trump will attend.", "Donald Trump, the US president, will attend.", "role"),
    ("Lena Holt is the acting mayor of Bergen.", "Lena Holt is the former mayor of Bergen.", "role"),
    ("Ana Ruiz is deputy director of Frontex.", "Ana Ruiz, the director of Frontex, resigned.", "role"),
    ("Tomas Berg is the defence minister of Norway.", "Tomas Berg, the former Norwegian defence minister.", "role"),
    ("Tomas Berg is the defence minister of Norway.", "Norway's ex-defence minister Tomas Berg spoke.", "role"),
    # persons
    (
        "Rustem Umerov leads the Ukrainian delegation.",
        "The Ukrainian delegation is led by Andriy Yermak, the president's chief of staff.",
        "person",
    ),
    ("Vladimir Medinsky leads the Russian delegation.", "Sergei Lavrov heads the Russian delegation.", "person"),
    ("Vladimir Medinsky heads the Russian team.", "Igor Kostin will lead the Russian delegation.", "person"),
    ("The delegation of Kenya was headed by Joseph Odera.", "Lucy Wanja led the Kenyan delegation.", "person"),
    ("Clara Stein is the finance minister of Austria.", "Austria's finance minister, Paul Gruber, resigned.", "person"),
    ("Clara Stein is the UN envoy for Libya.", "The UN envoy for Libya, Carlos Mendes, arrived.", "person"),
    ("Tomas Berg is the governor of the bank.", "Tomas Berg is no longer the governor of the bank.", "role"),
    ("Tomas Berg is the governor of the bank.", "Tomas Berg was governor of the bank until March.", "role"),
    # places
    ("The talks in Istanbul ended on Friday.", "The talks in Ankara ended on Friday.", "place"),
    ("The presidents held their summit in Geneva.", "The presidents held their summit in Vienna.", "place"),
    # negation
    ("The president signed the ceasefire.", "The president did not sign the ceasefire.", "negation"),
    ("The president did not sign the ceasefire.", "The president signed the ceasefire on Monday.", "negation"),
    ("The minister attended the summit in Rome.", "The minister never attended the summit in Rome.", "negation"),
    ("The rebels released the hostages.", "The rebels refused to release the hostages.", "negation"),
    # antonyms
    ("Parliament rejected the pension bill.", "Parliament approved the pension bill by a wide margin.", "antonym"),
    ("Unemployment in Spain rose in April.", "Unemployment in Spain fell in April.", "antonym"),
    ("The court upheld the sentence of the banker.", "The court overturned the sentence of the banker.", "antonym"),
    ("Poland closed the border crossing at Terespol.", "Poland opened the border crossing at Terespol.", "antonym"),
]  # fmt: skip

AGREEMENTS = [
    ("The attack killed at least 12 people.", "The attack killed 15 people.", "number"),
    ("The attack killed more than a dozen people.", "The attack killed 15 people.", "number"),
    ("The attack killed 15 people.", "The attack killed at least 12 people.", "number"),
    ("The march drew about 1,000 people.", "The march drew 990 people.", "number"),
    ("The storm left half a million homes dark.", "The storm left 500,000 homes dark.", "number"),
    ("The city received two million euros.", "The city received €2m.", "number"),
    ("The city received 1,500 dollars.", "The city received $1,500.", "number"),
    ("The swap freed 1,000 prisoners.", "The 1,000-for-1,000 swap freed prisoners on both sides.", "number"),
    ("Prices rose by 3 percent.", "Prices rose by 3 per cent.", "number"),
    ("Prices rose by 3 percent.", "Prices rose by 3%.", "number"),
    ("The squid was filmed at 2,300 metres.", "The squid was filmed at a depth of 2.3 kilometres.", "number"),
    ("The boat carried twenty-one people.", "The boat carried 21 people.", "number"),
    ("Fire burned between 40 and 50 houses.", "Fire burned 45 houses.", "number"),
    ("Population reached 1.96 million.", "Population reached two million.", "number"),
    ("A gust of 190 km/h hit the coast.", "A gust of 118 mph hit the coast.", "number"),
    ("Up to 500 guards were hired.", "The city hired 450 guards; 450 guards came.", "number"),
    ("Lugano won the final 3-1.", "The final ended 3-1.", "number"),
    ("A quake of magnitude 6.1 struck.", "The 6.1-magnitude quake struck at dawn.", "number"),
    ("The talks lasted less than two hours.", "The talks lasted 90 minutes.", "duration"),
    ("The truce is to last 30 days.", "The truce is to last a month.", "duration"),
    ("The truce is to last 30 days.", "They agreed on a 30-day truce.", "duration"),
    ("The truce is to last 72 hours.", "The truce is to last three days.", "duration"),
    ("The talks lasted almost two hours.", "The talks lasted an hour and 50 minutes.", "duration"),
    ("The hotline was dead for 14 months.", "The hotline was dead for a year and two months.", "duration"),
    ("The contract runs for five years.", "Fans wanted ten years; the contract runs for five.", "duration"),
    ("The treaty was signed on 3 June.", "The treaty was signed on June 3.", "date"),
    ("The treaty was signed on 3 June.", "The treaty was signed on Tuesday, 3 June.", "date"),
    ("The talks began on 16 May 2025.", "The talks began today.", "date"),
    ("The talks began on 15 May 2025.", "The talks began yesterday.", "date"),
    ("The talks began on 12 May 2025.", "The talks began on Monday.", "date"),
    ("The court will rule on 20 May 2025.", "The court will rule on Tuesday.", "date"),
    ("The mill closed in May 2025.", "The mill closed this month.", "date"),
    ("The mill opened in 2024.", "The mill opened last year.", "date"),
    ("The vote is on 1 January.", "The vote is on New Year's Day.", "date"),
    ("It was the third round of talks.", "The 3rd round of talks ended.", "ordinal"),
    ("Tomas Berg is the defence minister of Norway.", "Norwegian Defence Minister Tomas Berg spoke.", "role"),
    ("Lena Holt is a former mayor of Bergen.", "Lena Holt, ex-mayor of Bergen, spoke.", "role"),
    ("Rustem Umerov leads the Ukrainian delegation.", "Ukraine's delegation was headed by Umerov.", "role"),
    ("Vladimir Medinsky leads the Russian delegation.", "Medinsky, who heads the Russian team, arrived.", "role"),
    ("Donald Trump is the U.S. president.", "Then-President Donald Trump signed it.", "role"),
    ("The talks are held in Istanbul.", "The talks are held in Turkey.", "place"),
    ("The talks are held in Kyiv.", "The talks are held in Kiev.", "place"),
]

NOT_CONFLICTS = [
    # other things counted, other parts, other times
    ("The attack killed 12 people.", "The attack wounded 40 people."),
    ("The attack killed 12 people.", "The attack killed 12 people and destroyed 30 houses."),
    ("The attack killed 12 people.", "Two more people were killed in another attack."),
    ("The crew rescued 87 people off Malta.", "The crew rescued 49 people and 38 people off Malta in two operations."),
    ("The strike was backed by 87 percent of pilots.", "Just 13 percent of pilots voted against the strike."),
    ("Fourteen of the soldiers died near Dori.", "Of the 16 soldiers near Dori, two survived."),
    ("The quake had a magnitude of 6.1.", "The quake had a magnitude of 6.1, not 6.3 as first reported."),
    ("The toll in Tarsus is 14 people killed.", "The toll in Tarsus has risen to 17 people killed."),
    ("The union agreed to a rise of 5 percent.", "The union had demanded a rise of 9 percent."),
    ("The fund received two million euros.", "The fund received three million dollars."),
    ("Inflation rose to 2.9 percent in March.", "Inflation rose to 2.7 percent in April."),
    ("The match drew 41,200 fans.", "The match drew over 40,000 fans."),
    ("The well was 34 metres deep.", "The well was more than thirty metres deep."),
    ("One of the ministers resigned.", "Three of the ministers stayed."),
    ("The Kestrel-2 rocket carried four satellites.", "The Kestrel-1 rocket carried four satellites."),
    # durations of different things
    ("The ceasefire is to last 30 days.", "The talks lasted less than two hours."),
    ("The siege lasted 14 hours.", "Two years ago another siege lasted a day."),
    ("Albania will accept 500 migrants a month.", "Albania has accepted 700 migrants so far."),
    # dates of other things
    ("Putin proposed direct talks on 11 May 2025.", "Putin proposes direct talks in Istanbul on 15 May."),
    ("The minister resigned on Monday.", "The minister, who resigned on Monday, said on Tuesday that he was tired."),
    ("The summit begins on 10 June.", "Planned for 3 June, the summit begins a week later."),
    ("The talks had not begun on 15 May 2025.", "The war began in February 2022."),
    ("The bank ruled out a cut before June.", "The bank ruled out a cut before April."),
    ("The trial opened in May 2025.", "It may rain when the trial opens, and crowds march."),
    # roles
    ("Vladimir Medinsky leads the Russian delegation.", "Rustem Umerov leads the Ukrainian delegation."),
    ("Vladimir Medinsky is a former culture minister.", "Vladimir Medinsky, a presidential aide, arrived."),
    ("Vladimir Medinsky chairs the Military-Historical Society.", "Medinsky leads the Russian delegation."),
    ("Donald Trump is a former U.S. president.", "Former U.S. President Donald Trump spoke."),
    ("Donald Trump is a former U.S. president.", "Russian President Vladimir Putin spoke to Donald Trump."),
    ("Clara Stein is the finance minister of Austria.", "Finance Minister Lars Lund of Denmark met Clara Stein."),
    ("Clara Stein is the finance minister of Austria.", "Foreign Minister Paul Gruber of Austria resigned."),
    ("Rustem Umerov leads the Ukrainian delegation.", "Yermak is a member of the Ukrainian delegation."),
    ("Tomas Berg is the defence minister of Norway.", "The former aide of Defence Minister Tomas Berg spoke."),
    ("Clara Stein resigned as finance minister of Austria.", "Austria's finance minister, Paul Gruber, spoke."),
    ("Clara Stein is the finance minister of Austria.", "Paul Gruber succeeded her as finance minister of Austria."),
    # places
    ("The talks in Istanbul ended on Friday.", "The ministers flew from Ankara to the talks in Istanbul."),
    ("The talks in Istanbul ended on Friday.", "Leaders in Ankara welcomed the talks."),
    ("The talks are held in Turkey.", "The talks are held in Istanbul."),
    # negation and antonyms elsewhere
    ("The president signed the ceasefire.", "The president signed the ceasefire but did not speak."),
    ("The president did not sign the ceasefire.", "There was little sign that the president wanted a ceasefire."),
    ("Parliament rejected the bill.", "Parliament did not approve the bill."),
    ("Unemployment rose in April.", "Unemployment rose in April while wages fell."),
    ("The strike ended on Saturday.", "The strike began eleven days before it ended."),
    ("It convicted the coach on four counts.", "It convicted the coach on four counts and cleared him on five."),
]  # fmt: skip


@pytest.mark.parametrize(("fact", "passage", "kind"), CONFLICTS)
def test_conflicts(fact: str, passage: str, kind: str) -> None:
    found = compared(fact, passage)
    assert kind in [c.kind for c in found.conflicts], found


@pytest.mark.parametrize(("fact", "passage", "kind"), AGREEMENTS)
def test_agreements(fact: str, passage: str, kind: str) -> None:
    found = compared(fact, passage)
    assert kind in [a.kind for a in found.agreements], found
    assert kind not in [c.kind for c in found.conflicts], found


def test_a_month_leaves_the_day_open() -> None:
    found = compared("The treaty was signed on 3 June 2025.", "The treaty was signed in June 2025.")
    assert (found.agreements, found.conflicts, [v.kind for v in found.missing]) == ((), (), ["date"])


def test_a_place_abroad_is_that_of_its_clause() -> None:
    fact = "The bank lent 12 million euros for the victims in Chile."
    told = "The bank lent 20 million euros for the victims, and an office in Washington thinks of a grant."
    assert [c.kind for c in compared(fact, told).conflicts] == ["number"]
    assert compared(fact, "In Peru the bank lent 20 million euros for the victims.").conflicts == ()


def test_a_price_of_one_is_no_value_of_the_whole() -> None:
    fact = "Lund Foods offered 1.86 billion pounds in cash for Marden Bakeries."
    assert compared(fact, "Lund Foods offered 440 pence in cash for Marden Bakeries.").conflicts == ()
    (conflict,) = compared(fact, "Lund Foods offered 1.86 million pounds in cash for Marden Bakeries.").conflicts
    assert conflict.kind == "number"


@pytest.mark.parametrize(("fact", "passage"), NOT_CONFLICTS)
def test_no_conflict(fact: str, passage: str) -> None:
    assert compared(fact, passage).conflicts == ()


def test_yesterday_without_a_day_of_publication_moves_the_dates_around_it() -> None:
    passage = "“Yesterday we signed the treaty,” the envoy said on 15 January."
    assert compared("The treaty was signed on 14 January.", passage, dated=False).conflicts == ()


def test_missing_values_are_named() -> None:
    found = compared("The ceasefire is to last 30 days.", "Leaders spoke about peace.")
    assert [v.normalised for v in found.missing] == ["30 days"]


def test_a_conflict_shows_both_values() -> None:
    (conflict,) = compared("The ceasefire is to last 30 days.", "The ceasefire is to last 60 days.").conflicts
    assert (conflict.fact.normalised, conflict.article.normalised) == ("30 days", "60 days")
    assert 0.5 < conflict.strength <= 1


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("12 people", 12, 12),
        ("twenty-five people", 25, 25),
        ("one hundred and four people", 104, 104),
        ("two hundred thousand people", 200_000, 200_000),
        ("3.2 million people", 3.2e6, 3.2e6),
        ("a quarter of a million people", 250_000, 250_000),
        ("two dozen people", 24, 24),
        ("at least 12 people", 12, float("inf")),
        ("12 or more people", 12, float("inf")),
        ("no more than 12 people", float("-inf"), 12),
        ("between 12 and 15 people", 12, 15),
        ("12 to 15 people", 12, 15),
        ("12-15 people", 12, 15),
        ("1.3 to 1.5 million people", 1.3e6, 1.5e6),
    ],
)
def test_number_grammar(text: str, low: float, high: float) -> None:
    (value,) = [p.value for p in read(text, None, frozenset()).placed if p.value.kind == "number"]
    assert isinstance(value.payload, Quantity)
    assert value.payload.low == pytest.approx(low)
    assert value.payload.high == pytest.approx(high)
    assert value.payload.nouns == {"person"}


@pytest.mark.parametrize(
    "text",
    [
        "Covid-19 spread.",
        "No one spoke.",
        "It opened 10:75 late.",
        "He is one of them.",
    ],
)
def test_what_is_no_number(text: str) -> None:
    assert [p.value for p in read(text, None, frozenset()).placed if p.value.kind == "number"] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("They met on 11 May 2025.", date(2025, 5, 11)),
        ("They met on May 11, 2025.", date(2025, 5, 11)),
        ("They met on 2025-05-11.", date(2025, 5, 11)),
        ("They met on Sunday.", date(2025, 5, 11)),
        ("They met yesterday.", date(2025, 5, 15)),
        ("They met two days ago.", date(2025, 5, 14)),
        ("They will meet on Sunday.", date(2025, 5, 18)),
        ("They will meet in two weeks.", date(2025, 5, 30)),
        ("They met on 28 December.", date(2024, 12, 28)),
    ],
)
def test_dates_are_resolved(text: str, expected: date) -> None:
    (value,) = [p.value for p in read(text, PUBLISHED, frozenset()).placed if p.value.kind == "date"]
    assert isinstance(value.payload, Day)
    assert value.payload.spans[0][0] == expected


@pytest.mark.parametrize(
    ("text", "person", "head", "state"),
    [
        ("Former U.S. President Donald Trump spoke.", "donald trump", "president", "former"),
        ("US President Donald Trump spoke.", "donald trump", "president", "current"),
        ("The minister believes President Donald Trump left.", "donald trump", "president", "current"),
        ("Anna Berg, the acting mayor of Oslo, spoke.", "anna berg", "mayor", "acting"),
        ("Anna Berg was the deputy mayor of Oslo.", "anna berg", "mayor", "deputy"),
        ("President-elect Anna Berg spoke.", "anna berg", "president", "future"),
        ("The head of the Russian delegation, Vladimir Medinsky, spoke.", "vladimir medinsky", "lead", "current"),
        ("Prime Minister Anna Berg spoke.", "anna berg", "prime minister", "current"),
    ],
)
def test_posts(text: str, person: str, head: str, state: str) -> None:
    found = [p.value.payload for p in read(text, None, frozenset()).placed if isinstance(p.value.payload, Post)]
    assert (person, head, state) in [(p.person, p.head, p.state) for p in found]


_PIECES = st.sampled_from(
    "at least 12 people killed, more than a dozen 30-day ceasefire €2.5m 1,000-for-1,000 between and to of the – 4.8 "
    "half a million two-thirds per cent May 11 2025 Tuesday yesterday next week President Donald Trump former - . “ ” "
    "? not first round $ % 3rd Mr. U.S. leads delegation in Istanbul was 0 00 1.2.3 ago minus magnitude "
    "999999999999 İ ß".split()
)
_TEXTS = st.one_of(st.text(max_size=80), st.lists(_PIECES, max_size=14).map(" ".join))


@given(_TEXTS, _TEXTS, st.booleans())
def test_never_raises_and_offsets_hold(fact: str, passage: str, dated: bool) -> None:
    found = compared(fact, passage, dated=dated)
    for pair in (*found.agreements, *found.conflicts):
        assert 0 <= pair.strength <= 1
        assert fact[pair.fact.start : pair.fact.end] == pair.fact.text
        assert passage[pair.article.start : pair.article.end] == pair.article.text
    for value in found.missing:
        assert fact[value.start : value.end] == value.text


@given(_TEXTS, _TEXTS)
def test_numbers_compare_the_same_both_ways(one: str, other: str) -> None:
    left = [p.value.payload for p in read(one, PUBLISHED, frozenset()).placed if isinstance(p.value.payload, Quantity)]
    right = [
        p.value.payload for p in read(other, PUBLISHED, frozenset()).placed if isinstance(p.value.payload, Quantity)
    ]
    for a in left:
        assert compatible(a, a)
        for b in right:
            assert compatible(a, b) == compatible(b, a)
            assert same_thing(a, b) == same_thing(b, a)


@given(_TEXTS)
def test_a_text_never_conflicts_with_itself(text: str) -> None:
    conflicts = compared(text, text, dated=False).conflicts
    assert [c for c in conflicts if c.kind in ("number", "duration", "date", "ordinal", "role", "unit")] == []
