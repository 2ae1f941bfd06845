"""How an engine is named: each form is read, each slip is told with what was meant."""

from pathlib import Path

import pytest

from seeds.engine import BUNDLED, Endpoint, Folder, Repository, parse
from seeds.errors import InputError
from seeds.model import load

SEED = """\
seed: ferry-2025
title: The ferry of 2025
as_of: 2025-06-01
event:
  summary: A ferry ran aground off the cape on 31 May 2025.
engine: {}
facts:
  - id: aground
    statement: The ferry ran aground on 31 May 2025.
"""


@pytest.mark.parametrize(
    ("text", "engine"),
    [
        (" bundled ", BUNDLED),
        ("hub:owner/some-model.v2", Repository("owner/some-model.v2")),
        ("hub:owner/name@refs/pr/1", Repository("owner/name", "refs/pr/1")),
        ("hub:/models/nli", Folder(Path("/models/nli"))),
        ("hub:./nli", Folder(Path("nli"))),
        ("hub:../nli", Folder(Path("../nli"))),
        ("hub:~/nli", Folder(Path("~/nli").expanduser())),
        ("llm:small@http://127.0.0.1:8080/v1", Endpoint("small", "http://127.0.0.1:8080/v1")),
        ("llm:owner/name@v2@https://example.org/v1/", Endpoint("owner/name@v2", "https://example.org/v1")),
        ("llm:small@https://example.org/v1/chat/completions", Endpoint("small", "https://example.org/v1")),
    ],
)
def test_each_form_is_read_and_written_back(text: str, engine: object) -> None:
    assert parse(text) == engine
    assert parse(str(engine)) == engine
    assert parse(engine) is engine


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("bundeld", "did you mean bundled?"),
        ("hubs:owner/name", "did you mean hub:OWNER/NAME?"),
        ("LLM:small@http://localhost/v1", "did you mean llm:MODEL@URL?"),
        ("owner/name", "did you mean hub:owner/name?"),
        ("./nli", "did you mean hub:./nli?"),
        ("small@http://localhost/v1", "did you mean llm:small@http://localhost/v1?"),
        ("minilm", "known are bundled, hub:OWNER/NAME"),
        ("", "known are bundled"),
        ("hub:", "neither OWNER/NAME nor a folder"),
        ("hub:nli", "neither OWNER/NAME nor a folder"),
        ("hub:https://example.org/a/b", "neither OWNER/NAME nor a folder"),
        ("llm:small", "not MODEL@URL"),
        ("llm:small@ftp://example.org", "not MODEL@URL"),
        ("llm:small@http:///v1", "cannot be read"),
        ("llm:small@http://example.org:99999/v1", "cannot be read"),
        ("llm:small@http://example.org/v1?key=1", "without"),
        (7, "an engine is text"),
    ],
)
def test_a_slip_is_told_with_what_was_meant(text: object, message: str) -> None:
    with pytest.raises(ValueError, match=r"engine|hub|llm") as caught:
        parse(text)
    assert message in str(caught.value)


@pytest.mark.parametrize("text", ["llm:m@https://me:secret@example.org/v1", "m@https://me:secret@example.org/v1"])
def test_a_password_in_an_address_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(ValueError, match="llm:") as caught:
        parse(text)
    assert "secret" not in str(caught.value)


def test_a_seed_names_its_engine_and_a_folder_counts_from_its_own(tmp_path: Path) -> None:
    def named(engine: str) -> object:
        (tmp_path / "seed.yaml").write_text(SEED.format(engine))
        return load(tmp_path / "seed.yaml").engine

    assert named("hub:./nli") == Folder(tmp_path / "nli")
    assert named("hub:/models/nli") == Folder(Path("/models/nli"))
    assert named("llm:small@http://localhost/v1") == Endpoint("small", "http://localhost/v1")
    with pytest.raises(InputError, match=r"seed\.yaml:6: engine: 'bundeld': unknown engine; did you mean bundled\?"):
        named("bundeld")
