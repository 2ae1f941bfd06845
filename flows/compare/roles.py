"""People and the posts they hold: "the former culture minister, X", "X leads the Ukrainian delegation"."""

from collections.abc import Iterator
from typing import NamedTuple

from flows.compare.gazetteer import capitals
from flows.compare.names import POSTS, STATES, State, name_at, name_before
from flows.compare.tenure import ended
from flows.compare.valuetypes import Post, Value
from flows.compare.words import STOP, Token, bag

_SAME_HEAD = {
    "chairwoman": "chair",
    "chairman": "chair",
    "ceo": "executive",
    "premier": "prime minister",
    "leader": "head",
    "advisor": "adviser",
}
_LEADING = bag(
    "leads lead led leading heads headed heading chairs chair chaired chairing runs run ran running presides presided "
    "preside presiding helms helmed"
)
_ASTRAY = bag("to for into out against off back home towards away at from of")  # "heads for", "runs from": no leading
_GROUPS = bag(
    "delegation team mission side negotiators delegates society committee commission panel party council board "
    "association foundation institute federation operation effort campaign investigation inquiry probe coalition union "
    "alliance agency authority ministry trust fund bank university"
)
_DETERMINERS = frozenset(("the", "a", "an", "its", "his", "her", "their", "s"))
_SENT = bag("sent dispatched despatched flew fielded put sends sending")
_SUFFIXES = frozenset(("elect", "designate", "general"))
_COPULAS = bag("is was became becomes remains remained")
_BETWEEN = bag("also currently now still been once has had no longer")
_TAKING = bag("elected appointed named nominated resigned serves served serve sworn confirmed installed picked chosen")
_NAMING = bag("elected appointed named nominated")


# Of the page, not of the post: "Advertisement Newsletter President Trump's conversation …".
_FURNITURE = bag(
    "advertisement newsletter photo image video watch live exclusive breaking opinion analysis subscribe related"
)


def _domain(tokens: list[Token]) -> frozenset[str]:
    found = set()
    for t in tokens:
        if t.low in STATES or t.low in _FURNITURE:
            continue
        if t.low == "prime":
            found.add("prime")
        elif t.content or (t.kind == "word" and len(t.concept) == 2 and t.concept.isupper()):
            found.add("defence" if t.concept in ("defens", "defenc") else capitals().get(t.low, t.concept))
    return frozenset(found)


class _Phrase(NamedTuple):
    """A post's noun phrase: its head, what it belongs to, how it is held, where it begins and ends."""

    head: str
    domain: frozenset[str]
    state: State
    first: int
    after: int


def is_country(token: Token) -> bool:
    """Whether the token stands for a country: its name, or its demonym."""
    return len(token.concept) == 2 and token.concept.isupper()


def _is_state(token: Token) -> bool:
    return is_country(token) or token.low in capitals()


def _is_head(tokens: tuple[Token, ...], at: int) -> bool:
    following = tokens[at + 1].low if at + 1 < len(tokens) else ""
    return tokens[at].low in POSTS and following not in POSTS and following != "officer"


