"""Potential along the nerves and how sharply it bends: what drives a fibre that runs straight on."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rheobase.report._canvas import FONT_PX, PAINT, grid, sheet
from rheobase.report.figures._picture import Picture, Result, Table

_DASHES = ((0, ()), (0, (5, 2)), (0, (1.5, 1.8)), (0, (6, 2, 1, 2)))


def _draw(result: Result, width_px: float) -> Figure:
    figure, (top, bottom) = sheet(width_px, 400, rows=2, left=88, gap=24, top=26)
    for axes, key, label in (
        (top, "potential_mV_per_mA", "potential\n(mV per mA)"),
        (bottom, "second_difference_mV_per_mA", "second difference\n(mV per mA)"),
    ):
        axes.axhline(0, color=PAINT["soft"], linewidth=1)
        _pads(axes, result, named=axes is top)
        for i, nerve in enumerate(result["field"]["nerves"]):
            if nerve.get(key):
                style = {"linestyle": _DASHES[i % len(_DASHES)], "linewidth": 2 if i == 0 else 1.5}
                axes.plot(nerve["along_mm"], nerve[key], color=PAINT["ink"], label=nerve["name"], **style)
        axes.set_ylabel(label)
        axes.yaxis.set_label_coords(-54 / (width_px - 100), 0.5)
        axes.margins(x=0)
        grid(axes)
    top.tick_params(labelbottom=False)
    bottom.set_xlabel("place along the limb (mm), proximal to the right")
    top.legend(frameon=False, fontsize=FONT_PX - 1, loc="lower left", handlelength=2.6, borderaxespad=0)
    return figure


def _pads(axes: Axes, result: Result, named: bool) -> None:
    for pad in (result.get("anatomy") or {}).get("pads", ()):
        half = pad["length_mm"] / 2
        axes.axvspan(pad["along_mm"] - half, pad["along_mm"] + half, color=PAINT["pad"], alpha=0.13, linewidth=0)
        if named:
            place = (pad["along_mm"], 1.02)
            axes.text(
                *place,
                pad["role"],
                transform=axes.get_xaxis_transform(),
                ha="center",
                va="bottom",
                fontsize=FONT_PX - 1,
            )


def _caption(result: Result) -> str:
    note = next((n["note"] for n in result["field"]["nerves"] if n.get("note")), "")
    text = (
        "Under pads (shaded) the potential changes smoothly, so its second difference is small: a straight trunk"
        " is hard to fire, endings and bends are not."
    )
    return f"{text} {note[:1].upper()}{note[1:]}{'' if note.endswith('.') or not note else '.'}".strip()


def _table(result: Result) -> Table:
    head = ("nerve", "along (mm)", "potential (mV/mA)", "second difference (mV/mA)")
    rows = []
    for nerve in result["field"]["nerves"]:
        second = nerve.get("second_difference_mV_per_mA") or [None] * len(nerve["along_mm"])
        rows += [(nerve["name"], *v) for v in zip(nerve["along_mm"], nerve["potential_mV_per_mA"], second, strict=True)]
    return head, rows


NERVE = Picture(
    id="nerve", title="Along the nerves", needs=("field.nerves",), draw=_draw, caption=_caption, table=_table
)
