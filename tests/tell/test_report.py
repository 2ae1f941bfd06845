"""The report of the bundled newsroom: a real pass, read back as HTML, Markdown and tables, and in a real browser."""

import base64
import csv
import hashlib
import json
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import lxml.html
import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.pipeline import run_pass
from flows.plan import plan
from flows.reporting import reports
from flows.settings import Settings
from flows.tell.charts import coverage_svg, main_bins
from flows.tell.marking import pieces
from flows.tell.report import markdown, page
from tests.newsroom.serve import Newsroom
from warehouse.dossier import CoverageBin, Dossier, Undecided, Unread
from warehouse.read import Reader
from warehouse.reporting import QUOTATIONS, dossier
from warehouse.store import Warehouse

SEED = "istanbul-2025"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
HOSTILE = "</title><script>alert(1)</script><img src=x onerror=alert(2)>\x1b[31m\u202e [x](javascript:alert(3)) | `y` "


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    path = tmp_path_factory.mktemp("report") / "news.duckdb"
    with Newsroom() as room:
        run_pass(plan(Settings(workers=2), [], [room.opml_url], path))
    return Reader(path)


@pytest.fixture(scope="module")
def known(reader: Reader) -> Dossier:
    return dossier(reader, SEED)


def parsed(known: Dossier) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(page(known, NOW, "1.2.3"))


