"""Motor units: a pool of unlike sizes and speeds, recruited where the field reaches their axons, and its force.

The pool is that of Fuglevand (twitch forces spread exponentially, stronger units faster). Its order of recruitment is
not: under stimulation a unit fires when its own axon does, which place, depth and diameter decide, all units at once
with every pulse. What a reflex (H wave) or the will adds is left out.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from rheobase.effect.muscle.ding2003 import ding2003
from rheobase.effect.muscle.hill_huxley import HillHuxley
from rheobase.effect.muscle.pulses import Pulses
from rheobase.effect.muscle.spread import evenly
from rheobase.errors import ParameterError
from rheobase.kernel import unit_forces
from rheobase.tables import row

Array = NDArray[np.floating[Any]]
_CHUNK = 256
_HALVES = 2
_STEP_S = 0.005  # force within 0.3 % of that with steps of 1 ms
_SLACK_S = 1.0  # after so long without a pulse nothing but recovery is left
_PAUSE_STEP_S = 0.25


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MotorUnitPool:
    """Motor units of one muscle, from the weakest to the strongest.

    Parameters
    ----------
    twitch_share : array
        Twitch of each unit over that of the whole muscle; sums to 1.
    contraction_factor : array
        Contraction time of each unit over that of the whole muscle.
    fatigue_factor : array
        How fast each tires for its size; its mean, weighted by force, is 1.
    axon_um : array
        Diameter of each axon.
    fibre_count : array
        Muscle fibres of each unit.
    seed : int
        What the axons were drawn with.

    Examples
    --------
    >>> pool = motor_unit_pool(units=120, seed=1)
    >>> print(f"{pool.twitch_share[-1] / pool.twitch_share[0]:.0f} {pool.twitch_share.sum():.0f}")
    100 1
    """

    twitch_share: Array
    contraction_factor: Array
    fatigue_factor: Array
    axon_um: Array
    fibre_count: Array
    seed: int

    @property
    def rows(self) -> tuple[str, ...]:
        """Table rows it rests on."""
        return ("muscle.pool", "muscle.pool_axon", "muscle.pool_axon_um", "muscle.pool_fibres", "populations.a_alpha")


def motor_unit_pool(*, units: int, seed: int = 1, correlation_factor: float | None = None) -> MotorUnitPool:
    """Make a pool of motor units.

    Parameters
    ----------
    units : int
        How many, at least 2.
    seed : int
        Seed of the axons' diameters.
    correlation_factor : float, optional
        How closely thick axons go with strong units, -1 to 1; from the table if left out. One study found a close
        relation, another none.

    Raises
    ------
    ParameterError
        If a value is outside its range.

    Examples
    --------
    >>> pool = motor_unit_pool(units=50, seed=1)
    >>> bool(np.corrcoef(np.log(pool.twitch_share), pool.axon_um)[0, 1] > 0.4)
    True
    """
    p, tied = row("muscle.pool"), row("muscle.pool_axon")
    close = tied["correlation"] if correlation_factor is None else correlation_factor
    if not (units >= 2 and -1.0 <= close <= 1.0):
        raise ParameterError(
            f"units is {units} and correlation_factor {close}; there must be at least 2 units and a correlation from"
            " -1 to 1."
        )
    rank = np.arange(units) / (units - 1)
    twitch = p["twitch_range"] ** rank
    share = twitch / twitch.sum()
    time = p["contraction_time_range"] ** -rank
    tires = p["fatigue_range"] ** rank
    rng = np.random.default_rng(seed)
    chance = ndtri(np.clip(evenly(units, 1, rng)[:, 0], 1e-9, 1.0 - 1e-9))
    score = close * _standard(rank) + math.sqrt(1.0 - close**2) * chance
    axon = np.empty(units)
    d = row("muscle.pool_axon_um")
    each = d["mean_um"] + d["sd_um"] * ndtri((np.arange(units) + 0.5) / units)
    axon[np.argsort(score)] = np.clip(each, d["smallest_um"], d["largest_um"])
    return MotorUnitPool(
        twitch_share=share,
        contraction_factor=time / np.sum(share * time),
        fatigue_factor=tires / np.sum(share * tires),
        axon_um=axon,
        fibre_count=row("muscle.pool_fibres")["fibres_a_unit"] * units * share,
        seed=seed,
    )


def _standard(values: Array) -> Array:
    return (values - values.mean()) / values.std()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PoolForce:
    """Summed force of the units of a pool.

    Parameters
    ----------
    time_s, force_N : array
        Over the run, both ends included.
    recruited_share : float
        Share of the units that fire at the strongest pulse.
    recruited_twitch_share : float
        Share of the muscle's twitch that these units hold.
    pool : MotorUnitPool
        The units.

    Examples
    --------
    >>> from rheobase.effect import steady_pulses
    >>> pool = motor_unit_pool(units=40)
    >>> force = pool_force(pool, np.full(40, 20.0), steady_pulses(rate_hz=40.0, on_s=0.5, amplitude_mA=30.0))
    >>> force.recruited_share, bool(200.0 < force.force_N.max() < 300.0)
    (1.0, True)
    """

    time_s: Array
    force_N: Array
    recruited_share: float
    recruited_twitch_share: float
    pool: MotorUnitPool


def thresholds_of(pool: MotorUnitPool, threshold_mA: Array) -> Array:
    """Thresholds as an array, if there is one for each unit.

    Raises
    ------
    ParameterError
        If there is not, or one is negative or no number.

    Examples
    --------
    >>> thresholds_of(motor_unit_pool(units=2), [10.0, np.inf]).tolist()
    [10.0, inf]
    """
    threshold = np.asarray(threshold_mA, dtype=float)
    if threshold.shape != pool.twitch_share.shape or np.isnan(threshold).any() or (threshold < 0).any():
        raise ParameterError(
            f"threshold_mA holds {threshold.size} values for {pool.twitch_share.size} units; give one for each, 0 or"
            " above, infinite for a unit that never fires."
        )
    return threshold


def pool_force(
    pool: MotorUnitPool,
    threshold_mA: Array,
    pulses: Pulses,
    *,
    muscle: HillHuxley | None = None,
    dt_s: float = 0.005,
) -> PoolForce:
    """Follow the force of a pool through a run of pulses.

    Each unit is the whole muscle made small: its share of the force, all times longer or shorter by its contraction
    time, its own fatigue.

    Parameters
    ----------
    pool : MotorUnitPool
        The units.
    threshold_mA : array
        Amplitude at which each unit's axon fires; infinite for one that never does.
    pulses : Pulses
        The stimulus, of the width for which the thresholds hold.
    muscle : HillHuxley, optional
        The whole muscle; that of Ding 2003 if left out.
    dt_s : float
        Step of the result, above 0 and at most 0.05 s; forces in between are interpolated.

    Raises
    ------
    ParameterError
        If there is not one threshold for each unit, or the step is out of range.

    Examples
    --------
    >>> from rheobase.effect import steady_pulses
    >>> pool = motor_unit_pool(units=100)
    >>> at = np.linspace(10.0, 50.0, 100)
    >>> weak = pool_force(pool, at, steady_pulses(rate_hz=40.0, on_s=1.0, amplitude_mA=20.0))
    >>> strong = pool_force(pool, at, steady_pulses(rate_hz=40.0, on_s=1.0, amplitude_mA=60.0))
    >>> bool(0 < weak.force_N.max() < strong.force_N.max())
    True
    """
    threshold = thresholds_of(pool, threshold_mA)
    if not 0 < dt_s <= 0.05:
        raise ParameterError(f"dt_s is {dt_s:g} s; it must be above 0 and at most 0.05 s. Take 0.005.")
    whole = ding2003().muscle if muscle is None else muscle
    gap_s, steps, amplitude = _gaps(pulses)
    state, fixed = _units(pool, threshold, whole)
    shared = np.array([whole.r0_factor, whole.tau_fatigue_s])

    def half(begin: int) -> Array:
        total = np.zeros(int(steps.sum()))
        for first in range(begin * _CHUNK, len(threshold), _HALVES * _CHUNK):
            part = slice(first, first + _CHUNK)
            unit_forces(state[:, part].copy(), fixed[:, part].copy(), gap_s, steps, amplitude, shared, total)
        return total

    # always the same two halves, so that the sum is the same to the last digit on any machine
    with ThreadPoolExecutor(max_workers=_HALVES) as workers:
        total = np.sum(list(workers.map(half, range(_HALVES))), axis=0)
    ends = np.cumsum(np.repeat(gap_s / steps, steps))
    time = np.arange(math.ceil(pulses.duration_s / dt_s - 1e-9) + 1) * dt_s
    fires = threshold <= (pulses.amplitude_mA.max() if len(pulses.amplitude_mA) else -1.0)
    return PoolForce(
        time_s=time,
        force_N=np.interp(time, np.concatenate([[0.0], ends]), np.concatenate([[0.0], total])),
        recruited_share=float(fires.mean()) if len(fires) else 0.0,
        recruited_twitch_share=float(pool.twitch_share[fires].sum()),
        pool=pool,
    )


def _units(pool: MotorUnitPool, threshold: Array, whole: HillHuxley) -> tuple[Array, Array]:
    """State and constants of every unit, for the kernel."""
    share, time, tires = pool.twitch_share, pool.contraction_factor, pool.fatigue_factor
    a, tau1, km = whole.a_rest_N_per_s * share / time, whole.tau1_rest_s * time, np.full(len(share), whole.k_m_rest)
    none = np.zeros(len(share))
    state = np.array([none, none, none, none, a, tau1, km])
    fixed = np.array(
        [threshold, whole.tau_c_s * time, whole.tau2_s * time, a, tau1, km,
         whole.a_fatigue_N_per_s_per_N_s * tires / time,
         whole.tau1_fatigue_s_per_N_s * tires * time / share,
         whole.k_m_fatigue_per_N_s * tires / share]
    )  # fmt: skip
    return state, fixed


def _gaps(pulses: Pulses) -> tuple[Array, NDArray[np.int64], Array]:
    """Intervals from pulse to pulse with their steps; a long one ends in longer steps, for recovery alone."""
    begin, amplitude = pulses.time_s, pulses.amplitude_mA
    if not len(begin) or begin[0] > 0:
        begin, amplitude = np.concatenate([[0.0], begin]), np.concatenate([[0.0], amplitude])
    gap = np.diff(np.append(begin, pulses.duration_s))
    length, steps, current = [], [], []
    for one, mA in zip(gap, amplitude, strict=True):
        pause = max(0.0, one - _SLACK_S)
        for span, step, peak in ((one - pause, _STEP_S, mA), (pause, _PAUSE_STEP_S, 0.0)):
            if span > 0:
                length.append(span)
                steps.append(max(1, math.ceil(span / step - 1e-9)))
                current.append(peak)
    return np.array(length), np.array(steps, dtype=np.int64), np.array(current)
