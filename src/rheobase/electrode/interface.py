"""The interface between pad and skin: gel sheet and stratum corneum as impedance per area."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from rheobase.errors import ParameterError
from rheobase.tables import row

_RATES = 4001  # of the sum of exponentials that makes the step response of a constant phase element


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """A resistance in series with a leaky capacitor or constant phase element, per area of skin.

    The series part is the gel sheet, the parallel part the stratum corneum, whose resistance breaks down as the current
    density grows if ``breakdown_A_per_m2`` is given: R0 / (1 + (J / J0)^p). That law is proposed, not measured, and
    knows no recovery over time.

    Parameters
    ----------
    series_ohm_m2 : float
        Series resistance, ohm m2, 0 or more; 1 mm of gel at 300 ohm m is 0.3.
    parallel_ohm_m2 : float
        Resistance of the leaky capacitor, ohm m2, 0 or more. 0 leaves the series part alone.
    capacitance_F_per_m2 : float
        Capacitance of the leaky capacitor, F/m2, 0 or more; 1e-4 F/m2 is 10 nF/cm2.
    phase_exponent : float
        1 for a capacitor; above 0.1 and below 1 for a constant phase element in its place (a Cole element), whose time
        constant is ``parallel_ohm_m2 * capacitance_F_per_m2``.
    breakdown_A_per_m2 : float
        Current density J0 at which the parallel resistance has fallen to half, above 0; infinite for a linear skin.
    breakdown_exponent : float
        Exponent p of the fall, above 0.
    rows : tuple of str
        Table rows the values come from.

    Raises
    ------
    ParameterError
        If a value is negative or not finite, or both resistances are 0.

    Examples
    --------
    >>> Interface(series_ohm_m2=0.3, parallel_ohm_m2=1.05).contact_impedance_ohm_m2
    1.35
    """

    series_ohm_m2: float
    parallel_ohm_m2: float = 0.0
    capacitance_F_per_m2: float = 0.0
    phase_exponent: float = 1.0
    breakdown_A_per_m2: float = np.inf
    breakdown_exponent: float = 2.0
    rows: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        units = {"series_ohm_m2": "ohm m2", "parallel_ohm_m2": "ohm m2", "capacitance_F_per_m2": "F/m2"}
        for key, unit in units.items():
            value = getattr(self, key)
            if not (np.isfinite(value) and value >= 0):
                raise ParameterError(f"Interface: {key} is {value} {unit}; it must be 0 or more, and finite.")
        if not 0.1 < self.phase_exponent <= 1.0:
            raise ParameterError(
                f"Interface: phase_exponent is {self.phase_exponent}; it must lie above 0.1 and be at most 1."
            )
        for key, unit in (("breakdown_A_per_m2", " A/m2"), ("breakdown_exponent", "")):
            if not getattr(self, key) > 0:
                raise ParameterError(f"Interface: {key} is {getattr(self, key)}{unit}; it must be above 0.")
        if self.contact_impedance_ohm_m2 <= 0:
            raise ParameterError(
                "Interface: series_ohm_m2 + parallel_ohm_m2 is 0 ohm m2; it must be above 0."
                " For nearly ideal metal use series_ohm_m2=1e-4."
            )

    @property
    def contact_impedance_ohm_m2(self) -> float:
        """Impedance per area to a steady small current, ohm m2; the field is solved with this one."""
        return self.series_ohm_m2 + self.parallel_ohm_m2

    @property
    def time_constant_us(self) -> float:
        """Time constant of the voltage under a steady current, us (0 without a capacitor)."""
        return self.parallel_ohm_m2 * self.capacitance_F_per_m2 * 1e6

    def impedance_ohm_m2(self, frequency_hz: float | np.ndarray) -> complex | np.ndarray:
        """Complex impedance per area, ohm m2, at one or more frequencies of 0 Hz or more.

        Examples
        --------
        >>> Interface(series_ohm_m2=0.3, parallel_ohm_m2=1.0, capacitance_F_per_m2=2e-4).impedance_ohm_m2(0.0)
        (1.3+0j)
        """
        w = 2j * np.pi * np.asarray(frequency_hz, dtype=float)
        turned = (w * (self.parallel_ohm_m2 * self.capacitance_F_per_m2)) ** self.phase_exponent
        z = self.series_ohm_m2 + self.parallel_ohm_m2 / (1.0 + turned)
        return complex(z) if z.ndim == 0 else z

    def voltage_step_ohm_m2(self, time_us: float | np.ndarray) -> float | np.ndarray:
        """Voltage per current density, ohm m2, at times after a current step (0 us or more).

        It starts at the series part and rises to `contact_impedance_ohm_m2`.

        Examples
        --------
        >>> Interface(series_ohm_m2=0.3, parallel_ohm_m2=1.0, capacitance_F_per_m2=2e-4).voltage_step_ohm_m2(0.0)
        0.3
        """
        t = np.asarray(time_us, dtype=float)
        tau = self.time_constant_us
        rise = 1.0 - _relaxation(t / tau, self.phase_exponent) if tau > 0 else np.ones_like(t)
        z = self.series_ohm_m2 + self.parallel_ohm_m2 * rise
        return float(z) if z.ndim == 0 else z

    @property
    def is_linear(self) -> bool:
        """Whether its resistance is the same at every current."""
        return bool(np.isinf(self.breakdown_A_per_m2) or self.parallel_ohm_m2 == 0)

    def at_density(self, density_A_per_m2: float) -> Interface:
        """The linear interface that this one is at a current density, A/m2 (its sign does not matter).

        Examples
        --------
        >>> skin = Interface(series_ohm_m2=0.3, parallel_ohm_m2=5.0, breakdown_A_per_m2=2.0)
        >>> round(skin.at_density(4.0).parallel_ohm_m2, 6)
        1.0
        """
        if self.is_linear:
            return self
        fallen = 1.0 + (abs(density_A_per_m2) / self.breakdown_A_per_m2) ** self.breakdown_exponent
        return replace(self, parallel_ohm_m2=self.parallel_ohm_m2 / fallen, breakdown_A_per_m2=np.inf)

    def dried(self, factor: float) -> Interface:
        """The interface with its series part, the gel, ``factor`` times (1 or more) as resistive.

        Examples
        --------
        >>> round(default_interface().dried(10.0).contact_impedance_ohm_m2, 6)
        4.05
        """
        if not 1.0 <= factor < np.inf:
            raise ParameterError(
                f"Interface: drying by factor {factor}; it must be 1 or more: gel does not gain water."
            )
        return replace(self, series_ohm_m2=self.series_ohm_m2 * factor)


def _relaxation(relative: np.ndarray, exponent: float) -> np.ndarray:
    """What is left of the voltage over a Cole element after a time in time constants: 1 to 0.

    The Mittag-Leffler function E(-t^a), as a continuous mixture of exponentials.
    """
    if exponent == 1.0:
        return np.exp(-relative)
    y = np.linspace(-40.0, 40.0, _RATES) / exponent
    power, turn = np.exp(exponent * y), exponent * np.pi
    share = np.sin(turn) / np.pi * power / (power**2 + 2 * power * np.cos(turn) + 1.0) * (y[1] - y[0])
    return np.exp(-np.multiply.outer(relative, np.exp(y))) @ (share / share.sum())


@cache
def default_interface() -> Interface:
    """Gel sheet plus stratum corneum, 1.35 ohm m2 in all, for a skin whose dermis is a layer of the anatomy.

    Examples
    --------
    >>> round(default_interface().contact_impedance_ohm_m2, 3)
    1.35
    """
    rows = ("electrodes.gel_sheet", "electrodes.stratum_corneum", "electrodes.stratum_corneum_capacitance")
    return Interface(
        series_ohm_m2=row(rows[0])["contact_impedance_ohm_m2"],
        parallel_ohm_m2=row(rows[1])["parallel_resistance_ohm_m2"],
        capacitance_F_per_m2=row(rows[2])["capacitance_F_per_m2"],
        rows=rows,
    )


@cache
def breaking_interface() -> Interface:
    """Gel sheet and stratum corneum at small signals, whose resistance breaks down as the current density grows.

    For currents near 0 the skin is far more resistive than `default_interface`, which holds at therapeutic currents.

    Examples
    --------
    >>> skin = breaking_interface()
    >>> round(skin.contact_impedance_ohm_m2, 3), round(skin.at_density(10.0).contact_impedance_ohm_m2, 3)
    (5.3, 0.4)
    """
    law = row("electrodes.stratum_corneum_breakdown")
    plain = default_interface()
    return Interface(
        series_ohm_m2=plain.series_ohm_m2,
        parallel_ohm_m2=law["small_signal_ohm_m2"],
        capacitance_F_per_m2=plain.capacitance_F_per_m2,
        breakdown_A_per_m2=law["half_density_A_per_m2"],
        breakdown_exponent=law["breakdown_exponent"],
        rows=(*plain.rows[:1], "electrodes.stratum_corneum_breakdown", *plain.rows[2:]),
    )
