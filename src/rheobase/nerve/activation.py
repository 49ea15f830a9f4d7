"""Whether fibres fire at an amplitude, and where the edge lies: the work behind `activation_thresholds`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.kernel import first_starts
from rheobase.nerve.assemble import make_chunk
from rheobase.nerve.chunk import SPIKE_MV, Chunk, quiet_of
from rheobase.nerve.fibre import Fibre
from rheobase.nerve.layout import by_lane, padded
from rheobase.nerve.model import Array
from rheobase.nerve.run import run
from rheobase.nerve.search import Found, Grid, search
from rheobase.nerve.stimulus import Stimulus

_FIRST_GUESS_MV = 20.0  # depolarisation at which a node is about to fire; only where the search begins
_PROBE_MV = 2.0
_FORETOLD_PHASES = 8  # of a long stimulus
_SPONTANEOUS_MA = 1e-7  # a fibre that fires at so little would fire at none
_LN_SPREAD, _LN_SPREAD_TOLD = 0.10, 0.03  # how far off a first guess is, and one that was told
_PILOTS, _PILOTS_FROM = 16, 48  # fibres solved first, and from how many on that pays


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """What the search found for each fibre.

    Parameters
    ----------
    threshold_mA, lower_mA : array
        Smallest amplitude found to fire (infinity if none) and largest found silent.
    start_node : int array
        Where the spike starts at threshold, -1 if unknown.
    vain, spontaneous : bool array
        Whether nodes fired in vain below; whether the fibre fires without a stimulus.
    """

    threshold_mA: Array
    lower_mA: Array
    start_node: NDArray[np.int64]
    vain: NDArray[np.bool_]
    spontaneous: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Activation:
    """A chunk, and what counts as firing.

    Parameters
    ----------
    chunk : Chunk
        The fibres.
    stimulus : Stimulus
        What the sources do.
    watch : int array, shape (lane,)
        Node that a spike must pass, -1 for none.
    need : int
        How many nodes must fire instead.
    held : array, shape (lane, source)
        Held amplitudes, NaN for searched sources.
    """

    chunk: Chunk
    stimulus: Stimulus
    watch: NDArray[np.int64]
    need: int
    held: Array

    @staticmethod
    def of(
        fibres: Sequence[Fibre], potential: Any, stimulus: Stimulus, watch: NDArray, need: int, held: Array,
        temperature_C: float,
    ) -> Activation:  # fmt: skip
        """Lay fibres out."""
        chunk = make_chunk(fibres, potential, dt_ms=stimulus.dt_ms, temperature_C=temperature_C)
        lanes = chunk.layout.lanes
        watched = padded(np.asarray(watch, dtype=np.int64), lanes)
        return Activation(chunk, stimulus, np.full(lanes, -1) if need > 0 else watched, need, padded(held, lanes))

    def amplitudes(self, who: NDArray[np.intp], amplitude_mA: Array) -> Array:
        """Amplitude of every source, (lane, source), where the searched ones have the one given."""
        held = self.held[who]
        return np.where(np.isnan(held), amplitude_mA[:, None], held)

    def probe(
        self, chunk: Chunk, who: NDArray[np.intp], amplitude_mA: Array, asked: NDArray[np.bool_]
    ) -> tuple[NDArray, NDArray, NDArray]:
        """Simulate; see `rheobase.nerve.search.Probe`."""
        quiet_mV, _, quiet_after_ms = quiet_of(chunk.model)
        # Nothing happens before, unless the membrane is one that 40 long steps do not bring quite to rest.
        onset = self.stimulus.onset if chunk.model.membrane is None else 0
        out = run(
            chunk, chunk.fresh(), self.stimulus.samples[:, onset:],
            self.amplitudes(who, amplitude_mA), watch=self.watch[who], need=np.full(len(who), self.need, np.int64),
            level_mV=SPIKE_MV - chunk.model.rest_mV, quiet_mV=quiet_mV, waited_for=asked,
            quiet_from=round((self.stimulus.pulse_end_ms + quiet_after_ms) / chunk.dt_ms) - onset,
        )  # fmt: skip
        # A node without channels cannot start a spike.
        fired, start = out.done == 1, np.empty(len(who), np.int64)
        first_starts(out.spike, chunk.layout.carries, start)
        return fired, (start >= 0) & ~fired, start

    def solve(self, grid: Grid, guess_mA: Array | None, factor: Array | None) -> tuple[Edges, Array, int]:
        """Find the edges, what the linear fibre foretold, and the number of simulations."""
        count = self.chunk.layout.count
        found, everyone = Found.nothing(grid, count), np.arange(count)
        if guess_mA is not None:
            simulations = self._search(found, everyone, guess_mA, _LN_SPREAD_TOLD)
            return self._edges(found), np.full(count, np.nan), simulations
        foretold = self.predict()[:count]
        if factor is not None:
            simulations = self._search(found, everyone, foretold * factor, _LN_SPREAD_TOLD)
        elif count < _PILOTS_FROM:
            simulations = self._search(found, everyone, foretold, _LN_SPREAD)
        else:
            simulations = self._with_pilots(found, foretold)
        return self._edges(found), foretold, simulations

    def _with_pilots(self, found: Found, foretold: Array) -> int:
        """Solve some fibres first: the ratio of threshold and prediction varies smoothly over the others."""
        count = len(foretold)
        order = np.argsort(foretold, kind="stable")
        chosen = order[np.linspace(0, count - 1, _PILOTS).round().astype(int)]
        simulations = self._search(found, chosen, foretold[chosen], _LN_SPREAD)
        ln_ratio = np.log(found.high_mA[chosen] / foretold[chosen])
        ratio, spread = _fitted(self._features(foretold), chosen, ln_ratio)
        rest = np.setdiff1d(np.arange(count), chosen)
        return simulations + self._search(found, rest, (foretold * np.exp(ratio))[rest], spread)

    def _features(self, foretold: Array) -> Array:
        """What the ratio may depend on: prediction and size, and their squares."""
        layout = self.chunk.layout
        size = np.log(layout.kinds.fibre_um[layout.kind[: len(foretold), 0]])
        level = np.log(foretold)
        a, b = (x - x.mean() for x in (size, level))
        return np.stack([np.ones_like(a), a, b, a * a, a * b, b * b], axis=1)

    def _search(self, found: Found, fibres: NDArray[np.intp], begin_mA: Array, ln_spread: float) -> int:
        found.open(fibres, begin_mA, np.full(len(fibres), ln_spread))
        return search(self.chunk, found, self.probe, _SPONTANEOUS_MA)

    def _edges(self, found: Found) -> Edges:
        return Edges(
            threshold_mA=found.high_mA,
            lower_mA=found.low_mA,
            start_node=found.start,
            vain=found.has_vain,
            spontaneous=found.fires_at(_SPONTANEOUS_MA),
        )

    def near_end(self, start_node: NDArray[np.int64], within: int, true_start: bool) -> NDArray[np.bool_]:
        """Whether a spike starts at a cut end of its fibre."""
        layout = self.chunk.layout
        count = layout.count
        ends = layout.ends[:count].copy()
        alive = (layout.nodes - layout.silent)[:count]
        cut = np.flatnonzero(layout.silent[:count] > 0)
        ends[cut, alive[cut] - 1] = True
        if true_start:
            ends[:, 0] = False
        near = ends.copy()
        child, parent = np.arange(1, layout.n_nodes), layout.parent[1:]
        for _ in range(within - 1):  # spread to the neighbours
            wider = near.copy()
            for node in child:
                wider[:, layout.parent[node]] |= near[:, node]
            wider[:, child] |= near[:, parent]
            near = wider
        return (start_node >= 0) & near[np.arange(count), np.maximum(start_node, 0)]

    def predict(self) -> Array:
        """Where to begin: the amplitude that would depolarise some node by 20 mV if the fibre were linear.

        Tried with 2 mV: much less drowns in rounding, much more wakes the channels.
        """
        chunk = self.chunk
        drive = np.abs(by_lane(chunk.lane_arrays["node_drive"], chunk.blocks)).max(axis=1)
        trial = 1e-3 / np.maximum(drive, 1e-9)  # of each lane alone: what shares a chunk must not matter
        for _ in range(2):
            best_mV = self._risen_mV(trial)
            trial = trial * np.where(best_mV > 0, _PROBE_MV / np.maximum(best_mV, 1e-6), 10.0)
        steps = np.count_nonzero(self.stimulus.samples[0]) / max(len(self.stimulus.breaks), 1)
        width_ms = max(steps, 1.0) * chunk.dt_ms  # the longer the phase, the less depolarisation it takes
        return trial * (_FIRST_GUESS_MV / _PROBE_MV) * (0.42 + 0.107 / width_ms**0.7)

    def _risen_mV(self, amplitude_mA: Array) -> Array:
        """Highest rise of any node at the end of a phase, for every lane."""
        chunk = self.chunk
        state = chunk.fresh()
        best = np.zeros(chunk.layout.lanes)
        begin, searched = self.stimulus.onset, np.isnan(self.held)
        for end in self.stimulus.breaks[:_FORETOLD_PHASES]:
            run(chunk, state, self.stimulus.samples[:, begin:end], np.where(searched, amplitude_mA[:, None], 0.0))
            rise = np.where(chunk.layout.carries, by_lane(state[0] - chunk.state[0], chunk.blocks), 0.0)
            best = np.maximum(best, rise.max(axis=1))
            begin = end
        return best


def _fitted(features: Array, chosen: NDArray[np.intp], ln_ratio: Array) -> tuple[Array, float]:
    """The ratio of every fibre from that of the chosen ones, and how far off it may be."""
    known = np.isfinite(ln_ratio)
    if known.sum() < 2 * features.shape[1]:
        return np.zeros(len(features)), _LN_SPREAD
    x, y = features[chosen[known]], ln_ratio[known]
    weights = np.linalg.lstsq(x, y, rcond=1e-6)[0]
    off = y - x @ weights
    return features @ weights, float(min(np.sqrt((off**2).sum() / max(known.sum() - x.shape[1], 1)), _LN_SPREAD))
