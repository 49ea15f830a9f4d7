"""Faces and neighbours of the cells of a mesh, and the faults a mesh may have."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from rheobase.anatomy.labels import Labels
from rheobase.errors import ParameterError

_FACES = {
    4: np.array([[1, 2, 3], [0, 3, 2], [0, 1, 3], [0, 2, 1]]),
    8: np.array([[0, 3, 2, 1], [4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]]),
}
_EDGES_OF_BOX = (1, 3, 4)  # corners of a hexahedron next to its first one
_SLACK = 1e-9
_FLATTEST = 1e-12  # volume over the cube of the longest side


def check_cells(nodes: np.ndarray, cells: np.ndarray, values: np.ndarray) -> None:
    """Refuse arrays that are no mesh, and flat cells."""
    if nodes.ndim != 2 or nodes.shape[1] != 3 or not np.isfinite(nodes).all():
        raise ParameterError(f"nodes_mm has shape {nodes.shape}; it must be (n, 3), every coordinate finite.")
    if cells.ndim != 2 or cells.shape[1] not in _FACES or not len(cells):
        raise ParameterError(
            f"cells has shape {cells.shape}; it must be (m, 4) for tetrahedra or (m, 8) for hexahedra, m above 0."
        )
    if cells.min() < 0 or cells.max() >= len(nodes):
        raise ParameterError(f"cells names node {cells.max()}; there are {len(nodes)} nodes, counted from 0.")
    if values.shape != (len(cells),):
        raise ParameterError(f"values has shape {values.shape}; {len(cells)} cells need one label each.")
    p = nodes[cells]
    sides = [p[:, i] - p[:, 0] for i in ((1, 2, 3) if cells.shape[1] == 4 else _EDGES_OF_BOX)]
    volume = np.abs(np.einsum("ni,ni->n", sides[0], np.cross(sides[1], sides[2])))
    longest = np.max([np.linalg.norm(s, axis=1) for s in sides], axis=0)
    flat = np.flatnonzero(volume <= _FLATTEST * longest**3)
    if flat.size:
        raise ParameterError(f"{flat.size} cells are flat, the first around {_place(p[flat[0]])}. Mend the mesh.")


def faces_of(cells: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Nodes of every face of every cell, its cell, its number among the distinct faces, and how often each occurs."""
    which = _FACES[cells.shape[1]]
    faces = cells[:, which].reshape(-1, which.shape[1])
    owner = np.repeat(np.arange(len(cells)), len(which))
    key = np.sort(faces, axis=1)[:, :3]  # three corners tell a flat face from any other
    n = int(cells.max()) + 1
    packed = key[:, 0] * (n * n) + key[:, 1] * n + key[:, 2] if n < 2_000_000 else key
    _, number, count = np.unique(packed, return_inverse=True, return_counts=True, axis=None if packed.ndim == 1 else 0)
    return faces, owner, number.ravel(), count


