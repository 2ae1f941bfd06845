"""The commands ``feeds …`` as people meet them: real sites on loopback, real files, a real warehouse."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from flows.cli import app
from flows.poll.opml import read_opml
from seeds.model import load
from tests.poll.site import Answer, Site, rss, site_on
from warehouse.store import Warehouse

SEED = """# What we watch.
seed: bridge
title: The bridge reopens
as_of: 2026-03-02
event: {{summary: The harbour bridge reopened.}}
facts:
  - {{id: cost, statement: The repairs cost 14 million euros.}}
{feeds}
language: en  # the only one
"""


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("SEEDWATCH_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SEEDWATCH_SPACING", "0")
    monkeypatch.setenv("SEEDWATCH_WORKERS", "1")


@pytest.fixture
def site() -> Iterator[Site]:
    with site_on() as made:
        made.pages["/feed"] = rss("Harbour News", f"{made.base}/1")
        yield made


def feeds(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["feeds", *(str(argument) for argument in arguments)])


def run(*arguments: object) -> dict[str, dict[str, object]]:
    """The lines of a run, by address."""
    result = CliRunner().invoke(app, ["run", "--json", *(str(argument) for argument in arguments)])
    assert result.stdout, result.stderr
    return {line["url"]: line for line in json.loads(result.stdout)["report"]["feeds"]}


def own() -> dict[str, tuple[str, ...]]:
    return {feed.url: feed.tags for feed in read_opml(Path("seedwatch.opml").read_bytes(), "own")}


def seed(listed: str) -> Path:
    Path("bridge.yaml").write_text(SEED.format(feeds=listed))
    return Path("bridge.yaml")


# ---- adding


def test_a_feed_is_added_once_and_polled(site: Site) -> None:
    url = f"{site.base}/feed"
    result = feeds("add", url)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "added to seedwatch.opml (Harbour News, 1 entries)" in result.stdout
    assert "already" in feeds("add", url).stdout
    assert own() == {url: ()}
    assert run(seed("feeds: []"))[url]["outcome"] == "new"


def test_of_several_one_is_chosen(site: Site) -> None:
    site.pages |= {
        "/": Answer(b'<link rel=alternate type=text/xml href=/a><link rel=alternate type=text/xml href="/b">'),
        "/a": rss("\x1b[31mFirst"),
        "/b": rss("Second"),
    }
    asked = feeds("add", site.base)
    assert asked.exit_code == 2
    assert f"1  {site.base}/a" in asked.stdout
    assert f"2  {site.base}/b  Second" in asked.stdout
    assert "\x1b" not in asked.stdout
    assert "--choose N" in asked.stderr
    assert not Path("seedwatch.opml").exists()
    assert feeds("add", site.base, "--choose", 3).exit_code == 2
    assert feeds("add", site.base, "--choose", 2).exit_code == 0
    assert feeds("add", site.base, "--yes").exit_code == 0
    assert list(own()) == [f"{site.base}/b", f"{site.base}/a"]


@pytest.mark.parametrize(
    ("url", "code", "message"),
    [
        ("{base}/nothing", 3, "http:404"),
        ("{base}/page", 2, "/page: no feed"),
        ("http://10.0.0.1/", 3, "private_address"),
        ("ftp://harbour.example/", 2, "is no address"),
        ("http://a b/", 2, "is no address"),
        ("http://[::1", 2, "is no address"),
        ("", 2, "is no address"),
    ],
)
def test_what_cannot_be_added_is_named(site: Site, url: str, code: int, message: str) -> None:
    site.pages = {"/page": Answer(b"<p>no links")}
    result = feeds("add", url.format(base=site.base))
    assert result.exit_code == code
    assert message in result.stderr
    assert not Path("seedwatch.opml").exists()


# ---- whose list


def test_a_list_of_ones_own_keeps_comments_and_order(site: Site) -> None:
    written = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!-- mine -->\n<opml version="2.0">\n  <body>\n    <!-- Sea -->\n'
        '    <outline text="Sea">\n      <outline text="A" xmlUrl="https://a.example/"/>\n    </outline>\n'
        '    <outline text="B" xmlUrl="https://b.example/"/>\n  </body>\n</opml>\n'
    )
    Path("seedwatch.opml").write_text(written)
    Path("seedwatch.opml").chmod(0o640)
    assert feeds("add", f"{site.base}/feed").exit_code == 0
    added = Path("seedwatch.opml").read_text()
    assert f'\n    <outline type="rss" text="Harbour News" xmlUrl="{site.base}/feed" title="Harbour News"/>\n' in added
    assert feeds("remove", f"{site.base}/feed").exit_code == 0
    assert Path("seedwatch.opml").read_text() == written
    assert Path("seedwatch.opml").stat().st_mode & 0o777 == 0o640
    assert [path.name for path in Path().iterdir()] == ["seedwatch.opml"]


@pytest.mark.parametrize(
    ("listed", "added"),
    [
        ("feeds:  # ours\n  - https://a.example/\n", "feeds:  # ours\n  - https://a.example/\n  - {url}\n"),
        ("feeds: [https://a.example/]  # ours", "feeds: [https://a.example/, {url}]  # ours"),
        ("feeds: []", "feeds: [{url}]"),
    ],
)
def test_a_seed_that_lists_addresses_is_changed_in_place(site: Site, listed: str, added: str) -> None:
    url, path = f"{site.base}/feed", seed(listed)
    assert feeds("add", url, "--seed", path).exit_code == 0
    assert path.read_text() == SEED.format(feeds=added.format(url=url))
    assert url in load(path).feeds
    assert not Path("seedwatch.opml").exists()
    if "[]" not in listed:
        assert feeds("remove", url, "--seed", path).exit_code == 0
        assert path.read_text() == SEED.format(feeds=listed)
        last = feeds("remove", "https://a.example/", "--seed", path)
        assert (last.exit_code, "only feed" in last.stderr) == (2, True)


def test_a_seed_that_names_a_list_has_that_changed(site: Site) -> None:
    path = seed("feeds: bridge.opml")
    assert feeds("add", f"{site.base}/feed", "--seed", path).exit_code == 0
    assert [feed.url for feed in read_opml(Path("bridge.opml").read_bytes(), "")] == [f"{site.base}/feed"]
    assert f"{site.base}/feed" in run(path)


def test_bundled_seeds_are_left_alone(site: Site) -> None:
    result = feeds("add", f"{site.base}/feed", "--seed", "istanbul-2025")
    assert result.exit_code == 2
    assert "bundled" in result.stderr


def test_removing_says_where_a_feed_is() -> None:
    Path("seedwatch.opml").write_text('<opml><body><outline xmlUrl="https://a.example/rss"/></body></opml>')
    near = feeds("remove", "https://a.example/rs")
    assert (near.exit_code, "did you mean https://a.example/rss?" in near.stderr) == (2, True)
    bundled = feeds("remove", "https://www.theguardian.com/world/rss")
    assert (bundled.exit_code, "feeds pause" in bundled.stderr) == (2, True)
    Path("seedwatch.opml").write_text("<opml><body>\n<outline")
    broken = feeds("remove", "https://a.example/rss")
    assert (broken.exit_code, "seedwatch.opml, line 2" in broken.stderr) == (2, True)


# ---- pausing


def test_a_paused_feed_is_polled_by_no_run_until_it_is_resumed(site: Site) -> None:
    url, path = f"{site.base}/feed", seed(f"feeds: [{site.base}/feed]")
    assert "paused" in feeds("pause", url, "--seed", path).stdout  # before it was ever polled
    site.asked.clear()
    assert run(path)[url]["outcome"] == "paused"
    assert site.asked == []
    (row,) = json.loads(feeds("--json").stdout)
    assert (row["health"], row["polled_at"]) == ("paused", None)
    assert "already" in feeds("pause", url).stdout
    assert "polled again" in feeds("resume", url).stdout
    assert "already" in feeds("resume", url).stdout
    assert run(path)[url]["outcome"] == "new"
    assert feeds("pause", url).exit_code == 0
    assert run(path, "--due")[url]["outcome"] == "paused"
    (row,) = json.loads(feeds("--json").stdout)
    assert (row["health"], row["title"]) == ("paused", "Harbour News")
    assert "paused" in feeds().stdout
    assert Warehouse("seedwatch.duckdb").check() == []


def test_an_unknown_feed_cannot_be_paused() -> None:
    result = feeds("pause", "https://www.theguardian.com/world/rs")
    assert result.exit_code == 2
    assert "did you mean https://www.theguardian.com/world/rss?" in result.stderr


# ---- in and out


def test_lists_go_round(site: Site) -> None:
    Path("mine.opml").write_text(
        '<opml><body><outline text="Sea"><outline text="North"><outline text="A" xmlUrl="https://a.example/"/></outline>'
        '</outline><outline text="B" xmlUrl="https://b.example/" category="/Land"/></body></opml>'
    )
    result = feeds("import", "mine.opml")
    assert "2 feeds added to seedwatch.opml, 0 were there already" in result.stdout
    assert "0 feeds added to seedwatch.opml, 2 were there already" in feeds("import", "mine.opml").stdout
    assert own() == {"https://a.example/": ("Sea", "North"), "https://b.example/": ("Land",)}
    assert feeds("export", "-o", "out.opml").exit_code == 0
    exported = read_opml(Path("out.opml").read_bytes(), "out.opml")
    assert len(exported) == 32  # with those of the bundled seed
    assert {feed.url: feed.tags for feed in exported if ".example" in feed.url} == own()
    assert read_opml(feeds("export").stdout.encode(), "stdout") == exported
    Path("seedwatch.opml").unlink()
    assert "32 feeds added" in feeds("import", "out.opml").stdout
    assert set(read_opml(Path("seedwatch.opml").read_bytes(), "")) == set(exported)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (None, "in.opml: cannot be read"),
        ("<html/>", "in.opml, line 1: <opml> expected"),
        ("<opml><body/></opml>", "in.opml: lists no feeds"),
        ('<opml><body><outline xmlUrl="http://localhost:1/"/></body></opml>', "in.opml: http://localhost:1/ is an"),
    ],
)
def test_what_cannot_be_imported_is_named(document: str | None, message: str) -> None:
    if document is not None:
        Path("in.opml").write_text(document)
    result = feeds("import", "in.opml")
    assert result.exit_code == 2
    assert message in result.stderr
    assert not Path("seedwatch.opml").exists()


def test_options_before_a_command_are_not_lost_silently() -> None:
    result = feeds("--warehouse", "x.duckdb", "export")
    assert result.exit_code == 2
    assert "seedwatch feeds export" in result.stderr


# ---- what a run polls


def test_due_and_all(site: Site) -> None:
    path, url = seed(f"feeds: [{site.base}/feed]"), f"{site.base}/feed"
    assert run(path, "--due")[url]["outcome"] == "new"
    assert run(path, "--due") == {}
    assert run(path)[url]["outcome"] == "unchanged"
    said = CliRunner().invoke(app, ["run", str(path), "--due"]).stdout
    assert "0 feeds list 0 entries; 0 failed; not polled: 1 not due" in said


def test_a_host_that_asks_for_time_gets_it_even_with_all(site: Site) -> None:
    url, other = f"{site.base}/feed", f"{site.base}/other"
    path = seed(f"feeds: [{url}]")
    site.pages["/feed"] = Answer(status=429, headers={"Retry-After": "3600"})
    assert run(path)[url]["failure"] == "http:429"
    site.asked.clear()
    seed(f"feeds: [{url}, {other}]")
    lines = run(path, "--all")
    assert {line["outcome"] for line in lines.values()} == {"held"}
    assert site.asked == []
    said = CliRunner().invoke(app, ["run", str(path)]).stdout
    assert "its host asked to wait until" in said
    assert "not polled: 2 held" in said
    (row,) = json.loads(feeds("--json").stdout)
    assert (row["health"], row["failure"], row["failures"]) == ("failing", "http:429", 1)
    assert "to be left alone until" in feeds().stdout


def test_an_own_outage_is_said_and_not_charged() -> None:
    listed = ", ".join(f"http://127.0.0.{n}:9/feed" for n in range(1, 7))  # nothing listens there
    path = seed(f"feeds: [{listed}]")
    result = CliRunner().invoke(app, ["run", str(path)])
    assert result.exit_code == 3
    assert "an outage on this side" in result.stderr
    assert "own outage" in result.stdout
    rows = json.loads(feeds("--json").stdout)
    assert {(row["failures"], row["failure"], row["succeeded_at"]) for row in rows} == {(0, None, None)}
    (last,) = json.loads(CliRunner().invoke(app, ["runs", "--json"]).stdout)
    assert (last["state"], last["own_outage"], last["feeds_failed"]) == ("failed", True, 6)
    assert Warehouse("seedwatch.duckdb").check() == []
