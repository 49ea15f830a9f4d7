"""From a recorded force to a person's constants, with their intervals, and a word where the recording cannot tell."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares
from scipy.special import stdtrit

from rheobase.effect.muscle.ding2003 import Ding2003, ding2003
from rheobase.effect.muscle.hill_huxley import HillHuxley
from rheobase.effect.muscle.model import contract
from rheobase.effect.muscle.trace import ForceTrace
from rheobase.errors import ConvergenceError, ParameterError, near_name

Array = NDArray[np.floating[Any]]
FORCE = ("a_rest_N_per_s", "tau1_rest_s", "tau2_s", "k_m_rest")
FATIGUE = ("a_fatigue_N_per_s_per_N_s", "tau1_fatigue_s_per_N_s", "k_m_fatigue_per_N_s")
FREE = (*FORCE, "tau_c_s", *FATIGUE, "tau_fatigue_s")
_BOUND = 20.0  # a constant is looked for within this factor of its published value
_UNSURE = 2.0  # an interval wider than this factor up and down says that the recording cannot tell
_TWINS = 0.98


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A constant, and the interval in which it lies with 95 % confidence.

    Parameters
    ----------
    value, low, high : float
        In the unit that the name of the constant carries.
    unit : str
        That unit.

    Examples
    --------
    >>> Estimate(value=0.05, low=0.04, high=0.06, unit="s").high
    0.06
    """

    value: float
    low: float
    high: float
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Identified:
    """A muscle that follows a recording.

    Parameters
    ----------
    model : Ding2003
        The muscle with the constants found.
    estimates : mapping
        Each free constant with its interval.
    explained_share : float
        Share of the variance of the force that it explains.
    rms_N : float
        Root mean square of what is left.
    warnings : tuple of str
        What the recording cannot tell.

    Examples
    --------
    >>> from rheobase.effect import contract, force_trace, steady_pulses
    >>> pulses = steady_pulses(rate_hz=15.0, on_s=1.0, off_s=0.5)
    >>> made = contract(ding2003(tired=False), pulses)
    >>> found = identify(force_trace(made.time_s, made.force_N, pulses), free=("a_rest_N_per_s", "tau1_rest_s"))
    >>> print(f"{found.estimates['a_rest_N_per_s'].value:.0f} N/s, {found.explained_share:.4f}")
    3009 N/s, 1.0000
    """

    model: Ding2003
    estimates: Mapping[str, Estimate]
    explained_share: float
    rms_N: float
    warnings: tuple[str, ...]


def identify(
    trace: ForceTrace, *, free: Iterable[str] = FORCE, start: Ding2003 | None = None, dt_s: float = 0.001
) -> Identified:
    """Fit the constants of Ding's model to a recording.

    Gaps are passed over; the muscle goes on through them. The intervals take into account that neighbouring samples
    err alike. The muscle must be rested and slack at the first sample.

    Parameters
    ----------
    trace : ForceTrace
        The recording.
    free : iterable of str
        The constants to look for: of `FREE`. Fatigue can be told only from many contractions.
    start : Ding2003, optional
        Where to begin, and what the other constants are; the published ones if left out, without fatigue unless a
        constant of fatigue is free.
    dt_s : float
        Step of the model, above 0 and at most 0.01 s.

    Raises
    ------
    ParameterError
        If a constant has no such name or starts at 0.
    ConvergenceError
        If the fit finds no muscle that is like the recording.

    Examples
    --------
    >>> from rheobase.effect import contract, force_trace, steady_pulses
    >>> pulses = steady_pulses(rate_hz=50.0, on_s=1.0)
    >>> made = contract(ding2003(tired=False), pulses, dt_s=0.002)
    >>> found = identify(force_trace(made.time_s, made.force_N + 5 * np.sin(1e3 * made.time_s), pulses))
    >>> any("cannot tell" in warning for warning in found.warnings)
    True
    """
    names = tuple(dict.fromkeys(free))
    for name in names:
        if name not in FREE:
            raise ParameterError(f"There is no constant '{name}' to fit.{near_name(name, FREE)}")
    base = start or ding2003(tired=any(n in (*FATIGUE, "tau_fatigue_s") for n in names))
    begin = np.array([getattr(base.muscle, n) for n in names])
    if not names or (begin == 0).any():
        raise ParameterError(
            f"Constants to fit are {', '.join(names) or 'none'}; name at least one, and none that starts at 0."
        )
    there = np.isfinite(trace.force_N)
    time, force = trace.time_s[there] - trace.time_s[0], trace.force_N[there]
    force = force - _baseline(trace, time, force)

    def left(log_factor: Array) -> Array:
        made = contract(_with(base, names, begin * np.exp(log_factor)), trace.pulses, dt_s=dt_s)
        return np.interp(time, made.time_s, made.force_N) - force

    reach = math.log(_BOUND)
    first = np.zeros(len(names))
    if "a_rest_N_per_s" in names:  # the scale of the force is seen at once, and a near start saves steps
        peak = float(np.max(left(first) + force))
        ratio = math.log(max(float(force.max()), 1e-9) / max(peak, 1e-9))
        first[names.index("a_rest_N_per_s")] = 0.999 * min(max(ratio, -reach), reach)
    done = least_squares(left, first, bounds=(-reach, reach), x_scale=0.3, method="trf", max_nfev=200)
    explained = 1.0 - float(np.sum(done.fun**2) / np.sum((force - force.mean()) ** 2))
    if not explained > 0:
        raise ConvergenceError(
            f"No muscle was found that is like the recording: the best explains {explained:.0%} of its variance. Check"
            " that the pulses lie where they were given, that force is in N, and that the muscle is slack at the start."
        )
    return _told(base, names, begin, done, explained, reach)


