"""robots.txt: what it allows, what it means when it cannot be had, and that the client goes by it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.poll.fetch import KINDS, Fetched, FetchFailure
from flows.poll.robots import MAX_ROBOTS, OPEN, Robots, RobotsFiles, from_failure, parse
from tests.poll.conftest import NewsServer, fetcher
from tests.poll.test_fetch import failure, fetched, get
from warehouse.records import Politeness, RobotsFile

SITE = "https://www.example.org"
RULES = b"User-agent: *\nCrawl-delay: 5\nDisallow: /x\n"


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("user-AGENT : *\r\ndisallow : /x # why", "/x/y", False),
        ("\ufeffUser-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow: /\nAllow: /news/", "/news/1", True),
        ("User-agent: *\nDisallow: /a/*0.html", "/a/10.html", False),
        ("User-agent: *\nDisallow: /a/*0.html$", "/a/10.html?x", True),
        ("User-agent: *\nDisallow: /caf%C3%A9", "/caf%c3%a9", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Seedwatch\nDisallow: /private", "/a", True),
        ("User-agent: SEEDWATCH/2.0\nDisallow: /private", "/private/a", False),
        ("User-agent: Other\nUser-agent: seedwatch\nDisallow: /", "/a", False),
        ("User-agent: s\nDisallow: /", "/a", True),  # no name of ours
        ("User-agent: Seedwatchdog\nDisallow: /", "/a", True),
        ("User-agent: GPTBot\nDisallow: /\nUser-agent: *\nDisallow: /x", "/a", True),
        ("User-agent: *\nSitemap: https://x\nDisallow: /", "/a", False),
        ("Disallow: /", "/a", True),  # for nobody
        ("<!doctype html><title>Not found</title>", "/a", True),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
    ],
)
def test_rules(text: str, path: str, allowed: bool) -> None:
    assert parse(text.encode()).allows(SITE + path) is allowed


@pytest.mark.parametrize(
    ("stated", "seconds"), [("10", 10), ("0.5", 0.5), ("3600", 60), ("-1", 0), ("nan", 0), ("inf", 0), ("soon", 0)]
)
def test_crawl_delay_within_bounds(stated: str, seconds: float) -> None:
    assert parse(f"User-agent: *\nCrawl-delay: {stated}\nDisallow: /x".encode()).crawl_delay == seconds


def test_crawl_delay_of_others_is_not_ours() -> None:
    assert parse(b"User-agent: Other\nCrawl-delay: 30\n\nUser-agent: *\nDisallow: /x").crawl_delay == 0


def test_of_a_long_file_the_beginning_counts_and_no_half_line() -> None:
    start = b"User-agent: *\nDisallow: /a\n"
    filler = b"# " + b"x" * 97 + b"\n"
    cut_here = start + (filler * 6_000)[: MAX_ROBOTS - len(start) - len(b"\nDisallow: /")] + b"\nDisallow: /"
    robots = parse(cut_here + b"private\nDisallow: /b")
    assert not robots.allows(f"{SITE}/a")
    assert robots.allows(f"{SITE}/b")


def test_many_agents_before_many_rules_cost_no_more_than_their_size() -> None:
    agents = b"".join(b"User-agent: a%d\n" % n for n in range(15_000))
    rules = b"".join(b"Disallow: /%d\n" % n for n in range(10_000))
    robots = parse(agents + b"User-agent: *\n" + rules)
    assert not robots.allows(f"{SITE}/77")
    assert len(robots.text) < 200_000


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["User-agent: *", "User-agent: Seedwatch", "Disallow: /*a$", "Allow:", "%", "$", "\r", "é"])
    )
    .map("\n".join)
    .map(str.encode)
    | st.binary(),
    st.text(max_size=50),
)
def test_any_bytes_are_some_robots(body: bytes, path: str) -> None:
    robots = parse(body)
    assert robots.allows(f"{SITE}/{path}") in (True, False)
    assert 0 <= robots.crawl_delay <= 60


@pytest.mark.parametrize(
    ("kind", "status", "closed"),
    [
        ("http:404", 404, None),
        ("http:403", 403, None),
        ("http:429", 429, "robots_unreachable"),
        ("http:500", 500, "robots_unreachable"),
        ("protocol", None, "robots_unreachable"),
        ("redirect_loop", None, None),
        ("too_many_redirects", None, None),
        ("dns", None, "dns"),
        ("connect", None, "connect"),
        ("timeout", None, "timeout"),
        ("private_address", None, "private_address"),
    ],
)
def test_without_a_file_all_is_open_without_an_answer_nothing(
    kind: str, status: int | None, closed: str | None
) -> None:
    assert from_failure(kind, status, "why").closed == closed


def test_what_is_closed_has_a_name_that_is_declared() -> None:
    named = {from_failure(kind, None, "").closed for kind in KINDS} - {None}
    assert named <= KINDS


def test_a_file_is_asked_for_once_however_many_wait_and_one_gives_up() -> None:
    async def many() -> tuple[Sequence[Robots | BaseException], list[str]]:
        asked: list[str] = []

        async def load(origin: str) -> Robots:
            asked.append(origin)
            await asyncio.sleep(0.01)
            return OPEN

        files = RobotsFiles(load)
        tasks = [asyncio.create_task(files.of(origin)) for origin in [SITE] * 5 + ["http://www.example.org"]]
        await asyncio.sleep(0)
        tasks[0].cancel()
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        await files.of(SITE)
        return answers[1:], asked

    answers, asked = asyncio.run(many())
    assert answers == [OPEN] * 5
    assert asked == [SITE, "http://www.example.org"]


def test_memory_for_rules_is_bounded() -> None:
    async def many() -> list[str]:
        asked: list[str] = []

        async def load(origin: str) -> Robots:
            asked.append(origin)
            return Robots(text="x" * 6 * 1024 * 1024)

        files = RobotsFiles(load)
        for origin in ("a", "b", "a", "c", "b", "a"):
            await files.of(origin)
        return asked

    assert asyncio.run(many()) == ["a", "b", "c", "a"]  # the longest known is forgotten first


def test_what_is_known_from_before_is_not_asked_for_again_for_a_day() -> None:
    async def many() -> tuple[list[str], list[RobotsFile]]:
        asked: list[str] = []

        async def load(origin: str) -> Robots:
            asked.append(origin)
            return Robots(closed="robots_unreachable") if origin == "http://down" else parse(RULES)

        first = RobotsFiles(load)
        for origin in (SITE, "http://old", "http://down"):
            await first.of(origin)
        stored = first.to_store()
        aged = replace(stored[1], fetched_at=stored[1].fetched_at - timedelta(hours=25))
        second = RobotsFiles(load, [stored[0], aged])
        known = await second.of(SITE)
        assert not known.allows(f"{SITE}/x")
        assert known.crawl_delay == 5
        for origin in ("http://old", "http://down"):
            await second.of(origin)
        return asked, second.to_store()

    asked, stored = asyncio.run(many())
    assert asked == [SITE, "http://old", "http://down", "http://old", "http://down"]
    assert {file.origin for file in stored} == {SITE, "http://old"}


# -- the client ------------------------------------------------------------------------------------------------------


def test_what_is_forbidden_is_not_asked_for(news: NewsServer) -> None:
    news.refuse("/plain")

    async def several() -> tuple[list[Fetched | FetchFailure], Politeness]:
        async with fetcher() as client:
            return [await client.get(news.url(path)) for path in ("/plain", "/plain?x", "/gzip")], client.report()

    (first, second, third), report = asyncio.run(several())
    assert [failure(first).kind, failure(second).kind] == ["robots", "robots"]
    assert not failure(first).temporary
    assert fetched(third)
    assert [path for path, _ in news.requests] == ["/robots.txt", "/gzip"]
    assert (report.robots_refusals, report.requests) == (2, {"127.0.0.1": 2})


def test_redirects_go_by_the_robots_of_the_site_they_lead_to(news: NewsServer) -> None:
    news.refuse("/plain", host="localhost")
    assert failure(get(news.url("/to-other-host"))).kind == "robots"
    assert fetched(get(news.url("/plain")))
    news.robots.clear()
    news.refuse("/nothing", host="localhost")
    assert fetched(get(news.url("/to-other-host"))).url == f"http://localhost:{news.port}/plain"


@pytest.mark.parametrize(
    ("robots", "kind"),
    [(404, None), (401, None), (500, "robots_unreachable"), (503, "robots_unreachable"), (429, "robots_unreachable")],
)
def test_no_file_is_told_from_no_answer(news: NewsServer, robots: int, kind: str | None) -> None:
    news.robots["127.0.0.1"] = robots
    outcome = get(news.url("/plain"))
    if kind is None:
        assert fetched(outcome)
    else:
        assert (failure(outcome).kind, failure(outcome).temporary) == (kind, True)
        assert news.asked("/plain") == []


@pytest.mark.parametrize(
    ("location", "allowed"),
    [("/hop3", True), ("/robots.txt", True), ("/hop6", True), ("http://169.254.169.254/robots.txt", False)],
)
def test_robots_that_redirect(news: NewsServer, location: str, allowed: bool) -> None:
    news.robots["127.0.0.1"] = location
    outcome = get(news.url("/plain"))
    assert isinstance(outcome, Fetched) is allowed, outcome


def test_a_huge_file_is_read_as_far_as_it_counts(news: NewsServer) -> None:
    news.robots["127.0.0.1"] = b"User-agent: *\nDisallow: /plain\n" + b"#" * 3_000_000
    assert failure(get(news.url("/plain"))).kind == "robots"
    assert fetched(get(news.url("/gzip")))


def test_a_site_that_is_not_there_is_said_to_be_so(free_port: int) -> None:
    assert failure(get(f"http://127.0.0.1:{free_port}/")).kind == "connect"
