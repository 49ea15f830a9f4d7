"""What every force model is: a rested state, a way to run on from any state, and the range it was fitted in."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.effect.muscle.pulses import Pulses
from rheobase.errors import ParameterError

Array = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MuscleState:
    """Where a muscle is at one moment; enough to go on from.

    Parameters
    ----------
    force_N : float
        Force now.
    capacity_share : float
        What tiredness leaves of the rested strength, 0 to 1.
    values_ : array
        The state of the model.

    Examples
    --------
    >>> from rheobase.effect import ding2003
    >>> ding2003().rest().capacity_share
    1.0
    """

    force_N: float
    capacity_share: float
    values_: Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Motion:
    """Angle and velocity of the joint, one value or one for each step.

    Parameters
    ----------
    angle_deg : float or array
        Flexion of the joint; 0 is straight.
    velocity_deg_per_s : float or array
        Its rate of change, flexion positive.

    Examples
    --------
    >>> Motion(angle_deg=90.0).velocity_deg_per_s
    0.0
    """

    angle_deg: float | Array
    velocity_deg_per_s: float | Array = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedRange:
    """Stimuli and postures for which a model was fitted; beyond them it extrapolates.

    Parameters
    ----------
    rate_hz, width_us, amplitude_mA, angle_deg : tuple of (float, float)
        Smallest and largest; unlimited where the model does not depend on it.

    Examples
    --------
    >>> FittedRange(rate_hz=(1.0, 100.0)).width_us
    (0.0, inf)
    """

    rate_hz: tuple[float, float]
    width_us: tuple[float, float] = (0.0, math.inf)
    amplitude_mA: tuple[float, float] = (0.0, math.inf)
    angle_deg: tuple[float, float] = (-math.inf, math.inf)


class ForceModel(ABC):
    """A stimulated muscle: pulses in, force out. One final frozen dataclass a model, in a file of its own.

    ``name`` is its plug-in name, ``plain`` says what it is, ``rows`` are the table rows of its parameters, and
    ``angles`` says whether it takes a `Motion`.
    """

    __slots__ = ()
    name: str
    plain: str
    rows: tuple[str, ...]
    angles: bool = False

    @property
    @abstractmethod
    def fitted(self) -> FittedRange:
        """Range in which the model was fitted."""

    @abstractmethod
    def rest(self) -> MuscleState:
        """The muscle rested and slack."""

    @abstractmethod
    def run(
        self, state: MuscleState, pulses: Pulses, dt_s: float, steps: int, motion: Motion | None
    ) -> tuple[Array, Array, MuscleState]:
        """Go on for a number of steps; gives force (N) and capacity at the end of each step, and the last state."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Contraction:
    """Force over time.

    Parameters
    ----------
    time_s, force_N, capacity_share : array
        From the beginning to the end, both included; capacity is what tiredness leaves of the rested strength.
    state : MuscleState
        The muscle at the end.
    notices : tuple of str
        Where the stimulus lies outside what the model was fitted for.
    model : ForceModel
        The muscle.

    Examples
    --------
    >>> from rheobase.effect import contract, ding2003, steady_pulses
    >>> tetanus = contract(ding2003(tired=False), steady_pulses(rate_hz=40.0, on_s=1.0))
    >>> print(f"{tetanus.peak_N:.1f} N, {tetanus.impulse_N_s:.0f} N s")
    279.4 N, 248 N s
    """

    time_s: Array
    force_N: Array
    capacity_share: Array
    state: MuscleState
    notices: tuple[str, ...]
    model: ForceModel

    @property
    def peak_N(self) -> float:
        """Largest force."""
        return float(self.force_N.max())

    @property
    def impulse_N_s(self) -> float:
        """Integral of force over time."""
        return float(np.trapezoid(self.force_N, self.time_s))

    @property
    def rows(self) -> tuple[str, ...]:
        """Table rows the result rests on."""
        return self.model.rows


def contract(
    model: ForceModel,
    pulses: Pulses,
    *,
    state: MuscleState | None = None,
    dt_s: float = 0.001,
    motion: Motion | None = None,
) -> Contraction:
    """Follow the force of a muscle through a run of pulses.

    Parameters
    ----------
    model : ForceModel
        The muscle.
    pulses : Pulses
        What it is stimulated with; need not lie on the time grid.
    state : MuscleState, optional
        Where it is at the beginning; rested if left out.
    dt_s : float
        Step of the result, above 0 and at most 0.01 s. At 1 ms the peak force is within some hundred-thousandths.
    motion : Motion, optional
        Angle and velocity of the joint, for models that take them.

    Returns
    -------
    Contraction

    Raises
    ------
    ParameterError
        If the step is out of range, or a motion is given to an isometric model.

    Examples
    --------
    >>> from rheobase.effect import ding2003, steady_pulses
    >>> twitch = contract(ding2003(), steady_pulses(rate_hz=1.0, on_s=1.0))
    >>> print(f"{twitch.peak_N:.1f} N after {1000 * twitch.time_s[twitch.force_N.argmax()]:.0f} ms")
    99.5 N after 78 ms
    """
    _check_step(dt_s)
    _check_motion(model, motion)
    start = model.rest() if state is None else state
    steps = max(1, math.ceil(pulses.duration_s / dt_s - 1e-9))
    force, capacity, end = model.run(start, pulses, dt_s, steps, motion)
    return Contraction(
        time_s=np.arange(steps + 1) * dt_s,
        force_N=np.concatenate([[start.force_N], force]),
        capacity_share=np.concatenate([[start.capacity_share], capacity]),
        state=end,
        notices=notices(model, pulses, motion),
        model=model,
    )


