"""Answers at the limit of a vanishing time step, with an estimate of how far off they are.

The scheme is of first order: halving the step halves the error. Three steps, each half the last, tell the limit with
the first two terms of the error taken away, and the distance to the limit from two of them tells what may be left.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from rheobase.errors import ParameterError
from rheobase.nerve.fibre import Fibre
from rheobase.nerve.lots import Potential
from rheobase.nerve.model import Array
from rheobase.nerve.stimulus import Stimulus
from rheobase.nerve.threshold import Thresholds, activation_thresholds
from rheobase.nerve.velocity import conduction_velocity

_WEIGHTS = np.array([1.0, -6.0, 8.0]) / 3.0  # of the values at h, h/2 and h/4, where the error is a h + b h^2


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Values at the limit of a vanishing time step.

    Parameters
    ----------
    value : array
        The limit.
    error : array
        Estimate of its error, from the extrapolation and from the width of what was extrapolated.
    order : array
        Order of convergence that was seen, near 1; NaN where the values hardly change.

    Examples
    --------
    >>> found = extrapolated(np.array([[1.04], [1.02], [1.01]]))
    >>> round(float(found.value[0]), 6), round(float(found.order[0]), 3)
    (1.0, 1.0)
    """

    value: Array
    error: Array
    order: Array


def extrapolated(values: Array, spread: Array | None = None) -> Limit:
    """Limit of values that were found with steps h, h/2 and h/4.

    Parameters
    ----------
    values : array, shape (3, n)
        For h, h/2 and h/4.
    spread : array, optional
        How far off each value may be for other reasons, such as half the bracket of a threshold; same unit.

    Raises
    ------
    ParameterError
        If there are not three rows.

    Examples
    --------
    >>> h = np.array([[4.0], [2.0], [1.0]])
    >>> round(float(extrapolated(5.0 + 0.1 * h + 0.01 * h**2).value[0]), 9)
    5.0
    """
    v = np.asarray(values, dtype=float)
    if v.ndim != 2 or len(v) != 3:
        raise ParameterError(f"values has shape {v.shape}; give three rows, for steps h, h/2 and h/4.")
    limit = np.einsum("h,hn->n", _WEIGHTS, v)
    two = 2.0 * v[2] - v[1]
    noise = np.sqrt((_WEIGHTS**2).sum()) * (0.0 if spread is None else np.asarray(spread))
    with np.errstate(divide="ignore", invalid="ignore"):
        order = np.log2((v[0] - v[1]) / (v[1] - v[2]))
    return Limit(value=limit, error=np.abs(limit - two) + noise, order=np.where(np.isfinite(order), order, np.nan))


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvergedThresholds:
    """Thresholds at the limit of a vanishing time step.

    Parameters
    ----------
    threshold_mA : array
        The limit; infinity where a fibre has no threshold.
    error_mA : array
        Estimate of its error.
    order : array
        Order of convergence that was seen.
    status : int array
        `Status` of each fibre at the shortest step.
    levels : tuple of Thresholds
        What was found with each step, the longest first.
    dt_ms : tuple of float
        The steps.

    Examples
    --------
    >>> from rheobase.nerve import stimulus_from_segments, uniform_fibre
    >>> fibre = uniform_fibre("mrg_discrete", diameter_um=10.0, nodes=21)
    >>> phi = 1.0 / (4e-3 * np.pi * 0.3 * np.hypot(1.0, (fibre.arc_um - 11500) / 1000))
    >>> pulse = lambda dt_ms: stimulus_from_segments([(0.1, -1.0)], tail_ms=3.0, dt_ms=dt_ms)
    >>> found = converged_thresholds([fibre], [phi[None]], pulse)
    >>> print(f"{found.threshold_mA[0]:.4f} mA")
    0.1799 mA
    """

    threshold_mA: Array
    error_mA: Array
    order: Array
    status: Array
    levels: tuple[Thresholds, ...]
    dt_ms: tuple[float, ...]


