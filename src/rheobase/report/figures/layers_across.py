"""A body part of layers and tissues without named muscles cut across: such as the spinal canal with its cord."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from rheobase.anatomy import BodyPart
from rheobase.report._canvas import FONT_PX, PAINT, sheet

_CELLS = 320  # across the picture
_AROUND_CORE = 1.9  # of the largest radius of the core: what is drawn of a part whose outer layers only surround it
_LIKE = (  # first word that is part of a tissue's name -> colour of the page
    ("dermis", "skin"), ("skin", "skin"), ("fat", "fat"), ("muscle", "muscle"), ("marrow", "marrow"), ("bone", "bone"),
    ("csf", "window"), ("dura", "grid"), ("grey", "soft"), ("white", "paper"), ("blood", "adelta"), ("air", "paper"),
)  # fmt: skip
_RING_PX = 6
_TINT = 0.55


def layers_across(
    part: BodyPart, along_mm: float, *, title: str, width_px: float = 440.0, colours: Mapping[str, str] = PAINT
) -> Figure:
    """Draw one section as seen from below: the front (x) is up, the person's left (y) is on the right.

    Parameters
    ----------
    part : BodyPart
        The body part.
    along_mm : float
        Place of the section.
    title : str
        Stands above it.
    width_px : float
        Width of the picture.
    colours : mapping
        Colour of each tissue and part of the page.
    """
    t = np.linspace(-np.pi, np.pi, 181)
    borders = part.borders_mm(t, np.full(t.size, along_mm))
    reach = 1.03 * float(min(borders[0].max(), _AROUND_CORE * borders[-1].max()))
    names = tuple(tissue.name for tissue in part.tissues)
    rows = 1 + (len(names) - 1) // 3
    figure, (axes,) = sheet(width_px, width_px + 34 + 18 * rows, left=4, right=4, top=26, bottom=8 + 18 * rows)
    axes.set_xlim(-reach, reach)
    axes.set_ylim(-reach, reach)
    axes.set_aspect("equal")
    axes.axis("off")
    _tissues(axes, part, along_mm, reach, colours)
    _nerves(axes, part, along_mm, colours)
    mm = next(m for m in (50, 20, 10, 5, 2, 1) if m <= 0.5 * reach)
    axes.plot([-reach, -reach + mm], [-0.98 * reach] * 2, color=colours["ink"], linewidth=2, solid_capstyle="butt")
    axes.text(-reach + mm / 2, -0.96 * reach, f"{mm} mm", ha="center", va="bottom", fontsize=FONT_PX - 3,
              color=colours["ink"])  # fmt: skip
    _legend(figure, names, width_px, colours)
    figure.text(0.5, 0.99, title, ha="center", va="top", fontsize=FONT_PX, color=colours["ink"])
    return figure


def _colour(tissue: str, colours: Mapping[str, str]) -> str:
    return colours[next((c for word, c in _LIKE if word in tissue), "soft")]


def _tissues(axes: Axes, part: BodyPart, z: float, reach: float, colours: Mapping[str, str]) -> None:
    line = np.linspace(-reach, reach, _CELLS)
    right, up = np.meshgrid(line, line)
    inside = np.hypot(right, up) <= part.outline_mm(np.arctan2(right, up), np.full(up.shape, z))
    labels = np.full(up.shape, -1)
    labels[inside] = part.labels_at(np.column_stack([up[inside], right[inside], np.full(int(inside.sum()), z)]))
    for i, tissue in enumerate(part.tissues):
        mine = (labels == i).astype(float)
        if mine.any():
            axes.contourf(right, up, mine, levels=[0.5, 1.5], colors=[_colour(tissue.name, colours)], alpha=_TINT)
            axes.contour(right, up, mine, levels=[0.5], colors=[colours["soft"]], linewidths=0.6)


def _nerves(axes: Axes, part: BodyPart, z: float, colours: Mapping[str, str]) -> None:
    """Nerves and tracts at that level; left and right of a pair are named once, on the left."""
    for nerve in part.nerves.values():
        p = np.array(nerve.points_mm)
        if not p[:, 2].min() <= z <= p[:, 2].max():
            continue
        x, y = p[np.argmin(np.abs(p[:, 2] - z)), :2]
        kind = "abeta" if nerve.motor_share == 0 else "aalpha"
        axes.plot([y], [x], "o", color=colours[kind], markersize=_RING_PX, markeredgecolor=colours["paper"],
                  markeredgewidth=0.8, zorder=5)  # fmt: skip
        if not nerve.name.endswith("_right"):
            axes.annotate(nerve.name.removesuffix("_left").replace("_", " "), (y, x), xytext=(7, -3),
                          textcoords="offset points", ha="left", va="top", fontsize=FONT_PX - 4, weight="bold",
                          color=colours["ink"], zorder=5)  # fmt: skip


def _legend(figure: Figure, names: tuple[str, ...], width_px: float, colours: Mapping[str, str]) -> None:
    height_px = figure.get_size_inches()[1] * figure.dpi
    for i, name in enumerate(names):
        x, y = 6 + (i % 3) * width_px / 3, 12 + 18 * (i // 3)
        at, low = x / width_px, y / height_px
        patch = Rectangle(
            (at, low - 5 / height_px), 11 / width_px, 11 / height_px, transform=figure.transFigure,
            facecolor=_colour(name, colours), alpha=_TINT, edgecolor=colours["soft"], linewidth=0.6,
        )  # fmt: skip
        figure.add_artist(patch)
        words = name.replace("_", " ")
        figure.text(at + 16 / width_px, low, words, color=colours["ink"], fontsize=FONT_PX - 2, ha="left", va="center")
