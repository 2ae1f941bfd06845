"""Who belongs to whom: what the bundled file says, and what a faulty one is told."""

from pathlib import Path

import pytest

from seeds.errors import InputError
from seeds.publishers import load_publishers


def test_outlets_of_one_house_are_known_by_host_before_name() -> None:
    known = load_publishers()
    assert known.house("Sky News", "https://news.sky.com/story/1") == known.house(
        "NBC News", "https://www.nbcnews.com/a"
    )
    assert known.house("bbc  news", "") == "BBC"
    assert known.house("BBC News", "https://www.foxnews.com/a") == "Fox Corporation"
    assert known.house("The Daily Clarion", "https://notbbc.co.uk/a") == "The Daily Clarion"
    assert known.agencies["AP"] == "Associated Press"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("houses: [{house: A, outlets: [x.org]}, {house: B, outlets: [X.org]}]", "'X.org' is in two houses: A and B"),
        ("houses: [{house: A, outlet: [x.org]}]", r"houses\.0\.outlets: Field required"),
        ("houses: [", "not valid YAML"),
    ],
)
def test_a_faulty_file_is_named_with_its_fault(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "publishers.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=f"publishers.yaml.*{message}"):
        load_publishers(path)