def converged_thresholds(
    fibres: Sequence[Fibre],
    potential_mV_per_mA: Potential,
    stimulus_at: Callable[[float], Stimulus],
    *,
    dt_ms: float = 0.005,
    tolerance: float = 2e-4,
    progress: Callable[[float], None] | None = None,
    **options: object,
) -> ConvergedThresholds:
    """Find thresholds with three time steps and extrapolate to none.

    Parameters
    ----------
    fibres, potential_mV_per_mA
        As for `activation_thresholds`.
    stimulus_at : callable
        Makes the stimulus for a time step in ms, such as ``lambda dt_ms: stimulus_of(pulse, dt_ms=dt_ms)``. Pulses
        must last whole numbers of steps, or their length is part of the error.
    dt_ms : float
        Longest of the three steps; the others are a half and a quarter of it.
    tolerance : float
        Of each threshold, above 0. The extrapolation makes their brackets some three times wider.
    progress : callable, optional
        Is told the share done.
    **options
        As for `activation_thresholds`, without the guesses.

    Returns
    -------
    ConvergedThresholds
        In the order of the fibres.

    Raises
    ------
    ParameterError
        As `activation_thresholds`; and if `dt_ms` is not above 0 or a stimulus does not have the step it was asked for.

    Examples
    --------
    >>> from rheobase.nerve import stimulus_from_segments, uniform_fibres
    >>> fibres = uniform_fibres("mrg_interpolated", diameter_um=[8.0, 12.0], nodes=21)
    >>> middle = fibres.node_arc_um[:, [10]]
    >>> phi = 1.0 / (4e-3 * np.pi * 0.3 * np.hypot(1.0, (fibres.arc_um - middle) / 1000))
    >>> pulse = lambda dt_ms: stimulus_from_segments([(0.1, -1.0)], tail_ms=3.0, dt_ms=dt_ms)
    >>> found = converged_thresholds(fibres, phi[:, None], pulse)
    >>> bool((found.error_mA < 0.003 * found.threshold_mA).all())
    True
    """
    if not 0 < dt_ms < np.inf:
        raise ParameterError(f"dt_ms is {dt_ms} ms; it must be above 0, for example 0.005 ms.")
    steps_ms = (dt_ms, dt_ms / 2, dt_ms / 4)
    levels: list[Thresholds] = []
    for level, step_ms in enumerate(steps_ms):
        stimulus = stimulus_at(step_ms)
        if abs(stimulus.dt_ms / step_ms - 1.0) > 1e-9:
            raise ParameterError(
                f"stimulus_at({step_ms:g}) has a step of {stimulus.dt_ms:g} ms; give it the step asked."
            )
        guess = None
        if levels and np.isfinite(levels[-1].threshold_mA).all():
            guess = levels[-1].threshold_mA

        def tell(share: float, level: int = level) -> None:
            if progress is not None:
                progress((2**level - 1 + share * 2**level) / 7.0)

        levels.append(
            activation_thresholds(
                fibres, potential_mV_per_mA, stimulus, tolerance=tolerance, guess_mA=guess, progress=tell, **options
            )  # type: ignore[arg-type]
        )
    middle = np.stack([np.sqrt(t.threshold_mA * np.maximum(t.lower_mA, 1e-300)) for t in levels])
    known = np.isfinite(middle).all(axis=0)
    limit = extrapolated(np.where(known, middle, 1.0), np.where(known, middle[-1], 0.0) * tolerance / 2.0)
    return ConvergedThresholds(
        threshold_mA=np.where(known, limit.value, np.inf),
        error_mA=np.where(known, limit.error, np.nan),
        order=np.where(known, limit.order, np.nan),
        status=levels[-1].status,
        levels=tuple(levels),
        dt_ms=steps_ms,
    )


def converged_velocity(fibre: Fibre, *, dt_ms: float = 0.0025, **options: float) -> Limit:
    """Conduction velocity at the limit of a vanishing time step, in m/s.

    Parameters
    ----------
    fibre : Fibre
        At least 11 nodes.
    dt_ms : float
        Longest of three steps, each half the last.
    **options
        As for `conduction_velocity`.

    Raises
    ------
    ParameterError
        As `conduction_velocity`; and if `dt_ms` is not above 0.

    Examples
    --------
    >>> from rheobase.nerve import uniform_fibre
    >>> found = converged_velocity(uniform_fibre("mrg_discrete", diameter_um=10.0, nodes=21))
    >>> print(f"{found.value[0]:.1f} m/s")
    56.2 m/s
    """
    if not 0 < dt_ms < np.inf:
        raise ParameterError(f"dt_ms is {dt_ms} ms; it must be above 0, for example 0.0025 ms.")
    found = [conduction_velocity(fibre, dt_ms=dt_ms / n, **options).velocity_m_per_s for n in (1, 2, 4)]
    return extrapolated(np.array(found)[:, None])
