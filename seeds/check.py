"""What a person should look at again in a seed's file: faults, and facts that cannot be watched well as written.

The rules look at words only and say nothing when unsure. That facts contradict each other is for the engine to say
(``flows.seedcheck``).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml

from seeds.errors import InputError
from seeds.model import load
from seeds.spellings import same

Kind = Literal[
    "fault", "not atomic", "not self-contained", "not checkable", "said twice", "contradicting", "spelling", "language"
]


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to look at. An ``error`` keeps the seed from being used; a warning does not.

    ``line`` counts from 1; 0 where it is about the file as a whole.
    """

    file: str
    line: int
    level: Literal["error", "warning"]
    kind: Kind
    fact: str | None
    message: str
    suggestion: str | None = None

    def __str__(self) -> str:
        about = f"{self.fact}: " if self.fact else ""
        hint = f"; {self.suggestion}" if self.suggestion else ""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {'warning: ' if self.level == 'warning' else ''}{about}{self.message}{hint}"


@dataclass(frozen=True, slots=True)
class Written:
    """A fact as it stands in the file, also in one that cannot be loaded."""

    id: str
    statement: str
    line: int  # of the statement


def check(path: Path) -> tuple[Remark, ...]:
    """The remarks on this file, by line. A file that is no YAML mapping has its errors alone."""
    found: list[Remark] = []
    try:
        seed = load(path)
    except InputError as error:
        found += [_fault(path, line) for line in str(error).splitlines()]
        seed = None
    facts, names, line_of_language = _read(path)
    for fact in facts:
        for kind, message, suggestion in remarks(fact.statement):
            found.append(Remark(str(path), fact.line, "warning", kind, fact.id, message, suggestion))
    found += _twice(path, facts)
    found += _spellings(path, facts, names)
    wanted = [] if seed is None else [one for one in (seed.language, *seed.languages) if one not in seed.reads]
    if wanted:
        message = f"the engine on board reads English, not {wanted[0]!r}"
        hint = "name a multilingual one: engine: hub:OWNER/NAME"
        found.append(Remark(str(path), line_of_language, "warning", "language", None, message, hint))
    return tuple(sorted(found, key=lambda remark: remark.line))


def written(path: Path) -> tuple[Written, ...]:
    """The facts of a file in its order; () where there are none to be read."""
    return _read(path)[0]


_SAID = (
    r"\b(?:sa(?:id|ys?)|told|tells|announc\w+|promis\w+|pledg\w+|vow\w+|expects?|expected|warn\w+|claim\w+|stat\w+|"
    r"call(?:s|ed)|describ\w+|predict\w+|forecasts?|argu\w+|spoke|according|denied|denies|believ\w+|thinks?|thought|"
    r"propos\w+|agre\w+|decid\w+|demand\w+|order\w+|insist\w+|ask(?:s|ed)|plans|planned|wrote|writes)\b"
)
_ATTRIBUTED = re.compile(_SAID, re.IGNORECASE)
_PAST = (
    r"(?:was|were|is|are|has|had|have|did|does|will|would|went|came|took|gave|made|met|left|held|led|won|lost|fell|rose|"
    r"sent|began|broke|flew|spoke|struck|found|kept|sold|bought|paid|built|became|shot|brought|stood|saw|set|cut|hit|"
    r"put|ran|drew|grew|wrote|chose|withdrew|signs|meets|leads|heads|owns|runs|leaves|\w{2,}ed)"
)
_FINITE = re.compile(rf"\b{_PAST}\b")
_JOINED = re.compile(
    rf"(?:,? (?:and|but)|;) (?:(?:he|she|it|they|then|also|later|not|never)\s+)*(?:\w+ly )?(?P<verb>{_PAST})\b"
    rf"|(?:,? (?:and|but)|, (?:while|whereas|although|though)|;) (?P<subject>(?:(?:the|an?|his|her|its|their)\s+)?"
    rf"(?:[\w’'-]+ ){{1,4}}?)(?P<second>{_PAST})\b"
)
_SENTENCES = re.compile(r"(?<![A-Z])(?<!\b(?:Mr|Ms|Dr|St))(?<!\b(?:Gen|Mrs|Sen|Gov|Rep|Col))[.!?][”\"']?\s+[A-Z“\"]")
_APPOSED = re.compile(r"\b(?:both|between|either|neither)\b[^,;]*$")

