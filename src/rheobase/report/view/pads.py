"""Pads as thin slabs on the skin, cut by the wedge, with their whole outline as a line."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rheobase.anatomy import BodyPart
from rheobase.electrode import Pad
from rheobase.field._lines import along_edges_mm
from rheobase.field._skin_contacts import side_angles_rad
from rheobase.report.view.cut import Cut
from rheobase.report.view.mesh import Mesh, corner_normals, joined, sheet_triangles, tube_mesh

Array = NDArray[np.float64]

_CELLS = 24  # across a pad and along it; even, so that a halved pad ends at a line of cells
_THICK_RELATIVE = 0.07  # of the mean radius
_FREE = 1e-3  # rad: what lies on the first face still has its ground


def slabs(part: BodyPart, pads: tuple[Pad, ...], cut: Cut) -> list[Mesh]:
    """A slab for each pad, and one mesh of outlines."""
    out, rims = [], []
    for pad in pads:
        around, z = _places(part, pad)
        # the places of the solver's pads, so that what is drawn is what was solved
        angle = side_angles_rad(part, pad, z.ravel(), around.reshape(-1, 1)).reshape(around.shape)
        t = cut.t_rad(np.deg2rad(pad.around_deg) + angle)
        low, high = (_lifted(part, cut, t, z, share) for share in (0.004, _THICK_RELATIVE))
        grounded = _grounded(cut, t)
        if grounded.any():
            out.append(_slab(f"pad {pad.name}", low, high, grounded))
        rims.append(tube_mesh("rim", "line", _rim(high, pad), 0.009 * cut.radius_mm, sides=4))
    return [*out, joined("pad outlines", "line", rims)] if rims else []


def middle_mm(part: BodyPart, pad: Pad, cut: Cut) -> Array:
    """Place just above the middle of a pad, or of what the wedge left of it."""
    theta, z = np.deg2rad(pad.around_deg), np.array([pad.along_mm])
    quarter = side_angles_rad(part, pad, z, np.array([[pad.around_mm / 4]]))[0, 0]
    t = float(cut.t_rad(theta))
    halved = min(t, 2 * np.pi - t) < quarter
    return _lifted(part, cut, np.array([t - quarter if halved else t]), z, 1.5 * _THICK_RELATIVE)[0]


def _places(part: BodyPart, pad: Pad) -> tuple[Array, Array]:
    """Places along the skin from the middle and along the axis: of a round pad in rings, of others in rows."""
    if pad.shape == "round":
        ring, turn = np.meshgrid(np.linspace(0.0, 1.0, 9), np.linspace(0, 2 * np.pi, 2 * _CELLS + 1), indexing="ij")
        around, along = ring * np.sin(turn) / 2, ring * np.cos(turn) / 2
    else:
        share = np.linspace(-0.5, 0.5, _CELLS + 1)
        around, along = np.meshgrid(share, share, indexing="ij")
    low, high = along_edges_mm(part, pad)
    return around * pad.around_mm, low + (along + 0.5) * (high - low)


def _lifted(part: BodyPart, cut: Cut, t_rad: Array, z_mm: Array, share: float) -> Array:
    theta = cut.theta_rad(t_rad)
    r = part.outline_mm(theta, z_mm) + share * cut.radius_mm
    return np.stack([r * np.cos(theta), r * np.sin(theta), z_mm], axis=-1)


def _grounded(cut: Cut, t_rad: Array) -> NDArray[np.bool_]:
    """Cells whose middle still has skin below it."""
    turned = np.mod(t_rad - _FREE, 2 * np.pi)  # so that the first face counts as the far end
    middle = np.mod(np.angle(_cell_mean(np.exp(1j * turned))), 2 * np.pi)
    return middle >= cut.opening_rad(0) - _FREE


def _cell_mean(corners: NDArray) -> NDArray:
    return (corners[1:, 1:] + corners[1:, :-1] + corners[:-1, 1:] + corners[:-1, :-1]) / 4


def _slab(name: str, low_mm: Array, high_mm: Array, cells: NDArray[np.bool_]) -> Mesh:
    rows, columns = high_mm.shape[:2]
    both = np.concatenate([cells.ravel(), cells.ravel()])
    top = sheet_triangles(rows, columns)[both]
    wide = np.pad(cells, 1)
    walls = []
    for (di, dj), (a, b) in zip(
        ((-1, 0), (1, 0), (0, -1), (0, 1)),
        (((0, 0), (0, 1)), ((1, 1), (1, 0)), ((1, 0), (0, 0)), ((0, 1), (1, 1))),
        strict=True,
    ):
        open_side = cells & ~wide[1 + di : rows + di, 1 + dj : columns + dj]
        i, j = np.nonzero(open_side)
        quad = [high_mm[i + a[0], j + a[1]], high_mm[i + b[0], j + b[1]]]
        quad += [low_mm[i + b[0], j + b[1]], low_mm[i + a[0], j + a[1]]]
        walls.append(np.stack(quad, axis=1))
    wall = np.concatenate(walls)
    first = rows * columns + 4 * np.arange(len(wall))[:, None]
    sides = np.concatenate([first + np.array([0, 1, 2]), first + np.array([0, 2, 3])])
    points = np.concatenate([high_mm.reshape(-1, 3), wall.reshape(-1, 3)])
    triangles = np.concatenate([top, sides])
    used, packed = np.unique(triangles, return_inverse=True)
    points, triangles = points[used], packed.reshape(-1, 3)
    return Mesh(
        name=name, colour="pad", points_mm=points, triangles=triangles, normals=corner_normals(points, triangles)
    )


def _rim(high_mm: Array, pad: Pad) -> Array:
    if pad.shape == "round":
        return high_mm[-1]
    return np.concatenate([high_mm[0, :-1], high_mm[:-1, -1], high_mm[-1, :0:-1], high_mm[::-1, 0]])
