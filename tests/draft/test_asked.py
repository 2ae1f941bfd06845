"""A draft worded by a language model behind a real HTTP server: what it says is held against the sentence, what it does
not say is drafted by the rules, and nothing is sent unless asked for."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.compare import Comparer
from flows.compare.llm import Terms
from flows.documents import SourceDocument
from flows.draft.asked import BATCH, LONGEST, batches, strange
from flows.draft.model import Draft, Sentence
from flows.draft.yamltext import text_of
from flows.draftasking import Asker
from flows.drafting import draft
from flows.errors import UnreachableError
from seeds.model import load
from tests.compare.endpoint import Asked, Reply, Server, said, serving

DAY = datetime(2026, 3, 13, tzinfo=UTC)
COMPARER = Comparer.load()
TEXT = (
    "Energy Minister Ingrid Solheim opened the Brekke dam on Tuesday. She said the repairs cost 48 million euros. "
    "The mood was splendid."
)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as room:
        yield room


def words(answers: dict[str, list[str]]) -> Callable[[Asked], Reply]:
    """A model that says this of the sentence that begins so, and of others that nothing can be checked."""

    def reply(asked: Asked) -> Reply:
        told = []
        for sentence in asked["sentences"]:
            given = next((v for k, v in answers.items() if sentence["text"].startswith(k)), [])
            told.append(
                {"number": sentence["number"], "statements": given, "left_out": "" if given else "nothing_to_check"}
            )
        return said({"sentences": told})

    return reply


def drafted(
    server: Server, tmp_path: Path, text: str = TEXT, notes: list[str] | None = None, requests: int = 50
) -> Draft:
    terms = Terms(requests=requests, seconds=20, key=None, answers=tmp_path / "a.sqlite3")
    ask = Asker(server.engine, terms, (notes if notes is not None else []).append)
    return draft(SourceDocument("made up", text, None, None), DAY, DAY, COMPARER, ask, str(server.engine))


def test_statements_are_tied_to_their_sentence_and_refused_where_it_does_not_say_so(
    server: Server, tmp_path: Path
) -> None:
    server.reply = words(
        {
            "Energy": [
                "Ingrid Solheim opened the Brekke dam on 10 March 2026.",
                "Ingrid Solheim closed the Brekke dam on 10 March 2026.",
                "Ingrid Solheim opened the Harlow dam.",
            ],
            "She": [
                "Ingrid Solheim said that the repairs cost 48 million euros.",
                "Ingrid Solheim said that the repairs cost 84 million euros.",
            ],
        }
    )
    result = drafted(server, tmp_path)
    assert [s.text for s in result.statements] == [
        "Ingrid Solheim opened the Brekke dam on 10 March 2026.",
        "Ingrid Solheim said that the repairs cost 48 million euros.",
    ]
    assert [s.sentence.index for s in result.statements] == [0, 1]
    assert [s.index for s in result.statements[1].sources] == [1, 0]  # the name stands in the sentence before
    refused = {one.part: (one.reason, one.detail) for one in result.left_out if one.part}
    assert {reason for reason, _ in refused.values()} == {"not_entailed"}
    assert "“Harlow”" in str(refused["Ingrid Solheim opened the Harlow dam."][1])
    assert "“84”" in str(refused["Ingrid Solheim said that the repairs cost 84 million euros."][1])
    assert float(str(refused["Ingrid Solheim closed the Brekke dam on 10 March 2026."][1])) < 0.15
    (mood,) = [one for one in result.left_out if one.part is None]
    assert (mood.sentence.index, mood.reason) == (2, "nothing_to_check")
    written = tmp_path / "draft.yaml"
    written.write_text(text_of(result), "utf-8")
    assert [fact.statement for fact in load(written).facts] == [s.text for s in result.statements]
    assert f"# Worded by {server.engine}" in written.read_text("utf-8")


def test_every_sentence_is_accounted_for_also_where_all_that_is_said_of_it_is_refused(
    server: Server, tmp_path: Path
) -> None:
    server.reply = words({"Energy": ["Henrik Dahl resigned.", "Henrik Dahl is 50 years old."], "She": ["x", "…"]})
    result = drafted(server, tmp_path)
    assert result.statements == ()
    assert {one.sentence.index for one in result.left_out if one.part is None} == {0, 1, 2}


def test_an_answer_is_kept_and_the_same_document_asks_nothing_more(server: Server, tmp_path: Path) -> None:
    server.reply = words({"Energy": ["Ingrid Solheim opened the Brekke dam."]})
    first = drafted(server, tmp_path)
    assert len(server.requests) == 1
    assert text_of(drafted(server, tmp_path)) == text_of(first)
    assert len(server.requests) == 1


LONG = " ".join(f"Ingrid Solheim opened dam number {n} in the spring of 2024." for n in range(3 * BATCH))


def failing_on(number: int, reply: Reply) -> Callable[[Asked], Reply]:
    """Answers all questions but the one about this sentence."""
    good = words({"Ingrid": ["Ingrid Solheim opened a dam in the spring of 2024."]})

    def answer(asked: Asked) -> Reply:
        return reply if number in {s["number"] for s in asked["sentences"]} else good(asked)

    return answer


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (Reply(status=400, body=b'{"error": "no such model"}'), "HTTP 400: no such model"),
        (said("not JSON"), "another form"),
        (said({"sentences": [{"number": 99, "statements": [], "left_out": ""}]}), "other sentences"),
        (Reply(hang_up=True), "RemoteProtocolError"),
    ],
)
def test_sentences_without_a_usable_answer_are_drafted_by_the_rules_and_it_says_so(
    server: Server, tmp_path: Path, bad: Reply, told: str
) -> None:
    server.reply = failing_on(BATCH, bad)
    notes: list[str] = []
    result = drafted(server, tmp_path, LONG, notes)
    by_rules = {s.sentence.index for s in result.statements if "dam number" in s.text}
    assert by_rules == set(range(BATCH, 2 * BATCH))
    assert len(notes) == 1
    assert told in notes[0]
    assert "the rules on board drafted those" in notes[0]
    every = {s.sentence.index for s in result.statements} | {o.sentence.index for o in result.left_out}
    assert every == set(range(3 * BATCH))


def test_the_budget_ends_the_asking(server: Server, tmp_path: Path) -> None:
    server.reply = words({"Ingrid": ["Ingrid Solheim opened a dam in the spring of 2024."]})
    notes: list[str] = []
    result = drafted(server, tmp_path, LONG, notes, requests=1)
    assert len(server.requests) == 1
    assert "the budget of requests is used up" in notes[0]
    assert any("dam number" in s.text for s in result.statements)


def test_an_endpoint_that_answers_nothing_is_an_error_that_says_what_to_do(server: Server, tmp_path: Path) -> None:
    server.reply = lambda _: Reply(status=401, body=b'{"error": {"message": "bad key"}}')
    with pytest.raises(UnreachableError, match=r"HTTP 401: bad key\. Without --engine the rules"):
        drafted(server, tmp_path, LONG)
    assert len(server.requests) <= 3


def test_a_long_document_goes_in_questions_that_know_what_came_before() -> None:
    sentences = [Sentence(n, f"Sentence {n}.", 0, 1, 0) for n in range(BATCH + 2)]
    sentences.append(Sentence(BATCH + 2, "x" * (LONGEST + 1), 0, 1, 0))
    found = batches(sentences, "T", DAY)
    assert [[s.index for s in batch.sentences] for batch in found] == [list(range(BATCH)), [BATCH, BATCH + 1]]
    assert [s.index for s in found[1].before] == [BATCH - 3, BATCH - 2, BATCH - 1]
    asked = json.loads(json.loads(found[1].body("m"))["messages"][1]["content"])
    assert asked["before"] == [f"Sentence {n}." for n in range(BATCH - 3, BATCH)]
    assert asked["day"] == "2026-03-13"


def test_what_the_document_does_not_name_is_strange() -> None:
    said_there = "Zelensky’s envoy Rustem Umerov met 1,200 pro-Russian protesters. Ceasefire talks began."
    assert strange("The ceasefire talks met Umerov on 9 May 2025.", said_there, ["on 9 May 2025"]) is None
    assert strange("Umerov met Zelensky.", said_there, []) is None
    assert strange("Umerov met 1,300 protesters.", said_there, []) == "1,300"
    assert strange("Umerov met Putin.", said_there, []) == "Putin"


def test_command_sends_the_document_only_when_asked(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SEEDWATCH_ENGINE", str(server.engine))
    server.reply = words({"Energy": ["Ingrid Solheim opened the Brekke dam on 10 March 2026."]})
    (tmp_path / "dam.txt").write_text(TEXT, "utf-8")
    command = ["seed", "draft", "dam.txt", "--date", "2026-03-13"]
    here = CliRunner().invoke(app, command)
    assert here.exit_code == 0, here.output
    assert server.requests == []
    asked = CliRunner().invoke(app, [*command, "--engine", str(server.engine), "-o", "dam.yaml"])
    assert asked.exit_code == 0, asked.output
    assert len(server.requests) == 1
    assert [fact.statement for fact in load(tmp_path / "dam.yaml").facts] == [
        "Ingrid Solheim opened the Brekke dam on 10 March 2026."
    ]
    again = CliRunner().invoke(app, [*command, "-o", "dam.yaml"])
    assert (again.exit_code, "is there already" in again.output) == (2, True)
    wrong = CliRunner().invoke(app, [*command, "--engine", "llm:m@http://127.0.0.1:9/v1"])
    assert wrong.exit_code == 3
    assert "llm:m@http://127.0.0.1:9/v1" in wrong.output
