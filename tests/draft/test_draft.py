"""Drafting a seed from documents written here: what is stated, what is left out and why, that nothing is lost."""

import io
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.compare import Comparer
from flows.documents import SourceDocument, read_document
from flows.draft.inflect import past, present
from flows.draft.model import Draft, Statement
from flows.draft.yamltext import text_of
from flows.drafting import draft
from flows.errors import InputError
from flows.settings import Settings
from seeds.model import load

DAY = datetime(2026, 3, 13, tzinfo=UTC)  # a Friday
COMPARER = Comparer.load()

ARTICLE = """\
Harlow Vale dam repairs begin
Norwegian Energy Minister Ingrid Solheim said on Tuesday that the repairs of the Brekke dam will cost 48 million euros.
 She visited the site yesterday and met 30 engineers. It's all rather dramatic, and the mood is tense.
Could the dam fail again? If the rain goes on, the lake may rise. Rumours are everywhere.
Tomas Lindqvist, a former head of the Water Board, leads the inquiry. The minister dismissed him in 2024.
Denmark and Norway have shared the lake since 1951. The two countries signed a treaty in Bergen on 4 June 1951,
 which was renewed in 1990. This shows a remarkable will to agree.
“We were never asked,” said Lindqvist. They will regret it.
""".replace("\n ", " ")


def drafted(text: str, day: datetime | None = DAY) -> Draft:
    return draft(SourceDocument("made up", text, None, None), day, DAY, COMPARER)


def stated(draft: Draft) -> dict[str, Statement]:
    return {statement.text: statement for statement in draft.statements}


def accounted(result: Draft, text: str) -> None:
    """Every letter and digit is in a sentence, and every sentence is stated or left out as a whole."""
    whole = {one.sentence.index: one.sentence for one in result.left_out if one.part is None}
    told = {one.sentence.index: one.sentence for one in result.statements}
    assert not whole.keys() & told.keys()
    sentences = [(whole | told)[index] for index in range(len(whole | told))]  # a missing index is a lost sentence
    covered = "".join(text[s.start : s.end] for s in sentences)
    assert [c for c in covered if c.isalnum()] == [c for c in text if c.isalnum()]
    for sentence in sentences:
        assert text[sentence.start : sentence.end] == sentence.text


@pytest.fixture(scope="module")
def dam() -> Draft:
    return drafted(ARTICLE)


def test_every_sentence_is_stated_or_left_out_with_its_reason(dam: Draft) -> None:
    accounted(dam, ARTICLE)


@pytest.mark.parametrize(
    ("start", "reason"),
    [
        ("It's all rather", "opinion"),
        ("Could the dam", "question"),
        ("If the rain", "conditional"),
        ("Rumours are", "hearsay"),
        ("This shows", "opinion"),
        ("They will", "prediction"),
    ],
)
def test_what_cannot_be_checked_is_left_out(dam: Draft, start: str, reason: str) -> None:
    (found,) = [one for one in dam.left_out if one.part is None and one.sentence.text.startswith(start)]
    assert found.reason == reason


@pytest.mark.parametrize(
    "text",
    [
        "Ingrid Solheim is the Norwegian energy minister.",
        "Ingrid Solheim said on 10 March 2026 that the repairs of the Brekke dam will cost 48 million euros.",
        "Ingrid Solheim visited the site on 12 March 2026.",
        "Ingrid Solheim met 30 engineers.",
        "Tomas Lindqvist is a former head of the Water Board.",
        "Tomas Lindqvist leads the inquiry.",
        "Denmark and Norway have shared the lake since 1951.",
        "“We were never asked,” said Tomas Lindqvist.",
    ],
)
def test_statements_are_single_and_say_who_and_when(dam: Draft, text: str) -> None:
    assert text in stated(dam)


def test_what_is_resolved_from_elsewhere_is_marked(dam: Draft) -> None:
    (treaty,) = [s for s in dam.statements if s.text.startswith("Denmark and Norway signed")]
    assert any("two countries" in check for check in treaty.checks)


def test_the_title_of_a_person_is_taken_out_of_what_he_does(dam: Draft) -> None:
    assert not any("Minister Ingrid" in s.text for s in dam.statements)


def test_the_same_document_gives_the_same_draft(dam: Draft) -> None:
    assert text_of(drafted(ARTICLE)) == text_of(dam)


def test_the_draft_is_a_seed_with_its_sentences_as_comments(dam: Draft, tmp_path: Path) -> None:
    file = tmp_path / "draft.yaml"
    file.write_text(text_of(dam), "utf-8")
    seed = load(file)
    assert [fact.statement for fact in seed.facts] == [s.text for s in dam.statements]
    assert seed.as_of == DAY
    written = file.read_text("utf-8")
    for one in [*dam.statements, *dam.left_out]:
        assert f"# {one.sentence.start}-{one.sentence.end}: {one.sentence.text}" in written.replace("  # ", "# ")


