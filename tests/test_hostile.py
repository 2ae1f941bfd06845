"""Documents made to hang or to swell: each ends as something that has a name, in a process that can be stopped."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from flows import comparing, pipeline, polling, reading
from flows.plan import plan
from flows.poll.items import NotAFeed
from flows.read.articles import read_page
from flows.read.refusals import MAX_PAGE
from flows.settings import Settings
from flows.workers import Workers, WorkFailed
from seeds import bundled_seeds
from seeds.model import load
from tests.read.conftest import NOW, URL, entry, page
from tests.read.test_furniture import BOX, STORIES
from warehouse.read import Reader
from warehouse.store import Warehouse

SECONDS = 60.0  # many times what the slowest of those needs that are to come back

PAGES = {
    "nested": b"<div>" * 100_000 + b"x",
    "nested spans": b"<span>x" * 100_000,
    "links": b"<a href='/'>" * 20_000,
    "bold": page("<b>" * 20_000),
    "10 MB of words": page(*["word " * 200] * 10_000)[:MAX_PAGE],
    "attributes": b"<meta " + b"a='b' " * 100_000,
    "scripts": b"<script type='application/ld+json'>" * 5_000,
    "open scripts": b"<script>" * 200_000,
    "tables": b"<table><tr><td>x" * 100_000,
    "open tags": b"<" * 500_000,
    "dots": page("word " * 20 + "." * 100_000 + "x"),
    "one word": page("x" * 1_000_000),
}
LINKS = b"<a href='/'>x</a>" * (MAX_PAGE // 17)
FEEDS = {
    "items": b"<rss version='2.0'><channel>" + b"<item>" * 20_000,
    "nested": b"<rss version='2.0'><channel><item><title>" + b"<b>" * 30_000,
    "open tags": b"<" * 200_000,
    "markup in markup": b"<rss><channel><item><description>"
    + b"&lt;div&gt;" * 30_000
    + b"</description></item></channel>",
    "ampersands": b"<rss version='2.0'><channel><item><title>" + b"&" * 100_000,
    "entities": b"<!DOCTYPE rss [" + b"<!ENTITY a 'x'>" * 50_000 + b"]><rss version='2.0'>",
    "sitemap": b"<urlset>" + b"<url><loc>https://h.example/1</loc></url>" * 100_000,
    "json": b'{"items":[' + b'{"id":"1","content_text":"x"},' * 100_000,
}


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    one = Workers(1, "flows.pipeline")
    yield one
    one.close()


@pytest.mark.parametrize("name", PAGES)
def test_pages_end(workers: Workers, name: str) -> None:
    work = (reading._read_page, entry(), PAGES[name], URL, NOW, None, None, frozenset(), ("en",))
    assert workers.submit(*work, seconds=SECONDS).result().outcome in ("page", "summary", "refused")


@pytest.mark.parametrize("name", FEEDS)
def test_feeds_end(workers: Workers, name: str) -> None:
    try:
        feed = workers.submit(polling._parse_feed, FEEDS[name], URL, "", seconds=SECONDS).result()
    except NotAFeed as refusal:
        feed = None
        name = refusal.kind
    assert feed is not None or name in ("unreadable", "sitemap", "empty")


def test_what_does_not_end_in_time_or_memory_is_stopped(workers: Workers) -> None:
    with pytest.raises(WorkFailed) as late:
        workers.submit(polling._parse_feed, FEEDS["nested"] + b"<b>" * 4_000_000, URL, "", seconds=1.0).result()
    assert late.value.kind == "timeout"
    work = (reading._read_page, entry(), LINKS, URL, NOW, None, None, frozenset(), ("en",))
    with pytest.raises(WorkFailed) as large:
        workers.submit(*work, seconds=10 * SECONDS).result()
    assert large.value.kind == "memory"


def test_article_that_the_engine_chokes_on_is_unchecked_and_the_others_are_compared() -> None:
    about = "Ukraine and Russia held direct talks in Istanbul on Friday, and Umerov led the delegation of Ukraine."
    good = read_page(entry(title="Talks in Istanbul"), page(about, about.replace("Friday", "16 May")), URL, NOW).article
    assert good is not None
    # Half of a surrogate pair, which the tokenizer refuses; the reading lets none through.
    bad = replace(good, article_id="bad", text=f"\ud800{good.text}", title=f"\ud800{good.title}")
    seed = load(bundled_seeds()["istanbul-2025"])
    (first, _), (poisoned, bug), (third, none) = comparing._compare_articles(seed, [good, bad, good], NOW)
    assert first == third
    assert none is None
    assert bug
    assert "\n" not in bug
    assert poisoned.unchecked == tuple((fact.id, "internal_error") for fact in seed.facts)
    assert (poisoned.findings, poisoned.neutral, poisoned.relevant) == ((), 0, False)


class _Site(BaseHTTPRequestHandler):
    """Four stories with the same box beneath each, and a page that no memory holds."""

    stories = 3

    def do_GET(self) -> None:
        name = self.path.strip("/")
        if name == "feed":
            items = "".join(
                f"<item><title>{STORIES[n][:30]}</title><link>/{n}</link></item>" for n in range(self.stories)
            )
            hostile = "<item><title>Too much of it</title><link>/links</link></item>" if self.stories > 3 else ""
            self._answer(f"<rss version='2.0'><channel><title>H</title>{items}{hostile}</channel></rss>".encode())
        elif name == "links":
            self._answer(LINKS)
        elif name.isdecimal():
            self._answer(page(STORIES[int(name)], STORIES[int(name)].replace("Skarnvik", "the town"), BOX))
        else:
            self._answer(b"", 404)

    def _answer(self, body: bytes, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


def test_run_over_a_hostile_page_reads_the_others_without_what_they_have_in_common(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for steps in (polling, reading):
        monkeypatch.setattr(steps, "DOCUMENT_SECONDS", 3.0)  # in place of 20
    path = tmp_path / "w.duckdb"
    with ThreadingHTTPServer(("127.0.0.1", 0), _Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        todo = plan(Settings(workers=2, spacing=0), [], [f"http://127.0.0.1:{server.server_port}/feed"], path)
        first = pipeline.run_pass(todo)
        _Site.stories = 4
        try:
            second = pipeline.run_pass(todo)
        finally:
            _Site.stories = 3
            server.shutdown()
    assert (first.pages, first.refused) == (3, {})
    assert second.pages == 1
    assert list(second.refused.values()) == [1]
    assert set(second.refused) <= {"extraction_timeout", "extraction_memory"}  # whichever comes first here
    texts = [str(row[0]) for row in Reader(path).sql("select text from base.articles").rows]
    assert len(texts) == 4
    assert all(story in "\n".join(texts) for story in STORIES)
    assert not any(BOX in text for text in texts)
    assert Warehouse(path).check() == []
