"""Ding and others 2007: isometric force in which the width of the pulse recruits, with fatigue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from rheobase.effect.muscle.hill_huxley import Array, HillHuxley, RecruitedByPulse, from_rows
from rheobase.effect.muscle.model import FittedRange
from rheobase.effect.muscle.pulses import Pulses
from rheobase.errors import ParameterError
from rheobase.tables import row

_ROWS = ("muscle.ding2007", "muscle.ding2003_fatigue", "muscle.ding2007_width")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Ding2007(RecruitedByPulse):
    """Force of a paralysed quadriceps: A grows with the width of the pulse as 1 - exp(-(width - width0)/scale).

    Pulses at and below the smallest width excite nothing. Fatigue is that of the 2003 model, whose constants are the
    only ones at hand. The width sets A until the next pulse.

    Parameters
    ----------
    muscle : HillHuxley
        The constants; A at rest is that of a very wide pulse.
    width0_us, width_scale_us : float
        Smallest width that excites, 0 or above, and scale of the growth, above 0.
    rows : tuple of str
        Table rows they come from.

    Raises
    ------
    ParameterError
        If a width is outside its range.

    Examples
    --------
    >>> from rheobase.effect import contract, steady_pulses
    >>> [round(contract(ding2007(tired=False), steady_pulses(rate_hz=100.0, on_s=2.0, width_us=w)).peak_N)
    ...  for w in (131.0, 200.0, 600.0)]
    [0, 81, 247]
    """

    muscle: HillHuxley
    width0_us: float
    width_scale_us: float
    rows: tuple[str, ...] = _ROWS
    name = "ding2007"
    plain = "isometric force over pulse width after Ding 2007"

    def __post_init__(self) -> None:
        if not (self.width0_us >= 0 and self.width_scale_us > 0):
            raise ParameterError(
                f"width0_us is {self.width0_us} us and width_scale_us {self.width_scale_us} us; the first must be 0 or"
                " above, the second above 0."
            )

    @property
    def fitted(self) -> FittedRange:
        """Rates and widths it was fitted to."""
        r = row("muscle.ding2007_range")
        return FittedRange(rate_hz=tuple(r["rate_hz"]), width_us=tuple(r["width_us"]))

    def recruited_share(self, width_us: Array) -> Array:
        """Share of A that pulses of a width reach; 0 at and below the smallest width."""
        over = np.maximum(np.asarray(width_us, dtype=float) - self.width0_us, 0.0)
        return 1.0 - np.exp(-over / self.width_scale_us)

    def pulse_share(self, pulses: Pulses) -> Array:
        """By its width."""
        return self.recruited_share(pulses.width_us) * (pulses.amplitude_mA > 0)


def ding2007(*, tired: bool = True) -> Ding2007:
    """The model with its published constants.

    Parameters
    ----------
    tired : bool
        Whether the muscle tires.

    Returns
    -------
    Ding2007

    Examples
    --------
    >>> ding2007().recruited_share([100.0, 200.0, 400.0]).round(3).tolist()
    [0.0, 0.298, 0.749]
    """
    width = row(_ROWS[2])
    return Ding2007(
        muscle=from_rows(row(_ROWS[0]), row(_ROWS[1]), tired=tired),
        width0_us=width["width0_us"],
        width_scale_us=width["width_scale_us"],
    )