def said(element: lxml.html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


# ---- what is asked of the warehouse


def test_dossier_says_what_the_views_say(reader: Reader, known: Dossier) -> None:
    rows = reader.sql(f"select fact_id, standing, supports, contradicts from fact_standing where seed_id = '{SEED}'")
    assert [(f.fact_id, f.standing, f.supports, f.contradicts) for f in known.facts] == list(rows.rows)
    ((matches, contradictions),) = reader.sql(
        "select (select count(*) from matches), (select count(*) from contradictions)"
    ).rows
    reported = [one for fact in known.facts for one in fact.reports]
    assert sum(one.supports + one.contradicts + one.later for one in reported) == matches + contradictions  # type: ignore[operator]
    assert sum(line.supports for line in known.publishers) == sum(one.supports for one in reported)
    bins = known.coverage.bins
    counted = sum(one.contradicting + one.supporting + one.silent for one in bins) + known.coverage.undated
    assert counted == known.articles_relevant > 20
    refused = reader.sql("select count(*) from refusals").rows[0][0]
    assert sum(one.count for one in known.gaps.refused_reasons) == refused == len(known.gaps.refused)


def test_quotations_are_the_best_of_each_side_one_a_source(reader: Reader, known: Dossier) -> None:
    quoted = [(fact, one) for fact in known.facts for one in fact.quotations]
    assert len(quoted) > 20
    sides: dict[tuple[str, str], list[str]] = {}
    for fact, one in quoted:
        sides.setdefault((fact.fact_id, one.side), []).append(one.publisher)
        assert one.context[one.sentence_at :].startswith(one.sentence)
        assert one.publisher not in one.copies
    assert all(len(set(names)) == len(names) <= QUOTATIONS for names in sides.values())
    assert any(one.copies for _, one in quoted)
    for fact in known.facts:
        assert {one.side for one in fact.quotations} == {
            side
            for side, count in (("for", fact.supports), ("against", fact.contradicts), ("later", fact.superseded))
            if count
        }


def test_what_a_person_marks_as_wrong_is_told_and_counts_no_more(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "copy.duckdb"
    shutil.copy(reader.path.with_name("news.duckdb"), path)
    store = Warehouse(path)
    store.publish()
    before = dossier(Reader(path), SEED)
    fact = next(fact for fact in before.facts if fact.contradicts)
    finding = next(one for one in fact.quotations if one.side == "against")
    store.mark(finding.finding_id, False, "<b>no</b>", NOW)
    store.publish()
    after = dossier(Reader(path), SEED)
    assert finding.finding_id not in {one.finding_id for one in after.facts[fact.position].quotations}
    people = said(parsed(after).get_element_by_id("people"))
    assert "wrong, counts no more" in people
    assert "<b>no</b>" in people


# ---- the page


def test_page_has_every_fact_publisher_and_count(known: Dossier) -> None:
    document = parsed(known)
    tallies = {item.get("class").split()[0]: int(item[0].text) for item in document.xpath("//ul[@class='tallies']/li")}
    standings = [fact.standing for fact in known.facts]
    assert tallies == {name: standings.count(name) for name in tallies}  # type: ignore[arg-type]
    assert sum(tallies.values()) == len(known.facts) == len(document.xpath("//article"))
    for fact in known.facts:
        card = document.get_element_by_id(f"fact-{fact.fact_id}")
        assert said(card.xpath(".//h3")[0]) == fact.statement
        for one in fact.quotations:
            assert " ".join(one.sentence.split()) in said(card)
            assert one.article_id in said(card)
            assert one.url in card.xpath(".//a/@href")
    rows = document.find_class("matrix")[0].xpath("./tbody/tr")
    assert len(rows) == len(known.facts)
    assert {len(row.xpath("./td")) for row in rows} == {len(known.publishers)}
    cells = [cell for row in rows for cell in row.xpath("./td") if "nothing found" not in cell.text_content()]
    assert len(cells) == sum(len(fact.reports) for fact in known.facts)
    assert {one.engine for one in known.engines} <= set(document.xpath("//section[@id='method']//code/text()"))
    assert all(one.title in said(document.get_element_by_id("gaps")) for one in known.gaps.refused)


def test_page_needs_nothing_and_runs_only_its_own_script(known: Dossier) -> None:
    text = page(known, NOW, "1.2.3")
    document = lxml.html.document_fromstring(text)
    assert document.xpath("//@src | //link | //iframe | //object | //embed | //form | //base | //@onclick") == []
    assert not re.search(r"@import|url\(", text)
    (script,) = document.xpath("//script")
    digest = base64.b64encode(hashlib.sha256(script.text.encode()).digest()).decode()
    (policy,) = document.xpath("//meta[@http-equiv]/@content")
    assert f"script-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    ids = document.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {href[1:] for href in document.xpath("//@href") if href.startswith("#")} <= set(ids)
    assert said(document.xpath("//figure//tbody")[0]).count("May 2025") >= 3


def hostile(known: Dossier) -> Dossier:
    first = next(fact for fact in known.facts if fact.quotations)
    quote = replace(
        first.quotations[0],
        title=HOSTILE,
        publisher=HOSTILE,
        speaker=HOSTILE,
        sentence=HOSTILE,
        context=f"x {HOSTILE}",
        sentence_at=2,
        article_value=HOSTILE,
        url="javascript:alert(4)",
    )
    fact = replace(first, statement=HOSTILE, quotations=(quote,))
    unread = Unread(HOSTILE, "data:text/html,<script>alert(5)</script>", HOSTILE, HOSTILE, HOSTILE, None)
    unchecked = Undecided(fact.fact_id, HOSTILE, HOSTILE, HOSTILE, HOSTILE, 'https://x.example/"><script>alert(6)//')
    publishers = tuple(replace(line, publisher=HOSTILE) for line in known.publishers)
    gaps = replace(known.gaps, refused=(unread,), unchecked=(unchecked,))
    return replace(known, title=HOSTILE, facts=(fact,), publishers=publishers, gaps=gaps)


def test_what_others_wrote_is_shown_and_does_nothing(known: Dossier) -> None:
    text = page(hostile(known), NOW, "1.2.3")
    document = lxml.html.document_fromstring(text)
    assert len(document.xpath("//script")) == 1
    assert document.xpath("//img | //*[@onerror]") == []
    assert all(href.startswith(("#", "https://", "http://")) for href in document.xpath("//@href"))
    assert "<script>alert(1)</script>" in said(document.xpath("//h1")[0])
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


def test_markdown_says_the_same_and_others_cannot_mark_it_up(known: Dossier) -> None:
    text = markdown(known, NOW, "1.2.3")
    assert all(f"`{fact.fact_id}`" in text for fact in known.facts if fact.standing != "unreported")
    assert text.count("\n> ") == sum(len(fact.quotations) for fact in known.facts)
    text = markdown(hostile(known), NOW, "1.2.3")
    assert "<script" not in text
    assert "](javascript" not in text
    assert "\x1b" not in text
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert {line.count("|") for line in rows} == {6}


# ---- what tells, and when


@pytest.mark.parametrize(
    ("sentence", "article", "fact", "marked"),
    [
        ("The truce was to run for 60 days.", "60 days", "30 days", ["60"]),
        ("Friday, May 9: Putin proposes talks.", "Fri 9 May 2025", "Sun 11 May 2025", ["Friday", "9"]),
        ("Zelensky will send no delegation.", "not send", "sending", ["send no"]),
        ("It is headed by Andriy Kovalchuk.", "Andriy Kovalchuk: head", "Rustem Umerov: head", ["Andriy Kovalchuk"]),
        (
            "U.S. President Trump left.",
            "Trump: president (U.S.)",
            "former president, Trump (U.S.)",
            ["U.S. President Trump"],
        ),
        ("Nothing of it is here.", "Antalya", "Istanbul", []),
        ("Nothing is stated.", None, None, []),
    ],
)
def test_words_of_the_value_are_marked(sentence: str, article: str | None, fact: str | None, marked: list[str]) -> None:
    cut = pieces(sentence, article, fact)
    assert "".join(piece.text for piece in cut) == sentence
    assert [piece.text for piece in cut if piece.marked] == marked


def test_chart_leaves_out_what_would_squeeze_it_and_only_that() -> None:
    def bins(*days: tuple[int, int, int]) -> list[CoverageBin]:
        return [CoverageBin(date(2025, month, day), count, 0, 0) for month, day, count in days]

    close = bins((5, 14, 10), (5, 15, 10), (5, 16, 10))
    assert main_bins([*close, *bins((7, 18, 1))]) == close
    assert main_bins([*bins((1, 2, 1)), *close]) == close
    for kept in ([*close, *bins((7, 18, 10))], [*close, *bins((5, 18, 1))], close, close[:1], []):
        assert main_bins(kept) == kept
    svg = lxml.html.fromstring(coverage_svg(close, "day", date(2025, 5, 15), 900))
    assert svg.xpath("count(//*[@aria-roledescription='bar'])") == 3
    assert "facts as of 15 May 2025" in svg.text_content()


# ---- files


def test_each_form_is_written_in_one_step(reader: Reader, known: Dossier, tmp_path: Path) -> None:
    for form in ("html", "md", "json", "csv", "parquet"):
        path = tmp_path / f"r.{form}"
        path.write_text("old")
        assert reports(reader, SEED, form, path, NOW) == [path]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"r.{form}" for form in ("csv", "html", "json", "md", "parquet")
    ]
    assert json.loads((tmp_path / "r.json").read_text("utf-8"))["facts"][0]["fact_id"] == known.facts[0].fact_id
    with (tmp_path / "r.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    findings = sum(one.supports + one.contradicts + one.later for fact in known.facts for one in fact.reports)
    silent = sum(not fact.reports for fact in known.facts)
    assert silent > 0
    assert len(rows) == findings + silent
    answer = duckdb.execute(
        "select count(*), count(distinct fact_id) from read_parquet(?)", [str(tmp_path / "r.parquet")]
    )
    assert answer.fetchone() == (len(rows), len(known.facts))


def test_command_writes_refuses_and_leaves_what_was_there(
    reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def report(*arguments: str) -> tuple[int, str, str]:
        result = CliRunner().invoke(app, ["report", "--warehouse", str(reader.path), *arguments])
        return result.exit_code, result.stdout, result.stderr

    monkeypatch.chdir(tmp_path)
    assert report()[0] == 0
    before = (tmp_path / f"{SEED}.html").read_bytes()
    assert before.startswith(b"<!doctype html>")
    code, _, stderr = report("nothing", "-o", f"{SEED}.html")
    assert code == 2
    assert f"no seed 'nothing' in the warehouse; there are: {SEED}" in " ".join(stderr.split())
    assert [path.name for path in tmp_path.iterdir()] == [f"{SEED}.html"]
    assert (tmp_path / f"{SEED}.html").read_bytes() == before
    assert report("--format", "csv", "-o", "-")[1].startswith("seed_id,fact_id,statement,")
    assert report("--format", "parquet", "-o", "-")[0] == 2
    assert report("-o", str(tmp_path / "no" / "r.html"))[0] == 2
    assert report("--format", "md", "--open")[0] == 2


# ---- in a browser


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: on Debian, apt-get install chromium")
def test_page_opens_from_disk_without_network_and_its_script_runs(known: Dossier, tmp_path: Path) -> None:
    def opened(text: str) -> tuple[lxml.html.HtmlElement, str]:
        path = tmp_path / "r.html"
        path.write_text(text, "utf-8")
        command = [
            *(
                str(CHROMIUM),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--enable-logging=stderr",
                "--dump-dom",
                "--window-size=500,900",
            ),
            *("--proxy-server=127.0.0.1:9", "--virtual-time-budget=5000", f"--user-data-dir={tmp_path / 'profile'}"),
            path.as_uri(),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
        return lxml.html.document_fromstring(done.stdout), "\n".join(re.findall(".*CONSOLE.*", done.stderr))

    text = page(hostile(known), NOW, "1.2.3")
    document, console = opened(text)
    assert console == ""
    assert document.get_element_by_id("controls").get("hidden") is None  # the script has run
    # and the browser would have told of a script that the policy does not let run
    document, console = opened(text.replace("sha256-", "sha256-A"))
    assert "Content Security Policy" in console
    assert document.get_element_by_id("controls").get("hidden") is not None
    # a wide table scrolls in its frame, and not the page with it
    measure = "<script>let at = document.documentElement; document.title = at.scrollWidth - at.clientWidth</script>"
    policy = re.search('<meta http-equiv="Content-Security-Policy"[^>]*>', text)
    assert policy is not None
    document, _ = opened(text.replace(policy[0], "").replace("</body>", measure + "</body>"))
    assert document.findtext(".//title") == "0"
