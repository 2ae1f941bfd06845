"""The feeds of a seed's file, changed in its text."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from seeds.errors import InputError
from seeds.feedlist import with_feed, without_feed

URL = "https://b.example/rss"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("feeds: [https://a.example/]\n", f"feeds: [https://a.example/, {URL}]\n"),
        ("feeds: [  ]  # none\nx: 1\n", f"feeds: [{URL}  ]  # none\nx: 1\n"),
        ("feeds:\n- https://a.example/  # first\nx: 1\n", f"feeds:\n- https://a.example/  # first\n- {URL}\nx: 1\n"),
        ("x: 1\nfeeds:\n    - https://a.example/", f"x: 1\nfeeds:\n    - https://a.example/\n    - {URL}"),
        ("feeds: [\n  'https://a.example/',\n]\n", f"feeds: [\n  'https://a.example/', {URL},\n]\n"),
    ],
)
def test_an_address_is_added_and_taken_out_where_it_stands(before: str, after: str) -> None:
    assert with_feed(before, URL, "s.yaml") == after
    if "https://a" in before:
        assert without_feed(after, URL, "s.yaml") == before
        assert URL in (without_feed(after, "https://a.example/", "s.yaml") or "")


@pytest.mark.parametrize("text", ["feeds: list.opml\n", "x: 1\n", "feeds:\n", "- a\n"])
def test_what_is_no_list_of_addresses_is_named(text: str) -> None:
    with pytest.raises(InputError, match=r"s\.yaml: feeds is no list"):
        with_feed(text, URL, "s.yaml")


def test_the_last_address_stays() -> None:
    assert without_feed("feeds: [https://a.example/]", URL, "s.yaml") is None
    with pytest.raises(InputError, match="only feed"):
        without_feed(f"feeds: [{URL}]", URL, "s.yaml")


@given(
    st.lists(
        st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=12).map("https://a.example/".__add__),
        min_size=1,
        max_size=4,
        unique=True,
    ),
    st.booleans(),
)
def test_any_address_reads_back(addresses: list[str], flow: bool) -> None:
    text = "# ours\nfeeds: [https://first.example/]\n" if flow else "# ours\nfeeds:\n  - https://first.example/\nx: 1\n"
    start = text
    for address in addresses:
        text = with_feed(text, address, "s.yaml")
    assert yaml.safe_load(text)["feeds"] == ["https://first.example/", *addresses]
    for address in addresses:
        text = without_feed(text, address, "s.yaml") or ""
    assert text == start
