"""Modified Bessel functions as logarithms and logarithmic derivatives.

The layered cylinder needs only *ratios* of I_n and of K_n between radii, so both are kept as logarithms in which any
factor common to all radii is left out. Nothing overflows, however thick the layer or high the mode.

Orders below 12 come from scaled Bessel functions by the stable recurrences (downward for I, upward for K); from order
12 on the uniform (Debye) expansions with three corrections take over, NIST DLMF 10.41, good to 2e-6 or better.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ive, k0e, k1e

EXACT_ORDERS = 12
_Array = np.ndarray


def log_bessel(orders: int, kappa_per_m: _Array, radius_m: float) -> tuple[_Array, _Array]:
    """Logarithms of I_n(kappa r) and K_n(kappa r) for n < ``orders``, less a radius-free part: (orders, len(kappa))."""
    low = min(orders, EXACT_ORDERS)
    ln_i, ln_k = np.empty((orders, kappa_per_m.size)), np.empty((orders, kappa_per_m.size))
    i, k, x = _scaled(low, kappa_per_m, radius_m)
    with np.errstate(divide="ignore"):
        ln_i[:low] = np.log(i[:low]) + x
        ln_k[:low] = np.log(k[:low]) - x
    _static_logs(ln_i[:low], ln_k[:low], kappa_per_m, radius_m)
    if orders > low:
        n, p = _debye_variables(orders, kappa_per_m, radius_m)
        even, odd = _u_sums(p, n)
        q = 1.0 / p
        growth = n * (q + np.log(radius_m / (n * (1.0 + q))))
        half_ln_p = 0.5 * np.log(p)
        ln_i[low:] = half_ln_p + growth + np.log(even + odd)
        ln_k[low:] = half_ln_p - growth + np.log(even - odd)
    return ln_i, ln_k


def log_derivatives(orders: int, kappa_per_m: _Array, radius_m: float) -> tuple[_Array, _Array]:
    """I_n'/I_n and K_n'/K_n (derivatives by r, per m) for n < ``orders``, each (orders, len(kappa))."""
    low = min(orders, EXACT_ORDERS)
    g_i, g_k = np.empty((orders, kappa_per_m.size)), np.empty((orders, kappa_per_m.size))
    i, k, _ = _scaled(low, kappa_per_m, radius_m)
    n_low = np.arange(low)[:, None]
    g_i[:low] = kappa_per_m * i[1:] / i[:-1] + n_low / radius_m
    g_k[:low] = -kappa_per_m * k[1:] / k[:-1] + n_low / radius_m
    static = kappa_per_m == 0
    g_i[:low, static] = n_low / radius_m
    g_k[:low, static] = -np.maximum(n_low, 1) / radius_m
    if orders > low:
        n, p = _debye_variables(orders, kappa_per_m, radius_m)
        even, odd = _u_sums(p, n)
        even_v, odd_v = _v_sums(p, n)
        slope = n / (radius_m * p)
        g_i[low:] = slope * (even_v + odd_v) / (even + odd)
        g_k[low:] = -slope * (even_v - odd_v) / (even - odd)
    return g_i, g_k


def _scaled(orders: int, kappa_per_m: _Array, radius_m: float) -> tuple[_Array, _Array, _Array]:
    """Scaled I_n and K_n for n = 0 .. orders, and the argument; kappa = 0 gets a stand-in, replaced later."""
    x = np.where(kappa_per_m > 0, kappa_per_m * radius_m, 1.0)
    i, k = np.empty((orders + 1, x.size)), np.empty((orders + 1, x.size))
    i[orders], k[0] = ive(orders, x), k0e(x)
    i[orders - 1], k[1] = ive(orders - 1, x), k1e(x)
    two_over_x = 2.0 / x
    for n in range(orders - 1, 0, -1):
        i[n - 1] = i[n + 1] + n * two_over_x * i[n]
    for n in range(1, orders):
        k[n + 1] = k[n - 1] + n * two_over_x * k[n]
    return i, k, x


def _static_logs(ln_i: _Array, ln_k: _Array, kappa_per_m: _Array, radius_m: float) -> None:
    """Fill in the columns of kappa = 0, where I_n and K_n become r^n and r^-n (n = 0: constant)."""
    static = kappa_per_m == 0
    ln_r = np.arange(len(ln_i))[:, None] * np.log(radius_m)
    ln_i[:, static] = ln_r
    ln_k[:, static] = -ln_r


def _debye_variables(orders: int, kappa_per_m: _Array, radius_m: float) -> tuple[_Array, _Array]:
    n = np.arange(EXACT_ORDERS, orders, dtype=float)[:, None]
    s = kappa_per_m * (radius_m / n)
    return n, 1.0 / np.sqrt(1.0 + s * s)


def _u_sums(p: _Array, n: _Array) -> tuple[_Array, _Array]:
    """Even and odd part of the expansion of the function itself: U+- = even +- odd."""
    s = p * p
    even = 1.0 + s * (81.0 + s * (-462.0 + s * 385.0)) * (1.0 / (1152.0 * n**2))
    third = s * (30375.0 + s * (-369603.0 + s * (765765.0 - s * 425425.0))) * (1.0 / (414720.0 * n**3))
    odd = p * ((3.0 - 5.0 * s) * (1.0 / (24.0 * n)) + third)
    return even, odd


def _v_sums(p: _Array, n: _Array) -> tuple[_Array, _Array]:
    """Even and odd part of the expansion of the derivative: V+- = even +- odd."""
    s = p * p
    even = 1.0 + s * (-135.0 + s * (594.0 - s * 455.0)) * (1.0 / (1152.0 * n**2))
    third = s * (-42525.0 + s * (451737.0 + s * (-883575.0 + s * 475475.0))) * (1.0 / (414720.0 * n**3))
    odd = p * ((-9.0 + 7.0 * s) * (1.0 / (24.0 * n)) + third)
    return even, odd
