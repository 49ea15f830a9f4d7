"""The limb next to the real one in which variables separate, solved directly: the preconditioner.

If every surface of the grid were a circle and every layer of one tissue, the operator would be a sum of products of
small matrices, one for each direction. Eigenvectors around and along turn it into one tridiagonal system across for
each pair of them (Lynch, Rice and Thomas 1964): an exact and fast solution, however thin the cells. The means of the
real operator over each shell give the matrices across, so the two differ only in shape and in what lies off the axis.
The number of steps of conjugate gradients then does not grow as the grid is refined.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import eigh


@dataclass(frozen=True, slots=True, eq=False)
class Separable:
    """Direct solution of the separable operator: factors of the tridiagonal systems, and both sets of eigenvectors."""

    inverse: np.ndarray
    carry: np.ndarray
    around: np.ndarray
    along: np.ndarray

    def solve(self, residual: np.ndarray) -> np.ndarray:
        """Apply the inverse; on the axis, residual and answer are the same for all angles."""
        x = _turned(self.around.T, residual.swapaxes(0, 1), self.along)
        x[1:, 0] = 0.0
        across = x.swapaxes(0, 1)
        for i in range(len(across) - 1):
            across[i + 1] -= self.carry[i] * across[i]
        across *= self.inverse
        for i in range(len(across) - 2, -1, -1):
            across[i] -= self.carry[i] * across[i + 1]
        x[1:, 0] = 0.0
        out = _turned(self.around, x, self.along.T).swapaxes(0, 1)
        out[0] = out[0].mean(axis=0)
        return np.ascontiguousarray(out)


def _turned(around: np.ndarray, x: np.ndarray, along: np.ndarray) -> np.ndarray:
    """Real matrices applied to the first and the last axis, each as one product; real and imaginary part apart."""
    if np.iscomplexobj(x):
        return _turned(around, x.real, along) + 1j * _turned(around, x.imag, along)
    n = x.shape
    turned = around @ np.ascontiguousarray(x).reshape(n[0], -1)
    return (turned.reshape(-1, n[2]) @ along).reshape(n)


def separable(
    tensors: dict[str, np.ndarray], d_theta_rad: np.ndarray, d_z_m: np.ndarray, contact_S: float
) -> Separable:
    """Make it from the cells' tensors; ``contact_S``, the conductance of all pads, ties the constant down."""
    ring = d_theta_rad[:, None]
    across = (tensors["rr"] / (ring * d_z_m)).mean(axis=(1, 2))
    around = (tensors["tt"] * ring / d_z_m).mean(axis=(1, 2))
    along = (tensors["zz"] / ring * d_z_m).mean(axis=(1, 2))
    n_theta, e_theta = _modes(d_theta_rad, ring=True)
    n_z, e_z = _modes(d_z_m, ring=False)
    parts = ((across, 1.0, -1.0, np.ones((1, 1))), (around, 1 / 3, 1 / 6, n_theta[:, None]), (along, 1 / 3, 1 / 6, n_z))
    diagonal = sum((_diagonal(c, own)[:, None, None] * lam for c, own, _, lam in parts), np.zeros(1))
    beside = sum(((c * other)[:, None, None] * lam for c, _, other, lam in parts), np.zeros(1))
    diagonal[-1] += contact_S / (2 * np.pi * d_z_m.sum())
    beside[0, 1:] = 0.0  # on the axis only what is the same for all angles remains
    diagonal[0, 1:] = 1.0
    inverse, carry = np.empty_like(diagonal), np.empty_like(beside)
    inverse[0] = 1.0 / diagonal[0]
    for i in range(len(beside)):
        carry[i] = beside[i] * inverse[i]
        inverse[i + 1] = 1.0 / (diagonal[i + 1] - beside[i] * carry[i])
    return Separable(inverse, carry, e_theta, e_z)


def _diagonal(cells: np.ndarray, own: float) -> np.ndarray:
    out = np.zeros(len(cells) + 1, dtype=cells.dtype)
    out[:-1] += own * cells
    out[1:] += own * cells
    return out


def _modes(steps: np.ndarray, *, ring: bool) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues and eigenvectors of slope against mass of linear functions on a line or a ring; the first is 0."""
    cells = len(steps)
    nodes = cells if ring else cells + 1
    low, high = np.arange(cells), (np.arange(cells) + 1) % nodes
    slope, mass = np.zeros((nodes, nodes)), np.zeros((nodes, nodes))
    for matrix, own, other in ((slope, 1 / steps, -1 / steps), (mass, steps / 3, steps / 6)):
        np.add.at(matrix, (low, low), own)
        np.add.at(matrix, (high, high), own)
        np.add.at(matrix, (low, high), other)
        np.add.at(matrix, (high, low), other)
    values, vectors = eigh(slope, mass)
    values[0] = 0.0
    return values, vectors
