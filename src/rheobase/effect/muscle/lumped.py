"""A pool of any size as some dozen groups of like units: what a session of many minutes needs in an instant."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.effect.muscle.pool import MotorUnitPool, thresholds_of
from rheobase.errors import ParameterError

Array = NDArray[np.floating[Any]]


def lumped(
    pool: MotorUnitPool, threshold_mA: Array, *, amplitude_mA: float, steps: int = 12, kinds: int = 5
) -> tuple[MotorUnitPool, Array]:
    """Groups of units that fire at nearly one current and tire at nearly one rate.

    Units that do not fire at the amplitude are left out, so that the share that does is exact; among the others the
    threshold only decides when, within a ramp, a group joins in. A group is a unit whose force is the sum of its
    members', and whose times and fatigue are their mean, weighted by force.

    Parameters
    ----------
    pool : MotorUnitPool
        The units.
    threshold_mA : array
        Threshold of each.
    amplitude_mA : float
        The strongest pulse, above 0.
    steps, kinds : int
        Groups over the threshold and over fatigability, at least 1.

    Returns
    -------
    pool, threshold_mA
        The groups, each a unit; none if nothing fires.

    Raises
    ------
    ParameterError
        If there is not one threshold for each unit, or a number is out of range.

    Examples
    --------
    >>> from rheobase.effect import motor_unit_pool
    >>> pool = motor_unit_pool(units=10_000)
    >>> groups, at_mA = lumped(pool, np.linspace(10.0, 50.0, 10_000), amplitude_mA=30.0)
    >>> len(at_mA) <= 60, bool(at_mA.max() <= 30.0)
    (True, True)
    """
    threshold = thresholds_of(pool, threshold_mA)
    if not (amplitude_mA > 0 and steps >= 1 and kinds >= 1):
        raise ParameterError(
            f"amplitude_mA is {amplitude_mA} mA, steps {steps}, kinds {kinds}; the amplitude must be above 0, the"
            " others at least 1."
        )
    fires = threshold <= amplitude_mA
    share = pool.twitch_share[fires]
    cell = _rank(threshold[fires], share, steps) * kinds + _rank(pool.fatigue_factor[fires], share, kinds)
    size = steps * kinds
    total = np.bincount(cell, share, minlength=size).astype(float)
    used = total > 0

    def mean(values: Array) -> Array:
        return np.bincount(cell, share * values[fires], minlength=size)[used] / total[used]

    groups = MotorUnitPool(
        twitch_share=total[used],
        contraction_factor=mean(pool.contraction_factor),
        fatigue_factor=mean(pool.fatigue_factor),
        axon_um=mean(pool.axon_um),
        fibre_count=np.bincount(cell, pool.fibre_count[fires], minlength=size)[used].astype(float),
        seed=pool.seed,
    )
    return groups, mean(np.where(fires, threshold, 0.0))


def _rank(values: Array, share: Array, groups: int) -> NDArray[np.intp]:
    """Group of each value, so that all groups hold about the same share."""
    order = np.argsort(values, kind="stable")
    before = np.cumsum(share[order]) - 0.5 * share[order]
    out = np.empty(len(values), dtype=np.intp)
    out[order] = np.minimum((groups * before / max(share.sum(), 1e-300)).astype(np.intp), groups - 1)
    return out
