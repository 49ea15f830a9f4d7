"""Reduce the linear internode of the double cable to its own modes.

An internode has ten compartments (MYSA, FLUT, six STIN, FLUT, MYSA), each with an axoplasm and a periaxonal potential.
Measured from rest and from the extracellular potential (p = phi - rest - e, q = psi - e) they obey

    C x' + G x = B w + S e,    x = (p, q),  w = the two node potentials

with symmetric, positive definite C and G. In the eigenvectors of (G, C) the twenty equations come apart, and one
implicit step of the modes is exactly one implicit step of the compartments. Between two nodes the internode is
symmetric about its middle, so even and odd states are solved apart: solved together, nearly equal eigenvalues mix them.
At a passive end only one node is connected; there the twenty are solved as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rheobase.nerve.model import Array, Internodes
from rheobase.tables import row

COMPARTMENTS = 10
STATES = 2 * COMPARTMENTS
_UM2_UF_TO_NF = 1e-5  # uF/cm2 on um2, in nF
_UM2_S_TO_US = 1e-2  # S/cm2 on um2, in uS
_NOISE = 1e-9  # couplings below this share of the largest are rounding


@dataclass(frozen=True, slots=True, kw_only=True)
class Modes:
    """Modes of n internodes.

    Parameters
    ----------
    rate_per_ms : array, shape (n, 20)
        Decay rate of each mode; the first ten follow the sum of the node potentials, the last ten the difference
        (at an open end all follow the one node).
    coupling : array, shape (n, 20)
        Output weight b of each mode; its square times the gain is the mode's share in the node equation.
    drive : array, shape (n, 20, 12)
        What the extracellular potential (node, ten compartments, node) does to each mode, already weighted by b.
    axial_uS : array, shape (n,)
        Conductance from a node to the first compartment.
    """

    rate_per_ms: Array
    coupling: Array
    drive: Array
    axial_uS: Array


def compartment_centres_um(internodes: Internodes) -> Array:
    """Distance of the ten compartment centres from the node before, shape (n, 10)."""
    p = row("fibres.mrg_electrical")
    lengths = _lengths(internodes)
    return p["node_length_um"] / 2 + np.cumsum(lengths, axis=1) - lengths / 2


def _lengths(i: Internodes) -> Array:
    p = row("fibres.mrg_electrical")
    mysa = np.full_like(i.length_um, p["mysa_length_um"])
    stin = (i.length_um - p["node_length_um"] - 2 * p["mysa_length_um"] - 2 * i.paranode_um) / 6
    return np.stack([mysa, i.paranode_um, *[stin] * 6, i.paranode_um, mysa], axis=1)


def _half_resistances(i: Internodes) -> tuple[Array, Array]:
    """Axial and periaxonal resistance of half of each section (node, ten compartments), in Mohm."""
    p = row("fibres.mrg_electrical")
    node = np.full_like(i.length_um, p["node_length_um"])
    length = np.concatenate([node[:, None], _lengths(i)], axis=1)
    thin = np.array([True, True, *[False] * 8, True])
    d = np.where(thin, i.node_um[:, None], i.axon_um[:, None])
    width = np.where(thin, p["periaxonal_width_node_um"], p["periaxonal_width_internode_um"])
    per_um = 1e4 * 1e-6  # ohm cm over um2, in Mohm per um
    axial = p["rho_axial_ohm_cm"] * per_um * (length / 2) / (np.pi * (d / 2) ** 2)
    shell = np.pi * ((d / 2 + width) ** 2 - (d / 2) ** 2)
    return axial, p["rho_periaxonal_ohm_cm"] * per_um * (length / 2) / shell


def _ladder(half: Array) -> Array:
    """Conductances node-1, 1-2, ..., 10-node of a chain of half resistances, shape (n, 11)."""
    h = np.concatenate([half, half[:, :1]], axis=1)
    return 1.0 / (h[:, :-1] + h[:, 1:])


def _system(i: Internodes, open_start: bool) -> tuple[Array, Array, Array, Array, Array]:
    """C, G, B (n, 20, 2), S (n, 20, 12) and the node's axial conductance."""
    p = row("fibres.mrg_electrical")
    n, m = i.length_um.size, COMPARTMENTS
    lengths = _lengths(i)
    d = np.where(np.array([True, *[False] * 8, True]), i.node_um[:, None], i.axon_um[:, None])
    axolemma, myelin = np.pi * d * lengths, np.pi * i.fibre_um[:, None] * lengths
    leak = np.array([p["mysa_leak_S_per_cm2"], *[p["internode_leak_S_per_cm2"]] * 8, p["mysa_leak_S_per_cm2"]])
    c_ax = p["axolemma_capacitance_uF_per_cm2"] * axolemma * _UM2_UF_TO_NF
    g_ax = leak * axolemma * _UM2_S_TO_US
    layers = 2 * i.lamellae[:, None]
    c_my = p["myelin_capacitance_uF_per_cm2"] / layers * myelin * _UM2_UF_TO_NF
    g_my = p["myelin_conductance_S_per_cm2"] / layers * myelin * _UM2_S_TO_US
    axial_half, peri_half = _half_resistances(i)
    axial, peri = _ladder(axial_half), _ladder(peri_half)
    to_node = axial[:, 0].copy()
    if open_start:
        axial = axial.copy()
        axial[:, 0] = 0.0  # the passive end node is cut off inside the axon
    c = np.zeros((n, STATES, STATES))
    g = np.zeros((n, STATES, STATES))
    s = np.zeros((n, STATES, m + 2))
    k = np.arange(m)
    c[:, k, k] = c_ax
    c[:, k, m + k] = c[:, m + k, k] = -c_ax
    c[:, m + k, m + k] = c_ax + c_my
    g[:, k, m + k] = g[:, m + k, k] = -g_ax
    g[:, k, k] = g_ax
    g[:, m + k, m + k] = g_ax + g_my
    for offset, chain in ((0, axial), (m, peri)):
        a = offset + k
        g[:, a, a] += chain[:, :-1] + chain[:, 1:]
        g[:, a[:-1], a[1:]] -= chain[:, 1:-1]
        g[:, a[1:], a[:-1]] -= chain[:, 1:-1]
        s[:, a, k] += chain[:, :-1]
        s[:, a, k + 2] += chain[:, 1:]
        s[:, a, k + 1] -= chain[:, :-1] + chain[:, 1:]
    b = np.zeros((n, STATES, 2))
    b[:, 0, 0], b[:, m - 1, 1] = axial[:, 0], axial[:, -1]
    return c, g, b, s, to_node


