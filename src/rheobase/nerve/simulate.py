"""One fibre followed over time: potentials, gates and currents at chosen nodes, spikes at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import ParameterError
from rheobase.kernel import LANES
from rheobase.nerve.assemble import make_chunk
from rheobase.nerve.currents import NodeCurrents, membrane_of
from rheobase.nerve.fibre import Fibre
from rheobase.nerve.injection import Injection, existing, joined_waveform
from rheobase.nerve.model import Array
from rheobase.nerve.spikes import run_with_spikes, spikes_of
from rheobase.nerve.stimulus import Stimulus, check_potential, silence

__all__ = ["Injection", "Simulation", "simulate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """What one fibre did.

    Parameters
    ----------
    time_ms : array, shape (steps + 1,)
        Times of the potentials; the first, 0 ms, is rest.
    nodes : int array, shape (recorded,)
        Nodes whose potential was kept.
    v_mV : array, shape (recorded, steps + 1)
        Transmembrane potential; NaN at a passive end, which is cut off inside the axon and has none that means
        anything.
    spikes_ms : tuple of array, one a node of the fibre
        Every time each node rises through -30 mV, interpolated between steps; empty at nodes without channels.
    node_mm : array, shape (nodes of the fibre,)
        Place of each node along the fibre.
    rest_mV : array, shape (nodes of the fibre,)
        Potential of each node before the stimulus.
    membrane : NodeCurrents, optional
        Gates and currents of the recorded nodes, where they were asked for.

    Examples
    --------
    >>> from rheobase.nerve import uniform_fibre
    >>> fibre = uniform_fibre("mrg_discrete", diameter_um=10.0, nodes=21)
    >>> push = Injection(node=2, current_nA=3.0, start_ms=0.1, width_ms=0.1)
    >>> simulate(fibre, stimulus=silence(1.0, dt_ms=0.005), injections=[push], nodes=[10]).fired
    True
    """

    time_ms: Array
    nodes: NDArray[np.int64]
    v_mV: Array
    spikes_ms: tuple[Array, ...]
    node_mm: Array
    rest_mV: Array
    membrane: NodeCurrents | None = None

    @property
    def spike_ms(self) -> Array:
        """First spike of each node; NaN where there is none."""
        return np.array([times[0] if times.size else np.nan for times in self.spikes_ms])

    @property
    def fired(self) -> bool:
        """Whether any node fired."""
        return any(times.size for times in self.spikes_ms)

    @property
    def start_node(self) -> int:
        """Node that fired first; -1 if none did."""
        return int(np.nanargmin(self.spike_ms)) if self.fired else -1

    def to_xarray(self) -> Any:
        """Put everything into an `xarray.Dataset` with coordinates and units."""
        import xarray as xr

        def of(name: str, unit: str, values: Array, dims: tuple[str, ...]) -> tuple:
            return dims, values, {"long_name": name, "units": unit}

        recorded = ("recorded_node", "time")
        data = {
            "v": of("transmembrane potential", "mV", self.v_mV, recorded),
            "spike": of("first crossing of -30 mV", "ms", self.spike_ms, ("node",)),
            "rest": of("resting potential", "mV", self.rest_mV, ("node",)),
        }
        if self.membrane is not None:
            for name, values in self.membrane.gates.items():
                data[f"gate_{name}"] = of(f"gate {name}", "1", values, recorded)
            for name, values in self.membrane.density_mA_per_cm2.items():
                data[f"current_{name}"] = of(f"{name} current, outward", "mA/cm2", values, recorded)
            for name, values in self.membrane.states.items():
                unit = "mM" if name.endswith(("_in", "_out")) else "1"
                data[f"state_{name}"] = of(f"state {name}", unit, values, recorded)
        return xr.Dataset(
            data,
            coords={
                "time": of("time", "ms", self.time_ms, ("time",)),
                "recorded_node": self.nodes,
                "node": np.arange(self.spike_ms.size),
                "place": of("distance from the first node", "mm", self.node_mm, ("node",)),
            },
        )


def simulate(
    fibre: Fibre,
    potential_mV_per_mA: Array | None = None,
    stimulus: Stimulus | None = None,
    amplitude_mA: float = 1.0,
    *,
    nodes: Sequence[int] | None = None,
    injections: Sequence[Injection] = (),
    membrane: bool = False,
    temperature_C: float = 37.0,
) -> Simulation:
    """Follow one fibre through a stimulus, from rest to the last step.

    Parameters
    ----------
    fibre : Fibre
        The fibre.
    potential_mV_per_mA : array, shape (sources, compartments), optional
        Extracellular potential (`Fibre.arc_um` gives the places) for 1 mA of each source; none without a field.
    stimulus : Stimulus, optional
        What the sources do over time; its length and step are those of the simulation. Without a field, `silence`.
        By default 3 ms of silence.
    amplitude_mA : float
        Factor of all sources; any sign.
    nodes : sequence of int, optional
        Nodes whose potential is kept; by default all.
    injections : sequence of Injection
        Currents into nodes; several may go into one.
    membrane : bool
        Whether gates and ionic currents of the chosen nodes are kept as well.
    temperature_C : float
        Temperature of the nerve.

    Returns
    -------
    Simulation
        Potentials from rest on, and the spikes of every node.

    Raises
    ------
    ParameterError
        If the potential does not fit fibre and stimulus, a node does not exist, or the amplitude is not finite.

    Examples
    --------
    >>> from rheobase.nerve import stimulus_from_segments, uniform_fibre
    >>> fibre = uniform_fibre("mrg_discrete", diameter_um=10.0, nodes=21)
    >>> r_mm = np.hypot(1.0, (fibre.arc_um - 11500) / 1000)  # a point source 1 mm from the middle node
    >>> phi = 1.0 / (4 * np.pi * 0.3 * r_mm * 1e-3)
    >>> cathodic = stimulus_from_segments([(0.1, -1.0)], tail_ms=1.0, dt_ms=0.005)
    >>> [simulate(fibre, phi[None], cathodic, amplitude_mA=a).start_node for a in (0.18, 0.19)]
    [-1, 10]
    """
    stimulus = silence(3.0, dt_ms=0.005) if stimulus is None else stimulus
    phi = np.zeros((0, fibre.arc_um.size)) if potential_mV_per_mA is None else np.asarray(potential_mV_per_mA, float)
    if potential_mV_per_mA is None and stimulus.samples.size:
        raise ParameterError("The stimulus has sources but there is no potential_mV_per_mA; give the field of each.")
    check_potential(fibre, phi, stimulus)
    if not np.isfinite(amplitude_mA):
        raise ParameterError(f"amplitude_mA is {amplitude_mA} mA; give a finite amplitude.")
    kept = existing(range(fibre.nodes) if nodes is None else nodes, fibre.nodes)
    pushed = existing([i.node for i in injections], fibre.nodes)
    wave = joined_waveform(stimulus, injections)
    amplitude = np.zeros((LANES, len(wave)))  # one lane works, the others rest
    amplitude[0] = np.append(np.full(len(phi), amplitude_mA), np.ones(len(pushed)))
    dt = stimulus.dt_ms
    chunk = make_chunk([fibre], phi[None], dt_ms=dt, temperature_C=temperature_C, current_nodes=[tuple(pushed)])
    out = run_with_spikes(chunk, wave, amplitude, record=tuple(kept), gates=membrane)
    spikes = spikes_of(chunk, out, np.zeros(1, dtype=np.intp), 1)
    rest = chunk.rest_mV[0].astype(float)
    v_mV = np.concatenate([rest[kept, None], chunk.model.rest_mV + out.record_mV[0].astype(float)], axis=1)
    floating = (chunk.layout.ends[0] & chunk.layout.passive_ends)[kept]
    return Simulation(
        time_ms=dt * np.arange(stimulus.samples.shape[1] + 1),
        nodes=np.array(kept, dtype=np.int64),
        v_mV=np.where(floating[:, None], np.nan, v_mV),
        spikes_ms=tuple(spikes.of(0, node) for node in range(fibre.nodes)),
        node_mm=fibre.node_arc_um / 1000.0,
        rest_mV=rest,
        membrane=membrane_of(chunk, out, kept, v_mV) if membrane else None,
    )
