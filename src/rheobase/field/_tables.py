"""Potential inside the limb: sums of modes, and splines through tables of them.

Every layer has a table of its own, for the slope of V jumps where the conductivity does. Tables are cubic in r and z,
and in theta where points lie at many angles.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import fft
from scipy.interpolate import NdBSpline, make_interp_spline

from rheobase.field._radial import CylinderGrid, decay, layer_table
from rheobase.field._surface import Surface

_SKIN_FINER = 2
_WIDEST = 64
_MARGIN = 8  # angular cells beside the points, so that the spline's ends do not matter


@dataclass(frozen=True, slots=True)
class Modes:
    """Potential of K contacts on the skin, as amplitudes of modes: (K, orders, n_z), complex, V per A."""

    surface: Surface
    skin: np.ndarray

    @property
    def grid(self) -> CylinderGrid:
        """Layers and grid."""
        return self.surface.grid

    @property
    def weights(self) -> np.ndarray:
        """How often each order counts: 1 for the first and last, 2 for the others."""
        w = np.full(self.grid.orders, 2.0)
        w[0] = 1.0
        if self.grid.n_theta % 2 == 0:
            w[-1] = 1.0
        return w

    def at_angle(self, theta_rad: float) -> np.ndarray:
        """Real amplitudes of every mode on one half-plane, (K, orders, n_z)."""
        turn = self.weights * np.exp(1j * np.arange(self.grid.orders) * (theta_rad - self.surface.first_rad))
        return np.real(turn)[:, None] * np.real(self.skin) - np.imag(turn)[:, None] * np.imag(self.skin)


def layer_of(grid: CylinderGrid, r_mm: np.ndarray) -> np.ndarray:
    """Layer each radius lies in; an interface counts to the inner layer."""
    outer = np.array([layer.outer_radius_mm for layer in grid.layers])
    return np.minimum(np.searchsorted(outer, r_mm - 1e-9), len(outer) - 1)


def sum_of_modes(modes: Modes, r_mm: np.ndarray, theta_rad: np.ndarray, z_mm: np.ndarray) -> np.ndarray:
    """Potential at points by summing every mode that still matters: exact on this grid, and slow; (K, points)."""
    g = modes.grid
    out = np.empty((len(modes.skin), r_mm.size))
    where, back = np.unique(np.round(np.column_stack([r_mm, theta_rad]), 12), axis=0, return_inverse=True)
    layers = layer_of(g, where[:, 0])
    for i, (r, theta) in enumerate(where):
        t = decay(g, int(layers[i]), r)
        n, m = t.shape
        line = np.einsum("knm,nm->km", modes.at_angle(theta)[:, :n, :m], t)
        at = np.flatnonzero(back.ravel() == i)
        out[:, at] = line @ np.cos(np.outer(g.k_per_m[:m], (z_mm[at] + g.length_mm / 2) * 1e-3))
    return out


def _along(amplitudes: np.ndarray, cells: int) -> np.ndarray:
    """From axial amplitudes (..., m) to values at the edges of equal cells (..., cells + 1)."""
    padded = np.zeros((*amplitudes.shape[:-1], cells + 1))
    padded[..., : amplitudes.shape[-1]] = 0.5 * amplitudes
    padded[..., 0] *= 2.0
    return np.asarray(fft.dct(padded, type=1, axis=-1))


def _z_edges_mm(g: CylinderGrid, cells: int) -> np.ndarray:
    return np.linspace(-g.length_mm / 2, g.length_mm / 2, cells + 1)


def _cells(g: CylinderGrid, layer: int) -> int:
    """Axial cells of a table: those of the grid, and finer in the skin, where the shortest waves are still alive."""
    return g.n_z * (_SKIN_FINER if layer == len(g.layers) - 1 else 1)


def _fit(axes: tuple[np.ndarray, ...], values: np.ndarray) -> NdBSpline:
    """Tensor cubic spline; the last axis is z, whose ends are insulated (slope 0); trailing axis: contacts."""
    coefficients, knots = values, []
    for i, x in enumerate(axes):
        ends = "clamped" if i == len(axes) - 1 else "not-a-knot"
        spline = make_interp_spline(x, coefficients, k=3, axis=i, bc_type=ends, check_finite=False)
        coefficients = np.moveaxis(spline.c, 0, i)
        knots.append(spline.t)
    return NdBSpline(tuple(knots), np.ascontiguousarray(coefficients), 3)


def plane_spline(modes: Modes, flat: np.ndarray, layer: int) -> NdBSpline:
    """V(r, z) of one layer on one half-plane; ``flat`` is ``modes.at_angle(theta)``."""
    radii, tables = layer_table(modes.grid, layer)
    amplitudes = np.zeros((len(radii), len(flat), modes.grid.n_z))
    for j, t in enumerate(tables):
        n, m = t.shape
        amplitudes[j, :, :m] = np.einsum("knm,nm->km", flat[:, :n, :m], t)
    cells = _cells(modes.grid, layer)
    values = _along(amplitudes, cells)
    return _fit((radii, _z_edges_mm(modes.grid, cells)), np.moveaxis(values, 1, 2))


def volume_spline(modes: Modes, layer: int, rows: np.ndarray, r_span_mm: tuple[float, float]) -> NdBSpline:
    """V(r, theta row, z) of one layer around some angles; rows count angular cells and may run past a full turn."""
    g = modes.grid
    radii, tables = layer_table(g, layer)
    low = max(int(np.searchsorted(radii, r_span_mm[0], side="right")) - 4, 0)
    high = min(int(np.searchsorted(radii, r_span_mm[1])) + 4, len(radii))
    cells = _cells(g, layer)
    values = np.empty((high - low, rows.size, cells + 1, len(modes.skin)))
    for j in range(low, high):
        n, m = tables[j].shape
        spectrum = np.zeros((len(modes.skin), g.orders, m), dtype=complex)
        spectrum[:, :n] = modes.skin[:, :n, :m] * tables[j]
        around = np.asarray(fft.irfft(spectrum, n=g.n_theta, axis=1)) * g.n_theta
        values[j - low] = np.moveaxis(_along(around[:, rows % g.n_theta], cells), 0, -1)
    return _fit((radii[low:high], rows.astype(float), _z_edges_mm(g, cells)), values)


def windows(row: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Split fractional angular rows into runs of neighbours: (which points, rows of cells that enclose them).

    A run is at most ``_WIDEST`` rows wide, which bounds the memory of its table.
    """
    order = np.argsort(row, kind="stable")
    placed = row[order]
    apart = (np.diff(placed) > 2 * _MARGIN) | (np.diff(placed // _WIDEST) > 0)
    for part in np.split(order, np.flatnonzero(apart) + 1):
        low, high = int(np.floor(row[part].min())), int(np.ceil(row[part].max()))
        yield part, np.arange(low - _MARGIN, high + _MARGIN + 1)