def _phrase(tokens: tuple[Token, ...], at: int) -> _Phrase | None:
    """The noun phrase of a post that begins at or soon after `at`: "the former Russian culture minister"."""
    step = at
    if step < len(tokens) and tokens[step].low in _DETERMINERS:
        step += 1
    begun = step
    while step < len(tokens) and step - begun < 8 and not _is_head(tokens, step):
        token = tokens[step]
        if (token.low in STOP and token.low not in ("us", "then")) or (token.kind != "word" and token.text != "-"):
            return None
        step += 1
    if step >= len(tokens) or step - begun >= 8:
        return None
    head_at = step
    # Back from the head: a capitalised title takes capitalised words only: "believes US President" starts at US.
    titled = tokens[head_at].text[0].isupper()
    first = head_at
    while first > begun:
        token = tokens[first - 1]
        if token.low in _COPULAS:
            break  # "X remains chief executive"
        if token.low in STATES or token.text == "-" or not titled or token.text[0].isupper():
            first -= 1
        else:
            break
    while first < head_at and tokens[first].text == "-":
        first += 1
    inner = list(tokens[first:head_at])
    states = [STATES[t.low] for t in inner if t.low in STATES]
    held: State = states[0] if states else "current"
    rank = "former" in states and "deputy" in states  # a former deputy: the rank is part of the post
    if rank:
        held = "former"
    after = head_at + 1
    low = tokens[head_at].low
    if (
        after < len(tokens)
        and tokens[after].text == "-"
        and after + 1 < len(tokens)
        and tokens[after + 1].low in _SUFFIXES
    ):
        held = STATES.get(tokens[after + 1].low, held)
        after += 2
    elif after < len(tokens) and tokens[after].low in _SUFFIXES:
        held = STATES.get(tokens[after].low, held)
        after += 1
    tail: list[Token] = []
    if after < len(tokens) and tokens[after].low in ("of", "for"):
        step = after + 1
        while step < len(tokens) and step < after + 8:
            token = tokens[step]
            if (token.kind != "word" and token.text != "-") or (token.low in STOP and token.low not in ("of", "the")):
                break
            tail.append(token)
            step += 1
        while tail and tail[-1].low in ("of", "the", "-"):
            tail.pop()
        after = after + 1 + len(tail) if tail else after
    domain = _domain(inner + tail)
    head = _SAME_HEAD.get(low, low)
    if "prime" in domain:
        domain, head = domain - {"prime"}, "prime minister"
    return _Phrase(head, domain | {"deputy"} if rank else domain, held, first, after)


def find(text: str, tokens: tuple[Token, ...], year: int | None = None) -> Iterator[Value]:
    """The people with a post, and the posts of nobody named, that a text speaks of; `year` is the text's own."""
    seen: set[tuple[int, int]] = set()
    for at, token in enumerate(tokens):
        for value in (
            _leading(text, tokens, at, year)
            if token.low in _LEADING or token.low in ("head", "leader", "under")
            else ()
        ):
            if (value.start, value.end) not in seen:
                seen.add((value.start, value.end))
                yield value
    at = 0
    while at < len(tokens):
        token = tokens[at]
        starts = token.low in STATES or token.low in POSTS or (
            token.kind == "word" and (token.content or token.low in ("prime", "foreign", "u.s.", "us"))
        )  # fmt: skip
        found = _phrase(tokens, at) if starts else None
        if found is None:
            at += 1
            continue
        head, domain, held, first, after = found
        person, begin, end = _holder(tokens, first, after)
        if person and (begin, end) not in seen:
            seen.add((begin, end))
            held = "former" if ended(tokens, begin, end, year) else _at_the_time(tokens, first, begin, held)
            yield _value(text, tokens, begin, end, person, head, domain, held)
        at = max(after, at + 1)


def _holder(tokens: tuple[Token, ...], at: int, after: int) -> tuple[str, int, int]:
    """Who holds the post whose phrase is tokens[at:after], and the positions that phrase and name take together."""
    name, stop = name_at(tokens, after)
    if name and tokens[after].start - tokens[after - 1].end <= 1:
        return name, at, stop
    if after < len(tokens) and tokens[after].text == ",":
        name, stop = name_at(tokens, after + 1)
        if name and (stop == len(tokens) or tokens[stop].text in ",.;)"):
            return name, at, stop
        # "Head of the Russian delegation, Presidential Aide V. M., said": a second post stands before the name.
        second = _phrase(tokens, after + 1) if after + 1 < len(tokens) else None
        if second is not None:
            name, stop = name_at(tokens, second.after)
            if name and tokens[second.after].start - tokens[second.after - 1].end <= 1:
                return name, at, stop
    begin = at
    while begin and (tokens[begin - 1].low in _DETERMINERS or is_country(tokens[begin - 1])):
        begin -= 1
    if begin and tokens[begin - 1].text in ",(":
        name, first = name_before(tokens, begin - 1)
        if name:
            return name, first, after
    link = begin - 1
    while link > 0 and tokens[link].low in _BETWEEN:
        link -= 1
    if link > 0 and tokens[link].low in _COPULAS:
        name, first = name_before(tokens, link - 2 if tokens[link - 1].low == "who" else link)
        if name:
            return name, first, after
    if link > 0 and (tokens[link].low == "as" or tokens[link].low in _NAMING):
        first = _subject(tokens, link)
        name, _ = name_at(tokens, first)
        if name:
            return name, first, after
    return "", at, after


