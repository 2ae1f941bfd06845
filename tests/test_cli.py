"""The command line as people and scripts meet it: real warehouse, real files, real processes."""

import csv
import io
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from flows.cli import app
from tests.warehouse import rows
from warehouse.store import Warehouse

ROOT = Path(__file__).resolve().parents[1]
HOSTILE = "\x1b[31mRed\x1b[0m \x1b]0;title\x07and \x9b2Jgone [bold]not markup[/bold] \u202eright to left"
LISTINGS = ("facts", "matches", "contradictions", "articles", "feeds", "runs", "unchecked", "refusals")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse after a run, with what a hostile publisher would write among the rest."""
    path = tmp_path_factory.mktemp("cli") / "w.duckdb"
    warehouse = rows.covered(Warehouse(path))
    hostile = replace(
        rows.article(3, "Another text."), title=HOSTILE, publisher='=HYPERLINK("http://evil.example")', author="+1"
    )
    warehouse.save_readings("r1", [replace(rows.page(3, rows.NOON.replace(hour=13)), article=hostile)])
    warehouse.publish()
    return path


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings but the test's own, and a terminal so wide that no sentence wraps."""
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("SEEDWATCH_")]:
        monkeypatch.delenv(name)


def cli(*arguments: object, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)


def process(*arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flows.cli", *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
        capture_output=True,
        timeout=60,
        **options,  # type: ignore[call-overload]
    )


# reading


@pytest.mark.parametrize("view", LISTINGS)
def test_a_listing_is_a_table_json_and_csv(view: str, store: Path) -> None:
    table = cli(view, "--warehouse", store)
    assert (table.exit_code, table.stderr) == (0, "")
    objects = json.loads(cli(view, "--warehouse", store, "--json").stdout)
    cells = list(csv.DictReader(io.StringIO(cli(view, "--warehouse", store, "--csv").stdout)))
    assert len(objects) == len(cells) > 0
    assert list(objects[0]) == list(cells[0])


def test_contradictions_show_fact_values_sentence_publisher_and_date(store: Path) -> None:
    shown = cli("contradictions", "--warehouse", store).stdout
    for part in ("The talks took two hours", "duration", "lasted under", "Paper 1", "2025-05-16 11:00"):
        assert part in shown


def test_times_are_iso_with_z(store: Path) -> None:
    (run,) = json.loads(cli("runs", "--warehouse", store, "--json").stdout)
    assert run["started_at"] == "2025-05-16T12:00:00Z"


def test_filters_narrow(store: Path) -> None:
    def found(*options: str) -> int:
        return len(json.loads(cli("matches", "--warehouse", store, "--json", *options).stdout))

    assert found() == 2
    assert found("--limit", "1") == 1
    assert found("--seed", "talks", "--fact", "head") == 2
    assert found("--fact", "hours") == 0
    assert found("--since", "2025-05-16T12:00+00:00") == 2
    assert found("--since", "2025-05-16T12:01Z") == 0
    assert found("--since", "1d") == 0


def test_what_was_left_out_of_a_table_is_said(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.cli.look.SHOWN", 1)
    assert "--limit shows more" in cli("matches", "--warehouse", store).stderr
    assert cli("matches", "--warehouse", store, "--limit", 1).stderr == ""
    assert cli("runs", "--warehouse", store).stderr == ""


def test_nothing_found_is_said_and_is_no_failure(store: Path) -> None:
    result = cli("matches", "--warehouse", store, "--fact", "hours")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "no matches that match\n")


def test_headlines_are_inert(store: Path) -> None:
    for form in ([], ["--json"], ["--csv"]):
        shown = cli("articles", "--warehouse", store, *form).stdout
        assert "[bold]not markup[/bold]" in shown
        assert not set(shown) & {"\x1b", "\x07", "\x9b", "\u202e"}
    titles = [row["title"] for row in json.loads(cli("articles", "--warehouse", store, "--json").stdout)]
    assert HOSTILE in titles  # escaped, not lost


def test_no_cell_is_a_formula(store: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(cli("articles", "--warehouse", store, "--csv").stdout)))
    assert {'\'=HYPERLINK("http://evil.example")', "Paper 1"} <= {row["publisher"] for row in rows}
    assert "'+1" in {row["author"] for row in rows}
    query = "select '@x' a, e'\\tx' b, '-1' c, -1 d, ' =x' e, '＝x' f, 'x=1' g"
    (_, cells) = csv.reader(io.StringIO(cli("sql", query, "--csv", "--warehouse", store).stdout))
    assert cells == ["'@x", "'\tx", "'-1", "-1", "' =x", "'＝x", "x=1"]


