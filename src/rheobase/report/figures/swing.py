"""The leg in the middle of swing, without and with stimulation: the still picture of the film."""

from __future__ import annotations

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from rheobase.report._canvas import FONT_PX, PAINT, sheet
from rheobase.report.figures._picture import NARROW_PX, Picture, Result, Table
from rheobase.report.words import number

_PLACE = 0.8
_SHADES = 3


def _draw(result: Result, width_px: float) -> Figure:
    scene = result["animation"]
    figure, (axes,) = sheet(width_px, 0.62 * width_px + 60, left=6, right=6, top=26, bottom=6)
    axes.set_axis_off()
    axes.set_aspect("equal")
    away = 0.0
    for take in scene["takes"]:
        frame = take["frames"][round(_PLACE * (len(take["frames"]) - 1))]
        low, high = _leg(axes, scene["bones"], frame, away)
        axes.text((low + high) / 2, 0.02, take["plain"], transform=axes.get_xaxis_transform(which="grid"), ha="center",
                  va="bottom", weight="bold", fontsize=FONT_PX)  # fmt: skip
        # The words under a leg are wider than the leg where the page is narrow.
        away += high - low + (0.25 if width_px > NARROW_PX else 0.6)
    axes.autoscale_view()
    return figure


def _leg(axes, bones, frame, away: float) -> tuple[float, float]:
    """Draw one leg from its right side, forward to the right; give where it begins and ends."""
    shapes, lights, depths = [], [], []
    for bone, body in zip(bones, frame["bodies"], strict=True):
        turn = np.array(body[3:]).reshape(3, 3)
        points = np.array(bone["points_m"]) @ turn.T + np.array(body[:3])
        corners = points[np.array(bone["faces"])]
        flat = np.stack([-corners[..., 1], corners[..., 2]], axis=-1)
        normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        size = np.linalg.norm(normal, axis=1)
        toward = normal[:, 0] < 0
        shapes.append(flat[toward])
        lights.append(np.abs(normal[toward, 0]) / np.maximum(size[toward], 1e-12))
        depths.append(corners[toward, :, 0].mean(axis=1))
    shape, light, depth = np.concatenate(shapes), np.concatenate(lights), np.concatenate(depths)
    begin = float(shape[..., 0].min())
    shape[..., 0] += away - begin
    order = np.argsort(-depth)
    alpha = 0.35 + 0.65 * np.round(light[order] * _SHADES) / _SHADES
    colours = [_blend(a) for a in alpha]
    axes.add_collection(PolyCollection(list(shape[order]), facecolors=colours, edgecolors=colours, linewidths=0.3))
    for path, pull in zip(frame["paths"], frame["pulls"], strict=True):
        line = np.array(path)
        axes.plot(away - begin - line[:, 1], line[:, 2], color=PAINT["muscle"], linewidth=1.5 + 9 * pull)
    return away, away + float(shape[..., 0].max()) - away


def _blend(alpha: float) -> tuple[str, float]:
    return PAINT["bone-solid"], float(alpha)


def _caption(result: Result) -> str:
    by = {r["id"]: r for r in result["walk"]["routes"]}
    at = round(_PLACE * (len(result["walk"]["phase_percent"]) - 1))
    return (
        f"At {number(100 * _PLACE)} % of the stride, seen from the right. With pads on the skin the tip of the toes is"
        f" {number(by['surface']['toe_mm'][at])} mm higher. Thick line: the dorsiflexors, thicker the more they pull."
    )


def _table(result: Result) -> Table:
    data = result["walk"]
    head = ["stride (%)", *(f"toes higher, {r['plain']} (mm)" for r in data["routes"][1:])]
    return head, list(zip(data["phase_percent"], *(r["toe_mm"] for r in data["routes"][1:]), strict=True))


SWING = Picture(
    id="swing", title="The leg in swing", needs=("animation.takes", "walk.routes"), draw=_draw, caption=_caption,
    table=_table,
)  # fmt: skip
