"""Which pulses of a train a fibre follows, and how late.

A spike may need longer to the watched node than one period lasts, so it cannot be laid to the last pulse before its
arrival. It is traced back instead, from node to node, to where it arose; the last pulse before that moment made it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import ParameterError
from rheobase.nerve.fibre import Fibre
from rheobase.nerve.injection import Injection
from rheobase.nerve.lots import Potential, check_lists, each_lot
from rheobase.nerve.model import Array
from rheobase.nerve.responses import factors, field_or_none, prepared
from rheobase.nerve.spikes import Spikes, run_with_spikes, spikes_of
from rheobase.nerve.stimulus import Stimulus

_NEVER = -1e15  # ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """How fibres followed a train.

    Parameters
    ----------
    pulse_ms : array, shape (pulses,)
        When each pulse begins.
    latency_ms : array, shape (fibres, pulses)
        From the beginning of a pulse to its spike at the watched node; NaN where the pulse made none.
    start_node : int array, shape (fibres, pulses)
        Where the spike of each pulse arose, -1 where there was none.
    extra : int array, shape (fibres,)
        Spikes at the watched node beyond one a pulse: second spikes, and those before the first pulse.

    Examples
    --------
    >>> found = Following(pulse_ms=np.array([0.0, 10.0, 20.0]), latency_ms=np.array([[0.5, np.nan, 0.7]]),
    ...                   start_node=np.array([[3, -1, 3]]), extra=np.array([0]))
    >>> found.fires.tolist(), found.share.round(2).tolist(), found.jitter_ms.round(2).tolist()
    ([[True, False, True]], [0.67], [0.1])
    """

    pulse_ms: Array
    latency_ms: Array
    start_node: NDArray[np.int64]
    extra: NDArray[np.int64]

    @property
    def fires(self) -> NDArray[np.bool_]:
        """Whether each pulse made a spike, shape (fibres, pulses)."""
        return np.isfinite(self.latency_ms)

    @property
    def share(self) -> Array:
        """Share of the pulses that each fibre follows, 0 to 1."""
        return self.fires.mean(axis=1)

    @property
    def jitter_ms(self) -> Array:
        """Standard deviation of each fibre's latencies; NaN with fewer than two spikes."""
        n = self.fires.sum(axis=1)
        late = np.where(self.fires, self.latency_ms, 0.0)
        mean = late.sum(axis=1) / np.maximum(n, 1)
        spread = np.where(self.fires, (self.latency_ms - mean[:, None]) ** 2, 0.0).sum(axis=1)
        return np.where(n >= 2, np.sqrt(spread / np.maximum(n, 1)), np.nan)


def follow_train(
    fibres: Sequence[Fibre],
    pulse_ms: Sequence[float] | Array,
    potential_mV_per_mA: Potential | None = None,
    stimulus: Stimulus | None = None,
    amplitude_mA: float | Sequence[float] | Array = 1.0,
    *,
    watch: Sequence[int] | None = None,
    injections: Sequence[Injection] = (),
    duration_ms: float | None = None,
    temperature_C: float = 37.0,
    progress: Callable[[float], None] | None = None,
) -> Following:
    """Find which pulses of a train each fibre follows.

    Parameters
    ----------
    fibres : sequence of Fibre
        The fibres; `UniformFibres` for very many.
    pulse_ms : sequence of float
        When each pulse begins, ascending, from 0; `stimulus_of_train` gives those of a train.
    potential_mV_per_mA, stimulus, amplitude_mA
        The train through electrodes, as for `simulate_fibres`.
    watch : sequence of int, optional
        Node of each fibre at which spikes are counted; by default 90 % of the way along.
    injections : sequence of Injection
        The train through a pipette instead: one injection a pulse.
    duration_ms : float, optional
        How long, where no stimulus says so; by default 10 ms beyond the last pulse.
    temperature_C : float
        Temperature of the nerve.
    progress : callable, optional
        Is told the share done.

    Returns
    -------
    Following

    Raises
    ------
    ParameterError
        If pulses do not ascend from 0 or there are none, or fibres, potentials and watched nodes do not fit.

    Examples
    --------
    >>> from rheobase.nerve import uniform_fibre
    >>> fibre = uniform_fibre("mrg_interpolated", diameter_um=10.0, nodes=31)
    >>> starts = [0.0, 5.0, 10.0, 10.4, 15.0]  # the fourth comes too soon
    >>> train = [Injection(node=3, current_nA=2.0, start_ms=t) for t in starts]
    >>> follow_train([fibre], starts, injections=train).fires[0].tolist()
    [True, True, True, False, True]
    """
    starts = _ascending(pulse_ms)
    check_lists(fibres, watch, 0, None)
    length_ms = starts[-1] + 10.0 if duration_ms is None else duration_ms
    potential, stimulus = field_or_none(fibres, potential_mV_per_mA, stimulus, length_ms)
    factor = factors(amplitude_mA, len(fibres), stimulus.samples.shape[0])
    shape = (len(fibres), starts.size)
    latency, origin, extra = np.full(shape, np.nan), np.full(shape, -1), np.zeros(len(fibres), dtype=np.int64)

    def solve(index: NDArray[np.intp], lot: Sequence[Fibre], phi: Any) -> int:
        chunk, wave, amplitude = prepared(lot, phi, stimulus, factor[index], injections, temperature_C)
        spikes = spikes_of(chunk, run_with_spikes(chunk, wave, amplitude), np.arange(len(lot)), len(lot))
        nodes = chunk.layout.nodes[: len(lot)]
        seen = (0.9 * (nodes - 1)).astype(int) if watch is None else np.asarray(watch)[index]
        at = np.flatnonzero(spikes.node == seen[spikes.fibre])
        node, time_ms = _traced(spikes, at, neighbours(chunk.layout.parent))
        which = np.searchsorted(starts, time_ms + 1e-6, side="right") - 1
        who = spikes.fibre[at]
        first = np.zeros(at.size, dtype=bool)
        first[np.unique(who * (starts.size + 1) + which + 1, return_index=True)[1]] = True
        first &= which >= 0
        latency[index[who[first]], which[first]] = spikes.time_ms[at[first]] - starts[which[first]]
        origin[index[who[first]], which[first]] = node[first]
        extra[index] = np.bincount(who[~first], minlength=len(lot))
        return 0

    each_lot(fibres, potential, stimulus, solve, progress)
    return Following(pulse_ms=starts, latency_ms=latency, start_node=origin, extra=extra)


