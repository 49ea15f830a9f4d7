"""Conduction block by kilohertz currents: the smallest amplitude at which no spike gets through any more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import ParameterError
from rheobase.nerve.activation import Activation
from rheobase.nerve.assemble import make_chunk
from rheobase.nerve.chunk import SPIKE_MV, Chunk
from rheobase.nerve.fibre import Fibre, UniformFibres
from rheobase.nerve.layout import padded
from rheobase.nerve.lots import Potential, check_lists, each_lot
from rheobase.nerve.model import Array
from rheobase.nerve.run import run
from rheobase.nerve.search import Found, Grid, search
from rheobase.nerve.stimulus import Stimulus

_TEST = {"double": (3.0, 0.1), "insulated": (3.0, 0.1), "continuous": (0.5, 1.0)}  # nA and ms that start a spike
# Above a block strong currents may fire the fibre anew, farther along. So the search begins low, where the carrier has
# just begun to fire the fibre (as a multiple of the linear prediction), and goes up by short strides.
_BEGIN_FACTOR, _STRIDE_FACTOR = 0.8, 1.1


class BlockStatus(IntEnum):
    """How the search for a fibre's block threshold ended; `remedy` says what to do about it."""

    FOUND = 0
    BOUND_EXCEEDED = 1
    NO_TEST_SPIKE = 2
    NEVER_FIRES = 3

    @property
    def remedy(self) -> str:
        """What the status means and what to do."""
        return _REMEDY[self]


