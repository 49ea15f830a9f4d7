"""A body part cut across, to scale: skin, fat, muscles, bones, vessels, nerves, and the pads at that level."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from rheobase.anatomy import MappedPart
from rheobase.report._canvas import FONT_PX, PAINT, sheet

_STEP_MM = 1.2
_LIKE = {  # tissue -> colour of the page
    "cortical_bone": "bone", "cancellous_bone": "marrow", "marrow": "marrow", "cartilage": "marrow",
    "tendon": "grid", "viscera": "grid", "blood": "adelta", "air": "paper", "csf": "window", "white_matter": "paper",
    "muscle": "muscle", "fat": "fat",
}  # fmt: skip
_NEAR_MM = 30.0


def across(
    part: MappedPart,
    along_mm: float,
    *,
    width_px: float = 440.0,
    names: bool = True,
    colours: Mapping[str, str] = PAINT,
) -> Figure:
    """Draw one section as seen from below: the front is up, the person's left is on the right.

    Parameters
    ----------
    part : MappedPart
        The body part.
    along_mm : float
        Place of the section.
    width_px : float
        Width of the picture.
    names : bool
        Write names on muscles, bones and nerves.
    colours : mapping
        Colour of each tissue and part of the page.
    """
    t = np.linspace(-np.pi, np.pi, 361)
    borders = part.borders_mm(t, np.full(t.size, along_mm))
    reach = 1.06 * borders[0].max()
    figure, (axes,) = sheet(width_px, width_px + 34, left=4, right=4, top=26, bottom=4)
    axes.set_xlim(-reach, reach)
    axes.set_ylim(-reach, reach)
    axes.set_aspect("equal")
    axes.axis("off")
    for radius, name in zip(borders, ("skin", "fat", "muscle"), strict=True):
        # right is y, up is x
        ring = np.column_stack([radius * np.sin(t), radius * np.cos(t)])
        axes.add_patch(Polygon(ring, facecolor=colours["paper"], edgecolor="none"))
        edge = Polygon(ring, facecolor=colours[name], alpha=0.55, edgecolor=colours["soft"], linewidth=0.5)
        axes.add_patch(edge)
    _muscles(axes, part, along_mm, edge, reach, names, colours)
    _inclusions(axes, part, along_mm, names, colours)
    _nerves(axes, part, along_mm, names, colours)
    _sites(axes, part, along_mm, names, colours)
    axes.plot([-reach, -reach + 20.0], [-reach * 0.98] * 2, color=colours["ink"], linewidth=2, solid_capstyle="butt")
    axes.text(-reach + 10.0, -reach * 0.97, "20 mm", ha="center", va="bottom", fontsize=FONT_PX - 3,
              color=colours["ink"])  # fmt: skip
    figure.text(0.5, 0.99, f"{part.data['frame']['title']}, {along_mm:+.0f} mm", ha="center", va="top",
                fontsize=FONT_PX, color=colours["ink"])  # fmt: skip
    return figure


def _muscles(
    axes: Axes, part: MappedPart, z: float, clip: Polygon, reach: float, names: bool, colours: Mapping[str, str]
) -> None:
    line = np.arange(-reach, reach + _STEP_MM, _STEP_MM)
    right, up = np.meshgrid(line, line)
    p = np.column_stack([up.ravel(), right.ravel(), np.full(up.size, z)])
    muscles = list(part.muscles.values())
    far = np.stack([m.reach_mm2(p) for m in muscles]).reshape(len(muscles), *up.shape)
    theta, r = np.arctan2(right, up), np.hypot(up, right)
    inside = r < part.fascia_mm(theta, np.full(up.shape, z))
    solid = np.zeros(up.shape, dtype=bool)
    for one in part.inclusions:
        solid |= one.rod.contains(p).reshape(up.shape)
    order = np.sort(far, axis=0)
    for muscle, own in zip(muscles, far, strict=True):
        if not np.isfinite(own).any():
            continue
        other = np.where(own == order[0], order[1] if len(order) > 1 else np.inf, order[0])
        lead = np.clip(own - np.where(np.isfinite(other), other, own + 1e3), -1e6, 1e6)
        if not (lead < 0).any():
            continue
        if muscle.tissue != "muscle":
            done = axes.contourf(right, up, lead, levels=[-1e9, 0.0], colors=[colours[_LIKE[muscle.tissue]]])
            done.set_clip_path(clip)
        lines = axes.contour(right, up, lead, levels=[0.0], colors=[colours["paper"]], linewidths=1.1)
        lines.set_clip_path(clip)
        mine = (lead < 0) & inside & ~solid
        if names and mine.sum() * _STEP_MM**2 > 30.0:
            i = np.argmin((right - right[mine].mean()) ** 2 + (up - up[mine].mean()) ** 2 + 1e9 * ~mine)
            axes.text(right.flat[i], up.flat[i], _short(muscle.plain), ha="center", va="center",
                      fontsize=FONT_PX - 6, color=colours["ink"], linespacing=0.9)  # fmt: skip


def _short(plain: str) -> str:
    words = plain.split(",")[0].split(" ")
    return "\n".join(words) if len(words) > 1 else plain


def _name(name: str) -> str:
    """A name without its side, which the picture shows."""
    return name.removesuffix("_left").removesuffix("_right").replace("_", " ")


def _inclusions(axes: Axes, part: MappedPart, z: float, names: bool, colours: Mapping[str, str]) -> None:
    for one in part.inclusions:
        if not one.reaches(np.array(z)):
            continue
        ring = one.outline_mm(z)[:, ::-1]
        axes.add_patch(
            Polygon(ring, facecolor=colours[_LIKE[one.tissue]], edgecolor=colours["soft"], linewidth=0.6, zorder=3)
        )
        right, up = (float(c) for c in ring.mean(axis=0))
        if one.core is not None:
            core = one.outline_mm(z, of_core=True)[:, ::-1]
            axes.add_patch(Polygon(core, facecolor=colours[_LIKE[one.core_tissue]], edgecolor="none", zorder=3))
        if names and np.ptp(ring[:, 0]) > 9.0:
            axes.text(right, up, _name(one.name), ha="center", va="center", fontsize=FONT_PX - 6,
                      color=colours["ink"], linespacing=0.9, zorder=4)  # fmt: skip


def _nerves(axes: Axes, part: MappedPart, z: float, names: bool, colours: Mapping[str, str]) -> None:
    for nerve in part.nerves.values():
        p = np.array(nerve.points_mm)
        if not p[:, 2].min() <= z <= p[:, 2].max():
            continue
        x, y = p[np.argmin(np.abs(p[:, 2] - z)), :2]
        axes.plot([y], [x], "o", color=colours["abeta"] if nerve.motor_share == 0 else colours["aalpha"],
                  markersize=5, markeredgecolor=colours["paper"], markeredgewidth=0.8, zorder=5)  # fmt: skip
        if names:
            axes.text(y, x - 2.5, _name(nerve.name), ha="center", va="top", fontsize=FONT_PX - 5,
                      color=colours["ink"], weight="bold", zorder=5)  # fmt: skip


def _sites(axes: Axes, part: MappedPart, z: float, names: bool, colours: Mapping[str, str]) -> None:
    for site in part.sites.values():
        if abs(site.along_mm - z) > _NEAR_MM / 2:
            continue
        x, y, _ = part.on_skin_mm(site.around_deg, z, -3.0)
        axes.plot([y], [x], "s", color=colours["pad"], markersize=4)
        if names:
            axes.text(y, x, f" {_name(site.name)}", ha="left" if y >= 0 else "right", va="bottom",
                      fontsize=FONT_PX - 5, color=colours["pad"])  # fmt: skip
