"""Stimulate with fatigue in mind: pads in turn, and a level or rate that makes up for the loss."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from rheobase.effect import ForceModel, HillHuxley, Pulses
from rheobase.errors import ParameterError


def in_turn(pulses: Pulses, pads: int) -> tuple[Pulses, ...]:
    """Deal the pulses of one train out to several pads, one after the other (sequential stimulation).

    Each pad then fires at the rate over the number of pads, and the muscle as a whole still gets every pulse.

    Parameters
    ----------
    pulses : Pulses
        The train of one pad.
    pads : int
        Number of pads, 1 or more.

    Returns
    -------
    tuple of Pulses
        One a pad, over the same time.

    Raises
    ------
    ParameterError
        If there are no pads.

    Examples
    --------
    >>> from rheobase.effect import steady_pulses
    >>> [p.time_s.round(3).tolist() for p in in_turn(steady_pulses(rate_hz=40.0, on_s=0.1), 2)]
    [[0.0, 0.05], [0.025, 0.075]]
    """
    if pads < 1:
        raise ParameterError(f"pads is {pads}; at least one pad is needed.")
    return tuple(
        Pulses(
            time_s=pulses.time_s[k::pads], amplitude_mA=pulses.amplitude_mA[k::pads], width_us=pulses.width_us[k::pads],
            duration_s=pulses.duration_s,
        )
        for k in range(pads)
    )  # fmt: skip


def part_of(model: ForceModel, share: float) -> ForceModel:
    """The part of a muscle that one pad of several reaches, as a muscle of its own.

    A part with a share of the strength tires as the whole does: what depends on newton-seconds is scaled with it.

    Parameters
    ----------
    model : ForceModel
        The whole muscle, of the Hill-Huxley family.
    share : float
        Share of its strength, above 0 and at most 1.

    Returns
    -------
    ForceModel

    Raises
    ------
    ParameterError
        If the share is out of range, or the model is of another kind.

    Examples
    --------
    >>> from rheobase.effect import ding2003
    >>> round(part_of(ding2003(), 0.25).muscle.a_rest_N_per_s, 2)
    752.25
    """
    if not 0 < share <= 1:
        raise ParameterError(f"share is {share}; a part of a muscle has a share above 0 and at most 1.")
    whole = getattr(model, "muscle", None)
    if not isinstance(whole, HillHuxley):
        raise ParameterError(f"The model '{model.name}' cannot be divided. Take one after Ding, such as ding2003.")
    part = replace(
        whole,
        a_rest_N_per_s=whole.a_rest_N_per_s * share,
        tau1_fatigue_s_per_N_s=whole.tau1_fatigue_s_per_N_s / share,
        k_m_fatigue_per_N_s=whole.k_m_fatigue_per_N_s / share,
    )
    return replace(model, muscle=part)  # type: ignore[type-var]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compensation:
    """Raise the recruitment first, and the rate when all is recruited, so that a tiring muscle holds its force.

    Wider or stronger pulses bring in rested units; a higher rate tires faster, so it comes last.

    Parameters
    ----------
    rate_hz, most_rate_hz : float
        Rate while recruitment has room, and the highest.
    most_level : float
        Highest level, above 0 and at most 1.

    Raises
    ------
    ParameterError
        If the rates fall, or the level is out of range.

    Examples
    --------
    >>> plan = Compensation(rate_hz=30.0, most_rate_hz=60.0)
    >>> plan.for_force(0.5, capacity_share=1.0), plan.for_force(0.5, capacity_share=0.4)
    ((0.5, 30.0), (1.0, 37.5))
    """

    rate_hz: float
    most_rate_hz: float
    most_level: float = 1.0

    def __post_init__(self) -> None:
        if not 0 < self.rate_hz <= self.most_rate_hz or not 0 < self.most_level <= 1:
            raise ParameterError(
                f"rate_hz is {self.rate_hz} Hz, most_rate_hz {self.most_rate_hz} Hz and most_level {self.most_level};"
                " rates must rise above 0, and the level lie within 0 to 1."
            )

    def for_force(self, share: float, *, capacity_share: float) -> tuple[float, float]:
        """Level and rate for a wanted share of the rested force.

        Parameters
        ----------
        share : float
            Share of the rested force at full level, 0 to 1.
        capacity_share : float
            What fatigue has left of the strength, above 0 and at most 1.

        Returns
        -------
        level, rate_hz : float
            The rate rises in proportion to what recruitment cannot give, up to its highest.
        """
        if not 0 <= share <= 1 or not 0 < capacity_share <= 1:
            raise ParameterError(
                f"share is {share} and capacity_share {capacity_share}; both must lie within 0 to 1, the capacity"
                " above 0. A muscle with no capacity left must rest."
            )
        wanted = share / capacity_share
        level = min(wanted, self.most_level)
        rate_hz = float(np.clip(self.rate_hz * max(wanted / self.most_level, 1.0), self.rate_hz, self.most_rate_hz))
        return level, round(rate_hz, 9)
