"""How strong the tingling feels as the amplitude rises."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from rheobase.report._canvas import FONT_PX, PAINT, grid, paint, sheet
from rheobase.report.figures._picture import Picture, Result, Table
from rheobase.report.words import number


def _draw(result: Result, width_px: float) -> Figure:
    data = result["intensity"]
    figure, (axes,) = sheet(width_px, 220)
    axes.plot(data["amplitude_mA"], data["relative"], color=paint("A-beta"))
    axes.set_xlim(data["amplitude_mA"][0], data["amplitude_mA"][-1])
    axes.set_ylim(0, max(1e-9, *(v for v in data["relative"] if v is not None)) * 1.1)
    chosen_mA = (result.get("safety") or {}).get("amplitude_mA")
    if chosen_mA:
        axes.axvline(chosen_mA, color=PAINT["ink"], linewidth=1.2)
        late = chosen_mA > 0.6 * data["amplitude_mA"][-1]
        axes.annotate(
            f"set to {number(chosen_mA)} mA", (chosen_mA, 0), xytext=(-5 if late else 5, 4), textcoords="offset points",
            ha="right" if late else "left", va="bottom", fontsize=FONT_PX - 1,
        )  # fmt: skip
    axes.xaxis.set_major_locator(MaxNLocator(8 if width_px > 480 else 5))
    axes.set_xlabel("amplitude of one phase (mA)")
    axes.set_ylabel("intensity (relative)")
    grid(axes)
    return figure


def _caption(result: Result) -> str:
    data = result["intensity"]
    note = f" {data['note']}" if data.get("note") else ""
    return f"At {number(data.get('rate_hz'))} Hz the tingling grows quickly at first, then ever more slowly.{note}"


def _table(result: Result) -> Table:
    data = result["intensity"]
    return ("amplitude (mA)", "intensity (relative)"), list(zip(data["amplitude_mA"], data["relative"], strict=True))


INTENSITY = Picture(
    id="intensity",
    title="How strong it feels",
    needs=("intensity.relative",),
    draw=_draw,
    caption=_caption,
    table=_table,
)
