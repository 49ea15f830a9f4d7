"""What a recording contact sees of fibres, by reciprocity.

A contact that would raise the potential at compartment i by phi_i per unit of current feels the current I_i that leaves
the fibre there as phi_i I_i. What leaves a compartment is what arrives along the axon and under the myelin, so the sum
over all compartments is linear in the states, and its weights are those with which the potential phi, taken as a
stimulus, would drive them: the cable is symmetric. In the kernel's modes, which carry their coupling b, a mode's weight
is its drive over b squared; a node's weight is its drive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from rheobase.kernel import LANES, aligned
from rheobase.nerve.chunk import Chunk
from rheobase.nerve.drive import pushes
from rheobase.nerve.internode import Modes, links_uS
from rheobase.nerve.layout import Layout
from rheobase.nerve.model import Array

UV_PER_OHM_NA = 1e-3  # a contact's mV per mA are ohms; ohms times nA are nV


def sense_arrays(chunk: Chunk, contact_mV_per_mA: Array) -> tuple[tuple[NDArray, NDArray], Array]:
    """Weights of contacts for the kernel, and what they see of the fibres at rest.

    Parameters
    ----------
    chunk : Chunk
        The fibres.
    contact_mV_per_mA : array, shape (lane, contact, compartment)
        Potential of each contact at every compartment.

    Returns
    -------
    tuple of array
        Weights of modes and nodes, flat.
    array, shape (lane, contact)
        What the contacts see at rest, nV.
    """
    layout, dtype = chunk.layout, chunk.state[0].dtype
    none = np.zeros((layout.lanes, 0), dtype=np.intp)
    modes = None if chunk.modes is None else _unscaled(chunk.modes, chunk.dt_ms)
    weights = pushes(layout, modes, contact_mV_per_mA, none, chunk.dt_ms, np.float64)
    rest = np.zeros((chunk.blocks, contact_mV_per_mA.shape[1], LANES))
    for of, state in zip(("node_drive", "mode_drive"), chunk.state, strict=False):
        seen = weights[of].reshape(*rest.shape[:2], -1, LANES) * state.reshape(chunk.blocks, 1, -1, LANES)
        rest += seen.sum(axis=2, dtype=float)
    in_mode, in_node = (aligned(weights[of].astype(dtype)) for of in ("mode_drive", "node_drive"))
    return (in_mode, in_node), np.swapaxes(rest, 1, 2).reshape(layout.lanes, -1)


def _unscaled(modes: Modes, dt_ms: float) -> Modes:
    """Modes whose drive comes out as weights: over b squared, and without what a step makes of a stimulus."""
    squared = modes.coupling**2
    gain = np.where(squared > 0, (1.0 + dt_ms * modes.rate_per_ms) / (dt_ms * np.where(squared > 0, squared, 1.0)), 0.0)
    return replace(modes, drive=modes.drive * gain[:, None])


def passed_on(layout: Layout, e_mV_per_mA: Array, contact_mV_per_mA: Array, inside: Sequence[Sequence[int]]) -> Array:
    """What contacts see of the current that sources drive through the fibre directly, not by way of its states.

    The states are measured from the potential outside, so a field adds the current that it alone would drive along the
    axon and under the myelin. A current into a node leaves there, and returns to its pipette far away.

    Parameters
    ----------
    layout : Layout
        The lanes.
    e_mV_per_mA : array, shape (lane, source, compartment)
        The field.
    contact_mV_per_mA : array, shape (lane, contact, compartment)
        The contacts.
    inside : sequence of sequence of int, one a fibre
        Nodes into which currents flow.

    Returns
    -------
    array, shape (fibre, contact, source and injection)
        nV for 1 mA of a source and 1 nA of an injection.
    """
    n = layout.count
    steps = [_along(layout, values)[:n] for values in (e_mV_per_mA, contact_mV_per_mA)]  # (fibre, source, inter, link)
    if layout.model.cable == "double":
        axial, around = links_uS(layout.kinds)
        link = np.concatenate([axial + around, np.zeros((1, axial.shape[1]))])[layout.kind[:n]]
    else:
        link = np.append(layout.model.coupling_uS(layout.kinds), 0.0)[layout.kind[:n]][..., None]
        cut = layout.ends & layout.passive_ends
        link = np.where((cut[:n, 1:] | cut[:n, layout.parent[1:]])[..., None], 0.0, link)
    through = -np.einsum("fsjk,fcjk,fjk->fcs", *steps, link)
    per = (contact_mV_per_mA.shape[2] - 1) // (layout.n_nodes - 1)
    at = per * np.array([list(nodes) for nodes in inside], dtype=np.intp).reshape(n, -1)
    leaves = contact_mV_per_mA[np.arange(n)[:, None], :, at].transpose(0, 2, 1)
    return np.concatenate([through, leaves], axis=2)


def _along(layout: Layout, values: Array) -> Array:
    """Differences from node to compartment to ... to node, (lane, source, internode, link)."""
    lanes, sources, width = values.shape
    per = (width - 1) // (layout.n_nodes - 1)
    inner = values[:, :, 1:].reshape(lanes, sources, layout.n_nodes - 1, per)
    before = values[:, :, per * layout.parent[1:], None]
    return np.diff(np.concatenate([before, inner], axis=3), axis=3)
