"""Which language a text is in, said only when sure."""

import re
from functools import cache
from typing import Any

_SAMPLE = 800  # characters: enough for certainty, half a millisecond
_SHORTEST = 120
_SURE = 0.80  # py3langid's probability, which it tempers by length
_ENGLISH = frozenset(
    {"the", "of", "and", "to", "in", "a", "that", "is", "was", "for", "on", "with", "as", "said", "by", "at", "from"}
    | {
        "he",
        "it",
        "his",
        "her",
        "has",
        "have",
        "had",
        "be",
        "are",
        "were",
        "not",
        "but",
        "they",
        "this",
        "which",
        "who",
    }
    | {"their", "its", "an", "will", "would", "been", "after", "more", "about", "we", "i", "you", "she"}
)
_TELLING = frozenset({"the", "of", "and", "that", "with", "was", "his", "which", "from", "their"})


def language_of(text: str, declared: str | None) -> str:
    """The language of a text as a two- or three-letter code, ``und`` where nothing tells.

    ``declared`` is what the page says, which many pages say wrongly: it counts where the text is too short or too mixed
    to tell otherwise.
    """
    sample = text[:_SAMPLE]
    if _reads_english(sample):
        return "en"
    if len(sample) < _SHORTEST:
        return declared or "und"
    language, probability = _identifier().classify(sample)
    if language == declared or probability >= _SURE:
        return str(language)
    return declared or "und"


def _reads_english(sample: str) -> bool:
    # Spares most runs the model: 1 s to load in each process and 1 ms a text. No other language has these words in
    # such numbers (Dutch and Afrikaans share some, not the telling ones; a third of English text is made of them).
    words = re.findall(r"[^\W\d_]+", sample.lower())[:200]
    return (
        len(words) >= 12
        and sum(word in _ENGLISH for word in words) >= 0.22 * len(words)
        and sum(word in _TELLING for word in words) >= 0.07 * len(words)
    )


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
