"""Fibres laid out as lanes for the kernel, at rest and ready to be stimulated."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.kernel import LANES, aligned_parts, take_lanes
from rheobase.nerve.drive import mode_arrays
from rheobase.nerve.internode import Modes
from rheobase.nerve.layout import Layout, by_lane, padded
from rheobase.nerve.membrane import looked_up
from rheobase.nerve.model import Array, FibreModel

SPIKE_MV = -30.0  # a rise through this potential is a spike
# A fibre is silent when its potentials (mV) and gates (share of their range) have come so near to rest, and not before
# so long (ms) after the pulse. Some membranes linger a few mV from rest for 10 ms and fire then; they say so.
QUIET = {"double": (3.0, 0.1, 0.3), "insulated": (3.0, 0.1, 0.3), "continuous": (4.0, 0.1, 1.0)}
_QUIET_LINGERING = (0.2, 0.02, 1.0)


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
        layout = whole.take(full, len(lanes))
        types, anew = self.shared["mode_type"][: len(full) // LANES], {}
        if self.modes is not None and not self._alike:  # lanes that were in one block are not any more
            types, anew = mode_arrays(layout, self.modes, self.dt_ms, self.state[0].dtype)
        kept = {name: array for name, array in self.lane_arrays.items() if name not in anew}
        given = (*kept.values(), *self.state)
        taken = tuple(aligned_parts([a.size // whole.lanes * len(full) for a in given], given[0].dtype))
        take_lanes(given, full.astype(np.int64), taken)
        arrays = dict(zip(kept, taken, strict=False)) | anew
        shared = self.shared | {"mode_type": types}
        return replace(self, layout=layout, lane_arrays=arrays, shared=shared, state=taken[len(kept) :])

    @property
    def _alike(self) -> bool:
        """Whether the internodes of all lanes follow one pattern, so that a lane fits into any block."""
        pattern = self.shared["mode_type"]
        return bool((pattern == pattern[:1]).all())


def quiet_of(model: FibreModel) -> tuple[float, float, float]:
    """How near to rest potentials (mV) and gates are in a silent fibre, and how long after the pulse that counts (ms).

    Parameters
    ----------
    model : FibreModel
        Any model.
    """
    return _QUIET_LINGERING if model.lingers else QUIET[model.cable]


@lru_cache(maxsize=16)
def quiet_gates(model: FibreModel) -> NDArray[np.float64]:
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
