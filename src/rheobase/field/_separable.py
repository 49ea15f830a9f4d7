"""The limb next to the real one in which variables separate, solved directly: the preconditioner.

If every surface of the grid were a circle and every layer of one tissue, the operator would be a sum of products of
small matrices, one for each direction. Eigenvectors around and along turn it into one tridiagonal system across for
each pair of them (Lynch, Rice and Thomas 1964): an exact and fast solution, however thin the cells. The means of the
real operator over each shell give the matrices across, so the two differ only in shape and in what lies off the axis.
The number of steps of conjugate gradients then does not grow as the grid is refined.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.linalg import eigh

_ONE_THREAD = 262_144  # multiplications up to which OpenBLAS uses one thread
_LEAST_TILE = 8


@dataclass(frozen=True, slots=True, eq=False)
class Separable:
    """Direct solution of the separable operator: factors of the tridiagonal systems, and both sets of eigenvectors."""

    inverse: np.ndarray
    carry: np.ndarray
    around: np.ndarray
    along: np.ndarray

    def solve(self, residual: np.ndarray) -> np.ndarray:
        """Apply the inverse; on the axis, residual and answer are the same for all angles."""
        kind = residual.dtype
        x = turned(self.around.T, residual.swapaxes(0, 1).astype(self.inverse.dtype, copy=False), self.along)
        x[1:, 0] = 0.0
        across = x.swapaxes(0, 1)
        for i in range(len(across) - 1):
            across[i + 1] -= self.carry[i] * across[i]
        across *= self.inverse
        for i in range(len(across) - 2, -1, -1):
            across[i] -= self.carry[i] * across[i + 1]
        x[1:, 0] = 0.0
        out = turned(self.around, x, self.along.T).swapaxes(0, 1)
        out[0] = out[0].mean(axis=0)
        return np.ascontiguousarray(out, dtype=kind)


def turned(around: np.ndarray, x: np.ndarray, along: np.ndarray) -> np.ndarray:
    """Real matrices applied to the first and the last axis, each as one product; real and imaginary part apart."""
    if np.iscomplexobj(x):
        out = np.empty(x.shape, dtype=x.dtype)
        out.real, out.imag = (turned(around, part, along) for part in (np.real(x), np.imag(x)))
        return out
    n = x.shape
    flat = np.ascontiguousarray(x).reshape(n[0], -1)
    first, out = np.empty_like(flat), np.empty((flat.size // n[2], n[2]), dtype=flat.dtype)
    for part in _tiles(flat.shape[1], n[0]):
        np.matmul(around, flat[:, part], out=first[:, part])
    rows = first.reshape(-1, n[2])
    for part in _tiles(len(rows), n[2]):
        np.matmul(rows[part], along, out=out[part])
    return out.reshape(n)


def _tiles(length: int, side: int) -> Iterator[slice]:
    """Cut a product with a square matrix so small that the linear algebra library keeps to one thread.

    Its threads spin while they wait for each other, which on a busy machine costs ten times the work itself.
    """
    tile = _ONE_THREAD // side**2
    if tile < _LEAST_TILE:
        yield slice(None)
        return
    for start in range(0, length, tile):
        yield slice(start, start + tile)


def separable(
    tensors: dict[str, np.ndarray],
    d_theta_rad: np.ndarray,
    d_z_m: np.ndarray,
    contact_S: float,
    *,
    single: bool = True,
) -> Separable:
    """Make it from the cells' tensors; ``contact_S``, the conductance of all pads, ties the constant down.

    A preconditioner need not be exact: ``single`` precision takes half the time and costs no steps.
    """
    ring = d_theta_rad[:, None]
    across = (tensors["rr"] / (ring * d_z_m)).mean(axis=(1, 2))
    around = (tensors["tt"] * ring / d_z_m).mean(axis=(1, 2))
    along = (tensors["zz"] / ring * d_z_m).mean(axis=(1, 2))
    n_theta, e_theta = modes(d_theta_rad, ring=True)
    n_z, e_z = modes(d_z_m, ring=False)
    parts = ((across, 1.0, -1.0, np.ones((1, 1))), (around, 1 / 3, 1 / 6, n_theta[:, None]), (along, 1 / 3, 1 / 6, n_z))
    diagonal = sum((diagonal_of(c, own)[:, None, None] * lam for c, own, _, lam in parts), np.zeros(1))
    beside = sum(((c * other)[:, None, None] * lam for c, _, other, lam in parts), np.zeros(1))
    diagonal[-1] += contact_S / (2 * np.pi * d_z_m.sum())
    beside[0, 1:] = 0.0  # on the axis only what is the same for all angles remains
    diagonal[0, 1:] = 1.0
    inverse, carry = np.empty_like(diagonal), np.empty_like(beside)
    inverse[0] = 1.0 / diagonal[0]
    for i in range(len(beside)):
        carry[i] = beside[i] * inverse[i]
        inverse[i + 1] = 1.0 / (diagonal[i + 1] - beside[i] * carry[i])
    if not single:
        return Separable(inverse, carry, e_theta, e_z)
    real, own = np.float32, np.complex64 if np.iscomplexobj(inverse) else np.float32
    return Separable(inverse.astype(own), carry.astype(own), e_theta.astype(real), e_z.astype(real))


def diagonal_of(cells: np.ndarray, own: float) -> np.ndarray:
    out = np.zeros(len(cells) + 1, dtype=cells.dtype)
    out[:-1] += own * cells
    out[1:] += own * cells
    return out


def modes(steps: np.ndarray, *, ring: bool, ends: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues and eigenvectors of slope against mass of linear functions on a line or a ring.

    ``ends`` ties both ends of a line down, as a conductance over conductivity, 1/m; without it the first value is 0.
    """
    cells = len(steps)
    nodes = cells if ring else cells + 1
    low, high = np.arange(cells), (np.arange(cells) + 1) % nodes
    slope, mass = np.zeros((nodes, nodes)), np.zeros((nodes, nodes))
    for matrix, own, other in ((slope, 1 / steps, -1 / steps), (mass, steps / 3, steps / 6)):
        np.add.at(matrix, (low, low), own)
        np.add.at(matrix, (high, high), own)
        np.add.at(matrix, (low, high), other)
        np.add.at(matrix, (high, low), other)
    slope[0, 0] += ends
    slope[-1, -1] += ends
    values, vectors = eigh(slope, mass)
    if not ends:
        values[0] = 0.0
    return values, vectors
