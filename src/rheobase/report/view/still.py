"""The still picture: for the result document, from which the report draws it, and as a PNG by itself."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np

from rheobase.report.view import words
from rheobase.report.view.palette import variables
from rheobase.report.view.png import png_bytes
from rheobase.report.view.raster import draw, frame_of
from rheobase.report.view.scene import Scene

_WIDTH_PX = 1360
_PNG_WIDTH_PX, _PNG_FINER = 680, 2
_SMALL_FINER, _SMALL_COLOURS = 1, 256
_PRIORITY = ("pad", "end", "nerve", "bone", "level")


def view_part(scene: Scene, *, width_px: int = _WIDTH_PX) -> dict[str, Any]:
    """The picture of a scene as plain values, for a result document.

    Parameters
    ----------
    scene : Scene
        What to draw.
    width_px : int
        Width of the picture; the report shows it at half of that.

    Returns
    -------
    dict
        ``png_base64`` (transparent where nothing is), its size and scale, words with their places, legend and numbers.
    """
    frame = frame_of(scene, width_px, tallest_relative=0.8)
    pixels = draw(scene, frame)
    shown = [lab for lab in scene.labels if lab.seen(frame.view[2])]
    places = frame.place(np.array([lab.place_mm for lab in shown]))
    return {
        "title": scene.title,
        "answer": words.answer(scene),
        "caption": words.caption(scene),
        "png_base64": base64.b64encode(png_bytes(pixels)).decode("ascii"),
        "width_px": frame.width_px,
        "height_px": frame.height_px,
        "px_per_mm": round(frame.px_per_mm, 4),
        "labels": [
            {"text": lab.text, "kind": lab.kind, "x_px": round(float(x), 1), "y_px": round(float(y), 1)}
            for lab, (x, y, _) in sorted(
                zip(shown, places, strict=True), key=lambda pair: _PRIORITY.index(pair[0].kind)
            )
        ],
        "tissues": [{"colour": word, "names": list(names)} for word, names in scene.tissues],
        "scale_mV_per_mm2_per_mA": round(scene.scale_mV_per_mm2_per_mA, 6),
        "step_mV_per_mA": scene.step_mV_per_mA,
        "lines": words.lines_told(scene),
        "table": [list(words.nerve_table(scene)[0]), [list(r) for r in words.nerve_table(scene)[1]]],
    }


def still_png(part: dict[str, Any], *, width_px: int = _PNG_WIDTH_PX, small: bool = False) -> bytes:
    """The picture with its words and legend as a PNG file of twice the width.

    Parameters
    ----------
    part : dict
        What `view_part` made.
    width_px : int
        Width in pixels of a page; the file has twice as many.
    small : bool
        Write just as many pixels, of few colours: for a page of documentation.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from rheobase.report._canvas import PAINT, look
    from rheobase.report.figures.view import draw_view

    known = variables("light")
    colours = {name: known.get(name, known["soft"]) for name in PAINT}
    with look():
        figure = draw_view({"view": part}, width_px, colours=colours)
        FigureCanvasAgg(figure)
        buffer = io.BytesIO()
        figure.savefig(
            buffer,
            format="png",
            dpi=72 * (_SMALL_FINER if small else _PNG_FINER),
            facecolor=known["paper"],
            metadata={"Software": None},
        )
    return _few_colours(buffer.getvalue()) if small else buffer.getvalue()


def _few_colours(png: bytes) -> bytes:
    from PIL import Image  # comes with matplotlib

    out = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(_SMALL_COLOURS, method=Image.Quantize.MAXCOVERAGE).save(
        out, format="png", optimize=True
    )
    return out.getvalue()
