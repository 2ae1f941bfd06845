"""Who belongs to whom, and which agencies others print: what a count of independent sources has to know.

``publishers.yaml`` in this folder holds what is well known; its fields are described there, and those of a file of the
user's own are the same. Errors name the file.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from seeds.errors import InputError

BUNDLED = Path(__file__).with_name("publishers.yaml")


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class House(_Model):
    """One owner with names and hosts of what it publishes."""

    house: str = Field(min_length=1)
    outlets: tuple[str, ...] = Field(min_length=1)


class Agency(_Model):
    """One agency with what stands for it in a byline or dateline."""

    name: str = Field(min_length=1)
    marks: tuple[str, ...] = Field(min_length=1)


class _File(_Model):
    houses: tuple[House, ...] = ()
    agencies: tuple[Agency, ...] = ()


@dataclass(frozen=True, slots=True)
class Publishers:
    """Outlets by the lower-case name or host they are known by, and agencies by their marks."""

    houses: dict[str, str]
    agencies: dict[str, str]

    def house(self, publisher: str, url: str) -> str:
        """The house that publishes what is at ``url`` under this name; the publisher itself where none is known.

        A host counts before a name: pages name themselves as they like.
        """
        labels = (urlsplit(url).hostname or "").lower().split(".")
        for start in range(len(labels) - 1):
            if known := self.houses.get(".".join(labels[start:])):
                return known
        return self.houses.get(_key(publisher), publisher)


def known_publishers(own: Path) -> Publishers:
    """What is bundled, and before it what the user's own file says, if there is one."""
    bundled = load_publishers()
    if not own.exists():
        return bundled
    known = load_publishers(own)
    return Publishers({**bundled.houses, **known.houses}, {**bundled.agencies, **known.agencies})


@cache
def load_publishers(path: Path = BUNDLED) -> Publishers:
    """What the file says. InputError names the file and every fault; an outlet in two houses is one."""
    try:
        data = yaml.safe_load(path.read_bytes())
        file = _File.model_validate(data or {})
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except ValidationError as error:
        faults = (f"{path}: {'.'.join(map(str, detail['loc']))}: {detail['msg']}" for detail in error.errors())
        raise InputError("\n".join(faults)) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not valid YAML: {error}") from error
    houses: dict[str, str] = {}
    for house in file.houses:
        for outlet in house.outlets:
            if (other := houses.setdefault(_key(outlet), house.house)) != house.house:
                raise InputError(f"{path}: {outlet!r} is in two houses: {other} and {house.house}")
    return Publishers(houses, {mark: agency.name for agency in file.agencies for mark in agency.marks})


def _key(name: str) -> str:
    return re.sub(r"\s+", " ", name).strip().casefold()
