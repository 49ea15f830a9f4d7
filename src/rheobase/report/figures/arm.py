"""The limb with its pads and nerves, drawn to scale: cut across under a pad, and cut along."""

from __future__ import annotations

import math
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle, Wedge

from rheobase.report._canvas import FONT_PX, PAINT, paint, sheet
from rheobase.report.figures._picture import NARROW_PX, Picture, Result, Table

_PAD_THICK_MM = 3.0
_TISSUE_ALPHA = 0.55
_FOOT_PX = {True: 88.0, False: 66.0}


def _draw(result: Result, width_px: float) -> Figure:
    limb = result["anatomy"]
    radius_mm = limb["layers"][-1]["outer_radius_mm"]
    reach_mm = _reach_mm(limb, radius_mm)
    room_mm = radius_mm + 16
    stacked = width_px < NARROW_PX
    across_px = 210.0
    left_px = 8.0 if stacked else across_px + 24
    long_px = width_px - left_px - 8
    tall_px = long_px * room_mm / reach_mm
    foot_px = _FOOT_PX[stacked]
    height_px = foot_px + (tall_px + across_px if stacked else max(tall_px, across_px))
    figure = sheet(width_px, height_px, rows=0)[0]
    if stacked:
        across = _box(figure, (width_px - across_px) / 2, height_px - across_px, across_px, across_px)
        along = _box(figure, left_px, foot_px, long_px, tall_px)
    else:
        across = _box(figure, 0, height_px - across_px, across_px, across_px)
        along = _box(figure, left_px, foot_px + (height_px - foot_px - tall_px) / 2, long_px, tall_px)
    _across(across, result, radius_mm, room_mm)
    _along(along, result, radius_mm, room_mm, reach_mm)
    tissues = [Rectangle((0, 0), 1, 1, facecolor=paint(y["name"]), alpha=_TISSUE_ALPHA) for y in limb["layers"]]
    figure.legend(
        tissues[::-1], [y["name"] for y in limb["layers"]][::-1], loc="lower center", ncols=3 if stacked else 6,
        frameon=False, fontsize=FONT_PX - 1, handlelength=1, handleheight=1, borderaxespad=0, columnspacing=1.6,
    )  # fmt: skip
    return figure


def _box(figure: Figure, left: float, bottom: float, wide: float, tall: float) -> Axes:
    w, h = figure.get_figwidth() * 72, figure.get_figheight() * 72
    return figure.add_axes((left / w, bottom / h, wide / w, tall / h))


def _reach_mm(limb: dict[str, Any], radius_mm: float) -> float:
    """How much of the limb to show, from its middle: the pads and about a diameter beyond."""
    ends = [abs(p["along_mm"]) + p["length_mm"] / 2 for p in limb.get("pads", ())]
    return min(limb["length_mm"] / 2, max(ends, default=radius_mm) + 1.5 * radius_mm)


def _up_deg(limb: dict[str, Any]) -> float:
    """Turn the limb so that the pads lie on top."""
    pads = limb.get("pads") or [{"around_deg": 0.0}]
    return 90.0 - pads[0]["around_deg"]


def _across(axes: Axes, result: Result, radius_mm: float, room_mm: float) -> None:
    limb, turn_deg = result["anatomy"], _up_deg(result["anatomy"])
    axes.set_xlim(-room_mm, room_mm)
    axes.set_ylim(-room_mm, room_mm)
    axes.axis("off")
    axes.set_aspect("equal")
    for layer in reversed(limb["layers"]):
        r = layer["outer_radius_mm"]
        axes.add_patch(Circle((0, 0), r, facecolor=PAINT["paper"], edgecolor="none"))
        axes.add_patch(
            Circle(
                (0, 0), r, facecolor=paint(layer["name"]), alpha=_TISSUE_ALPHA, edgecolor=PAINT["paper"], linewidth=0.8
            )
        )
    for pad in limb.get("pads", ())[:1]:
        half_deg = math.degrees(pad["width_mm"] / 2 / radius_mm)
        middle_deg = pad["around_deg"] + turn_deg
        ring = Wedge(
            (0, 0), radius_mm + _PAD_THICK_MM, middle_deg - half_deg, middle_deg + half_deg, width=_PAD_THICK_MM
        )
        ring.set(facecolor=PAINT["pad"], edgecolor="none")
        axes.add_patch(ring)
        axes.text(0, radius_mm + 5, f"{pad['name']} pad", ha="center", va="bottom", fontsize=FONT_PX - 1)
    over = _over(result)
    for nerve in limb.get("nerves", ()):
        angle = math.radians(nerve["around_deg"] + turn_deg)
        r = radius_mm - nerve["skin_depth_mm"]
        x, y = r * math.cos(angle), r * math.sin(angle)
        main = nerve["name"] == over
        axes.plot([x], [y], "o", color=PAINT["nerve"], markersize=7 if main else 5, markeredgecolor=PAINT["paper"])
        axes.text(
            x, y - 3, nerve["name"], ha="center", va="top", fontsize=FONT_PX - 1, weight="bold" if main else "normal"
        )
    axes.plot([-10, 10], [-radius_mm - 6] * 2, color=PAINT["ink"], linewidth=2, solid_capstyle="butt")
    axes.text(0, -radius_mm - 8, "20 mm", ha="center", va="top", fontsize=FONT_PX - 1)


