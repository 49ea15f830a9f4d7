"""One fibre followed over time: potentials at chosen nodes, spikes at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import ParameterError
from rheobase.kernel import LANES
from rheobase.nerve.chunk import SPIKE_MV, make_chunk, run
from rheobase.nerve.fibre import Fibre
from rheobase.nerve.model import Array
from rheobase.nerve.stimulus import Stimulus, check_potential, silence


@dataclass(frozen=True, slots=True, kw_only=True)
class Injection:
    """A pulse of current through a pipette into one node.

    Parameters
    ----------
    node : int
        Which node; negative counts from the last.
    current_nA : float
        Positive depolarises.
    start_ms, width_ms : float
        When it begins (from 0) and how long it lasts (above 0); both rounded to whole steps.

    Raises
    ------
    ParameterError
        If a number is not finite or out of its range.

    Examples
    --------
    >>> Injection(node=2, current_nA=3.0, start_ms=0.1, width_ms=0.1).node
    2
    """

    node: int
    current_nA: float
    start_ms: float = 0.0
    width_ms: float = 0.1

    def __post_init__(self) -> None:
        if not np.isfinite(self.current_nA):
            raise ParameterError(f"current_nA is {self.current_nA} nA; give a finite current, for example 3 nA.")
        if not (self.start_ms >= 0 and 0 < self.width_ms < np.inf):
            raise ParameterError(
                f"start_ms is {self.start_ms} ms and width_ms {self.width_ms} ms; the start must not be below 0 ms and"
                " the width must be above 0 ms."
            )


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
        Transmembrane potential.
    spike_ms : array, shape (nodes of the fibre,)
        When each node first rises through -30 mV, interpolated between steps; NaN where it never does.
    node_mm : array, shape (nodes of the fibre,)
        Place of each node along the fibre.
    rest_mV : array, shape (nodes of the fibre,)
        Potential of each node before the stimulus.

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
    spike_ms: Array
    node_mm: Array
    rest_mV: Array

    @property
    def fired(self) -> bool:
        """Whether any node fired."""
        return bool(np.isfinite(self.spike_ms).any())

    @property
    def start_node(self) -> int:
        """Node that fired first; -1 if none did."""
        return int(np.nanargmin(self.spike_ms)) if self.fired else -1

    def to_xarray(self) -> Any:
        """Put everything into an `xarray.Dataset` with coordinates and units."""
        import xarray as xr

        def of(name: str, unit: str, values: Array, dims: tuple[str, ...]) -> tuple:
            return dims, values, {"long_name": name, "units": unit}

        return xr.Dataset(
            {
                "v": of("transmembrane potential", "mV", self.v_mV, ("recorded_node", "time")),
                "spike": of("first crossing of -30 mV", "ms", self.spike_ms, ("node",)),
                "rest": of("resting potential", "mV", self.rest_mV, ("node",)),
            },
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
    temperature_C : float
        Temperature of the nerve.

    Returns
    -------
    Simulation
        Potentials from rest on, and the first spike of every node.

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
    kept = _existing(range(fibre.nodes) if nodes is None else nodes, fibre.nodes)
    pushed = _existing([i.node for i in injections], fibre.nodes)
    steps, dt = stimulus.samples.shape[1], stimulus.dt_ms
    wave = np.zeros((len(phi) + len(pushed), steps))
    wave[: len(phi)] = amplitude_mA * stimulus.samples
    for row, one in zip(wave[len(phi) :], injections, strict=True):
        begin = round(one.start_ms / dt)
        row[begin : begin + max(1, round(one.width_ms / dt))] = one.current_nA
    chunk = make_chunk([fibre], phi[None], dt_ms=dt, temperature_C=temperature_C, current_nodes=[tuple(pushed)])
    nominal = chunk.model.rest_mV
    out = run(
        chunk, chunk.fresh(), wave, np.ones((LANES, len(wave))),
        level_mV=SPIKE_MV - nominal, record=tuple(kept),
    )  # fmt: skip
    rest = chunk.rest_mV[0].astype(float)
    spikes = out.spike_step[0].astype(float)
    return Simulation(
        time_ms=dt * np.arange(steps + 1),
        nodes=np.array(kept, dtype=np.int64),
        v_mV=np.concatenate([rest[kept, None], nominal + out.record_mV[0]], axis=1),
        spike_ms=np.where(spikes < 0, np.nan, dt * spikes),
        node_mm=fibre.node_arc_um / 1000.0,
        rest_mV=rest,
    )


def _existing(nodes: Sequence[int], count: int) -> list[int]:
    """Node numbers from 0 on, negative ones counted from the last."""
    for node in nodes:
        if not -count <= node < count:
            raise ParameterError(f"Node {node} does not exist; the fibre has nodes 0 to {count - 1}.")
    return [int(n) % count for n in nodes]
