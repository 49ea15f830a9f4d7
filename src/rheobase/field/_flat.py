"""Tissue laid flat: layers under a plane skin, each wave along the skin by itself.

A wave (across, along) runs down through the layers like current along a line: every layer has a characteristic
admittance, and the layers below it load it. The last layer is infinitely deep.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from scipy import fft

from rheobase.anatomy import Layer
from rheobase.electrode import Pad

_SLICES = 32


@dataclass(frozen=True, eq=True)
class FlatGrid:
    """Layers, from the skin down, and a periodic box of cells on the skin."""

    layers: tuple[Layer, ...]
    thickness_mm: tuple[float, ...]  # of all but the last
    cell_mm: float
    n_theta: int  # cells across and along; named as the contact solver asks for them
    n_z: int

    @property
    def cell_area_m2(self) -> float:
        """Area of one cell."""
        return (self.cell_mm * 1e-3) ** 2

    @property
    def tops_mm(self) -> np.ndarray:
        """Depth at which each layer begins."""
        return np.concatenate([[0.0], np.cumsum(self.thickness_mm)])

    def waves_per_m(self) -> tuple[np.ndarray, np.ndarray]:
        """Wave numbers across (as a column) and along."""
        step = 2 * np.pi / (self.cell_mm * 1e-3)
        return step * fft.fftfreq(self.n_theta)[:, None], step * fft.rfftfreq(self.n_z)


@lru_cache(maxsize=2)
def line_constants(grid: FlatGrid) -> tuple[np.ndarray, tuple[np.ndarray, ...], tuple[np.ndarray, ...]]:
    """Surface admittance S/m2 of every wave; and for each layer its decay 1/m and the reflection at its floor."""
    across, along = grid.waves_per_m()
    kappas, admittances = [], []
    for la in grid.layers:
        ratio = la.sigma_axial_S_per_m / la.sigma_transverse_S_per_m
        kappas.append(np.sqrt(across**2 + ratio * along**2))
        admittances.append(la.sigma_transverse_S_per_m * kappas[-1])
    y, reflections = admittances[-1], [np.zeros_like(kappas[-1])]
    for kappa, own, thick in zip(kappas[-2::-1], admittances[-2::-1], grid.thickness_mm[::-1], strict=True):
        total = own + y
        reflections.append(np.divide(own - y, total, out=np.zeros_like(total), where=total > 0))
        t = np.tanh(kappa * thick * 1e-3)
        below = own + y * t
        y = own * np.divide(y + own * t, below, out=np.zeros_like(total), where=below > 0)
    return y, tuple(kappas), tuple(reflections[::-1])


def decay(grid: FlatGrid, layer: int, depth_mm: float) -> np.ndarray:
    """Potential of every wave at a depth of a layer over its value at the skin."""
    _, kappas, reflections = line_constants(grid)
    out = np.ones_like(kappas[0])
    tops = grid.tops_mm
    for i in range(layer + 1):
        last = i == len(grid.layers) - 1
        into = ((depth_mm if i == layer else tops[i + 1]) - tops[i]) * 1e-3
        if last:
            return out * np.exp(-kappas[i] * into)
        thick, g = grid.thickness_mm[i] * 1e-3, reflections[i]
        back = g * np.exp(-kappas[i] * (2 * thick - into))
        out = out * (np.exp(-kappas[i] * into) + back) / (1.0 + g * np.exp(-2 * kappas[i] * thick))
    return out


@dataclass(frozen=True, eq=False)
class FlatSurface:
    """The cells on the skin, with the middle of the box at an angle and a place of the limb that is laid flat."""

    grid: FlatGrid
    radius_mm: float
    middle_deg: float
    middle_mm: float

    @property
    def across_mm(self) -> np.ndarray:
        """Places of the cells across, from the middle of the box."""
        return (np.arange(self.grid.n_theta) + 0.5 - self.grid.n_theta / 2) * self.grid.cell_mm

    @property
    def z_mm(self) -> np.ndarray:
        """Places of the cells along the limb."""
        return (np.arange(self.grid.n_z) + 0.5 - self.grid.n_z / 2) * self.grid.cell_mm + self.middle_mm

    @property
    def cells_mm(self) -> tuple[float, float]:
        """Size of a cell."""
        return self.grid.cell_mm, self.grid.cell_mm

    @cached_property
    def impedance(self) -> np.ndarray:
        """1/Y of every wave, ohm m2; 0 for the constant."""
        y = line_constants(self.grid)[0]
        return np.divide(1.0, y, out=np.zeros_like(y), where=y > 0)

    def place_mm(self, theta_rad: float | np.ndarray) -> np.ndarray:
        """Place across of an angle: its arc along the skin."""
        turn = np.asarray(theta_rad) - np.deg2rad(self.middle_deg)
        return ((turn + np.pi) % (2 * np.pi) - np.pi) * self.radius_mm

    def from_pad_mm(self, pad: Pad) -> np.ndarray:
        """Places of the cells across from the middle of a pad."""
        return self.across_mm - float(self.place_mm(np.deg2rad(pad.around_deg)))

    def coverage(self, pad: Pad) -> np.ndarray:
        """Fraction of each cell that a pad covers."""
        h = self.grid.cell_mm
        x, z = self.from_pad_mm(pad), self.z_mm - pad.along_mm
        if pad.shape == "rectangle":
            return np.outer(_overlap(x, h, pad.around_mm / 2), _overlap(z, h, pad.extent_mm / 2))
        out = np.zeros((x.size, z.size))
        for j in np.flatnonzero(np.abs(z) < pad.around_mm / 2 + h):
            cuts = z[j] + ((np.arange(_SLICES) + 0.5) / _SLICES - 0.5) * h
            chords = np.sqrt(np.clip((pad.around_mm / 2) ** 2 - cuts**2, 0.0, None))
            out[:, j] = np.mean([_overlap(x, h, c) for c in chords], axis=0)
        return out

    def response(self, current: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Surface potential of a current density, in the ``rows`` of cells asked for."""
        back = fft.irfft2(fft.rfft2(current) * self.impedance, s=current.shape)
        return np.asarray(back)[rows]


def _overlap(middles: np.ndarray, wide: float, half: float) -> np.ndarray:
    """Fraction of each cell within +-half of 0."""
    return np.clip(np.minimum(middles + wide / 2, half) - np.maximum(middles - wide / 2, -half), 0.0, None) / wide