def test_without_a_date_nothing_relative_is_guessed(tmp_path: Path) -> None:
    result = drafted("Ingrid Solheim visited the Brekke dam on Monday. Ingrid Solheim is 51.", None)
    (visit,) = [s for s in result.statements if "visited" in s.text]
    assert "Monday" in visit.text
    assert visit.checks
    assert result.checks


def test_two_men_before_a_pronoun_are_not_told_apart_silently() -> None:
    result = drafted("Tomas Lindqvist met Henrik Dahl in Oslo. He left the city by train.")
    for statement in result.statements:
        assert "left" not in statement.text or statement.checks


def test_a_country_that_is_only_spoken_of_is_not_that_of_a_minister() -> None:
    result = drafted(
        "Prime Minister Ola Berg accused Denmark of delay. The army of Norway is led by General Kari Moen."
    )
    told = stated(result)
    assert "Ola Berg is the prime minister of Denmark." not in told
    assert told["Kari Moen is the general of Norway."].checks


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (  # a dateline is none of the sentence
            "BERGEN, March 12 (Nordnytt) -- Norsk Kraft closed the Brekke dam on Thursday.",
            "Norsk Kraft closed the Brekke dam on 12 March 2026.",
        ),
        (  # nor is a headline in capitals that was run into it
            "TWO MORE DAMS CLOSED AFTER THE STORM OF MARCH Tomas Lindqvist was arrested in Oslo.",
            "Tomas Lindqvist was arrested in Oslo.",
        ),
        (  # a list is no apposition
            "Tomas Lindqvist was charged with fraud, aggravated theft, bribery and perjury.",
            "Tomas Lindqvist was charged with fraud, aggravated theft, bribery and perjury.",
        ),
        (
            "Tomas Lindqvist, managing director and head of safety at Norsk Kraft, resigned.",
            "Tomas Lindqvist is managing director and head of safety at Norsk Kraft.",
        ),
        (
            "Tomas Lindqvist agreed to meet Henrik Dahl on Monday.",
            "Tomas Lindqvist agreed to meet Henrik Dahl on 16 March 2026.",
        ),
        ("US troops left Bergen on 2 March 2026.", "US troops left Bergen on 2 March 2026."),
        ("It is a crime to fish in Brekke.", "It is a crime to fish in Brekke."),
        (
            "Tomas Lindqvist left in 2019. He came back after Henrik Dahl had resigned. He sold Norsk Kraft.",
            "Tomas Lindqvist sold Norsk Kraft.",
        ),
        (
            "Norsk Kraft closed the gate in 2019. Inspectors found 12 cracks. They said he’s in Bergen.",
            "Inspectors said Norsk Kraft is in Bergen.",
        ),
    ],
)
def test_sentences_as_newspapers_print_them(text: str, wanted: str) -> None:
    assert wanted in stated(drafted(text))


def test_a_bare_noun_that_the_document_spoke_of_before_is_marked() -> None:
    result = drafted("Ingrid Solheim showed a film about Brekke in Oslo. The film won a prize in Bergen in 2024.")
    assert stated(result)["The film won a prize in Bergen in 2024."].checks == ("which film?",)


def test_what_follows_a_copyright_notice_at_the_end_is_of_the_page() -> None:
    text = f"{ARTICLE}© 2026 Fjord Post. Fjord Post is not responsible for 12 other sites.\n"
    result = drafted(text)
    accounted(result, text)
    assert [one.reason for one in result.left_out[-2:]] == ["furniture", "furniture"]
    assert not any("responsible" in statement.text for statement in result.statements)


def test_the_gate_is_made_of_what_headline_and_lead_name() -> None:
    text = (
        "Norsk Kraft closed the Brekke dam on Thursday. The dam leaked for 12 days. "
        "Norsk Kraft said that the old dam was safe. Denmark and Sweden have 300 dams. Sweden has rain."
    )
    document = SourceDocument("made up", text, "Norsk Kraft closes leaking dam", None)
    names, nouns = draft(document, DAY, DAY, COMPARER).about
    assert {"Kraft", "Sweden"} & set(names) == {"Kraft"}
    assert nouns[0] == "dam"


