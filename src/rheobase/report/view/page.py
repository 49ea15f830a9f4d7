"""The page to be turned: one HTML file with the scene, the code that draws it, a still for print, and the numbers."""

from __future__ import annotations

import base64
import json
from importlib.resources import files
from typing import Any

import numpy as np

from rheobase.report._html import behind, bullets, esc, rows, section
from rheobase.report.view import words
from rheobase.report.view.mesh import Mesh, Texture
from rheobase.report.view.palette import WORDS
from rheobase.report.view.raster import frame_of
from rheobase.report.view.scene import SEEN_FROM, Scene
from rheobase.report.words import number

_STEPS = 32767
_LYING_SHAPE = 1.6  # width over height of the stage of a lying part, as in view.css
_KEYS = (
    "Drag with the mouse or one finger to turn, pinch with two fingers to zoom and roll.",
    "With the picture focused: arrow keys turn, + and − zoom, [ and ] roll, 1 to 4 choose a view, Home goes back,"
    " S shows the surfaces of equal potential.",
    "The mouse wheel zooms while the picture is focused, or with Ctrl held down.",
)
_BUTTONS = (
    ("left", "◀", "turn left"), ("right", "▶", "turn right"), ("up", "▲", "turn up"), ("down", "▼", "turn down"),
    ("nearer", "+", "nearer"), ("farther", "−", "farther"),
    ("start", "cut", "view 1: into the cut"), ("front", "pad", "view 2: at the active pad"),
    ("outside", "outside", "view 3: at the skin"), ("end", "end", "view 4: along the axis"),
    ("shells", "surfaces", "surfaces of equal potential"),
)  # fmt: skip


def view_page(scene: Scene, still_png: bytes, *, disclaimer: str, plain: bool = False) -> str:
    """The page.

    Parameters
    ----------
    scene : Scene
        What is shown.
    still_png : bytes
        The picture for print and for browsers without scripts.
    disclaimer : str
        What the page may not be used for.
    plain : bool
        Draw on a plain canvas even where there is WebGL.
    """
    here = files("rheobase.report")
    style = "\n".join(
        here.joinpath(*name.split("/")).read_text(encoding="utf-8") for name in ("report.css", "view/view.css")
    )
    code = here.joinpath("view", "view.js").read_text(encoding="utf-8")
    data = json.dumps(_packed(scene, plain), separators=(",", ":"), ensure_ascii=False).replace("</", "<\\/")
    alternative = esc(words.alternative(scene))
    image = base64.b64encode(still_png).decode("ascii")
    figure = _figure(scene, alternative, image)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{esc(scene.title)}: Rheobase view</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n"
        f'<header><h1>{esc(scene.title)}</h1>\n<p class="answer">{esc(words.answer(scene))}</p></header>\n'
        f"{figure}\n{''.join(f'<p>{esc(note)}</p>' for note in scene.notes)}\n{_tables(scene)}\n"
        f"<footer><p>{esc(disclaimer)}</p><p>Colours after Okabe and Ito.</p></footer>\n</main>\n"
        f'<script type="application/json" id="scene">{data}</script>\n<script>\n{code}</script>\n</body>\n</html>\n'
    )


def _figure(scene: Scene, alternative: str, image: str) -> str:
    buttons = "".join(
        f'<button type="button" data-act="{act}" title="{name}" aria-label="{name}">{face}</button>'
        for act, face, name in _BUTTONS
    )
    shape = "upright" if scene.cut.upright else "lying"
    return (
        f'<figure class="view {shape}">\n<div id="stage"><canvas id="picture" tabindex="0" role="img"'
        f' aria-label="{alternative}" aria-describedby="keys"></canvas>'
        '<span id="bar" aria-hidden="true"></span></div>\n'
        f'<div class="buttons" role="group" aria-label="turn the picture">{buttons}</div>\n'
        f'<p id="said" class="unseen" role="status"></p>\n'
        f'<img class="still" alt="{alternative}" src="data:image/png;base64,{image}">\n'
        f"{_switches(scene)}\n{_legend(scene)}\n<figcaption>{esc(words.caption(scene))}</figcaption>\n"
        f'<details id="keys"><summary>How to turn it</summary>{bullets(_KEYS)}</details>\n</figure>'
    )


def _tables(scene: Scene) -> str:
    """The numbers behind the picture; the long ones folded away."""
    first = words.summary_table(scene)
    shown = section("Where the drive is strongest", rows(*first) if first[1] else "", anchor="strongest")
    folded = (
        ("Along the nerves", words.nerve_table(scene)),
        ("Pads", words.pad_table(scene)),
        ("Tissues", words.tissue_table(scene)),
    )
    return shown + "".join(f"<h3>{esc(title)}</h3>{behind(*table)}" for title, table in folded if table[1])


def _switches(scene: Scene) -> str:
    """One box for each surface of equal potential."""
    boxes = "".join(
        f'<label><input type="checkbox" data-shell="{i}">'
        f'<span class="swatch full" style="--own:var(--{s.mesh.colour})"></span>'
        f"{esc(words.level_told(s.level_mV_per_mA, scene.amplitude_mA))}</label>"
        for i, s in enumerate(scene.shells)
    )
    if not boxes:
        return ""
    return f'<fieldset class="shells"><legend>Surfaces of equal potential</legend>{boxes}</fieldset>'


