"""Templates of mails to text and HTML. What others wrote is escaped in the HTML; text is wrapped at 78 columns."""

import textwrap
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

COLUMNS = 78


def rendered(name: str, given: dict[str, Any]) -> tuple[str, str]:
    """Text and HTML of the mail with this name, from what its templates are given."""
    text = _PAGES.get_template(f"{name}.txt").render(given)
    return _wrapped(text), _PAGES.get_template(f"{name}.html").render(given).lstrip()


def _wrapped(page: str) -> str:
    """The lines wrapped, except addresses, which would not work in pieces; two empty lines at most become one."""
    lines: list[str] = []
    for line in page.strip().splitlines():
        indent = " " * (len(line) - len(line.lstrip()))
        pieces = textwrap.wrap(
            line, COLUMNS, subsequent_indent=indent, break_long_words="://" not in line, break_on_hyphens=False
        )
        if pieces or (lines and lines[-1]):
            lines += pieces or [""]
    return "\n".join(lines) + "\n"


_PAGES = Environment(
    loader=PackageLoader("flows.tell"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
