"""Arrays for the kernel: the membrane of every node, what one step does to modes and nodes, what a source does."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.kernel import LANES, aligned_empty, drive_modes
from rheobase.nerve.fibre import PER_INTERNODE
from rheobase.nerve.internode import STATES, Modes
from rheobase.nerve.layout import Layout, flat
from rheobase.nerve.membrane import looked_up
from rheobase.nerve.model import Array

_HALF = STATES // 2


def membrane_arrays(layout: Layout, dtype: Any) -> tuple[dict[str, NDArray], dict[str, Any], Array, Array]:
    """Conductances and terms for the kernel, and capacitance (nF) and leak (uS) of every node.

    A missing node has a capacitance and nothing else; a passive end has nothing at all and follows its internode,
    which is what cutting it off inside the axon comes to.
    """
    model, kind = layout.model, layout.kind_of_node
    area = model.area_um2(layout.kinds)[kind]
    g = np.where(layout.carries, layout.kinds.conductance_S_per_cm2[:, kind] * area * 1e-2, 0.0)
    reversal = np.array([c.reversal_mV for c in model.currents]) - model.rest_mV
    gated = [i for i, c in enumerate(model.currents) if c.gates]
    leaky = [i for i, c in enumerate(model.currents) if not c.gates]
    leak_i = np.einsum("i,iln->ln", reversal[leaky], g[leaky])
    names = [gate.name for gate in looked_up(model)]
    arrays = {
        "leak_i": flat(leak_i, dtype),
        "conductance": flat(np.moveaxis(g[gated], 0, 1), dtype),
        "shape": _shape(layout, area, dtype),
    }
    shared = {
        "term_start": np.cumsum([0, *[len(model.currents[i].gates) for i in gated]]).astype(np.int64),
        "term_gate": np.array([names.index(k) for i in gated for k in model.currents[i].gates], dtype=np.int64),
        "term_mv": reversal[gated].astype(dtype),
        "n_gates": len(names),
    }
    cut = layout.ends & layout.passive_ends
    capacitance = np.where(layout.exists, model.capacitance_uF_per_cm2 * area * 1e-5, 1.0)
    return arrays, shared, np.where(cut, 0.0, capacitance), g[leaky].sum(axis=0)


def _shape(layout: Layout, area_um2: Array, dtype: Any) -> NDArray:
    """Numbers of the geometry that a membrane programme uses, (lane, node, number); the last turns S/cm2 into uS."""
    if layout.model.membrane is None:
        return np.zeros(0, dtype)
    of_kind = layout.model.membrane.shape(layout.kinds)
    area = np.where(layout.carries, area_um2 * 1e-2, 0.0)
    numbers = [values[layout.kind_of_node] for values in of_kind.values()]
    return flat(np.stack([*numbers, area], axis=2), dtype)


def stepping_arrays(
    layout: Layout, modes: Modes | None, capacitance_nF: Array, leak_uS: Array, dt_ms: float, dtype: Any
) -> tuple[dict[str, NDArray], NDArray[np.int64]]:
    """Arrays that depend on the time step but not on the stimulus, and the type of every internode by block."""
    parent, lanes = layout.parent[1:], layout.lanes
    diag = capacitance_nF / dt_ms + leak_uS
    if modes is None:
        through = own = _axial_uS(layout)
        types = np.zeros((lanes // LANES, parent.size), np.int64)
        per_type = {"mode_d": np.zeros(0, dtype), "mode_k": np.zeros(0, dtype)}
    else:
        d, k, index = _per_kind(modes, layout, dt_ms)
        own = np.append(modes.axial_uS - k[:-1].sum(axis=1), 0.0)[index]
        through = (k[:, :_HALF].sum(axis=1) - k[:, _HALF:].sum(axis=1))[index]
        types, pick = _types(index, layout.is_uniform)
        per_type = {"mode_d": flat(d[pick], dtype), "mode_k": flat(k[pick], dtype)}
    diag[:, 1:] += own
    if layout.is_chain:
        diag[:, :-1] += own
    else:
        for j, before in enumerate(parent):  # a node may have several branches
            diag[:, before] += own[:, j]
    diag = np.where(diag == 0.0, 1.0, diag)  # a passive end of a single cable is joined to nothing
    arrays = {
        "node_c": flat(capacitance_nF / dt_ms, dtype),
        "node_diag": flat(diag, dtype),
        "node_off": flat(np.concatenate([np.zeros((lanes, 1)), through], axis=1), dtype),
    }
    return arrays | per_type, types


def _per_kind(modes: Modes, layout: Layout, dt_ms: float) -> tuple[Array, Array, NDArray[np.intp]]:
    """Decay and gain of every kind and, last, of no internode; and which one each internode is."""
    d = 1.0 / (1.0 + dt_ms * modes.rate_per_ms)
    k = dt_ms * d * modes.coupling**2
    none = np.zeros((1, STATES))
    return np.concatenate([d, none]), np.concatenate([k, none]), np.where(layout.kind < 0, len(d), layout.kind)


def _types(index: NDArray[np.intp], uniform: bool) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """Find the internodes of each block that are alike in every lane.

    Returns the type of each, (block, internode), and the kind of each lane in each type, (lane, type).
    """
    if uniform:
        return np.zeros((len(index) // LANES, index.shape[1]), np.int64), index[:, :1]
    by_block = index.reshape(-1, LANES, index.shape[1])
    found = []
    for one in by_block:
        seen: dict[bytes, int] = {}
        which = [seen.setdefault(column.tobytes(), len(seen)) for column in one.T]
        found.append((which, [which.index(t) for t in range(len(seen))]))
    most = max(len(first) for _, first in found)
    pick = np.concatenate([one[:, np.resize(first, most)] for one, (_, first) in zip(by_block, found, strict=True)])
    return np.array([which for which, _ in found], dtype=np.int64), pick


def _axial_uS(layout: Layout) -> Array:
    """Coupling along the internodes of single cables, (lane, internode); a passive end is cut off inside the axon."""
    axial = np.append(layout.model.coupling_uS(layout.kinds), 0.0)[layout.kind]
    if layout.passive_ends:
        ends = layout.ends
        axial = np.where(ends[:, 1:] | ends[:, layout.parent[1:]], 0.0, axial)
    return axial


def pushes(
    layout: Layout, modes: Modes | None, e_mV: Array, inside: NDArray[np.intp], dt_ms: float, dtype: Any
) -> dict[str, NDArray]:
    """What one unit of each source does in one step: flat, to the modes and to the nodes.

    Parameters
    ----------
    layout : Layout
        The lanes.
    modes : Modes or None
        Modes of their internodes.
    e_mV : array, shape (lane, source, compartment)
        Potential for 1 mA of each source.
    inside : int array, shape (lane, injections)
        Nodes into which currents flow, further sources of 1 nA each.
    dt_ms : float
        Time step.
    dtype : dtype
        Of what is returned.
    """
    (lanes, n_fields, _), parent = e_mV.shape, layout.parent[1:]
    n_sources = n_fields + inside.shape[1]
    node = np.zeros((lanes, n_sources, layout.n_nodes))
    mode = aligned_empty(0 if modes is None else lanes * n_sources * parent.size * STATES, dtype)
    if modes is None:
        flow = _axial_uS(layout)[:, None] * (e_mV[:, :, 1:] - e_mV[:, :, parent])
        near, far = flow, -flow
    else:
        e = np.ascontiguousarray(e_mV)
        before = e[:, :, PER_INTERNODE * parent]
        axial = np.append(modes.axial_uS, 0.0)[layout.kind][:, None]
        near = axial * (e[:, :, 1::PER_INTERNODE] - before)
        far = axial * (e[:, :, PER_INTERNODE - 1 :: PER_INTERNODE] - e[:, :, PER_INTERNODE::PER_INTERNODE])
        gain = dt_ms / (1.0 + dt_ms * modes.rate_per_ms)
        weight = np.ascontiguousarray(modes.drive * gain[:, None])
        drive_modes(e, parent.astype(np.int64), np.ascontiguousarray(layout.kind, dtype=np.int64), weight, mode)
    node[:, :n_fields, 1:] += far
    if layout.is_chain:
        node[:, :n_fields, :-1] += near
    else:
        for j, before_j in enumerate(parent):
            node[:, :n_fields, before_j] += near[:, :, j]
    for i in range(inside.shape[1]):
        node[np.arange(lanes), n_fields + i, inside[:, i]] = 1.0
    return {"mode_drive": mode, "node_drive": flat(node, dtype)}
