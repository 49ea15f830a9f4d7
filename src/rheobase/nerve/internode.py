"""Reduce the linear internode of the double cable to its own modes.

An internode has ten compartments (MYSA, FLUT, six STIN, FLUT, MYSA), each with an axoplasm and a periaxonal potential.
Measured from rest and from the extracellular potential (p = phi - rest - e, q = psi - e) they obey

    C x' + G x = B w + S e,    x = (p, q),  w = the two node potentials

with symmetric, positive definite C and G. In the eigenvectors of (G, C) the twenty equations come apart, and one
implicit step of the modes is exactly one implicit step of the compartments. The internode is symmetric about its
middle, so even and odd states are solved apart: solved together, nearly equal eigenvalues mix them.

The energy of the capacitances is a sum of squares, C(x) = sum c_ax (p - q)^2 + c_my q^2. In the variables
sqrt(c_ax) (p - q) and sqrt(c_my) q it is the identity, so each parity is an ordinary symmetric eigenproblem of ten.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rheobase.kernel import LANES, eigen
from rheobase.nerve.model import Array, Internodes
from rheobase.tables import row

COMPARTMENTS = 10
STATES = 2 * COMPARTMENTS
_HALF = COMPARTMENTS // 2
_UM2_UF_TO_NF = 1e-5  # uF/cm2 on um2, in nF
_UM2_S_TO_US = 1e-2  # S/cm2 on um2, in uS
_MOHM_PER_UM = 1e-2  # ohm cm over um2, in Mohm per um
_NOISE = 1e-9  # couplings below this share of the largest are rounding


@dataclass(frozen=True, slots=True, kw_only=True)
class Modes:
    """Modes of n internodes; the first ten follow the sum of the node potentials, the last ten the difference.

    Parameters
    ----------
    rate_per_ms : array, shape (n, 20)
        Decay rate of each mode.
    coupling : array, shape (n, 20)
        Output weight b of each mode; its square times the gain is the mode's share in the node equation.
    drive : array, shape (n, 6, 20)
        What the extracellular potential does to each mode, already weighted by b: to the even modes the sums of the
        potential at the node and the first five compartments with their mirror images, to the odd ones the
        differences.
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


def _half_resistances(i: Internodes, length: Array) -> tuple[Array, Array]:
    """Axial and periaxonal resistance of half of each section (node, five compartments), in Mohm."""
    p = row("fibres.mrg_electrical")
    thin = np.array([True, True, False, False, False, False])
    d = np.where(thin, i.node_um[:, None], i.axon_um[:, None])
    width = np.where(thin, p["periaxonal_width_node_um"], p["periaxonal_width_internode_um"])
    half_um = np.concatenate([np.full((len(length), 1), p["node_length_um"]), length[:, :_HALF]], axis=1) / 2
    shell = np.pi * ((d / 2 + width) ** 2 - (d / 2) ** 2)
    axial = p["rho_axial_ohm_cm"] * _MOHM_PER_UM * half_um / (np.pi * (d / 2) ** 2)
    return axial, p["rho_periaxonal_ohm_cm"] * _MOHM_PER_UM * half_um / shell


def _ladder(half: Array) -> Array:
    """Conductances node-1, 1-2, ..., 4-5 and 5-6 of a chain of half resistances, shape (n, 6)."""
    return 1.0 / np.concatenate([half[:, :-1] + half[:, 1:], 2 * half[:, -1:]], axis=1)


def links_uS(internodes: Internodes) -> tuple[Array, Array]:
    """Conductances from node to compartment to ... to node: inside the axon, and under the myelin.

    Parameters
    ----------
    internodes : Internodes
        n internodes.

    Returns
    -------
    tuple of array, shape (n, 11) each
        The eleven links of the axoplasm, and of the periaxonal space (whose ends are the outside at the nodes).
    """
    half = (_ladder(r) for r in _half_resistances(internodes, _lengths(internodes)[:, :_HALF]))
    axial, around = (np.concatenate([first, first[:, -2::-1]], axis=1) for first in half)
    return axial, around


def _chain(links: Array, middle: float) -> Array:
    """Laplacian of the five compartments of one parity, the middle link counted `middle` times, shape (5, 5, n)."""
    out = np.zeros((_HALF, _HALF, links.shape[1]))
    k = np.arange(_HALF)
    out[k, k] = links[:-1] + links[1:]
    out[-1, -1] += (middle - 1.0) * links[-1]
    out[k[:-1], k[1:]] = out[k[1:], k[:-1]] = -links[1:-1]
    return out