def test_sql_answers_any_type(store: Path) -> None:
    query = (
        "select 1 a, 2 a, 'nan'::double n, 1.5::decimal(4, 1) d, [1, null] l, {'k': date '2025-05-16'} s, "
        "timestamp '2025-05-16 12:00' t, interval 1 day i, '\\xff'::blob b, 170141183460469231731687303715884105727 h"
    )
    (row,) = json.loads(cli("sql", query, "--json", "--warehouse", store).stdout)
    assert row == {
        "a": 1, "a_2": 2, "n": None, "d": 1.5, "l": [1, None], "s": {"k": "2025-05-16"}, "t": "2025-05-16T12:00:00Z",
        "i": "1 day, 0:00:00", "b": "ff", "h": 2**127 - 1,
    }  # fmt: skip
    assert "1 row" in cli("sql", query, "--warehouse", store).stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["facts", "--warehouse", "none.duckdb"], "seedwatch run"),
        (["facts", "--since", "yesterday"], "'yesterday' is no time"),
        (["facts", "--since", "999999w"], "is no time"),
        (["facts", "--limit", "0"], "--limit"),
        (["facts", "--json", "--csv"], "not both"),
        (["facts", "--colour"], "--colour"),
        (["sql", "select 1", "--warehouse", "none.duckdb"], "seedwatch run"),
        (["nonsense"], "nonsense"),
        (["judge"], "needed are --fact"),
        (["judge", "--fact", "a", "--text", "b", "--file", "c"], "needed are --fact"),
        (["judge", "--fact", "a", "--file", "none.txt"], "none.txt: cannot be read"),
        (["judge", "--fact", "a", "--text", "b", "--as-of", "soon"], "'soon' is no time"),
        (["judge", "--jsonl", "none.jsonl"], "none.jsonl: cannot be read"),
        (["judge", "--jsonl", "none.jsonl", "--text", "b"], "leave out --text"),
        (["judge", "--fact", "a", "--text", "b", "--out", "c"], "go with --jsonl"),
        (["run", "none.yaml"], "none.yaml: cannot be read"),
        (["run", "--feeds", "none.opml"], "none.opml: cannot be read"),
        (["run", "--limit", "many"], "--limit"),
        (["seed", "check"], "FILE"),
    ],
)
def test_what_cannot_be_used_is_said_without_a_traceback(arguments: list[str], message: str) -> None:
    result = cli(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["facts", "--seed", "other"], "no seed 'other'"),
        (["runs", "--fact", "head"], "cannot be chosen by --fact"),
        (["sql", "drop table x"], "answered is one query"),
        (["sql", "select * from nowhere"], "nowhere"),
        (["sql", "select * from read_text('/etc/passwd')"], "disabled"),
    ],
)
def test_questions_that_have_no_answer(arguments: list[str], message: str, store: Path) -> None:
    result = cli(*arguments, "--warehouse", store)
    assert result.exit_code == 2
    assert message in result.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SEEDWATCH_WORKERS", "none"),
        ("SEEDWATCH_ALLOW_PRIVATE", "10.0.0.0/99"),
        ("SEEDWATCH_CONTACT", "a\r\nX-Evil: 1"),
        ("SEEDWATCH_PATIENCE", "-1"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    result = cli("facts")
    assert result.exit_code == 2
    assert name in result.stderr


def test_settings_come_from_the_environment_and_the_env_file(monkeypatch: pytest.MonkeyPatch) -> None:
    from flows.settings import Settings

    Path(".env").write_text("SEEDWATCH_CONTACT=desk@example.org\nOTHER=1\nSEEDWATCH_WORKERS=3\n")
    monkeypatch.setenv("SEEDWATCH_WORKERS", "2")
    monkeypatch.setenv("SEEDWATCH_ALLOW_PRIVATE", "127.0.0.1, fd00::/8")
    settings = Settings()
    assert settings.user_agent.endswith(" (+desk@example.org)")
    assert settings.workers == 2
    assert [str(network) for network in settings.allow_private] == ["127.0.0.1/32", "fd00::/8"]


# seeds and doctor


def test_seed_check_names_file_line_and_field() -> None:
    good = ROOT / "seeds" / "istanbul-2025.yaml"
    bad = Path("bad.yaml")
    bad.write_text("seed: x\ntitle: A title\nas_of: 2025-05-15\nevent: {summary: What happened}\nfacts:\n  - id: Öne\n")
    result = cli("seed", "check", good, bad, "none.yaml")
    assert result.exit_code == 2
    assert result.stdout == f"{good}: ok: 21 facts\n"
    assert "bad.yaml:6: facts.0.id" in result.stderr
    assert "facts.0.statement: missing" in result.stderr
    assert "none.yaml: cannot be read" in result.stderr
    assert cli("seed", "check", good).exit_code == 0


def test_doctor_looks_at_everything(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEEDWATCH_WAREHOSE", "x")
    monkeypatch.setenv("PREFECT_API_URL", "https://user:secret@prefect.example/api")
    result = cli("doctor", "--warehouse", store, "--json")
    checks = {check["name"]: check for check in json.loads(result.stdout)}
    assert {"python", "packages", "weights", "warehouse", "warehouse checks", "read copy", "disk", "clock"} <= set(
        checks
    )
    assert checks["contact"]["state"] == checks["settings"]["state"] == "warning"
    assert "secret" not in result.stdout
    assert result.exit_code == (2 if any(check["state"] == "failed" for check in checks.values()) else 0)


def test_doctor_reports_what_is_broken() -> None:
    Path("w.duckdb").write_bytes(b"no database" * 1000)
    result = cli("doctor", "--warehouse", "w.duckdb")
    assert result.exit_code == 2
    assert "failed  warehouse:" in result.stdout


# judging

FACT = "The talks lasted two hours."
TEXT = "The talks in Istanbul lasted less than 90 minutes, officials said."


def test_judge_one_shows_both_values_and_the_passage() -> None:
    shown = cli("judge", "--fact", FACT, "--text", TEXT).stdout
    for part in ("contradicts", "duration", "2 hours", "90 minutes", "span", TEXT):
        assert part in shown
    Path("t.txt").write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    told = json.loads(cli("judge", "--fact", FACT, "--file", "t.txt", "--published-at", "2025-05-16", "--json").stdout)
    passage = told["passage"]
    assert told["verdict"] == "contradicts"
    assert TEXT[passage["start"] : passage["end"]] == passage["text"]


def test_judge_says_what_it_cannot_judge() -> None:
    result = cli("judge", "--fact", FACT, "--file", "-", stdin=b" \n...")
    assert result.exit_code == 1
    assert "unchecked" in result.stdout
    assert "no_text" in result.stdout


def test_judge_many_skips_bad_lines_by_number() -> None:
    good = {"claim": FACT, "evidence": TEXT}
    lines = [
        b"\xef\xbb\xbf" + json.dumps({"id": "ä", **good}).encode(),
        b"{nonsense",
        b"",
        json.dumps({"id": "b", "claim": FACT}).encode(),
        json.dumps({"id": "c", "claim": 7, "evidence": ""}).encode(),
        json.dumps({"id": "d", **good, "published_at": "soon"}).encode(),
        b"[1]",
        b"\xff",
        json.dumps({"id": True, **good}).encode(),
        b"[" * 100_000,
        json.dumps({"id": 9, "claim": FACT, "evidence": "?!", "published_at": None}).encode(),
        json.dumps({"id": "e", **good, "evidence": "\ud800 " + TEXT, "as_of": "2025-05-16T10:00:00+02:00"}).encode(),
    ]
    Path("in.jsonl").write_bytes(b"\n".join(lines))
    result = cli("judge", "--jsonl", "in.jsonl", "--out", "out.jsonl")
    assert result.exit_code == 1
    faults = [line for line in result.stderr.splitlines() if ": skipped: " in line]
    assert [int(line.split(":")[1]) for line in faults] == [2, 4, 5, 6, 7, 8, 9, 10]
    first, empty, last = map(json.loads, Path("out.jsonl").read_text(encoding="utf-8").splitlines())
    assert list(first) == ["id", "verdict", "probability", "held_back", "kind", "passage", "span", "engine"]
    assert (first["id"], first["verdict"], first["kind"]) == ("ä", "contradicts", "duration")
    assert set(first["probability"]) == {"supports", "contradicts", "neutral"}
    assert (empty["id"], empty["verdict"], empty["reason"], empty["span"]) == (9, "unchecked", "no_text", None)
    assert ("\ufffd " + TEXT)[slice(*last["span"])] == last["passage"]


def test_judge_many_refuses_to_overwrite_its_input() -> None:
    Path("in.jsonl").write_text("{}")
    result = cli("judge", "--jsonl", "in.jsonl", "--out", "./in.jsonl")
    assert result.exit_code == 2
    assert Path("in.jsonl").read_text() == "{}"


def test_workers_answer_in_order_and_as_one_process_does() -> None:
    claims = ["The talks lasted two hours.", "The talks were held in Ankara.", "Umerov led the delegation."]
    Path("in.jsonl").write_text(
        "".join(json.dumps({"id": str(n), "claim": claims[n % 3], "evidence": TEXT}) + "\n" for n in range(80))
    )
    many = process("judge", "--jsonl", "in.jsonl", "--workers", 2)
    alone = cli("judge", "--jsonl", "in.jsonl", "--workers", 1)
    assert many.returncode == alone.exit_code == 0
    assert [json.loads(line)["id"] for line in many.stdout.splitlines()] == [str(n) for n in range(80)]
    assert many.stdout == alone.stdout


# running


@pytest.fixture
def site() -> Iterator[str]:
    """A site whose feed lists one page that is gone."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            base = f"http://127.0.0.1:{self.server.server_address[1]}"  # type: ignore[misc]
            item = f"<item><title>Gone</title><link>{base}/gone</link></item>"
            feed = f"<rss version='2.0'><channel><title>Site</title>{item}</channel></rss>"
            self.send_response(200 if self.path == "/feed.xml" else 404)
            self.end_headers()
            self.wfile.write(feed.encode() if self.path == "/feed.xml" else b"no")

        def log_message(self, format: str, *args: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/feed.xml"
        server.shutdown()


def test_a_run_that_reads_nothing_says_so(site: str) -> None:
    result = cli("run", "--feeds", site, "--warehouse", "w.duckdb", "--json")
    document = json.loads(result.stdout)
    assert result.exit_code == 1
    assert document["report"]["adds_up"]
    assert document["report"]["refused"] == {"http:404": 1}
    assert len(document["facts"]) == 21
    assert Path(document["read_copy"]).exists()
    assert "no article could be read" in result.stderr


def test_a_run_that_reaches_nothing_says_so() -> None:
    result = cli("run", "--feeds", "http://127.0.0.1:1/feed.xml", "--warehouse", "w.duckdb")
    assert result.exit_code == 3
    assert "none of the 1 feeds could be reached" in result.stderr
    assert "0 new + 0 carried = 0 pages + 0 summaries + 0 refused" in result.stdout
    assert "connect" in result.stdout


def test_a_demo_does_not_go_on_from_an_earlier_one() -> None:
    Path("demo.duckdb").touch()
    result = cli("demo", "--keep", ".")
    assert result.exit_code == 2
    assert "earlier demo" in result.stderr


def test_a_demo_of_a_seed_without_coverage_says_which_have_it() -> None:
    result = cli("demo", "--seed", "tarnholm")
    assert result.exit_code == 2
    assert "did you mean tarnholm-2025" in result.stderr


@pytest.mark.parametrize("seed", ["tarnholm-2025", "san-telmo-2025"])
def test_the_other_bundled_seeds_have_a_demo_too(seed: str) -> None:
    result = cli("demo", "--seed", seed)
    assert result.exit_code == 0, result.output
    assert f"facts of {seed} to check" in result.stdout
    assert "nothing fetched again, nothing told again" in result.stdout


# the process


def test_reading_loads_no_heavy_packages(store: Path) -> None:
    heavy = {"prefect", "onnxruntime", "numpy", "httpx", "trafilatura", "tokenizers"}
    for command, unwanted in (
        (["facts", "--warehouse", str(store)], heavy),
        (["sql", "select 1", "--warehouse", str(store)], heavy),
        (["judge", "--fact", FACT, "--text", TEXT], {"prefect", "duckdb", "httpx", "trafilatura"}),
    ):
        script = f"import sys\nfrom flows.cli import app\ntry: app({command!r})\nfinally: print('|', *sys.modules)"
        ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60)
        assert not unwanted & set(ran.stdout.rpartition("|")[2].split()), command


def test_version_and_help() -> None:
    assert process("--version").stdout.startswith("seedwatch ")
    helped = process("-h")
    assert helped.returncode == 0
    assert "contradictions" in helped.stdout


def test_a_reader_that_leaves_is_no_error(store: Path) -> None:
    command = f"{sys.executable} -m flows.cli articles --csv --warehouse {store} | true; echo ${{PIPESTATUS[0]}}"
    ran = subprocess.run(
        ["bash", "-c", command], env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60
    )
    assert ran.stderr == ""
    assert ran.stdout.strip() in ("0", "141")


def test_output_survives_a_terminal_without_unicode(store: Path) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"}
    for form in ("--json", "--csv"):
        ran = subprocess.run(
            [sys.executable, "-m", "flows.cli", "articles", form, "--warehouse", str(store)],
            env=env, capture_output=True, timeout=60,
        )  # fmt: skip
        assert (ran.returncode, ran.stderr) == (0, b"")
        if form == "--json":
            assert HOSTILE in {row["title"] for row in json.loads(ran.stdout)}