_WHEN = re.compile(
    r"\b(?:yesterday|today|tomorrow|tonight|recently|nowadays|currently|earlier this \w+|"
    r"(?:last|next|this) (?:night|week|weekend|month|year|morning|afternoon|evening|spring|summer|autumn|fall|winter)|"
    r"(?:a|an|\w+) (?:hours?|days?|weeks?|months?|years?) ago|"
    r"(?:on|last|next|this) (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
    r"(?!,? (?:the )?\d|,? (?:Jan|Feb|Ma[ry]|Apr|Ju|Aug|Sep|Oct|Nov|Dec)))\b",
    re.IGNORECASE,
)
_PERSON = re.compile(r"\b(?:he|she|him|his|her|hers)\b", re.IGNORECASE)
_THING = re.compile(r"^(?:\W*)(?:it|they|its|their|them|these|those|this|that)\b", re.IGNORECASE)
_US = re.compile(r"\b(?:[Ww]e|[Oo]urs?|[Mm]y|I)\b")
_WHO = re.compile(
    r"\b[Tt]he (?:\w+ )?(?:minister|president|chancellor|premier|governor|mayor|official|spokesman|spokeswoman|"
    r"company|firm|ministry|country|city|man|woman|suspect|driver|victim|author|politician|diplomat|general|envoy|"
    r"two sides|both sides|agency|organi[sz]ation|incident|accident|event)\b(?! (?:of|for|in|at|from)\b)(?! [A-Z])"
)
_NAME = re.compile(r"(?<!^)\b(?!The\b)[A-Z][\w’'-]+")
_STARTS_NAMED = re.compile(
    r"^(?!(?:The|An?|In|On|At|After|Before|No|He|She|It|They|This|That|These|Those|When|While|More|About|His|Her|Its|"
    r"Their|By|For|From|To|All|Some|Most|Yesterday|Today|Tomorrow|Last|Next|Recently|Then|There)\b)[A-Z]"
)
_FUTURE = re.compile(
    r"\b(?:will|won[’']t|shall|(?:is|are) going to|(?:is|are) (?:set|due|expected|likely|scheduled) to)\b",
    re.IGNORECASE,
)
_OPINION = re.compile(
    r"\b(?:should|ought|must|probably|perhaps|maybe|likely|might|may(?! \d)|hopefully|unfortunately|sadly|clearly|"
    r"obviously|arguably|of course|best|worst|terrible|wonderful|brilliant|shameful|disgraceful|dis[a]?strous|tragic|"
    r"dramatic|beautiful|disappointing|remarkabl[ey]|impressive|outrageous|absurd|important|good|bad|better|worse)\b"
)


def remarks(statement: str) -> Iterator[tuple[Kind, str, str]]:
    """What is amiss with a statement as a fact to be watched: kind, message, suggestion. At most one of a kind."""
    text = " ".join(statement.split())
    if second := _second_claim(text):
        yield "not atomic", f"has two claims: “… {second}”", "make a fact of each: one may be confirmed, the other not"
    if loose := _loose_end(text):
        hint = "give the date" if _WHEN.fullmatch(loose) else "give the name, so that the sentence can be read alone"
        yield "not self-contained", f"“{loose}” needs a context that a report does not have", hint
    if text.endswith("?"):
        yield "not checkable", "is a question", "state what would be confirmed or contradicted"
    elif not _ATTRIBUTED.search(text):
        if future := _FUTURE.search(text):
            hint = "say who announced it, or what is planned: “X said that …”"
            yield "not checkable", f"“{future[0]}”: what is to come can be neither confirmed nor contradicted yet", hint
        elif opinion := _OPINION.search(text):
            hint = "say whose opinion it is (“X said that …”), or give what can be measured"
            yield "not checkable", f"“{opinion[0]}” is an opinion or a guess", hint


