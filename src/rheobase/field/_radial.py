"""How each surface mode of the layered cylinder runs inwards.

A mode is exp(j n theta) cos(k (z + L/2)), k = m pi / L. In every layer its radial part is a mix of I_n and K_n, chosen
so that potential and radial current are continuous from layer to layer. Two things are wanted: the surface admittance
Y_nm = J_nm / V_nm(R), and the decay T_nm(r) = V_nm(r) / V_nm(R).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from rheobase.anatomy import Layer
from rheobase.field._bessel import log_bessel, log_derivatives

_LN_KEEP = float(np.log(1e12))  # modes that have decayed below 1e-12 of their surface value are dropped
_MIN_RADIUS_M = 1e-6  # stands in for the axis, where ln r has no value


@dataclass(frozen=True, slots=True)
class CylinderGrid:
    """Layers, length and surface grid: all that the modes depend on, hashable so that they are made once."""

    layers: tuple[Layer, ...]
    length_mm: float
    n_theta: int
    n_z: int

    @property
    def radius_mm(self) -> float:
        """Outer radius."""
        return self.layers[-1].outer_radius_mm

    @property
    def orders(self) -> int:
        """Number of orders n around the limb."""
        return self.n_theta // 2 + 1

    @property
    def k_per_m(self) -> np.ndarray:
        """Axial wave numbers."""
        return np.arange(self.n_z) * (np.pi / (self.length_mm * 1e-3))

    @property
    def cell_area_m2(self) -> float:
        """Area of one surface cell."""
        return 2e-3 * np.pi * self.radius_mm / self.n_theta * self.length_mm * 1e-3 / self.n_z

    def bounds_mm(self, layer: int) -> tuple[float, float]:
        """Inner and outer radius of one layer."""
        return (self.layers[layer - 1].outer_radius_mm if layer else 0.0), self.layers[layer].outer_radius_mm


@dataclass(frozen=True, slots=True)
class LayerModes:
    """Radial solution in one layer, v = I(r)/I(a) + rho K(r)/K(b), with what is needed to evaluate it anywhere."""

    kappa_per_m: np.ndarray
    ln_i_outer: np.ndarray
    ln_k_inner: np.ndarray | None
    rho: np.ndarray | None
    outer_value: np.ndarray  # v(a)
    surface_gain: np.ndarray  # V(a) of this layer over V(R)

    def decay(self, radius_m: float, n_keep: int, m_keep: int) -> np.ndarray:
        """T_nm at one radius of this layer, for the first ``n_keep`` orders and ``m_keep`` wave numbers."""
        ln_i, ln_k = log_bessel(n_keep, self.kappa_per_m[:m_keep], radius_m)
        cut = (slice(n_keep), slice(m_keep))
        v = np.exp(ln_i - self.ln_i_outer[cut])
        if self.rho is not None and self.ln_k_inner is not None:
            v += self.rho[cut] * np.exp(ln_k - self.ln_k_inner[cut])
        return v * (self.surface_gain[cut] / self.outer_value[cut])


@lru_cache(maxsize=2)
def radial_modes(grid: CylinderGrid) -> tuple[np.ndarray, tuple[LayerModes, ...]]:
    """Surface admittance Y (orders, n_z) in S/m2 and the radial solution of every layer, inside out."""
    y = np.zeros((grid.orders, grid.n_z))
    parts = []
    for i, layer in enumerate(grid.layers):
        inner_mm, outer_mm = grid.bounds_mm(i)
        sigma = layer.sigma_transverse_S_per_m
        kappa = grid.k_per_m * np.sqrt(layer.sigma_axial_S_per_m / sigma)
        ln_i_a, ln_k_a = log_bessel(grid.orders, kappa, outer_mm * 1e-3)
        g_i_a, g_k_a = log_derivatives(grid.orders, kappa, outer_mm * 1e-3)
        if i == 0:
            parts.append((kappa, ln_i_a, None, None, np.ones_like(y), None))
            y = sigma * g_i_a
            continue
        ln_i_b, ln_k_b = log_bessel(grid.orders, kappa, inner_mm * 1e-3)
        g_i_b, g_k_b = log_derivatives(grid.orders, kappa, inner_mm * 1e-3)
        f_inner = np.exp(ln_i_b - ln_i_a)
        rho = f_inner * (y - sigma * g_i_b) / (sigma * g_k_b - y)
        from_inside = rho * np.exp(ln_k_a - ln_k_b)
        outer_value = 1.0 + from_inside
        y = sigma * (g_i_a + from_inside * g_k_a) / outer_value
        parts.append((kappa, ln_i_a, ln_k_b, rho, outer_value, (f_inner + rho) / outer_value))
    y[0, 0] = 0.0  # a constant potential carries no current
    return y, _with_gains(parts, y.shape)


def _with_gains(parts: list[tuple], shape: tuple[int, ...]) -> tuple[LayerModes, ...]:
    gain, done = np.ones(shape), []
    for kappa, ln_i_a, ln_k_b, rho, outer_value, crossing in reversed(parts):
        done.append(LayerModes(kappa, ln_i_a, ln_k_b, rho, outer_value, gain))
        if crossing is not None:
            gain = gain * crossing
    return tuple(reversed(done))


def kept(grid: CylinderGrid, radius_mm: float) -> tuple[int, int]:
    """How many orders and wave numbers still matter at a radius."""
    path, last = 0.0, grid.radius_mm
    for i in reversed(range(len(grid.layers))):
        low = max(grid.bounds_mm(i)[0], radius_mm)
        if low < last:
            layer = grid.layers[i]
            path += (last - low) * 1e-3 * np.sqrt(layer.sigma_axial_S_per_m / layer.sigma_transverse_S_per_m)
            last = low
    decades = np.log(grid.radius_mm / max(radius_mm, 1e-3))
    step = np.pi / (grid.length_mm * 1e-3)
    n = grid.orders if decades <= 0 else int(_LN_KEEP / decades) + 2
    m = grid.n_z if path <= 0 else int(_LN_KEEP / (path * step)) + 2
    return min(n, grid.orders), min(m, grid.n_z)


def decay(grid: CylinderGrid, layer: int, radius_mm: float) -> np.ndarray:
    """T_nm at a radius of a layer, cut to the modes that still matter there."""
    n, m = kept(grid, radius_mm)
    return radial_modes(grid)[1][layer].decay(max(radius_mm * 1e-3, _MIN_RADIUS_M), n, m)


def knots_mm(grid: CylinderGrid, layer: int) -> np.ndarray:
    """Radii at which a layer is tabulated: dense near the skin and below the fascia, coarser in depth."""
    inner, outer = grid.bounds_mm(layer)
    depth = grid.radius_mm - outer
    if layer == len(grid.layers) - 1 and outer - inner < 4.0:
        return np.linspace(inner, outer, 9)
    fine, coarse = (0.5, 1.0) if depth < 12.0 else (1.0, 1.5)
    dense_mm = min(6.0 if layer < len(grid.layers) - 2 else outer - inner, outer - inner)
    top = np.linspace(outer, outer - dense_mm, max(int(np.ceil(dense_mm / fine)), 4) + 1)
    rest = outer - dense_mm - inner
    if rest <= 1e-9:
        return top[::-1]
    return np.concatenate([top, np.linspace(top[-1], inner, max(int(np.ceil(rest / coarse)), 1) + 1)[1:]])[::-1]


@lru_cache(maxsize=12)
def layer_table(grid: CylinderGrid, layer: int) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
    """Knot radii of one layer and the decay at each: the costly part, shared by all contacts and all planes."""
    radii = knots_mm(grid, layer)
    return radii, tuple(decay(grid, layer, r) for r in radii)
