"""Feed lists read and written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.poll.opml import MAX_TAGS, FeedSource, read_opml, with_feeds, without_feed, write_opml
from seeds.errors import InputError

NESTED = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.0"><head><title>Mine</title></head><body>
  <outline text="World">
    <outline text="Nordic"><outline text="The Harbour Gazette" xmlUrl="https://harbour.example/feed?a=1&amp;b=2"
      htmlUrl="https://harbour.example/"/></outline>
    <outline title="Atoll &#38; Reef" xmlURL="feed://atoll.example/news.atom" category="/Pacific, Sea"/>
  </outline>
  <outline text="https://bare.example/rss" xmlUrl="https://bare.example/rss"/>
  <outline text="again" xmlUrl="https://bare.example/rss"/>
  <outline text="A note, no feed"/>
</body></opml>"""


@pytest.mark.parametrize("document", [NESTED, NESTED.encode(), b"\xef\xbb\xbf" + NESTED.encode(), f"\n\n{NESTED}"])
def test_nested_outlines_are_tags(document: str | bytes) -> None:
    assert read_opml(document, "mine.opml") == (
        FeedSource(
            "https://harbour.example/feed?a=1&b=2",
            "The Harbour Gazette",
            "https://harbour.example/",
            ("World", "Nordic"),
        ),
        FeedSource("http://atoll.example/news.atom", "Atoll & Reef", None, ("World", "Pacific", "Sea")),
        FeedSource("https://bare.example/rss"),
    )


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (NESTED.replace("&amp;", "&"), "mine.opml, line 4: not well-formed XML"),
        ("", "mine.opml, line 1"),
        ("<html><body/></html>", "mine.opml, line 1: <opml> expected, <html> found"),
        ("<opml><body>\n<outline xmlUrl='ftp://x.example/'/></body></opml>", "mine.opml, line 2: xmlUrl is not"),
        ("<opml><body><outline xmlUrl='http://[::1'/></body></opml>", "xmlUrl is not"),
        (
            '<!DOCTYPE opml [<!ENTITY a "x">]><opml><body><outline xmlUrl="http://&a;.example/"/></body></opml>',
            "entities",
        ),
        (
            '<!DOCTYPE opml [<!ENTITY a SYSTEM "file:///etc/passwd">]><opml><body><outline text="&a;"/></body></opml>',
            "mine.opml",
        ),
        (
            '<!DOCTYPE opml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "'
            + "&a;" * 500
            + '"><!ENTITY c "'
            + "&b;" * 500
            + '">]><opml><body><outline text="'
            + "&c;" * 500
            + '"/></body></opml>',
            "mine.opml",
        ),
    ],
)
def test_errors_name_file_and_line(document: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        read_opml(document, "mine.opml")
    assert says in str(caught.value)


some_feeds = st.lists(
    st.builds(
        FeedSource,
        st.from_regex(r"https://[a-z]{1,9}\.example/[a-z?&=<>\"']{0,9}", fullmatch=True).filter(
            lambda u: u.strip() == u
        ),
        st.none() | st.from_regex(r"[A-Za-zÀ-ž&<>\"']{1,12}( [a-z]{1,5})?", fullmatch=True),
        st.none() | st.just("https://site.example/"),
        st.lists(st.from_regex(r"[A-Za-z&<,]{1,8}", fullmatch=True), max_size=3, unique=True).map(tuple),
    ),
    max_size=8,
    unique_by=lambda feed: feed.url,
)


@given(some_feeds)
def test_what_is_written_reads_back(feeds: list[FeedSource]) -> None:
    again = read_opml(write_opml(feeds, "T & <t>"), "again")
    assert sorted(again, key=lambda feed: feed.url) == sorted(feeds, key=lambda feed: feed.url)


@given(some_feeds, some_feeds, st.booleans())
def test_adding_and_removing_changes_nothing_else(
    listed: list[FeedSource], more: list[FeedSource], empty: bool
) -> None:
    before = "<opml/>" if empty else write_opml(listed)
    known = [] if empty else listed
    after = with_feeds(before, "mine", more)
    by_url = {feed.url: feed for feed in [*more, *known]}  # what was listed stays as it was
    assert {feed.url: feed for feed in read_opml(after, "mine")} == by_url
    for feed in more:
        if feed not in known:
            after = without_feed(after, "mine", feed.url) or b""
    assert {feed.url for feed in read_opml(after, "mine")} == {f.url for f in known} - {
        f.url for f in more if f not in known
    }
    assert without_feed(after, "mine", "https://never.example/") is None


def test_what_people_wrote_around_feeds_stays() -> None:
    document = NESTED.replace("<body>", "<!-- mine --><?sorted no?><body>").encode()
    added = with_feeds(document, "mine", [FeedSource("https://c.example/", "C", None, ("World", "Nordic"))])
    assert b"<!-- mine --><?sorted no?>" in added
    assert b"A note, no feed" in added
    assert read_opml(added, "mine")[1] == FeedSource("https://c.example/", "C", None, ("World", "Nordic"))
    removed = without_feed(added, "mine", "https://bare.example/rss")
    assert removed is not None
    assert b"bare.example" not in removed  # both outlines of it


def test_tags_are_bounded() -> None:
    category = ",".join(map(str, range(5_000)))
    outline = f'<outline xmlUrl="https://a.example/" category="{category}"/>'
    (feed,) = read_opml(f"<opml><body>{outline}</body></opml>", "mine")
    assert len(feed.tags) == MAX_TAGS
    assert read_opml(write_opml([feed]), "again") == (feed,)
