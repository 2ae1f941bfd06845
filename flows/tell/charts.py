"""Coverage over time as SVG, drawn by Vega-Lite in this process. Nothing is fetched; only dates and counts go in."""

import json
import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import vl_convert

from warehouse.dossier import CoverageBin

SHADES = (
    ("contradicting", "contradict a fact", "var(--against)"),
    ("supporting", "only confirm", "var(--for)"),
    ("silent", "say nothing of the facts", "var(--silent)"),
)
"""What is stacked from the ground up: field, label, colour. Colours are the page's, so they follow light and dark."""


STRAY = 0.05
"""Share of the articles that may stand apart, after a silence of over half the time, and be left out of the chart."""


def main_bins(bins: Sequence[CoverageBin]) -> Sequence[CoverageBin]:
    """The bins without a few late or early articles that stand so far apart that they would squeeze the others."""
    total = sum(map(articles, bins))
    for n in range(1, len(bins)):
        if (bins[n].starts - bins[n - 1].starts) * 2 > bins[-1].starts - bins[0].starts:
            before, after = bins[:n], bins[n:]
            for few, many in ((before, after), (after, before)):
                if sum(map(articles, few)) <= STRAY * total:
                    return many
    return bins


def articles(one: CoverageBin) -> int:
    """How many articles a bin has."""
    return one.contradicting + one.supporting + one.silent


def coverage_svg(bins: Sequence[CoverageBin], unit: str, as_of: date | None, width: int) -> str:
    """The articles about the event over time as an ``svg`` element, so many pixels wide; "" where there are none."""
    if not bins:
        return ""
    bars: list[dict[str, object]] = []
    for one in bins:
        ground = 0
        for field, label, _ in SHADES:
            count = getattr(one, field)
            if count:
                ends = _next(one.starts, unit)
                spot = {"starts": one.starts.isoformat(), "ends": ends.isoformat(), "says": label}
                bars.append(spot | {"from": ground, "to": ground + count})
            ground += count
    first, last = bins[0].starts, _next(bins[-1].starts, unit)
    room = max(timedelta(days=1), (last - first) / 40)
    domain = [(first - room).isoformat(), (last + room).isoformat()]
    x: dict[str, Any] = {"type": "temporal", "scale": {"type": "utc", "domain": domain}}
    axis = {
        "title": None,
        "format": "%-d %b %Y",
        "labelOverlap": True,
        "tickCount": max(2, width // 130),
        "grid": False,
    }
    heights = {"title": None, "format": "d", "tickMinStep": 1, "tickCount": 5}
    layers: list[dict[str, Any]] = [
        {
            "data": {"values": bars},
            "mark": {"type": "bar", "minBandSize": 2, "stroke": "var(--card)", "strokeWidth": 1},
            "encoding": {
                "x": x | {"field": "starts", "axis": axis},
                "x2": {"field": "ends"},
                "y": {"field": "from", "type": "quantitative", "axis": heights},
                "y2": {"field": "to"},
                "color": {
                    "field": "says",
                    "type": "nominal",
                    "legend": None,
                    "scale": {"domain": [label for _, label, _ in SHADES], "range": [shade for *_, shade in SHADES]},
                },
            },
        }
    ]
    if as_of is not None and first - room <= as_of <= last + room:
        at = {"x": x | {"field": "at"}}
        told = {"y": {"value": -18}, "text": {"value": f"facts as of {as_of.day} {as_of:%b %Y}"}}
        rule = {"type": "rule", "strokeDash": [4, 3], "color": "var(--ink)"}
        text = {"type": "text", "align": "left", "dx": 5, "dy": 2, "baseline": "top", "color": "var(--ink)"}
        moment = {"data": {"values": [{"at": as_of.isoformat()}]}}
        layers += [moment | {"mark": rule, "encoding": at}, moment | {"mark": text, "encoding": at | told}]
    line = "var(--line)"
    quiet = {"labelColor": "var(--muted)", "domainColor": line, "tickColor": line, "gridColor": line}
    chart = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": width,
        "height": 170,
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": {"top": 20, "left": 2, "right": 10, "bottom": 4},
        "background": "transparent",
        "layer": layers,
        "config": {
            "view": {"stroke": None},
            "axis": quiet | {"labelFont": "inherit", "labelFontSize": 12},
            "text": {"font": "inherit", "fontSize": 12},
        },
    }
    svg = vl_convert.vegalite_to_svg(json.dumps(chart))
    # The size is the page's to give; what it shows is told beside it, so a screen reader need not spell it out.
    opened = r'<svg viewBox="\1" aria-hidden="true" focusable="false">'
    return re.sub(r'<svg [^>]*?viewBox="([^"]*)"[^>]*>', opened, svg, count=1)


def _next(starts: date, unit: str) -> date:
    if unit == "month":
        return (starts.replace(day=1) + timedelta(days=32)).replace(day=1)
    return starts + timedelta(days=7 if unit == "week" else 1)
