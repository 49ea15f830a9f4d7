"""The whole report: the answer, one picture that shows it, then the detail."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from rheobase.report import _parts as parts
from rheobase.report._animation import animation
from rheobase.report._canvas import look, svg
from rheobase.report._html import behind, esc, section
from rheobase.report.figures import LEADS, PICTURES, Picture

_WIDE_PX, _NARROW_PX = 680, 366

# What is said after a figure, in the same section.
_AFTER = {"pulse": parts.electrical, "recruitment": parts.criteria}


def page(result: Mapping[str, Any]) -> str:
    """The report as one HTML text that needs nothing else."""
    scenario = result.get("scenario") or {}
    name, summary = scenario.get("name", "result"), scenario.get("summary", "")
    with look():
        lead = next((p for p in LEADS if p.has_data(result)), LEADS[0])
        first = _figure(lead, result)
        detail = [
            section(p.title, _figure(p, result), _AFTER.get(p.id, _nothing)(result), anchor=p.id)
            for p in PICTURES
            if p is not lead and p.has_data(result)
        ]
    style = (files("rheobase.report") / "report.css").read_text(encoding="utf-8")
    version = esc(result.get("rheobase_version", ""))
    body = [
        f"<header><h1>{esc(summary or name)}</h1>\n<p"
        f' class="answer">{esc(result.get("answer", ""))}</p>\n{parts.standing(result)}</header>',
        first,
        parts.events(result),
        parts.key_figures(result),
        animation(result),
        *detail,
        parts.safety(result),
        parts.population(result),
        parts.closing(result),
        f"<footer><p>{esc(result.get('disclaimer', ''))}</p><p>Rheobase {version}, scenario {esc(name)}."
        " Colours after Okabe and Ito.</p></footer>",
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{esc(name)}: Rheobase report</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(part for part in body if part)
        + "\n</main>\n</body>\n</html>\n"
    )


def _nothing(_: Mapping[str, Any]) -> str:
    return ""


def _figure(picture: Picture, result: Mapping[str, Any]) -> str:
    if not picture.has_data(result):
        return ""
    caption = esc(picture.caption(result))
    drawn = "\n".join(
        f'<div class="{name}">{svg(picture.draw(result, width_px), f"{picture.id}-{name}", caption)}</div>'
        for name, width_px in (("wide", _WIDE_PX), ("narrow", _NARROW_PX))
    )
    return f"<figure>\n{drawn}\n<figcaption>{caption}</figcaption>\n{behind(*picture.table(result))}</figure>"