def closed_modes(internodes: Internodes) -> Modes:
    """Modes of internodes, each between two nodes.

    Parameters
    ----------
    internodes : Internodes
        n internodes.

    Examples
    --------
    >>> from rheobase.nerve import fibre_model
    >>> modes = closed_modes(fibre_model("mrg_discrete").internodes(np.array([10.0])))
    >>> modes.rate_per_ms.shape, modes.drive.shape
    ((1, 20), (1, 6, 20))
    """
    p = row("fibres.mrg_electrical")
    i, n = _in_lanes(internodes), internodes.length_um.size
    length = _lengths(i)[:, :_HALF]
    d = np.where(np.arange(_HALF) == 0, i.node_um[:, None], i.axon_um[:, None])
    axolemma = np.pi * d * length
    per_layer = np.pi * i.fibre_um[:, None] * length / (2 * i.lamellae[:, None])
    leak = np.where(np.arange(_HALF) == 0, p["mysa_leak_S_per_cm2"], p["internode_leak_S_per_cm2"])
    c_ax = p["axolemma_capacitance_uF_per_cm2"] * axolemma * _UM2_UF_TO_NF
    c_my = p["myelin_capacitance_uF_per_cm2"] * per_layer * _UM2_UF_TO_NF
    g_ax = leak * axolemma * _UM2_S_TO_US
    g_my = p["myelin_conductance_S_per_cm2"] * per_layer * _UM2_S_TO_US
    own = np.concatenate([g_ax / c_ax, g_my / c_my], axis=1).T
    axial, peri = (np.ascontiguousarray(_ladder(half).T) for half in _half_resistances(i, length))
    by_ax, by_my = (np.ascontiguousarray((1.0 / np.sqrt(c)).T) for c in (c_ax, c_my))
    # From here on internodes are the last axis, where the kernel has its lanes.
    parts = []
    for middle in (0.0, 2.0):  # even states see no current through the middle, odd ones twice the link's
        along, around = _chain(axial, middle), _chain(peri, middle)
        system = np.empty((COMPARTMENTS, COMPARTMENTS, by_ax.shape[1]))
        system[:_HALF, :_HALF] = along * by_ax[:, None] * by_ax
        system[:_HALF, _HALF:] = along * by_ax[:, None] * by_my
        system[_HALF:, :_HALF] = np.swapaxes(system[:_HALF, _HALF:], 0, 1)
        system[_HALF:, _HALF:] = (along + around) * by_my[:, None] * by_my
        k = np.arange(COMPARTMENTS)
        system[k, k] += own
        rates, u = np.empty_like(own), np.empty_like(system)
        eigen(system.ravel(), rates, u.ravel())
        push = np.zeros((COMPARTMENTS, _HALF + 1, by_ax.shape[1]))  # what potentials do to the states
        push[:_HALF, 1:] = -along * by_ax[:, None]
        push[_HALF:, 1:] = -(along + around) * by_my[:, None]
        push[0, 0] = axial[0] * by_ax[0]
        push[_HALF, 0] = (axial[0] + peri[0]) * by_my[0]
        b = axial[0] * (by_ax[0] * u[0] + by_my[0] * u[_HALF])
        parts.append((rates, b, np.einsum("imn,ikn->mkn", u, push)))
    rates, b, drive = (np.concatenate(both)[..., :n].T for both in zip(*parts, strict=True))
    # Even and odd states are (first +- mirror image) / sqrt 2: once for what goes in, once for what comes out.
    b = np.where(np.abs(b) < _NOISE * np.abs(b).max(axis=1, keepdims=True), 0.0, b) * np.sqrt(0.5)
    drive = np.ascontiguousarray(b[:, None] * drive * np.sqrt(0.5))
    return Modes(rate_per_ms=rates, coupling=b, drive=drive, axial_uS=axial[0, :n])


def _in_lanes(internodes: Internodes) -> Internodes:
    """Repeat the last internode until all lanes of the kernel are filled."""
    n = internodes.length_um.size
    return internodes.take(np.minimum(np.arange(-(-n // LANES) * LANES), n - 1))
