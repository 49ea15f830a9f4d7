"""Pieces of a waveform, each known in closed form: its value, its integral and the integral of its square.

A piece begins at its own time 0 and lasts ``duration_us``. A pulse is a row of pieces.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from rheobase.errors import ParameterError
from rheobase.pulse._checks import above_zero, number

_LENGTH = "Give the length of the piece, e.g. duration_us=200."
_HEIGHT = "Give the height relative to the peak of the pulse, e.g. relative=-1."


class Piece(ABC):
    """A stretch of waveform in closed form.

    Times are counted from the beginning of the piece, in us. What the abstract methods take lies in
    ``[0, duration_us]``; the pulse sees to that.
    """

    __slots__ = ()
    duration_us: float

    @abstractmethod
    def value(self, t_us: ArrayLike) -> np.ndarray:
        """Waveform, relative to the amplitude."""

    @abstractmethod
    def primitive(self, t_us: ArrayLike) -> np.ndarray:
        """Integral of the waveform from the beginning of the piece, in us."""

    @abstractmethod
    def primitive_of_square(self, t_us: ArrayLike) -> np.ndarray:
        """Integral of the square of the waveform from the beginning of the piece, in us."""

    @property
    def crossings_us(self) -> np.ndarray:
        """Times within the piece at which the sign changes; none unless a piece says otherwise."""
        return np.empty(0)

    @property
    def peak(self) -> float:
        """Largest absolute value; at an end, unless a piece says otherwise."""
        return float(np.abs(self.value([0.0, self.duration_us])).max())

    def integral(self, t0_us: float, t1_us: float) -> float:
        """Integral of the waveform from `t0_us` to `t1_us`, in us."""
        low, high = self.primitive([t0_us, t1_us])
        return float(high - low)

    def integral_of_square(self, t0_us: float, t1_us: float) -> float:
        """Integral of the square of the waveform from `t0_us` to `t1_us`, in us."""
        low, high = self.primitive_of_square([t0_us, t1_us])
        return float(high - low)

    def integral_of_absolute(self, t0_us: float, t1_us: float) -> float:
        """Integral of the absolute waveform from `t0_us` to `t1_us`, in us."""
        inside = self.crossings_us
        inside = inside[(inside > t0_us) & (inside < t1_us)]
        return float(np.abs(np.diff(self.primitive(np.concatenate([[t0_us], inside, [t1_us]])))).sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant(Piece):
    """A rectangle; with ``relative=0`` a gap.

    Parameters
    ----------
    duration_us : float
        Length, above 0.
    relative : float
        Height relative to the amplitude.

    Raises
    ------
    ParameterError
        If the length is not above 0 or the height is not finite.

    Examples
    --------
    >>> Constant(duration_us=200, relative=-1).integral(50, 150)
    -100.0
    """

    duration_us: float
    relative: float

    def __post_init__(self) -> None:
        above_zero("duration_us", self.duration_us, "us", _LENGTH)
        number("relative", self.relative, "", _HEIGHT)

    def value(self, t_us: ArrayLike) -> np.ndarray:
        """Waveform, relative to the amplitude."""
        return np.full(np.shape(t_us), float(self.relative))

    def primitive(self, t_us: ArrayLike) -> np.ndarray:
        """Integral of the waveform from the beginning of the piece, in us."""
        return self.relative * np.asarray(t_us, float)

    def primitive_of_square(self, t_us: ArrayLike) -> np.ndarray:
        """Integral of the square of the waveform from the beginning of the piece, in us."""
        return self.relative**2 * np.asarray(t_us, float)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decay(Piece):
    """An exponential decay towards zero, as a capacitor discharges.

    Parameters
    ----------
    duration_us : float
        Length, above 0; the decay is cut there.
    time_constant_us : float
        Time in which it falls to 1/e, above 0.
    relative : float
        Height at its beginning, relative to the amplitude.

    Raises
    ------
    ParameterError
        If the length or time constant is not above 0 or the height is not finite.

    Examples
    --------
    >>> round(Decay(duration_us=1000, time_constant_us=10, relative=1).integral(0, 1000), 9)
    10.0
    """

    duration_us: float
    time_constant_us: float
    relative: float

    def __post_init__(self) -> None:
        above_zero("duration_us", self.duration_us, "us", _LENGTH)
        above_zero("time_constant_us", self.time_constant_us, "us", "Give the time in which it falls to 1/e.")
        number("relative", self.relative, "", _HEIGHT)

    def value(self, t_us: ArrayLike) -> np.ndarray:
        """Waveform, relative to the amplitude."""
        return self.relative * np.exp(-np.asarray(t_us, float) / self.time_constant_us)

    def primitive(self, t_us: ArrayLike) -> np.ndarray:
        """Integral of the waveform from the beginning of the piece, in us."""
        tau = self.time_constant_us
        return -self.relative * tau * np.expm1(-np.asarray(t_us, float) / tau)

    def primitive_of_square(self, t_us: ArrayLike) -> np.ndarray:
        """Integral of the square of the waveform from the beginning of the piece, in us."""
        tau = self.time_constant_us / 2
        return -(self.relative**2) * tau * np.expm1(-np.asarray(t_us, float) / tau)


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples(Piece):
    """Straight lines between samples.

    Parameters
    ----------
    time_us : tuple of float
        Sample times, at least two, from 0 and strictly increasing.
    relative : tuple of float
        Values at those times, relative to the amplitude; as many, finite.

    Raises
    ------
    ParameterError
        If times or values are too few, unlike in number, not finite or not increasing.

    Examples
    --------
    >>> triangle = Samples(time_us=(0, 100, 200), relative=(0, -1, 0))
    >>> triangle.integral(0, 200), triangle.peak
    (-100.0, 1.0)
    """

    time_us: tuple[float, ...]
    relative: tuple[float, ...]
    duration_us: float = field(init=False, compare=False)
    _table: np.ndarray = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        t, w = np.array(self.time_us, float), np.array(self.relative, float)
        object.__setattr__(self, "time_us", tuple(t.ravel().tolist()))
        object.__setattr__(self, "relative", tuple(w.ravel().tolist()))
        if t.ndim != 1 or t.shape != w.shape or t.size < 2:
            raise ParameterError(
                f"time_us has {t.size} and relative {w.size} samples; they must be as many, and at least 2."
            )
        bad = np.flatnonzero(~(np.isfinite(t) & np.isfinite(w)))
        if bad.size:
            i = bad[0]
            raise ParameterError(f"Sample {i} is ({t[i]}, {w[i]}); samples must be finite. Remove or fill the gap.")
        late = np.flatnonzero(np.diff(t) <= 0)
        if late.size:
            i = late[0] + 1
            raise ParameterError(
                f"time_us of sample {i} is {t[i]:g} us after {t[i - 1]:g} us; times must increase. Sort them, and give"
                " a step as two samples a little apart."
            )
        if t[0] != 0:
            raise ParameterError(f"time_us begins at {t[0]:g} us; it must begin at 0 us. Subtract the first time.")
        step, left, right = np.diff(t), w[:-1], w[1:]
        area = np.concatenate([[0.0], np.cumsum(step * (left + right) / 2)])
        square = np.concatenate([[0.0], np.cumsum(step * (left**2 + left * right + right**2) / 3)])
        slope = np.append((right - left) / step, 0.0)
        table = np.stack([t, w, slope, area, square])
        table.flags.writeable = False
        object.__setattr__(self, "duration_us", float(t[-1]))
        object.__setattr__(self, "_table", table)

    def _at(self, t_us: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Columns of the table for the stretch that holds each time, and the time since its beginning."""
        t = np.asarray(t_us, float)
        at = np.clip(np.searchsorted(self._table[0], t, side="right") - 1, 0, self._table.shape[1] - 2)
        columns = self._table[:, at]
        return columns, t - columns[0]

    def value(self, t_us: ArrayLike) -> np.ndarray:
        """Waveform, relative to the amplitude."""
        (_, w, slope, _, _), s = self._at(t_us)
        return w + slope * s

    def primitive(self, t_us: ArrayLike) -> np.ndarray:
        """Integral of the waveform from the beginning of the piece, in us."""
        (_, w, slope, area, _), s = self._at(t_us)
        return area + s * (w + slope * s / 2)

    def primitive_of_square(self, t_us: ArrayLike) -> np.ndarray:
        """Integral of the square of the waveform from the beginning of the piece, in us."""
        (_, w, slope, _, square), s = self._at(t_us)
        return square + s * (w * w + w * slope * s + (slope * s) ** 2 / 3)

    @property
    def crossings_us(self) -> np.ndarray:
        """Times within the piece at which the sign changes, or at which it touches zero at a sample."""
        t, w, slope = self._table[:3]
        steep = np.flatnonzero(w[:-1] * w[1:] < 0)
        roots = t[steep] - w[steep] / slope[steep]
        return np.unique(np.concatenate([roots, t[1:-1][w[1:-1] == 0]]))

    @property
    def peak(self) -> float:
        """Largest absolute value."""
        return float(np.abs(self._table[1]).max())
