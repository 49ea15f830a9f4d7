"""Fibres laid out as lanes for the kernel, at rest and ready to be stimulated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import ConvergenceError
from rheobase.kernel import LANES, advance, aligned, aligned_parts, take_lanes
from rheobase.nerve.drive import membrane_arrays, pushes, stepping_arrays
from rheobase.nerve.fibre import Fibre
from rheobase.nerve.internode import STATES, Modes, closed_modes
from rheobase.nerve.layout import Layout, by_lane, flat, lay_out, padded
from rheobase.nerve.membrane import looked_up
from rheobase.nerve.model import Array, FibreModel
from rheobase.nerve.programme import programme_of

SPIKE_MV = -30.0  # a rise through this potential is a spike
TABLE_LOW_MV, TABLE_HIGH_MV, ROWS_PER_MV = -260.0, 260.0, 4.0
_REST_ROWS_PER_MV = 16.0  # the long steps to rest make more of an error: some membranes are not stable at 5 ms
# Step and number of steps that bring a fibre to rest: those of the reference simulations, on which some membranes are
# not stable away from 37 C; then shorter ones.
_REST_STEPS = ((5.0, 40), (0.5, 400), (0.05, 4000))
_DRIFT_MV = 30.0
# A fibre is silent when its potentials (mV) and gates (share of their range) have come so near to rest, and not before
# so long (ms) after the pulse. Some membranes linger a few mV from rest for 10 ms and fire then; they say so.
QUIET = {"double": (3.0, 0.1, 0.3), "insulated": (3.0, 0.1, 0.3), "continuous": (4.0, 0.1, 1.0)}
_QUIET_LINGERING = (0.2, 0.02, 1.0)
# Arrays of the kernel in its order: those of a lane, and those shared by all lanes.
_LANE_ARRAYS = ("node_c", "node_diag", "node_off", "leak_i", "conductance", "mode_d", "mode_k")
_PROGRAMME = ("code", "place", "numbers", "n_registers")
_DRIVE_ARRAYS = ("mode_drive", "node_drive")
_SHARED = ("table", "table_low_mv", "rows_per_mv", "row_length", "n_gates", "term_start", "term_gate", "term_mv")


@lru_cache(maxsize=16)
def gate_table(
    model: FibreModel, dt_ms: float, temperature_C: float, rows_per_mV: float = ROWS_PER_MV
) -> NDArray[np.float32]:
    """Rows of A and B for ``x <- x + (A - B x)``, the exact exponential step of every gate at each potential.

    A is the steady state times the share 1 - exp(-dt/tau) that B is, so slow gates keep their precision. Each row holds
    eight columns, then their differences to the next row, then the next eight.
    """
    v = np.arange(TABLE_LOW_MV, TABLE_HIGH_MV, 1.0 / rows_per_mV)
    gates = looked_up(model)
    columns = np.zeros((v.size, -(-2 * len(gates) // 8) * 8))
    for i, gate in enumerate(gates):
        steady, tau_ms = gate.steady_and_tau(v, temperature_C)
        with np.errstate(divide="ignore"):
            moved = -np.expm1(-dt_ms / tau_ms)
        columns[:, i] = steady * moved
        columns[:, len(gates) + i] = moved
    step = np.diff(columns, axis=0, append=columns[-1:])
    out = np.stack([columns.reshape(v.size, -1, 8), step.reshape(v.size, -1, 8)], axis=2)
    return aligned(out.astype(np.float32)).reshape(v.size, -1)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Fibres of one membrane as lanes; see `make_chunk`.

    Parameters
    ----------
    layout : Layout
        Which fibres.
    modes : Modes or None
        Modes of their internodes; none for single cables.
    n_sources : int
        Stimulus sources, currents into nodes included.
    dt_ms, temperature_C : float
        Time step and temperature of the nerve.
    lane_arrays, shared : dict
        Arrays for the kernel that a simulation does not change.
    state : tuple of arrays
        v, z, x and the states of a membrane programme, at rest.
    """

    layout: Layout
    modes: Modes | None
    n_sources: int
    dt_ms: float
    temperature_C: float
    lane_arrays: dict[str, NDArray]
    shared: dict[str, Any]
    state: tuple[NDArray, ...]

    @property
    def model(self) -> FibreModel:
        """Model of all lanes."""
        return self.layout.model

    @property
    def blocks(self) -> int:
        """Blocks of sixteen lanes."""
        return self.layout.lanes // LANES

    def fresh(self) -> tuple[NDArray, ...]:
        """A copy of the resting state, to be carried on by `run`."""
        out = aligned_parts([s.size for s in self.state], self.state[0].dtype)
        for new, rest in zip(out, self.state, strict=True):
            new[:] = rest
        return tuple(out)

    @property
    def rest_mV(self) -> Array:
        """True resting potential of every node, shape (lane, node)."""
        return self.model.rest_mV + by_lane(self.state[0], self.blocks)

    def take(self, lanes: NDArray[np.intp]) -> Chunk:
        """Return a smaller chunk of some lanes, so that no work is done for the others; a lane may occur twice."""
        full = padded(lanes, -(-len(lanes) // LANES) * LANES)
        whole = self.layout
        given = (*self.lane_arrays.values(), *self.state)
        taken = tuple(aligned_parts([a.size // whole.lanes * len(full) for a in given], given[0].dtype))
        take_lanes(given, full.astype(np.int64), taken)
        layout = whole.take(full, len(lanes))
        arrays = dict(zip(self.lane_arrays, taken, strict=False))
        shared = self.shared | {"mode_type": self.shared["mode_type"][: len(full) // LANES]}
        return replace(self, layout=layout, lane_arrays=arrays, shared=shared, state=taken[len(arrays) :])

    @property
    def can_take(self) -> bool:
        """Whether every lane may move to any block: their internodes follow one pattern."""
        pattern = self.shared["mode_type"]
        return bool((pattern == pattern[:1]).all())


def make_chunk(
    fibres: Sequence[Fibre],
    potential_mV_per_mA: Sequence[Array] | Array,
    *,
    dt_ms: float,
    temperature_C: float,
    current_nodes: Sequence[tuple[int, ...]] | None = None,
) -> Chunk:
    """Assemble the arrays of a chunk and let its fibres come to rest.

    Parameters
    ----------
    fibres : sequence of Fibre
        One model's membrane, one kind of ends, one pattern of branches; shorter fibres are padded to the longest.
    potential_mV_per_mA : sequence of array, shape (sources, compartments) each
        Extracellular potential at every compartment for 1 mA of each source.
    dt_ms : float
        Time step, above 0.
    temperature_C : float
        Temperature of the nerve.
    current_nodes : sequence of tuple of int, optional
        Nodes of each fibre into which current is injected, equally many a fibre. Each is one more source, after those
        of the potential, whose waveform is the current in nA (positive depolarises).

    Raises
    ------
    ParameterError
        If branched fibres branch differently.
    ConvergenceError
        If a fibre has no resting state.
    """
    layout = lay_out(fibres)
    model = layout.model
    modes = closed_modes(layout.kinds) if model.cable == "double" else None
    e = _potentials(layout, potential_mV_per_mA)
    inside = padded(
        np.zeros((layout.count, 0), int) if current_nodes is None else np.array(current_nodes), layout.lanes
    )
    dtype = np.dtype(np.float32 if model.membrane is None else np.float64)  # Nernst potentials need more digits
    membrane, shared, capacitance, leak_uS = membrane_arrays(layout, dtype)
    shared["n_modes"] = 0 if modes is None else STATES
    for rest_dt_ms, steps in _REST_STEPS:
        arrays, shared["mode_type"] = stepping_arrays(layout, modes, capacitance, leak_uS, rest_dt_ms, dtype)
        nothing = {k: np.zeros(0, dtype) for k in _DRIVE_ARRAYS}
        table = _table(model, rest_dt_ms, temperature_C, _REST_ROWS_PER_MV)
        quiet = shared | table | _programme(model, rest_dt_ms, temperature_C)
        start = _nominal(layout, shared["n_modes"], temperature_C, dtype)
        still = Chunk(layout, modes, 0, rest_dt_ms, temperature_C, membrane | arrays | nothing, quiet, start)
        if _settles(still, steps):
            break
    else:
        raise ConvergenceError(
            f"Model '{model.name}' has no rest near {model.rest_mV:g} mV at {temperature_C:g} C"
            f" (it drifted by {np.abs(still.state[0]).max():.1f} mV). Check temperature and conductances."
        )
    arrays, _ = stepping_arrays(layout, modes, capacitance, leak_uS, dt_ms, dtype)
    drives = pushes(layout, modes, e, inside, dt_ms, dtype)
    ready = shared | _table(model, dt_ms, temperature_C, ROWS_PER_MV) | _programme(model, dt_ms, temperature_C)
    n_sources = e.shape[1] + inside.shape[1]
    return Chunk(layout, modes, n_sources, dt_ms, temperature_C, membrane | arrays | drives, ready, still.state)


def _potentials(layout: Layout, given: Sequence[Array] | Array) -> Array:
    """As one array (lane, source, compartment), zero where a shorter fibre has no compartment."""
    per = 11 if layout.model.cable == "double" else 1
    width = per * (layout.n_nodes - 1) + 1
    if isinstance(given, np.ndarray) and given.ndim == 3 and given.shape[2] == width:
        return padded(given, layout.lanes)
    e = np.zeros((layout.lanes, np.shape(given[0])[0], width))
    for lane in range(layout.lanes):
        values = given[min(lane, layout.count - 1)]
        e[lane, :, : values.shape[1]] = values
    return e


def _table(model: FibreModel, dt_ms: float, temperature_C: float, rows_per_mV: float) -> dict[str, Any]:
    table = gate_table(model, dt_ms, temperature_C, rows_per_mV)
    low = TABLE_LOW_MV - model.rest_mV
    return {
        "table": table.ravel(),
        "table_low_mv": low,
        "rows_per_mv": rows_per_mV,
        "row_length": table.shape[1],
    }


def _programme(model: FibreModel, dt_ms: float, temperature_C: float) -> dict[str, Any]:
    if model.membrane is None:
        return dict.fromkeys(_PROGRAMME)
    made = programme_of(model, dt_ms, temperature_C)
    numbers = aligned(np.repeat(made.numbers, LANES))
    return {"code": made.code, "place": made.place, "numbers": numbers, "n_registers": made.n_registers}


@lru_cache(maxsize=16)
def _steady(model: FibreModel, temperature_C: float) -> Array:
    """Every gate's steady state at the nominal rest."""
    v = np.array([model.rest_mV])
    return np.array([g.steady_and_tau(v, temperature_C)[0][0] for g in looked_up(model)])


def _nominal(layout: Layout, n_modes: int, temperature_C: float, dtype: np.dtype) -> tuple[NDArray, ...]:
    """Nominal rest everywhere, gates at their steady state."""
    lanes, n_nodes, model = layout.lanes, layout.n_nodes, layout.model
    x = np.tile(np.repeat(_steady(model, temperature_C).astype(dtype), LANES), lanes // LANES * n_nodes)
    z = np.zeros(lanes * (n_nodes - 1) * n_modes, dtype)
    start = [] if model.membrane is None else list(model.membrane.start(temperature_C).values())
    states = np.tile(np.repeat(np.array(start, dtype), LANES), lanes // LANES * n_nodes)
    return aligned(np.zeros(lanes * n_nodes, dtype)), aligned(z), aligned(x), aligned(states)


def _settles(chunk: Chunk, steps: int) -> bool:
    """Whether the chunk's state comes to rest in so many steps; it is changed in place."""
    run(chunk, chunk.state, np.zeros((0, steps)), np.zeros((chunk.layout.lanes, 0)))
    v = chunk.state[0]
    return bool(np.isfinite(v).all() and np.abs(v).max() <= _DRIFT_MV)


def quiet_of(model: FibreModel) -> tuple[float, float, float]:
    """How near to rest potentials (mV) and gates are in a silent fibre, and how long after the pulse that counts (ms).

    Parameters
    ----------
    model : FibreModel
        Any model.
    """
    return _QUIET_LINGERING if model.lingers else QUIET[model.cable]


@lru_cache(maxsize=16)
def _quiet_gates(model: FibreModel) -> NDArray[np.float64]:
    """Find how far below and above its rest each gate may be in a silent fibre, shape (2, gate).

    What counts is the side that makes the fibre easier to fire: more of an inward current, less of an outward one.
    Where the currents are arithmetic, either side. What has no memory is near rest when the potential is.
    """
    v, gates = np.array([model.rest_mV]), looked_up(model)
    near = quiet_of(model)[1]
    out = np.array([np.full(len(gates), -near), np.full(len(gates), near)])
    for i, gate in enumerate(gates):
        inward = {c.reversal_mV > model.rest_mV for c in model.currents if gate.name in c.gates}
        if gate.steady_and_tau(v, 37.0)[1][0] == 0.0:
            out[:, i] = -np.inf, np.inf
        elif len(inward) == 1:
            out[0 if inward == {True} else 1, i] = -np.inf if inward == {True} else np.inf
    return out


@dataclass(frozen=True, slots=True)
class Run:
    """What one call of the kernel found, as it left it; read through the properties, which put lanes first.

    Parameters
    ----------
    blocks, recorded, contacts, room : int
        Blocks of lanes; recorded nodes; recording contacts; how many rises a block could keep.
    spike, record, gate, state, seen : array
        See `rheobase.kernel.cable.advance`.
    event_node, event_step, event_count : array
        The same.
    done : int array, shape (lane,)
        1 fired, 2 silent, 0 undecided.
    """

    blocks: int
    recorded: int
    contacts: int
    room: int
    spike: NDArray
    done: NDArray[np.int64]
    record: NDArray
    gate: NDArray
    state: NDArray
    seen: NDArray
    event_node: NDArray[np.int64]
    event_step: Array
    event_count: NDArray[np.int64]

    @property
    def spike_step(self) -> NDArray:
        """Step, with fraction, of the first rise of each node through the level, (lane, node); -1 for none."""
        return by_lane(self.spike, self.blocks)

    def _over_time(self, values: NDArray, outer: int, inner: int) -> NDArray:
        """(block, outer, step, inner; lane) as (lane, outer, step, inner)."""
        if outer * inner == 0:
            return np.zeros((self.blocks * LANES, outer, 0, inner), values.dtype)
        split = values.reshape(self.blocks, outer, -1, inner, LANES).transpose(0, 4, 1, 2, 3)
        return split.reshape(self.blocks * LANES, outer, -1, inner)

    @property
    def record_mV(self) -> NDArray:
        """Potentials from the nominal rest, (lane, recorded node, step)."""
        return self._over_time(self.record, self.recorded, 1)[..., 0]

    @property
    def gates(self) -> NDArray:
        """Gates, (lane, recorded node, step, gate); empty unless asked for."""
        return self._over_time(self.gate, self.recorded, self.gate.size // max(self.record.size, 1))

    @property
    def states(self) -> NDArray:
        """States of a membrane programme, (lane, recorded node, step, state); empty unless gates were asked for."""
        return self._over_time(self.state, self.recorded, self.state.size // max(self.record.size, 1))

    @property
    def signal(self) -> NDArray:
        """What recording contacts see, (lane, contact, step)."""
        return self._over_time(self.seen, self.contacts, 1)[..., 0]

    @property
    def events(self) -> tuple[NDArray[np.int64], NDArray[np.int64], Array]:
        """Lane, node and step of every rise, in order of time within each block of lanes."""
        kept = np.arange(self.room)[None, :] < self.event_count[:, None]
        where = self.event_node.reshape(self.blocks, self.room)[kept]
        when = self.event_step.reshape(self.blocks, self.room)[kept]
        return np.nonzero(kept)[0] * LANES + where % LANES, where // LANES, when

    @property
    def lost(self) -> int:
        """Rises beyond the room that was given."""
        return int(np.maximum(self.event_count - self.room, 0).sum()) if self.room else 0


def run(
    chunk: Chunk,
    state: tuple[NDArray, ...],
    waveform: Array,
    amplitude: Array,
    *,
    watch: NDArray[np.int64] | None = None,
    need: NDArray[np.int64] | None = None,
    level_mV: float = 1e9,
    quiet_mV: float = 0.0,
    quiet_from: int = 1 << 40,
    count_from: int = 0,
    record: tuple[int, ...] = (),
    gates: bool = False,
    sense: tuple[NDArray, NDArray] | None = None,
    contacts: int = 0,
    room: int = 0,
    waited_for: NDArray[np.bool_] | None = None,
) -> Run:
    """Call the kernel once; `state` is changed in place (see `Chunk.fresh`). Potentials are from the nominal rest.

    `amplitude` has shape (lane, source); `room` is how many spikes a block may keep.
    """
    blocks, lanes, n_nodes, steps = chunk.blocks, chunk.layout.lanes, chunk.layout.n_nodes, waveform.shape[1]
    dtype, shared, arrays = state[0].dtype, chunk.shared, chunk.lane_arrays
    recorded = aligned(np.zeros(len(record) * steps * lanes, dtype))
    n_states = state[3].size // state[0].size
    weights = (np.zeros(0, dtype), np.zeros(0, dtype)) if sense is None else sense
    out = Run(
        blocks=blocks, recorded=len(record), contacts=contacts, room=room,
        spike=np.empty(lanes * n_nodes, np.float32),
        done=np.zeros(lanes, np.int64) if waited_for is None else waited_for.astype(np.int64) - 1,
        record=recorded,
        gate=np.zeros(recorded.size * shared["n_gates"] if gates else 0, dtype),
        state=np.zeros(recorded.size * n_states if gates else 0, dtype),
        seen=np.zeros(contacts * steps * lanes, dtype),
        event_node=np.zeros(blocks * room, np.int64), event_step=np.zeros(blocks * room),
        event_count=np.zeros(blocks, np.int64),
    )  # fmt: skip
    advance(
        0, blocks, n_nodes, shared["n_modes"], waveform.shape[0], steps, *state, flat(amplitude, dtype),
        chunk.layout.parent_by_block, *[arrays[n] for n in _LANE_ARRAYS],
        shared["mode_type"].ravel(), *[arrays[n] for n in _DRIVE_ARRAYS],
        np.ascontiguousarray(waveform, dtype=dtype).ravel(), *[shared[n] for n in _SHARED],
        arrays["shape"], *[shared[n] for n in _PROGRAMME],
        float(level_mV), chunk.state[0], chunk.state[2], float(quiet_mV), _quiet_gates(chunk.model),
        int(quiet_from), int(count_from),
        np.zeros(lanes, np.int64) if need is None else need,
        np.full(lanes, -1, np.int64) if watch is None else watch,
        out.spike, out.done, np.array(record, dtype=np.int64), recorded, out.gate, out.state,
        *weights, out.seen, out.event_node, out.event_step, out.event_count,
    )  # fmt: skip
    return out
