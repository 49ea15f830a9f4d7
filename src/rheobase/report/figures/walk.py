"""The ankle over a stride: normal, hanging, and lifted; below it, when and how strongly the nerve is stimulated."""

from __future__ import annotations

from matplotlib.figure import Figure

from rheobase.report._canvas import FONT_PX, PAINT, grid, sheet
from rheobase.report.figures._picture import Picture, Result, Table
from rheobase.report.words import number

COLOUR = {"none": "limp", "surface": "surface", "cuff": "cuff"}
DASH = {"none": "-", "surface": "-", "cuff": (0, (2.5, 1.6))}


def _draw(result: Result, width_px: float) -> Figure:
    data = result["walk"]
    wide = width_px > 480
    figure, (top, low) = sheet(width_px, 420, rows=2, top=30, gap=26)
    box, under = top.get_position(), low.get_position()
    # Two thirds for the angle, one for the stimulation.
    height = box.y1 - under.y0
    top.set_position((box.x0, under.y0 + 0.36 * height, box.width, 0.64 * height))
    low.set_position((box.x0, under.y0, box.width, 0.28 * height))
    phase = data["phase_percent"]
    for axes in (top, low):
        axes.axvspan(data["toe_off_percent"], 100, color=PAINT["window"], linewidth=0, zorder=0)
        axes.set_xlim(0, 100)
        grid(axes)
    top.axhline(0, color=PAINT["soft"], linewidth=1)
    top.plot(phase, data["normal_deg"], color=PAINT["soft"], linewidth=5, alpha=0.35)
    for route in data["routes"]:
        name = COLOUR[route["id"]]
        top.plot(phase, route["ankle_deg"], color=PAINT[name], linestyle=DASH[route["id"]])
        if route["id"] != "none":
            low.plot(phase, route["level"], color=PAINT[name], linestyle=DASH[route["id"]])
    _label(top, data, wide)
    top.text(data["toe_off_percent"] + 1, 1.02, "swing", transform=top.get_xaxis_transform(), va="bottom",
             fontsize=FONT_PX - 1, color=PAINT["soft"])  # fmt: skip
    top.set_ylabel("dorsiflexion (°)")
    top.tick_params(labelbottom=False)
    low.set_ylabel("level")
    low.set_ylim(bottom=0)
    low.set_xlabel("share of the stride, from heel strike (%)")
    return figure


def _label(axes, data, wide: bool) -> None:
    lines = [("normal", "soft"), ("without stimulation", "limp-text"), ("pads on the skin", "surface-text"),
             ("cuff on the nerve", "cuff-text")]  # fmt: skip
    for i, (text, name) in enumerate(lines):
        axes.text(0.99, 0.985 - (0.085 if wide else 0.08) * i, text, transform=axes.transAxes, weight="bold",
                  color=PAINT[name], fontsize=FONT_PX - 1, ha="right", va="top")  # fmt: skip
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.12 * (high - low))


def _caption(result: Result) -> str:
    data = result["walk"]
    at = {r["id"]: r["ankle_deg"][-1] for r in data["routes"]}
    return (
        f"In swing the foot hangs without stimulation ({number(at['none'])}° at heel strike) and comes up with it"
        f" ({number(at['surface'])}°), by either way to the nerve. Grey band: normal"
        f" ankle. Below: how strongly the nerve is stimulated in the last stride, from"
        f" {number(data['begins_percent'])} % of it on; in stance the foot on the ground leads the ankle."
    )


def _table(result: Result) -> Table:
    data = result["walk"]
    head = ["stride (%)", "normal (°)"]
    columns = [data["phase_percent"], data["normal_deg"]]
    for route in data["routes"]:
        head += [f"{route['plain']} (°)", f"level, {route['plain']}", f"stimulus, {route['plain']} (mA)"]
        columns += [route["ankle_deg"], route["level"], route["stimulus_mA"]]
    return head, list(zip(*columns, strict=True))


WALK = Picture(
    id="walk", title="The ankle over a stride", needs=("walk.routes",), draw=_draw, caption=_caption, table=_table
)
