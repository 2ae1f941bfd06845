"""A seed file is read whole or refused with the line and field of every fault."""

import re
from pathlib import Path

import pytest

from seeds import bundled_seeds
from seeds.errors import InputError
from seeds.model import load

GOOD = """\
seed: ferry-2025
title: The ferry of 2025
as_of: 2025-06-01
event:
  summary: A ferry ran aground off the cape on 31 May 2025.
facts:
  - id: aground
    statement: The ferry ran aground on 31 May 2025.
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "seed.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_bundled_seeds_load_and_have_unique_facts() -> None:
    seeds = {name: load(path) for name, path in bundled_seeds().items()}
    assert seeds["istanbul-2025"].aliases["zelenskyy"] == "volodymyr zelensky"
    for name, seed in seeds.items():
        assert seed.seed == name
        assert len({fact.id for fact in seed.facts}) == len(seed.facts)


def test_a_fact_takes_the_seeds_date_unless_it_has_its_own(tmp_path: Path) -> None:
    seed = load(written(tmp_path, GOOD + "    as_of: 2025-06-03\n  - id: b\n    statement: It was raining.\n"))
    assert [seed.as_of_fact(fact).day for fact in seed.facts] == [3, 1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GOOD.replace("as_of: 2025-06-01", "as_of: someday"), ":3: as_of: "),
        (GOOD.replace("title:", "titel:"), ":2: titel: unknown field; did you mean title?"),
        (GOOD.replace("    statement: The ferry ran aground on 31 May 2025.\n", ""), ":7: facts.0.statement: missing"),
        (GOOD + "  - id: aground\n    statement: Once more.\n", ":9: facts: two facts have the id 'aground'"),
        (GOOD.replace("id: aground", "id: A Ground"), ":7: facts.0.id: 'A Ground'"),
        (GOOD + "title: Twice\n", ":9: title: given twice"),
        (GOOD.replace("facts:", "facts: ["), "not valid YAML"),
        (GOOD.partition("facts:")[0] + "facts: []\n", ":6: facts: needs at least 1"),
        (re.sub("title: .*", "title: Ab", GOOD), ":2: title: needs at least 3 characters"),
        (re.sub("title: .*", f"title: {'a' * 2001}", GOOD), ":2: title: may have at most 2000 characters"),
        ("- a list\n", ":1: a seed is a mapping"),
        ("", ":1: a seed is a mapping"),
    ],
)
def test_faults_name_file_line_and_field(tmp_path: Path, text: str, expected: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(InputError) as caught:
        load(path)
    assert str(path) in str(caught.value)
    assert expected in str(caught.value)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("title:", "titel:").replace("as_of: 2025-06-01", "as_of: someday")
    with pytest.raises(InputError) as caught:
        load(written(tmp_path, text))
    assert len(str(caught.value).splitlines()) == 3  # missing title, unknown titel, bad date


def test_a_missing_file_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load(tmp_path / "none.yaml")


def test_a_day_that_does_not_exist_is_told_with_its_line_and_field(tmp_path: Path) -> None:
    text = bundled_seeds()["istanbul-2025"].read_text(encoding="utf-8")
    broken = tmp_path / "seed.yaml"
    broken.write_text(text.replace("as_of: 2025-05-15", "as_of: 2025-13-15", 1), encoding="utf-8")
    line = broken.read_text(encoding="utf-8").splitlines().index("as_of: 2025-13-15") + 1
    with pytest.raises(InputError, match=rf"seed\.yaml:{line}: as_of: "):
        load(broken)
