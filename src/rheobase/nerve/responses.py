"""Any number of fibres followed over time: every spike, and potentials only where asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import ParameterError
from rheobase.nerve.assemble import make_chunk
from rheobase.nerve.chunk import Chunk
from rheobase.nerve.fibre import Fibre, UniformFibres
from rheobase.nerve.injection import Injection, existing, joined_waveform
from rheobase.nerve.layout import padded
from rheobase.nerve.lots import Potential, each_lot
from rheobase.nerve.model import Array
from rheobase.nerve.spikes import Spikes, run_with_spikes, spikes_of
from rheobase.nerve.stimulus import Stimulus, silence


@dataclass(frozen=True, slots=True, kw_only=True)
class Responses:
    """What fibres did.

    Parameters
    ----------
    spikes : Spikes
        Every spike at every node, or at the nodes asked for.
    time_ms : array, shape (steps + 1,)
        Times of the potentials; the first, 0 ms, is rest.
    nodes : int array, shape (recorded,)
        Nodes whose potential was kept.
    v_mV : array, shape (fibres, recorded, steps + 1)
        Their transmembrane potential; NaN at a passive end.

    Examples
    --------
    >>> from rheobase.nerve import uniform_fibres
    >>> fibres = uniform_fibres("mrg_interpolated", diameter_um=[6.0, 10.0], nodes=21)
    >>> push = Injection(node=2, current_nA=3.0)
    >>> found = simulate_fibres(fibres, injections=[push], duration_ms=1.5)
    >>> found.spikes.counts(18).tolist()
    [1, 1]
    """

    spikes: Spikes
    time_ms: Array
    nodes: NDArray[np.int64]
    v_mV: Array


def simulate_fibres(
    fibres: Sequence[Fibre],
    potential_mV_per_mA: Potential | None = None,
    stimulus: Stimulus | None = None,
    amplitude_mA: float | Sequence[float] | Array = 1.0,
    *,
    duration_ms: float = 3.0,
    injections: Sequence[Injection] = (),
    nodes: Sequence[int] = (),
    spike_nodes: Sequence[int] | None = None,
    temperature_C: float = 37.0,
    progress: Callable[[float], None] | None = None,
) -> Responses:
    """Follow any number of fibres through one stimulus, from rest to the last step.

    Parameters
    ----------
    fibres : sequence of Fibre
        Any models, lengths and branches; `UniformFibres` for very many.
    potential_mV_per_mA : sequence of array, array or callable, optional
        Extracellular potential of each fibre for 1 mA of each source, as for `activation_thresholds`; none without a
        field.
    stimulus : Stimulus, optional
        What the sources do over time; its length and step are those of the simulation. Without one, `duration_ms` of
        silence at a step of 5 us.
    amplitude_mA : float or array, shape (fibres,) or (fibres, sources)
        Factor of the sources; any sign.
    duration_ms : float
        How long, where no stimulus says so; above 0.
    injections : sequence of Injection
        Currents into nodes of every fibre.
    nodes : sequence of int
        Nodes whose potential is kept; by default none.
    spike_nodes : sequence of int, optional
        Nodes whose spikes are kept; by default all.
    temperature_C : float
        Temperature of the nerve.
    progress : callable, optional
        Is told the share done.

    Returns
    -------
    Responses

    Raises
    ------
    ParameterError
        If potentials, stimulus, amplitudes and fibres do not fit each other, or a node does not exist.

    Examples
    --------
    >>> from rheobase.nerve import stimulus_from_segments, uniform_fibres
    >>> fibres = uniform_fibres("mrg_interpolated", diameter_um=[6.0, 10.0], nodes=21)
    >>> r_mm = np.hypot(1.0, (fibres.arc_um - fibres.node_arc_um[:, 10:11]) / 1000)
    >>> phi = 1.0 / (4 * np.pi * 0.3 * r_mm * 1e-3)  # mV per mA, 1 mm from the middle node
    >>> cathodic = stimulus_from_segments([(0.1, -1.0)], tail_ms=2.0, dt_ms=0.005)
    >>> simulate_fibres(fibres, phi[:, None], cathodic, [0.2, 0.2]).spikes.counts(18).tolist()
    [0, 1]
    """
    potential, stimulus = field_or_none(fibres, potential_mV_per_mA, stimulus, duration_ms)
    factor = factors(amplitude_mA, len(fibres), stimulus.samples.shape[0])
    one = [fibres[0]] if isinstance(fibres, UniformFibres) else fibres
    shortest = min(f.nodes for f in one)
    kept = existing(nodes, shortest)
    seen = None if spike_nodes is None else existing(spike_nodes, shortest)
    if any(n < 0 for n in [*nodes, *(spike_nodes or ())]) and len({f.nodes for f in one}) > 1:
        raise ParameterError("A node counts from the last, but the fibres differ in length; count from the first.")
    steps = stimulus.samples.shape[1]
    v_mV = np.full((len(fibres), len(kept), steps + 1), np.nan, dtype=np.float32)
    parts: list[Spikes] = []

    def solve(index: NDArray[np.intp], lot: Sequence[Fibre], phi: Any) -> int:
        chunk, wave, amplitude = prepared(lot, phi, stimulus, factor[index], injections, temperature_C)
        out = run_with_spikes(chunk, wave, amplitude, record=tuple(kept))
        parts.append(_chosen(spikes_of(chunk, out, index, len(fibres)), seen))
        if kept:
            later = chunk.model.rest_mV + out.record_mV[: len(index)]
            first = chunk.rest_mV[: len(index), kept, None]
            floating = (chunk.layout.ends & chunk.layout.passive_ends)[: len(index), kept]
            v_mV[index] = np.where(floating[..., None], np.nan, np.concatenate([first, later], axis=2))
        return 0

    each_lot(fibres, potential, stimulus, solve, progress)
    return Responses(
        spikes=Spikes.join(parts, len(fibres)),
        time_ms=stimulus.dt_ms * np.arange(steps + 1),
        nodes=np.array(kept, dtype=np.int64),
        v_mV=v_mV,
    )


def prepared(
    lot: Sequence[Fibre],
    phi: Any,
    stimulus: Stimulus,
    factor: Array,
    injections: Sequence[Injection],
    temperature_C: float,
) -> tuple[Chunk, Array, Array]:
    """A chunk with its currents into nodes, and the waveforms and amplitudes to run it with.

    Parameters
    ----------
    lot : sequence of Fibre
        Fibres that can share a chunk.
    phi : array
        Their potentials.
    stimulus : Stimulus
        What the sources do.
    factor : array, shape (fibres, sources)
        Their amplitudes.
    injections : sequence of Injection
        Currents.
    temperature_C : float
        Temperature of the nerve.
    """
    alike = isinstance(lot, UniformFibres)
    inside = [tuple(existing([i.node for i in injections], f.nodes)) for f in ([lot[0]] if alike else lot)]
    inside = inside * len(lot) if alike else inside
    chunk = make_chunk(lot, phi, dt_ms=stimulus.dt_ms, temperature_C=temperature_C, current_nodes=inside)
    amplitude = np.concatenate([factor, np.ones((len(lot), len(injections)))], axis=1)
    return chunk, joined_waveform(stimulus, injections), padded(amplitude, chunk.layout.lanes)


def field_or_none(
    fibres: Sequence[Fibre], potential: Potential | None, stimulus: Stimulus | None, duration_ms: float
) -> tuple[Potential, Stimulus]:
    """The field and its stimulus, or a field without sources and silence.

    Raises
    ------
    ParameterError
        If there are no fibres, or the stimulus has sources but there is no field.
    """
    if not len(fibres):
        raise ParameterError("There are no fibres; give at least one.")
    stimulus = silence(duration_ms, dt_ms=0.005) if stimulus is None else stimulus
    if potential is not None:
        return potential, stimulus
    if stimulus.samples.size:
        raise ParameterError("The stimulus has sources but there is no potential_mV_per_mA; give the field of each.")

    def nothing(index: NDArray[np.intp]) -> Any:
        if isinstance(fibres, UniformFibres):
            return np.zeros((len(index), 0, fibres.per_internode * (fibres.nodes - 1) + 1))
        return [np.zeros((0, fibres[i].per_internode * (fibres[i].nodes - 1) + 1)) for i in index]

    return nothing, stimulus


def factors(amplitude_mA: float | Sequence[float] | Array, fibres: int, sources: int) -> Array:
    """Amplitude of every fibre and source, shape (fibres, sources).

    Raises
    ------
    ParameterError
        If the shape fits neither one number, one a fibre, nor one a fibre and source, or a number is not finite.
    """
    given = np.asarray(amplitude_mA, dtype=float)
    if given.ndim == 1 and given.shape == (fibres,):
        given = given[:, None]
    if given.shape not in ((), (fibres, 1), (fibres, sources)) or not np.isfinite(given).all():
        raise ParameterError(
            f"amplitude_mA has shape {np.shape(amplitude_mA)} for {fibres} fibres and {sources} sources, or a value"
            " that is not finite; give one amplitude, one a fibre, or one a fibre and source, in mA."
        )
    return np.broadcast_to(given, (fibres, sources))


def _chosen(spikes: Spikes, nodes: Sequence[int] | None) -> Spikes:
    """Spikes at some nodes only."""
    if nodes is None:
        return spikes
    here = np.isin(spikes.node, np.asarray(nodes, dtype=np.int64))
    return Spikes(
        fibre=spikes.fibre[here], node=spikes.node[here], time_ms=spikes.time_ms[here], fibres=spikes.fibres,
        nodes=spikes.nodes,
    )  # fmt: skip