def _along(axes: Axes, result: Result, radius_mm: float, room_mm: float, reach_mm: float) -> None:
    limb = result["anatomy"]
    axes.set_xlim(-reach_mm, reach_mm)
    axes.set_ylim(-room_mm, room_mm)
    axes.set_aspect("equal")
    axes.spines["left"].set_visible(False)
    axes.set_yticks([])
    for layer in reversed(limb["layers"]):
        r = layer["outer_radius_mm"]
        box = {"xy": (-reach_mm, -r), "width": 2 * reach_mm, "height": 2 * r}
        axes.add_patch(Rectangle(**box, facecolor=PAINT["paper"], edgecolor="none"))
        axes.add_patch(Rectangle(**box, facecolor=paint(layer["name"]), alpha=_TISSUE_ALPHA, edgecolor="none"))
    over = _over(result)
    turn_deg = _up_deg(limb)
    for nerve in limb.get("nerves", ()):
        y = (radius_mm - nerve["skin_depth_mm"]) * math.sin(math.radians(nerve["around_deg"] + turn_deg))
        main = nerve["name"] == over
        axes.plot(
            [-reach_mm, reach_mm],
            [y, y],
            color=PAINT["nerve"],
            linewidth=3 if main else 1.2,
            linestyle="-" if main else (0, (3, 2)),
        )
        if main:
            axes.text(
                -reach_mm + 3, y + 1.5, f"{nerve['name']} nerve", va="bottom", fontsize=FONT_PX - 1, weight="bold"
            )
    for pad in limb.get("pads", ()):
        start = pad["along_mm"] - pad["length_mm"] / 2
        axes.add_patch(
            Rectangle((start, radius_mm), pad["length_mm"], _PAD_THICK_MM, facecolor=PAINT["pad"], edgecolor="none")
        )
        sign = "−" if pad["role"] == "cathode" else "+"
        axes.text(
            pad["along_mm"], radius_mm + 5, f"{pad['role']} {sign}", ha="center", va="bottom", fontsize=FONT_PX - 1
        )
    axes.set_xlabel("along the limb (mm), proximal to the right")


def _over(result: Result) -> str:
    inputs = (result.get("scenario") or {}).get("inputs") or {}
    return (inputs.get("pads") or {}).get("over", "")


def _caption(result: Result) -> str:
    return (
        f"The {result['anatomy']['site']} to scale, cut across under a pad (left or top) and cut along."
        " The nerve under the pads is heavy, other trunks are dashed; all at their depth in mid-limb."
        " Signs hold for the first phase."
    )


def _table(result: Result) -> Table:
    limb = result["anatomy"]
    rows: list[tuple[Any, ...]] = [("layer", y["name"], "outer radius", y["outer_radius_mm"]) for y in limb["layers"]]
    rows += [("nerve", n["name"], "depth below the skin", n["skin_depth_mm"]) for n in limb.get("nerves", ())]
    for p in limb.get("pads", ()):
        rows += [
            ("pad", p["name"], word, p[key])
            for word, key in (("centre along", "along_mm"), ("width", "width_mm"), ("length", "length_mm"))
        ]
    return ("what", "name", "measure", "mm"), rows


ARM = Picture(id="arm", title="The limb", needs=("anatomy.layers",), draw=_draw, caption=_caption, table=_table)
