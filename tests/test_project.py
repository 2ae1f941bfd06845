"""Imports go one way, the wheel has its data, the lock names no index, the README says what is there."""

import ast
import importlib
import re
import shlex
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PACKAGES = ("seeds", "warehouse", "flows")
ROOMS = ("poll", "read", "compare", "weigh", "tell", "draft")


# ---- imports


def modules() -> Iterator[tuple[str, Path]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            if not name.startswith("flows.compare.training"):  # not installed, and free to use what it needs
                yield name, path


def imports(path: Path, *, top_level: bool = False) -> set[str]:
    """The modules that this file imports; with ``top_level`` only those that importing the file imports."""
    found: set[str] = set()
    waiting: list[ast.AST] = [ast.parse(path.read_text("utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are written in full"
            assert node.module is not None
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif top_level and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        waiting.extend(ast.iter_child_nodes(node))
    return found


def within(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


MODULES = dict(modules())


@pytest.mark.parametrize(
    ("libraries", "importers"),
    [
        (("duckdb",), ("warehouse",)),
        # What feeds and pages name is fetched by one guarded client. The other one talks to the language model that the
        # user's own settings name, on private networks too, and sends a key: it must not become a way to fetch pages.
        (("httpx", "httpcore"), ("flows.poll.fetch", "flows.poll.connect", "flows.compare.endpoint")),
        (("torch", "transformers", "huggingface_hub"), ("flows.compare.hub",)),
        (("onnxruntime",), ("flows.compare.model",)),
        (("spacy",), ("flows.draft.syntax",)),
        (("pypdf",), ("flows.documents",)),
        (
            ("prefect",),
            (
                *("flows.monitor", "flows.recheck", "flows.digest", "flows.maintain"),
                *("flows.observing", "flows.events", "flows.serving", "flows.cluster"),
            ),
        ),
        (("prefect_dask", "prefect_ray", "ray", "dask", "distributed"), ("flows.cluster",)),
        (("prefect_email",), ("flows.mailblock",)),
        (("aiosmtplib",), ("flows.tell.smtp",)),
        (("typer",), ("flows.cli",)),
        (("trafilatura",), ("flows.read",)),
        (("feedparser",), ("flows.poll",)),
        (("protego",), ("flows.poll.robots",)),
        (("vl_convert",), ("flows.tell.charts",)),
    ],
    ids=lambda value: value[0],
)
def test_library_is_imported_in_its_place_only(libraries: tuple[str, ...], importers: tuple[str, ...]) -> None:
    users = {name for name, path in MODULES.items() if any(within(i, *libraries) for i in imports(path))}
    assert {name for name in users if not within(name, *importers)} == set()


def test_command_line_imports_nothing_slow_before_it_needs_it() -> None:
    seen: set[str] = set()
    waiting = ["flows.cli"]
    while waiting:
        name = waiting.pop()
        for imported in imports(MODULES[name], top_level=True):
            slow = ("prefect", "prefect_email", "onnxruntime", "tokenizers", "trafilatura", "spacy")
            assert not within(imported, *slow), f"{name}: {imported}"
            for known in (imported, imported.rpartition(".")[0]):
                if known in MODULES and known not in seen:
                    seen.add(known)
                    waiting.append(known)


@pytest.mark.parametrize("name", MODULES)
def test_packages_import_downwards_and_rooms_not_each_other(name: str) -> None:
    allowed = PACKAGES[: PACKAGES.index(name.partition(".")[0]) + 1]
    own = [imported for imported in imports(MODULES[name]) if within(imported, *PACKAGES, "tests")]
    assert [i for i in own if not within(i, *allowed)] == [] or name == "flows.demo"  # it serves tests.newsroom
    room = name.split(".")[1] if name.count(".") else ""
    if name.startswith("flows.") and room in ROOMS:
        others = [f"flows.{other}" for other in ROOMS if other != room]
        joiners = [f"flows.{joiner}" for joiner in ("pipeline", "plan", "cli", "settings", "monitor")]
        assert [i for i in own if within(i, *others, *joiners)] == []
        values = ("warehouse.records", "warehouse.dossier")
        assert [i for i in own if within(i, "warehouse") and not within(i, *values)] == []


# ---- what is built and installed


def test_wheel_has_its_data_and_nothing_else(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    (wheel,) = tmp_path.glob("seedwatch-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        metadata = archive.read(next(n for n in names if n.endswith(".dist-info/METADATA"))).decode()
    data = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.suffix in {".sql", ".yaml", ".opml", ".tsv", ".onnx", ".npz", ".json"} and "training" not in path.parts
    }
    assert {Path(name).suffix for name in data} >= {".sql", ".yaml", ".opml", ".tsv", ".onnx", ".npz", ".json"}
    assert data <= names
    assert {f"{'/'.join(name.split('.'))}.py" for name in MODULES} - names <= {
        f"{'/'.join(name.split('.'))}.py" for name, path in MODULES.items() if path.name == "__init__.py"
    }
    assert {name.partition("/")[0] for name in names} - set(PACKAGES) == {
        f"seedwatch-{PROJECT['project']['version']}.dist-info"
    }
    assert [n for n in names if "training" in n or ".duckdb" in n or "__pycache__" in n] == []
    assert "Private :: Do Not Upload" in metadata
    assert any(name.endswith("/licenses/LICENSE") for name in names)


def test_lock_is_hashed_and_names_no_index() -> None:
    assert not re.search(r"://|file:/|--(?:index-url|extra-index-url|find-links|trusted-host)|^-", LOCK, re.MULTILINE)
    pinned = re.findall(r"^([A-Za-z0-9._-]+)==\S+ \\\n +--hash=sha256:[0-9a-f]{64}", LOCK, re.MULTILINE)
    assert len(pinned) == len(re.findall(r"^[A-Za-z0-9]", LOCK, re.MULTILINE))
    names = {re.sub(r"[-_.]+", "-", name).lower() for name in pinned}
    wanted = [*PROJECT["project"]["dependencies"], *PROJECT["project"]["optional-dependencies"]["dev"]]
    for requirement in wanted:
        name = re.match(r"[A-Za-z0-9._-]+", requirement)
        assert name is not None
        assert re.sub(r"[-_.]+", "-", name[0]).lower() in names, f"{requirement}: run `make lock`"
    assert "torch" not in names


def test_licence_is_the_whole_apache_licence() -> None:
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert len(text) > 11_000


# ---- the README


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def commands(program: str) -> list[list[str]]:
    """The command lines of this program in the README's blocks, without its name."""
    lines = [line.split("  #")[0] for block in blocks("sh") for line in block.splitlines()]
    return [shlex.split(line, comments=True)[1:] for line in lines if line.split(" ")[0] == program]


@pytest.mark.parametrize("arguments", commands("seedwatch"), ids=" ".join)
def test_commands_of_the_readme_exist(arguments: list[str]) -> None:
    from typer.main import get_command

    from flows.cli import app

    command: Any = get_command(app)
    rest = list(arguments)
    while rest and not rest[0].startswith("-") and getattr(command, "commands", None):
        name = rest.pop(0)
        assert name in command.commands, f"seedwatch {' '.join(arguments)}: there is {sorted(command.commands)}"
        command = command.commands[name]
    # Parsed, not run: unknown options, missing values and a wrong number of arguments are errors.
    command.make_context(command.name, rest)


@pytest.mark.parametrize("target", [arguments[0] for arguments in commands("make")])
def test_make_targets_of_the_readme_exist(target: str) -> None:
    assert re.search(rf"^{target}: .*## \w", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


def test_seed_of_the_readme_loads_and_its_fields_are_all_there_are(tmp_path: Path) -> None:
    from seeds.model import Alerts, Event, Fact, Seed, load

    (block,) = blocks("yaml")
    (tmp_path / "seed.yaml").write_text(block, "utf-8")
    assert load(tmp_path / "seed.yaml").facts
    documented = set(re.findall(r"^\| `([a-z_.\[\]]+)` \| (?:required|optional)", README, re.MULTILINE))
    fields = {name for name in Seed.model_fields if name not in ("path", "event", "alerts")}
    fields |= {f"alerts.{name}" for name in Alerts.model_fields}
    fields |= {f"event.{name}" for name in Event.model_fields} | {f"facts[].{name}" for name in Fact.model_fields}
    assert documented == fields


def test_settings_of_the_readme_are_all_there_are() -> None:
    from flows.settings import PREFIX, Settings

    documented = set(re.findall(r"^\| `(SEEDWATCH_[A-Z_]+)` \|", README, re.MULTILINE))
    assert documented == {PREFIX + name.upper() for name in Settings.model_fields}


def test_views_of_the_readme_are_all_there_are() -> None:
    table = README[README.index("| view |") : README.index("lists a view's columns")]
    documented = {
        view for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for view in re.findall(r"`(\w+)`", row)
    }
    assert documented == {path.stem for path in (ROOT / "warehouse/views").glob("[!_]*.sql")}


def test_python_of_the_readme_compiles_and_imports() -> None:
    for block in blocks("python"):
        for node in ast.walk(ast.parse(block)):
            if isinstance(node, ast.ImportFrom):
                module = importlib.import_module(str(node.module))
                assert all(hasattr(module, alias.name) for alias in node.names)


def test_modules_of_the_readme_exist() -> None:
    section = README[README.index("## Architecture") :]
    paths = re.findall(r"\b((?:flows|warehouse|seeds|tests)/[\w./-]*\w)", section)
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []


# ---- feeds and deployments


def test_default_feeds_are_titled_and_each_is_there_once() -> None:
    from flows.poll.opml import read_opml

    raw = (ROOT / "seeds/feeds.opml").read_bytes()
    feeds = read_opml(raw, "feeds.opml")
    assert len(feeds) == raw.count(b"xmlUrl=") == 30
    assert all(feed.title and feed.site and feed.tags and feed.url.startswith("https://") for feed in feeds)
    assert f"lists {len(feeds)} feeds" in README


def test_deployments_name_flows_by_module() -> None:
    for deployment in yaml.safe_load((ROOT / "prefect.yaml").read_text("utf-8"))["deployments"]:
        module, _, function = deployment["entrypoint"].rpartition(".")
        tree = ast.parse(MODULES[module].read_text("utf-8"))
        flows = {n.name: n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}
        assert function in flows
        assert set(deployment.get("parameters", {})) <= {argument.arg for argument in flows[function].args.args}
        assert f"{deployment['name']}" in README
