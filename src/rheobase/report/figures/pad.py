"""How the current is shared out under one pad."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from rheobase.report._canvas import FONT_PX, PAINT, sheet
from rheobase.report.figures._picture import Picture, Result, Table
from rheobase.report.words import number

_COLOURS = "cividis"


def _grid(result: Result) -> list[list[float]]:
    """Rows along the limb, columns around it."""
    pad = result["field"]["pad_density"]
    rows = pad["relative"]
    return rows if len(rows) == len(pad["along_mm"]) else [list(r) for r in zip(*rows, strict=True)]


def _known(result: Result) -> list[float]:
    return [v for row in _grid(result) for v in row if v is not None]


def _draw(result: Result, width_px: float) -> Figure:
    import numpy as np
    from matplotlib.colors import BoundaryNorm

    pad = result["field"]["pad_density"]
    values = np.array([[np.nan if v is None else v for v in row] for row in _grid(result)], dtype=float)
    side_px = min(260.0, width_px - 150)
    figure, (axes,) = sheet(width_px, side_px + 96, left=62, right=width_px - 62 - side_px, top=42, bottom=54)
    levels = MaxNLocator(8).tick_values(float(np.nanmin(values)), float(np.nanmax(values)))
    around, along = pad["around_mm"], pad["along_mm"]
    shades = axes.contourf(along, around, values.T, levels=levels, cmap=_COLOURS, norm=BoundaryNorm(levels, 256))
    axes.set_aspect("equal")
    axes.set_xlabel("along the body (mm)")
    axes.set_ylabel("around it (mm)")
    for spine in axes.spines.values():
        spine.set_visible(False)
    w, h = figure.get_figwidth() * 72, figure.get_figheight() * 72
    bar = figure.add_axes(((62 + side_px + 24) / w, 54 / h, 12 / w, side_px / h))
    scale = figure.colorbar(shades, cax=bar)
    scale.outline.set_visible(False)  # type: ignore[operator]
    bar.tick_params(length=0, labelsize=FONT_PX - 1, labelcolor=PAINT["ink"])
    bar.set_title("density\nover mean", fontsize=FONT_PX - 1, loc="left", linespacing=1.1)
    return figure


def _caption(result: Result) -> str:
    field, known = result["field"], _known(result)
    grid = _grid(result)
    rim = [v for row in (grid[0], grid[-1], *([r[0], r[-1]] for r in grid)) for v in row if v is not None]
    where = "crowds at the edge of the pad" if rim and max(rim) >= max(known) else "is not even under the pad"
    text = f"Current {where}: up to {number(max(known), 2)} times its mean."
    if field.get("mean_density_A_per_m2_per_mA") is not None:
        mean, peak = field["mean_density_A_per_m2_per_mA"], field.get("peak_density_A_per_m2_per_mA")
        text += f" Per mA the mean is {number(mean)} A/m²" + (
            f", the peak {number(peak)} A/m²." if peak is not None else "."
        )
    return text


def _table(result: Result) -> Table:
    pad = result["field"]["pad_density"]
    head = ["along (mm) \\ around (mm)", *(number(v) for v in pad["around_mm"])]
    return head, [(a, *row) for a, row in zip(pad["along_mm"], _grid(result), strict=True)]


PAD = Picture(
    id="pad", title="Under the pad", needs=("field.pad_density.relative",), draw=_draw, caption=_caption, table=_table
)
