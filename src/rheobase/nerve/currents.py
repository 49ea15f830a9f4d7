"""Gates and ionic currents of chosen nodes over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from rheobase.errors import ParameterError, near_name
from rheobase.nerve.chunk import Chunk
from rheobase.nerve.layout import by_lane
from rheobase.nerve.membrane import ion_currents
from rheobase.nerve.model import Array
from rheobase.nerve.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeCurrents:
    """What the membrane of recorded nodes did.

    Parameters
    ----------
    gates : mapping of str to array, shape (recorded, steps + 1)
        Each gate, 0 to 1, at the times of the potentials; NaN at nodes without channels.
    density_mA_per_cm2 : mapping of str to array, shape (recorded, steps + 1)
        Each ionic current of the model, positive outward, from gates and potential of the same moment. (A step itself
        carries the gates of the moment before.) NaN at nodes without channels. Where concentrations move, a current is
        all that one ion carries, pumps and exchangers included.
    area_um2 : array, shape (recorded,)
        Membrane area of each node.
    states : mapping of str to array, shape (recorded, steps + 1)
        What moves beside the gates, in some models: concentrations in mM (names end in ``_in`` or ``_out``), and
        shares that calcium moves.

    Examples
    --------
    >>> density = {"leak": np.array([[0.0, 0.5]]), "sodium": np.array([[0.0, -2.0]])}
    >>> m = NodeCurrents(gates={}, density_mA_per_cm2=density, area_um2=np.array([10.0]))
    >>> m.current_nA("sodium").round(6).tolist(), m.current_nA().round(6).tolist()
    ([[0.0, -0.2]], [[0.0, -0.15]])
    """

    gates: Mapping[str, Array]
    density_mA_per_cm2: Mapping[str, Array]
    area_um2: Array
    states: Mapping[str, Array] = field(default_factory=dict)

    def current_nA(self, name: str | None = None) -> Array:
        """Current through the node's whole membrane: one by name, or the sum of all; positive outward.

        Raises
        ------
        ParameterError
            For an unknown name, or a model whose flow does not tell its currents apart.
        """
        known = self.density_mA_per_cm2
        if not known:
            raise ParameterError(
                "The flow of this model does not say which ion carries what. Let it give `currents` (see"
                " rheobase.nerve.membrane.Flow)."
            )
        if name is not None and name not in known:
            raise ParameterError(f"There is no current '{name}'.{near_name(name, known)}")
        density = sum(known.values()) if name is None else known[name]
        return np.asarray(density) * self.area_um2[:, None] * 1e-2  # mA/cm2 on um2


def membrane_of(chunk: Chunk, out: Run, nodes: Sequence[int], v_mV: Array) -> NodeCurrents:
    """Gates and currents of the first lane.

    Parameters
    ----------
    chunk : Chunk
        What ran.
    out : Run
        What came out, gates included.
    nodes : sequence of int
        The recorded nodes.
    v_mV : array, shape (recorded, steps + 1)
        Their potentials, from rest on.
    """
    model, layout, where = chunk.model, chunk.layout, np.asarray(nodes, dtype=np.intp)
    names = [g.name for g in model.gates]

    def from_rest(rest: Array, then: Array) -> Array:
        begin = by_lane(rest, chunk.blocks)[0].reshape(layout.n_nodes, -1)[where]
        return np.concatenate([begin[:, None], then], axis=1).astype(float)

    x = from_rest(chunk.state[2], out.gates[0])
    kind = layout.kind_of_node[0, where]
    alive = np.where(layout.carries[0, where], 1.0, np.nan)[:, None]
    g = np.where(layout.carries[0, where], layout.kinds.conductance_S_per_cm2[:, kind], np.nan)
    density = {}
    for current, most in zip(model.currents, g, strict=True):
        open_share = np.ones_like(v_mV)
        for gate in current.gates:
            open_share = open_share * x[:, :, names.index(gate)]
        density[current.name] = most[:, None] * open_share * (v_mV - current.reversal_mV)
    states = {}
    if model.membrane is not None:
        moved = from_rest(chunk.state[3], out.states[0])
        states = {name: alive * moved[..., i] for i, name in enumerate(model.membrane.start(chunk.temperature_C))}
        density = ion_currents(
            model, layout.kinds.take(kind), v_mV=v_mV, looked_up_values=x, states=moved, dt_ms=chunk.dt_ms,
            temperature_C=chunk.temperature_C,
        )  # fmt: skip
        density = {name: alive * values for name, values in density.items()}
    return NodeCurrents(
        gates={name: alive * x[:, :, i] for i, name in enumerate(names)},
        density_mA_per_cm2=density,
        area_um2=model.area_um2(layout.kinds)[kind],
        states=states,
    )
