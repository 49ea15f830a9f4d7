"""Thresholds of fibres over the width of the pulse, and the strength-duration laws fitted to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import ParameterError
from rheobase.nerve.fibre import Fibre
from rheobase.nerve.lots import Potential
from rheobase.nerve.model import Array
from rheobase.nerve.stimulus import stimulus_of
from rheobase.nerve.strength_duration import StrengthDuration, fit_strength_duration
from rheobase.nerve.threshold import activation_thresholds
from rheobase.pulse import Pulse, monophasic


@dataclass(frozen=True, slots=True, kw_only=True)
class WidthSeries:
    """Thresholds over widths.

    Parameters
    ----------
    widths_us : array, shape (widths,)
        Widths of the pulse, ascending.
    thresholds_mA : array, shape (fibres, widths)
        Thresholds; infinity where none was found.
    status : int array, shape (fibres, widths)
        `Status` of each.
    biphasic : bool
        Whether the pulse reverses; such a series follows no strength-duration law.

    Examples
    --------
    >>> series = WidthSeries(widths_us=np.array([100.0, 400.0]), thresholds_mA=np.array([[4.0, 1.75]]),
    ...                      status=np.zeros((1, 2), dtype=int), biphasic=False)
    >>> round(series.fit(0).chronaxie_us, 6)
    300.0
    """

    widths_us: Array
    thresholds_mA: Array
    status: NDArray[np.int64]
    biphasic: bool

    def fit(self, fibre: int, law: str = "weiss") -> StrengthDuration:
        """Fit one fibre's series; see `fit_strength_duration`. Widths without a threshold are left out."""
        found = np.isfinite(self.thresholds_mA[fibre])
        return fit_strength_duration(
            self.widths_us[found], self.thresholds_mA[fibre, found], biphasic=self.biphasic, law=law
        )


def thresholds_over_widths(
    fibres: Sequence[Fibre],
    potential_mV_per_mA: Potential,
    *,
    widths_us: Sequence[float] | Array,
    pulse: Callable[[float], Pulse] = monophasic,
    watch: Sequence[int] | None = None,
    need: int = 0,
    tolerance: float = 0.005,
    upper_mA: float = 2000.0,
    true_start: bool = False,
    dt_ms: float = 0.005,
    tail_ms: float = 3.0,
    temperature_C: float = 37.0,
    progress: Callable[[float], None] | None = None,
) -> WidthSeries:
    """Find each fibre's threshold for pulses of several widths.

    Parameters
    ----------
    fibres, potential_mV_per_mA, watch, need, tolerance, upper_mA, true_start
        As for `activation_thresholds`; one source.
    widths_us : sequence of float
        Widths, above 0.
    pulse : callable
        Makes a pulse of a width in us; by default monophasic and cathodic.
    dt_ms, tail_ms : float
        Time step, and silence after the pulse in which the spike must arrive.
    temperature_C : float
        Temperature of the nerve.
    progress : callable, optional
        Is told the share done.

    Returns
    -------
    WidthSeries

    Raises
    ------
    ParameterError
        If there is no width or one is not above 0, or the rest does not fit as for `activation_thresholds`.

    Examples
    --------
    >>> from rheobase.nerve import uniform_fibre
    >>> fibre = uniform_fibre("mrg_discrete", diameter_um=10.0, nodes=21)
    >>> r_mm = np.hypot(1.0, (fibre.arc_um - 11500) / 1000)
    >>> phi = 1.0 / (4 * np.pi * 0.3 * r_mm * 1e-3)
    >>> series = thresholds_over_widths([fibre], [phi[None]], widths_us=[50, 100, 200, 500])
    >>> print(f"chronaxie {series.fit(0).chronaxie_us:.0f} us")
    chronaxie 182 us
    """
    widths = np.sort(np.asarray(widths_us, dtype=float).ravel())
    if not widths.size or not (np.isfinite(widths) & (widths > 0)).all():
        raise ParameterError("widths_us must hold at least one width in us, each above 0 and finite.")
    shape = (len(fibres), widths.size)
    found, status, biphasic, factor = np.full(shape, np.inf), np.zeros(shape, dtype=np.int64), False, None
    for k, width in enumerate(widths):
        stimulus = stimulus_of(pulse(float(width)), dt_ms=dt_ms, tail_ms=tail_ms)
        biphasic |= bool((stimulus.samples > 0).any() and (stimulus.samples < 0).any())
        one = activation_thresholds(
            fibres, potential_mV_per_mA, stimulus, watch=watch, need=need, tolerance=tolerance, upper_mA=upper_mA,
            true_start=true_start, temperature_C=temperature_C, guess_factor=factor,
            progress=None if progress is None else lambda share, k=k: progress((k + share) / widths.size),
        )  # fmt: skip
        found[:, k], status[:, k] = one.threshold_mA, one.status
        ratio = one.threshold_mA / one.predicted_mA  # hardly changes from width to width
        factor = ratio if np.isfinite(ratio).all() and (ratio > 0).all() else None
    return WidthSeries(widths_us=widths, thresholds_mA=found, status=status, biphasic=biphasic)