def _subject(tokens: tuple[Token, ...], before: int) -> int:
    """Where the name begins that opens the sentence of the word at `before`, or `before` itself."""
    first = before
    while first > 0 and tokens[first - 1].sentence == tokens[before].sentence:
        first -= 1
    return first if before - first < 12 else before


def _at_the_time(tokens: tuple[Token, ...], post: int, begin: int, held: State) -> State:
    """The state, but "then" where a past doing is told of somebody "as prime minister"."""
    as_at = post - 1
    while as_at > begin and tokens[as_at].low in _DETERMINERS:
        as_at -= 1
    if held != "current" or as_at <= begin or tokens[as_at].low != "as":
        return held
    doing = {t.low for t in tokens[begin:as_at]}
    return held if doing & _TAKING else "then"


def _leading(text: str, tokens: tuple[Token, ...], at: int, year: int | None) -> Iterator[Value]:
    """Who leads which group: "X leads the Y delegation", "the Y delegation, led by X", "a Y team under X"."""
    token = tokens[at]
    if token.low in ("led", "headed", "chaired", "under") and at + 1 < len(tokens):
        by = tokens[at + 1].low == "by"
        if by or token.low == "under":
            named_at = at + 2 if by else at + 1
            posted = _phrase(tokens, named_at)
            name, stop = name_at(tokens, named_at)
            if posted is not None:  # "led by Defense Minister X": the title is no name
                name, stop = name_at(tokens, posted.after)
                if not name and posted.after < len(tokens) and tokens[posted.after].text == ",":
                    name, stop = name_at(tokens, posted.after + 1)
            group = _group_before(tokens, at)
            if name and group is not None:
                yield _value(text, tokens, group[1], stop, name, "lead", group[0], "current")
            return
    if token.low in ("head", "leader"):
        found = _phrase(tokens, at)
        if found is None or not (found.domain & {"delegation"}):
            return
        before = tokens[at - 1].low if at else ""
        begin = at - 1 if before in ("the", "a", "as") else at
        held: State = "current"
        if before in STATES:
            held, begin = STATES[before], at - 1
        person, first, stop = _holder(tokens, begin, found.after)
        if not person and found.after < len(tokens):
            person, first, stop = _holder(tokens, at, found.after)
        if person:
            held = "former" if ended(tokens, first, stop, year) else held
            yield _value(text, tokens, first, stop, person, "lead", found.domain - {"former"}, held)
        return
    if token.low not in _LEADING:
        return
    begin = at + 1
    if token.low.startswith("presid"):
        if not (begin < len(tokens) and tokens[begin].low == "over"):
            return
        begin += 1
    if begin < len(tokens) and tokens[begin].low in _ASTRAY:
        return
    group = _group_after(tokens, begin)
    if group is None:
        return
    subject = at
    helped: State = "current"
    while subject and tokens[subject - 1].low in (
        "will",
        "would",
        "to",
        "is",
        "was",
        "also",
        "who",
        "has",
        "had",
        "currently",
        "again",
        "and",
        "be",
        ",",
        "now",
        "which",
        "set",
        "expected",
        "not",
        "have",
        "once",
        "formerly",
        "previously",
        "used",
        "no",
        "longer",
    ):
        if tokens[subject - 1].low == "not":
            return
        subject -= 1
    name, first = name_before(tokens, subject)
    if not name and subject and tokens[subject - 1].kind == "word" and tokens[at - 1].text == ",":
        # "X, the defence minister, leads …": the name before the apposition
        comma = subject - 1
        while comma > 0 and tokens[comma].text != "," and tokens[comma].sentence == tokens[at].sentence:
            comma -= 1
        name, first = name_before(tokens, comma) if tokens[comma].text == "," else ("", at)
    if name and not (first and tokens[first - 1].low in ("and", "or")):
        helped = "former" if ended(tokens, first, group[1], year) else helped
        yield _value(text, tokens, first, group[1], name, "lead", group[0], helped)