def step(
    model: ForceModel,
    state: MuscleState,
    dt_s: float,
    *,
    amplitude_mA: float = 0.0,
    width_us: float = 0.0,
    motion: Motion | None = None,
) -> MuscleState:
    """Go on by one step, with a pulse at its beginning if one is given: for control loops.

    Parameters
    ----------
    model : ForceModel
        The muscle.
    state : MuscleState
        Where it is.
    dt_s : float
        Length of the step, above 0; it is divided so that no part is longer than 1 ms.
    amplitude_mA, width_us : float
        The pulse at the beginning of the step; none if either is 0.
    motion : Motion, optional
        Angle and velocity of the joint, for models that take them.

    Returns
    -------
    MuscleState
        The muscle at the end of the step.

    Raises
    ------
    ParameterError
        If the step is not above 0, or a motion is given to an isometric model.

    Examples
    --------
    >>> from rheobase.effect import ding2003
    >>> muscle = ding2003()
    >>> state = step(muscle, muscle.rest(), 0.078, amplitude_mA=40.0, width_us=300.0)
    >>> print(f"{state.force_N:.1f} N")
    99.5 N
    """
    if not 0 < dt_s < math.inf:
        raise ParameterError(f"dt_s is {dt_s:g} s; a step must be above 0 s and finite, as 0.025.")
    _check_motion(model, motion)
    pulse = [0.0] if amplitude_mA > 0 and width_us > 0 else []
    given = Pulses(time_s=pulse, amplitude_mA=[amplitude_mA] * len(pulse), width_us=[width_us] * len(pulse),
                   duration_s=dt_s)  # fmt: skip
    parts = max(1, math.ceil(dt_s / 0.001 - 1e-9))
    return model.run(state, given, dt_s / parts, parts, motion)[2]


def notices(model: ForceModel, pulses: Pulses, motion: Motion | None = None) -> tuple[str, ...]:
    """Say where a stimulus lies outside what a model was fitted for.

    Parameters
    ----------
    model : ForceModel
        The muscle.
    pulses : Pulses
        The stimulus.
    motion : Motion, optional
        The posture.

    Returns
    -------
    tuple of str
        One sentence for each; empty if it lies inside.

    Examples
    --------
    >>> from rheobase.effect import ding2003, steady_pulses
    >>> print(*notices(ding2003(), steady_pulses(rate_hz=200.0, on_s=0.5)))
    Pulses come at up to 200 Hz; ding2003 was fitted for 10 to 100 Hz, so the force is extrapolated.
    """
    fitted, said = model.fitted, []
    if len(pulses.time_s) > 1 and pulses.fastest_hz > fitted.rate_hz[1] * (1 + 1e-6):
        said.append(_outside("Pulses come at up to", pulses.fastest_hz, fitted.rate_hz, "Hz", model.name))
    spans = [(pulses.width_us, fitted.width_us, "us", "Pulses are", "narrower"),
             (pulses.amplitude_mA, fitted.amplitude_mA, "mA", "The amplitude is", "weaker")]  # fmt: skip
    for values, (low, high), unit, words, less in spans:
        below, finite = int((values < low).sum()), values[np.isfinite(values)]
        if below:
            said.append(
                f"{below} of {len(values)} pulses are {less} than {low:g} {unit}, where {model.name} begins; below it"
                " extrapolates, and gives no force where its curve falls to zero."
            )
        if len(finite) and finite.max() > high:
            said.append(_outside(words, float(finite.max()), (low, high), unit, model.name))
    if motion is not None:
        angle, (low, high) = np.atleast_1d(motion.angle_deg), fitted.angle_deg
        if not (low <= angle.min() and angle.max() <= high):
            worst = angle.min() if angle.min() < low else angle.max()
            said.append(_outside("The joint is at", float(worst), (low, high), "deg", model.name))
    return tuple(said)


def _outside(words: str, value: float, span: tuple[float, float], unit: str, name: str) -> str:
    return (
        f"{words} {value:g} {unit}; {name} was fitted for {span[0]:g} to {span[1]:g} {unit}, so the force is"
        " extrapolated."
    )


def _check_step(dt_s: float) -> None:
    if not 0 < dt_s <= 0.01:
        raise ParameterError(f"dt_s is {dt_s:g} s; it must be above 0 and at most 0.01 s. Take 0.001.")


def _check_motion(model: ForceModel, motion: Motion | None) -> None:
    if motion is not None and not model.angles:
        raise ParameterError(
            f"The model '{model.name}' is isometric and takes no motion. Leave it out and scale the force with"
            " hill_factor, or take a model with angles, such as marion2009."
        )
