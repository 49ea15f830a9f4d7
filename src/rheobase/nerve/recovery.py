"""The recovery cycle: how excitable a fibre is at an interval after a spike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import ParameterError
from rheobase.nerve.assemble import make_chunk
from rheobase.nerve.chunk import Chunk, quiet_of
from rheobase.nerve.fibre import Fibre
from rheobase.nerve.layout import padded
from rheobase.nerve.lots import Potential, each_lot
from rheobase.nerve.model import Array
from rheobase.nerve.search import Found, Grid, search
from rheobase.nerve.spikes import run_with_spikes
from rheobase.nerve.stimulus import Stimulus
from rheobase.nerve.threshold import Status, activation_thresholds

_PHASES: tuple[str, ...] = (
    "absolute_ms",
    "relative_ms",
    "supernormal_ratio",
    "supernormal_ms",
    "subnormal_ratio",
    "subnormal_ms",
)
_TAIL_MS = 3.0  # beyond three times the conditioning spike's own way
_LN_SPREAD = 0.05  # how far the threshold moves from one interval to the next, in ln


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryCycle:
    """Thresholds of a second pulse after a first one that fired.

    Parameters
    ----------
    interval_ms : array, shape (intervals,)
        From the beginning of the first pulse to that of the second, ascending.
    rest_mA : array, shape (fibres,)
        Threshold without a first pulse.
    threshold_mA : array, shape (fibres, intervals)
        Threshold of the second pulse; infinity where none was found up to the largest tried.

    Examples
    --------
    >>> cycle = RecoveryCycle(interval_ms=np.array([1.0, 2.0, 4.0, 8.0, 40.0]), rest_mA=np.array([1.0]),
    ...                       threshold_mA=np.array([[np.inf, 1.4, 0.9, 0.8, 1.05]]))
    >>> phases = cycle.phases(0)
    >>> phases["absolute_ms"], round(phases["relative_ms"], 2), phases["supernormal_ms"], phases["subnormal_ratio"]
    (1.0, 3.6, 8.0, 1.05)
    """

    interval_ms: Array
    rest_mA: Array
    threshold_mA: Array

    @property
    def ratio(self) -> Array:
        """Threshold over that at rest, shape (fibres, intervals)."""
        return self.threshold_mA / self.rest_mA[:, None]

    def phases(self, fibre: int) -> dict[str, float]:
        """The phases of one fibre's cycle; NaN where it has none.

        Returns
        -------
        dict
            ``absolute_ms``: longest interval without a second spike. ``relative_ms``: where the ratio first comes
            down to 1, interpolated. ``supernormal_ratio`` and ``supernormal_ms``: the lowest ratio below 1 and its
            interval. ``subnormal_ratio`` and ``subnormal_ms``: the highest above 1 after that.
        """
        ratio, at = self.ratio[fibre], self.interval_ms
        nan = float("nan")
        out: dict[str, float] = dict.fromkeys(_PHASES, nan)
        none = np.flatnonzero(~np.isfinite(ratio))
        if none.size:
            out["absolute_ms"] = float(at[none[-1]])
        below = np.flatnonzero(ratio <= 1.0)
        if not below.size:
            return out
        k = int(below[0])
        out["relative_ms"] = float(at[k])
        if k and np.isfinite(ratio[k - 1]):
            out["relative_ms"] -= float((1.0 - ratio[k]) / (ratio[k - 1] - ratio[k]) * (at[k] - at[k - 1]))
        low = k + int(ratio[k:].argmin())
        out["supernormal_ratio"], out["supernormal_ms"] = float(ratio[low]), float(at[low])
        high = low + int(ratio[low:].argmax())
        if ratio[high] > 1.0:
            out["subnormal_ratio"], out["subnormal_ms"] = float(ratio[high]), float(at[high])
        return out


def recovery_cycle(
    fibres: Sequence[Fibre],
    potential_mV_per_mA: Potential,
    pulse: Stimulus,
    *,
    interval_ms: Sequence[float] | Array,
    conditioning_factor: float = 1.5,
    most_factor: float = 10.0,
    watch: Sequence[int] | None = None,
    tolerance: float = 0.002,
    upper_mA: float = 2000.0,
    temperature_C: float = 37.0,
    progress: Callable[[float], None] | None = None,
) -> RecoveryCycle:
    """Find the threshold of a second pulse at intervals after a first, both through the same electrode.

    The first pulse is a multiple of the fibre's own threshold. The second has fired when the watched node rises once
    more often than after the first alone. The memory of the slow gates counts from true rest on.

    Parameters
    ----------
    fibres : sequence of Fibre
        The fibres.
    potential_mV_per_mA : sequence of array, array or callable
        Extracellular potential, one source, as for `activation_thresholds`.
    pulse : Stimulus
        Either pulse: one source, its tail is not used.
    interval_ms : sequence of float
        From onset to onset, not shorter than the pulse.
    conditioning_factor : float
        First pulse over threshold, above 1.
    most_factor : float
        Largest second pulse tried over threshold, above 1.
    watch : sequence of int, optional
        Node of each fibre that both spikes must pass; by default 90 % of the way along.
    tolerance : float
        Ratio of the brackets minus 1, above 0.
    upper_mA : float
        Largest amplitude tried for the threshold at rest.
    temperature_C : float
        Temperature of the nerve.
    progress : callable, optional
        Is told the share done.

    Returns
    -------
    RecoveryCycle

    Raises
    ------
    ParameterError
        If the pulse has more than one source, an interval is shorter than the pulse, a factor is not above 1, or a
        fibre has no threshold at rest.

    Examples
    --------
    >>> from rheobase.nerve import stimulus_from_segments, uniform_fibre
    >>> fibre = uniform_fibre("mrg_discrete", diameter_um=10.0, nodes=21)
    >>> r_mm = np.hypot(1.0, (fibre.arc_um - 11500) / 1000)
    >>> phi = 1.0 / (4 * np.pi * 0.3 * r_mm * 1e-3)
    >>> cathodic = stimulus_from_segments([(0.1, -1.0)], tail_ms=3.0, dt_ms=0.005)
    >>> cycle = recovery_cycle([fibre], [phi[None]], cathodic, interval_ms=[0.5, 1.5, 6.0], tolerance=0.01)
    >>> [bool(c) for c in np.isfinite(cycle.ratio[0])], bool(cycle.ratio[0, 1] > 1 > cycle.ratio[0, 2])
    ([False, True, True], True)
    """
    gaps, steps = _checked(pulse, interval_ms, conditioning_factor, most_factor)
    found = activation_thresholds(
        fibres, potential_mV_per_mA, pulse, watch=watch, tolerance=tolerance, upper_mA=upper_mA,
        temperature_C=temperature_C,
    )  # fmt: skip
    if not np.isfinite(found.threshold_mA).all():
        worst = int(np.flatnonzero(~np.isfinite(found.threshold_mA))[0])
        raise ParameterError(f"Fibre {worst} has no threshold at rest. {Status(int(found.status[worst])).remedy}")
    rest = found.threshold_mA
    out = np.full((len(fibres), gaps.size), np.inf)
    shape = pulse.samples[0, : round(pulse.pulse_end_ms / pulse.dt_ms)]

    def solve(index: NDArray[np.intp], lot: Sequence[Fibre], phi: Any) -> int:
        seen = np.array([int(0.9 * (f.nodes - 1)) for f in lot]) if watch is None else np.asarray(watch)[index]
        two = np.repeat(phi, 2, axis=1) if isinstance(phi, np.ndarray) else [np.repeat(p, 2, axis=0) for p in phi]
        chunk = make_chunk(lot, two, dt_ms=pulse.dt_ms, temperature_C=temperature_C)
        job = _Pair(chunk=chunk, shape=shape, watch=seen, held_mA=conditioning_factor * rest[index])
        guess = rest[index]
        grid = Grid(tolerance, most_factor * float(guess.max()))
        for k in np.argsort(-gaps):  # from the longest, which is nearest to rest
            threshold = job.threshold_mA(int(steps[k]), grid, guess)
            out[index, k] = np.where(threshold <= most_factor * rest[index] * (1 + tolerance), threshold, np.inf)
            guess = np.where(np.isfinite(threshold), threshold, grid.upper_mA)
        return 0

    each_lot(fibres, potential_mV_per_mA, pulse, solve, progress)
    order = np.argsort(gaps)
    return RecoveryCycle(interval_ms=gaps[order], rest_mA=rest, threshold_mA=out[:, order])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """Fibres with two sources in one place: the first pulse held, the second searched."""

    chunk: Chunk
    shape: Array
    watch: NDArray[np.intp]
    held_mA: Array

    def _rises(self, chunk: Chunk, who: NDArray[np.intp], gap: int, tail: int, amplitude_mA: Array, asked: Any) -> Any:
        """How often the watched node of each lane rises, and when it first does."""
        n = self.shape.size
        wave = np.zeros((2, gap + n + tail))
        wave[0, :n] = self.shape
        wave[1, gap : gap + n] = self.shape
        quiet_mV, _, quiet_after_ms = quiet_of(chunk.model)
        out = run_with_spikes(
            chunk, wave, np.stack([self.held_mA[who], amplitude_mA], axis=1), quiet_mV=quiet_mV,
            quiet_from=gap + n + round(quiet_after_ms / chunk.dt_ms), waited_for=asked,
        )  # fmt: skip
        lane, node, step = out.events
        here = node == self.watch[who][lane]
        first = np.full(len(who), -1.0)
        first[lane[here][::-1]] = step[here][::-1]
        return np.bincount(lane[here], minlength=len(who)), first

    def threshold_mA(self, gap: int, grid: Grid, guess_mA: Array) -> Array:
        """Thresholds of the second pulse `gap` steps after the first; infinity where there is none."""
        count = self.chunk.layout.count
        everyone = padded(np.arange(count), self.chunk.layout.lanes)
        asked = np.arange(len(everyone)) < count
        tail = round(_TAIL_MS / self.chunk.dt_ms)
        alone, first = self._rises(self.chunk, everyone, gap, 10 * tail, np.zeros(len(everyone)), asked)
        tail += round(3 * float(first.max(initial=0.0)))

        def probe(
            held: Chunk, who: NDArray[np.intp], amplitude: Array, wanted: NDArray[np.bool_]
        ) -> tuple[NDArray, NDArray, NDArray]:
            rises, _ = self._rises(held, who, gap, tail, amplitude, wanted)
            no = np.zeros(len(who), dtype=bool)
            return (rises > alone[who]) & wanted, no, np.full(len(who), -1)

        found = Found.nothing(grid, count)
        found.open(np.arange(count), guess_mA, np.full(count, _LN_SPREAD))
        search(self.chunk, found, probe)
        return found.high_mA


def _checked(
    pulse: Stimulus, interval_ms: Sequence[float] | Array, conditioning_factor: float, most_factor: float
) -> tuple[Array, NDArray[np.int64]]:
    """Intervals, and the same in steps."""
    if pulse.samples.shape[0] != 1 or not pulse.samples.any():
        raise ParameterError(f"pulse has {pulse.samples.shape[0]} sources; give one, and not silence.")
    if not (1 < conditioning_factor < np.inf and 1 < most_factor < np.inf):
        raise ParameterError(
            f"conditioning_factor is {conditioning_factor:g} and most_factor {most_factor:g}; both multiply the"
            " threshold at rest and must be above 1."
        )
    gaps = np.asarray(interval_ms, dtype=float)
    width_ms = pulse.pulse_end_ms
    if gaps.ndim != 1 or not gaps.size or not np.isfinite(gaps).all() or gaps.min() < width_ms * (1 - 1e-9):
        raise ParameterError(
            f"interval_ms holds a value below the pulse of {width_ms:g} ms, or none, or one that is not finite; give"
            f" intervals of at least {width_ms:g} ms."
        )
    return gaps, np.rint(gaps / pulse.dt_ms).astype(np.int64)