HOSTILE = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=300)
PIECES = st.lists(
    st.sampled_from(
        [
            "Anna Berg, the mayor of Lund, resigned on Monday.", "“He said: # no,” she added", "He and they: it?",
            "the - of. and", "1.5 % — 3,000", "\n\n", "Mr. X. Y. said", "- a: [b]",
            "who, which, that,", "!!!", "’s ”",
            "The two countries, both", "stating that", "'''", "&x", "*y", "| z", "\t", "yesterday's",
            "30 February 2025",
        ]
    ),
    max_size=9,
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(HOSTILE, PIECES.map(" ".join)))
def test_nothing_is_lost_of_any_text_and_its_draft_is_yaml(text: str) -> None:
    result = drafted(text)
    accounted(result, text)
    seed = yaml.safe_load(text_of(result)) if text.isprintable() else {"facts": None}
    if seed["facts"] is not None:
        assert [fact["statement"] for fact in seed["facts"]] == [" ".join(s.text.split()) for s in result.statements]


def read(tmp_path: Path, name: str, body: bytes) -> SourceDocument:
    (tmp_path / name).write_bytes(body)
    return read_document(str(tmp_path / name), Settings(), DAY)


def test_markdown_keeps_the_offsets_of_the_file(tmp_path: Path) -> None:
    body = "---\ntitle: Dam\ndate: 2026-03-02\n---\n# Heading\n\nThe **Brekke** dam [leaks](http://x.example).\n"
    document = read(tmp_path, "a.md", body.encode())
    assert (document.title, document.published_at) == ("Dam", datetime(2026, 3, 2, tzinfo=UTC))
    assert len(document.text) == len(body)
    assert document.text.index("Brekke") == body.index("Brekke")
    assert "http" not in document.text


def test_lines_of_a_wrapped_text_are_joined(tmp_path: Path) -> None:
    body = (
        "Dam repairs\n\nMarch 3, 2026\n\nThe repairs of the Brekke dam began in the first week of March and\n"
        "will end in autumn.\n"
    )
    document = read(tmp_path, "a.txt", body.encode())
    assert (document.title, document.published_at) == ("Dam repairs", datetime(2026, 3, 3, tzinfo=UTC))
    assert "March and will end" in document.text


def test_a_page_is_read_as_the_product_reads_pages(tmp_path: Path) -> None:
    paragraph = "<p>Ingrid Solheim opened the Brekke dam in the north of the country after two years of repairs.</p>"
    html = f'<html lang="en"><head><title>Dam</title></head><body><nav>Menu</nav><article>{paragraph * 1}<p>The repairs of the dam cost 48 million euros, said the ministry of energy in a report.</p></article></body></html>'  # noqa: E501
    document = read(tmp_path, "a.html", html.encode())
    assert "Ingrid Solheim opened" in document.text
    assert "Menu" not in document.text


def test_a_pdf_is_read(tmp_path: Path) -> None:
    text = "Ingrid Solheim opened the Brekke dam in March."
    stream = f"BT /F1 12 Tf 72 700 Td ({text}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = io.BytesIO(b"%PDF-1.4\n")
    out.seek(0, io.SEEK_END)
    places = []
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    at = out.tell()
    out.write(b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % at)
    assert text in read(tmp_path, "a.pdf", out.getvalue()).text


@pytest.mark.parametrize(
    ("name", "body", "fault"),
    [
        ("a.pdf", b"%PDF-1.4 broken", "PDF cannot be read"),
        ("a.txt", b"", "has no text"),
        ("a.bin", b"\0\1\2\0", "is no text"),
        ("a.txt", b"Der Staudamm wurde gestern von der Ministerin besichtigt. " * 9, "(de)"),
    ],
)
def test_what_is_no_document_is_refused_by_name(tmp_path: Path, name: str, body: bytes, fault: str) -> None:
    with pytest.raises(InputError) as refused:
        read(tmp_path, name, body)
    assert str(tmp_path / name) in str(refused.value)
    assert fault in str(refused.value)


def test_command_writes_a_seed_that_loads(tmp_path: Path) -> None:
    (tmp_path / "dam.txt").write_text(ARTICLE, "utf-8")
    command = [sys.executable, "-m", "flows.cli", "seed", "draft", "dam.txt", "-o", "dam.yaml", "--date", "2026-03-13"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert load(tmp_path / "dam.yaml").title == "Harlow Vale dam repairs begin"
    wrong = ["other.yaml" if word == "dam.yaml" else word for word in command[:-1]]
    again = subprocess.run([*wrong, "soon"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (again.returncode, "--date soon" in again.stderr) == (2, True)


def test_verbs_of_participles() -> None:
    assert [past(v) for v in ("state", "say", "admit", "deny")] == ["stated", "said", "admitted", "denied"]
    assert [present("deny", False), present("reach", False), present("say", True)] == ["denies", "reaches", "say"]
