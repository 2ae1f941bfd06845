"""One spelling per address, and never one for two articles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.canonical import MAX_URL, canonical_url


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTPS://News.Example:443/A/b?utm_source=x&UTM_Medium=y#top", "https://news.example/A/b"),
        ("http://news.example", "http://news.example/"),
        ("http://news.example:8080/a", "http://news.example:8080/a"),
        ("https://me:pw@news.example/a", "https://news.example/a"),
        ("https://news.example/a?fbclid=1&id=2&at_medium=RSS&at_campaign=rss", "https://news.example/a?id=2"),
        ("https://news.example/a?cmp=rss&ref=home&ocid=z", "https://news.example/a"),
        ("https://news.example/a?source=rss-b1f3----2", "https://news.example/a"),
        ("https://news.example/a?outputType=amp", "https://news.example/a"),
        ("https://news.example/a?amp", "https://news.example/a"),
        (" https://news.example/a b\n", "https://news.example/ab"),
        ("https://news.example/Füße", "https://news.example/F%C3%BC%C3%9Fe"),
        ("https://news.example/a?x=1&amp;y=2", "https://news.example/a?x=1&y=2"),
    ],
)
def test_tracking_goes(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


@pytest.mark.parametrize(
    "url",
    [
        "https://news.example/story?1234567",
        "https://news.example/story.php?gameId=401&eid=7",
        "https://news.example/?p=12",
        "https://news.example/view?source=4711",
        "https://news.example/view?output=12",
        "https://news.example/a?b=2&a=1",
        "https://news.example/a?gallery=5&keyword=x",
        "https://news.example/@name/post-1;v=2,3",
        "https://news.example/a//b/",
        "https://news.example/a/%D0%B0",
        "https://news.example/(x)'y'",
    ],
)
def test_what_may_choose_the_article_stays(url: str) -> None:
    assert canonical_url(url) == url


@pytest.mark.parametrize(
    "url",
    ["", "news.example/a", "/a", "mailto:a@b.example", "ftp://a.example/", "https://", "http://[::1", "https://:80/"],
)
def test_what_is_no_address_is_none(url: str) -> None:
    assert canonical_url(url) is None


def test_long_addresses_are_none() -> None:
    assert canonical_url("https://a.example/" + "a" * MAX_URL) is None


@given(st.text(max_size=60) | st.from_regex(r"https?://[\w.]{1,12}(:\d{1,5})?/[\w/%?&=;:@!.-]{0,40}", fullmatch=True))
def test_is_stable_and_never_raises(url: str) -> None:
    once = canonical_url(url)
    if once is not None:
        assert canonical_url(once) == once
        assert once.startswith(("http://", "https://"))
        assert "#" not in once
