"""Modulation: a factor on the rate or the width of a train that changes with time.

A factor is above 0 and at most 1: modulation only lowers, so that the rate and width that are set are never exceeded.
The course repeats in cycles whose mean factor is the same each time, random ones too. That is why any moment of an
hour can be reached without counting up to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from rheobase.errors import ParameterError
from rheobase.pulse._checks import above_zero, one_of, share, whole
from rheobase.pulse._draws import draws
from rheobase.pulse._exact import decimal

RANDOM_STEPS = 32
"""Steps in a cycle of random modulation: each of as many evenly spaced factors once, in random order."""

_EDGE_S = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Modulation:
    """The course of a factor over time.

    Parameters
    ----------
    kind : {"sweep", "alternating", "random"}
        ``sweep``: from low to high and back in straight lines. ``alternating``: low, then high, in turn. ``random``: a
        new factor at each step.
    low_factor, high_factor : float
        Least and greatest factor, above 0 and at most 1, the low one below the high one.
    step_s : float
        Length of one way of a sweep, of one side of an alternation, or of one random step, above 0.
    seed : int
        Seed of a random course, 0 or above; the others do without.

    Raises
    ------
    ParameterError
        If a value lies outside its range.

    Examples
    --------
    >>> sweep(0.5, 1.0, step_s=10).factor_at([0, 5, 10, 20]).tolist()
    [0.5, 0.75, 1.0, 0.5]
    """

    kind: str
    low_factor: float
    high_factor: float
    step_s: float
    seed: int = 0

    def __post_init__(self) -> None:
        one_of("kind", self.kind, ("sweep", "alternating", "random"))
        remedy = "Set the train to its greatest rate or width and give factors of it, e.g. 0.5 and 1."
        share("low_factor", self.low_factor, remedy)
        share("high_factor", self.high_factor, remedy)
        above_zero("step_s", self.step_s, "s", "Give the length of one step, e.g. step_s=3.")
        whole("seed", self.seed, 0, "Give any whole number; the same one gives the same course.")
        if not self.low_factor < self.high_factor:
            raise ParameterError(
                f"low_factor is {self.low_factor:g}; it must be below high_factor, {self.high_factor:g}. Swap them, or"
                " leave the modulation out."
            )

    @property
    def mean_factor(self) -> float:
        """Mean over time."""
        return float(mean_of(self))

    @property
    def cycle_s(self) -> float:
        """Time after which the mean repeats, and for all but random courses the course itself."""
        return float(cycle_of(self))

    def factor_at(self, t_s: ArrayLike, stream: int = 0) -> np.ndarray:
        """Factor at times from the beginning.

        Parameters
        ----------
        t_s : array_like
            Times, 0 or above.
        stream : int
            Keeps apart the random courses of rate and width under one seed.

        Returns
        -------
        numpy.ndarray
            Factors, shaped as `t_s`.
        """
        t = np.asarray(t_s, float)
        # A pulse that falls on a step, or a rounding before it, already belongs to the new one.
        step = np.floor((t + _EDGE_S) / self.step_s).astype(np.int64)
        if self.kind == "sweep":
            way = t / self.step_s - 2 * np.floor(t / self.step_s / 2)
            return self.low_factor + (self.high_factor - self.low_factor) * (1 - np.abs(way - 1))
        if self.kind == "alternating":
            return np.where(step % 2 == 0, self.low_factor, self.high_factor)
        cycles, where = np.unique(step // RANDOM_STEPS, return_inverse=True)
        table = np.array([_shuffled(self, int(c), stream) for c in cycles]).reshape(-1, RANDOM_STEPS)
        return table[where.reshape(t.shape), step % RANDOM_STEPS]


def sweep(low_factor: float, high_factor: float = 1.0, *, step_s: float) -> Modulation:
    """From low to high in `step_s`, and back in as long, in straight lines.

    Parameters
    ----------
    low_factor, high_factor : float
        Least and greatest factor, above 0 and at most 1.
    step_s : float
        Time of one way, above 0.

    Returns
    -------
    Modulation

    Raises
    ------
    ParameterError
        If a value lies outside its range.

    Examples
    --------
    >>> sweep(0.5, step_s=10).mean_factor
    0.75
    """
    return Modulation(kind="sweep", low_factor=low_factor, high_factor=high_factor, step_s=step_s)


def alternating(low_factor: float, high_factor: float = 1.0, *, step_s: float) -> Modulation:
    """Low for `step_s`, then high for as long, in turn: dense and disperse.

    Parameters
    ----------
    low_factor, high_factor : float
        The two factors, above 0 and at most 1.
    step_s : float
        Time of each, above 0.

    Returns
    -------
    Modulation

    Raises
    ------
    ParameterError
        If a value lies outside its range.

    Examples
    --------
    2 and 100 Hz in turn, 3 s each, on a train of 100 Hz:

    >>> alternating(0.02, step_s=3).factor_at([0, 2.9, 3, 6]).tolist()
    [0.02, 0.02, 1.0, 0.02]
    """
    return Modulation(kind="alternating", low_factor=low_factor, high_factor=high_factor, step_s=step_s)


def random_steps(low_factor: float, high_factor: float = 1.0, *, step_s: float, seed: int) -> Modulation:
    """A new factor between low and high every `step_s`.

    Each run of 32 steps takes 32 evenly spaced factors once each, in an order that seed and run decide.

    Parameters
    ----------
    low_factor, high_factor : float
        Bounds, above 0 and at most 1.
    step_s : float
        Time of one step, above 0.
    seed : int
        Any whole number from 0.

    Returns
    -------
    Modulation

    Raises
    ------
    ParameterError
        If a value lies outside its range.

    Examples
    --------
    >>> course = random_steps(0.5, step_s=1, seed=7)
    >>> course.mean_factor
    0.75
    """
    return Modulation(kind="random", low_factor=low_factor, high_factor=high_factor, step_s=step_s, seed=seed)


def mean_of(course: Modulation) -> Fraction:
    """Mean factor, exact.

    Examples
    --------
    >>> mean_of(sweep(0.1, step_s=1))
    Fraction(11, 20)
    """
    return (decimal(course.low_factor) + decimal(course.high_factor)) / 2


def cycle_of(course: Modulation) -> Fraction:
    """Length of a cycle in s, exact.

    Examples
    --------
    >>> cycle_of(sweep(0.1, step_s=0.1))
    Fraction(1, 5)
    """
    return decimal(course.step_s) * (RANDOM_STEPS if course.kind == "random" else 2)


def cycle_steps(course: Modulation, cycle: int, stream: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Factors at the beginning and at the end of each step of a cycle; straight lines between.

    Examples
    --------
    >>> [x.tolist() for x in cycle_steps(sweep(0.5, step_s=1), 0)]
    [[0.5, 1.0], [1.0, 0.5]]
    """
    low, high = course.low_factor, course.high_factor
    if course.kind == "sweep":
        return np.array([low, high]), np.array([high, low])
    level = np.array([low, high]) if course.kind == "alternating" else _shuffled(course, cycle, stream)
    return level, level


def _shuffled(course: Modulation, cycle: int, stream: int) -> np.ndarray:
    place = np.arange(RANDOM_STEPS)
    order = np.argsort(draws(course.seed, stream, cycle * RANDOM_STEPS + place), kind="stable")
    return course.low_factor + (course.high_factor - course.low_factor) * (order + 0.5) / RANDOM_STEPS
