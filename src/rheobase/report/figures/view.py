"""The body part cut open, as a still picture; its words are set here, so that they follow the page."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from textwrap import wrap
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.patches import Rectangle

from rheobase.report._canvas import FONT_PX, PAINT, sheet
from rheobase.report.figures._picture import NARROW_PX, Picture, Result, Table
from rheobase.report.view.palette import drive_rgb, rgb
from rheobase.report.words import number

_LETTER_RELATIVE, _LINE_RELATIVE = 0.56, 1.25  # of the size of the letters: width of one, height of a line
_FOOT_PX = 62.0
_TOLD_PX, _TOLD_LINES = 17.0, 4
_BAR_PX = 170.0


def draw_view(result: Result, width_px: float, *, colours: Mapping[str, str] = PAINT) -> Figure:
    """Draw the picture of a result; ``colours`` are those of words and lines."""
    part = result["view"]
    wide, tall = part["width_px"], part["height_px"]
    lines = _legend_lines(part, width_px)
    told = len(part.get("lines", "")) * _LETTER_RELATIVE * (FONT_PX - 1) / width_px
    foot = _FOOT_PX + 20.0 * len(lines) + _TOLD_PX * min(_TOLD_LINES, np.ceil(1.1 * told))
    height_px = width_px * tall / wide + foot
    figure = sheet(width_px, height_px, rows=0)[0]
    axes = figure.add_axes((0.0, foot / height_px, 1.0, 1.0 - foot / height_px))
    axes.axis("off")
    image = imread(io.BytesIO(base64.b64decode(part["png_base64"])), format="png")
    axes.imshow(image, extent=(0, wide, tall, 0), interpolation="none", aspect="auto")
    axes.set_xlim(0, wide)
    axes.set_ylim(tall, 0)
    per_px = wide / width_px
    _words(axes, part, per_px, colours, narrow=width_px < NARROW_PX)
    _scale_bar(axes, part, per_px, colours)
    low = figure.add_axes((0.0, 0.0, 1.0, foot / height_px))
    low.set_xlim(0, width_px)
    low.set_ylim(foot, 0)
    low.axis("off")
    _legend(low, lines, colours)
    _ramp(low, part, 20.0 * len(lines) + 10.0, colours)
    return figure


def _words(axes: Axes, part: dict[str, Any], per_px: float, colours: Mapping[str, str], *, narrow: bool) -> None:
    """Words that do not run into one another; those that come first matter most."""
    taken: list[tuple[float, float, float, float]] = []
    for label in part["labels"]:
        if narrow and label["kind"] == "level":
            continue
        text = label["text"].rpartition(": ")[2] if narrow else label["text"]
        size = FONT_PX - (4 if label["kind"] == "level" else 2 if narrow else 1)
        half = len(text) * size * _LETTER_RELATIVE * per_px / 2
        rise = size * _LINE_RELATIVE * per_px / 2
        x = float(np.clip(label["x_px"], half, max(half, part["width_px"] - half)))
        y = float(np.clip(label["y_px"], rise, part["height_px"] - rise))
        box = (x - half, y - rise, x + half, y + rise)
        if any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in taken):
            continue
        taken.append(box)
        ground = {"boxstyle": "square,pad=0.1", "facecolor": colours["paper"], "alpha": 0.72, "edgecolor": "none"}
        axes.text(
            x, y, text, ha="center", va="center", fontsize=size,
            color=colours["soft" if label["kind"] == "end" else "ink"],
            weight="bold" if label["kind"] == "pad" else "normal",
            style="italic" if label["kind"] == "bone" else "normal", bbox=None if label["kind"] == "end" else ground,
        )  # fmt: skip


def _scale_bar(axes: Axes, part: dict[str, Any], per_px: float, colours: Mapping[str, str]) -> None:
    mm = next((m for m in (200, 100, 50, 20, 10, 5) if m * part["px_per_mm"] <= 0.25 * part["width_px"]), 1)
    y = part["height_px"] - 4 * per_px
    axes.plot([8 * per_px, 8 * per_px + mm * part["px_per_mm"]], [y, y], color=colours["ink"], linewidth=2,
              solid_capstyle="butt")  # fmt: skip
    axes.text(
        8 * per_px, y - 4 * per_px, f"{mm} mm", ha="left", va="bottom", fontsize=FONT_PX - 1, color=colours["ink"]
    )


def _legend_lines(part: dict[str, Any], width_px: float) -> list[list[tuple[float, str, str]]]:
    """Swatches and names, set in lines: (left, colour, name)."""
    lines: list[list[tuple[float, str, str]]] = [[]]
    x = 0.0
    for tissue in part["tissues"]:
        name = ", ".join(tissue["names"])
        long = 34 + len(name) * FONT_PX * _LETTER_RELATIVE
        if x and x + long > width_px:
            lines.append([])
            x = 0.0
        lines[-1].append((x, tissue["colour"], name))
        x += long
    return lines


def _legend(axes: Axes, lines: list[list[tuple[float, str, str]]], colours: Mapping[str, str]) -> None:
    for row, line in enumerate(lines):
        y = 8 + 20 * row
        for x, word, name in line:
            axes.add_patch(Rectangle((x + 1, y), 12, 12, facecolor=tuple(rgb(word)), edgecolor=colours["soft"],
                                     linewidth=0.8))  # fmt: skip
            axes.text(x + 18, y + 6, name, ha="left", va="center_baseline", fontsize=FONT_PX - 1, color=colours["ink"])


def _ramp(axes: Axes, part: dict[str, Any], top: float, colours: Mapping[str, str]) -> None:
    wide_px = axes.get_xlim()[1]
    ramp = drive_rgb(np.linspace(-1, 1, 64)[None])
    axes.imshow(ramp, extent=(1, _BAR_PX, top + 12, top), aspect="auto", interpolation="none")
    axes.set_xlim(0, wide_px)
    end = number(part["scale_mV_per_mm2_per_mA"])
    for x, text, ha in ((1, f"−{end}", "left"), (_BAR_PX / 2, "0", "center"), (_BAR_PX, end, "right")):
        axes.text(x, top + 15, text, ha=ha, va="top", fontsize=FONT_PX - 1, color=colours["ink"])
    where = "along nerves" if wide_px >= NARROW_PX else "\nalong nerves"
    text = f"activating function {where}\n(mV/mm² per mA)"
    axes.text(_BAR_PX + 12, top - 4, text, ha="left", va="top", fontsize=FONT_PX - 1, color=colours["ink"])
    if "lines" in part:
        letters = int(wide_px / (_LETTER_RELATIVE * (FONT_PX - 1)))
        told = "\n".join(wrap(f"Lines: {part['lines']}.", letters)[:_TOLD_LINES])
        axes.text(1, top + 40, told, ha="left", va="top", fontsize=FONT_PX - 1, color=colours["soft"])


def _caption(result: Result) -> str:
    name = (result.get("scenario") or {}).get("name")
    turn = f" To turn it in a browser: rheobase view {name}." if name else ""
    return f"{result['view']['caption']}{turn}"


def _table(result: Result) -> Table:
    head, body = result["view"]["table"]
    return head, [tuple(row) for row in body]


VIEW = Picture(id="view", title="Cut open", needs=("view.png_base64",), draw=draw_view, caption=_caption, table=_table)
