"""One spelling per address, and never one for two articles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.canonical import MAX_URL, canonical_url, page_key


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
        ("https://news.example/a?output=amp&id=2", "https://news.example/a?id=2"),
        ("https://news.example/a?outputType=comment", "https://news.example/a"),
        ("https://news.example/a?id=2&print=true", "https://news.example/a?id=2"),
    ],
)
def test_tracking_goes(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        (
            "https://www.google.com/url?rct=j&sa=t&url=https://news.example/a%3Fid%3D2&ct=ga",
            "https://news.example/a?id=2",
        ),
        ("https://www.google.co.uk/url?q=http://news.example/a", "http://news.example/a"),
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fnews.example%2Fa%3Ffbclid%3D1&h=x", "https://news.example/a"),
        (
            "http://www.bing.com/news/apiclick.aspx?ref=FexRss&url=https%3a%2f%2fnews.example%2fa&c=1",
            "https://news.example/a",
        ),
        ("https://www.google.com/amp/s/www.news.example/a.amp.html", "https://www.news.example/a.amp.html"),
        ("https://news-example.cdn.ampproject.org/c/s/news.example/a?amp=1", "https://news.example/a"),
        ("https://news-example.cdn.ampproject.org/v/news.example/a", "http://news.example/a"),
        ("https://www.google.com/url?url=https://www.google.com/amp/s/news.example/a", "https://news.example/a"),
        ("https://www.google.com/url?url=javascript:alert(1)", "https://www.google.com/url?url=javascript:alert(1)"),
        ("https://news.example/out?url=https://other.example/", "https://news.example/out?url=https://other.example/"),
    ],
)
def test_addresses_in_redirectors_and_caches_are_taken_out(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


VARIANTS = """
http://news.example/world/a  https://www.news.example/world/a  https://news.example/world/a/
https://m.news.example/world/a  https://amp.news.example/world/a  https://news.example/world/a/amp
https://news.example/world/a/amp/  https://news.example/amp/world/a  https://news.example/world/a?amp=1
https://www.google.com/amp/s/news.example/world/a  https://news.example/world/a?outputType=amp#x
https://news-example.cdn.ampproject.org/c/s/news.example/world/a.amp  https://news.example/world/a?output=amp
"""


@pytest.mark.parametrize("variant", VARIANTS.split())
def test_variants_of_a_page_have_one_key(variant: str) -> None:
    assert page_key(canonical_url(variant) or "") == page_key("https://news.example/world/a")


@pytest.mark.parametrize("variant", ["https://news.example/a.amp.html", "https://amp.news.example/a.html?amp"])
def test_variants_of_a_page_with_a_suffix_have_one_key(variant: str) -> None:
    assert page_key(canonical_url(variant) or "") == page_key("http://news.example/a.html")


@pytest.mark.parametrize(
    "url",
    [
        "https://news.example/world/b",
        "https://news.example/world/a?id=1",
        "https://other.news.example/world/a",
        "https://news.example:8080/world/a",
        "https://news.example/world/amplifier",
        "https://news.example/world/a/amplified",
        "https://m.example/world/a",
        "https://www.example/world/a",
        "https://news.example/World/a",
    ],
)
def test_pages_have_keys_of_their_own(url: str) -> None:
    assert page_key(canonical_url(url) or "") != page_key("https://news.example/world/a")
    assert page_key("https://m.example/") != page_key("https://www.example/")


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