def neighbours(parent: NDArray[np.intp]) -> NDArray[np.intp]:
    """Nodes next to each node, filled up with -1.

    Parameters
    ----------
    parent : int array, shape (nodes,)
        The node before each, -1 for the first.
    """
    beside: list[list[int]] = [[] for _ in parent]
    for node, before in enumerate(parent[1:], start=1):
        beside[node].append(int(before))
        beside[int(before)].append(node)
    out = np.full((len(parent), max(len(b) for b in beside)), -1, dtype=np.intp)
    for node, found in enumerate(beside):
        out[node, : len(found)] = found
    return out


def _traced(spikes: Spikes, at: NDArray[np.intp], beside: NDArray[np.intp]) -> tuple[NDArray[np.int64], Array]:
    """Node and time at which some of the spikes arose: each is followed back along neighbours that fired before it.

    A neighbour's last spike is the same spike further back if it lies nearer to this node's spike than to the one this
    node fired before; else it is that earlier spike on its way out, and this spike arose here.
    """
    span = float(spikes.time_ms.max()) + 1.0 if spikes.time_ms.size else 1.0
    keys = np.sort((spikes.fibre * spikes.nodes + spikes.node) * span + spikes.time_ms)
    fibre, node, time_ms = spikes.fibre[at], spikes.node[at].copy(), spikes.time_ms[at].copy()
    moving = np.arange(at.size)
    while moving.size:
        here, now = node[moving], time_ms[moving]
        row = fibre[moving] * spikes.nodes
        own = _last_before(keys, row + here, now, span)
        near = beside[here]
        came = np.stack(
            [np.where(b < 0, _NEVER, _last_before(keys, row + b, now, span)) for b in near.T], axis=1
        )  # fmt: skip
        best = came.argmax(axis=1)
        last = came[np.arange(moving.size), best]
        back = (last > _NEVER) & (now - last < last - own)
        moving = moving[back]
        node[moving], time_ms[moving] = near[back, best[back]], last[back]
    return node, time_ms


def _last_before(keys: Array, row: NDArray[np.intp], time_ms: Array, span: float) -> Array:
    """Time of the last spike before a moment in each row of (fibre, node); long ago where there is none."""
    at = np.searchsorted(keys, row * span + time_ms - 1e-9) - 1
    found = keys[np.maximum(at, 0)] - row * span
    return np.where((at >= 0) & (found >= 0), found, _NEVER)


def _ascending(pulse_ms: Sequence[float] | Array) -> Array:
    starts = np.asarray(pulse_ms, dtype=float)
    fine = starts.ndim == 1 and starts.size and np.isfinite(starts).all() and starts[0] >= 0
    if not (fine and (np.diff(starts) > 0).all()):
        raise ParameterError(
            "pulse_ms must hold at least one time, the first not below 0 ms, each later than the last."
        )
    return starts
