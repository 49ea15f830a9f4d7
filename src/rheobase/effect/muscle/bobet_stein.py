"""Bobet and Stein 1998: isometric force by two first-order filters about a saturation, the second slowed by force."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from rheobase.effect.muscle.model import FittedRange, ForceModel, Motion, MuscleState
from rheobase.effect.muscle.pulses import Pulses
from rheobase.errors import ParameterError
from rheobase.kernel import second_order
from rheobase.tables import row

Array = NDArray[np.floating[Any]]
_ROWS = ("muscle.bobet_stein",)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class BobetStein(ForceModel):
    """Force of a muscle recruited once and for all, without fatigue.

    ::

        q = sum of exp(-a (t - t_i))        x = q^n / (q^n + k^n)        F' = B x - b0 (1 - b1 F/B)^2 F

    Parameters
    ----------
    filter_rate_hz, relax_rate_hz : float
        a and b0, per second, above 0.
    power_exponent : float
        n, above 0.
    half_k : float
        k, above 0.
    top_N_per_s : float
        B, above 0.
    slowing_hz : float
        b1, per second, 0 or above.
    rows : tuple of str
        Table rows they come from.

    Raises
    ------
    ParameterError
        If a constant is outside its range.

    Examples
    --------
    >>> from rheobase.effect import contract, steady_pulses
    >>> print(f"{contract(bobet_stein(), steady_pulses(rate_hz=40.0, on_s=1.0)).peak_N:.0f} N")
    284 N
    """

    filter_rate_hz: float
    power_exponent: float
    half_k: float
    top_N_per_s: float
    relax_rate_hz: float
    slowing_hz: float
    rows: tuple[str, ...] = _ROWS
    name = "bobet_stein"
    plain = "isometric force after Bobet and Stein 1998"

    def __post_init__(self) -> None:
        for key in ("filter_rate_hz", "power_exponent", "half_k", "top_N_per_s", "relax_rate_hz", "slowing_hz"):
            value = getattr(self, key)
            if not (math.isfinite(value) and (value > 0 or (key == "slowing_hz" and value == 0))):
                raise ParameterError(f"{key} is {value}; a muscle's own constant must be finite and above 0.")

    @property
    def fitted(self) -> FittedRange:
        """Rates it was fitted to."""
        return FittedRange(rate_hz=tuple(row(_ROWS[0])["fitted_rate_hz"]))

    def rest(self) -> MuscleState:
        """The rested muscle."""
        return MuscleState(force_N=0.0, capacity_share=1.0, values_=np.zeros(2))

    def run(
        self, state: MuscleState, pulses: Pulses, dt_s: float, steps: int, motion: Motion | None
    ) -> tuple[Array, Array, MuscleState]:
        """Run on from a state."""
        values, force = state.values_.copy(), np.empty(steps)
        time = pulses.time_s[(pulses.amplitude_mA > 0) & (pulses.width_us > 0)]
        constants = np.array(
            [self.filter_rate_hz, self.power_exponent, self.half_k**self.power_exponent, self.top_N_per_s,
             self.relax_rate_hz, self.slowing_hz]
        )  # fmt: skip
        second_order(values, constants, time, np.ones(len(time)), dt_s, force)
        return force, np.ones(steps), MuscleState(force_N=float(values[0]), capacity_share=1.0, values_=values)


def bobet_stein() -> BobetStein:
    """The model with constants that make it follow the rested model of Ding 2003.

    No constants of a person could be read; these come from a least-squares fit to the forces of that model.

    Examples
    --------
    >>> bobet_stein().rows
    ('muscle.bobet_stein',)
    """
    r = row(_ROWS[0])
    return BobetStein(**{k: v for k, v in r.items() if not k.startswith("fit")})
