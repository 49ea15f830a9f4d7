"""Activation thresholds: the smallest amplitude at which a spike gets through."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import ParameterError
from rheobase.nerve.activation import Activation, Edges
from rheobase.nerve.chunk import SPIKE_MV
from rheobase.nerve.fibre import Fibre, UniformFibres
from rheobase.nerve.lots import Potential, check_lists, each_lot
from rheobase.nerve.model import Array
from rheobase.nerve.search import Grid
from rheobase.nerve.stimulus import Stimulus, stimulus_from_segments

__all__ = ["SPIKE_MV", "Status", "Stimulus", "Thresholds", "activation_thresholds", "stimulus_from_segments"]

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
    potential_mV_per_mA: Potential,
    stimulus: Stimulus,
    *,
    watch: Sequence[int] | None = None,
    need: int = 0,
    tolerance: float = 0.01,
    upper_mA: float = 2000.0,
    temperature_C: float = 37.0,
    true_start: bool = False,
    held_mA: Sequence[float] | Array | None = None,
    guess_mA: Sequence[float] | Array | None = None,
    guess_factor: Sequence[float] | Array | None = None,
    progress: Callable[[float], None] | None = None,
) -> Thresholds:
    """Find each fibre's threshold by simulation, sixteen fibres at a time.

    Amplitudes are steps of one geometric grid, each `tolerance` above the last: the threshold is the lowest step that
    was simulated and fired while the step below it was simulated and stayed silent. It does not depend on the other
    fibres of the call, nor on where the search began. Memory does not grow with the number of fibres if they are
    `UniformFibres` and the potential is a function.

    Parameters
    ----------
    fibres : sequence of Fibre
        Any models, lengths and branches; `UniformFibres` for very many.
    potential_mV_per_mA : sequence of array, array or callable
        Extracellular potential for 1 mA of each source, shape (sources, compartments) a fibre; `Fibre.arc_um` gives
        the places. A callable is told the indices of some fibres (int array) and returns theirs.
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
    held_mA : array, shape (sources,) or (fibres, sources), optional
        Amplitude of sources that are held while the others are searched together; NaN marks the searched ones. By
        default all are searched.
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
    upper_ok = np.isfinite(upper_mA) and upper_mA > 0
    if not (tolerance > 0 and upper_ok):
        raise ParameterError(f"tolerance is {tolerance} and upper_mA is {upper_mA} mA; both must be above 0.")
    if not stimulus.samples.any():
        raise ParameterError("All samples of the stimulus are zero; there is no threshold to find. Give a pulse.")
    check_lists(fibres, watch, need, guess_mA)
    check_lists(fibres, None, need, guess_factor)
    held = _held(held_mA, len(fibres), stimulus.samples.shape[0])
    count = len(fibres)
    out = Thresholds(
        threshold_mA=np.full(count, np.inf),
        lower_mA=np.zeros(count),
        status=np.zeros(count, dtype=np.int64),
        start_node=np.full(count, -1, dtype=np.int64),
        predicted_mA=np.full(count, np.nan),
        simulations=0,
    )
    told = (guess_mA, guess_factor)

    def solve(index: NDArray[np.intp], lot: Sequence[Fibre], potential: Any) -> int:
        watched = [int(0.9 * (f.nodes - 1)) for f in _likes(lot)] if watch is None else np.asarray(watch)[index]
        job = Activation.of(
            lot, potential, stimulus, np.broadcast_to(watched, len(lot)), need, held[index], temperature_C
        )
        mine = [None if t is None else np.asarray(t, dtype=float)[index] for t in told]
        found, out.predicted_mA[index], simulations = job.solve(Grid(tolerance, upper_mA), mine[0], mine[1])
        out.threshold_mA[index], out.lower_mA[index] = found.threshold_mA, found.lower_mA
        out.start_node[index] = found.start_node
        out.status[index] = _status(found, job, true_start)
        return simulations

    done = each_lot(fibres, potential_mV_per_mA, stimulus, solve, progress)
    return Thresholds(
        threshold_mA=out.threshold_mA, lower_mA=out.lower_mA, status=out.status, start_node=out.start_node,
        predicted_mA=out.predicted_mA, simulations=done,
    )  # fmt: skip


def _likes(lot: Sequence[Fibre]) -> Sequence[Fibre]:
    """Fibres that stand for all of a lot: one, where all have as many nodes."""
    return [lot[0]] if isinstance(lot, UniformFibres) else lot


def _held(held_mA: Sequence[float] | Array | None, fibres: int, sources: int) -> Array:
    """Held amplitudes of every fibre and source, NaN for the searched ones."""
    if held_mA is None:
        return np.full((fibres, sources), np.nan)
    given = np.asarray(held_mA, dtype=float)
    if given.shape not in ((sources,), (fibres, sources)) or np.isinf(given).any():
        raise ParameterError(
            f"held_mA has shape {given.shape} for {fibres} fibres and {sources} sources; give one finite amplitude a"
            " source, or one a fibre and source, and NaN for those that are searched."
        )
    out = np.broadcast_to(given, (fibres, sources))
    if not np.isnan(out).any(axis=1).all():
        raise ParameterError("held_mA holds every source of a fibre; mark at least one with NaN, to be searched.")
    return out


def _status(found: Edges, job: Activation, true_start: bool) -> NDArray[np.int64]:
    """How the search ended for each fibre."""
    status = np.where(found.spontaneous, Status.SPONTANEOUS, Status.FOUND).astype(np.int64)
    none = ~np.isfinite(found.threshold_mA)
    status[none] = np.where(found.vain[none], Status.VIRTUAL_ANODE_BLOCK, Status.BOUND_EXCEEDED)
    at_end = job.near_end(found.start_node, _END_NODES, true_start)
    status[at_end & (status == Status.FOUND)] = Status.END_EXCITATION
    return status
