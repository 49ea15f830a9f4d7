"""How fast a spike runs along a fibre, and what it looks like."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import ParameterError
from rheobase.nerve.assemble import make_chunk
from rheobase.nerve.chunk import SPIKE_MV, quiet_of
from rheobase.nerve.fibre import Fibre, UniformFibres
from rheobase.nerve.injection import Injection, joined_waveform
from rheobase.nerve.layout import padded
from rheobase.nerve.lots import each_lot
from rheobase.nerve.model import Array
from rheobase.nerve.responses import field_or_none
from rheobase.nerve.run import run
from rheobase.nerve.simulate import Simulation, simulate
from rheobase.nerve.stimulus import silence

_SLOWEST_M_PER_S = 0.05  # only bounds the wait; it ends when the spike has arrived or died
_FALL_MS = {"double": 2.0, "insulated": 2.0, "continuous": 8.0}  # how long a spike may take to fall again
_START_MS = 0.1
_FEWEST_NODES = 11


@dataclass(frozen=True, slots=True, kw_only=True)
class Conduction:
    """A spike under way.

    Parameters
    ----------
    velocity_m_per_s : float
        Between the two nodes.
    nodes : tuple of int
        The two nodes between which it was timed.
    crossing_ms : tuple of float
        When they rose through -30 mV, interpolated between steps.
    rest_mV, peak_mV : float
        Rest and peak of the spike at the middle node.
    half_width_ms : float
        Its width half-way between rest and peak.

    Examples
    --------
    >>> from rheobase.nerve import uniform_fibre
    >>> fibre = uniform_fibre("mrg_discrete", diameter_um=10.0, nodes=21)
    >>> print(f"{conduction_velocity(fibre).peak_mV:.0f} mV")
    28 mV
    """

    velocity_m_per_s: float
    nodes: tuple[int, int]
    crossing_ms: tuple[float, float]
    rest_mV: float
    peak_mV: float
    half_width_ms: float


def conduction_velocity(
    fibre: Fibre,
    *,
    dt_ms: float = 0.005,
    temperature_C: float = 37.0,
    current_nA: float = 3.0,
    width_ms: float = 0.1,
) -> Conduction:
    """Send a spike along the fibre by a current into a node near its start, and time it.

    The current enters at 10 % of the nodes; the spike is timed between 40 % and 70 % and measured at 50 %. A step of
    5 us makes myelinated fibres some 7 % too slow; compare velocities only at the same step.

    Parameters
    ----------
    fibre : Fibre
        At least 11 nodes.
    dt_ms : float
        Time step.
    temperature_C : float
        Temperature of the nerve.
    current_nA, width_ms : float
        The current that starts the spike, above 0.

    Raises
    ------
    ParameterError
        If the fibre has fewer than 11 nodes, or no spike arrives.

    Examples
    --------
    >>> from rheobase.nerve import uniform_fibre
    >>> fibre = uniform_fibre("mrg_discrete", diameter_um=10.0, nodes=21)
    >>> print(f"{conduction_velocity(fibre).velocity_m_per_s:.1f} m/s")
    51.3 m/s
    """
    _check(fibre, current_nA, width_ms)
    begin, first, middle, second = _places(fibre.nodes)
    timed = conduction_velocities(
        [fibre], dt_ms=dt_ms, temperature_C=temperature_C, current_nA=current_nA, width_ms=width_ms
    )
    if not np.isfinite(timed.velocity_m_per_s[0]):
        raise ParameterError(
            f"No spike ran from node {first} to node {second} after {current_nA:g} nA for {width_ms:g} ms into node"
            f" {begin} at {temperature_C:g} C. Raise current_nA or width_ms, or check the fibre."
        )
    push = Injection(node=begin, current_nA=current_nA, start_ms=_START_MS, width_ms=width_ms)
    window_ms = float(timed.crossing_ms[0, 1]) + _FALL_MS[fibre.model.cable]
    run = simulate(
        fibre, stimulus=silence(window_ms, dt_ms=dt_ms), nodes=[middle], injections=[push], temperature_C=temperature_C
    )
    peak, width = _shape(run)
    return Conduction(
        velocity_m_per_s=float(timed.velocity_m_per_s[0]),
        nodes=(first, second),
        crossing_ms=(float(timed.crossing_ms[0, 0]), float(timed.crossing_ms[0, 1])),
        rest_mV=float(run.rest_mV[middle]),
        peak_mV=peak,
        half_width_ms=width,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Velocities:
    """How fast spikes run along many fibres.

    Parameters
    ----------
    velocity_m_per_s : array, shape (fibres,)
        Between the two nodes; NaN where no spike came through.
    crossing_ms : array, shape (fibres, 2)
        When the two nodes rose through -30 mV, interpolated between steps.

    Examples
    --------
    >>> found = Velocities(velocity_m_per_s=np.array([50.0, np.nan]), crossing_ms=np.ones((2, 2)))
    >>> found.silent.tolist()
    [False, True]
    """

    velocity_m_per_s: Array
    crossing_ms: Array

    @property
    def silent(self) -> NDArray[np.bool_]:
        """Fibres through which no spike came."""
        return ~np.isfinite(self.velocity_m_per_s)


def conduction_velocities(
    fibres: Sequence[Fibre],
    *,
    dt_ms: float = 0.005,
    temperature_C: float = 37.0,
    current_nA: float = 3.0,
    width_ms: float = 0.1,
    progress: Callable[[float], None] | None = None,
) -> Velocities:
    """Time a spike along each of many fibres, as `conduction_velocity` does along one.

    The wait is as long as each spike takes: a simulation ends when the spikes have arrived or died.

    Parameters
    ----------
    fibres : sequence of Fibre
        At least 11 nodes each; `UniformFibres` for very many.
    dt_ms : float
        Time step.
    temperature_C : float
        Temperature of the nerve.
    current_nA, width_ms : float
        The current that starts the spike, at 10 % of the nodes.
    progress : callable, optional
        Is told the share done.

    Returns
    -------
    Velocities

    Raises
    ------
    ParameterError
        If there are no fibres, one has fewer than 11 nodes or branches, or the current is not above 0.

    Examples
    --------
    >>> from rheobase.nerve import uniform_fibres
    >>> fibres = uniform_fibres("mrg_discrete", diameter_um=[10.0, 16.0], nodes=21)
    >>> conduction_velocities(fibres).velocity_m_per_s.round(1).tolist()
    [51.3, 85.6]
    """
    still = silence(_START_MS, dt_ms=dt_ms)  # the field of no source at all
    nothing, still = field_or_none(fibres, None, still, _START_MS)
    for one in [fibres[0]] if isinstance(fibres, UniformFibres) else fibres:
        _check(one, current_nA, width_ms)
    velocity, crossing = np.full(len(fibres), np.nan), np.full((len(fibres), 2), np.nan)

    def solve(index: NDArray[np.intp], lot: Sequence[Fibre], phi: Any) -> int:
        nodes = [_places(f.nodes) for f in ([lot[0]] * len(lot) if isinstance(lot, UniformFibres) else lot)]
        begin, first, _, second = np.array(nodes).T
        arc_mm = lot.node_arc_um / 1000.0 if isinstance(lot, UniformFibres) else [f.node_arc_um / 1000.0 for f in lot]
        chunk = make_chunk(lot, phi, dt_ms=dt_ms, temperature_C=temperature_C, current_nodes=[(int(b),) for b in begin])
        lanes, rows = chunk.layout.lanes, np.arange(len(lot))
        window_ms = _START_MS + width_ms + max(a[-1] for a in arc_mm) / _SLOWEST_M_PER_S
        push = Injection(node=0, current_nA=current_nA, start_ms=_START_MS, width_ms=width_ms)
        quiet_mV, _, quiet_after_ms = quiet_of(chunk.model)
        out = run(
            chunk, chunk.fresh(), joined_waveform(silence(window_ms, dt_ms=dt_ms), [push]), np.ones((lanes, 1)),
            watch=padded(second, lanes).astype(np.int64), level_mV=SPIKE_MV - chunk.model.rest_mV, quiet_mV=quiet_mV,
            quiet_from=round((_START_MS + width_ms + quiet_after_ms) / dt_ms),
        )  # fmt: skip
        at = out.spike_step[rows[:, None], np.stack([first, second], axis=1)].astype(float)
        came = (at >= 0).all(axis=1) & (at[:, 1] > at[:, 0])
        crossing[index] = np.where(came[:, None], dt_ms * at, np.nan)
        far_mm = np.array([a[q] - a[p] for a, p, q in zip(arc_mm, first, second, strict=True)])
        velocity[index] = far_mm / (crossing[index, 1] - crossing[index, 0])
        return 0

    each_lot(fibres, nothing, still, solve, progress)
    return Velocities(velocity_m_per_s=velocity, crossing_ms=crossing)


def _places(nodes: int) -> tuple[int, int, int, int]:
    """Where the current enters, where the spike is first timed, measured, and timed again."""
    begin, first, middle, second = (int(share * (nodes - 1)) for share in (0.1, 0.4, 0.5, 0.7))
    return begin, first, middle, second


def _check(fibre: Fibre, current_nA: float, width_ms: float) -> None:
    """Refuse fibres and currents with which no spike can be timed."""
    if fibre.nodes < _FEWEST_NODES:
        raise ParameterError(f"The fibre has {fibre.nodes} nodes; timing a spike takes at least {_FEWEST_NODES}.")
    if fibre.parent is not None:
        raise ParameterError("The fibre has branches; time the spike of a branched fibre with simulate, node by node.")
    if not (0 < current_nA < np.inf and 0 < width_ms < np.inf):
        raise ParameterError(
            f"current_nA is {current_nA:g} nA and width_ms {width_ms:g} ms; both must be above 0, such as 3 nA, 0.1 ms."
        )


def _shape(run: Simulation) -> tuple[float, float]:
    """Peak, and width half-way between rest and peak, of the one recorded node."""
    v = run.v_mV[0]
    top = int(v.argmax())
    half = (v[0] + v[top]) / 2.0
    up = int(np.flatnonzero(v[:top] < half)[-1])
    falls = np.flatnonzero(v[top:] < half)
    if falls.size == 0:
        return float(v[top]), float("inf")
    down = top + int(falls[0]) - 1
    return float(v[top]), _crossing(run.time_ms, v, down, half) - _crossing(run.time_ms, v, up, half)


def _crossing(time_ms: Array, v_mV: Array, before: int, level_mV: float) -> float:
    part = (level_mV - v_mV[before]) / (v_mV[before + 1] - v_mV[before])
    return float(time_ms[before] + part * (time_ms[before + 1] - time_ms[before]))
