"""The skin as a grid: which cells a pad covers, and how potential answers to current on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import fft

from rheobase.electrode import Pad
from rheobase.field._radial import CylinderGrid, radial_modes

_SLICES = 32  # chords per cell that make up a round pad


@dataclass(frozen=True, slots=True)
class Surface:
    """Grid of (n_theta, n_z) cells on the skin, turned so that theta = 0 of the grid is at ``turn_rad``."""

    grid: CylinderGrid
    turn_rad: float

    @property
    def first_rad(self) -> float:
        """Angle of the centre of the first row of cells, in limb coordinates."""
        return self.turn_rad - np.pi + np.pi / self.grid.n_theta

    @property
    def theta_rad(self) -> np.ndarray:
        """Angles of the cell centres, in limb coordinates."""
        return self.first_rad + np.arange(self.grid.n_theta) * (2 * np.pi / self.grid.n_theta)

    @property
    def z_mm(self) -> np.ndarray:
        """Axial places of the cell centres."""
        g = self.grid
        return (np.arange(g.n_z) + 0.5) * (g.length_mm / g.n_z) - g.length_mm / 2

    @property
    def cells_mm(self) -> tuple[float, float]:
        """Size of a cell around and along."""
        g = self.grid
        return 2 * np.pi * g.radius_mm / g.n_theta, g.length_mm / g.n_z

    def from_pad_mm(self, pad: Pad) -> np.ndarray:
        """Places of the cells around, along the skin from the middle of a pad."""
        turn = self.theta_rad - np.deg2rad(pad.around_deg)
        return ((turn + np.pi) % (2 * np.pi) - np.pi) * self.grid.radius_mm

    def coverage(self, pad: Pad) -> np.ndarray:
        """Fraction of each cell that a pad covers, so that its edges need not fall on cell edges."""
        g = self.grid
        if pad.shape == "rectangle":
            around = self._covered_around(np.array([pad.around_mm / 2]), pad.around_deg)[0]
            edges = np.linspace(-g.length_mm / 2, g.length_mm / 2, g.n_z + 1)
            along = _overlap(edges, pad.along_mm - pad.extent_mm / 2, pad.along_mm + pad.extent_mm / 2)
            return np.outer(around, along)
        z = (np.arange(g.n_z * _SLICES) + 0.5) * (g.length_mm / (g.n_z * _SLICES)) - g.length_mm / 2
        half_chord = np.sqrt(np.clip((pad.around_mm / 2) ** 2 - (z - pad.along_mm) ** 2, 0.0, None))
        covered = np.zeros((g.n_z * _SLICES, g.n_theta))
        inside = half_chord > 0
        covered[inside] = self._covered_around(half_chord[inside], pad.around_deg)
        return covered.reshape(g.n_z, _SLICES, g.n_theta).mean(axis=1).T

    def _covered_around(self, half_mm: np.ndarray, around_deg: float) -> np.ndarray:
        """Fraction of each angular cell within +-half_mm of an angle, (len(half_mm), n_theta)."""
        edges = np.linspace(-np.pi, np.pi, self.grid.n_theta + 1)
        centre = (np.deg2rad(around_deg) - self.turn_rad + np.pi) % (2 * np.pi) - np.pi
        half = (half_mm / self.grid.radius_mm)[:, None]
        turns = (-2 * np.pi, 0.0, 2 * np.pi)
        return sum((_overlap(edges, centre - half + t, centre + half + t) for t in turns), np.zeros(1))

    def modes(self, current: np.ndarray) -> np.ndarray:
        """Amplitudes a_nm of a surface map f(theta, z) = sum w_n Re(a_nm e^(j n (theta - first))) cos(k (z + L/2)).

        w_n is 1 for the first and last order and 2 for the others.
        """
        g = self.grid
        rows = np.flatnonzero(np.any(current, axis=1))
        along = np.zeros((g.n_theta, g.n_z))
        along[rows] = np.asarray(fft.dct(current[rows], type=2, axis=1)) / g.n_z
        along[:, 0] *= 0.5
        return np.asarray(fft.rfft(along, axis=0)) / g.n_theta

    def response(self, current: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Surface potential of a current density, in the ``rows`` of cells asked for (its mean over the skin is 0)."""
        g = self.grid
        along = np.zeros((g.n_theta, g.n_z))
        along[rows] = np.asarray(fft.dct(current[rows], type=2, axis=1))
        spectrum = np.asarray(fft.rfft(along, axis=0, overwrite_x=True))
        spectrum *= impedance(g)
        back = np.asarray(fft.irfft(spectrum, n=g.n_theta, axis=0, overwrite_x=True))
        return np.asarray(fft.idct(back[rows], type=2, axis=1))


def impedance(grid: CylinderGrid) -> np.ndarray:
    """1/Y of every mode, ohm m2, and 0 for the constant mode."""
    y = radial_modes(grid)[0]
    out = np.zeros_like(y)
    np.divide(1.0, y, out=out, where=y > 0)
    return out


def _overlap(edges: np.ndarray, low: float | np.ndarray, high: float | np.ndarray) -> np.ndarray:
    """Fraction of each cell between two bounds."""
    widths = np.diff(edges)
    return np.clip(np.minimum(edges[1:], high) - np.maximum(edges[:-1], low), 0.0, None) / widths
