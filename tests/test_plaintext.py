"""Foreign text made harmless."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.plaintext import clean, from_html, one_line, shorten


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("a < b and c > d", "a < b and c > d"),
        ("AT&amp;T &#8211; &quot;yes&quot;", 'AT&T – "yes"'),
        ("<p>One.</p><p>Two<br>three <b>b</b>old</p>", "One.\nTwo\nthree bold"),
        ("<script>alert(1)</script>seen<style>p{}</style>", "seen"),
        ("<ul><li>a<li>b</ul>", "a\nb"),
        ("<!-- hidden -->shown", "shown"),
        ("<p>unclosed", "unclosed"),
        ("caf\u0065\u0301 <i>x</i>", "café x"),
        ("<", "<"),
        ("</p>", ""),
        ("", ""),
        ("a\u202eb\u200bc\u00add\x00e\u2028f", "abcde\nf"),
        ("\ud83d<b>x</b>", "x"),
    ],
)
def test_markup(markup: str, text: str) -> None:
    assert from_html(markup) == text


def test_deep_nesting_is_no_matter() -> None:
    assert from_html("<div>" * 20_000 + "x").strip() in ("x", "")


def test_shortening() -> None:
    assert shorten("one two three", 8) == "one two…"
    assert shorten("onetwothree", 8) == "onetwot…"
    assert shorten("one", 3) == "one"
    assert one_line("a\nb  c") == "a b c"


@given(st.text(st.characters()))
def test_clean_is_stable_and_storable(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert unicodedata.is_normalized("NFC", once)
    once.encode()
    assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in once if c != "\n")
    assert from_html(text) is not None
