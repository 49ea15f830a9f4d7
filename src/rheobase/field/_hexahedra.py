"""Trilinear hexahedra on a body-fitted grid: conductivity and shape of every cell to one sparse operator.

Seen from the unit cube, a cell of any shape is a cube of anisotropic tissue, D = |J| J^-1 sigma J^-T. With D at the
middle of the cell the integrals over products of trilinear functions are constants, so the whole matrix follows from
six numbers a cell. It has 27 entries a row and is kept as its upper half, one array for each neighbour.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np

from rheobase.field._body_grid import BodyGrid, CellShape
from rheobase.field._cut_cells import base_sigma, core_tensors

Offset = tuple[int, int, int]
Stencil = dict[Offset, np.ndarray]


def tissue_tensors(grid: BodyGrid, shape: CellShape, factors: Sequence[complex] | None = None) -> dict[str, np.ndarray]:
    """Conductivity of every cell in its own frame (r radial, t around, z along), S/m; absent keys are 0 everywhere.

    ``factors`` multiply the conductivity of each tissue, as at a frequency where it is complex.
    """
    part, n = grid.part, shape.radius.shape
    sigma = base_sigma(grid) * (1.0 if factors is None else np.asarray(factors))
    names = [t.name for t in part.tissues]
    out = {key: np.empty(n, dtype=sigma.dtype) for key in ("rr", "tt", "zz")}
    starts = grid.starts()
    for i, name in enumerate(part.layer_names[::-1]):
        rows = slice(starts[i + 1], starts[i + 2])
        out["rr"][rows] = out["tt"][rows] = sigma[0, names.index(name)]
        out["zz"][rows] = sigma[1, names.index(name)]
    for key, value in core_tensors(grid, shape, sigma).items():
        out.setdefault(key, np.zeros(n, dtype=sigma.dtype))[: grid.core_cells] = value
    return out


def unit_cube_tensors(shape: CellShape, sigma: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Conductance of every cell seen from the unit cube, S; keys as in `tissue_tensors`."""
    zero = np.zeros(1)
    a, b, c = 1.0 / shape.across, shape.slant_around, shape.slant_along
    rows = {"r": {"r": a, "t": -b * a / shape.around, "z": -c * a / shape.along}}
    rows |= {"t": {"t": 1.0 / shape.around}, "z": {"z": 1.0 / shape.along}}
    straight = {"t": not np.any(b), "z": not np.any(c)}
    rows["r"] = {k: v for k, v in rows["r"].items() if not straight.get(k, False)}
    out = {}
    for key in ("rr", "tt", "zz", "rt", "rz", "tz"):
        total = zero
        for (i, x), (j, y) in product(rows[key[0]].items(), rows[key[1]].items()):
            pair = i + j if i + j in sigma else j + i
            if pair in sigma:
                total = total + x * sigma[pair] * y
        if total is not zero:
            out[key] = total * shape.volume
    return out


def element_matrices() -> dict[str, np.ndarray]:
    """Integrals over the unit cube of products of the slopes of trilinear functions, (8, 8) for each pair."""
    slope = np.array([[1.0, -1.0], [-1.0, 1.0]])
    mass = np.array([[2.0, 1.0], [1.0, 2.0]]) / 6
    mixed = np.array([[-0.5, -0.5], [0.5, 0.5]])

    def made(*factors: np.ndarray) -> np.ndarray:
        return np.einsum("ab,cd,ef->acebdf", *factors).reshape(8, 8)

    return {
        "rr": made(slope, mass, mass),
        "tt": made(mass, slope, mass),
        "zz": made(mass, mass, slope),
        "rt": made(mixed, mixed.T, mass) + made(mixed.T, mixed, mass),
        "rz": made(mixed, mass, mixed.T) + made(mixed.T, mass, mixed),
        "tz": made(mass, mixed, mixed.T) + made(mass, mixed.T, mixed),
    }


def stencil(tensors: dict[str, np.ndarray]) -> Stencil:
    """The operator -div(sigma grad): for each neighbour, the entry of every node."""
    n = tensors["rr"].shape
    kind = np.result_type(*tensors.values())
    out: Stencil = {}
    corners = list(product((0, 1), repeat=3))
    element = element_matrices()
    for (p, own), (q, other) in product(enumerate(corners), repeat=2):
        offset = (other[0] - own[0], other[1] - own[1], other[2] - own[2])
        used = [k for k in tensors if element[k][p, q] != 0]
        if offset < (0, 0, 0) or not used:
            continue
        value = sum((element[k][p, q] * tensors[k] for k in used), np.zeros(1))
        at = out.setdefault(offset, np.zeros((n[0] + 1, n[1], n[2] + 1), dtype=kind))
        at[own[0] : own[0] + n[0], :, own[2] : own[2] + n[2]] += np.roll(value, 1, axis=1) if own[1] else value
    return out


def apply(operator: Stencil, v: np.ndarray) -> np.ndarray:
    """Operator times potential. On the axis, where all angles share one node, the mean over them is given.

    It goes surface by surface, so that what is read stays near the processor; a rim of repeated and of empty nodes
    spares the ends of the ring and of the axis.
    """
    n = v.shape
    rimmed = np.zeros((n[0], n[1] + 2, n[2] + 2), dtype=v.dtype)
    rimmed[:, 1:-1, 1:-1] = v
    rimmed[:, 0], rimmed[:, -1] = rimmed[:, -2], rimmed[:, 1]
    out = np.zeros(rimmed.shape, dtype=np.result_type(v, operator[0, 0, 0]))
    part = np.empty(n[1:], dtype=out.dtype)
    for row in range(n[0]):
        for (i, j, k), entries in operator.items():
            if row + i == n[0]:
                continue
            there = (row + i, slice(1 + j, n[1] + 1 + j), slice(1 + k, n[2] + 1 + k))
            here = (row, slice(1, -1), slice(1, -1))
            np.multiply(entries[row], rimmed[there], out=part)
            out[here] += part
            if (i, j, k) != (0, 0, 0):
                np.multiply(entries[row], rimmed[here], out=part)
                out[there] += part
    out[:, 1] += out[:, -1]
    out[:, -2] += out[:, 0]
    y = np.ascontiguousarray(out[:, 1:-1, 1:-1])
    y[0] = y[0].mean(axis=0)
    return y