_REMEDY = {
    BlockStatus.FOUND: "Spikes get through at lower_mA and do not at threshold_mA; both were simulated.",
    BlockStatus.BOUND_EXCEEDED: "Spikes get through up to upper_mA. Raise upper_mA, or move the electrode nearer.",
    BlockStatus.NO_TEST_SPIKE: "The test spike does not arrive even without the carrier. Raise current_nA or width_ms,"
    " lengthen the carrier after settle_ms, or watch a nearer node.",
    BlockStatus.NEVER_FIRES: "The carrier fires the fibre at no amplitude that was tried, so there is nothing to fall"
    " silent. Give test_period_ms, which sends spikes of its own.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockThresholds:
    """Block thresholds of fibres, one entry each.

    Parameters
    ----------
    threshold_mA : array
        Smallest amplitude found to block; infinity where the status says that none does.
    lower_mA : array
        Largest amplitude below it found not to block.
    status : int array
        `BlockStatus` of each fibre.
    simulations : int
        Simulations of one fibre that were needed, in all.

    Examples
    --------
    >>> one = np.array([1.0])
    >>> BlockThresholds(threshold_mA=one, lower_mA=0.99 * one, status=np.array([0]), simulations=8).counts()
    {'FOUND': 1}
    """

    threshold_mA: Array
    lower_mA: Array
    status: NDArray[np.int64]
    simulations: int

    def counts(self) -> dict[str, int]:
        """Return how many fibres ended with which status."""
        return {s.name: int((self.status == s).sum()) for s in BlockStatus if (self.status == s).any()}


def block_thresholds(
    fibres: Sequence[Fibre],
    potential_mV_per_mA: Potential,
    carrier: Stimulus,
    *,
    settle_ms: float,
    test_period_ms: float | None = 5.0,
    current_nA: float | None = None,
    width_ms: float | None = None,
    watch: Sequence[int] | None = None,
    tolerance: float = 0.01,
    upper_mA: float = 200.0,
    temperature_C: float = 37.0,
    guess_mA: Sequence[float] | Array | None = None,
    progress: Callable[[float], None] | None = None,
) -> BlockThresholds:
    """Find the amplitude from which on a carrier lets no spike pass.

    A fibre is blocked when no spike arrives at the watched node from `settle_ms` to the end of the carrier. With
    intrinsic activity, test spikes are sent from near the first node all the time; without, the carrier itself must
    have fired the fibre when it began. Amplitudes are steps of one grid, as in `activation_thresholds`. Beyond a block
    stronger currents may fire the fibre anew; found is the first edge above the amplitude that fires it, or above
    `guess_mA`, in strides of 10 %.

    Parameters
    ----------
    fibres : sequence of Fibre
        Any models and lengths; `UniformFibres` for very many.
    potential_mV_per_mA : sequence of array, array or callable
        As for `activation_thresholds`.
    carrier : Stimulus
        Usually ``stimulus_of(sine_carrier(10_000, 50_000), tail_ms=0.0)``.
    settle_ms : float
        Length of the onset response, which does not count; above 0 and below the length of the carrier.
    test_period_ms : float, optional
        A test spike every so many ms; None for no intrinsic activity.
    current_nA, width_ms : float, optional
        Current that starts a test spike; by default 3 nA for 0.1 ms in myelinated and 0.5 nA for 1 ms in other fibres.
    watch : sequence of int, optional
        Node of each fibre at which spikes arrive; by default 90 % of the way along.
    tolerance, upper_mA, temperature_C
        As for `activation_thresholds`.
    guess_mA : sequence of float, optional
        Where to begin; it changes the effort, not the promise.
    progress : callable, optional
        Is told the share done.

    Returns
    -------
    BlockThresholds
        In the order of the fibres.

    Raises
    ------
    ParameterError
        If a number is out of its range, or fibres, potentials, nodes and guesses do not fit each other.

    Examples
    --------
    >>> from rheobase.nerve import stimulus_of, uniform_fibre
    >>> from rheobase.pulse import sine_carrier
    >>> fibre = uniform_fibre("mrg_discrete", diameter_um=10.0, nodes=21)
    >>> r_mm = np.hypot(1.0, (fibre.arc_um - 11500) / 1000)  # a point source 1 mm from the middle node
    >>> phi = 1.0 / (4 * np.pi * 0.3 * r_mm * 1e-3)
    >>> carrier = stimulus_of(sine_carrier(10_000, 20_000), tail_ms=0.0)
    >>> found = block_thresholds([fibre], [phi[None]], carrier, settle_ms=12.0)
    >>> found.counts()
    {'FOUND': 1}
    """
    _check(carrier, settle_ms, test_period_ms, tolerance, upper_mA)
    check_lists(fibres, watch, 0, guess_mA)
    count = len(fibres)
    threshold, lower = np.full(count, np.inf), np.zeros(count)
    status = np.zeros(count, dtype=np.int64)

    def solve(index: NDArray[np.intp], lot: Sequence[Fibre], potential: Any) -> int:
        some = [lot[0]] if isinstance(lot, UniformFibres) else lot
        nodes = np.broadcast_to([f.nodes for f in some], len(lot))
        watched = (0.9 * (nodes - 1)).astype(int) if watch is None else np.asarray(watch)[index]
        tests = _tests(lot[0], carrier, test_period_ms, current_nA, width_ms)
        job = _Block.of(lot, potential, carrier, tests, nodes, watched, settle_ms, temperature_C)
        grid = Grid(tolerance, upper_mA, max(_STRIDE_FACTOR, 1.0 + tolerance))
        told = None if guess_mA is None else np.asarray(guess_mA, dtype=float)[index]
        threshold[index], lower[index], status[index], simulations = job.solve(grid, told)
        return simulations

    done = each_lot(fibres, potential_mV_per_mA, carrier, solve, progress)
    return BlockThresholds(threshold_mA=threshold, lower_mA=lower, status=status, simulations=done)


def _check(carrier: Stimulus, settle_ms: float, test_period_ms: float | None, tolerance: float, upper: float) -> None:
    length_ms = carrier.samples.shape[1] * carrier.dt_ms
    if not carrier.dt_ms <= settle_ms < length_ms:
        raise ParameterError(
            f"settle_ms is {settle_ms} ms; it must be above 0 and below the length of the carrier, {length_ms:g} ms."
        )
    if test_period_ms is not None and not carrier.dt_ms <= test_period_ms <= length_ms - settle_ms:
        raise ParameterError(
            f"test_period_ms is {test_period_ms} ms; at least one test spike must fall into the"
            f" {length_ms - settle_ms:g} ms after settle_ms. Shorten it, lengthen the carrier, or give None"
            " for no intrinsic activity."
        )
    if not (tolerance > 0 and 0 < upper < np.inf):
        raise ParameterError(f"tolerance is {tolerance} and upper_mA is {upper} mA; both must be above 0.")


def _tests(
    like: Fibre, carrier: Stimulus, period_ms: float | None, current_nA: float | None, width_ms: float | None
) -> Array | None:
    """Current of the test spikes over time, in nA."""
    if period_ms is None:
        return None
    usual_nA, usual_ms = _TEST[like.model.cable]
    height = usual_nA if current_nA is None else current_nA
    steps, period = carrier.samples.shape[1], round(period_ms / carrier.dt_ms)
    width = round((usual_ms if width_ms is None else width_ms) / carrier.dt_ms)
    if not (np.isfinite(height) and 1 <= width < period):
        raise ParameterError(
            f"current_nA is {height} nA and width_ms {width * carrier.dt_ms:g} ms; the current must be finite, the"
            f" width at least one step and shorter than test_period_ms ({period_ms:g} ms)."
        )
    return np.where(np.arange(steps) % period < width, height, 0.0)


@dataclass(frozen=True, slots=True)
class _Block:
    """A chunk with the source of test spikes, and what counts as blocked."""

    chunk: Chunk
    carrier: Stimulus
    waveform: Array
    watch: NDArray[np.int64]
    settle: int

    @staticmethod
    def of(
        fibres: Sequence[Fibre], potential: Any, carrier: Stimulus, tests: Array | None, nodes: NDArray,
        watch: NDArray, settle_ms: float, temperature_C: float,
    ) -> _Block:  # fmt: skip
        """Lay fibres out; a test current enters at a tenth of the nodes."""
        at = None if tests is None else [(int(0.1 * (n - 1)),) for n in nodes]
        chunk = make_chunk(fibres, potential, dt_ms=carrier.dt_ms, temperature_C=temperature_C, current_nodes=at)
        wave = carrier.samples if tests is None else np.concatenate([carrier.samples, tests[None]])
        watched = padded(np.asarray(watch, dtype=np.int64), chunk.layout.lanes)
        return _Block(chunk, carrier, wave, watched, round(settle_ms / carrier.dt_ms))

    @property
    def tested(self) -> bool:
        """Whether test spikes are sent."""
        return len(self.waveform) > len(self.carrier.samples)

    def probe(
        self, chunk: Chunk, who: NDArray[np.intp], amplitude_mA: Array, asked: NDArray[np.bool_]
    ) -> tuple[NDArray, NDArray, NDArray]:
        """Simulate; see `rheobase.nerve.search.Probe`. Blocked is beyond the edge."""
        amplitude = np.repeat(amplitude_mA[:, None], len(self.waveform), axis=1)
        if self.tested:
            amplitude[:, -1] = 1.0
        state, watch = chunk.fresh(), self.watch[who]
        level_mV = SPIKE_MV - chunk.model.rest_mV
        begun = run(chunk, state, self.waveform[:, : self.settle], amplitude, level_mV=level_mV, waited_for=asked)
        out = run(
            chunk, state, self.waveform[:, self.settle :], amplitude, level_mV=level_mV, watch=watch, waited_for=asked
        )
        fired_first = (chunk.layout.carries & (begun.spike_step >= 0)).any(axis=1)
        silent = out.done != 1
        blocked = silent if self.tested else silent & fired_first
        return blocked, np.zeros_like(blocked), np.where(fired_first, 0, -1)

    def solve(self, grid: Grid, guess_mA: Array | None) -> tuple[Array, Array, NDArray, int]:
        """Thresholds, lower sides, statuses and simulations."""
        chunk, count = self.chunk, self.chunk.layout.count
        held = np.full((chunk.layout.lanes, len(self.waveform)), np.nan)
        if self.tested:
            held[:, -1] = 0.0
        if guess_mA is None:
            guess_mA = _BEGIN_FACTOR * Activation(chunk, self.carrier_alone, self.watch, 0, held).predict()[:count]
        found = Found.nothing(grid, count)
        found.open(np.arange(count), guess_mA, np.full(count, np.log(grid.stride_factor)))
        simulations = search(chunk, found, self.probe)
        status = np.where(found.has_high, BlockStatus.FOUND, BlockStatus.BOUND_EXCEEDED).astype(np.int64)
        if self.tested:
            asked = np.ones(chunk.layout.lanes, dtype=bool)
            blocked, _, _ = self.probe(chunk, np.arange(chunk.layout.lanes), np.zeros(chunk.layout.lanes), asked)
            simulations += count
            status[blocked[:count]] = BlockStatus.NO_TEST_SPIKE
        else:
            status[~found.has_high & ~self._ever_fires(grid)] = BlockStatus.NEVER_FIRES
        blocks = np.where(status == BlockStatus.FOUND, found.high_mA, np.inf)
        return blocks, found.low_mA, status, simulations

    def _ever_fires(self, grid: Grid) -> NDArray[np.bool_]:
        """Whether the carrier fires a fibre at its largest amplitude."""
        lanes = self.chunk.layout.lanes
        top = np.full(lanes, grid.upper_mA)
        _, _, first = self.probe(self.chunk, np.arange(lanes), top, np.ones(lanes, dtype=bool))
        return first[: self.chunk.layout.count] >= 0

    @property
    def carrier_alone(self) -> Stimulus:
        """The carrier with a silent row for the test current, if there is one."""
        samples = np.concatenate([self.carrier.samples, np.zeros((1, self.carrier.samples.shape[1]))])
        whole = samples if self.tested else self.carrier.samples
        return Stimulus(samples=whole, dt_ms=self.carrier.dt_ms, pulse_end_ms=self.carrier.pulse_end_ms)
