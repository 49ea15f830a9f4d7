"""Stimulate with fatigue in mind: pads in turn, and a level or rate that makes up for the loss."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rheobase.control.channel import Channel
from rheobase.effect import ForceModel, HillHuxley, Pulses
from rheobase.errors import ParameterError

Array = NDArray[np.float64]


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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Held:
    """A force that was to be held.

    Parameters
    ----------
    time_s, share, level, rate_hz : array
        At each decision: time, force as a share of the rested tetanus, level and rate chosen.
    aim_share : float
        Share that was wanted.

    Examples
    --------
    >>> Held(time_s=np.array([0.0, 1.0]), share=np.array([0.5, 0.2]), level=np.ones(2), rate_hz=np.ones(2),
    ...      aim_share=0.5).lasted_s
    1.0
    """

    time_s: Array
    share: Array
    level: Array
    rate_hz: Array
    aim_share: float

    @property
    def lasted_s(self) -> float:
        """When the force fell below nine tenths of the aim for good, once it had reached it."""
        good = np.flatnonzero(self.share >= 0.9 * self.aim_share)
        last = int(good[-1]) + 1 if len(good) else 0
        return float(self.time_s[min(last, len(self.time_s) - 1)]) if len(good) else 0.0


def hold(channel: Channel, share: float, duration_s: float, *, plan: Compensation | None = None) -> Held:
    """Hold an isometric force, with the level and rate of a plan that knows of fatigue, or with neither.

    The first second finds what the rested muscle needs; from then on the plan decides once a second.

    Parameters
    ----------
    channel : Channel
        Stimulator channel and muscle; it is changed.
    share : float
        Share of the rested tetanus, 0 to 1.
    duration_s : float
        How long, 1 s or more.
    plan : Compensation, optional
        Raises recruitment, then rate, as the muscle tires; without it level and rate stay.

    Returns
    -------
    Held

    Raises
    ------
    ParameterError
        If share or duration are out of range.

    Examples
    --------
    >>> from rheobase.control import RecruitmentCurve, recruited
    >>> from rheobase.effect import ding2003
    >>> curve = RecruitmentCurve(stimulus=[0.0, 1.0], share=[0.0, 1.0], unit="mA")
    >>> def fresh():
    ...     return Channel(recruited(ding2003(), curve), rate_hz=30.0, width_us=300.0)
    >>> plain = hold(fresh(), 0.3, 60.0)
    >>> aware = hold(fresh(), 0.3, 60.0, plan=Compensation(rate_hz=30.0, most_rate_hz=60.0))
    >>> aware.lasted_s > plain.lasted_s + 5.0
    True
    """
    if not 0 < share <= 1 or not duration_s >= 1:
        raise ParameterError(f"share is {share} and duration_s {duration_s} s; give 0 to 1, and 1 s or more.")
    rest_rate_hz, wanted, rows = channel.rate_hz, share, []
    level, rate_hz = share, rest_rate_hz
    for second in range(int(duration_s)):
        channel.rate_hz = rate_hz
        force = next(iter(channel.course(0.002, 500, level=level).values()))
        now = float(force[250:].mean())
        rows.append((second + 1.0, now, level, rate_hz))
        if second == 0 and now > 0:
            wanted *= share / now  # what the rested muscle needs at this rate
            level = min(wanted, 1.0)
        elif plan is not None:
            level, rate_hz = plan.for_force(min(wanted, 1.0), capacity_share=channel.capacity_share)
    channel.rate_hz = rest_rate_hz
    time_s, got, levels, rates = np.array(rows).T
    return Held(time_s=time_s, share=got, level=levels, rate_hz=rates, aim_share=share)
