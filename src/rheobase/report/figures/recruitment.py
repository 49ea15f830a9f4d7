"""How many fibres of each kind fire as the amplitude rises."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from rheobase.report._canvas import PAINT, grid, paint, sheet
from rheobase.report.figures._picture import Picture, Result, Table
from rheobase.report.words import KIND_PLAIN


def _draw(result: Result, width_px: float) -> Figure:
    data = result["recruitment"]
    kinds, amplitude_mA = data["kinds"], data["amplitude_mA"]
    figure, rows = sheet(width_px, 60 + 128 * len(kinds), rows=len(kinds), left=64, top=24, gap=30)
    chosen_mA = (result.get("safety") or {}).get("amplitude_mA")
    for axes, kind in zip(rows, kinds, strict=True):
        name = kind["kind"]
        if kind.get("p5") and kind.get("p95"):
            axes.fill_between(amplitude_mA, kind["p5"], kind["p95"], color=paint(name), alpha=0.3, linewidth=0)
        for key, style in (("median", "-"), ("nominal", (0, (1.5, 1.8)))):
            if kind.get(key):
                axes.plot(
                    amplitude_mA, kind[key], color=paint(name), linestyle=style, linewidth=2 if key == "median" else 1.2
                )
        if chosen_mA:
            axes.axvline(chosen_mA, color=PAINT["ink"], linewidth=1.2)
        plain = f", {KIND_PLAIN[name]}" if name in KIND_PLAIN else ""
        axes.text(
            0,
            1.04,
            f"{name}{plain}",
            transform=axes.transAxes,
            color=paint(name, text=True),
            weight="bold",
            va="bottom",
        )
        axes.set_xlim(amplitude_mA[0], amplitude_mA[-1])
        axes.set_ylim(0, 1)
        axes.set_yticks([0, 0.5, 1])
        axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        axes.xaxis.set_major_locator(MaxNLocator(8 if width_px > 480 else 5))
        axes.tick_params(labelbottom=axes is rows[-1])
        grid(axes)
    rows[len(kinds) // 2].set_ylabel("fibres that fire")
    rows[-1].set_xlabel("amplitude of one phase (mA)")
    return figure


def _caption(result: Result) -> str:
    return (
        "Each kind fires over a wide range of amplitudes, and the ranges overlap. Line: median person; band:"
        " 90 % of people;"
        " dots: the nominal person; vertical line: the amplitude of this scenario."
    )


def _table(result: Result) -> Table:
    data = result["recruitment"]
    head, columns = ["amplitude (mA)"], [data["amplitude_mA"]]
    for kind in data["kinds"]:
        for key, word in (("nominal", "nominal"), ("median", "median"), ("p5", "5 %"), ("p95", "95 %")):
            if kind.get(key):
                head.append(f"{kind['kind']} {word}")
                columns.append(kind[key])
    return head, list(zip(*columns, strict=True))


RECRUITMENT = Picture(
    id="recruitment",
    title="Which fibres fire",
    needs=("recruitment.kinds",),
    draw=_draw,
    caption=_caption,
    table=_table,
)
