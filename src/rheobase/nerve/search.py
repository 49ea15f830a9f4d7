"""Search for the edge between two outcomes, in amplitude, for all lanes of a chunk at once.

Amplitudes lie on one geometric grid, each a tolerance above the last, so what is found does not depend on where the
search began or on which fibres share the chunk: the edge is a step of the grid of which both sides were simulated.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rheobase.kernel import LANES, known, learn, propose
from rheobase.nerve.chunk import Chunk
from rheobase.nerve.layout import padded
from rheobase.nerve.model import Array

_DESCENT = 0.05  # of ln amplitude, below a block

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


@dataclass(frozen=True, slots=True)
class Found:
    """What the search knows of each fibre.

    A silent amplitude at which nodes fired in vain may lie beyond a block, with the threshold below it. The search then
    turns once, goes down from the lowest such amplitude, and comes back if nothing fires there.

    Parameters
    ----------
    grid : Grid
        The amplitudes.
    known : int array, shape (fibre, column)
        Indices into it; see `rheobase.kernel.known`. The search changes it in place.
    """

    grid: Grid
    known: NDArray[np.int64]

    @staticmethod
    def nothing(grid: Grid, count: int) -> Found:
        """Nothing known of so many fibres, and none to be searched."""
        table = np.full((count, known.COLUMNS), known.NONE)
        table[:, [known.OPEN, known.TURNED, known.DESCENDING]] = 0
        table[:, known.START] = -1
        return Found(grid, table)

    def open(self, fibres: NDArray[np.intp], begin_mA: Array, ln_spread: Array) -> None:
        """Let some fibres be searched, from amplitudes that may be so far off, in ln amplitude."""
        step = np.maximum(np.rint(ln_spread / self.grid.ln_step_ratio), 1)
        for column, values in ((known.TRIAL, self.grid.nearest(begin_mA)), (known.STEP, step), (known.OPEN, 1)):
            self.known[fibres, column] = values

    @property
    def is_open(self) -> NDArray[np.bool_]:
        """Which fibres are still searched."""
        return self.known[:, known.OPEN] != 0

    @property
    def low_mA(self) -> Array:
        """Largest amplitude known on the near side of the edge, 0 where none is."""
        low = self.known[:, known.LOW]
        return np.where(low != known.NONE, self.grid.amplitude_mA(low), 0.0)

    @property
    def high_mA(self) -> Array:
        """Smallest amplitude known beyond the edge, infinity where none is."""
        return np.where(self.has_high, self.grid.amplitude_mA(self.known[:, known.HIGH]), np.inf)

    @property
    def has_high(self) -> NDArray[np.bool_]:
        """Whether some amplitude is known to lie beyond the edge."""
        return self.known[:, known.HIGH] != known.NONE

    @property
    def has_vain(self) -> NDArray[np.bool_]:
        """Whether nodes fired in vain at some amplitude."""
        return self.known[:, known.VAIN] != known.NONE

    @property
    def start(self) -> NDArray[np.int64]:
        """Node at which a spike starts at the edge, -1 if unknown."""
        return self.known[:, known.START]

    def fires_at(self, least_mA: float) -> NDArray[np.bool_]:
        """Whether the edge lies at no more than this."""
        return self.has_high & (self.known[:, known.HIGH] <= self.grid.nearest(np.array(least_mA)))


def search(chunk: Chunk, found: Found, probe: Probe, least_mA: float = 0.0) -> int:
    """Find the edge of every fibre of a chunk that is to be searched.

    Parameters
    ----------
    chunk : Chunk
        The fibres.
    found : Found
        Where to begin with which of them (see `Found.open`); holds their edges afterwards.
    probe : callable
        Simulates; see `Probe`.
    least_mA : float
        A fibre that fires at so little fires by itself; the search for it ends.

    Returns
    -------
    int
        Simulations of one fibre that were needed.
    """
    grid, count = found.grid, chunk.layout.count
    rules, least = (grid.top, grid.farthest, grid.steps(_DESCENT)), int(grid.nearest(np.array(least_mA)))
    simulations, held, lanes_of = 0, chunk, padded(np.arange(count), chunk.layout.lanes)
    while (fibres := np.flatnonzero(found.is_open)).size:
        copies = max(1, LANES // len(fibres))  # of a few fibres, several amplitudes at once
        if copies > 1 or len(fibres) <= 0.75 * held.layout.count:
            wanted = np.repeat(fibres, copies)
            held, lanes_of = chunk.take(wanted), padded(wanted, -(-len(wanted) // LANES) * LANES)
        lanes, count = held.layout.lanes, held.layout.count
        k, asked = np.full(lanes, grid.top), np.zeros(lanes, dtype=bool)
        propose(found.known, lanes_of[:count], copies, *rules, k, asked)
        outcome = probe(held, lanes_of, np.where(asked, grid.amplitude_mA(k), 0.0), asked)
        simulations += len(fibres) * copies
        learn(found.known, lanes_of[:count], copies, *rules, least, k, *outcome)
    return simulations