def _group_after(tokens: tuple[Token, ...], at: int) -> tuple[frozenset[str], int] | None:
    inner: list[Token] = []
    for step in range(at, min(len(tokens), at + 8)):
        token = tokens[step]
        if token.kind == "punct" and token.text not in "-'’–":
            return None
        inner.append(token)
        if token.low in _GROUPS:
            stop = step + 1
            if stop + 1 < len(tokens) and tokens[stop].low in ("of", "from"):
                stop += 1
                while stop < len(tokens) and (tokens[stop].low in ("the",) or tokens[stop].text[:1].isupper()):
                    inner.append(tokens[stop])
                    stop += 1
            return _domain(inner), stop
        if token.low in ("that", "who", "which", "and", "but"):
            return None
    return None


def _group_before(tokens: tuple[Token, ...], at: int) -> tuple[frozenset[str], int] | None:
    inner: list[Token] = []
    seen = False
    for step in range(at - 1, max(-1, at - 14), -1):
        token = tokens[step]
        if token.sentence != tokens[at].sentence or token.text in ";":
            break
        if token.low in _GROUPS:
            seen = True
            for back in range(step, max(-1, step - 5), -1):
                if tokens[back].low in ("the", "a", "an", "its", "and", "of", "sent", "send") or (
                    tokens[back].kind == "punct" and tokens[back].text != "-"
                ):
                    break
                inner.append(tokens[back])
            if tokens[step + 1].low in ("of", "from"):
                inner += [t for t in tokens[step + 1 : at] if is_country(t)]
            elif tokens[step + 1].low in ("that", "which", "whom") or _is_state(tokens[step + 1]):
                by = step + (1 if _is_state(tokens[step + 1]) else 2)  # "the team (that) Russia sent"
                if by + 1 < at and _is_state(tokens[by]) and tokens[by + 1].low in _SENT | {"has", "had", "is"}:
                    inner.append(tokens[by])
            first = step
            break
    return (_domain(inner), first) if seen else None


def _as_written(tokens: tuple[Token, ...], domain: frozenset[str]) -> str:
    """The domain in the text's own words, each once: stems are nothing to show to a person."""
    words = {t.concept: t.text.removesuffix("'s").removesuffix("’s") for t in reversed(tokens) if t.concept in domain}
    written = [words[t.concept] for t in tokens if t.concept in words]
    unseen = sorted(d for d in domain if d not in words)
    return " ".join(dict.fromkeys([*written, *unseen]))


def _value(
    text: str,
    tokens: tuple[Token, ...],
    begin: int,
    stop: int,
    person: str,
    head: str,
    domain: frozenset[str],
    held: State,
) -> Value:
    start, end = tokens[begin].start, tokens[stop - 1].end
    post = Post(person, head, domain, held)
    shown_state = "" if held in ("current", "then") else f"{held} "
    about = _as_written(tokens, domain)
    named = f"head of {about}" if head == "lead" else f"{head} ({about})" if about else head
    shown = f"{person.title()}: {shown_state}{named}"
    return Value("role", text[start:end], start, end, shown, post)
