"""Sine pieces: a plain carrier, and a carrier whose height rises and falls with a beat.

Both are sums of sinusoids, so that value, integral and integral of the square stay in closed form.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from rheobase.errors import ParameterError
from rheobase.pulse._checks import above_zero, number, within
from rheobase.pulse.pieces import Piece

_CARRIER = "Give the frequency of the carrier, e.g. 4000."
_LENGTH = "Give the length, e.g. duration_us=10000."

Sinusoid = tuple[float, float, float]
"""Height, angular frequency (rad per us), phase (rad)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sine(Piece):
    """A sine ``relative * sin(2 pi frequency t + phase)``.

    Parameters
    ----------
    duration_us : float
        Length, above 0.
    frequency_hz : float
        Frequency, above 0.
    relative : float
        Height relative to the amplitude.
    phase_deg : float
        Phase at its beginning.

    Raises
    ------
    ParameterError
        If length or frequency is not above 0, or height or phase not finite.

    Examples
    --------
    >>> half = Sine(duration_us=125, frequency_hz=4000)
    >>> half.peak, round(half.integral(0, 125), 6)
    (1.0, 79.577472)
    """

    duration_us: float
    frequency_hz: float
    relative: float = 1.0
    phase_deg: float = 0.0

    def __post_init__(self) -> None:
        above_zero("duration_us", self.duration_us, "us", _LENGTH)
        above_zero("frequency_hz", self.frequency_hz, "Hz", _CARRIER)
        number("relative", self.relative, "", "Give the height relative to the peak of the pulse.")
        number("phase_deg", self.phase_deg, "deg", "Give the phase at the beginning, e.g. 0.")

    def _sum(self) -> tuple[Sinusoid, ...]:
        return ((self.relative, _omega(self.frequency_hz), math.radians(self.phase_deg)),)

    def value(self, t_us: ArrayLike) -> np.ndarray:
        """Waveform, relative to the amplitude."""
        return _value(self._sum(), t_us)

    def primitive(self, t_us: ArrayLike) -> np.ndarray:
        """Integral of the waveform from the beginning of the piece, in us."""
        return _primitive(self._sum(), t_us)

    def primitive_of_square(self, t_us: ArrayLike) -> np.ndarray:
        """Integral of the square of the waveform from the beginning of the piece, in us."""
        return _primitive_of_square(self._sum(), t_us)

    @property
    def crossings_us(self) -> np.ndarray:
        """Times within the piece at which the sign changes."""
        return _carrier_zeros_us(self.frequency_hz, self.phase_deg, self.duration_us)

    @property
    def peak(self) -> float:
        """Largest absolute value."""
        crests = _carrier_zeros_us(self.frequency_hz, self.phase_deg + 90.0, self.duration_us)
        if crests.size:
            return abs(self.relative)
        return float(np.abs(self.value([0.0, self.duration_us])).max())


