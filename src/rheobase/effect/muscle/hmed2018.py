"""Hmed and others 2018: isometric force in which the current recruits, with fatigue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from rheobase.effect.muscle.hill_huxley import Array, HillHuxley, RecruitedByPulse, from_rows
from rheobase.effect.muscle.model import FittedRange
from rheobase.effect.muscle.pulses import Pulses
from rheobase.errors import ParameterError
from rheobase.tables import row

_ROWS = ("muscle.hmed2018", "muscle.ding2003_fatigue", "muscle.hmed2018_current")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Hmed2018(RecruitedByPulse):
    """Force of a quadriceps: a pulse adds to the drive as ar (tanh(bs (I - Is)) + cr), never less than nothing.

    The published curve crosses zero at 17 mA and is negative below, where it is cut off, with a notice. Above 115 mA it
    exceeds 1 by up to 7 %; that is left as published. It tells nothing of pulse width.

    Parameters
    ----------
    muscle : HillHuxley
        The constants.
    gain_factor, offset_factor : float
        ar and cr.
    slope_per_mA, middle_mA : float
        bs, above 0, and Is.
    rows : tuple of str
        Table rows they come from.

    Raises
    ------
    ParameterError
        If gain or slope are not above 0.

    Examples
    --------
    >>> from rheobase.effect import contract, steady_pulses
    >>> [round(contract(hmed2018(tired=False), steady_pulses(rate_hz=50.0, on_s=1.0, amplitude_mA=i)).peak_N)
    ...  for i in (10.0, 40.0, 80.0)]
    [0, 172, 276]
    """

    muscle: HillHuxley
    gain_factor: float
    offset_factor: float
    slope_per_mA: float
    middle_mA: float
    rows: tuple[str, ...] = _ROWS
    name = "hmed2018"
    plain = "isometric force over current after Hmed 2018"
    on = "drive"

    def __post_init__(self) -> None:
        if not (self.gain_factor > 0 and self.slope_per_mA > 0):
            raise ParameterError(
                f"gain_factor is {self.gain_factor} and slope_per_mA {self.slope_per_mA} /mA; both must be above 0."
            )

    @property
    def zero_mA(self) -> float:
        """Current at and below which nothing is recruited."""
        return float(self.middle_mA - np.arctanh(self.offset_factor) / self.slope_per_mA)

    @property
    def fitted(self) -> FittedRange:
        """Rates, and currents from where the curve rises above zero."""
        r = row("muscle.hmed2018_range")
        return FittedRange(rate_hz=tuple(r["rate_hz"]), amplitude_mA=(round(self.zero_mA, 2), r["amplitude_mA"][1]))

    def recruited_share(self, amplitude_mA: Array) -> Array:
        """Factor on the drive at a current; 0 at and below `zero_mA`."""
        rising = np.tanh(self.slope_per_mA * (np.asarray(amplitude_mA, dtype=float) - self.middle_mA))
        return np.maximum(self.gain_factor * (rising + self.offset_factor), 0.0)

    def pulse_share(self, pulses: Pulses) -> Array:
        """By its current."""
        return self.recruited_share(pulses.amplitude_mA) * (pulses.width_us > 0)


def hmed2018(*, tired: bool = True) -> Hmed2018:
    """The model with its published constants.

    Parameters
    ----------
    tired : bool
        Whether the muscle tires.

    Returns
    -------
    Hmed2018

    Examples
    --------
    >>> print(f"{hmed2018().zero_mA:.2f} mA")
    17.03 mA
    """
    c = row(_ROWS[2])
    return Hmed2018(
        muscle=from_rows(row(_ROWS[0]), row(_ROWS[1]), tired=tired),
        gain_factor=c["gain_factor"],
        offset_factor=c["offset_factor"],
        slope_per_mA=c["slope_per_mA"],
        middle_mA=c["middle_mA"],
    )
