"""The moving picture: bones and muscles from body transforms, drawn in the browser, all in the one page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from rheobase.report._html import esc, section


def animation(result: Mapping[str, Any]) -> str:
    """The section with the film, or nothing where the result has none.

    The result's ``animation`` holds ``title``, ``caption``, ``bones`` (corners and triangles of each body) and
    ``takes``, each with ``plain``, ``seconds`` and ``frames``: for each bone x, y, z and the nine numbers of its turn,
    the paths of the muscles and how strongly each pulls.
    """
    scene = result.get("animation")
    if not scene or not scene.get("takes"):
        return ""
    kept = {"bones": scene["bones"], "takes": scene["takes"], "turn_deg": scene.get("turn_deg", 0.0)}
    # Nothing inside a script is escaped but the end of the script itself.
    data = json.dumps(kept, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    code = (files("rheobase.report") / "animation.js").read_text(encoding="utf-8")
    caption = esc(scene.get("caption", ""))
    film = (
        f'<figure class="film"><canvas id="film" role="img" aria-label="{caption}"></canvas>\n'
        '<p class="controls"><button id="film-play" type="button">Play</button>'
        '<input id="film-time" type="range" min="0" value="0" aria-label="place in the movement">'
        '<output id="film-words"></output></p>\n'
        f"<figcaption>{caption} At half speed.</figcaption></figure>\n"
        f'<script type="application/json" id="scene">{data}</script>\n<script>\n{code}</script>'
    )
    return section(scene.get("title", "The movement"), film, anchor="film-section")


def film_page(scene: Mapping[str, Any]) -> str:
    """A whole page with nothing but the film."""
    style = (files("rheobase.report") / "report.css").read_text(encoding="utf-8")
    title = esc(scene.get("title", "The movement"))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n"
        f"{animation({'animation': scene})}\n</main>\n</body>\n</html>\n"
    )
