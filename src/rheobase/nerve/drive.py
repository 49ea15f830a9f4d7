"""Arrays for the kernel: the membrane of every node, what one step does to modes and nodes, what a source does."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.kernel import LANES, aligned_empty, drive_modes, lay_nodes, step_nodes
from rheobase.nerve.internode import STATES, Modes
from rheobase.nerve.layout import Layout, flat
from rheobase.nerve.membrane import looked_up
from rheobase.nerve.model import Array

_HALF = STATES // 2
_PASSIVE, _MISSING = 2, 3  # roles of nodes, see the kernel


def membrane_arrays(layout: Layout, dtype: Any) -> tuple[dict[str, NDArray], dict[str, Any], Array, Array]:
    """Conductances and terms for the kernel, and capacitance (nF) and leak (uS) of every node, flat.

    A missing node has a capacitance and nothing else; a passive end has nothing at all and follows its internode,
    which is what cutting it off inside the axon comes to.
    """
    model, area = layout.model, layout.model.area_um2(layout.kinds)
    g = layout.kinds.conductance_S_per_cm2 * area * 1e-2
    reversal = np.array([c.reversal_mV for c in model.currents]) - model.rest_mV
    gated = [i for i, c in enumerate(model.currents) if c.gates]
    leaky = [i for i, c in enumerate(model.currents) if not c.gates]
    names = [gate.name for gate in looked_up(model)]
    capacitance = model.capacitance_uF_per_cm2 * area * 1e-5
    table = np.stack([capacitance, g[leaky].sum(axis=0), reversal[leaky] @ g[leaky], *g[gated]], axis=1)
    size = layout.lanes * layout.n_nodes
    arrays = {
        "leak_i": aligned_empty(size, dtype),
        "conductance": aligned_empty(size * len(gated), dtype),
        "shape": _shape(layout, dtype),
    }
    shared = {
        "term_start": np.cumsum([0, *[len(model.currents[i].gates) for i in gated]]).astype(np.int64),
        "term_gate": np.array([names.index(k) for i in gated for k in model.currents[i].gates], dtype=np.int64),
        "term_mv": reversal[gated].astype(dtype),
        "n_gates": len(names),
    }
    role = np.where(layout.carries, 0, 1).astype(np.int8)
    if layout.passive_ends:
        role[layout.ends] = _PASSIVE
    role[~layout.exists] = _MISSING
    capacitance_nF, leak_uS = np.empty(size), np.empty(size)
    lay_nodes(layout.kind_of_node, role, table, arrays["leak_i"], arrays["conductance"], capacitance_nF, leak_uS)
    return arrays, shared, capacitance_nF, leak_uS


def _shape(layout: Layout, dtype: Any) -> NDArray:
    """Numbers of the geometry that a membrane programme uses, (lane, node, number); the last turns S/cm2 into uS."""
    if layout.model.membrane is None:
        return np.zeros(0, dtype)
    of_kind = layout.model.membrane.shape(layout.kinds)
    area_um2 = layout.model.area_um2(layout.kinds)[layout.kind_of_node]
    area = np.where(layout.carries, area_um2 * 1e-2, 0.0)
    numbers = [values[layout.kind_of_node] for values in of_kind.values()]
    return flat(np.stack([*numbers, area], axis=2), dtype)


def stepping_arrays(
    layout: Layout, modes: Modes | None, capacitance_nF: Array, leak_uS: Array, dt_ms: float, dtype: Any
) -> tuple[dict[str, NDArray], NDArray[np.int64]]:
    """Arrays that depend on the time step but not on the stimulus, and the type of every internode by block."""
    parent, lanes = layout.parent[1:], layout.lanes
    if modes is None:
        axial, index = _axial_uS(layout)
        through = own = np.append(axial, 0.0)
        types = np.zeros((lanes // LANES, parent.size), np.int64)
        per_type = {"mode_d": np.zeros(0, dtype), "mode_k": np.zeros(0, dtype)}
    else:
        d, k, index = _per_kind(modes, layout, dt_ms)
        types, per_type = _typed(d, k, index, layout.is_uniform, dtype)
        own = np.append(modes.axial_uS - k[:-1].sum(axis=1), 0.0)
        through = k[:, :_HALF].sum(axis=1) - k[:, _HALF:].sum(axis=1)
    arrays = {name: aligned_empty(capacitance_nF.size, dtype) for name in ("node_c", "node_diag", "node_off")}
    step_nodes(index, parent, own, through, capacitance_nF, leak_uS, float(dt_ms), *arrays.values())
    return arrays | per_type, types


def mode_arrays(layout: Layout, modes: Modes, dt_ms: float, dtype: Any) -> tuple[NDArray[np.int64], dict[str, NDArray]]:
    """Type of every internode by block, and what a step does to the modes of each type."""
    return _typed(*_per_kind(modes, layout, dt_ms), layout.is_uniform, dtype)


def _typed(
    d: Array, k: Array, index: NDArray[np.intp], uniform: bool, dtype: Any
) -> tuple[NDArray[np.int64], dict[str, NDArray]]:
    types, pick = _types(index, uniform)
    return types, {"mode_d": flat(d[pick], dtype), "mode_k": flat(k[pick], dtype)}


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


def _axial_uS(layout: Layout) -> tuple[Array, NDArray[np.intp]]:
    """Coupling along each kind of internode of single cables, and the kind of each, (lane, internode).

    A passive end is cut off inside the axon: its internode is of no kind, one beyond the last.
    """
    axial = layout.model.coupling_uS(layout.kinds)
    none = layout.kind < 0
    if layout.passive_ends:
        none = none | layout.ends[:, 1:] | layout.ends[:, layout.parent[1:]]
    return axial, np.where(none, len(axial), layout.kind)


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
    (lanes, n_fields, _), parent, n_nodes = e_mV.shape, layout.parent[1:], layout.n_nodes
    n_sources = n_fields + inside.shape[1]
    node = aligned_empty(lanes * n_sources * n_nodes, dtype)
    if modes is None:
        mode = aligned_empty(0, dtype)
        axial, index = _axial_uS(layout)
        flow = np.append(axial, 0.0)[index][:, None] * (e_mV[:, :, 1:] - e_mV[:, :, parent])
        of_node = np.zeros((lanes, n_sources, n_nodes))
        of_node[:, :n_fields, 1:] -= flow
        for j, before in enumerate(parent):
            of_node[:, :n_fields, before] += flow[:, :, j]
        node[:] = flat(of_node, dtype)
    else:
        mode = aligned_empty(lanes * n_sources * parent.size * STATES, dtype)
        gain = dt_ms / (1.0 + dt_ms * modes.rate_per_ms)
        potential, kind = np.ascontiguousarray(e_mV), np.ascontiguousarray(layout.kind)
        drive_modes(potential, parent, kind, modes.drive, gain, modes.axial_uS, mode, node)
    lane = np.arange(lanes)
    for i in range(inside.shape[1]):
        node.reshape(-1, n_sources, n_nodes, LANES)[lane // LANES, n_fields + i, inside[:, i], lane % LANES] = 1.0
    return {"mode_drive": mode, "node_drive": node}
