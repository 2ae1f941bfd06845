"""Who belongs to whom: what the bundled file says, and what a faulty one is told."""

from pathlib import Path

import pytest

from seeds.errors import InputError
from seeds.publishers import known_publishers, load_publishers


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


def test_what_the_user_says_goes_before_what_is_bundled(tmp_path: Path) -> None:
    own = tmp_path / "news.publishers.yaml"
    assert known_publishers(own) == load_publishers()
    own.write_text("houses: [{house: Mine, outlets: [BBC News, example.org]}]\nagencies: [{name: Wire, marks: [WR]}]")
    known = known_publishers(own)
    assert known.house("BBC News", "https://news.example.org/a") == known.house("bbc news", "") == "Mine"
    assert known.house("BBC", "") == "BBC"
    assert (known.agencies["WR"], known.agencies["AP"]) == ("Wire", "Associated Press")
