"""Strength against duration: how the threshold falls as a rectangular pulse grows longer, in two numbers.

Weiss: ``I = b (1 + tau / d)``. Lapicque: ``I = b / (1 - exp(-d / tau))``. The rheobase b is the threshold of an endless
pulse. At the chronaxie the threshold is twice that: tau itself for Weiss, tau ln 2 for Lapicque.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar

from rheobase.errors import ParameterError, near_name
from rheobase.nerve.model import Array

LAWS = ("weiss", "lapicque")


@dataclass(frozen=True, slots=True, kw_only=True)
class StrengthDuration:
    """A fitted strength-duration curve.

    Parameters
    ----------
    law : str
        ``"weiss"`` or ``"lapicque"``.
    rheobase_mA : float
        Threshold of an endless pulse.
    time_constant_us : float
        Tau of the law.
    chronaxie_us : float
        Width at which the threshold is twice the rheobase.
    residual_relative : float
        Root mean square of the residuals, each divided by its threshold.
    widths_us, thresholds_mA : tuple of float
        What was fitted.

    Examples
    --------
    >>> fit = fit_strength_duration([50, 100, 200, 500, 1000], [13.0, 7.0, 4.0, 2.2, 1.6], biphasic=False)
    >>> print(f"{fit.rheobase_mA:.1f} mA, {fit.chronaxie_us:.0f} us; at 400 us {fit.threshold_mA(400.0):.2f} mA")
    1.0 mA, 600 us; at 400 us 2.50 mA
    """

    law: str
    rheobase_mA: float
    time_constant_us: float
    chronaxie_us: float
    residual_relative: float
    widths_us: tuple[float, ...]
    thresholds_mA: tuple[float, ...]

    def threshold_mA(self, width_us: float) -> float:
        """Threshold of a pulse of a given width, above 0."""
        if not width_us > 0:
            raise ParameterError(f"width_us is {width_us:g} us; it must be above 0.")
        return float(_shape(self.law, np.array([width_us]), self.time_constant_us)[0] * self.rheobase_mA)


def fit_strength_duration(
    widths_us: Sequence[float] | Array, thresholds_mA: Sequence[float] | Array, *, biphasic: bool, law: str = "weiss"
) -> StrengthDuration:
    """Fit a strength-duration law to thresholds of monophasic rectangular pulses.

    Every residual is divided by its threshold, so that short pulses with their large thresholds do not decide alone.
    Weiss is linear in b and b tau and solved as such.

    Parameters
    ----------
    widths_us : sequence of float
        Pulse widths, above 0, at least two different ones.
    thresholds_mA : sequence of float
        Threshold at each width, above 0 and finite.
    biphasic : bool
        Whether the pulses had a reversed second phase. Such a series follows neither law (its fits give time constants
        from 300 to 3,100 us for one and the same fibre) and is refused: show it, and fit a monophasic one.
    law : {"weiss", "lapicque"}
        Which law.

    Returns
    -------
    StrengthDuration

    Raises
    ------
    ParameterError
        For a biphasic series, an unknown law, numbers that do not pair or are not above 0, or a series that does not
        fall with width.

    Examples
    --------
    >>> b, tau = 2.0, 300.0
    >>> widths = np.array([50.0, 100.0, 200.0, 500.0, 1000.0])
    >>> print(round(fit_strength_duration(widths, b * (1 + tau / widths), biphasic=False).chronaxie_us, 6))
    300.0
    """
    d, i = np.asarray(widths_us, dtype=float), np.asarray(thresholds_mA, dtype=float)
    _check(d, i, biphasic, law)
    if law == "weiss":
        rheobase, tau = _weiss(d, i)
    else:
        rheobase, tau = _lapicque(d, i)
    if not (rheobase > 0 and tau > 0):
        raise ParameterError(
            f"These thresholds fit {law.title()} only with a rheobase of {rheobase:.3g} mA and a time constant of"
            f" {tau:.3g} us; both must be above 0. The thresholds must fall, and level off, as the width grows."
        )
    return StrengthDuration(
        law=law,
        rheobase_mA=float(rheobase),
        time_constant_us=float(tau),
        chronaxie_us=float(tau if law == "weiss" else tau * np.log(2.0)),
        residual_relative=float(np.sqrt(np.mean((rheobase * _shape(law, d, tau) / i - 1.0) ** 2))),
        widths_us=tuple(d.tolist()),
        thresholds_mA=tuple(i.tolist()),
    )


def weiss_fit(width_us: Sequence[float] | Array, threshold_mA: Sequence[float] | Array) -> StrengthDuration:
    """Weiss fit of a monophasic series; short for `fit_strength_duration`.

    Parameters
    ----------
    width_us, threshold_mA : sequence of float
        Widths and thresholds of monophasic pulses.

    Examples
    --------
    >>> print(round(weiss_fit([100.0, 400.0], [4.0, 1.75]).chronaxie_us, 6))
    300.0
    """
    return fit_strength_duration(width_us, threshold_mA, biphasic=False)


def _check(d: Array, i: Array, biphasic: bool, law: str) -> None:
    if law not in LAWS:
        raise ParameterError(f"There is no strength-duration law '{law}'.{near_name(law, LAWS)}")
    if biphasic:
        raise ParameterError(
            "thresholds_mA come from biphasic pulses, which follow neither Weiss nor Lapicque."
            " Fit thresholds of monophasic pulses; show the biphasic ones without a fit."
        )
    if d.ndim != 1 or d.shape != i.shape or np.unique(d).size < 2:
        raise ParameterError(
            f"widths_us has shape {d.shape} and thresholds_mA {i.shape}; give one threshold a width, and at least two"
            " different widths."
        )
    for name, values, unit in (("widths_us", d, "us"), ("thresholds_mA", i, "mA")):
        bad = ~(np.isfinite(values) & (values > 0))
        if bad.any():
            raise ParameterError(f"{name} holds {values[bad][0]:g} {unit}; every value must be finite and above 0.")


def _shape(law: str, d: Array, tau: float) -> Array:
    """Threshold over rheobase."""
    return 1.0 + tau / d if law == "weiss" else -1.0 / np.expm1(-d / tau)


def _weiss(d: Array, i: Array) -> tuple[float, float]:
    columns = np.column_stack([1.0 / i, 1.0 / (d * i)])
    rheobase, charge = np.linalg.lstsq(columns, np.ones_like(d), rcond=None)[0]
    return rheobase, charge / rheobase


def _lapicque(d: Array, i: Array) -> tuple[float, float]:
    def best(ln_tau_us: float) -> tuple[float, float]:
        s = _shape("lapicque", d, np.exp(ln_tau_us)) / i
        rheobase = s.sum() / (s @ s)
        return rheobase, float(np.mean((rheobase * s - 1.0) ** 2))

    low, high = np.log(0.02 * d.min()), np.log(50.0 * d.max())
    grid = np.linspace(low, high, 60)
    at = int(np.argmin([best(x)[1] for x in grid]))
    if at in (0, len(grid) - 1):
        return best(grid[at])[0], -1.0
    found = minimize_scalar(
        lambda x: best(x)[1], bounds=(grid[at - 1], grid[at + 1]), method="bounded", options={"xatol": 1e-10}
    )
    return best(found.x)[0], float(np.exp(found.x))
