"""Ways of control side by side: the error in swing of the first and of the last stride."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from rheobase.report._canvas import FONT_PX, PAINT, grid, sheet
from rheobase.report.figures._picture import NARROW_PX, Picture, Result, Table
from rheobase.report.figures.walk import COLOUR
from rheobase.report.words import number

_SHIFT = {"surface": 0.17, "cuff": -0.17}
_SHORT = {
    "open": "one level", "known": "known\nbeforehand", "feedback": "with\nfeedback", "learning": "with\nlearning",
    "both": "with both",
}  # fmt: skip


def _draw(result: Result, width_px: float) -> Figure:
    ways = result["ways"]
    names = list(dict.fromkeys(w["way"] for w in ways))
    figure, (axes,) = sheet(width_px, 330, left=96)
    for w in ways:
        y = len(names) - 1 - names.index(w["way"]) + _SHIFT[w["route"]]
        colour, first, last = PAINT[COLOUR[w["route"]]], w["error_deg"][0], w["error_deg"][-1]
        axes.plot([first, last], [y, y], color=colour, linewidth=1.5)
        axes.plot([first], [y], marker="o", markersize=7, markerfacecolor=PAINT["paper"], color=colour)
        axes.plot([last], [y], marker="o", markersize=7, color=colour)
    axes.set_yticks(range(len(names)), [_SHORT[n] for n in reversed(names)])
    axes.set_ylim(-0.5, len(names) - 0.2)
    axes.set_xlim(left=0)
    axes.set_xlabel("error in swing (°)" if width_px < NARROW_PX else "error in swing, root mean square (°)")
    grid(axes, "x")
    for i, (text, name) in enumerate((("pads on the skin", "surface-text"), ("cuff on the nerve", "cuff-text"))):
        axes.text(0.99, 0.13 - 0.07 * i, text, transform=axes.transAxes, ha="right", weight="bold",
                  color=PAINT[name], fontsize=FONT_PX - 1)  # fmt: skip
    return figure


def _of(result: Result, way: str) -> dict[str, Any]:
    return next(w for w in result["ways"] if w["route"] == "surface" and w["way"] == way)


def _caption(result: Result) -> str:
    needs = result["scenario"]["inputs"]["control"]["pads_need_percent"]
    known, felt, both = (_of(result, w)["error_deg"] for w in ("known", "feedback", "both"))
    return (
        f"Hollow: first stride; full: last. The pads need {number(needs)} % more current than the stimulator knows,"
        f" the cuff what it knows. Through the skin feedback brings the first error from"
        f" {number(known[0])}° to {number(felt[0])}°, and learning the last one to {number(both[-1])}°."
    )


def _table(result: Result) -> Table:
    head = (
        "way to the nerve", "control", "error, first stride (°)", "error, last (°)", "error at mid-swing (°)",
        "at heel strike (°)", "toes higher at mid-swing (mm)", "charge of a stride (µC)", "pulses",
    )  # fmt: skip
    keys = ("mid_swing_error_deg", "contact_deg", "toes_higher_mm", "charge_uC", "pulses")
    plain = {"surface": "pads on the skin", "cuff": "cuff on the nerve"}
    return head, [
        (plain[w["route"]], w["plain"], w["error_deg"][0], w["error_deg"][-1], *(w[k] for k in keys))
        for w in result["ways"]
    ]


WAYS = Picture(
    id="ways", title="Open loop, feedback and learning", needs=("ways",), draw=_draw, caption=_caption, table=_table
)