def _legend(scene: Scene) -> str:
    """Swatches of tissues, the scale of the nerves, and the line of the isopotentials."""
    swatches = "".join(
        f'<li><span class="swatch {"tint" if WORDS[word][1] else "full"}" style="--own:var(--{WORDS[word][0]})"></span>'
        f"{esc(', '.join(names))}</li>"
        for word, names in scene.tissues
    )
    end = number(scene.scale_mV_per_mm2_per_mA)
    return (
        f'<div class="legend"><ul class="swatches">{swatches}</ul>\n<div class="scale"><span class="ramp"></span>'
        f'<span class="ticks"><span>−{end}</span><span>0</span><span>{end}</span></span>'
        '<span class="unit">activating function along nerves (mV/mm² per mA): hyperpolarised to depolarised</span>'
        f'</div><p class="unit">Lines: {esc(words.lines_told(scene))}.</p></div>'
    )


def _packed(scene: Scene, plain: bool) -> dict[str, Any]:
    """The scene as compact JSON: arrays as base64 of whole numbers."""
    everything = (*scene.meshes, *(s.mesh for s in scene.shells))
    reach = max(float(np.abs(m.points_mm).max()) for m in everything)
    step = reach / _STEPS
    frame = frame_of(scene, 1000)
    labels = [
        {"text": lab.text, "kind": lab.kind, "at": np.round(lab.place_mm, 2).tolist(),
         "normal": np.round(lab.normal, 4).tolist()}
        for lab in scene.labels
    ]  # fmt: skip
    order = ("pad", "end", "nerve", "bone", "level")
    return {
        "plain": plain,
        "seen_from": SEEN_FROM,
        "mm_per_step": step,
        "middle_mm": np.round(frame.middle_mm, 3).tolist(),
        "size_mm": [round(n, 2) for n in _size_mm(scene, "start")],
        "zooms": {name: round(_zoom(scene, name), 3) for name in scene.views},
        "reach_mm": round(3 * reach, 1),
        "views": {name: np.round(v, 6).ravel().tolist() for name, v in scene.views.items()},
        "words": {word: list(told) for word, told in WORDS.items()},
        "meshes": [_packed_mesh(m, step) for m in scene.meshes],
        "shells": [_packed_mesh(s.mesh, step) for s in scene.shells],
        "textures": [_packed_texture(t) for t in scene.textures],
        "labels": sorted(labels, key=lambda lab: order.index(lab["kind"])),
    }


def _size_mm(scene: Scene, view: str) -> tuple[float, float]:
    frame = frame_of(scene, 1000, view=view)
    return frame.width_px / frame.px_per_mm, frame.height_px / frame.px_per_mm


def _zoom(scene: Scene, view: str) -> float:
    """By how much a view is drawn larger or smaller than the first one to fill the same picture."""
    first, own = _size_mm(scene, "start"), _size_mm(scene, view)
    shape = 1.0 if scene.cut.upright else _LYING_SHAPE
    return max(first[0], shape * first[1]) / max(own[0], shape * own[1])


def _packed_mesh(mesh: Mesh, step_mm: float) -> dict[str, Any]:
    out: dict[str, Any] = {
        "name": mesh.name,
        "colour": mesh.colour,
        "flat": mesh.flat,
        "texture": mesh.texture_index,
        "corners": len(mesh.points_mm),
        "points": _base64(np.round(mesh.points_mm / step_mm), "<i2"),
        "normals": _base64(np.round(127 * mesh.normals), "<i1"),
        "triangles": _base64(mesh.triangles, "<u2" if len(mesh.points_mm) <= 65535 else "<u4"),
    }
    if mesh.uv is not None:
        out["uv"] = _base64(np.round(65535 * mesh.uv), "<u2")
    if mesh.drive_relative is not None:
        out["drive"] = _base64(np.round(127 * mesh.drive_relative), "<i1")
    return out


def _packed_texture(texture: Texture) -> dict[str, Any]:
    """Runs of equal pixels."""
    flat = texture.pixels.ravel()
    starts = np.concatenate([[0], np.flatnonzero(np.diff(flat)) + 1, [flat.size]])
    runs, values = np.diff(starts), flat[starts[:-1]]
    pieces = -(-runs // 65535)  # a run that 16 bits cannot count is told in pieces
    each = np.repeat(runs, pieces)
    index = np.arange(len(each)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    each = np.minimum(each - 65535 * index, 65535)
    rows_count, columns = texture.pixels.shape
    return {
        "width": columns,
        "height": rows_count,
        "names": list(texture.names),
        "values": _base64(np.repeat(values, pieces), "<u1"),
        "runs": _base64(each, "<u2"),
    }


def _base64(array: np.ndarray, kind: str) -> str:
    return base64.b64encode(np.ascontiguousarray(array).astype(kind).tobytes()).decode("ascii")
