"""What a programme of weeks is expected to do, and what rest would: intervals, never points."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from rheobase.report._canvas import FONT_PX, PAINT, grid, sheet
from rheobase.report.figures._picture import Picture, Result, Table
from rheobase.report.words import number, signed

_LEAST_ROOM = 1.0  # of the axis, in percent


def _bars(result: Result) -> list[tuple[str, dict[str, Any]]]:
    data = result["training"]
    rows = [("strength, trained", data["strength"]), ("size, trained", data["size"])]
    rest = data.get("rest")
    if rest:
        days = number(rest["days"])
        rows += [
            (f"strength, {days} days of rest", rest["strength"]),
            ("the same, stimulated", rest["stimulated_strength"]),
            (f"size, {days} days of rest", rest["size"]),
            ("the same, stimulated", rest["stimulated_size"]),
        ]
    return rows


def _draw(result: Result, width_px: float) -> Figure:
    bars = _bars(result)
    figure, (axes,) = sheet(width_px, 60 + 42 * len(bars), left=12, right=14, top=6)
    low = min(0.0, *(b["p5"] for _, b in bars))
    high = max(0.0, *(b["p95"] for _, b in bars))
    room = max(high - low, _LEAST_ROOM)  # too weak a session changes nothing in anyone
    for k, (name, b) in enumerate(bars):
        y = -k
        axes.fill_between([b["p5"], b["p95"]], y - 0.36, y - 0.08, color=PAINT["muscle"], alpha=0.45, linewidth=0)
        axes.plot([b["median"]] * 2, [y - 0.42, y - 0.02], color=PAINT["muscle"], linewidth=4, solid_capstyle="butt")
        text = f"{name}: {signed(b['median'])} % ({signed(b['p5'])} to {signed(b['p95'])})"
        left = low - 0.03 * room
        axes.text(left, y + 0.02, text, fontsize=FONT_PX - 1, va="bottom", weight="bold" if k < 2 else "normal")
    axes.axvline(0, color=PAINT["ink"], linewidth=1.2, zorder=0)
    axes.set_xlim(low - 0.05 * room, high + 0.05 * room)
    axes.set_ylim(-len(bars) + 0.5, 0.55)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("change (% of the beginning)")
    grid(axes, "x")
    return figure


def _caption(result: Result) -> str:
    data = result["training"]
    said = (
        f"{data['sessions']} sessions in {number(data['weeks'])} weeks of {data['contractions']} contractions at"
        f" {number(100 * data['evoked_share'], 2)} % of the voluntary maximum, a dose of"
        f" {number(data['dose_maximal_min'])} minutes of maximal contraction. Bars: 90 % of people and of what the"
        " trials leave open; stroke: median. "
    )
    return said + " ".join(data["notes"])


def _table(result: Result) -> Table:
    rows = [(name, b["median"], b["p5"], b["p95"]) for name, b in _bars(result)]
    return ("change of", "median (%)", "5 % (%)", "95 % (%)"), rows


TRAINING = Picture(
    id="training",
    title="What weeks of it do",
    needs=("training.strength",),
    draw=_draw,
    caption=_caption,
    table=_table,
)
