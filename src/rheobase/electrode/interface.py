"""The interface between pad and skin: gel sheet and stratum corneum as impedance per area."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from rheobase.errors import ParameterError
from rheobase.tables import row


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """A resistance in series with a leaky capacitor, per area of skin.

    The series part is the gel sheet, the parallel part the stratum corneum. Both are linear: the fall of the skin's
    resistance with current and time is not modelled yet.

    Parameters
    ----------
    series_ohm_m2 : float
        Series resistance, ohm m2, 0 or more; 1 mm of gel at 300 ohm m is 0.3.
    parallel_ohm_m2 : float
        Resistance of the leaky capacitor, ohm m2, 0 or more. 0 leaves the series part alone.
    capacitance_F_per_m2 : float
        Capacitance of the leaky capacitor, F/m2, 0 or more; 1e-4 F/m2 is 10 nF/cm2.
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
    rows: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        units = {"series_ohm_m2": "ohm m2", "parallel_ohm_m2": "ohm m2", "capacitance_F_per_m2": "F/m2"}
        for key, unit in units.items():
            value = getattr(self, key)
            if not (np.isfinite(value) and value >= 0):
                raise ParameterError(f"Interface: {key} is {value} {unit}; it must be 0 or more, and finite.")
        if self.contact_impedance_ohm_m2 <= 0:
            raise ParameterError(
                "Interface: series_ohm_m2 + parallel_ohm_m2 is 0 ohm m2; it must be above 0."
                " For nearly ideal metal use series_ohm_m2=1e-4."
            )

    @property
    def contact_impedance_ohm_m2(self) -> float:
        """Impedance per area to a steady current, ohm m2; the field is solved with this one."""
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
        z = self.series_ohm_m2 + self.parallel_ohm_m2 / (1.0 + w * (self.parallel_ohm_m2 * self.capacitance_F_per_m2))
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
        rise = 1.0 - np.exp(-t / tau) if tau > 0 else np.ones_like(t)
        z = self.series_ohm_m2 + self.parallel_ohm_m2 * rise
        return float(z) if z.ndim == 0 else z


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
