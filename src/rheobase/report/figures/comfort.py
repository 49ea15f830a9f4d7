"""Where the current lies between feeling it and having enough."""

from __future__ import annotations

from matplotlib.figure import Figure

from rheobase.report._canvas import FONT_PX, PAINT, sheet
from rheobase.report.figures._picture import Picture, Result, Table
from rheobase.report.words import number


def _draw(result: Result, width_px: float) -> Figure:
    data = result["comfort"]
    levels, amplitude = data["levels"], data["amplitude_mA"]
    figure, (axes,) = sheet(width_px, 132, left=10, right=14, top=4, bottom=44)
    end = 1.25 * max(amplitude, *(one["amplitude_mA"] for one in levels))
    starts = [one["amplitude_mA"] for one in levels]
    for begin, stop, fade in zip([0.0, *starts], [*starts, end], (0.1, 0.25, 0.5, 0.85), strict=True):
        axes.fill_between([begin, stop], 0, 1, color=PAINT["muscle"], alpha=fade, linewidth=0)
    for one in levels:
        at = one["amplitude_mA"]
        axes.text(
            at, 1.12, f"{one['plain']}\n{number(at)}", ha="center", va="bottom", fontsize=FONT_PX - 1, linespacing=1.1
        )
        axes.plot([at, at], [0, 1.08], color=PAINT["soft"], linewidth=1)
    axes.plot([amplitude, amplitude], [-0.08, 1.0], color=PAINT["ink"], linewidth=3, solid_capstyle="butt")
    axes.text(amplitude - 0.012 * end, 0.5, f"set to {number(amplitude)}", ha="right", va="center", weight="bold",
              fontsize=FONT_PX - 1)  # fmt: skip
    axes.set_xlim(0, end)
    axes.set_ylim(-0.1, 2.1)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("amplitude of one phase (mA)")
    return figure


def _caption(result: Result) -> str:
    data = result["comfort"]
    return f"The current is {data['text']}. {data['note']}"


def _table(result: Result) -> Table:
    data = result["comfort"]
    rows = [(one["plain"], one["amplitude_mA"]) for one in data["levels"]]
    return ("level", "amplitude (mA)"), [*rows, ("set to", data["amplitude_mA"])]


COMFORT = Picture(
    id="comfort",
    title="What it costs in comfort",
    needs=("comfort.levels",),
    draw=_draw,
    caption=_caption,
    table=_table,
)
