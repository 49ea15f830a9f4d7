"""A session of stimulated contractions: torque over the session and over people, and what the current feels like."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.effect.muscle.ding2003 import POPULATIONS, ding2003
from rheobase.effect.muscle.hill_huxley import HillHuxley, scaled
from rheobase.effect.muscle.hmed2018 import Hmed2018, hmed2018
from rheobase.effect.muscle.lumped import lumped
from rheobase.effect.muscle.model import contract, notices
from rheobase.effect.muscle.pool import pool_force
from rheobase.effect.muscle.pulses import pulses_of, steady_pulses
from rheobase.effect.muscle.reached import MuscleReach, draw_muscle_bodies
from rheobase.errors import ParameterError, near_name
from rheobase.pulse import Programme
from rheobase.tables import Row, row

Array = NDArray[np.floating[Any]]
_DT_S = 0.002
_FUSED_HZ, _FUSED_S = 100.0, 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class KneeExtensors:
    """The quadriceps of a person, as a dynamometer reads it.

    Parameters
    ----------
    maximal_Nm : float
        Torque of a maximal voluntary contraction, above 0.
    lever_mm : float
        From the knee to where the force is read, above 0.
    population : str
        How fast it tires: one of `POPULATIONS`.

    Raises
    ------
    ParameterError
        If a value is outside its range.

    Examples
    --------
    >>> print(f"{KneeExtensors(maximal_Nm=200.0).model().muscle.a_rest_N_per_s:.0f}")
    3012
    """

    maximal_Nm: float
    lever_mm: float = float(row("muscle.knee")["lever_mm"])
    population: str = "able_bodied"

    def __post_init__(self) -> None:
        if not (self.maximal_Nm > 0 and self.lever_mm > 0):
            raise ParameterError(
                f"maximal_Nm is {self.maximal_Nm} N m and lever_mm {self.lever_mm} mm; both must be above 0."
            )
        if self.population not in POPULATIONS:
            raise ParameterError(
                f"There is no population '{self.population}'.{near_name(self.population, POPULATIONS)}"
            )

    def whole(self) -> HillHuxley:
        """The whole muscle at full recruitment, to be cut into units: what the will calls up is most of it."""
        rested = contract(ding2003(tired=False), steady_pulses(rate_hz=_FUSED_HZ, on_s=_FUSED_S)).peak_N
        full_N = 1000.0 * self.maximal_Nm / self.lever_mm / row("muscle.voluntary_activation")["share"]
        return scaled(ding2003(self.population, units=True).muscle, force_factor=full_N / rested)

    def model(self, *, current_factor: float = 1.0) -> Hmed2018:
        """The muscle: strength in proportion to the voluntary torque, current times a factor, fatigue of the group."""
        force_factor = self.maximal_Nm / row("training.strength_spread")["men_mean_Nm"]
        made = hmed2018()
        time_factor = fatigue_factor = 1.0
        if self.population != "published":
            p = row(f"muscle.population_{self.population}")
            time_factor, fatigue_factor = p["time_factor"], p["fatigue_factor"]
        muscle = scaled(made.muscle, force_factor=force_factor, time_factor=time_factor, fatigue_factor=fatigue_factor)
        return replace(
            made, muscle=muscle, middle_mA=made.middle_mA * current_factor,
            slope_per_mA=made.slope_per_mA / current_factor,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SessionTorque:
    """Torque over a session.

    Parameters
    ----------
    begin_s : array
        Beginning of each contraction.
    peak_Nm : array
        Its peak torque, by (person, contraction); the first person is the middle one.
    maximal_Nm : array
        Voluntary maximum of each person.
    time_s, torque_Nm : array
        The middle person's whole session.
    notices : tuple of str
        Where the stimulus lies outside what the model was fitted for.
    rows : tuple of str
        Table rows it rests on.
    recruited_share : array, optional
        Share of the muscle's force whose units fire, in each person; only where a field was taken.

    Examples
    --------
    >>> from rheobase.pulse import biphasic, train
    >>> plan = Programme(train=train(biphasic(width_us=300), rate_hz=50), amplitude_mA=40, duration_s=120, on_s=10,
    ...                  off_s=50, ramp_up_s=2)
    >>> done = session_torque(KneeExtensors(maximal_Nm=200.0), plan, people=3)
    >>> done.peak_Nm.shape, bool(0.2 < done.evoked_share[0] < 0.4)
    ((3, 2), True)
    """

    begin_s: Array
    peak_Nm: Array
    maximal_Nm: Array
    time_s: Array
    torque_Nm: Array
    notices: tuple[str, ...]
    rows: tuple[str, ...]
    recruited_share: Array | None = None

    @property
    def evoked_share(self) -> Array:
        """Mean peak torque of the session over the voluntary maximum, of each person."""
        return self.peak_Nm.mean(axis=1) / self.maximal_Nm

    @property
    def fall_share(self) -> Array:
        """Share of the peak torque lost from the strongest to the last contraction, of each person."""
        top = np.maximum(self.peak_Nm.max(axis=1), 1e-9)
        return 1.0 - self.peak_Nm[:, -1] / top


def session_torque(
    knee: KneeExtensors, programme: Programme, *, reach: MuscleReach | None = None, people: int = 30, seed: int = 1
) -> SessionTorque:
    """Follow a session in a person and in others like them.

    With a reach, the motor units that the pads fire contract, each at its own speed and tiring for itself. The others
    differ in strength, as measured, and in fat, conductivities and motor points; see `draw_muscle_bodies`. Without one,
    recruitment is the curve over current that Hmed 2018 gives, and the current the others need is as assumed.

    Parameters
    ----------
    knee : KneeExtensors
        The middle person.
    programme : Programme
        What the stimulator does; it must have on- and off-times.
    reach : MuscleReach, optional
        The thresholds of the motor units under the pads, for the programme's pulse.
    people : int
        How many in all, at least 2.
    seed : int
        The same seed gives the same people.

    Raises
    ------
    ParameterError
        If there are no contractions or not enough people.

    Examples
    --------
    >>> from rheobase.pulse import biphasic, train
    >>> plan = Programme(train=train(biphasic(width_us=300), rate_hz=50), amplitude_mA=10, duration_s=30, on_s=5,
    ...                  off_s=10, ramp_up_s=1)
    >>> session_torque(KneeExtensors(maximal_Nm=200.0), plan, people=2).notices[0][:49]
    '498 of 498 pulses are weaker than 17.03 mA, where'
    """
    if programme.on_s is None or people < 2:
        raise ParameterError(
            f"people is {people} and on_s {programme.on_s}; a session of contractions needs on_s and off_s, and at"
            " least 2 people."
        )
    every = programme.on_s + programme.off_s
    # a contraction that the end of the session cuts short says nothing of fatigue
    begin = np.arange(0.0, programme.duration_s - programme.on_s + 1e-9, every)
    if not len(begin):
        raise ParameterError(
            f"duration_s is {programme.duration_s:g} s and on_s {programme.on_s:g} s: not one contraction fits into the"
            " session. Lengthen it."
        )
    spread, rng = row("training.strength_spread"), np.random.default_rng(seed)
    maximal = knee.maximal_Nm * np.exp(_cv(spread) * np.r_[0.0, rng.standard_normal(people - 1)])
    runs = _by_curve(knee, programme, maximal, rng) if reach is None else _by_units(
        knee, programme, maximal, reach, seed
    )  # fmt: skip
    peaks, first = np.empty((people, len(begin))), None
    for i, (time, force) in enumerate(runs):
        torque = force * knee.lever_mm / 1000.0
        cuts, ends = np.searchsorted(time, begin), np.searchsorted(time, begin + every)
        peaks[i] = [torque[a:b].max() for a, b in zip(cuts, ends, strict=True)]
        first = first or (time, torque)
    assert first is not None
    told = knee.model() if reach is None else ding2003(knee.population)
    return SessionTorque(
        begin_s=begin, peak_Nm=peaks, maximal_Nm=maximal, time_s=first[0], torque_Nm=first[1],
        notices=notices(told, pulses_of(programme)), rows=_CURVE_ROWS if reach is None else (*_UNIT_ROWS, *reach.rows),
        recruited_share=_recruited(reach, programme.amplitude_mA, people, seed) if reach else None,
    )  # fmt: skip


def _recruited(reach: MuscleReach, amplitude_mA: float, people: int, seed: int) -> Array:
    bodies = draw_muscle_bodies(reach, people=people, seed=seed)
    return np.array([reach.recruited_share([amplitude_mA], body)[0] for body in bodies])


_SESSION_ROWS = ("muscle.ding2003_fatigue", "muscle.knee", "training.strength_spread")
_CURVE_ROWS = ("muscle.hmed2018", "muscle.hmed2018_current", "muscle.current_spread", *_SESSION_ROWS)
_UNIT_ROWS = ("muscle.ding2003", "muscle.voluntary_activation", "people.fat_rule", *_SESSION_ROWS)


def _by_curve(
    knee: KneeExtensors, programme: Programme, maximal_Nm: Array, rng: np.random.Generator
) -> Iterator[tuple[Array, Array]]:
    """Time and force of each person, recruited by the published curve."""
    currents = row("muscle.current_spread")["sd_ln"]
    factors = np.exp(currents * np.r_[0.0, rng.standard_normal(len(maximal_Nm) - 1)])
    pulses = pulses_of(programme)
    for own, factor in zip(maximal_Nm, factors, strict=True):
        model = replace(knee, maximal_Nm=float(own)).model(current_factor=float(factor))
        done = contract(model, pulses, dt_s=_DT_S)
        yield done.time_s, done.force_N


def _by_units(
    knee: KneeExtensors, programme: Programme, maximal_Nm: Array, reach: MuscleReach, seed: int
) -> Iterator[tuple[Array, Array]]:
    """Time and force of each person, from the units that the pads fire."""
    pulses = pulses_of(programme)
    for own, body in zip(maximal_Nm, draw_muscle_bodies(reach, people=len(maximal_Nm), seed=seed), strict=True):
        groups, at_mA = lumped(reach.pool, reach.thresholds_mA(body), amplitude_mA=programme.amplitude_mA)
        done = pool_force(groups, at_mA, pulses, muscle=replace(knee, maximal_Nm=float(own)).whole())
        yield done.time_s, done.force_N


def _cv(spread: Row) -> float:
    return float(np.mean([spread[f"{who}_sd_Nm"] / spread[f"{who}_mean_Nm"] for who in ("men", "women")]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Comfort:
    """Where a current lies between feeling it and having enough of it.

    Parameters
    ----------
    sensory_mA, contraction_mA, tolerance_mA : float
        Levels at which people feel, contract and have enough, on average.
    amplitude_mA : float
        The current.

    Examples
    --------
    >>> comfort(40.0).text
    'stronger than needed to contract, below what people on average tolerate (43 mA)'
    """

    sensory_mA: float
    contraction_mA: float
    tolerance_mA: float
    amplitude_mA: float

    @property
    def tolerated_share(self) -> float:
        """The way from the first contraction to the limit of tolerance, 0 to 1; above 1 beyond it."""
        return (self.amplitude_mA - self.contraction_mA) / (self.tolerance_mA - self.contraction_mA)

    @property
    def text(self) -> str:
        """The same in words."""
        if self.amplitude_mA < self.sensory_mA:
            return "not felt by most people"
        if self.amplitude_mA < self.contraction_mA:
            return "felt, but too weak to contract in most people"
        if self.amplitude_mA <= self.tolerance_mA:
            return (
                f"stronger than needed to contract, below what people on average tolerate ({self.tolerance_mA:.0f} mA)"
            )
        return f"above what people on average tolerate ({self.tolerance_mA:.0f} mA)"


def comfort(amplitude_mA: float) -> Comfort:
    """Place a current on the scale of 150 healthy people; it tells nothing of pulse width.

    Parameters
    ----------
    amplitude_mA : float
        Peak of one phase, 0 or above.

    Raises
    ------
    ParameterError
        If it is negative.

    Examples
    --------
    >>> print(f"{comfort(40.0).tolerated_share:.2f}")
    0.85
    """
    if not amplitude_mA >= 0:
        raise ParameterError(f"amplitude_mA is {amplitude_mA:g} mA; it must be 0 or above.")
    p = row("muscle.perception")
    sensory, contraction, tolerance = (float(np.mean(p[f"{k}_mA"])) for k in ("sensory", "contraction", "tolerance"))
    return Comfort(sensory_mA=sensory, contraction_mA=contraction, tolerance_mA=tolerance, amplitude_mA=amplitude_mA)
