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
    cut = np.flatnonzero(_cut(labels))
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
    return np.asarray(grid.part.core_labels(np.column_stack([r * np.cos(theta), r * np.sin(theta), z])))


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
    points = np.column_stack([r * np.cos(theta), r * np.sin(theta), z])
    u = np.asarray(grid.part.core_directions(points, labels), dtype=float)
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


def _element() -> dict[str, np.ndarray]:
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
    element = _element()
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
    """Operator times potential. On the axis, where all angles share one node, the mean over them is given."""
    y = operator[0, 0, 0] * v
    for (i, j, k), s in operator.items():
        if (i, j, k) == (0, 0, 0):
            continue
        own, other = _shifted(i, k, v.shape)
        _add_both(y, v, s, own, other, j)
    y[0] = y[0].mean(axis=0)
    return y


def _shifted(i: int, k: int, n: tuple[int, ...]) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """Slices (across, along) of the nodes that have such a neighbour, and of those neighbours."""
    return (
        (slice(0, n[0] - i), slice(max(-k, 0), n[2] - max(k, 0))),
        (slice(i, n[0]), slice(max(k, 0), n[2] - max(-k, 0))),
    )


def _add_both(y: np.ndarray, v: np.ndarray, s: np.ndarray, own: tuple, other: tuple, j: int) -> None:
    """Add one entry of the upper half and its mirror; angles close in a ring."""
    runs = {0: ((slice(None), slice(None)),), 1: ((slice(-1), slice(1, None)), (slice(-1, None), slice(1)))}
    runs[-1] = ((slice(1, None), slice(-1)), (slice(1), slice(-1, None)))
    for here, there in runs[j]:
        a, b = (own[0], here, own[1]), (other[0], there, other[1])
        y[a] += s[a] * v[b]
        y[b] += s[a] * v[a]
