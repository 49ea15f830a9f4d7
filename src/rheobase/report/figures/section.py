"""The potential inside the limb, in the plane through the pads."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from rheobase.report._canvas import FONT_PX, PAINT, sheet
from rheobase.report.figures._picture import Picture, Result, Table
from rheobase.report.words import number

_MOST_ROWS, _MOST_COLUMNS = 20, 31


def _values(result: Result) -> list[list[Any]]:
    """Rows by radius, columns along the limb."""
    part = result["field"]["section"]
    rows = part["potential_mV_per_mA"]
    return rows if len(rows) == len(part["radius_mm"]) else [list(r) for r in zip(*rows, strict=True)]


def _draw(result: Result, width_px: float) -> Figure:
    import numpy as np

    part = result["field"]["section"]
    values = np.array([[np.nan if v is None else v for v in row] for row in _values(result)], dtype=float)
    along, radius = np.array(part["along_mm"]), np.array(part["radius_mm"])
    wide_px = width_px - 74
    tall_px = max(90.0, wide_px * (radius[-1] - radius[0]) / (along[-1] - along[0]))
    figure, (axes,) = sheet(width_px, tall_px + 78, left=62, top=26, bottom=52)
    most = float(np.nanmax(np.abs(values))) or 1.0
    levels = most * np.concatenate([-(10.0 ** np.arange(0, -2.1, -0.25)), 10.0 ** np.arange(-2, 0.1, 0.25)])
    axes.contour(along, radius, values, levels=levels, colors=PAINT["ink"], linewidths=0.9, linestyles="solid")
    for layer in (result.get("anatomy") or {}).get("layers", ()):
        axes.axhline(layer["outer_radius_mm"], color=PAINT["soft"], linewidth=0.8, linestyle=(0, (2, 2)))
    top = radius[-1]
    for pad in (result.get("anatomy") or {}).get("pads", ()):
        half = pad["length_mm"] / 2
        axes.plot([pad["along_mm"] - half, pad["along_mm"] + half], [top, top], color=PAINT["pad"], linewidth=6,
                  solid_capstyle="butt", clip_on=False)  # fmt: skip
        axes.annotate(pad["role"], (pad["along_mm"], top), xytext=(0, 6), textcoords="offset points", ha="center",
                      va="bottom", fontsize=FONT_PX - 1)  # fmt: skip
    over = ((result.get("scenario") or {}).get("inputs") or {}).get("pads", {}).get("over")
    for nerve in (result.get("anatomy") or {}).get("nerves", ()):
        if nerve["name"] == over:
            axes.axhline(top - nerve["skin_depth_mm"], color=PAINT["nerve"], linewidth=3)
    axes.set_xlim(along[0], along[-1])
    axes.set_ylim(radius[0], top)
    axes.set_xlabel("along the limb (mm), proximal to the right")
    axes.set_ylabel("from the axis (mm)")
    return figure


def _caption(result: Result) -> str:
    known = [abs(v) for row in _values(result) for v in row if v is not None]
    return (
        "Lines of equal potential between the axis of the limb and the skin; current crosses them. There are four"
        f" lines to a factor of ten, from {number(0.01 * max(known), 2)} to {number(max(known), 2)} mV per mA of either"
        " sign, so they crowd where the potential passes zero. Heavy: the nerve; dashed: tissue borders."
    )


def _table(result: Result) -> Table:
    part = result["field"]["section"]
    across = range(0, len(part["along_mm"]), -(-len(part["along_mm"]) // _MOST_COLUMNS))
    down = range(0, len(part["radius_mm"]), -(-len(part["radius_mm"]) // _MOST_ROWS))
    values = _values(result)
    head = ["radius (mm) \\ along (mm)", *(number(part["along_mm"][j]) for j in across)]
    return head, [(part["radius_mm"][i], *(values[i][j] for j in across)) for i in down]


SECTION = Picture(
    id="section",
    title="Inside the limb",
    needs=("field.section.potential_mV_per_mA",),
    draw=_draw,
    caption=_caption,
    table=_table,
)
