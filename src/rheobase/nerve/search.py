"""Search for the edge between two outcomes, in amplitude, for all lanes of a chunk at once.

Amplitudes lie on one geometric grid, each a tolerance above the last, so what is found does not depend on where the
search began or on which fibres share the chunk: the edge is a step of the grid of which both sides were simulated.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rheobase.kernel import LANES
from rheobase.nerve.chunk import Chunk
from rheobase.nerve.model import Array

_DESCENT = 0.05  # of ln amplitude, below a block
_NONE = np.iinfo(np.int64).min // 4  # no grid point known

# Of a chunk, the lanes, their amplitudes and which of them are wanted: whether each is beyond the edge, whether a spike
# started but did not arrive, and the node at which the first one started.
Probe = Callable[[Chunk, NDArray[np.intp], Array, NDArray[np.bool_]], tuple[NDArray, NDArray, NDArray]]


@dataclass(frozen=True, slots=True)
class Grid:
    """The amplitudes that may be tried: ``(1 + tolerance) ** k`` mA up to an upper bound, which is the last."""

    tolerance: float
    upper_mA: float
    stride_factor: float = 3.0  # neighbouring trials lie no farther apart, lest an edge be stepped over

    @property
    def farthest(self) -> int:
        """Longest stride, in steps."""
        return self.steps(np.log(self.stride_factor))

    @property
    def ln_step_ratio(self) -> float:
        """Distance of neighbours in ln amplitude; a hair less than the tolerance, for rounding."""
        return float(np.log1p(self.tolerance * (1.0 - 1e-9)))

    @property
    def top(self) -> int:
        """Index of the upper bound."""
        return int(np.ceil(np.log(self.upper_mA) / self.ln_step_ratio))

    def amplitude_mA(self, k: NDArray[np.int64]) -> Array:
        """Amplitude at each index."""
        return np.minimum(np.exp(np.minimum(k, self.top) * self.ln_step_ratio), self.upper_mA)

    def nearest(self, amplitude_mA: Array) -> NDArray[np.int64]:
        """Index nearest to each amplitude."""
        with np.errstate(divide="ignore"):
            k = np.log(np.maximum(amplitude_mA, 1e-12)) / self.ln_step_ratio
        return np.minimum(np.rint(k), self.top).astype(np.int64)

    def steps(self, ln_ratio: float) -> int:
        """How many steps a distance in ln amplitude comes to, at least 1."""
        return max(1, round(ln_ratio / self.ln_step_ratio))


@dataclass(slots=True)
class Found:
    """What the search knows of each fibre; indices into the grid, `_NONE` where it knows none.

    A silent amplitude at which nodes fired in vain may lie beyond a block, with the threshold below it. The search then
    turns once, goes down from the lowest such amplitude, and comes back if nothing fires there.
    """

    low: NDArray[np.int64]
    high: NDArray[np.int64]
    start: NDArray[np.int64]
    vain: NDArray[np.int64]
    clean: NDArray[np.int64]
    trial: NDArray[np.int64]
    step: NDArray[np.int64]
    open_: NDArray[np.bool_]
    turned: NDArray[np.bool_]
    descending: NDArray[np.bool_]
    kept: tuple[NDArray, NDArray, NDArray] = field(init=False)

    def __post_init__(self) -> None:
        self.kept = (self.low.copy(), self.high.copy(), self.start.copy())

    @staticmethod
    def begin(count: int, trial: NDArray[np.int64], step: NDArray[np.int64]) -> Found:
        """Nothing known yet."""
        none = np.full(count, _NONE)
        no = np.zeros(count, dtype=bool)
        return Found(
            low=none.copy(), high=none.copy(), start=np.full(count, -1), vain=none.copy(), clean=none.copy(),
            trial=trial.copy(), step=step.copy(), open_=~no, turned=no.copy(), descending=no.copy(),
        )  # fmt: skip

    def low_mA(self, grid: Grid) -> Array:
        """Largest amplitude known on the near side of the edge, 0 where none is."""
        return np.where(self.low != _NONE, grid.amplitude_mA(self.low), 0.0)

    def high_mA(self, grid: Grid) -> Array:
        """Smallest amplitude known beyond the edge, infinity where none is."""
        return np.where(self.has_high, grid.amplitude_mA(self.high), np.inf)

    @property
    def has_high(self) -> NDArray[np.bool_]:
        """Whether some amplitude is known to lie beyond the edge."""
        return self.high != _NONE

    @property
    def has_vain(self) -> NDArray[np.bool_]:
        """Whether nodes fired in vain at some amplitude."""
        return self.vain != _NONE


def search(
    chunk: Chunk, grid: Grid, probe: Probe, begin_mA: Array, ln_spread: Array, least_mA: float = 0.0
) -> tuple[Found, int]:
    """Find the edge of every fibre of a chunk.

    Parameters
    ----------
    chunk : Chunk
        The fibres.
    grid : Grid
        The amplitudes.
    probe : callable
        Simulates; see `Probe`.
    begin_mA : array, shape (count,)
        Where to begin.
    ln_spread : array, shape (count,)
        How far off that may be, in ln amplitude.
    least_mA : float
        A fibre that fires at so little fires by itself; the search for it ends.

    Returns
    -------
    found : Found
        The edges.
    simulations : int
        Simulations of one fibre that were needed.
    """
    count = chunk.layout.count
    trial = grid.nearest(begin_mA)
    step = np.maximum(np.rint(ln_spread / grid.ln_step_ratio), 1).astype(np.int64)
    found = Found.begin(count, np.minimum(trial, grid.top), step)
    simulations, held, lanes_of = 0, chunk, np.arange(chunk.layout.lanes)
    while found.open_.any():
        fibres = np.flatnonzero(found.open_)
        copies = max(1, LANES // len(fibres)) if chunk.can_take else 1  # of a few fibres, several amplitudes at once
        wanted = np.repeat(fibres, copies)
        if chunk.can_take and (copies > 1 or len(wanted) <= 0.75 * held.layout.count):
            held, lanes_of = chunk.take(wanted), wanted
        k = _trials(found, grid, copies)  # (fibre, copy)
        at_lane, asked = np.full(held.layout.lanes, -1), np.zeros(held.layout.lanes, dtype=bool)
        place = np.arange(len(wanted)) if copies > 1 else np.flatnonzero(found.open_[lanes_of[: held.layout.count]])
        asked[place], at_lane[place] = True, k[fibres].ravel()
        amplitude = np.where(asked, grid.amplitude_mA(at_lane), 0.0)
        who = np.append(lanes_of, np.full(max(0, held.layout.lanes - len(lanes_of)), lanes_of[-1]))
        beyond, vain, start = probe(held, np.minimum(who, count - 1), amplitude, asked)
        simulations += len(wanted)
        shape = (len(fibres), copies)
        outcome = [values[place].reshape(shape) for values in (beyond, vain, start)]
        _learn(found, grid, fibres, k[fibres], *outcome, least=grid.nearest(np.array(least_mA)))
    return found, simulations


def _trials(found: Found, grid: Grid, copies: int) -> NDArray[np.int64]:
    """Indices to try next, ascending, shape (fibre, copy)."""
    c = np.arange(copies)
    low, high, step = found.low[:, None], found.high[:, None], found.step[:, None]
    has_low, has_high = low != _NONE, high != _NONE
    strides = np.minimum(step * 2 ** np.minimum(c, 20), grid.farthest)
    spread = np.cumsum(strides, axis=1) - strides
    first = found.trial[:, None] + (c - copies // 2) * step
    between = low + np.maximum(((high - low) * (c + 1)) // (copies + 1), 1)
    k = np.where(has_high, found.trial[:, None] - spread[:, ::-1], found.trial[:, None] + spread)
    k = np.where(has_low | has_high, k, first)
    k = np.where(has_low & has_high, np.minimum(between, high - 1), k)
    if copies > 1:
        k = np.where(found.descending[:, None], found.trial[:, None] - (copies - 1 - c) * grid.steps(_DESCENT), k)
    return np.minimum(k, grid.top)


def _learn(
    found: Found, grid: Grid, fibres: NDArray[np.intp], k: NDArray, beyond: NDArray, vain: NDArray, start: NDArray,
    *, least: NDArray,
) -> None:  # fmt: skip
    """Take in the outcome of one round, and decide which trials come next or which fibres are done."""
    big = -_NONE
    fires = np.where(beyond, k, big)
    high = fires.min(axis=1)
    any_high, first = high < big, fires.argmin(axis=1)
    silent = ~beyond & (k < high[:, None])  # what is silent above a firing amplitude says nothing of the lowest edge
    low = np.where(silent, k, _NONE).max(axis=1)
    was_down = found.descending[fibres]
    new_high = np.where(any_high, high, found.high[fibres])
    new_low = np.where(was_down & ~any_high, found.low[fibres], np.maximum(found.low[fibres], low))
    lowest_vain = np.where(silent & vain, k, big).min(axis=1)
    known = np.where(found.has_vain[fibres], found.vain[fibres], big)
    new_vain = np.minimum(known, lowest_vain)
    found.vain[fibres] = np.where(new_vain < big, new_vain, _NONE)
    clean = np.where(silent & ~vain, k, _NONE).max(axis=1)
    found.clean[fibres] = np.maximum(found.clean[fibres], clean)
    found.start[fibres] = np.where(
        any_high, np.take_along_axis(start, first[:, None], axis=1)[:, 0], found.start[fibres]
    )
    found.low[fibres], found.high[fibres] = new_low, new_high
    back = was_down & (clean != _NONE) & ~any_high
    for values, before in zip((found.low, found.high, found.start), found.kept, strict=True):
        values[fibres[back]] = before[fibres[back]]
    spontaneous = any_high & (high <= least)
    top = (new_low >= grid.top) & ~any_high
    closed = (new_low != _NONE) & (new_high - new_low == 1)
    ended = ~was_down & (top | closed)
    known_vain = found.vain[fibres]
    turns = ended & ~found.turned[fibres] & (known_vain != _NONE) & (known_vain <= new_low)
    turns &= (found.clean[fibres] == _NONE) | (known_vain > found.clean[fibres] + grid.steps(_DESCENT))
    turning = fibres[turns]
    for values, before, blank in zip((found.low, found.high, found.start), found.kept, (_NONE, _NONE, -1), strict=True):
        before[turning], values[turning] = values[turning], blank
    found.turned[turning] = True
    found.descending[fibres] = (was_down & ~any_high & ~back) | turns
    found.open_[fibres] = ~(spontaneous | back | (ended & ~turns))
    _next(found, grid, fibres, k)


def _next(found: Found, grid: Grid, fibres: NDArray[np.intp], k: NDArray) -> None:
    """Where to go from here: by halves between known sides, by growing strides with one side known."""
    low, high = found.low[fibres], found.high[fibres]
    has_low, has_high = low != _NONE, high != _NONE
    step = found.step[fibres]
    trial = np.where(has_high, high - step, np.minimum(np.maximum(low, k[:, -1]) + step, grid.top))
    trial = np.where(has_low & has_high, (low + high) // 2, trial)
    trial = np.where(found.descending[fibres], np.minimum(found.vain[fibres], k[:, 0]) - grid.steps(_DESCENT), trial)
    found.trial[fibres] = trial
    found.step[fibres] = np.minimum(step << min(k.shape[1], 20), grid.farthest)