def _with(base: Ding2003, names: tuple[str, ...], values: Array) -> Ding2003:
    muscle: HillHuxley = replace(base.muscle, **dict(zip(names, values.tolist(), strict=True)))
    return replace(base, muscle=muscle)


def _baseline(trace: ForceTrace, time: Array, force: Array) -> float:
    """Force before the first pulse, where any was recorded."""
    pulses = trace.pulses.time_s
    before = force[time < pulses[0]] if len(pulses) else force[:0]
    return float(before.mean()) if len(before) >= 5 else 0.0


def _told(
    base: Ding2003, names: tuple[str, ...], begin: Array, done: object, explained: float, reach: float
) -> Identified:
    log_factor, left, slope = (np.asarray(getattr(done, k)) for k in ("x", "fun", "jac"))
    error, together = _errors(left, slope)
    degrees = max(1, len(left) - len(names))
    times = float(stdtrit(degrees, 0.975))
    value = begin * np.exp(log_factor)
    estimates = {
        n: Estimate(
            value=float(v), unit=_unit(n),
            low=float(min(v * math.exp(-times * e), v * math.exp(times * e))),
            high=float(max(v * math.exp(-times * e), v * math.exp(times * e))),
        )
        for n, v, e in zip(names, value, np.minimum(error, 300.0), strict=True)
    }  # fmt: skip
    said = [] if getattr(done, "success", False) else ["The search was cut short before it settled."]
    said += [
        f"The recording cannot tell {n}: anything from {estimates[n].low:.3g} to {estimates[n].high:.3g}"
        f" {estimates[n].unit} goes with it."
        for n, e in zip(names, error, strict=True)
        if not times * e < math.log(_UNSURE)
    ]
    said += [
        f"{n} ended at the edge of where it was looked for ({v:.3g} {_unit(n)}); do not trust it."
        for n, v, x in zip(names, value, log_factor, strict=True)
        if abs(x) > 0.99 * reach
    ]
    said += [
        f"{names[i]} and {names[j]} make up for one another (correlation {together[i, j]:.2f}): the recording cannot"
        " tell them apart. Add a twitch, or a train of another rate."
        for i in range(len(names))
        for j in range(i)
        if abs(together[i, j]) > _TWINS
    ]
    return Identified(
        model=_with(base, names, value),
        estimates=estimates,
        explained_share=explained,
        rms_N=float(np.sqrt(np.mean(left**2))),
        warnings=tuple(said),
    )


def _errors(left: Array, slope: Array) -> tuple[Array, Array]:
    """Standard errors of the logarithms, and their correlations."""
    n, k = slope.shape
    # residuals that resemble their neighbours hold less news than their number says
    alike = float(np.clip(np.corrcoef(left[:-1], left[1:])[0, 1], 0.0, 0.999)) if left.std() > 0 else 0.0
    variance = float(np.sum(left**2)) / max(n - k, 1) * (1.0 + alike) / (1.0 - alike)
    _, s, vt = np.linalg.svd(slope, full_matrices=False)
    least = max(1e-10 * float(s[0]), 1e-100)
    covariance = (vt.T / np.maximum(s, least) ** 2) @ vt * variance
    error = np.sqrt(np.maximum(np.diag(covariance), 1e-300))
    return error, covariance / np.outer(error, error)


def _unit(name: str) -> str:
    known = {
        "a_rest_N_per_s": "N/s", "tau1_rest_s": "s", "tau2_s": "s", "tau_c_s": "s", "k_m_rest": "",
        "tau_fatigue_s": "s", "a_fatigue_N_per_s_per_N_s": "N/s per N s", "tau1_fatigue_s_per_N_s": "s per N s",
        "k_m_fatigue_per_N_s": "per N s",
    }  # fmt: skip
    return known[name]
