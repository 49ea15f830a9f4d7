"""Two ways to one nerve: how much current each needs."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, PercentFormatter

from rheobase.report._canvas import FONT_PX, PAINT, grid, sheet
from rheobase.report.figures._picture import Picture, Result, Table
from rheobase.report.figures.walk import COLOUR
from rheobase.report.words import number


def _draw(result: Result, width_px: float) -> Figure:
    figure, (axes,) = sheet(width_px, 280)
    axes.set_xscale("log")
    for route in result["routes"]:
        name = COLOUR[route["id"]]
        low, high = route["used_mA"]
        axes.fill_between([low, high], 0, 1, color=PAINT[name], alpha=0.16, linewidth=0)
        axes.plot(route["amplitude_mA"], route["share"], color=PAINT[name])
        at = next(i for i, s in enumerate(route["share"]) if s > 0.5)
        axes.annotate(route["plain"], (route["amplitude_mA"][at], 0.5), xytext=(-8, 6), textcoords="offset points",
                      ha="right", color=PAINT[f"{name}-text"], weight="bold", fontsize=FONT_PX - 1)  # fmt: skip
    axes.set_ylim(0, 1)
    axes.set_xlim(min(r["amplitude_mA"][0] for r in result["routes"]) / 4, None)
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: number(v)))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel("amplitude of one phase (mA)")
    axes.set_ylabel("strength recruited")
    grid(axes)
    return figure


def _caption(result: Result) -> str:
    said = "; ".join(
        f"{r['plain']} {number(r['used_mA'][0])} to {number(r['used_mA'][1])} mA" for r in result["routes"]
    )
    return f"Share of the muscle's strength that answers to a pulse. Shaded: what the last stride used ({said})."


def _table(result: Result) -> Table:
    body = [(r["plain"], a, s) for r in result["routes"] for a, s in zip(r["amplitude_mA"], r["share"], strict=True)]
    return ("way", "amplitude (mA)", "share of the strength"), body


ROUTES = Picture(
    id="routes", title="Two ways to the nerve", needs=("routes",), draw=_draw, caption=_caption, table=_table
)