def neighbours(cells: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Nodes of each distinct face and its two cells, -1 where there is none.

    Raises
    ------
    ParameterError
        If a face belongs to more than two cells.
    """
    faces, owner, number, count = faces_of(cells)
    order = np.argsort(number, kind="stable")
    start = np.concatenate([[0], np.cumsum(count)[:-1]])
    if count.max() > 2:
        worst = owner[order[start[np.argmax(count)]]]
        raise ParameterError(f"A face belongs to {count.max()} cells, one of them cell {worst}: cells overlap there.")
    first = owner[order[start]]
    second = np.where(count == 2, owner[order[start + count - 1]], -1)
    return faces[order[start]], first, second


def carve(
    nodes: np.ndarray, cells: np.ndarray, values: np.ndarray, table: Labels
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Which cells are tissue, and the faces of every contact; refuses holes, islands and contacts off the tissue."""
    faces, first, second = neighbours(cells)
    is_tissue = np.isin(values, list(table.tissues))
    a, b = is_tissue[first], (second >= 0) & is_tissue[second]
    surfaces: dict[str, np.ndarray] = {}
    reached: list[np.ndarray] = []
    for value, name in table.contacts.items():
        metal = values == value
        at = (a & (second >= 0) & metal[second]) | (b & metal[first])
        if not at.any():
            raise ParameterError(
                f"Contact '{name}' (label {value}) touches no tissue"
                + (f": its {metal.sum()} cells lie around {_place(nodes[cells[metal]])}." if metal.any() else
                   ": no cell bears its label.") + " No current can leave it."
            )  # fmt: skip
        surfaces[name] = faces[at]
        reached.append(np.where(a[at], first[at], second[at]))
    both = a & b
    _check_islands(nodes, cells, is_tissue, (first[both], second[both]), reached)
    _check_holes(nodes, faces[second < 0], np.isin(values[first[second < 0]], table.outside))
    return is_tissue, surfaces


def _check_islands(
    nodes: np.ndarray,
    cells: np.ndarray,
    is_tissue: np.ndarray,
    pairs: tuple[np.ndarray, np.ndarray],
    reached: list[np.ndarray],
) -> None:
    """Refuse tissue that hangs together with no contact, and contacts that no tissue joins to the first one."""
    n = len(cells)
    _, part = connected_components(coo_array((np.ones(len(pairs[0])), pairs), shape=(n, n)), directed=False)
    main = part[reached[0][0]] if reached else part[np.flatnonzero(is_tissue)[0]]
    loose = is_tissue & (part != main)
    if loose.any():
        here = part == part[np.flatnonzero(loose)[0]]
        raise ParameterError(
            f"{loose.sum()} cells of tissue hang apart from the rest; one island has {here.sum()} cells around"
            f" {_place(nodes[cells[here]])}. Join it to the body or label it as an insulator."
        )


def _check_holes(nodes: np.ndarray, rim: np.ndarray, outside: np.ndarray) -> None:
    """Refuse a surface inside the body that belongs to nothing: the outer surface must be in one piece."""
    rim = rim[~outside]
    if not len(rim):
        return
    used, inverse = np.unique(rim, return_inverse=True)
    inverse = inverse.reshape(rim.shape)
    tied = np.concatenate([inverse[:, [0, i]] for i in range(1, rim.shape[1])])
    links = coo_array((np.ones(len(tied)), (tied[:, 0], tied[:, 1])), shape=(len(used), len(used)))
    count, part = connected_components(links, directed=False)
    if count == 1:
        return
    spans = [np.prod(np.ptp(nodes[used[part == c]], axis=0)) for c in range(count)]
    hole = part == int(np.argmin(spans))
    size = np.ptp(nodes[used[hole]], axis=0)
    raise ParameterError(
        f"The mesh has a hole around {_place(nodes[used[hole]][None])}, {size[0]:.3g} x {size[1]:.3g} x {size[2]:.3g}"
        " mm: nothing is said of what is inside. Fill it with a tissue, or label it as an insulator or contact."
    )


def inside_cells(corners: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Whether each point lies in its own cell: corners (n, 4 or 8, 3), points (n, 3)."""
    which = (1, 2, 3) if corners.shape[1] == 4 else _EDGES_OF_BOX
    sides = np.stack([corners[:, i] - corners[:, 0] for i in which], axis=-1)
    share = np.linalg.solve(sides, (points - corners[:, 0])[..., None])[..., 0]
    low = np.all(share >= -_SLACK, axis=1)
    if corners.shape[1] == 4:
        return low & (share.sum(axis=1) <= 1 + _SLACK)
    return low & np.all(share <= 1 + _SLACK, axis=1)


def _place(corners: np.ndarray) -> str:
    x, y, z = corners.reshape(-1, 3).mean(axis=0)
    return f"({x:.4g}, {y:.4g}, {z:.4g}) mm"
