"""A seed: what is watched, checked as it is read. One YAML file in this folder, documented field by field below.

Errors are :class:`seeds.errors.InputError` and name the file, the line and the field, all of them at once.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from seeds.engine import Folder, Foreign, Named
from seeds.errors import InputError, suggestion
from seeds.spellings import grouped

MAX_SEED_BYTES = 2_000_000

_ATOM = r"[\w!#$%&'*+/=?^`{|}~-]+"
_MAIL_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*", re.ASCII)


def _to_utc(value: object) -> object:
    """YAML gives a date, a datetime or text; a date means its first moment in UTC."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return value


def mail_address(value: str) -> str:
    """A mail address as headers and servers take it without quotation: dot-atoms in ASCII (RFC 5322), or ValueError."""
    if len(value) > 254 or not _MAIL_ADDRESS.fullmatch(value):
        raise ValueError(f"{value!r} is no mail address such as desk@example.org, in ASCII")
    return value


Moment = Annotated[datetime, BeforeValidator(_to_utc)]
Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$", description="lower-case letters, digits and hyphens")]
Text = Annotated[str, Field(min_length=3, max_length=2000)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Fact(_Model):
    """One checkable statement. ``as_of`` None means the seed's."""

    id: Id
    statement: Text
    as_of: Moment | None = None
    until: Moment | None = Field(default=None, description="until when it holds; later reports speak of a later state")
    aliases: tuple[str, ...] = Field(
        default=(), description="other words an article may use for what the fact is about"
    )


class Event(_Model):
    """What an article must be about. Each group of ``about`` must be touched by its headline or lead."""

    summary: Text
    starts: Moment | None = Field(default=None, description="coverage from before is about something else")
    about: tuple[tuple[str, ...], ...] = Field(default=(), description="groups of words; one of each must be there")


ALERT_KINDS = ("contradiction", "standing", "correction", "feed", "run")
"""What there is to tell: a report against a fact, another standing of it, a publisher's edit that undid what it said of
it, a feed that has brought nothing for long, a run that could not check."""


def _alert_kind(value: str) -> str:
    if value not in ALERT_KINDS:
        raise ValueError(f"no kind of alert {value!r}" + suggestion(value, ALERT_KINDS))
    return value


RHYTHMS = ("daily", "weekly", "off")


def _rhythm(value: object) -> str:
    said = "off" if value is False else str(value)  # which YAML makes of a bare off
    if said not in RHYTHMS:
        raise ValueError(f"no rhythm {said!r}" + suggestion(said, RHYTHMS))
    return said


class Alerts(_Model):
    """What of a seed is told by mail, to whom and when."""

    to: tuple[Annotated[str, AfterValidator(mail_address)], ...] = Field(
        default=(), description="mail addresses; default is the setting"
    )
    kinds: tuple[Annotated[str, AfterValidator(_alert_kind)], ...] = Field(
        default=ALERT_KINDS, description="what is told, all of it by default"
    )
    facts: tuple[Id, ...] | None = Field(default=None, description="of these facts only")
    probability: float = Field(default=0.6, ge=0, le=1, description="least probability of a contradiction")
    sources: int = Field(default=1, ge=1, le=100, description="least independent sources that contradict")
    quiet: str | None = Field(
        default=None,
        pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$",
        description="no mail then, as in 22:00-06:30",
    )
    timezone: str = Field(default="UTC", description="of the quiet hours")
    per_hour: int = Field(default=6, ge=1, le=60, description="mails at most")
    digest: Annotated[str, BeforeValidator(_rhythm)] = Field(default="daily", description="daily, weekly or off")
    digest_when_quiet: bool = Field(default=False, description="a digest also where nothing happened")

    @model_validator(mode="after")
    def _known_zone(self) -> "Alerts":
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"no time zone {self.timezone!r}; one is named like Europe/Berlin") from error
        return self

    def quiet_at(self, moment: datetime) -> bool:
        """Whether no mail is wanted at this moment. Quiet hours may go over midnight."""
        if self.quiet is None:
            return False
        begin, end = self.quiet.split("-")
        clock = f"{moment.astimezone(ZoneInfo(self.timezone)):%H:%M}"
        return begin <= clock < end if begin <= end else clock >= begin or clock < end


class Seed(_Model):
    """A document's facts with what is needed to watch them."""

    seed: Id
    title: Text = Field(
        description="what a person calls the event; passages that leave out its words are read under it"
    )
    as_of: Moment = Field(description="the time for which the facts are stated")
    event: Event
    facts: tuple[Fact, ...] = Field(min_length=1, max_length=500)
    names: tuple[tuple[str, ...], ...] = Field(default=(), description="spellings that mean the same, one line each")
    feeds: str | tuple[str, ...] = Field(default="feeds.opml", description="an OPML file beside the seed, or feed URLs")
    language: str = "en"
    languages: tuple[str, ...] = Field(default=(), description="further ones that a hub engine reads articles in")
    engine: Named | None = Field(default=None, description="what compares; default is the setting")
    alerts: Alerts = Field(default=Alerts(), description="what is told by mail, to whom and when")
    path: Path | None = Field(default=None, exclude=True)

    @model_validator(mode="after")
    def _unique_ids(self) -> "Seed":
        seen: set[str] = set()
        for fact in self.facts:
            if fact.id in seen:
                raise ValueError(f"two facts have the id {fact.id!r}")
            seen.add(fact.id)
        return self

    @cached_property
    def spellings(self) -> tuple[tuple[str, ...], ...]:
        """The lists of ``names`` with further known spellings, and lists for the other names in the seed's texts."""
        about = (word for group in self.event.about for word in group)
        return grouped(self.names, (self.event.summary, *about, *(fact.statement for fact in self.facts)))

    @cached_property
    def aliases(self) -> dict[str, str]:
        """Lower-case spelling -> the canonical (first) spelling in lower case, for every name of the seed."""
        return {spelling.lower(): names[0].lower() for names in self.spellings if names for spelling in names}

    @property
    def reads(self) -> tuple[str, ...]:
        """The languages of articles that are compared with this seed. The weights on board read English; of a model
        from elsewhere its user says what it reads, by ``language`` and ``languages``."""
        told = (self.language, *self.languages) if isinstance(self.engine, Foreign) else ()
        return tuple(dict.fromkeys(("en", *told)))

    def as_of_fact(self, fact: Fact) -> datetime:
        """The time for which this fact is stated."""
        return fact.as_of or self.as_of


