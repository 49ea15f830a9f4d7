"""What a current gives and what it costs: torque over current, and below it the thin skin fibres that fire."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from rheobase.report._canvas import FONT_PX, PAINT, grid, paint, sheet
from rheobase.report.figures._picture import Picture, Result, Table
from rheobase.report.words import number

_KEYS = (("nominal", "middle person"), ("median", "median"), ("p5", "5 %"), ("p95", "95 %"))


def _draw(result: Result, width_px: float) -> Figure:
    data = result["reach"]
    amplitude = data["amplitude_mA"]
    figure, rows = sheet(width_px, 360, rows=2, left=58, right=16, top=26, gap=34)
    parts = (
        ("torque_share", PAINT["muscle"], PAINT["muscle"], "units of the muscle that fire, by force"),
        (
            "thin_share",
            paint("A-delta"),
            paint("A-delta", text=True),
            "thin skin fibres (A-delta) that fire: sharp, discomfort",
        ),
    )
    for axes, (key, fill, ink, title) in zip(rows, parts, strict=True):
        share = data[key]
        axes.fill_between(amplitude, share["p5"], share["p95"], color=fill, alpha=0.3, linewidth=0)
        axes.plot(amplitude, share["median"], color=fill, linewidth=2)
        axes.axvline(data["set_mA"], color=PAINT["ink"], linewidth=1.2)
        axes.text(0, 1.05, title, transform=axes.transAxes, color=ink, weight="bold", va="bottom", fontsize=FONT_PX)
        axes.set_xlim(amplitude[0], amplitude[-1])
        axes.set_ylim(0, 1)
        axes.set_yticks([0, 0.5, 1])
        axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        axes.xaxis.set_major_locator(MaxNLocator(8 if width_px > 480 else 5))
        axes.tick_params(labelbottom=axes is rows[-1])
        grid(axes)
    for one in data["muscles"]:
        rows[0].plot(amplitude, one["share"], color=PAINT["soft"], linewidth=0.9, linestyle=(0, (3, 2)))
    rows[0].text(
        data["set_mA"], 0.06, f" set to {number(data['set_mA'])} mA", ha="left", va="bottom", weight="bold",
        fontsize=FONT_PX - 1,
    )  # fmt: skip
    rows[-1].set_xlabel("amplitude of one phase (mA)")
    return figure


def _caption(result: Result) -> str:
    data = result["reach"]
    first = data["motor_threshold_mA"]
    levels = {one["id"]: one for one in data["levels"]}
    feel, pain = levels["tingling"], levels["pain"]
    names = ", ".join(one["name"] for one in data["muscles"])
    return (
        f"A twentieth of the force comes at {number(first['median'])} mA ({number(first['p5'])} to"
        f" {number(first['p95'])}); tingling begins at {number(feel['median_mA'])} mA, a sharp feeling at"
        f" {number(pain['median_mA'])} mA ({number(pain['p5_mA'])} to {number(pain['p95_mA'])}). Line: median person;"
        f" band: 90 % of people; dashes: {names} of the middle person."
    )


def _table(result: Result) -> Table:
    data = result["reach"]
    head, columns = ["amplitude (mA)"], [data["amplitude_mA"]]
    for key, what in (("torque_share", "force"), ("thin_share", "A-delta")):
        for name, word in _KEYS:
            if name in data[key]:
                head.append(f"{what}, {word}")
                columns.append(data[key][name])
    for one in data["muscles"]:
        head.append(one["name"])
        columns.append(one["share"])
    return head, list(zip(*columns, strict=True))


REACH = Picture(
    id="reach",
    title="Torque, and the discomfort beside it",
    needs=("reach.torque_share", "reach.thin_share"),
    draw=_draw,
    caption=_caption,
    table=_table,
)
