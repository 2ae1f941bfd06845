"""Countries, their demonyms and capitals, and the cities of more than 150,000 people (GeoNames, CC BY 4.0).

Read from two small tables beside this file at first use.
"""

from functools import cache
from importlib.resources import files


def _rows(name: str) -> list[list[str]]:
    text = files("flows.compare").joinpath(name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


@cache
def country_codes() -> dict[str, str]:
    """A country's name or demonym in one lower-case word -> its two-letter code."""
    codes: dict[str, str] = {}
    for code, names, demonyms, _ in _rows("countries.tsv"):
        for word in (*names.split("|"), *demonyms.split("|")):
            if word and word != "us":  # the pronoun; "US" is told apart by its capitals
                codes.setdefault(word, code)
    return codes


@cache
def country_names() -> dict[str, str]:
    """A country's name in lower case, several words included -> its code; no demonyms."""
    return {n: row[0] for row in _rows("countries.tsv") for n in row[1].split("|") if n != "us"}


@cache
def capitals() -> dict[str, str]:
    """A capital in lower case -> its country's code."""
    return {n: row[0] for row in _rows("countries.tsv") for n in row[3].split("|") if n}


@cache
def cities() -> dict[str, str]:
    """A big city or a capital in lower case -> its country's code."""
    found = {n: code for code, names in _rows("cities.tsv") for n in names.split("|")}
    return found | capitals()
