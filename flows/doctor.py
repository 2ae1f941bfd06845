"""The command ``doctor``: whether everything is in place. Each thing is looked at by itself, so none hides another."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import Literal

from flows.configfile import NAME
from flows.settings import PREFIX, Settings, config_file, unknown_variables
from seeds.engine import Endpoint
from seeds.errors import SeedwatchError, suggestion

PACKAGES = (
    "prefect", "prefect-email", "aiosmtplib", "httpx", "feedparser", "trafilatura", "duckdb", "onnxruntime",
    "tokenizers", "numpy", "sentencex", "courlan", "dateparser", "lxml", "lxml_html_clean",
    "protego", "py3langid", "pydantic", "pydantic-settings",
    "pyyaml", "rapidfuzz", "rich", "tld", "typer",
)  # fmt: skip
WRITTEN = datetime(2025, 5, 1, tzinfo=UTC)  # no clock of a machine that runs this is before it
LITTLE_DISK, NO_DISK = 1_000_000_000, 100_000_000  # bytes
OLD_COPY = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. A warning leaves Seedwatch working; what failed does not."""

    name: str
    state: Literal["ok", "warning", "failed"]
    found: str


def examine(warehouse: Path | None, now: datetime) -> list[Check]:
    """All checks, in the order in which one would look. ``warehouse`` None means the one in the settings."""
    found: list[Check] = []
    settings: Settings | None = None
    try:
        settings = Settings()
    except SeedwatchError as error:
        found.append(Check("settings", "failed", str(error)))
    path = (warehouse or (settings.warehouse if settings else Path("seedwatch.duckdb"))).expanduser().absolute()
    steps: list[Callable[[], Iterator[Check]]] = [
        _python,
        _packages,
        _weights,
        lambda: _engine(settings),
        lambda: _warehouse(path, now),
        lambda: _feeds(path),
        _seeds,
        lambda: _disk(path),
        lambda: _clock(now),
        lambda: _settings(settings),
        lambda: _mail(settings, path),
        _prefect,
    ]
    for step in steps:
        found.extend(step())
    return found


def _python() -> Iterator[Check]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Check("python", "ok" if sys.version_info >= (3, 11) else "failed", f"{version} at {sys.executable}")


def _packages() -> Iterator[Check]:
    versions, missing = [], []
    for name in PACKAGES:
        try:
            versions.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        yield Check("packages", "failed", f"missing: {', '.join(missing)}; install the project again")
    yield Check("packages", "ok", ", ".join(versions))


def _weights() -> Iterator[Check]:
    try:
        from flows.compare import Comparer

        comparer = Comparer.load()
    except (SeedwatchError, ImportError) as error:
        yield Check("weights", "failed", str(error))
    else:
        yield Check("weights", "ok", f"engine {comparer.engine}")


def _engine(settings: Settings | None) -> Iterator[Check]:
    """That of the settings; a seed may name another."""
    if settings is None:
        return
    from flows.compare import Comparer

    engine = settings.engine
    try:
        said = f"{engine}: {Comparer.load(engine).engine}"
        yield _endpoint(engine, settings) if isinstance(engine, Endpoint) else Check("engine", "ok", said)
    except SeedwatchError as error:
        yield Check("engine", "failed", str(error))


def _endpoint(engine: Endpoint, settings: Settings) -> Check:
    from flows.compare.endpoint import NoAnswerError, offered

    key = "a key" if settings.llm_api_key else "no key"
    terms = f"{engine} confirms contradictions: at most {settings.llm_budget:,} requests a run, {key}"
    try:
        models = offered(engine, min(settings.llm_seconds, 10.0), settings.llm_api_key)
    except NoAnswerError as error:
        return Check("engine", "warning", f"{terms}; it does not list its models: {error}")
    if engine.model in models:
        return Check("engine", "ok", f"{terms}; it offers the model")
    return Check("engine", "warning", f"{terms}; it offers only {', '.join(models)[:200] or 'none'}")


def _warehouse(path: Path, now: datetime) -> Iterator[Check]:
    from warehouse.store import Warehouse

    folder = path.parent
    if not folder.is_dir():
        yield Check("warehouse", "failed", f"the folder {folder} does not exist")
        return
    if not os.access(folder, os.W_OK):
        yield Check("warehouse", "failed", f"the folder {folder} cannot be written")
    if not path.exists():
        yield Check("warehouse", "warning", f"none at {path} yet: `seedwatch run` makes it")
        return
    store = Warehouse(path, patience=1)
    try:
        health, broken = store.health(now), store.check()
    except SeedwatchError as error:
        yield Check("warehouse", "failed", str(error))
        return
    rows = ", ".join(f"{count:,} {table}" for table, count in health.rows.items() if count)
    yield Check(
        "warehouse",
        "ok",
        f"{path}, {health.size_bytes / 1e6:.1f} MB, {health.migration}, DuckDB {health.duckdb}: {rows}",
    )
    if broken:
        listed = "; ".join(f"{one.check}: {one.rows} rows such as {one.example}" for one in broken)
        yield Check("warehouse checks", "failed", listed)
    else:
        yield Check("warehouse checks", "ok", "every rule holds")
    if health.unfinished:
        yield Check(
            "runs",
            "warning",
            f"in progress, or killed: {', '.join(health.unfinished)}; the next run goes on from there",
        )
    if health.last_run_at and health.last_run_at > now + timedelta(minutes=5):
        yield Check(
            "clock", "warning", f"the last run ended at {health.last_run_at:%Y-%m-%d %H:%M} UTC, which is to come"
        )
    if health.published_at is None:
        yield Check("read copy", "warning", "none yet: a run makes it at its end")
        return
    age = now - health.published_at
    yield Check(
        "read copy",
        "warning" if age > OLD_COPY else "ok",
        f"{health.published_bytes / 1e6:.1f} MB, made {max(age, timedelta()) // timedelta(minutes=1):,} minutes ago",
    )


