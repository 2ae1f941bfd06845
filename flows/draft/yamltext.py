"""A draft as the text of a seed file: what a person keeps as values, what he needs to judge it as comments."""

import re
from collections.abc import Iterator

import yaml

from flows.draft.model import REASONS, Draft, LeftOut, Statement

SHOWN = 1_000
"""Characters of a sentence in a comment."""

_STOP = frozenset(
    re.findall(
        r"\w+",
        "the a an of in on at to for and or by with from is are was were be been has have had will that this it its as "
        "said says he she they his her their not",
    )
)


def text_of(draft: Draft) -> str:
    """The YAML text; :func:`seeds.model.load` takes it once it is a file."""
    return "\n".join(_lines(draft)) + "\n"


def identifier(text: str, taken: set[str]) -> str:
    """An id made of a statement's telling words, other than those ``taken``; it is then taken too."""
    words = [w for w in re.findall(r"[a-z0-9]+", text.lower()) if w not in _STOP]
    short = ""
    for word in words:
        if len(short) + len(word) + 1 > 44:
            break
        short = f"{short}-{word}" if short else word[:44]
    short = short or "fact"
    found, count = short, 2
    while found in taken:
        found, count = f"{short}-{count}", count + 1
    taken.add(found)
    return found


def _lines(draft: Draft) -> Iterator[str]:
    yield f"# A draft of {_flat(draft.document)}: {len(draft.statements)} statements. Prune it; what is marked with"
    yield "# “check” first. Offsets count the characters of the document's text as it was read."
    if draft.by:
        yield f"# Worded by {_flat(draft.by)}; what the engine did not find in its sentence is left out."
    for check in draft.checks:
        yield f"# check: {_flat(check)}"
    yield f"seed: {identifier(draft.title, set())}"
    yield f"title: {_scalar(draft.title)}"
    yield f"as_of: {draft.as_of:%Y-%m-%d}"
    yield "event:"
    yield f"  summary: {_scalar(draft.summary)}"
    if draft.about:
        yield "  about:  # an article's headline and lead must touch each of these"
        yield from (f"    - {_row(group)}" for group in draft.about)
    if draft.names:
        yield "names:"
        yield from (f"  - {_row(group)}" for group in draft.names)
    yield "facts:"
    taken: set[str] = set()
    shown = -1
    for statement in draft.statements:
        sentence = statement.sentence
        if sentence.index != shown:
            yield ""
            yield f"  # {sentence.start}-{sentence.end}: {_flat(sentence.text)}"
            yield from (f"  #   left out: {_why(one)}" for one in draft.left_out if one.sentence is sentence)
        shown = sentence.index
        yield from _fact(statement, taken)
    whole = [one for one in draft.left_out if one.part is None]
    if whole:
        yield ""
        yield "# Left out, whole sentences:"
        yield from (
            f"# {one.sentence.start}-{one.sentence.end}: {_flat(one.sentence.text)} [{_reason(one)}]" for one in whole
        )


def _fact(statement: Statement, taken: set[str]) -> Iterator[str]:
    yield f"  - id: {identifier(statement.text, taken)}"
    yield f"    statement: {_scalar(statement.text)}"
    for check in statement.checks:
        yield f"    # check: {_flat(check)}"
    for other in statement.sources[1:]:
        yield f"    # with {other.start}-{other.end}: {_flat(other.text)}"
    if statement.values:
        yield f"    # values: {_flat('; '.join(statement.values))}"
    if statement.aliases:
        yield f"    aliases: {_row(statement.aliases)}"


def _why(one: LeftOut) -> str:
    return f"{_flat(one.part or '')} [{_reason(one)}]"


def _reason(one: LeftOut) -> str:
    return REASONS[one.reason] + (f": {_flat(one.detail)}" if one.detail else "")


def _flat(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _scalar(text: str) -> str:
    return (
        yaml.safe_dump(" ".join(text.split()), allow_unicode=True, width=10**9).removesuffix("\n").removesuffix("\n...")
    )


def _row(texts: tuple[str, ...]) -> str:
    flat = [" ".join(text.split()) for text in texts]
    return yaml.safe_dump(flat, allow_unicode=True, width=10**9, default_flow_style=True).strip()