class _Loader(yaml.SafeLoader):
    """Leaves a date that does not exist as it is written, so that the fault is told with its line and field."""


def _timestamp(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> object:
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError:
        return loader.construct_scalar(node)


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _timestamp)


def load(path: Path) -> Seed:
    """The seed in this file. InputError lists every fault with its line."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    if len(raw) > MAX_SEED_BYTES:
        raise InputError(f"{path}: {len(raw):,} bytes; a seed has at most {MAX_SEED_BYTES:,}")
    try:
        node = yaml.compose(raw, Loader=yaml.SafeLoader)
        data = yaml.load(raw, Loader=_Loader)  # noqa: S506  a SafeLoader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise InputError(f"{path}:{line}: not valid YAML: {error.problem or error.context}") from error
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise InputError(f"{path}: not valid YAML: {error}") from error
    if not isinstance(data, dict) or node is None:
        raise InputError(f"{path}:1: a seed is a mapping with the fields seed, title, as_of, event, facts")
    duplicates = [(line, f"{field}: given twice") for field, line in _duplicate_keys(node)]
    try:
        seed = Seed.model_validate(data | {"path": path})
    except ValidationError as error:
        faults = [_fault(node, detail) for detail in error.errors()]
        raise InputError(_listed(path, duplicates + faults)) from error
    if duplicates:
        raise InputError(_listed(path, duplicates))
    if isinstance(seed.engine, Folder):
        return seed.model_copy(update={"engine": Folder(path.parent / seed.engine.path)})
    return seed


def _listed(path: Path, faults: list[tuple[int, str]]) -> str:
    return "\n".join(f"{path}:{line}: {fault}" for line, fault in sorted(faults))


def _fault(node: yaml.Node, detail: Any) -> tuple[int, str]:
    location = tuple(part for part in detail["loc"] if not str(part).startswith("function-"))
    line, message = _line(node, location), str(detail["msg"]).removeprefix("Value error, ")
    field = ".".join(str(part) for part in location) or "seed"
    if detail["type"] == "extra_forbidden":
        message = "unknown field" + suggestion(str(location[-1]), _fields_at(location))
    elif detail["type"] == "missing":
        message = "missing"
    elif detail["type"] in ("too_short", "string_too_short"):
        message = f"needs at least {detail['ctx']['min_length']}" + _characters(detail)
    elif detail["type"] in ("too_long", "string_too_long"):
        message = f"may have at most {detail['ctx']['max_length']}" + _characters(detail)
    elif detail["type"] == "string_pattern_mismatch":
        message = f"{detail['input']!r}: lower-case letters, digits and hyphens only"
    elif (quoted := re.search(r"two facts have the id '(.+)'", message)) and (second := _second_id(node, quoted[1])):
        line, field = second, "facts"
    return line, f"{field}: {message}"


def _characters(detail: Any) -> str:
    return " characters" if isinstance(detail["input"], str) else ""


def _fields_at(location: tuple[Any, ...]) -> list[str]:
    inner: dict[str, type[BaseModel]] = {"facts": Fact, "event": Event, "alerts": Alerts}
    model = inner.get(str(location[0]), Seed) if len(location) > 1 else Seed
    return [name for name in model.model_fields if name != "path"]


def _line(node: yaml.Node, location: tuple[Any, ...]) -> int:
    """The line (from 1) of the field at this path, or of the deepest part of the path that exists."""
    line = node.start_mark.line + 1
    for part in location:
        step = None
        if isinstance(node, yaml.MappingNode):
            step = next(((key, value) for key, value in node.value if key.value == str(part)), None)
            if step:
                line, node = step[0].start_mark.line + 1, step[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            step, node = (node, node.value[part]), node.value[part]
            line = node.start_mark.line + 1
        if step is None:
            break
    return line


def _second_id(node: yaml.Node, fact_id: str) -> int | None:
    lines = [
        value.start_mark.line + 1
        for mapping in _mappings(node)
        for key, value in mapping.value
        if key.value == "id" and value.value == fact_id
    ]
    return lines[1] if len(lines) > 1 else None


def _mappings(node: yaml.Node) -> Iterator[yaml.MappingNode]:
    if isinstance(node, yaml.MappingNode):
        yield node
        for _, value in node.value:
            yield from _mappings(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _mappings(value)


def _duplicate_keys(node: yaml.Node) -> Iterator[tuple[str, int]]:
    for mapping in _mappings(node):
        seen: set[str] = set()
        for key, _ in mapping.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                yield key.value, key.start_mark.line + 1
            seen.add(str(key.value))
