"""Lay fibres out as lanes for the kernel, at rest and ready to be stimulated."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import ConvergenceError, ParameterError
from rheobase.kernel import LANES, advance
from rheobase.nerve.fibre import PER_INTERNODE, Fibre
from rheobase.nerve.internode import STATES, Modes, closed_modes, open_modes
from rheobase.nerve.model import Array, FibreModel, Internodes

TABLE_LOW_MV, TABLE_HIGH_MV, ROWS_PER_MV = -260.0, 260.0, 4.0
_REST_DT_MS, _REST_STEPS = 5.0, 40
_HALF = STATES // 2
_F = np.float32


@lru_cache(maxsize=16)
def gate_table(model: FibreModel, dt_ms: float, temperature_C: float) -> NDArray[np.float32]:
    """Rows of A and B for ``x <- A + B x``, the exact exponential step of every gate at each potential."""
    v = np.arange(TABLE_LOW_MV, TABLE_HIGH_MV, 1.0 / ROWS_PER_MV)
    out = np.zeros((v.size, -(-2 * len(model.gates) // 8) * 8))
    for i, gate in enumerate(model.gates):
        steady, tau_ms = gate.steady_and_tau(v, temperature_C)
        with np.errstate(divide="ignore"):
            stay = np.exp(-dt_ms / tau_ms)
        out[:, i] = steady * (1.0 - stay)
        out[:, len(model.gates) + i] = stay
    return out.astype(_F)


@dataclass(frozen=True, slots=True)
class _Pieces:
    """What every lane is made of; kind -1 where a shorter fibre has no internode, side as the kernel defines it.

    `modes` lists the kinds between two nodes, then the same kinds at a passive end (if any fibre has such ends), then
    one entry of zeros that stands for no internode; `index` points into it.
    """

    kinds: Internodes
    modes: Modes | None  # None for a single cable
    kind: NDArray[np.intp]  # (lane, internode)
    index: NDArray[np.intp]  # (lane, internode)
    side: NDArray[np.int64]  # (lane, internode)
    nodes: NDArray[np.intp]  # (lane,)
    silent: NDArray[np.intp]  # (lane,) last nodes without channels
    axial_uS: Array | None = None  # coupling of each kind of a single cable


@dataclass(frozen=True, slots=True)
class Chunk:
    """Fibres of one model as lanes; see `make_chunk`.

    Parameters
    ----------
    model : FibreModel
        Model of all lanes.
    count : int
        Real fibres; the lanes beyond are copies that fill the last block.
    blocks, n_nodes, n_sources : int
        Blocks of sixteen lanes, nodes a lane (the longest fibre's), stimulus sources.
    dt_ms : float
        Time step.
    rest_mV : array, shape (count,)
        True resting potential of the middle node.
    fixed : dict
        Arrays for the kernel that a simulation does not change.
    state : tuple of arrays
        v, z, x at rest.
    """

    model: FibreModel
    count: int
    blocks: int
    n_nodes: int
    n_sources: int
    dt_ms: float
    rest_mV: Array
    fixed: dict[str, Any]
    state: tuple[NDArray[np.float32], ...]


def make_chunk(
    fibres: list[Fibre],
    potential_mV_per_mA: list[Array],
    *,
    dt_ms: float,
    temperature_C: float,
    current_nodes: list[tuple[int, ...]] | None = None,
) -> Chunk:
    """Assemble the arrays of a chunk and let its fibres come to rest.

    Parameters
    ----------
    fibres : list of Fibre
        One model's membrane and one kind of ends; shorter fibres are padded to the longest. Fibres with passive ends
        must all have the same number of nodes.
    potential_mV_per_mA : list of array, shape (sources, compartments) each
        Extracellular potential at every compartment for 1 mA of each source.
    dt_ms : float
        Time step, above 0.
    temperature_C : float
        Temperature of the nerve.
    current_nodes : list of tuple of int, optional
        Nodes of each fibre into which current is injected, equally many a fibre. Each is one more source, after those
        of the potential, whose waveform is the current in nA (positive depolarises).

    Raises
    ------
    ParameterError
        If fibres with passive ends differ in their number of nodes.
    ConvergenceError
        If a fibre has no resting state.
    """
    blocks = -(-len(fibres) // LANES)
    fill = blocks * LANES - len(fibres)
    lanes = fibres + [fibres[-1]] * fill
    potential = potential_mV_per_mA + [potential_mV_per_mA[-1]] * fill
    n_nodes = max(f.nodes for f in lanes)
    pieces = _pieces(lanes, n_nodes - 1)
    model = fibres[0].model
    e = np.zeros((len(lanes), potential[0].shape[0], fibres[0].per_internode * (n_nodes - 1) + 1))
    for lane, values in enumerate(potential):
        e[lane, :, : values.shape[1]] = values
    inside = [()] * len(lanes) if current_nodes is None else current_nodes + [current_nodes[-1]] * fill
    membrane, capacitance, leak_uS = _membrane(pieces, model, lanes[0].passive_ends, blocks)
    sizes = {"n_nodes": n_nodes, "n_modes": STATES if model.cable == "double" else 0}
    quiet = membrane | sizes | _stepping(pieces, capacitance, leak_uS, blocks, _REST_DT_MS)
    quiet |= _undriven() | _table(model, _REST_DT_MS, temperature_C)
    state = _at_rest(model, blocks, n_nodes, quiet, temperature_C)
    fixed = membrane | sizes | _stepping(pieces, capacitance, leak_uS, blocks, dt_ms)
    fixed |= _drive(pieces, e, inside, blocks, dt_ms) | _table(model, dt_ms, temperature_C)
    v = state[0].reshape(blocks, n_nodes, LANES).transpose(0, 2, 1).reshape(blocks * LANES, n_nodes)
    rest = model.rest_mV + v[np.arange(len(fibres)), pieces.nodes[: len(fibres)] // 2]
    n_sources = potential[0].shape[0] + len(inside[0])
    return Chunk(model, len(fibres), blocks, n_nodes, n_sources, dt_ms, rest, fixed, state)


def _pieces(fibres: list[Fibre], n_inter: int) -> _Pieces:
    if fibres[0].passive_ends and len({f.nodes for f in fibres}) > 1:
        raise ParameterError(
            "Fibres with passive ends can share a chunk only if all have the same number of nodes; these have"
            f" {min(f.nodes for f in fibres)} to {max(f.nodes for f in fibres)}. Put each length in its own chunk."
        )
    offsets = np.cumsum([0, *[f.kinds.length_um.size for f in fibres]])
    everything = Internodes.join([f.kinds for f in fibres])
    names = ("fibre_um", "node_um", "axon_um", "length_um", "paranode_um", "lamellae")
    matrix = np.stack([getattr(everything, n) for n in names] + list(everything.conductance_S_per_cm2), axis=1)
    _, first, inverse = np.unique(matrix, axis=0, return_index=True, return_inverse=True)
    kinds = everything.take(first)
    kind = np.full((len(fibres), n_inter), -1, dtype=np.intp)
    side = np.zeros((len(fibres), n_inter), dtype=np.int64)
    for lane, fibre in enumerate(fibres):
        kind[lane, : fibre.sequence.size] = inverse.ravel()[offsets[lane] + fibre.sequence]
        if fibre.passive_ends:
            side[lane, 0], side[lane, fibre.sequence.size - 1] = 1, -1
    if fibres[0].model.cable != "double":
        nodes, silent = np.array([f.nodes for f in fibres]), np.array([f.silent_nodes for f in fibres])
        return _Pieces(kinds, None, kind, kind, side, nodes, silent, fibres[0].model.coupling_uS(kinds))
    parts = [closed_modes(kinds)] + ([open_modes(kinds)] if fibres[0].passive_ends else [])
    modes = Modes(**{n: _with_none([getattr(p, n) for p in parts]) for n in Modes.__slots__})
    index = np.where(kind < 0, len(modes.rate_per_ms) - 1, kind + np.where(side == 0, 0, len(first)))
    nodes = np.array([f.nodes for f in fibres])
    silent = np.array([f.silent_nodes for f in fibres])
    return _Pieces(kinds, modes, kind, index, side, nodes, silent)


def _with_none(parts: list[Array]) -> Array:
    return np.concatenate([*parts, np.zeros_like(parts[0][:1])])


def _flat(values: Array, blocks: int) -> NDArray[np.float32]:
    """(lane, ...) to a flat float32 array (block, ...; lane)."""
    split = values.reshape(blocks, LANES, *values.shape[1:])
    return np.ascontiguousarray(np.moveaxis(split, 1, -1), dtype=_F).ravel()


def _membrane(
    pieces: _Pieces, model: FibreModel, passive_ends: bool, blocks: int
) -> tuple[dict[str, Any], Array, Array]:
    """Conductances for the kernel, and capacitance (nF) and leak (uS) of every node; a missing node has none."""
    lanes, n_inter = pieces.kind.shape
    at = np.arange(lanes)
    after = np.concatenate([pieces.kind, np.full((lanes, 1), -1)], axis=1)
    after[at, pieces.nodes - 1] = pieces.kind[at, pieces.nodes - 2]  # the last node has no internode after it
    active = np.arange(n_inter + 1)[None, :] < pieces.nodes[:, None]
    if passive_ends:
        active[:, 0] = active[at, pieces.nodes - 1] = False
    area = model.area_um2(pieces.kinds)[after]
    channels = active & (np.arange(n_inter + 1)[None, :] < (pieces.nodes - pieces.silent)[:, None])
    g = np.where(channels, pieces.kinds.conductance_S_per_cm2[:, after] * area * 1e-2, 0.0)
    reversal = np.array([c.reversal_mV for c in model.currents]) - model.rest_mV
    gated = [i for i, c in enumerate(model.currents) if c.gates]
    leaky = [i for i, c in enumerate(model.currents) if not c.gates]
    leak_i = np.einsum("i,iln->ln", reversal[leaky], g[leaky])
    names = [gate.name for gate in model.gates]
    arrays = {
        "leak_i": _flat(leak_i, blocks),
        "conductance": _flat(np.moveaxis(g[gated], 0, 1), blocks),
        "term_start": np.cumsum([0, *[len(model.currents[i].gates) for i in gated]]).astype(np.int64),
        "term_gate": np.array([names.index(k) for i in gated for k in model.currents[i].gates], dtype=np.int64),
        "term_mv": reversal[gated].astype(_F),
        "n_gates": len(names),
    }
    capacitance = np.where(active, model.capacitance_uF_per_cm2 * area * 1e-5, 1.0)
    return arrays, capacitance, g[leaky].sum(axis=0)


def _stepping(pieces: _Pieces, capacitance_nF: Array, leak_uS: Array, blocks: int, dt_ms: float) -> dict[str, NDArray]:
    """Arrays that depend on the time step but not on the stimulus."""
    if pieces.modes is None:
        return _stepping_single(pieces, capacitance_nF, leak_uS, blocks, dt_ms)
    d = 1.0 / (1.0 + dt_ms * pieces.modes.rate_per_ms)
    k = dt_ms * d * pieces.modes.coupling**2
    own = (pieces.modes.axial_uS - k.sum(axis=1))[pieces.index]
    through = (k[:, :_HALF].sum(axis=1) - k[:, _HALF:].sum(axis=1))[pieces.index]
    c_dt = capacitance_nF / dt_ms
    diag = c_dt + leak_uS
    diag[:, :-1] += np.where(pieces.side == 1, 0.0, own)
    diag[:, 1:] += np.where(pieces.side == -1, 0.0, own)
    off = np.concatenate([np.where(pieces.side == 0, through, 0.0), np.zeros((len(through), 1))], axis=1)
    index = pieces.index.reshape(blocks, LANES, -1)
    types = [_types(one) for one in index]
    most = max(len(first) for first, _ in types)
    chosen = [np.resize(first, most) for first, _ in types]  # an internode of each type, by block
    pick = np.concatenate([one[:, c] for one, c in zip(index, chosen, strict=True)])
    return {
        "node_c": _flat(c_dt, blocks),
        "node_diag": _flat(diag, blocks),
        "node_off": _flat(off, blocks),
        "mode_d": _flat(d[pick], blocks),
        "mode_k": _flat(k[pick], blocks),
        "mode_type": np.concatenate([which for _, which in types]),
        "mode_side": pieces.side.reshape(blocks, LANES, -1)[:, 0].ravel().copy(),
    }


def _single_uS(pieces: _Pieces) -> Array:
    """Coupling between the nodes of single cables, (lane, internode); a passive end is cut off inside the axon."""
    assert pieces.axial_uS is not None
    return np.where((pieces.kind < 0) | (pieces.side != 0), 0.0, pieces.axial_uS[pieces.kind])


def _stepping_single(
    pieces: _Pieces, capacitance_nF: Array, leak_uS: Array, blocks: int, dt_ms: float
) -> dict[str, NDArray]:
    axial = _single_uS(pieces)
    diag = capacitance_nF / dt_ms + leak_uS
    diag[:, :-1] += axial
    diag[:, 1:] += axial
    nothing, none = np.zeros(LANES * blocks, _F), np.zeros(blocks * axial.shape[1], np.int64)
    return {
        "node_c": _flat(capacitance_nF / dt_ms, blocks),
        "node_diag": _flat(diag, blocks),
        "node_off": _flat(np.concatenate([axial, np.zeros((len(axial), 1))], axis=1), blocks),
        "mode_d": nothing,
        "mode_k": nothing,
        "mode_type": none,
        "mode_side": none,
    }


def _types(index: NDArray[np.intp]) -> tuple[list[int], NDArray[np.int64]]:
    """Internodes of a block that are alike in every lane: where each type first occurs, and the type of each."""
    seen: dict[bytes, int] = {}
    which = [seen.setdefault(column.tobytes(), len(seen)) for column in index.T]
    return [which.index(t) for t in range(len(seen))], np.array(which, dtype=np.int64)


def _undriven() -> dict[str, Any]:
    return {"n_sources": 0, "mode_drive": np.zeros(0, _F), "node_drive": np.zeros(0, _F)}


def _drive(pieces: _Pieces, e_mV: Array, inside: list[tuple[int, ...]], blocks: int, dt_ms: float) -> dict[str, Any]:
    """What 1 mA of each source, and then 1 nA into each node of `inside`, does to modes and nodes in one step.

    e_mV has shape (lane, source, compartment).
    """
    if pieces.modes is None:
        return _drive_single(pieces, e_mV, inside, blocks)
    lanes, n_fields, _ = e_mV.shape
    n_sources, n_inter = n_fields + len(inside[0]), pieces.kind.shape[1]
    starts = PER_INTERNODE * np.arange(n_inter)
    local = e_mV.transpose(0, 2, 1)[:, starts[:, None] + np.arange(PER_INTERNODE + 1)]  # (lane, internode, 12, source)
    local = np.where((pieces.side == -1)[..., None, None], local[:, :, ::-1], local)
    push = np.zeros((lanes, n_inter, STATES, n_sources))
    push[..., :n_fields] = _pushed(pieces.modes, pieces.index, local, dt_ms)
    axial = pieces.modes.axial_uS[pieces.index][:, None]
    first, last = e_mV[:, :, starts], e_mV[:, :, starts + PER_INTERNODE]
    node = np.zeros((lanes, n_sources, n_inter + 1))
    side = pieces.side[:, None]
    node[:, :n_fields, :-1] += np.where(side == 1, 0.0, axial * (e_mV[:, :, starts + 1] - first))
    node[:, :n_fields, 1:] += np.where(side == -1, 0.0, axial * (e_mV[:, :, starts + PER_INTERNODE - 1] - last))
    for lane, nodes in enumerate(inside):
        node[lane, n_fields + np.arange(len(nodes)), list(nodes)] = 1.0
    return {
        "n_sources": n_sources,
        "mode_drive": _flat(push.transpose(0, 3, 1, 2), blocks),
        "node_drive": _flat(node, blocks),
    }


def _drive_single(pieces: _Pieces, e_mV: Array, inside: list[tuple[int, ...]], blocks: int) -> dict[str, Any]:
    lanes, n_fields, _ = e_mV.shape
    flow = _single_uS(pieces)[:, None] * np.diff(e_mV, axis=2)
    node = np.zeros((lanes, n_fields + len(inside[0]), e_mV.shape[2]))
    node[:, :n_fields, :-1] += flow
    node[:, :n_fields, 1:] -= flow
    for lane, nodes in enumerate(inside):
        node[lane, n_fields + np.arange(len(nodes)), list(nodes)] = 1.0
    return {"n_sources": node.shape[1], "mode_drive": np.zeros(LANES, _F), "node_drive": _flat(node, blocks)}


def _pushed(modes: Modes, index: NDArray[np.intp], local_mV: Array, dt_ms: float) -> Array:
    """Potential around each internode, (lane, internode, 12, source), to what it does to the modes in one step."""
    d = 1.0 / (1.0 + dt_ms * modes.rate_per_ms)
    drive = modes.drive * (dt_ms * d)[..., None]
    flat = index.ravel()
    order = np.argsort(flat, kind="stable")
    around = local_mV.reshape(flat.size, *local_mV.shape[2:])
    out = np.zeros((flat.size, STATES, local_mV.shape[3]))
    ends = np.flatnonzero(np.diff(flat[order], append=-1)) + 1
    for begin, end in zip(np.append(0, ends[:-1]), ends, strict=True):  # internodes of one kind together
        of_kind = order[begin:end]
        out[of_kind] = drive[flat[of_kind[0]]] @ around[of_kind]
    return out.reshape(*index.shape, STATES, -1)


def _table(model: FibreModel, dt_ms: float, temperature_C: float) -> dict[str, Any]:
    table = gate_table(model, dt_ms, temperature_C)
    low = TABLE_LOW_MV - model.rest_mV
    return {
        "table": table.ravel(),
        "table_low_mv": low,
        "rows_per_mv": ROWS_PER_MV,
        "row_length": table.shape[1],
    }


def _at_rest(
    model: FibreModel, blocks: int, n_nodes: int, quiet: dict[str, Any], temperature_C: float
) -> tuple[NDArray[np.float32], ...]:
    v = np.zeros(blocks * n_nodes * LANES, _F)
    z = np.zeros(blocks * (n_nodes - 1) * STATES * LANES, _F)
    steady = [g.steady_and_tau(np.array([model.rest_mV]), temperature_C)[0][0] for g in model.gates]
    x = np.tile(np.repeat(np.array(steady, _F), LANES), blocks * n_nodes)
    run(quiet, (v, z, x), blocks, np.zeros((0, _REST_STEPS)), np.zeros(blocks * LANES), watch=None)
    if not np.isfinite(v).all() or np.abs(v).max() > 30.0:
        raise ConvergenceError(
            f"Model '{model.name}' has no rest near {model.rest_mV:g} mV at {temperature_C:g} C"
            f" (it drifted by {np.abs(v).max():.1f} mV). Check temperature and conductances."
        )
    return v, z, x


@dataclass(frozen=True, slots=True)
class Run:
    """What one call of the kernel found, by lane: spike step per node (-1 none), 1 fired / 2 silent / 0 open."""

    spike_step: NDArray[np.float32]
    done: NDArray[np.int64]
    record_mV: NDArray[np.float32]


def run(
    fixed: dict[str, Any],
    state: tuple[NDArray[np.float32], ...],
    blocks: int,
    waveform: Array,
    amplitude_mA: Array,
    *,
    watch: NDArray[np.int64] | None,
    need: NDArray[np.int64] | None = None,
    level_mV: float = 1e9,
    rest_mV: NDArray[np.float32] | None = None,
    quiet_mV: float = 0.0,
    quiet_from: int = 1 << 40,
    record: tuple[int, ...] = (),
    waited_for: NDArray[np.bool_] | None = None,
) -> Run:
    """Call the kernel once; `state` is changed in place. Potentials are from the nominal rest."""
    lanes, n_nodes, steps = blocks * LANES, fixed["n_nodes"], waveform.shape[1]
    spike = np.empty(lanes * n_nodes, _F)
    done = np.zeros(lanes, np.int64) if waited_for is None else np.where(waited_for, 0, -1)
    recorded = np.zeros(len(record) * steps * lanes, _F)
    names = ("node_c", "node_diag", "node_off", "leak_i", "conductance", "mode_d", "mode_k", "mode_type",
             "mode_side", "mode_drive", "node_drive")  # fmt: skip
    tail = ("table", "table_low_mv", "rows_per_mv", "row_length", "n_gates", "term_start", "term_gate", "term_mv")
    advance(
        0, blocks, n_nodes, fixed["n_modes"], fixed["n_sources"], steps, *state, amplitude_mA.astype(_F),
        *[fixed[n] for n in names], np.ascontiguousarray(waveform, dtype=_F).ravel(), *[fixed[n] for n in tail],
        float(level_mV), np.zeros(lanes * n_nodes, _F) if rest_mV is None else rest_mV, float(quiet_mV),
        int(quiet_from),
        np.zeros(lanes, np.int64) if need is None else need,
        np.full(lanes, -1, np.int64) if watch is None else watch,
        spike, done, np.array(record, dtype=np.int64), recorded,
    )  # fmt: skip
    by_lane = spike.reshape(blocks, n_nodes, LANES).transpose(0, 2, 1).reshape(lanes, n_nodes)
    shaped = recorded.reshape(blocks, len(record), steps, LANES).transpose(0, 3, 1, 2)
    return Run(by_lane, done, shaped.reshape(lanes, len(record), steps))
