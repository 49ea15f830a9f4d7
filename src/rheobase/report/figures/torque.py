"""Torque over a session: the peak of each contraction, over people."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from rheobase.report._canvas import FONT_PX, PAINT, grid, sheet
from rheobase.report.figures._picture import Picture, Result, Table
from rheobase.report.words import number


def _draw(result: Result, width_px: float) -> Figure:
    data = result["torque"]
    peak, time_min = data["peak_Nm"], data["begin_min"]
    figure, (axes,) = sheet(width_px, 270, left=56, right=14, top=12)
    axes.fill_between(time_min, peak["p5"], peak["p95"], color=PAINT["muscle"], alpha=0.35, linewidth=0)
    axes.plot(time_min, peak["median"], color=PAINT["muscle"], linewidth=2)
    axes.plot(time_min, peak["nominal"], color=PAINT["ink"], marker="o", markersize=3.5, linewidth=0)
    axes.set_ylim(0, None)
    axes.set_xlim(0, max(time_min) * 1.02 + 0.2)
    axes.set_xlabel("time in the session (min)")
    axes.set_ylabel("peak torque (N m)")
    per_Nm = 100.0 / data["maximal_Nm"]["nominal"]
    share = axes.secondary_yaxis("right", functions=(lambda v: np.multiply(v, per_Nm), lambda v: np.divide(v, per_Nm)))
    share.set_ylabel("% of voluntary maximum", fontsize=FONT_PX - 1)
    share.spines["right"].set_visible(False)
    box = axes.get_position()
    axes.set_position((box.x0, box.y0, box.width - 48 / width_px, box.height))
    grid(axes)
    return figure


def _caption(result: Result) -> str:
    fall = number(100 * result["torque"]["fall_share"]["nominal"], 2)
    return (
        f"Torque falls by {fall} % over the session in the middle person (dots). Line: median"
        " person; band: 90 % of people, who differ in strength and in the current they need. The scale on the right"
        " holds for the middle person."
    )


def _table(result: Result) -> Table:
    data = result["torque"]
    keys = (("nominal", "middle person"), ("median", "median"), ("p5", "5 %"), ("p95", "95 %"))
    columns = [data["begin_min"], *(data["peak_Nm"][k] for k, _ in keys)]
    return ("begins at (min)", *(f"{word} (N m)" for _, word in keys)), list(zip(*columns, strict=True))


TORQUE = Picture(
    id="torque",
    title="How strong the contractions are",
    needs=("torque.begin_min",),
    draw=_draw,
    caption=_caption,
    table=_table,
)