def _second_claim(text: str) -> str | None:
    if ends := _SENTENCES.search(text):
        return text[ends.start() + 1 :].strip()
    for found in _JOINED.finditer(text):
        before = text[: found.start()]
        said = _ATTRIBUTED.search(before)
        verbs = [verb for verb in _FINITE.finditer(before) if not (said and said.start() <= verb.start() < said.end())]
        if not verbs or _APPOSED.search(before):
            continue
        subject = found["subject"]
        if subject and re.match(r"(?:that|to|which|who|whose|where)\b", subject):
            continue
        if subject and not re.match(r"(?:the|an?|his|her|its|their|he|she|it|they)\b|[A-Z]", subject):
            continue
        return found[0].lstrip(",; ") + text[found.end() :]
    return None


def _loose_end(text: str) -> str | None:
    """The words that only a context explains."""
    if when := _WHEN.search(text):
        return when[0]
    if us := _US.search(re.sub(r"[“\"].*?[”\"]", "", text)):
        return us[0]
    for person in _PERSON.finditer(text):
        before = text[: person.start()]
        if not (_STARTS_NAMED.search(before) or _NAME.search(before)):
            return person[0]
    if thing := _THING.search(text):
        return thing[0].strip()
    for who in _WHO.finditer(text):
        before = text[: who.start()]
        if not (_STARTS_NAMED.search(before) or _NAME.search(before)):
            return who[0]
    return None


def _twice(path: Path, facts: Sequence[Written]) -> Iterator[Remark]:
    seen: dict[str, Written] = {}
    for fact in facts:
        key = re.sub(r"\W+", " ", fact.statement.lower()).strip()
        first = seen.setdefault(key, fact)
        if first is not fact:
            message = f"says the same as {first.id} (line {first.line})"
            yield Remark(str(path), fact.line, "warning", "said twice", fact.id, message, "keep one of them")


def _spellings(path: Path, facts: Sequence[Written], names: Sequence[Sequence[str]]) -> Iterator[Remark]:
    first_seen: dict[str, Written] = {}
    for fact in facts:
        for word in re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", fact.statement):
            bare = re.sub(r"['’]s$", "", word)
            if not bare[0].isupper() or len(bare) < 4 or bare in first_seen:
                continue
            for other, where in first_seen.items():
                if bare.lower() != other.lower() and same(bare, other) and not _listed(names, bare, other):
                    message = f"“{bare}” is “{other}” in {where.id} (line {where.line})"
                    hint = f"if both are one, list the spellings under names: - [{other}, {bare}]"
                    yield Remark(str(path), fact.line, "warning", "spelling", fact.id, message, hint)
                    break
            first_seen[bare] = fact


def _listed(names: Sequence[Sequence[str]], one: str, other: str) -> bool:
    return any(
        {one.lower(), other.lower()} <= {word for name in group for word in name.lower().split()} for group in names
    )


def _fault(path: Path, line: str) -> Remark:
    found = re.fullmatch(rf"{re.escape(str(path))}:(\d+): (.*)", line)
    if found is None:
        return Remark(str(path), 0, "error", "fault", None, line.removeprefix(f"{path}: "))
    return Remark(str(path), int(found[1]), "error", "fault", None, found[2])


def _read(path: Path) -> tuple[tuple[Written, ...], list[list[str]], int]:
    """Facts, lists of names and the line of ``language`` of a file, as far as they are there."""
    try:
        node = yaml.compose(path.read_bytes(), Loader=yaml.SafeLoader)
    except (OSError, yaml.YAMLError, ValueError, RecursionError):
        return (), [], 1
    fields = _fields(node)
    facts: list[Written] = []
    for item in _items(fields.get("facts")):
        inner = _fields(item)
        identity, statement = inner.get("id"), inner.get("statement")
        if isinstance(statement, yaml.ScalarNode):
            name = str(identity.value) if isinstance(identity, yaml.ScalarNode) else f"line {item.start_mark.line + 1}"
            facts.append(Written(name, str(statement.value), statement.start_mark.line + 1))
    names = [[str(name.value) for name in _items(group)] for group in _items(fields.get("names"))]
    language = fields.get("language")
    return tuple(facts), names, language.start_mark.line + 1 if language else 1


def _fields(node: yaml.Node | None) -> dict[str, yaml.Node]:
    return {str(key.value): value for key, value in node.value} if isinstance(node, yaml.MappingNode) else {}


def _items(node: yaml.Node | None) -> list[yaml.Node]:
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []
