"""Activation thresholds: the smallest amplitude at which a spike gets through."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import ParameterError
from rheobase.kernel import LANES
from rheobase.nerve.chunk import Chunk, make_chunk, run
from rheobase.nerve.fibre import Fibre
from rheobase.nerve.model import Array
from rheobase.nerve.stimulus import Stimulus, check_potential, stimulus_from_segments

__all__ = ["SPIKE_MV", "Status", "Stimulus", "Thresholds", "activation_thresholds", "stimulus_from_segments"]

SPIKE_MV = -30.0
_QUIET = {"double": (3.0, 0.3), "insulated": (3.0, 0.3), "continuous": (4.0, 1.0)}  # mV, and ms after the pulse
_FIRST_GUESS_MV = 20.0  # depolarisation at which a node is about to fire; only where the search begins
_PROBE_MV = 2.0
_SPONTANEOUS_MA = 1e-7  # a fibre that fires at so little would fire at none
_GROWTH, _DESCENT = 1.1, 1.3
_END_NODES = 2


class Status(IntEnum):
    """How the search for a fibre's threshold ended; `remedy` says what to do about it."""

    FOUND = 0
    BOUND_EXCEEDED = 1
    VIRTUAL_ANODE_BLOCK = 2
    END_EXCITATION = 3
    SPONTANEOUS = 4

    @property
    def remedy(self) -> str:
        """What the status means and what to do."""
        return _REMEDY[self]


_REMEDY = {
    Status.FOUND: "The threshold lies between lower_mA and threshold_mA; both were simulated.",
    Status.BOUND_EXCEEDED: "Silent up to upper_mA. Raise upper_mA, lengthen the pulse or move the electrode.",
    Status.VIRTUAL_ANODE_BLOCK: "Nodes fire, but the spike does not arrive at any amplitude up to upper_mA."
    " Watch a nearer node, or use a longer fibre.",
    Status.END_EXCITATION: "The spike starts at the far end of the model, where the fibre was cut."
    " Lengthen the fibre until the field has died there.",
    Status.SPONTANEOUS: "The fibre fires without a stimulus. Check temperature, diameter and conductances.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Thresholds of fibres, one entry each.

    Parameters
    ----------
    threshold_mA : array
        Smallest amplitude found to fire; infinity where the status says that none does.
    lower_mA : array
        Largest amplitude found silent.
    status : array of int
        `Status` of each fibre.
    start_node : array of int
        Node at which the spike starts at threshold, -1 if unknown.
    predicted_mA : array
        What the response of the linear fibre foretold; the ratio of threshold and prediction hardly differs between
        like fields, so it is where a search in another field best begins.
    simulations : int
        Simulations of one fibre that were needed, in all.

    Examples
    --------
    >>> one = np.array([1.0])
    >>> Thresholds(threshold_mA=one, lower_mA=0.99 * one, status=np.array([0]), start_node=np.array([10]),
    ...            predicted_mA=one, simulations=8).counts()
    {'FOUND': 1}
    """

    threshold_mA: Array
    lower_mA: Array
    status: NDArray[np.int64]
    start_node: NDArray[np.int64]
    predicted_mA: Array
    simulations: int

    def counts(self) -> dict[str, int]:
        """Return how many fibres ended with which status."""
        return {s.name: int((self.status == s).sum()) for s in Status if (self.status == s).any()}


def activation_thresholds(
    fibres: Sequence[Fibre],
    potential_mV_per_mA: Sequence[Array],
    stimulus: Stimulus,
    *,
    watch: Sequence[int] | None = None,
    need: int = 0,
    tolerance: float = 0.01,
    upper_mA: float = 2000.0,
    temperature_C: float = 37.0,
    true_start: bool = False,
    guess_mA: Sequence[float] | Array | None = None,
    guess_factor: Sequence[float] | Array | None = None,
    progress: Callable[[float], None] | None = None,
) -> Thresholds:
    """Find each fibre's threshold by simulation, sixteen fibres at a time.

    Parameters
    ----------
    fibres : sequence of Fibre
        Of one model's membrane.
    potential_mV_per_mA : sequence of array, shape (sources, compartments)
        Extracellular potential of each fibre (`Fibre.arc_um` gives the places) for 1 mA of each source.
    stimulus : Stimulus
        What the sources do over time.
    watch : sequence of int, optional
        Node of each fibre that a spike must pass; by default 90 % of the way along.
    need : int
        Instead of a watched node: how many nodes must fire.
    tolerance : float
        Ratio of the bracket minus 1, above 0.
    upper_mA : float
        Largest amplitude tried.
    temperature_C : float
        Temperature of the nerve.
    true_start : bool
        Whether the first node is an anatomical ending, where a spike may start, and not a cut.
    guess_mA : sequence of float, optional
        Where to begin for each fibre, when the threshold is roughly known; it changes the effort, not the promise.
    guess_factor : sequence of float, optional
        The same as a multiple of the linear prediction, such as the ratio of threshold and prediction in a like field.
    progress : callable, optional
        Is told the share done.

    Returns
    -------
    Thresholds
        In the order of the fibres.

    Raises
    ------
    ParameterError
        If fibres, potentials, watched nodes or guesses do not fit each other, the stimulus is empty, a number is not
        finite, or a tolerance or bound is not above 0.

    Examples
    --------
    >>> from rheobase.nerve import uniform_fibre
    >>> fibre = uniform_fibre("mrg_discrete", diameter_um=10.0, nodes=21)
    >>> r_mm = np.hypot(1.0, (fibre.arc_um - 11500) / 1000)  # a point source 1 mm from the middle node
    >>> phi = 1.0 / (4 * np.pi * 0.3 * r_mm * 1e-3)  # mV per mA at 0.3 S/m
    >>> cathodic = stimulus_from_segments([(0.1, -1.0)], tail_ms=3.0, dt_ms=0.005)
    >>> found = activation_thresholds([fibre], [phi[None]], cathodic)
    >>> print(f"{found.threshold_mA[0]:.2f} mA")
    0.18 mA
    """
    if len(fibres) != len(potential_mV_per_mA):
        raise ParameterError(
            f"{len(fibres)} fibres but {len(potential_mV_per_mA)} potentials; give one potential a fibre."
        )
    if not (tolerance > 0 and 0 < upper_mA < np.inf):
        raise ParameterError(f"tolerance is {tolerance} and upper_mA is {upper_mA} mA; both must be above 0.")
    if not stimulus.samples.any():
        raise ParameterError("All samples of the stimulus are zero; there is no threshold to find. Give a pulse.")
    for fibre, potential in zip(fibres, potential_mV_per_mA, strict=True):
        check_potential(fibre, potential, stimulus)
    _check_lists(fibres, watch, need, guess_mA)
    _check_lists(fibres, None, need, guess_factor)
    order = np.argsort([-f.nodes for f in fibres], kind="stable")
    groups = _groups(fibres, order)
    watched = np.array([int(0.9 * (f.nodes - 1)) for f in fibres] if watch is None else watch, dtype=np.int64)
    if need > 0:
        watched[:] = -1
    shared = _Search(stimulus, need, tolerance, upper_mA, true_start)
    out = Thresholds(
        threshold_mA=np.full(len(fibres), np.inf),
        lower_mA=np.zeros(len(fibres)),
        status=np.zeros(len(fibres), dtype=np.int64),
        start_node=np.full(len(fibres), -1, dtype=np.int64),
        predicted_mA=np.full(len(fibres), np.nan),
        simulations=0,
    )
    done = [0, 0]

    def work(group: NDArray[np.intp]) -> None:
        chosen = [fibres[i] for i in group]
        chunk = make_chunk(
            chosen, [potential_mV_per_mA[i] for i in group], dt_ms=stimulus.dt_ms, temperature_C=temperature_C
        )
        alive = np.array([f.nodes - f.silent_nodes for f in chosen])
        begin = None if guess_mA is None else np.asarray(guess_mA, dtype=float)[group]
        if begin is None:
            out.predicted_mA[group] = shared.predict(chunk)[: len(group)]
            factor = None if guess_factor is None else np.asarray(guess_factor, dtype=float)[group]
        else:
            factor = np.ones(len(group))
        start = out.predicted_mA[group] if begin is None else begin
        result, simulations = shared.solve(chunk, watched[group], alive, start, factor)
        out.threshold_mA[group], out.lower_mA[group], out.status[group], out.start_node[group] = result
        done[0] += len(group)
        done[1] += simulations
        if progress is not None:
            progress(done[0] / len(fibres))

    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        list(pool.map(work, groups))
    return Thresholds(
        threshold_mA=out.threshold_mA, lower_mA=out.lower_mA, status=out.status, start_node=out.start_node,
        predicted_mA=out.predicted_mA, simulations=done[1],
    )  # fmt: skip


def _check_lists(
    fibres: Sequence[Fibre], watch: Sequence[int] | None, need: int, guess_mA: Sequence[float] | Array | None
) -> None:
    """Refuse watched nodes and guesses that do not fit the fibres."""
    for name, given in (("watch", watch), ("guess_mA", guess_mA)):
        if given is not None and len(given) != len(fibres):
            raise ParameterError(f"{name} has {len(given)} entries for {len(fibres)} fibres; give one a fibre.")
    shortest = min((f.nodes for f in fibres), default=0)
    if not 0 <= need <= shortest:
        raise ParameterError(f"need is {need}; the shortest fibre has {shortest} nodes. Ask for 0 (off) to that many.")
    for node, fibre in zip(() if watch is None else watch, () if watch is None else fibres, strict=True):
        if not 0 <= node < fibre.nodes:
            raise ParameterError(f"watch is node {node}, but the fibre has nodes 0 to {fibre.nodes - 1}.")
    if guess_mA is not None and not (np.asarray(guess_mA) > 0).all():
        raise ParameterError("guess_mA holds a value that is not above 0 mA; leave guess_mA out where none is known.")


def _groups(fibres: Sequence[Fibre], order: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    """Cut the fibres, longest first, into chunks of like length, membrane and ends."""
    keyed: dict[tuple, list[int]] = {}
    for i in order:
        f = fibres[i]  # passive ends of a block must lie at the same nodes
        keyed.setdefault((f.model.gates, f.passive_ends, f.nodes if f.passive_ends else 0), []).append(int(i))
    out = []
    for members in keyed.values():
        lanes = LANES * max(1, min(8, 320 // max(fibres[members[0]].nodes, 1)))
        out += [np.array(members[a : a + lanes]) for a in range(0, len(members), lanes)]
    return out


def _fill(values: NDArray, lanes: int) -> NDArray:
    """Repeat the last value so that every lane has one."""
    return np.append(values, np.repeat(values[-1:], lanes - len(values)))


@dataclass(frozen=True, slots=True)
class _Search:
    """Bracket, then bisect, every lane of a chunk at once."""

    stimulus: Stimulus
    need: int
    tolerance: float
    upper_mA: float
    true_start: bool

    def solve(
        self,
        chunk: Chunk,
        watch: NDArray[np.int64],
        alive: NDArray[np.intp],
        begin_mA: Array,
        factor: Array | None,
    ) -> tuple[tuple[Array, Array, NDArray, NDArray], int]:
        lanes, count = chunk.blocks * LANES, chunk.count
        watched, alive = _fill(watch, lanes), _fill(alive, lanes)
        cut = np.arange(chunk.n_nodes)[None, :] >= alive[:, None]
        low, high = np.zeros(lanes), np.full(lanes, np.inf)
        trial = _fill(begin_mA if factor is None else begin_mA * factor, lanes)
        trial = np.clip(trial, 1e-6, self.upper_mA / 1.5)
        start = np.full(lanes, -1, dtype=np.int64)
        growth = np.full(lanes, _GROWTH if begin_mA is None else 1.05)
        closed = 1.0 + self.tolerance
        open_ = np.ones(lanes, dtype=bool)
        spontaneous = np.zeros(lanes, dtype=bool)
        # A silent amplitude at which nodes fired in vain may lie beyond a block, with the threshold below it. The
        # search then turns once, goes down from the lowest such amplitude, and comes back if nothing fires there.
        vain_mA, clean_mA = np.full(lanes, np.inf), np.zeros(lanes)
        turned, descending = np.zeros(lanes, dtype=bool), np.zeros(lanes, dtype=bool)
        kept = [low.copy(), high.copy(), start.copy()]
        open_[count:] = False
        simulations = 0
        while open_.any():
            simulations += int(open_.sum())
            fired, spikes = self._fires(chunk, np.where(open_, trial, 0.0), watched, open_)
            up, down = open_ & ~fired, open_ & fired
            low[up & ~descending] = trial[up & ~descending]
            high[down] = trial[down]
            spikes = np.where((spikes < 0) | cut, np.inf, spikes)  # a silent node cannot start a spike
            first = spikes.argmin(axis=1)
            start[down] = first[down]
            vain = up & np.isfinite(spikes).any(axis=1)
            vain_mA[vain] = np.minimum(vain_mA, trial)[vain]
            clean = up & ~vain
            clean_mA[clean] = np.maximum(clean_mA, trial)[clean]
            spontaneous |= open_ & (high < _SPONTANEOUS_MA)
            back = descending & clean
            for values, before in zip((low, high, start), kept, strict=True):
                values[back] = before[back]
            ended = open_ & ~descending & ((low >= self.upper_mA * 0.999) & up | (low > 0) & (high <= low * closed))
            turns = ended & ~turned & (vain_mA <= low) & (vain_mA > clean_mA * _DESCENT)
            for values, before, blank in zip((low, high, start), kept, (0.0, np.inf, -1), strict=True):
                before[turns], values[turns] = values[turns], blank
            turned |= turns
            descending = (descending & ~down) | turns
            open_ &= ~(spontaneous | back | (ended & ~turns))
            bracketed = (low > 0) & np.isfinite(high)
            stepped = np.where(np.isfinite(high), trial / growth, np.minimum(trial * growth, self.upper_mA))
            trial = np.where(bracketed, np.sqrt(low * np.where(np.isfinite(high), high, 1.0)), stepped)
            trial = np.where(descending, vain_mA / _DESCENT, trial)
            growth = np.where(turns, _GROWTH, np.where(bracketed | descending, growth, np.minimum(growth**1.5, 3.0)))
        status = np.where(spontaneous, Status.SPONTANEOUS, Status.FOUND)
        none = ~np.isfinite(high)
        status[none] = np.where(np.isfinite(vain_mA[none]), Status.VIRTUAL_ANODE_BLOCK, Status.BOUND_EXCEEDED)
        at_end = start >= alive - _END_NODES
        if not self.true_start:
            at_end |= (start >= 0) & (start < _END_NODES)
        status[at_end & (status == Status.FOUND)] = Status.END_EXCITATION
        return (high[:count], low[:count], status[:count], start[:count]), simulations

    def predict(self, chunk: Chunk) -> Array:
        """Where to begin: the amplitude that would depolarise some node by 20 mV if the fibre were linear.

        Tried with 2 mV: much less drowns in rounding, much more wakes the channels.
        """
        drive = np.abs(chunk.fixed["node_drive"]).reshape(chunk.blocks, -1, LANES).max(axis=1).ravel()
        trial = 1e-3 / np.maximum(drive, 1e-9)  # of each lane alone: what shares a chunk must not matter
        for _ in range(2):
            best_mV = self._risen_mV(chunk, trial)
            trial = trial * np.where(best_mV > 0, _PROBE_MV / np.maximum(best_mV, 1e-6), 10.0)
        steps = np.count_nonzero(self.stimulus.samples[0]) / max(len(self.stimulus.breaks), 1)
        width_ms = max(steps, 1.0) * chunk.dt_ms  # the longer the phase, the less depolarisation it takes
        return trial * (_FIRST_GUESS_MV / _PROBE_MV) * (0.42 + 0.107 / width_ms**0.7)

    def _risen_mV(self, chunk: Chunk, amplitude_mA: Array) -> Array:
        """Highest rise of any node at the end of a phase, for every lane."""
        state = tuple(s.copy() for s in chunk.state)
        shape = (chunk.blocks, chunk.n_nodes, LANES)
        best = np.zeros(chunk.blocks * LANES)
        begin = self.stimulus.onset
        for end in self.stimulus.breaks:
            run(chunk.fixed, state, chunk.blocks, self.stimulus.samples[:, begin:end], amplitude_mA, watch=None)
            best = np.maximum(best, (state[0] - chunk.state[0]).reshape(shape).max(axis=1).ravel())
            begin = end
        return best

    def _fires(
        self, chunk: Chunk, amplitude_mA: Array, watch: NDArray[np.int64], open_: NDArray[np.bool_]
    ) -> tuple[NDArray, NDArray]:
        rest = chunk.model.rest_mV
        quiet_mV, quiet_after_ms = _QUIET[chunk.model.cable]
        onset = self.stimulus.onset  # nothing happens before
        quiet_from = round((self.stimulus.pulse_end_ms + quiet_after_ms) / chunk.dt_ms) - onset
        out = run(
            chunk.fixed, tuple(s.copy() for s in chunk.state), chunk.blocks, self.stimulus.samples[:, onset:],
            amplitude_mA, waited_for=open_,
            watch=watch, need=np.full(len(watch), self.need, np.int64), level_mV=SPIKE_MV - rest,
            rest_mV=chunk.state[0], quiet_mV=quiet_mV, quiet_from=quiet_from,
        )  # fmt: skip
        return out.done == 1, out.spike_step
