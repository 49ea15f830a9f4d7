"""Assemble a chunk: the arrays of its lanes, and the state in which its fibres rest."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import ConvergenceError
from rheobase.kernel import LANES, aligned
from rheobase.nerve.chunk import Chunk
from rheobase.nerve.drive import membrane_arrays, pushes, stepping_arrays
from rheobase.nerve.fibre import Fibre
from rheobase.nerve.internode import STATES, closed_modes
from rheobase.nerve.layout import Layout, lay_out, padded
from rheobase.nerve.membrane import looked_up
from rheobase.nerve.model import Array, FibreModel
from rheobase.nerve.programme import programme_of
from rheobase.nerve.run import DRIVE_ARRAYS, PROGRAMME, run

TABLE_LOW_MV, TABLE_HIGH_MV, ROWS_PER_MV = -260.0, 260.0, 4.0
_REST_ROWS_PER_MV = 16.0  # the long steps to rest make more of an error: some membranes are not stable at 5 ms
# Step and number of steps that bring a fibre to rest: those of the reference simulations, on which some membranes are
# not stable away from 37 C; then shorter ones.
_REST_STEPS = ((5.0, 40), (0.5, 400), (0.05, 4000))
_DRIFT_MV = 30.0


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
        nothing = {k: np.zeros(0, dtype) for k in DRIVE_ARRAYS}
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
        return dict.fromkeys(PROGRAMME)
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
