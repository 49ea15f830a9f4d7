"""The pulse: what a stimulator emits at each beat of its clock, as a waveform relative to the amplitude.

Current into the tissue at the active contact is ``amplitude_mA * w(t)``; ``w < 0`` is cathodic there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from rheobase.errors import ParameterError
from rheobase.pulse._checks import above_zero, number, whole
from rheobase.pulse._grid import deposit
from rheobase.pulse.pieces import Piece

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """One stretch of a pulse in which the current keeps its direction.

    A pause at zero between two stretches of one direction does not end a phase: nothing has flowed back, so the charge
    of both counts together.

    Parameters
    ----------
    start_us, duration_us : float
        Beginning, from the onset of the pulse, and length.
    charge_uC_per_mA : float
        Charge at an amplitude of 1 mA; below 0 where cathodic.

    Examples
    --------
    >>> Phase(start_us=0.0, duration_us=200.0, charge_uC_per_mA=-0.2).charge_uC_per_mA
    -0.2
    """

    start_us: float
    duration_us: float
    charge_uC_per_mA: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """A pulse in closed form.

    Parameters
    ----------
    name : str
        What it is called in reports.
    pieces : tuple of Piece
        Pieces in order; each begins where the one before ends.

    Raises
    ------
    ParameterError
        If there is no piece, no current at all, or a peak above 1 (the amplitude must remain the peak).

    Examples
    --------
    >>> from rheobase.pulse import biphasic
    >>> pulse = biphasic(width_us=200, gap_us=50)
    >>> pulse.duration_us, pulse.charge_per_phase_uC(20), pulse.net_charge_uC(20)
    (450.0, 4.0, 0.0)
    >>> pulse.sample(100, 5).tolist()
    [-1.0, -1.0, 0.5, 1.0, 0.5]
    """

    name: str
    pieces: tuple[Piece, ...]
    duration_us: float = field(init=False, compare=False)
    peak: float = field(init=False, compare=False)
    _starts_us: np.ndarray = field(init=False, repr=False, compare=False)
    _areas_us: np.ndarray = field(init=False, repr=False, compare=False)
    _phases: np.ndarray = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pieces", tuple(self.pieces))
        if not self.pieces:
            raise ParameterError(f"Pulse '{self.name}' has no pieces; give at least one, e.g. a Constant.")
        starts_us = np.concatenate([[0.0], np.cumsum([p.duration_us for p in self.pieces])])
        areas_us = np.concatenate([[0.0], np.cumsum([p.integral(0.0, p.duration_us) for p in self.pieces])])
        object.__setattr__(self, "duration_us", float(starts_us[-1]))
        object.__setattr__(self, "peak", max(p.peak for p in self.pieces))
        object.__setattr__(self, "_starts_us", starts_us)
        object.__setattr__(self, "_areas_us", areas_us)
        if self.peak == 0:
            raise ParameterError(f"Pulse '{self.name}' is zero throughout; at least one piece must carry current.")
        if self.peak > 1 + _ROUNDING:
            raise ParameterError(
                f"Pulse '{self.name}' has a peak of {self.peak:g}; it must be at most 1, for amplitude_mA is the peak."
                f" Divide the waveform by {self.peak:g} and multiply amplitude_mA by it."
            )
        object.__setattr__(self, "_phases", _find_phases(self))

    def value(self, t_us: ArrayLike) -> np.ndarray:
        """Waveform at times from the onset, relative to the amplitude; zero outside the pulse."""
        t = np.asarray(t_us, float)
        inside = (t >= 0) & (t < self.duration_us)
        return np.where(inside, self._each(t, "value"), 0.0)

    def primitive(self, t_us: ArrayLike) -> np.ndarray:
        """Integral of the waveform from the onset, in us; constant outside the pulse."""
        return self._each(np.asarray(t_us, float), "primitive", self._areas_us)

    def integral(self, t0_us: float, t1_us: float) -> float:
        """Integral of the waveform from `t0_us` to `t1_us`, in us, exact."""
        low, high = self.primitive([t0_us, t1_us])
        return float(high - low)

    def integral_of_square(self) -> float:
        """Integral of the square of the waveform over the whole pulse, in us, exact."""
        return math.fsum(p.integral_of_square(0.0, p.duration_us) for p in self.pieces)

    def sample(self, dt_us: float, n: int, start_us: float = 0.0) -> np.ndarray:
        """Averages of the waveform over `n` cells of a time grid.

        Parameters
        ----------
        dt_us : float
            Length of a cell, above 0.
        n : int
            Number of cells.
        start_us : float
            Beginning of the first cell, from the onset of the pulse.

        Returns
        -------
        numpy.ndarray
            Averages, (n,). Their sum times `dt_us` is the exact integral, on any grid.

        Raises
        ------
        ParameterError
            If `dt_us` is not above 0 or `n` not a whole number from 0.
        """
        above_zero("dt_us", dt_us, "us", "Give the step of the grid, e.g. dt_us=5.")
        number("start_us", start_us, "us", "Give the beginning of the grid, e.g. 0.")
        cells = whole("n", n, 0, "Give the number of cells.")
        one = np.ones(1)
        return deposit(self.primitive, self.duration_us, -start_us * one, one, one, dt_us, cells)

    @property
    def phases(self) -> tuple[Phase, ...]:
        """Phases in order, split where the current changes direction."""
        return tuple(
            Phase(start_us=float(s), duration_us=float(d), charge_uC_per_mA=float(q)) for s, d, q in self._phases.T
        )

    @property
    def phase_width_us(self) -> float:
        """Length of the phase with the largest charge; the first among equals."""
        charges = np.abs(self._phases[2])
        return float(self._phases[1][np.argmax(charges >= charges.max() * (1 - _ROUNDING))])

    @property
    def active_us(self) -> float:
        """Time in which current flows, the gap between phases left out."""
        return math.fsum(self._phases[1])

    @property
    def rms_relative(self) -> float:
        """Root mean square over the length of the pulse, relative to the amplitude."""
        return math.sqrt(self.integral_of_square() / self.duration_us)

    def charge_per_phase_uC(self, amplitude_mA: float) -> float:
        """Charge of the largest phase, in uC, 0 or above."""
        return float(np.abs(self._phases[2]).max() * abs(amplitude_mA))

    def absolute_charge_uC(self, amplitude_mA: float) -> float:
        """Charge of all phases added up regardless of direction, in uC, 0 or above."""
        return float(np.abs(self._phases[2]).sum() * abs(amplitude_mA))

    def net_charge_uC(self, amplitude_mA: float) -> float:
        """Charge left after the pulse, in uC; below 0 where cathodic, 0 for a balanced pulse."""
        net = math.fsum(self._phases[2])
        # What is left of a balanced pulse is rounding, and must not pass for direct current.
        balanced = abs(net) <= 1e-12 * np.abs(self._phases[2]).sum()
        return 0.0 if balanced else net * amplitude_mA

    def _each(self, t: np.ndarray, method: str, offsets: np.ndarray | None = None) -> np.ndarray:
        """Ask each piece for the times that fall into it; times outside go to the nearest end."""
        t = np.clip(t, 0.0, self.duration_us)
        at = np.clip(np.searchsorted(self._starts_us, t, side="right") - 1, 0, len(self.pieces) - 1)
        out = np.empty(t.shape)
        for i, piece in enumerate(self.pieces):
            here = at == i
            if here.any():
                local = np.clip(t[here] - self._starts_us[i], 0.0, piece.duration_us)
                out[here] = getattr(piece, method)(local) + (0.0 if offsets is None else offsets[i])
        return out


def _find_phases(pulse: Pulse) -> np.ndarray:
    """Start, length (us) and charge (uC per mA) of each phase, (3, phases)."""
    cuts, charges = [np.zeros(1)], []
    for start_us, piece in zip(pulse._starts_us, pulse.pieces, strict=False):
        edges = np.concatenate([[0.0], piece.crossings_us, [piece.duration_us]])
        cuts.append(start_us + edges[1:])
        charges.append(np.diff(piece.primitive(edges)) * 1e-3)
    cut, charge = np.concatenate(cuts), np.concatenate(charges)
    # Slivers that rounding leaves at a crossing carry no charge and are no phase of their own.
    kept = np.flatnonzero(np.abs(charge) > 1e-12 * np.abs(charge).sum())
    sign = np.sign(charge[kept])
    first = np.flatnonzero(np.concatenate([[True], sign[1:] != sign[:-1]]))
    start, end = cut[:-1][kept], cut[1:][kept]
    last = np.append(first[1:], kept.size) - 1
    return np.stack([start[first], end[last] - start[first], np.add.reduceat(charge[kept], first)])
