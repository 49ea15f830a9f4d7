"""The first and the last contraction of a session, one over the other."""

from __future__ import annotations

from matplotlib.figure import Figure

from rheobase.report._canvas import FONT_PX, PAINT, grid, sheet
from rheobase.report.figures._picture import Picture, Result, Table

_LINES = (("first", "muscle", "-"), ("last", "ink", (0, (4, 2))))


def _draw(result: Result, width_px: float) -> Figure:
    data = result["torque"]
    figure, (axes,) = sheet(width_px, 230, left=56, top=14)
    for name, colour, style in _LINES:
        axes.plot(data[name]["time_s"], data[name]["torque_Nm"], color=PAINT[colour], linestyle=style)
    tops = [max(data[name]["torque_Nm"]) for name, _, _ in _LINES]
    end = data["first"]["time_s"][-1]
    for (name, colour, _), y in zip(_LINES, (max(tops) * 1.04, 0.82 * min(tops)), strict=True):
        axes.text(0.45 * end, y, f"{name} contraction", color=PAINT[colour], weight="bold", fontsize=FONT_PX - 1,
                  ha="center")  # fmt: skip
    axes.set_xlim(0, end)
    axes.set_ylim(0, 1.18 * max(tops))
    axes.set_xlabel("time from its beginning (s)")
    axes.set_ylabel("torque (N m)")
    grid(axes)
    return figure


def _caption(result: Result) -> str:
    return (
        "The middle person's first and last contraction. The ramps lie within the on-time; nothing happens until the"
        " current has passed the level at which the muscle answers."
    )


def _table(result: Result) -> Table:
    first, last = result["torque"]["first"], result["torque"]["last"]
    rows = [(t, a, b) for t, a, b in zip(first["time_s"], first["torque_Nm"], last["torque_Nm"], strict=False)]
    return ("time (s)", "first (N m)", "last (N m)"), rows[:: max(1, len(rows) // 60)]


CONTRACTION = Picture(
    id="contraction",
    title="One contraction",
    needs=("torque.first.time_s", "torque.last.time_s"),
    draw=_draw,
    caption=_caption,
    table=_table,
)
