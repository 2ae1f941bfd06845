"""What Prefect adds to a run: the flow ``monitor`` over 740 articles against the same run without it.

Each run is a process of its own, as under a worker, and begins with an empty warehouse; Prefect's server and the
newsroom are others. What is measured is the CPU time of the process that runs the steps; both write the report. ::

    python -m tests.benchmarks prefect [--feeds URL]      other coverage than the bundled one, repeated
"""

import asyncio
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from tests.benchmarks.measure import Row
from tests.newsroom.coverage import Article, Block, load_articles
from tests.newsroom.serve import Newsroom

COPIES = 17  # of 44 articles


@dataclass(frozen=True, slots=True)
class Run:
    """One run: CPU seconds of its process and of those that worked for it, its tasks, and what it stored."""

    start_s: float  # until all is imported
    steps_s: float
    workers_s: float
    tasks: int
    articles: int
    findings: int


def rows(rounds: int, feeds: str | None) -> Iterator[Row]:
    """Rows of the flow process: its steps, and all of it with the imports."""
    from prefect.testing.utilities import prefect_test_harness

    with coverage(feeds) as url, prefect_test_harness(server_startup_timeout=120):
        pairs = [(_run("prefect", url), _run("plain", url)) for _ in range(rounds)]
    flows, plains = [flow for flow, _ in pairs], [plain for _, plain in pairs]
    assert len({(run.articles, run.findings) for run in flows + plains}) == 1, pairs
    flow = flows[0]
    note = f"{flow.articles} articles, {flow.tasks} tasks; CPU of the process that runs the steps"
    steps = [statistics.median(run.steps_s for run in runs) for runs in (flows, plains)]
    whole = [statistics.median(run.start_s + run.steps_s for run in runs) for runs in (flows, plains)]
    total = [statistics.median(run.start_s + run.steps_s + run.workers_s for run in runs) for runs in (flows, plains)]
    yield Row("a run by Prefect", steps[0], "s", "the same without", steps[1], ("<=", 1.15), note)
    yield Row("the same with imports", whole[0], "s", "the same without", whole[1])
    yield Row("the same with its workers", total[0], "s", "the same without", total[1])


@contextmanager
def coverage(feeds: str | None, copies: int = COPIES) -> Iterator[str]:
    """The address of a feed list: the given one, or that of a newsroom with each article so many times."""
    if feeds is not None:
        yield feeds
        return
    room = Newsroom()
    room.articles = tuple(_copy(article, n) for article in load_articles() for n in range(copies))
    room.until = None
    with room:
        yield room.opml_url


def _copy(article: Article, n: int) -> Article:
    if n == 0:
        return article
    own = Block("paragraph", f"This is edition {n} of the report “{article.title}”.")
    return replace(article, slug=f"{article.slug}-{n}", title=f"{article.title} ({n})", blocks=(*article.blocks, own))


def _run(how: str, feeds: str) -> Run:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.benchmarks.overhead", how, feeds, f"{folder}/w.duckdb"]
        environ = {**os.environ, "SEEDWATCH_WORKERS": "2", "SEEDWATCH_SPACING": "0", "SEEDWATCH_RUNNER": "processes"}
        if how == "prefect":
            from prefect.settings import PREFECT_API_URL

            environ["PREFECT_API_URL"] = str(PREFECT_API_URL.value())
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    found = Run(**json.loads(done.stdout.splitlines()[-1]))
    print(f"{how}: {found}", file=sys.stderr)  # a round takes minutes
    return found


# The measured process.


def _measured(how: str, feeds: str, warehouse: Path) -> Run:
    from flows import pipeline
    from flows.plan import plan
    from flows.reporting import reports
    from flows.settings import Settings
    from warehouse.read import Reader

    if how == "prefect":
        from flows.monitor import monitor

        def work() -> object:
            state = asyncio.run(monitor(feeds=[feeds], warehouse=str(warehouse), return_state=True))  # type: ignore[call-overload]
            assert state.is_completed(), state
            return state.state_details.flow_run_id
    else:

        def work() -> object:
            report = pipeline.run_pass(plan(Settings(), [], [feeds], warehouse))
            reports(Reader(warehouse), report.seeds[0], "html", warehouse.with_suffix(".html"), report.ended_at)
            return None

    start = time.process_time()
    flow_run = work()
    steps = time.process_time() - start
    workers = resource.getrusage(resource.RUSAGE_CHILDREN)
    counts = "select (select count(*) from base.articles), (select count(*) from base.findings)"
    ((articles, findings),) = Reader(warehouse).sql(counts).rows
    assert isinstance(articles, int)
    assert isinstance(findings, int)
    tasks = _tasks(flow_run) if flow_run else 0
    return Run(start, steps, workers.ru_utime + workers.ru_stime, tasks, articles, findings)


def _tasks(flow_run: object) -> int:
    """How many tasks the run had. The last of them may not have reached the server yet."""
    from prefect import get_client
    from prefect.client.schemas.filters import FlowRunFilter

    of = FlowRunFilter.model_validate({"id": {"any_": [flow_run]}})
    with get_client(sync_client=True) as client:
        return len(client.read_task_runs(flow_run_filter=of, limit=200))


if __name__ == "__main__":
    print(json.dumps(asdict(_measured(sys.argv[1], sys.argv[2], Path(sys.argv[3])))))