@dataclass(frozen=True, slots=True, kw_only=True)
class ModulatedSine(Piece):
    """A carrier that swells and fades with a beat: ``relative * m(t) * sin(2 pi carrier t)``.

    The height is ``m(t) = 1 - depth (1 + cos(2 pi beat t)) / 2``: least, ``1 - depth``, at the beginning, greatest,
    1, in the middle of each beat.

    Parameters
    ----------
    duration_us : float
        Length, above 0.
    carrier_hz : float
        Frequency of the carrier, above 0.
    beat_hz : float
        Frequency of the beat, above 0 and at most half the carrier's.
    depth : float
        How far the height falls between beats: 0 not at all, 1 to zero.
    relative : float
        Greatest height relative to the amplitude.

    Raises
    ------
    ParameterError
        If a value lies outside its range.

    Examples
    --------
    >>> beat = ModulatedSine(duration_us=10_000, carrier_hz=4000, beat_hz=100, depth=1)
    >>> round(beat.peak, 4)
    0.9996
    """

    duration_us: float
    carrier_hz: float
    beat_hz: float
    depth: float = 1.0
    relative: float = 1.0

    def __post_init__(self) -> None:
        above_zero("duration_us", self.duration_us, "us", _LENGTH)
        above_zero("carrier_hz", self.carrier_hz, "Hz", _CARRIER)
        above_zero("beat_hz", self.beat_hz, "Hz", "Give the frequency of the beat, e.g. 100.")
        within("depth", self.depth, 0, 1, "", "0 leaves the carrier as it is; 1 lets it fade to zero.")
        number("relative", self.relative, "", "Give the height relative to the peak of the pulse.")
        if self.beat_hz > self.carrier_hz / 2:
            raise ParameterError(
                f"beat_hz is {self.beat_hz:g} Hz; it must be at most half of carrier_hz, {self.carrier_hz / 2:g} Hz, or"
                " there is no beat to speak of. Lower the beat or raise the carrier."
            )

    def _sum(self) -> tuple[Sinusoid, ...]:
        carrier, beat, side = _omega(self.carrier_hz), _omega(self.beat_hz), -self.relative * self.depth / 4
        return (
            (self.relative * (1 - self.depth / 2), carrier, 0.0),
            (side, carrier + beat, 0.0),
            (side, carrier - beat, 0.0),
        )

    def value(self, t_us: ArrayLike) -> np.ndarray:
        """Waveform, relative to the amplitude."""
        return _value(self._sum(), t_us)

    def primitive(self, t_us: ArrayLike) -> np.ndarray:
        """Integral of the waveform from the beginning of the piece, in us."""
        return _primitive(self._sum(), t_us)

    def primitive_of_square(self, t_us: ArrayLike) -> np.ndarray:
        """Integral of the square of the waveform from the beginning of the piece, in us."""
        return _primitive_of_square(self._sum(), t_us)

    @property
    def crossings_us(self) -> np.ndarray:
        """Times within the piece at which the sign changes."""
        return _carrier_zeros_us(self.carrier_hz, 0.0, self.duration_us)

    @property
    def peak(self) -> float:
        """Largest absolute value, found within the half waves that come nearest to it."""
        edges = np.concatenate([[0.0], self.crossings_us, [self.duration_us]])
        middle = np.abs(self.value((edges[:-1] + edges[1:]) / 2))
        best = np.append(np.argsort(middle)[-16:], middle.size - 1)  # the last may be cut off at its crest
        low, high = edges[best], edges[best + 1]
        for _ in range(80):  # one hump to a half wave: narrow it by thirds
            left, right = low + (high - low) / 3, high - (high - low) / 3
            rising = np.abs(self.value(left)) < np.abs(self.value(right))
            low, high = np.where(rising, left, low), np.where(rising, high, right)
        return float(np.abs(self.value((low + high) / 2)).max())


def _omega(frequency_hz: float) -> float:
    """Angular frequency in rad per us."""
    return 2e-6 * math.pi * frequency_hz


def _carrier_zeros_us(frequency_hz: float, phase_deg: float, duration_us: float) -> np.ndarray:
    """Zeros of ``sin(2 pi f t + phase)`` strictly within the piece, each from its own count: no drift."""
    half_us, shift = 0.5e6 / frequency_hz, phase_deg / 180.0
    count = np.arange(math.floor(shift), math.ceil(shift + duration_us / half_us) + 1)
    zeros = (count - shift) * half_us
    edge = 1e-9 * half_us
    return zeros[(zeros > edge) & (zeros < duration_us - edge)]


def _value(parts: tuple[Sinusoid, ...], t_us: ArrayLike) -> np.ndarray:
    t = np.asarray(t_us, float)
    return sum((a * np.sin(w * t + p) for a, w, p in parts), np.zeros(t.shape))


def _primitive(parts: tuple[Sinusoid, ...], t_us: ArrayLike) -> np.ndarray:
    t = np.asarray(t_us, float)
    return sum((a / w * (math.cos(p) - np.cos(w * t + p)) for a, w, p in parts), np.zeros(t.shape))


def _primitive_of_square(parts: tuple[Sinusoid, ...], t_us: ArrayLike) -> np.ndarray:
    """From sin x sin y = (cos(x - y) - cos(x + y)) / 2, pair by pair."""
    t = np.asarray(t_us, float)
    total = np.zeros(t.shape)
    for a, w, p in parts:
        for b, v, q in parts:
            total = total + a * b / 2 * (_integral_of_cos(w - v, p - q, t) - _integral_of_cos(w + v, p + q, t))
    return total


def _integral_of_cos(w: float, p: float, t: np.ndarray) -> np.ndarray:
    return math.cos(p) * t if w == 0 else (np.sin(w * t + p) - math.sin(p)) / w
