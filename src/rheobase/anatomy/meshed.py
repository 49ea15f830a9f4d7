"""A body given as a mesh: tetrahedra from elsewhere, or the voxels of a segmented image as hexahedra."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy.spatial import KDTree

from rheobase.anatomy._cells import carve, check_cells, inside_cells
from rheobase.anatomy.body import Tissue
from rheobase.anatomy.labels import Labels
from rheobase.anatomy.volume import Sheet, Volume
from rheobase.errors import ParameterError

_NEAREST = 24  # cells by their middles, among which a point is sought


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class MeshBody(Volume):
    """A mesh of one kind of cells, each of one tissue, with the surfaces of its contacts.

    Made by `mesh_body` and `image_body`, which check it.

    Parameters
    ----------
    nodes_mm : (n, 3) array
        Places of the nodes.
    cells : (m, 4) or (m, 8) array
        Nodes of each tetrahedron or hexahedron.
    labels : (m,) array
        Index into ``tissues`` of each cell.
    tissues : tuple of Tissue
        Every tissue.
    surfaces : mapping of str to (k, 3) or (k, 4) array
        Faces of each contact, by name.
    membranes : tuple of Sheet
        Thin layers between tissues.

    Examples
    --------
    >>> MeshBody.__name__
    'MeshBody'
    """

    nodes_mm: np.ndarray
    cells: np.ndarray
    labels: np.ndarray
    tissues: tuple[Tissue, ...]
    surfaces: Mapping[str, np.ndarray]
    membranes: tuple[Sheet, ...] = field(default=())

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """Membranes between tissues."""
        return self.membranes

    def labels_at(self, points_mm: np.ndarray) -> np.ndarray:
        """Index into ``tissues`` at (n, 3) points; -1 outside."""
        p = np.asarray(points_mm, dtype=float)
        corners = self.nodes_mm[self.cells]
        _, near = KDTree(corners.mean(axis=1)).query(p, k=min(_NEAREST, len(self.cells)))
        near = near.reshape(len(p), -1)
        out = np.full(len(p), -1)
        for k in range(near.shape[1]):
            todo = out < 0
            hit = inside_cells(corners[near[todo, k]], p[todo])
            out[np.flatnonzero(todo)[hit]] = self.labels[near[todo, k][hit]]
        return out


def mesh_body(
    nodes_mm: np.ndarray, cells: np.ndarray, values: np.ndarray, table: Labels, *, membranes: tuple[Sheet, ...] = ()
) -> MeshBody:
    """A body from a mesh with a label on every cell.

    Parameters
    ----------
    nodes_mm : (n, 3) array
        Places of the nodes, mm.
    cells : (m, 4) or (m, 8) array
        Nodes of each tetrahedron, or hexahedron (four around the bottom, then the four above them).
    values : (m,) array
        Label of each cell.
    table : Labels
        What the labels mean.
    membranes : tuple of Sheet
        Thin layers between tissues.

    Raises
    ------
    ParameterError
        For a label that the table lacks, a flat cell, a face on more than two cells, a hole, an island of tissue that
        no contact reaches, or a contact on no tissue; the message says what and where.

    Examples
    --------
    >>> water = Tissue(name="saline", sigma_transverse_S_per_m=1.76, sigma_axial_S_per_m=1.76)
    >>> nodes = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1], [-1, -1, -1.0]])
    >>> cells = np.array([[0, 1, 2, 3], [1, 2, 3, 4], [0, 1, 2, 5]])
    >>> body = mesh_body(nodes, cells, np.array([1, 2, 3]), Labels(tissues={1: water}, contacts={2: "a", 3: "b"}))
    >>> sorted(body.surfaces), len(body.cells)
    (['a', 'b'], 1)
    """
    nodes, cells, values = np.asarray(nodes_mm, dtype=float), np.asarray(cells, dtype=np.int64), np.asarray(values)
    check_cells(nodes, cells, values)
    _check_known(nodes, cells, values, table)
    keep, surfaces = carve(nodes, cells, values, table)
    used, inverse = np.unique(cells[keep], return_inverse=True)
    place = np.full(len(nodes), -1)
    place[used] = np.arange(len(used))
    order = {v: i for i, v in enumerate(table.tissues)}
    return MeshBody(
        nodes_mm=nodes[used],
        cells=inverse.reshape(-1, cells.shape[1]),
        labels=np.array([order[int(v)] for v in values[keep]]),
        tissues=tuple(table.tissues.values()),
        surfaces={name: place[faces] for name, faces in surfaces.items()},
        membranes=membranes,
    )


def image_body(
    values: np.ndarray, affine_mm: np.ndarray, table: Labels, *, membranes: tuple[Sheet, ...] = ()
) -> MeshBody:
    """A body from a labelled image: each voxel of tissue becomes one hexahedron.

    Borders between tissues are stairs, and layers thinner than a voxel are lost: fit for the inside of the body, not
    for thin skin.

    Parameters
    ----------
    values : (i, j, k) array
        Label of each voxel.
    affine_mm : (4, 4) array
        From voxel numbers (their middles) to x, y, z in mm.
    table : Labels
        What the labels mean; voxels ``outside`` are left out, but may not be enclosed.
    membranes : tuple of Sheet
        Thin layers between tissues.

    Raises
    ------
    ParameterError
        As for `mesh_body`, or if the image is not three-dimensional.

    Examples
    --------
    >>> water = Tissue(name="saline", sigma_transverse_S_per_m=1.76, sigma_axial_S_per_m=1.76)
    >>> values = np.ones((4, 1, 1), dtype=int)
    >>> values[0], values[3] = 2, 3
    >>> body = image_body(values, np.eye(4), Labels(tissues={1: water}, contacts={2: "a", 3: "b"}))
    >>> len(body.cells), float(body.nodes_mm[:, 0].min())
    (2, 0.5)
    """
    values = np.asarray(values)
    if values.ndim != 3:
        raise ParameterError(f"image_body: the image has shape {values.shape}; it must have three dimensions.")
    count = np.array(values.shape) + 1
    i, j, k = (a.ravel() for a in np.indices(values.shape))
    steps = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1], [1, 0, 1], [1, 1, 1], [0, 1, 1]])
    corner = np.stack([i, j, k], axis=1)[:, None, :] + steps
    wanted = ~np.isin(values.ravel(), table.outside)
    cells = np.asarray(np.ravel_multi_index(tuple(np.moveaxis(corner[wanted], -1, 0)), tuple(count)))
    grid = np.indices(tuple(count)).reshape(3, -1).T - 0.5
    affine = np.asarray(affine_mm, dtype=float)
    nodes = grid @ affine[:3, :3].T + affine[:3, 3]
    return mesh_body(nodes, cells, values.ravel()[wanted], table, membranes=membranes)


def _check_known(nodes: np.ndarray, cells: np.ndarray, values: np.ndarray, table: Labels) -> None:
    for value in np.unique(values):
        if value not in table.known:
            at = np.flatnonzero(values == value)
            x, y, z = nodes[cells[at]].mean(axis=(0, 1))
            raise ParameterError(
                f"Label {value} is not in the table: {len(at)} cells around ({x:.4g}, {y:.4g}, {z:.4g}) mm. Known:"
                f" {', '.join(str(k) for k in sorted(table.known))}. Add it as a tissue, contact, insulator or outside."
            )
