"""Triangles: the one kind of thing that the picture is made of, on paper and on the screen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mesh:
    """A surface of triangles in one colour, with one picture on it, or coloured by a value at its corners.

    Parameters
    ----------
    name : str
        What it shows, such as ``"skin"`` or ``"nerve median"``.
    colour : str
        A tissue or another word of the palette; ``"drive"`` colours by ``drive_relative``.
    points_mm : (n, 3) array
        Corners.
    triangles : (m, 3) array
        Three corners each.
    normals : (n, 3) array
        Unit vectors square to the surface; either side may be seen.
    flat : bool
        True for cut faces, which are shaded less so that their colours stay those of the legend.
    texture_index : int
        Which texture lies on it; below 0 for none.
    uv : (n, 2) array
        Place of each corner on the texture, 0 to 1.
    drive_relative : (n,) array
        Value at each corner, -1 to 1.
    """

    name: str
    colour: str
    points_mm: Array
    triangles: NDArray[np.int64]
    normals: Array
    flat: bool = False
    texture_index: int = -1
    uv: Array | None = None
    drive_relative: Array | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Texture:
    """A picture of tissues: for every pixel the index of a colour.

    Parameters
    ----------
    pixels : (height, width) array of uint8
        Index into the names.
    names : tuple of str
        Words of the palette.
    """

    pixels: NDArray[np.uint8]
    names: tuple[str, ...]


def corner_normals(points_mm: Array, triangles: NDArray[np.int64]) -> Array:
    """Unit vectors at the corners: the mean of the triangles that meet there, larger ones counting more."""
    a, b, c = (points_mm[triangles[:, i]] for i in range(3))
    face = np.cross(b - a, c - a)
    total = np.zeros_like(points_mm)
    for i in range(3):
        for axis in range(3):
            total[:, axis] += np.bincount(triangles[:, i], face[:, axis], len(points_mm))
    size = np.linalg.norm(total, axis=1, keepdims=True)
    return np.where(size > 1e-12, total / np.maximum(size, 1e-12), [0.0, 0.0, 1.0])


def sheet_triangles(rows: int, columns: int) -> NDArray[np.int64]:
    """Two triangles for each cell of a sheet of rows x columns corners."""
    first = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).ravel()
    lower = np.stack([first, first + 1, first + columns + 1], axis=1)
    upper = np.stack([first, first + columns + 1, first + columns], axis=1)
    return np.concatenate([lower, upper])


def sheet_mesh(name: str, colour: str, points_mm: Array, *, flat: bool = False) -> Mesh:
    """A mesh from a sheet of corners, (rows, columns, 3)."""
    rows, columns = points_mm.shape[:2]
    points, triangles = points_mm.reshape(-1, 3), sheet_triangles(rows, columns)
    return Mesh(
        name=name,
        colour=colour,
        points_mm=points,
        triangles=triangles,
        normals=corner_normals(points, triangles),
        flat=flat,
    )


def tube_mesh(
    name: str,
    colour: str,
    way_mm: Array,
    radius_mm: float,
    *,
    sides: int = 10,
    drive_relative: Array | None = None,
) -> Mesh:
    """A round tube along a way, closed at both ends; two corners of the way must not coincide."""
    along = np.gradient(way_mm, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    start = np.eye(3)[np.argmin(np.abs(along[0]))]
    across = np.empty_like(along)
    for i, t in enumerate(along):  # carry one direction along the way, so that the tube does not twist
        start = start - (start @ t) * t
        start /= np.linalg.norm(start)
        across[i] = start
    other = np.cross(along, across)
    turn = np.linspace(0.0, 2 * np.pi, sides + 1)
    out = np.cos(turn)[:, None] * across[:, None] + np.sin(turn)[:, None] * other[:, None]
    rings = way_mm[:, None] + radius_mm * out
    count = len(way_mm)
    points = np.concatenate([rings.reshape(-1, 3), rings[0], rings[-1], way_mm[[0, -1]]])
    normals = np.concatenate(
        [
            out.reshape(-1, 3),
            np.repeat(-along[:1], sides + 1, axis=0),
            np.repeat(along[-1:], sides + 1, axis=0),
            -along[:1],
            along[-1:],
        ]
    )
    body, corner = count * (sides + 1), np.arange(sides)
    ends = [
        np.stack([np.full(sides, len(points) - 2 + e), first + corner, first + corner + 1], axis=1)
        for e, first in enumerate((body, body + sides + 1))
    ]
    value = None
    if drive_relative is not None:
        ring = np.repeat(drive_relative, sides + 1)
        value = np.concatenate(
            [
                ring,
                np.repeat(drive_relative[:1], sides + 1),
                np.repeat(drive_relative[-1:], sides + 1),
                drive_relative[[0, -1]],
            ]
        )
    return Mesh(
        name=name,
        colour=colour,
        points_mm=points,
        triangles=np.concatenate([sheet_triangles(count, sides + 1), *ends]),
        normals=normals,
        drive_relative=value,
    )


def joined(name: str, colour: str, meshes: list[Mesh], *, flat: bool = False) -> Mesh:
    """Several meshes of one colour as one."""
    starts = np.cumsum([0, *(len(m.points_mm) for m in meshes)])
    values = [m.drive_relative for m in meshes]
    return Mesh(
        name=name,
        colour=colour,
        points_mm=np.concatenate([m.points_mm for m in meshes]),
        triangles=np.concatenate([m.triangles + s for m, s in zip(meshes, starts, strict=False)]),
        normals=np.concatenate([m.normals for m in meshes]),
        flat=flat,
        drive_relative=None if any(v is None for v in values) else np.concatenate([v for v in values if v is not None]),
    )
