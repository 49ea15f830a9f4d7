"""Ding, Wexler and Binder-Macleod 2003: isometric force and fatigue of a muscle recruited once and for all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from rheobase.effect.muscle.hill_huxley import Array, HillHuxley, RecruitedByPulse, from_rows, scaled
from rheobase.effect.muscle.model import FittedRange
from rheobase.effect.muscle.pulses import Pulses
from rheobase.errors import ParameterError, near_name
from rheobase.tables import row

_ROWS = ("muscle.ding2003", "muscle.ding2003_fatigue")
POPULATIONS = ("published", "able_bodied", "sci_acute", "sci_chronic")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Ding2003(RecruitedByPulse):
    """Force of a quadriceps under pulses of one strength.

    Every pulse above zero recruits the same part of the muscle. For the course of recruitment take `Ding2007` (pulse
    width), `Hmed2018` (current) or the motor units.

    Parameters
    ----------
    muscle : HillHuxley
        The constants.
    rows : tuple of str
        Table rows they come from.

    Examples
    --------
    >>> from rheobase.effect import contract, steady_pulses
    >>> held = contract(ding2003(), steady_pulses(rate_hz=40.0, on_s=40.0))
    >>> [round(float(held.force_N[1000 * s])) for s in (1, 10, 40)]
    [281, 261, 89]
    """

    muscle: HillHuxley
    rows: tuple[str, ...] = _ROWS
    name = "ding2003"
    plain = "isometric force and fatigue after Ding 2003"

    @property
    def fitted(self) -> FittedRange:
        """Rates of the trains it was fitted to."""
        return FittedRange(rate_hz=tuple(row("muscle.ding2003_range")["rate_hz"]))

    def pulse_share(self, pulses: Pulses) -> Array:
        """All of it, if the pulse is anything at all."""
        return ((pulses.amplitude_mA > 0) & (pulses.width_us > 0)).astype(float)


def ding2003(population: str = "published", *, tired: bool = True, units: bool = False) -> Ding2003:
    """The model with its published constants, or as a group of people tires.

    Parameters
    ----------
    population : str
        ``"published"``, or ``"able_bodied"``, ``"sci_acute"``, ``"sci_chronic"`` (spinal cord injury): speed and
        fatigue scaled to what Bickel 2004 measured in each group; strength is left as it is.
    tired : bool
        Whether the muscle tires.
    units : bool
        Fatigue as for a pool of units of unlike fatigability, which is then cut from the muscle: as one, this muscle
        tires faster than the group did. For ``"able_bodied"`` these are the published constants.

    Returns
    -------
    Ding2003

    Raises
    ------
    ParameterError
        If there is no such population.

    Examples
    --------
    >>> ding2003(tired=False).muscle.rested
    True
    >>> ding2003("sci_chronic").muscle.tau_c_s < ding2003("able_bodied").muscle.tau_c_s
    True
    >>> ding2003("able_bodied", units=True).muscle == ding2003("published").muscle
    True
    """
    if population not in POPULATIONS:
        raise ParameterError(f"There is no population '{population}'.{near_name(population, POPULATIONS)}")
    muscle = from_rows(row(_ROWS[0]), row(_ROWS[1]), tired=tired)
    if population == "published":
        return Ding2003(muscle=muscle)
    p = row(f"muscle.population_{population}")
    factor = p["units_fatigue_factor" if units else "fatigue_factor"]
    like = scaled(muscle, time_factor=p["time_factor"], fatigue_factor=factor)
    return Ding2003(muscle=like, rows=(*_ROWS, p.key))
