"""What a run had to tell as events of Prefect, on which automations hang: Slack, Teams, webhooks.

The events follow the rules of the alerts, except that every change of standing is one; they need neither mail server
nor recipient. Each is emitted by the run that saw it, and by no later one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

from prefect.events import emit_event
from prefect.settings import PREFECT_API_URL

from flows.plaintext import one_line
from flows.show import objects, plain
from warehouse.read import Reader
from warehouse.records import RunReport

FOUND = "seedwatch.contradiction.found"
CHANGED = "seedwatch.fact.standing-changed"
CORRECTED = "seedwatch.article.corrected"

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Happening:
    """An event: its name, what it is about, what else it has to do with, and what a message may say of it."""

    event_id: UUID  # of run and content
    name: str
    resource: dict[str, str]
    related: list[dict[str, str]]
    payload: dict[str, object]


def emit(report: RunReport, warehouse: Path) -> None:
    """Emits what this run saw, where there is a server that is meant to last: one is named by ``PREFECT_API_URL``."""
    if not PREFECT_API_URL.value():
        return
    for one in happenings(report, warehouse):
        emit_event(one.name, one.resource, related=one.related, payload=one.payload, id=one.event_id)


def happenings(report: RunReport, warehouse: Path) -> Iterator[Happening]:
    """The events of a run, from the readers' copy that it published."""
    with Reader(warehouse) as reader:
        for seed in report.seeds:
            corrections = {
                (row["finding_id_before"], row["finding_id_after"]): row
                for row in objects(reader.rows("corrections", seed=seed))
            }
            for row in objects(reader.rows("alerts", seed=seed)):
                if row["run_id"] != report.run_id:
                    continue
                if row["kind"] == "contradiction":
                    yield _found(report, row)
                elif row["kind"] == "correction" and (edit := corrections.get(_edit_of(row))):
                    yield _corrected(report, edit)
            for row in objects(reader.rows("fact_timeline", seed=seed)):
                if row["run_id"] == report.run_id and (row["before"] or "unreported") != row["standing"]:
                    yield _changed(report, row)


def _found(report: RunReport, row: Row) -> Happening:
    said = f"{row['statement']} — {row['publisher']}: {row['article_value'] or row['sentence']}"
    keys = (
        "seed_id fact_id statement sentence fact_value article_value publisher publishers title url standing_before "
        "standing_after alert_id"
    )
    related = [_seed(row), _article(row["article_id"], row, "article")]
    return _happening(report, FOUND, str(row["alert_id"]), _fact(row), related, _payload(said, row, keys))


def _changed(report: RunReport, row: Row) -> Happening:
    before = row["before"] or "unreported"
    said = f"{row['standing']}, was {before}: {row['statement']}"
    keys = "seed_id fact_id statement before standing supports contradicts superseded cause_publisher cause_sentence"
    payload = _payload(said, {**row, "before": before}, keys)
    fact = _fact(row) | {"seedwatch.standing": str(row["standing"]), "seedwatch.standing-before": str(before)}
    return _happening(report, CHANGED, f"{row['fact_id']} {row['changed_at']}", fact, [_seed(row)], payload)


def _corrected(report: RunReport, row: Row) -> Happening:
    said = f"{row['kind']} by {row['publisher']}: {row['statement']}"
    keys = "seed_id fact_id statement kind before after publisher title url changed_at sentence_before sentence_after"
    related = [_seed(row), _fact(row) | _role("fact"), _article(row["article_id_before"], row, "before")]
    key = f"{row['finding_id_before']} {row['article_id_after']}"
    article = _article(row["article_id_after"], row)
    return _happening(report, CORRECTED, key, article, related, _payload(said, row, keys))


def _happening(
    report: RunReport,
    name: str,
    key: str,
    resource: dict[str, str],
    related: list[dict[str, str]],
    payload: dict[str, object],
) -> Happening:
    event_id = uuid5(NAMESPACE_URL, f"seedwatch {report.run_id} {name} {key}")
    return Happening(event_id, name, resource, related, payload | {"run_id": report.run_id})


def _fact(row: Row) -> dict[str, str]:
    return _resource(f"fact.{row['seed_id']}.{row['fact_id']}", row["statement"])


def _seed(row: Row) -> dict[str, str]:
    return _resource(f"seed.{row['seed_id']}", row["seed_id"]) | _role("seed")


def _article(article_id: object, row: Row, role: str | None = None) -> dict[str, str]:
    resource = _resource(f"article.{article_id}", row["title"])
    labels = {"seedwatch.publisher": _line(row["publisher"], 100), "seedwatch.url": _line(row["url"], 2_000)}
    return resource | labels | (_role(role) if role else {})


def _resource(name: str, title: object) -> dict[str, str]:
    return {"prefect.resource.id": f"seedwatch.{name}", "prefect.resource.name": _line(title, 200)}


def _role(name: str) -> dict[str, str]:
    return {"prefect.resource.role": name}


def _payload(said: str, row: Row, keys: str) -> dict[str, object]:
    """``said`` in a line, and what it is made of: texts in one line each, as strangers wrote them."""
    values = {key: plain(row[key]) for key in keys.split()}
    lines = {key: _line(value, 1_000) if isinstance(value, str) else value for key, value in values.items()}
    return {"said": _line(said, 400)} | lines


def _line(value: object, limit: int) -> str:
    return one_line("" if value is None else str(value), limit)


def _edit_of(row: Row) -> tuple[object, object]:
    findings = row["finding_ids"]
    assert isinstance(findings, list)
    return findings[0], findings[1] if len(findings) > 1 else None