def _eigen(c: Array, g: Array) -> tuple[Array, Array]:
    """Rates and C-orthonormal vectors of G u = rate C u, for stacks of matrices."""
    low = np.linalg.cholesky(c)
    inverse = np.linalg.inv(low)
    rates, vectors = np.linalg.eigh(inverse @ g @ np.swapaxes(inverse, 1, 2))
    return rates, np.swapaxes(inverse, 1, 2) @ vectors


def _parity() -> tuple[Array, Array]:
    """Even and odd combinations of the twenty states, each (20, 10), orthonormal."""
    m, h = COMPARTMENTS, COMPARTMENTS // 2
    even, odd = np.zeros((STATES, m)), np.zeros((STATES, m))
    for half in (0, 1):
        for j in range(h):
            a, z, col = half * m + j, half * m + m - 1 - j, half * h + j
            even[[a, z], col] = np.sqrt(0.5)
            odd[a, col], odd[z, col] = np.sqrt(0.5), -np.sqrt(0.5)
    return even, odd


def _finish(rates: Array, b: Array, push: Array, axial_uS: Array) -> Modes:
    quiet = np.abs(b) < _NOISE * np.abs(b).max(axis=1, keepdims=True)
    b = np.where(quiet, 0.0, b)
    return Modes(rate_per_ms=rates, coupling=b, drive=b[:, :, None] * push, axial_uS=axial_uS)


def closed_modes(internodes: Internodes) -> Modes:
    """Modes of internodes that lie between two nodes.

    Parameters
    ----------
    internodes : Internodes
        n internodes.

    Examples
    --------
    >>> from rheobase.nerve import fibre_model
    >>> modes = closed_modes(fibre_model("mrg_discrete").internodes(np.array([10.0])))
    >>> modes.rate_per_ms.shape
    (1, 20)
    """
    c, g, b, s, axial = _system(internodes, open_start=False)
    parts = []
    for basis in _parity():
        rates, u = _eigen(basis.T @ c @ basis, basis.T @ g @ basis)
        u = basis @ u
        parts.append((rates, (b[:, None, :, 0] @ u)[:, 0], np.swapaxes(u, 1, 2) @ s))
    joined = [np.concatenate([even, odd], axis=1) for even, odd in zip(*parts, strict=True)]
    return _finish(joined[0], joined[1], joined[2], axial)


def open_modes(internodes: Internodes) -> Modes:
    """Modes of internodes whose first node is a passive end, connected to the second node only.

    Parameters
    ----------
    internodes : Internodes
        n internodes.

    Examples
    --------
    >>> from rheobase.nerve import fibre_model
    >>> open_modes(fibre_model("mrg_discrete").internodes(np.array([10.0]))).drive.shape
    (1, 20, 12)
    """
    c, g, b, s, axial = _system(internodes, open_start=True)
    rates, u = _eigen(c, g)
    return _finish(rates, (b[:, None, :, 1] @ u)[:, 0], np.swapaxes(u, 1, 2) @ s, axial)
