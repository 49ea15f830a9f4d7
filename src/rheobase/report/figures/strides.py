"""Learning: what each stride made of the one before."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from rheobase.report._canvas import PAINT, grid, sheet
from rheobase.report.figures._picture import Picture, Result, Table
from rheobase.report.figures.walk import COLOUR, DASH
from rheobase.report.words import number


def _draw(result: Result, width_px: float) -> Figure:
    known = result["walk"]["strides"]
    figure, (error, contact) = sheet(width_px, 340, rows=2, gap=24)
    for s in known:
        stride = range(1, len(s["error_deg"]) + 1)
        style = {"color": PAINT[COLOUR[s["id"]]], "linestyle": DASH[s["id"]], "marker": "o", "markersize": 3.5}
        error.plot(stride, s["error_deg"], **style)
        contact.plot(stride, s["contact_deg"], **style)
    for axes in (error, contact):
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        grid(axes)
    error.set_ylim(bottom=0)
    error.set_ylabel("error in swing (°)")
    error.tick_params(labelbottom=False)
    contact.set_ylabel("at heel strike (°)")
    contact.set_xlabel("stride")
    return figure


def _caption(result: Result) -> str:
    first = result["walk"]["strides"][0]
    return (
        f"Through the skin the error in swing goes from {number(first['error_deg'][0])}° to"
        f" {number(first['error_deg'][-1])}° as every stride corrects the level of the next; the muscle meanwhile keeps"
        f" {number(first['capacity_percent'][-1])} % of its strength. Solid: pads, dashed: cuff."
    )


def _table(result: Result) -> Table:
    known = result["walk"]["strides"]
    head, columns = ["stride"], [list(range(1, len(known[0]["error_deg"]) + 1))]
    for s in known:
        head += [f"error, {s['plain']} (°)", f"at heel strike, {s['plain']} (°)", f"strength, {s['plain']} (%)"]
        columns += [s["error_deg"], s["contact_deg"], s["capacity_percent"]]
    return head, list(zip(*columns, strict=True))


STRIDES = Picture(
    id="strides", title="Learning from stride to stride", needs=("walk.strides",), draw=_draw, caption=_caption,
    table=_table,
)  # fmt: skip
