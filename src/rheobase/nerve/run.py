"""Call the kernel on a chunk: one simulation of every lane."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rheobase.kernel import LANES, advance, aligned
from rheobase.nerve.chunk import Chunk, quiet_gates
from rheobase.nerve.layout import by_lane, flat
from rheobase.nerve.model import Array

# Arrays of the kernel in its order: those of a lane, and those shared by all lanes.
_LANE_ARRAYS = ("node_c", "node_diag", "node_off", "leak_i", "conductance", "mode_d", "mode_k")
DRIVE_ARRAYS = ("mode_drive", "node_drive")
PROGRAMME = ("code", "place", "numbers", "n_registers")
_SHARED = ("table", "table_low_mv", "rows_per_mv", "row_length", "n_gates", "term_start", "term_gate", "term_mv")


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
        shared["mode_type"].ravel(), *[arrays[n] for n in DRIVE_ARRAYS],
        np.ascontiguousarray(waveform, dtype=dtype).ravel(), *[shared[n] for n in _SHARED],
        arrays["shape"], *[shared[n] for n in PROGRAMME],
        float(level_mV), chunk.state[0], chunk.state[2], float(quiet_mV), quiet_gates(chunk.model),
        int(quiet_from), int(count_from),
        np.zeros(lanes, np.int64) if need is None else need,
        np.full(lanes, -1, np.int64) if watch is None else watch,
        out.spike, out.done, np.array(record, dtype=np.int64), recorded, out.gate, out.state,
        *weights, out.seen, out.event_node, out.event_step, out.event_count,
    )  # fmt: skip
    return out
