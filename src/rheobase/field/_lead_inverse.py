"""The lead next to the real one in which variables separate, solved directly with its rings: the preconditioner.

With the shaft filled, round walls and one tissue in each shell the operator is a sum of products (see `_separable`).
Rings of metal on the lead's mantle would spoil that. But all of them lie on one surface and go all the way round, so
for every mode around they are a small matrix over the nodes along: the inverse with the rings follows from the one
without (Hager 1989). What is left to the iteration is the empty shaft, the shape of the walls, segments, and tissues
that change along or around.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rheobase.field._separable import diagonal_of, modes, turned

_EMPTY_SHARE = 1e-3  # conductance of a shell that the shaft fills from end to end, against the best conducting shell


@dataclass(frozen=True, slots=True, eq=False)
class LeadInverse:
    """Factors of the tridiagonal systems, eigenvectors, and the correction for the rings.

    ``column`` is the answer across to a unit load on the mantle, ``small`` the matrix of the rings for every mode
    around, ``nodes`` the places along at which they have nodes.
    """

    inverse: np.ndarray
    carry: np.ndarray
    around: np.ndarray
    along: np.ndarray
    mantle: int
    nodes: np.ndarray
    column: np.ndarray
    small: np.ndarray

    def solve(self, residual: np.ndarray) -> np.ndarray:
        """Apply the inverse; on the axis, residual and answer are the same for all angles."""
        x = turned(self.around.T, residual.swapaxes(0, 1).astype(self.inverse.dtype), self.along)
        x[1:, 0] = 0.0
        across = x.swapaxes(0, 1)
        _sweep(across, self.inverse, self.carry)
        if self.nodes.size:
            here = self.along[self.nodes]
            seen = np.einsum("mn,sn->ms", across[self.mantle], here)  # no BLAS: its threads would wait for each other
            pull = np.einsum("ms,sn->mn", np.einsum("mst,mt->ms", self.small, seen), here)
            across -= self.column * pull
        x[1:, 0] = 0.0
        out = turned(self.around, x, self.along.T).swapaxes(0, 1)
        out[0] = out[0].mean(axis=0)
        return np.ascontiguousarray(out, dtype=residual.dtype)


def _sweep(across: np.ndarray, inverse: np.ndarray, carry: np.ndarray) -> None:
    """Solve all tridiagonal systems in place."""
    for i in range(len(across) - 1):
        across[i + 1] -= carry[i] * across[i]
    across *= inverse
    for i in range(len(across) - 2, -1, -1):
        across[i] -= carry[i] * across[i + 1]


def lead_inverse(
    tensors: dict[str, np.ndarray],
    steps: tuple[np.ndarray, np.ndarray],
    mantle: int,
    rings_S: np.ndarray,
    walls: tuple[float, float],
) -> LeadInverse:
    """Make it from the cells' tensors.

    ``steps`` are the angles (rad) and lengths (m) of the cells; ``rings_S`` is the conductance of the metal on every
    cell along the mantle, mean over the angles; ``walls`` the conductance of the whole outer wall (S), and that of
    the ends per area over the conductivity (1/m).
    """
    d_theta, d_along = steps
    ring = d_theta[:, None]
    across = (tensors["rr"] / (ring * d_along)).mean(axis=(1, 2))
    around = (tensors["tt"] * ring / d_along).mean(axis=(1, 2))
    along = (tensors["zz"] / ring * d_along).mean(axis=(1, 2))
    across, around, along = (np.where(c > 0, c, _EMPTY_SHARE * c.max()) for c in (across, around, along))
    n_theta, e_theta = modes(d_theta, ring=True)
    n_z, e_z = modes(d_along, ring=False, ends=walls[1])
    parts = ((across, 1.0, -1.0, np.ones((1, 1))), (around, 1 / 3, 1 / 6, n_theta[:, None]), (along, 1 / 3, 1 / 6, n_z))
    diagonal = sum((diagonal_of(c, own)[:, None, None] * lam for c, own, _, lam in parts), np.zeros(1))
    beside = sum(((c * other)[:, None, None] * lam for c, _, other, lam in parts), np.zeros(1))
    diagonal[-1] += walls[0] / (2 * np.pi * d_along.sum())
    beside[0, 1:] = 0.0  # on the axis only what is the same for all angles remains
    diagonal[0, 1:] = 1.0
    inverse, carry = np.empty_like(diagonal), np.empty_like(beside)
    inverse[0] = 1.0 / diagonal[0]
    for i in range(len(beside)):
        carry[i] = beside[i] * inverse[i]
        inverse[i + 1] = 1.0 / (diagonal[i + 1] - beside[i] * carry[i])
    column = np.zeros_like(diagonal)
    column[mantle] = 1.0
    _sweep(column, inverse, carry)
    nodes, small = _rings(column[mantle], e_z, rings_S, d_along)
    single = (a.astype(np.float32) for a in (inverse, carry, e_theta, e_z))
    one, two, three, four = single
    return LeadInverse(one, two, three, four, mantle, nodes, column.astype(np.float32), small.astype(np.float32))


def _rings(own: np.ndarray, e_z: np.ndarray, rings_S: np.ndarray, d_along: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Nodes of the rings, and for each mode around the matrix that takes their potential to the current they draw."""
    cells = np.flatnonzero(rings_S > 0)
    nodes = np.unique(np.concatenate([cells, cells + 1]))
    if not nodes.size:
        return nodes, np.zeros((len(own), 0, 0))
    metal, place = np.zeros((nodes.size, nodes.size)), np.searchsorted(nodes, cells)
    each = rings_S[cells] / (2 * np.pi)
    for i in (0, 1):
        for j in (0, 1):
            np.add.at(metal, (place + i, place + j), each * (1 / 3 if i == j else 1 / 6))
    here = e_z[nodes]
    seen = (here * own[:, None, :]) @ here.T
    return nodes, np.linalg.solve(np.eye(nodes.size) + metal @ seen, np.broadcast_to(metal, seen.shape))
