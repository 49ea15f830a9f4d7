"""A ring of a lead on the dura by finite differences on blocks, as the published figures were computed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import cg

from rheobase.anatomy import Spine
from rheobase.tables import Row

Array = NDArray[np.float64]
Painted = tuple[Array, Array, NDArray[np.bool_]]
_TOLERANCE = 1e-6
_PER_MM = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class VoxelLead:
    """Contact potential, potential in the dorsal column under it (both ohm), and what the blocks made of the lead."""

    contact_ohm: float
    column_ohm: float
    blocks: int
    diameter_mm: float


def voxel_lead(spine: Spine, model: Row, cell_mm: float, along_mm: float, *, near: bool) -> VoxelLead:
    """Solve with blocks of one size about the canal, or (``near``) about the ring only, growing outwards."""
    x0, _, _ = spine.epidural_mm(diameter_mm=model["lead_mm"])
    x0 -= 1e-3 * model["dura_um"]  # blocks have a dura of its thickness
    edges = _edges(model, x0, cell_mm, along_mm, near)
    x, y, z = (np.asarray((e[1:] + e[:-1]) / 2) for e in edges)
    middles = x, y, z
    across, along, ring = _painted(spine, model, x0, middles)
    matrix, volume = _equations(edges, (across, across, along))
    load = np.where(ring, volume, 0.0).ravel()
    jacobi = sparse.diags(1.0 / np.asarray(matrix.diagonal(), dtype=float))
    found = cg(matrix, load / load.sum(), rtol=_TOLERANCE, maxiter=20_000, M=jacobi)[0]
    v = found.reshape(ring.shape)
    column = spine.dorsal_column(model["column_depth_mm"]).points_mm[0][0]
    at = tuple(int(np.argmin(np.abs(m - p))) for m, p in zip(middles, (column, 0.0, 0.0), strict=True))
    section = np.outer(np.diff(edges[0]), np.diff(edges[1]))[np.any(ring, axis=2)].sum()
    return VoxelLead(
        contact_ohm=float(v[ring].mean()),
        column_ohm=float(np.interp(column, middles[0], v[:, at[1], at[2]])),
        blocks=int(v.size),
        diameter_mm=float(2 * np.sqrt(section / np.pi)),
    )


def _edges(model: Row, x0: float, cell: float, along: float, near: bool) -> tuple[Array, Array, Array]:
    box = model["box_half_mm"]
    grow = model["growth_near_ratio" if near else "growth_ratio"]
    fine = ((x0 - 1.2, x0 + 1.2), (-1.2, 1.2), (-3.0, 3.0)) if near else tuple((-h, h) for h in model["fine_half_mm"])
    steps = (cell, cell, along)
    x, y, z = (
        _graded(low, high, half, step, grow, model["largest_cell_mm"])
        for (low, high), half, step in zip(fine, box, steps, strict=True)
    )
    return x, y, z


def _graded(low: float, high: float, half: float, step: float, grow: float, most: float) -> Array:
    core = np.linspace(low, high, round((high - low) / step) + 1)
    out = []
    for start, way in ((core[0], -1.0), (core[-1], 1.0)):
        width, at, side = step, start, []
        while True:
            width = min(width * grow, most)
            at += way * width
            if way * at >= half - 0.4 * width:
                break
            side.append(at)
        out.append([*side, way * half])
    return np.array([*out[0][::-1], *core, *out[1]])


def _painted(spine: Spine, model: Row, x0: float, middles: tuple[Array, Array, Array]) -> Painted:
    """Conductivity across and along, and where the ring is."""
    x, y, z = middles
    plane = np.stack(np.meshgrid(x, y, [0.0], indexing="ij"), axis=-1).reshape(-1, 3)
    labels = np.asarray(spine.labels_at(plane), dtype=np.intp).reshape(len(x), len(y))
    made = []
    for key in ("sigma_transverse_S_per_m", "sigma_axial_S_per_m"):
        sigma = np.array([getattr(t, key) for t in spine.tissues])[labels]
        made.append(np.repeat(sigma[:, :, None], len(z), axis=2))
    lead = np.hypot(x[:, None] - x0, y[None]) <= model["lead_mm"] / 2
    ring = lead[:, :, None] & (np.abs(z) <= model["contact_mm"] / 2)
    for sigma in made:
        sigma[lead] = model["insulation_S_per_m"]
        sigma[ring] = model["metal_S_per_m"]
    return made[0], made[1], ring


def _equations(edges: tuple[Array, ...], sigmas: tuple[Array, ...]) -> tuple[sparse.csr_matrix, Array]:
    """Conductances between blocks, in S, with the outer faces at 0 V; and the volumes of the blocks."""
    widths = tuple(np.diff(e) for e in edges)
    shape = tuple(len(w) for w in widths)
    volume = np.einsum("i,j,k->ijk", *widths)
    number, diagonal = np.arange(volume.size).reshape(shape), np.zeros(shape)
    rows, columns, values = [], [], []
    for axis, sigma in enumerate(sigmas):
        width = np.expand_dims(widths[axis], tuple(i for i in range(3) if i != axis))
        half, area = width / (2.0 * sigma), volume / width
        low, high = (_cut(axis, c) for c in (slice(None, -1), slice(1, None)))
        g = _PER_MM * area[low] / (half[low] + half[high])
        diagonal[low] += g
        diagonal[high] += g
        for end in (_cut(axis, slice(0, 1)), _cut(axis, slice(-1, None))):
            diagonal[end] += _PER_MM * area[end] / half[end]
        rows += [number[low].ravel(), number[high].ravel()]
        columns += [number[high].ravel(), number[low].ravel()]
        values += [-g.ravel()] * 2
    triplets = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    off = sparse.csr_matrix(triplets, (volume.size, volume.size))
    return (off + sparse.diags(diagonal.ravel())).tocsr(), volume


def _cut(axis: int, part: slice) -> tuple[slice, ...]:
    return tuple(part if i == axis else slice(None) for i in range(3))
