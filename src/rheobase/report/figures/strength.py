"""Strength against duration: short pulses need more current."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from rheobase.report._canvas import FONT_PX, PAINT, grid, paint, sheet
from rheobase.report.figures._picture import Picture, Result, Table
from rheobase.report.words import number


def _draw(result: Result, width_px: float) -> Figure:
    data = result["strength_duration"]
    figure, (axes,) = sheet(width_px, 300, right=112)
    axes.set_xscale("log")
    axes.set_yscale("log")
    for curve in data["curves"]:
        colour = paint(curve["kind"])
        axes.plot(data["width_us"], curve["threshold_mA"], color=colour, marker="o", markersize=3.5)
        ends = [(w, t) for w, t in zip(data["width_us"], curve["threshold_mA"], strict=True) if t is not None]
        if ends:
            axes.annotate(
                f"{curve['plain'].replace(', ', chr(10), 1)}", ends[-1], xytext=(8, 0), textcoords="offset points",
                va="center", color=paint(curve["kind"], text=True), weight="bold", fontsize=FONT_PX - 1,
                linespacing=1.1,
            )  # fmt: skip
    width_us = (result.get("pulse") or {}).get("width_us")
    if width_us:
        axes.axvline(width_us, color=PAINT["ink"], linewidth=1.2)
        axes.annotate(f"{number(width_us)} µs", (width_us, 1), xycoords=("data", "axes fraction"), xytext=(4, -2),
                      textcoords="offset points", va="top", fontsize=FONT_PX - 1)  # fmt: skip
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.set_major_formatter(FuncFormatter(lambda v, _: number(v)))
        axis.set_minor_formatter(NullFormatter())
        axis.set_minor_locator(LogLocator(subs=()))
    axes.set_xlabel("width of one phase (µs)")
    axes.set_ylabel("threshold (mA)")
    grid(axes, "both")
    return figure


def _caption(result: Result) -> str:
    data = result["strength_duration"]
    said = [
        f"{c['plain'].partition(',')[0]} {number(c['rheobase_mA'])} mA and {number(c['chronaxie_us'])} µs"
        for c in data["curves"]
        if c.get("rheobase_mA") is not None and c.get("chronaxie_us") is not None
    ]
    text = "A shorter pulse needs more current, a longer one less, until the rheobase is reached."
    fits = f" Rheobase and chronaxie: {'; '.join(said)}." if said else ""
    return f"{text}{fits} {data.get('note', '')}".strip()


def _table(result: Result) -> Table:
    data = result["strength_duration"]
    head = ["width (µs)", *(f"{c['plain']} (mA)" for c in data["curves"])]
    return head, list(zip(data["width_us"], *(c["threshold_mA"] for c in data["curves"]), strict=True))


STRENGTH = Picture(
    id="strength",
    title="Strength and duration",
    needs=("strength_duration.curves",),
    draw=_draw,
    caption=_caption,
    table=_table,
)
