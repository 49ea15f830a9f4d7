"""Current under the pads: the complete electrode model, solved by projected conjugate gradients.

Metal at potential U_k lies behind the contact impedance z_k, so at every place of the pad
J = (U_k - V)/z_k, and the skin is insulated elsewhere. In an insulated limb V has a free constant, and all currents
sum to 0. Both are met at once by searching only among current patterns that sum to 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from rheobase.electrode import Pad
from rheobase.errors import ConvergenceError
from rheobase.montage import Montage

_TOLERANCE = 1e-9
_MOST_STEPS = 400


class PadSurface(Protocol):
    """A skin of even cells, around and along, as the contact solver sees it."""

    @property
    def grid(self) -> Any:
        """Numbers of cells ``n_theta``, ``n_z`` and their ``cell_area_m2``."""
        ...

    @property
    def z_mm(self) -> np.ndarray:
        """Places of the cells along the limb."""
        ...

    @property
    def cells_mm(self) -> tuple[float, float]:
        """Size of a cell around and along."""
        ...

    def from_pad_mm(self, pad: Pad) -> np.ndarray:
        """Places of the cells around, from the middle of a pad."""
        ...

    def coverage(self, pad: Pad) -> np.ndarray:
        """Fraction of each cell that a pad covers."""
        ...

    def response(self, current: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Potential of a current density, in some rows of cells."""
        ...


@dataclass(frozen=True, slots=True)
class Contacts:
    """The covered cells of all pads, one entry per pad and cell."""

    shape: tuple[int, int]
    owner: np.ndarray  # which pad
    cell: np.ndarray  # flat index into the grid
    covered: np.ndarray  # fraction of the cell
    z_ohm_m2: np.ndarray

    @property
    def rows(self) -> np.ndarray:
        """Rows of the grid that some pad touches."""
        return np.unique(self.cell // self.shape[1])

    def spread(self, values: np.ndarray) -> np.ndarray:
        """Lay entries out on the grid."""
        return np.bincount(self.cell, weights=values, minlength=self.shape[0] * self.shape[1]).reshape(self.shape)


def contacts(surface: PadSurface, montage: Montage) -> Contacts:
    """Find the covered cells of every pad."""
    owner, cell, covered, z = [], [], [], []
    for k, pad in enumerate(montage.pads):
        flat = surface.coverage(pad).ravel()
        at = np.flatnonzero(flat > 1e-9)
        owner.append(np.full(at.size, k))
        cell.append(at)
        covered.append(flat[at])
        z.append(np.full(at.size, pad.interface.contact_impedance_ohm_m2))
    shape = (surface.grid.n_theta, surface.grid.n_z)
    return Contacts(shape, np.concatenate(owner), np.concatenate(cell), np.concatenate(covered), np.concatenate(z))


def complete_currents(surface: PadSurface, pads: Contacts, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Currents of the complete electrode model.

    Returns
    -------
    admittance_S : (K, K)
        I = Y U; symmetric, rows sum to 0.
    lead : (K, entries)
        Current density (A/m2, averaged over the whole cell) with +1 A at contact k and -1/K A at every contact.
    """
    rows = pads.rows
    local = np.searchsorted(rows, pads.cell // pads.shape[1]) * pads.shape[1] + pads.cell % pads.shape[1]
    drop = pads.z_ohm_m2 / pads.covered

    def apply(density: np.ndarray) -> np.ndarray:
        return drop * density + surface.response(pads.spread(density), rows).ravel()[local]

    unit = np.empty((count, drop.size))
    for k in range(count - 1):
        unit[k] = _projected_cg(apply, (pads.owner == k).astype(float), 1.0 / drop)
    unit[-1] = -unit[:-1].sum(axis=0)
    totals = unit @ (pads.owner[:, None] == np.arange(count)) * surface.grid.cell_area_m2
    potentials = np.linalg.pinv(totals, rcond=1e-6, hermitian=True)
    return totals, potentials @ unit


def uniform_currents(surface: PadSurface, pads: Contacts, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The same two results when every pad passes its current evenly; contact potentials are means over the pad."""
    member = (pads.owner[:, None] == np.arange(count)).T * pads.covered
    even = member / (member.sum(axis=1, keepdims=True) * surface.grid.cell_area_m2)
    lead = even - even.mean(axis=0)
    rows = pads.rows
    local = np.searchsorted(rows, pads.cell // pads.shape[1]) * pads.shape[1] + pads.cell % pads.shape[1]
    drop = pads.z_ohm_m2 / pads.covered
    seen = np.array([drop * j + surface.response(pads.spread(j), rows).ravel()[local] for j in lead])
    impedance = seen @ (even.T * surface.grid.cell_area_m2)
    centre = np.eye(count) - 1.0 / count
    impedance = centre @ (0.5 * (impedance + impedance.T)) @ centre
    return np.linalg.pinv(impedance, rcond=1e-6, hermitian=True), lead


def _projected_cg(apply: Callable[[np.ndarray], np.ndarray], target: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Solve apply(x) + constant = target with sum(x) = 0; ``scale`` is the diagonal preconditioner."""
    weights = scale / scale.sum()

    def centred(r: np.ndarray) -> np.ndarray:
        """Take the constant out of the residual: it is free, and if left in, its rounding errors grow."""
        return r - weights @ r

    x = np.zeros_like(target)
    r = centred(target)
    z = scale * r
    p, rz = z, r @ z
    start = rz
    for _ in range(_MOST_STEPS):
        q = apply(p)
        step = rz / (p @ q)
        x += step * p
        r = centred(r - step * q)
        z = scale * r
        rz, previous = r @ z, rz
        if rz <= _TOLERANCE**2 * start:
            return x - x.mean()
        p = z + (rz / previous) * p
    raise ConvergenceError(
        f"Currents under the pads did not settle in {_MOST_STEPS} steps (residual {np.sqrt(rz / start):.1e}, wanted"
        f" {_TOLERANCE:.0e}). Raise the contact impedance, which is perhaps too near 0, or use a coarser grid."
    )
