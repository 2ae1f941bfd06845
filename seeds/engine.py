"""Which engine is to compare: how a seed, a setting or ``--engine`` names it. What it does is in ``flows.compare``."""

import difflib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BeforeValidator

FORMS = "bundled, hub:OWNER/NAME, hub:./FOLDER or llm:MODEL@URL"


@dataclass(frozen=True, slots=True)
class Bundled:
    """The weights on board."""

    def __str__(self) -> str:
        return "bundled"


@dataclass(frozen=True, slots=True)
class Repository:
    """A model of the Hugging Face hub, ``OWNER/NAME``; ``revision`` None is its main branch as first downloaded."""

    name: str
    revision: str | None = None

    def __str__(self) -> str:
        return f"hub:{self.name}" + (f"@{self.revision}" if self.revision else "")


@dataclass(frozen=True, slots=True)
class Folder:
    """A model in a folder. A relative path counts from the current folder, in a seed from that of its file."""

    path: Path

    def __str__(self) -> str:
        return f"hub:{self.path}" if self.path.is_absolute() else f"hub:./{self.path}"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The weights on board, with the model ``model`` behind the OpenAI-compatible ``url`` to confirm contradictions."""

    model: str
    url: str

    def __str__(self) -> str:
        return f"llm:{self.model}@{self.url}"


Foreign = Repository | Folder
"""A model from elsewhere, which may be larger and slower than the one on board."""

Engine = Bundled | Foreign | Endpoint

BUNDLED = Bundled()

_REPOSITORY = re.compile(r"([\w-][\w.-]*/[\w-][\w.-]*)(?:@([\w.-]+(?:/[\w.-]+)*))?", re.ASCII)
_ENDPOINT = re.compile(r"(\S+?)@(https?://\S+)", re.ASCII)


def parse(text: object) -> Engine:
    """The engine that this text names; an engine is given back as it is. ValueError says what is wrong."""
    if isinstance(text, Engine):
        return text
    if not isinstance(text, str):
        raise ValueError(f"an engine is text: {FORMS}")
    text = text.strip()
    kind, colon, rest = text.partition(":")
    if text == "bundled":
        return BUNDLED
    if kind == "hub" and colon:
        return _hub(rest)
    if kind == "llm" and colon:
        return _llm(rest)
    raise ValueError(f"{_shown(text)!r}: unknown engine; {_meant(text, kind)}")


Named = Annotated[Engine, BeforeValidator(parse)]
"""A field that holds an engine and takes its name."""


def _hub(rest: str) -> Engine:
    if rest.startswith((".", "/", "~")):
        return Folder(Path(rest).expanduser())
    if named := _REPOSITORY.fullmatch(rest):
        return Repository(named[1], named[2])
    raise ValueError(f"'hub:{_shown(rest)}': neither OWNER/NAME nor a folder, which begins with /, ./ or ~")


def _llm(rest: str) -> Endpoint:
    match = _ENDPOINT.fullmatch(rest)
    if match is None:
        raise ValueError(f"'llm:{_shown(rest)}': not MODEL@URL, as in llm:some-model@http://127.0.0.1:8080/v1")
    model, url = match[1], match[2].rstrip("/").removesuffix("/chat/completions")
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ValueError(f"'llm:{_shown(rest)}': the address cannot be read")
    if parts.username is not None or parts.password is not None:
        raise ValueError("llm: no user or password in the address; a key goes into SEEDWATCH_LLM_API_KEY")
    if parts.query or parts.fragment:
        raise ValueError(f"'llm:{rest}': the address ends before /chat/completions, without ? and #")
    return Endpoint(model, url)


def _meant(text: str, kind: str) -> str:
    forms = {"bundled": "bundled", "hub": "hub:OWNER/NAME", "llm": "llm:MODEL@URL"}
    if close := difflib.get_close_matches(kind.lower(), forms, n=1):
        return f"did you mean {forms[close[0]]}?"
    if _ENDPOINT.fullmatch(text):
        return f"did you mean llm:{_shown(text)}?"
    if _REPOSITORY.fullmatch(text) or text.startswith((".", "/", "~")):
        return f"did you mean hub:{_shown(text)}?"
    return f"known are {FORMS}"


def _shown(text: str) -> str:
    """The text without the password that may stand in an address."""
    return re.sub(r"//[^/@\s]*@", "//…@", text)[:200]
