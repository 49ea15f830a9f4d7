"""Trilinear hexahedra on a body-fitted grid: conductivity and shape of every cell to one sparse operator.

Seen from the unit cube, a cell of any shape is a cube of anisotropic tissue, D = |J| J^-1 sigma J^-T. With D at the
middle of the cell the integrals over products of trilinear functions are constants, so the whole matrix follows from
six numbers a cell. It has 27 entries a row and is kept as its upper half, one array for each neighbour.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np

from rheobase.errors import ParameterError
from rheobase.field._body_grid import BodyGrid, CellShape

Offset = tuple[int, int, int]
Stencil = dict[Offset, np.ndarray]

_SUB = (-1 / 3, 0.0, 1 / 3)  # where in a cell tissues are asked for, if it is cut by a border


def tissue_tensors(grid: BodyGrid, shape: CellShape, factors: Sequence[complex] | None = None) -> dict[str, np.ndarray]:
    """Conductivity of every cell in its own frame (r radial, t around, z along), S/m; absent keys are 0 everywhere.

    ``factors`` multiply the conductivity of each tissue, as at a frequency where it is complex.
    """
    part, n = grid.part, shape.radius.shape
    scale = np.ones(len(part.tissues)) if factors is None else np.asarray(factors)
    sigma = np.array([[t.sigma_transverse_S_per_m, t.sigma_axial_S_per_m] for t in part.tissues]).T * scale
    names = [t.name for t in part.tissues]
    out = {key: np.empty(n, dtype=sigma.dtype) for key in ("rr", "tt", "zz")}
    starts = grid.starts()
    for i, name in enumerate(part.layer_names[::-1]):
        rows = slice(starts[i + 1], starts[i + 2])
        out["rr"][rows] = out["tt"][rows] = sigma[0, names.index(name)]
        out["zz"][rows] = sigma[1, names.index(name)]
    for key, value in _core(grid, shape, sigma).items():
        out.setdefault(key, np.zeros(n, dtype=sigma.dtype))[: grid.core_cells] = value
    return out


def _core(grid: BodyGrid, shape: CellShape, sigma: np.ndarray) -> dict[str, np.ndarray]:
    """Tensors in the core: the tissue at the middle, or the mean over 27 places where a border cuts the cell."""
    n = (grid.core_cells, *shape.radius.shape[1:])
    labels = _labels(grid, shape, (0.0, 0.0, 0.0)).reshape(n)
    kinds = np.unique(sigma, axis=1, return_inverse=True)[1].ravel()  # borders of equal tissues need no care
    cut = np.flatnonzero(_cut(kinds[labels]))
    sums = _rotated(grid, shape, (0.0, 0.0, 0.0), labels.ravel(), sigma, None)
    if cut.size:
        mean: dict[str, np.ndarray] = {}
        for place in product(_SUB, repeat=3):
            here = _labels(grid, shape, place, cut)
            for key, value in _rotated(grid, shape, place, here, sigma, cut).items():
                mean[key] = mean.get(key, 0.0) + value / len(_SUB) ** 3
        for key, value in mean.items():
            sums.setdefault(key, np.zeros(labels.size, dtype=sigma.dtype))[cut] = value
    return {key: value.reshape(n) for key, value in sums.items()}


def _cut(labels: np.ndarray) -> np.ndarray:
    """Cells that have a neighbour of another tissue."""
    out = np.zeros(labels.shape, dtype=bool)
    for axis in range(3):
        if axis == 1:
            differs = labels != np.roll(labels, -1, axis=1)
            out |= differs | np.roll(differs, 1, axis=1)
            continue
        low, high = (tuple(s if a == axis else slice(None) for a in range(3)) for s in (slice(-1), slice(1, None)))
        differs = labels[low] != labels[high]
        out[low] |= differs
        out[high] |= differs
    return out


def _points(grid: BodyGrid, shape: CellShape, place: tuple[float, ...], cells: np.ndarray | None) -> np.ndarray:
    """Cylindrical coordinates (r mm, theta, z mm) of one place in core cells."""
    n = grid.core_cells
    across, around, along = place
    r = shape.radius[:n] + across * shape.across[:n] + around * shape.slant_around[:n] + along * shape.slant_along[:n]
    theta = np.broadcast_to((grid.middle_theta_rad + around * grid.d_theta_rad)[:, None], r.shape)
    z = np.broadcast_to(grid.middle_z_mm + along * grid.d_z_mm, r.shape)
    flat = np.stack([r.ravel() * 1e3, theta.ravel(), z.ravel()])
    return flat if cells is None else flat[:, cells]


def _labels(grid: BodyGrid, shape: CellShape, place: tuple[float, ...], cells: np.ndarray | None = None) -> np.ndarray:
    r, theta, z = _points(grid, shape, place, cells)
    labels = np.asarray(grid.part.core_labels(np.column_stack([r * np.cos(theta), r * np.sin(theta), z])))
    known = len(grid.part.tissues)
    if labels.shape != r.shape or labels.dtype.kind not in "iu":
        raise ParameterError(
            f"{type(grid.part).__name__}.core_labels gave {labels.dtype} of shape {labels.shape} for {r.size} points;"
            " it must give one whole number for each."
        )
    wrong = np.flatnonzero((labels < 0) | (labels >= known))
    if wrong.size:
        i = wrong[0]
        raise ParameterError(
            f"{type(grid.part).__name__}.core_labels gave label {labels[i]} at radius {r[i]:.4g} mm,"
            f" {np.rad2deg(theta[i]):.4g} deg, z = {z[i]:.4g} mm; there are {known} tissues, so labels run from 0 to"
            f" {known - 1}."
        )
    return labels


def _rotated(
    grid: BodyGrid,
    shape: CellShape,
    place: tuple[float, ...],
    labels: np.ndarray,
    sigma: np.ndarray,
    cells: np.ndarray | None,
) -> dict[str, np.ndarray]:
    """Conductivity at one place in core cells, turned from the fibres' frame into the cell's."""
    across, extra = sigma[0, labels], sigma[1, labels] - sigma[0, labels]
    r, theta, z = _points(grid, shape, place, cells)
    u = np.zeros((labels.size, 3))
    u[:, 2] = 1.0
    fibrous = np.flatnonzero(extra)
    points = np.column_stack([r * np.cos(theta), r * np.sin(theta), z])[fibrous]
    u[fibrous] = grid.part.core_directions(points, labels[fibrous])
    c, s = np.cos(theta), np.sin(theta)
    own = {"r": c * u[:, 0] + s * u[:, 1], "t": c * u[:, 1] - s * u[:, 0], "z": u[:, 2]}
    out = {k: (across if k[0] == k[1] else 0.0) + extra * own[k[0]] * own[k[1]] for k in ("rr", "tt", "zz")}
    if np.any(np.abs(own["z"]) < 1.0 - 1e-12):
        out |= {k: extra * own[k[0]] * own[k[1]] for k in ("rt", "rz", "tz")}
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
