"""Bones, vessels and the cord as bodies that stand in the wedge, from nothing but the tissue at points.

The share of a tissue in every cell of a box is counted, and a surface is laid through the cells that are half full.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, map_coordinates

from rheobase.anatomy import BodyPart
from rheobase.report.view.cut import Cut
from rheobase.report.view.mesh import Mesh, corner_normals
from rheobase.report.view.net import surface_net
from rheobase.report.view.surfaces import SOLIDS, Standing, colour_of, labels_below

Array = NDArray[np.float64]

_CELLS = 26  # across the mean radius
_FINER = 2  # points in a cell across, either way
_SMOOTH_CELLS = (0.8, 0.8, 0.5)
_SHORT_MM = 0.1  # bodies end short of the end faces, which show what is inside them


def solids(part: BodyPart, cut: Cut, standing: Standing = SOLIDS) -> list[Mesh]:
    """All bodies of the stretch that is shown."""
    x, y, z = box = _box(part, cut)
    labels = _labels(part, cut, box)
    out = []
    for colour, made_of in standing:
        wanted = np.array([colour_of(t.name) in made_of for t in part.tissues])
        if not wanted.any():
            continue
        share = _shares(wanted[labels], len(x), len(y), len(z))
        points, squares = surface_net(np.pad(share, 1))
        if not len(squares):
            continue
        axes = (_longer(x), _longer(y), _longer(z))
        mm = np.stack([np.interp(points[:, i], np.arange(len(a)), a) for i, a in enumerate(axes)], axis=1)
        mm[:, 2] = np.clip(mm[:, 2], cut.low_mm + _SHORT_MM, cut.high_mm - _SHORT_MM)
        triangles = np.concatenate([squares[:, [0, 1, 2]], squares[:, [0, 2, 3]]])
        normals = _smooth_normals(np.pad(share, 1), points, axes, mm, triangles)
        out.append(Mesh(name=colour, colour=colour, points_mm=mm, triangles=triangles, normals=normals))
    return out


def _smooth_normals(
    share: Array, points: Array, axes: tuple[Array, Array, Array], mm: Array, triangles: NDArray[np.int64]
) -> Array:
    """Square to the surfaces of equal share, which are smoother than the triangles; along the axis at the ends."""
    slope = np.stack(
        [
            map_coordinates(np.gradient(share, axis=i) / (axes[i][1] - axes[i][0]), points.T, order=1, mode="nearest")
            for i in range(3)
        ],
        axis=1,
    )
    slope[mm[:, 2] == mm[:, 2].min()] = [0.0, 0.0, -1.0]
    slope[mm[:, 2] == mm[:, 2].max()] = [0.0, 0.0, 1.0]
    size = np.linalg.norm(slope, axis=1, keepdims=True)
    return np.where(size > 1e-9, slope / np.maximum(size, 1e-12), corner_normals(mm, triangles))


def _box(part: BodyPart, cut: Cut) -> tuple[Array, Array, Array]:
    """Middles of the cells around the core."""
    t, z = np.meshgrid(np.linspace(0, 2 * np.pi, 73), np.linspace(cut.low_mm, cut.high_mm, 25))
    reach = float(part.borders_mm(t, z)[len(cut.layers)].max())
    step = cut.radius_mm / _CELLS
    half = (np.arange(-np.ceil(reach / step), np.ceil(reach / step) + 1)) * step
    count = max(8, round((cut.high_mm - cut.low_mm) / (2 * step)))
    return half, half.copy(), np.linspace(cut.low_mm, cut.high_mm, count)


def _labels(part: BodyPart, cut: Cut, box: tuple[Array, Array, Array]) -> NDArray[np.int64]:
    """Tissue at the points of a box, finer across than its cells; outside the core that of the first tissue's layer."""
    x, _, z = box
    step = x[1] - x[0]
    shift = (np.arange(_FINER) - (_FINER - 1) / 2) / _FINER * step
    fine = (x[:, None] + shift).ravel()
    px, py, pz = np.meshgrid(fine, fine, z, indexing="ij")
    points = np.stack([px, py, pz], axis=-1).reshape(-1, 3)
    theta = np.linspace(-np.pi, np.pi, 181)
    edge = part.borders_mm(*np.meshgrid(theta, z, indexing="ij"))[len(cut.layers)]
    ring = np.array([np.interp(np.arctan2(points[i :: len(z), 1], points[i :: len(z), 0]), theta, edge[:, i])
                     for i in range(len(z))]).T.ravel()  # fmt: skip
    core = np.hypot(points[:, 0], points[:, 1]) <= ring
    outside = [t.name for t in part.tissues].index(cut.layers[0]) if cut.layers else _outermost(part, cut)
    out = np.full(len(points), outside)
    out[core] = labels_below(part, cut, points[core])
    return out


def _outermost(part: BodyPart, cut: Cut) -> int:
    """The tissue most common at the rim of a part without layers."""
    t, z = np.meshgrid(np.linspace(0, 2 * np.pi, 73), np.linspace(cut.low_mm, cut.high_mm, 25))
    r = 0.999 * part.outline_mm(t, z)
    points = np.stack([r * np.cos(t), r * np.sin(t), z], axis=-1).reshape(-1, 3)
    return int(np.bincount(part.core_labels(points)).argmax())


def _shares(wanted: NDArray[np.bool_], nx: int, ny: int, nz: int) -> Array:
    share = wanted.reshape(nx, _FINER, ny, _FINER, nz).mean(axis=(1, 3))
    return gaussian_filter(share, _SMOOTH_CELLS, mode="nearest")


def _longer(axis_mm: Array) -> Array:
    step = axis_mm[1] - axis_mm[0]
    return np.concatenate([[axis_mm[0] - step], axis_mm, [axis_mm[-1] + step]])