def _seeds() -> Iterator[Check]:
    from flows.poll.opml import read_opml
    from seeds import bundled_seeds
    from seeds.model import load

    bundled = bundled_seeds()
    if not bundled:
        yield Check("seeds", "failed", "none came with the package")
    lists: dict[Path, None] = {}
    for name, path in bundled.items():
        try:
            seed = load(path)
        except SeedwatchError as error:
            yield Check(f"seed {name}", "failed", str(error))
            continue
        yield Check(f"seed {name}", "ok", f"{len(seed.facts)} facts")
        if isinstance(seed.feeds, str):
            lists[path.parent / seed.feeds] = None
    for path in lists:
        try:
            yield Check(f"feed list {path.name}", "ok", f"{len(read_opml(path.read_bytes(), str(path)))} feeds")
        except SeedwatchError as error:
            yield Check(f"feed list {path.name}", "failed", str(error))
        except OSError as error:
            yield Check(f"feed list {path.name}", "failed", f"{path}: {error.strerror}")


def _disk(path: Path) -> Iterator[Check]:
    there = next(folder for folder in path.parents if folder.exists())
    free = shutil.disk_usage(there).free
    state: Literal["ok", "warning", "failed"] = (
        "ok" if free >= LITTLE_DISK else "warning" if free >= NO_DISK else "failed"
    )
    yield Check("disk", state, f"{free / 1e9:.1f} GB free for {there}")


def _clock(now: datetime) -> Iterator[Check]:
    sane = WRITTEN < now < WRITTEN + timedelta(days=365 * 50)
    yield Check("clock", "ok" if sane else "failed", f"{now:%Y-%m-%d %H:%M} UTC")


def _settings(settings: Settings | None) -> Iterator[Check]:
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    for name, place in unknown_variables().items():
        yield Check("settings", "warning", f"{name} ({place}) is no setting of Seedwatch{suggestion(name, known)}")
    if settings is None:
        return
    env, file = Path(".env").absolute(), config_file()
    read = [str(env)] if env.is_file() else []
    read += [str(file.path.absolute())] if file else []
    yield Check("configuration", "ok", f"read: {', '.join(read)}" if read else f"no .env or {NAME} in {env.parent}")
    if settings.contact:
        yield Check("contact", "ok", f"sites see {settings.user_agent!r}")
    else:
        hint = "set SEEDWATCH_CONTACT to a mail or web address, so that they can write instead of blocking"
        yield Check("contact", "warning", f"sites see {settings.user_agent!r}; {hint}")
    if settings.allow_private:
        yield Check("networks", "ok", f"private ones allowed: {', '.join(map(str, settings.allow_private))}")


def _mail(settings: Settings | None, path: Path) -> Iterator[Check]:
    """The mail server, asked as before a mail, and the deliveries that no one got."""
    if settings is None:
        return
    from flows.tell.smtp import MailError, probe
    from flows.telling import mailing

    try:
        how = mailing(settings, path)
        if how.server:
            yield Check("mail", "ok", f"{probe(how.server)}; mails are from {how.sender}")
        else:
            hint = "no SEEDWATCH_SMTP_HOST and no SEEDWATCH_SMTP_BLOCK: mails become files in"
            yield Check("mail", "warning" if how.to else "ok", f"{hint} {how.folder}")
    except (MailError, SeedwatchError) as error:
        yield Check("mail", "failed", str(error))
    else:
        if how.server and not how.to:
            yield Check("mail", "warning", "no SEEDWATCH_MAIL_TO: only seeds that have alerts.to tell anybody")
    if path.exists():
        yield from _deliveries(path)


def _deliveries(path: Path) -> Iterator[Check]:
    from warehouse.outbox import Outbox

    try:
        states = Outbox(path, patience=1).states()
    except SeedwatchError:
        return  # said of the warehouse already
    if due := states.get("due"):
        yield Check("mails", "warning", f"{due:,} wait to be tried again: `seedwatch mails` says why")
    if lost := states.get("refused", 0) + states.get("expired", 0):
        hint = "`seedwatch mails` says why, `seedwatch alerts send --again` tries them again"
        yield Check("mails", "warning", f"{lost:,} were refused or have expired: {hint}")


def _feeds(path: Path) -> Iterator[Check]:
    """How the feeds fared that runs have polled, as the readers' copy says."""
    from warehouse.read import Reader, published_path

    if not published_path(path).exists():
        return
    try:
        table = Reader(path).sql("select health, count(*) from feeds group by health order by 2 desc, 1")
    except SeedwatchError as error:
        yield Check("feeds", "failed", str(error))
        return
    states = {str(health): int(str(count)) for health, count in table.rows}
    if not states:
        return
    said = ", ".join(f"{count:,} {health}" for health, count in states.items())
    ill = sum(states.get(health, 0) for health in ("failing", "gone", "never answered"))
    most = 2 * ill > sum(states.values())
    yield Check("feeds", "warning" if most else "ok", said + ("; seedwatch feeds says why" if ill else ""))


def _prefect() -> Iterator[Check]:
    from flows.serving import server  # which imports Prefect

    try:
        found = server()
    except SeedwatchError as error:
        yield Check("prefect", "warning", f"{error}: nothing is scheduled; seedwatch run works without it")
        return
    if found is None:
        yield Check("prefect", "ok", "no PREFECT_API_URL: passes run in their own process, nothing is scheduled")
        return
    ours = metadata.version("prefect")
    other = f", while {ours} is installed here" if found.version != ours else ""
    yield Check("prefect", "warning" if other else "ok", f"API at {found.address}, version {found.version}{other}")
