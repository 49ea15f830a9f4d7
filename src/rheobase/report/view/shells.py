"""Surfaces of equal potential, to be switched on in the page: through fibres and tissues, whole also in the wedge."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from rheobase.report.view.cut import Cut
from rheobase.report.view.mesh import Mesh, corner_normals
from rheobase.report.view.net import surface_net
from rheobase.report.view.seen import Seen
from rheobase.report.view.surfaces import stations_mm

Array = NDArray[np.float64]

_CORE, _LAYER, _AROUND = 14, 3, 60  # points across the core, across each layer, around
_FROM_AXIS = 0.02  # of the core's radius: the innermost point
_JUST_INSIDE = 0.9995
_EVERY_STATION = 2
_LEAST, _MOST = 0.02, 0.6  # of the largest potential of a sign: where a surface is worth showing
_SERIES = (1.0, 2.0, 5.0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shell:
    """One surface.

    Parameters
    ----------
    level_mV_per_mA : float
        Its potential per mA of the leading phase.
    mesh : Mesh
        Its triangles; ``colour`` is ``"above"`` or ``"below"``, as its potential is above or below zero.
    """

    level_mV_per_mA: float
    mesh: Mesh


def shells(view: Seen, cut: Cut, sign: int) -> tuple[Shell, ...]:
    """Surfaces at 1, 2 and 5 times powers of ten, from the skin to the axis, over the stretch that is shown."""
    points = _places(view, cut)
    v = sign * view.drive_V_per_A((points * [_JUST_INSIDE, _JUST_INSIDE, 1.0]).reshape(-1, 3)).reshape(points.shape[:3])
    out = []
    for level in shell_levels(v):
        mesh = _surface(v, points, level)
        if len(mesh.triangles):
            out.append(Shell(level_mV_per_mA=level, mesh=mesh))
    return tuple(out)


def shell_levels(potential: Array) -> list[float]:
    """Levels of either sign worth a surface, rising.

    Examples
    --------
    >>> shell_levels(np.array([-40.0, 0.0, 7.0]))
    [-20.0, -10.0, -5.0, -2.0, -1.0, 0.2, 0.5, 1.0, 2.0]
    """
    found: list[float] = []
    for sign in (-1.0, 1.0):
        most = float(np.nanmax(sign * potential))
        if most <= 0:
            continue
        power = np.floor(np.log10(most))
        series = [m * 10.0**p for p in (power - 2, power - 1, power) for m in _SERIES]
        found += [sign * float(f"{v:.3g}") for v in series if _LEAST * most <= v <= _MOST * most]
    return sorted(found)


def _places(view: Seen, cut: Cut) -> Array:
    """Points (across, around, along, 3): from the axis to the skin; around one more than a turn at either end."""
    z = stations_mm(cut)[::_EVERY_STATION]
    theta = np.arange(-1, _AROUND + 1) * 2 * np.pi / _AROUND
    t, along = np.meshgrid(theta, z, indexing="ij")
    borders = view.part.borders_mm(t, along)[::-1]
    core = np.linspace(_FROM_AXIS, 1.0, _CORE)[:, None, None] * borders[0]
    share = np.arange(1, _LAYER + 1)[:, None, None] / _LAYER
    layers = [low + share * (high - low) for low, high in pairwise(borders)]
    r = np.concatenate([core, *layers])
    return np.stack([r * np.cos(t), r * np.sin(t), np.broadcast_to(along, r.shape)], axis=-1)


def _surface(potential: Array, points_mm: Array, level: float) -> Mesh:
    way = np.sign(level)
    scale = max(float(np.nanmax(np.abs(potential))), 1e-12)
    known = np.where(np.isfinite(potential), way * (potential - level) / scale, -1.0)
    corners, squares = surface_net(0.5 + known)
    mm = _at(points_mm, corners) if len(corners) else np.zeros((0, 3))
    triangles = np.concatenate([squares[:, [0, 1, 2]], squares[:, [0, 2, 3]]])
    used, packed = np.unique(triangles, return_inverse=True)
    mm, triangles = mm[used], packed.reshape(-1, 3)
    return Mesh(
        name=f"potential {level:g}", colour="above" if level > 0 else "below", points_mm=mm, triangles=triangles,
        normals=corner_normals(mm, triangles),
    )  # fmt: skip


def _at(grid_mm: Array, corners: Array) -> Array:
    """Places of corners that are counted in cells, trilinear between the points of the grid."""
    low = np.clip(corners.astype(int), 0, np.array(grid_mm.shape[:3]) - 2)
    share = corners - low
    out = np.zeros((len(corners), 3))
    for i in (0, 1):
        for j in (0, 1):
            for k in (0, 1):
                weight = np.abs(1 - np.array([i, j, k]) - share).prod(axis=1)
                out += weight[:, None] * grid_mm[low[:, 0] + i, low[:, 1] + j, low[:, 2] + k]
    return out
