"""What keeps a warehouse fit for years, in its order: back up, drop old texts, pack, check, publish, export."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from flows.settings import Settings
from warehouse.maintenance import Copy, Export, Maintenance
from warehouse.store import Warehouse

FREE_SHARE = 0.25
"""The file is packed when so much of it is free, and at least ``FREE_BYTES``: less is soon written again."""

FREE_BYTES = 16 << 20


@dataclass(frozen=True, slots=True)
class Step:
    """A step of maintenance and what it did, or in a dry run would do, in a line for a person; whether all was well."""

    name: str
    said: str
    ok: bool = True


@dataclass(frozen=True, slots=True)
class Care:
    """What is wanted for a warehouse; see the settings of these names."""

    warehouse: Path
    patience: float
    keep_texts: timedelta | None
    backups: int
    export: Path | None


def care(settings: Settings, warehouse: Path | None = None) -> Care:
    """What the settings say, for this warehouse or theirs."""
    days = None if settings.keep_texts is None else timedelta(days=settings.keep_texts)
    place = (warehouse or settings.warehouse).expanduser().resolve()
    return Care(place, settings.patience, days, settings.backups, settings.export)


def maintain(how: Care, now: datetime, *, dry_run: bool = False) -> Iterator[Step]:
    """Does each step as the next one is asked for; with ``dry_run`` only says what it would do."""
    keeper, store = Maintenance(how.warehouse, how.patience), Warehouse(how.warehouse, how.patience)
    space = keeper.space()
    backup, surplus = _backups(how, now)
    if backup is not None:
        if dry_run:
            yield Step("back up", f"would copy {_mb(space.size_bytes)} to {backup}{_dropping(surplus)}")
        else:
            made = keeper.back_up(backup)
            for old in surplus:
                old.unlink(missing_ok=True)
            yield Step("back up", f"{_verified(made)} at {backup}{_dropping(surplus)}")
    if how.keep_texts is not None:
        before = now - how.keep_texts
        texts = keeper.prunable(before) if dry_run else keeper.prune(before, now)
        said = f"{texts.articles:,} texts without findings from before {before:%Y-%m-%d} ({_mb(texts.chars)})"
        yield Step("drop texts", f"would drop {said}" if dry_run else f"dropped {said}")
    space = space if dry_run else keeper.space()
    if space.free_bytes >= max(FREE_BYTES, FREE_SHARE * space.size_bytes):
        said = f"{_mb(space.size_bytes)}, of which {_mb(space.free_bytes)} are free"
        yield Step("pack", f"would write anew {said}" if dry_run else f"{said}: now {_mb(keeper.pack().size_bytes)}")
    else:
        yield Step("pack", f"not needed: {_mb(space.size_bytes)}, of which {_mb(space.free_bytes)} are free")
    broken = store.check()
    rules = ", ".join(f"{one.check} ({one.rows} rows, such as {one.example})" for one in broken)
    yield Step("check", f"rules broken: {rules}" if broken else "no rule is broken", not broken)
    if not dry_run:
        yield Step("publish", f"the copy for readers is {store.publish()}")
    if how.export is not None:
        if dry_run:
            yield Step("export", f"would write Parquet files to {how.export}")
        else:
            yield Step("export", exported(keeper.export(how.export)))


def exported(made: Export) -> str:
    """An export in a line for a person."""
    return f"{sum(made.rows.values()):,} rows of {len(made.rows)} views in {made.files:,} files at {made.path}"


def restored(how: Care, backup: Path) -> list[Step]:
    """Puts a backup in the warehouse's place and publishes it."""
    copy, kept = Maintenance(how.warehouse, how.patience).restore(backup)
    steps = [Step("restore", f"{_verified(copy)} at {copy.path}")]
    if kept is not None:
        steps.append(Step("restore", f"what was there before is {kept}"))
    published = Warehouse(how.warehouse, how.patience).publish()
    return [*steps, Step("publish", f"the copy for readers is {published}")]


def backed_up(how: Care, to: Path) -> Step:
    """Backs the warehouse up to this file."""
    return Step("back up", f"{_verified(Maintenance(how.warehouse, how.patience).back_up(to))} at {to}")


def _backups(how: Care, now: datetime) -> tuple[Path | None, list[Path]]:
    """Where the next backup goes, and those it makes one too many; no place where none is wanted."""
    if not how.backups:
        return None, []
    folder = how.warehouse.with_suffix(".backups")
    there = sorted(folder.glob(f"{how.warehouse.stem}-*T*Z.duckdb"))
    fresh = folder / f"{how.warehouse.stem}-{now:%Y%m%dT%H%M%SZ}.duckdb"
    keep = how.backups - 1
    return fresh, [old for old in (there[:-keep] if keep else there) if old != fresh]


def _verified(copy: Copy) -> str:
    rules = "written by an older Seedwatch"
    if copy.broken is not None:
        rules = f"{len(copy.broken)} rules broken" if copy.broken else "no rule is broken"
    return f"{_mb(copy.size_bytes)}, {sum(copy.rows.values()):,} rows, {rules},"


def _dropping(surplus: list[Path]) -> str:
    return f"; dropping {', '.join(old.name for old in surplus)}" if surplus else ""


def _mb(count: int) -> str:
    return f"{count / 1e6:,.1f} MB"
