"""One channel of a stimulator and the muscle behind it: level in, force out, pulse by pulse."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from rheobase.effect import (
    FittedRange,
    ForceModel,
    HillHuxley,
    Pulses,
    RecruitmentCurve,
    contract,
)
from rheobase.effect.muscle.hill_huxley import RecruitedByPulse, rest_of, run_hill_huxley
from rheobase.errors import ParameterError

Array = NDArray[np.floating[Any]]
_TETANUS_HZ = 100.0


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recruited(RecruitedByPulse):
    """A muscle whose strength follows a recruitment curve at each pulse; its time course is that of Ding.

    The recruited units are taken as one muscle whose strength changes with each pulse, so units recruited late are as
    tired as those recruited early.

    Parameters
    ----------
    muscle : HillHuxley
        Time constants and fatigue.
    curve : RecruitmentCurve
        Share of the strength over amplitude or width.
    fitted : FittedRange
        Range in which the time course was fitted.
    rows : tuple of str
        Table rows.

    Examples
    --------
    >>> from rheobase.effect import contract, ding2003, steady_pulses
    >>> curve = RecruitmentCurve(stimulus=[10.0, 30.0], share=[0.0, 1.0], unit="mA")
    >>> train = steady_pulses(rate_hz=40.0, on_s=1.0, amplitude_mA=20.0)
    >>> half = contract(recruited(ding2003(tired=False), curve), train)
    >>> print(f"{half.peak_N:.1f} N")
    139.7 N
    """

    muscle: HillHuxley
    curve: RecruitmentCurve
    fitted: FittedRange  # type: ignore[assignment]
    rows: tuple[str, ...]
    name = "recruited"
    plain = "force and fatigue after Ding, recruitment after a curve"

    def pulse_share(self, pulses: Pulses) -> Array:
        """By the curve."""
        given = pulses.amplitude_mA if self.curve.unit == "mA" else pulses.width_us
        share = np.asarray(np.interp(given, self.curve.stimulus, self.curve.share), np.float64)
        return share * ((pulses.amplitude_mA > 0) & (pulses.width_us > 0))


def recruited(model: ForceModel, curve: RecruitmentCurve) -> Recruited:
    """Give a model of the Hill-Huxley family a recruitment curve.

    Parameters
    ----------
    model : ForceModel
        Time course and fatigue, such as ``ding2003()``.
    curve : RecruitmentCurve
        Share of the strength over the stimulus.

    Raises
    ------
    ParameterError
        If the model is of another family.

    Examples
    --------
    >>> from rheobase.effect import ding2003
    >>> recruited(ding2003(), RecruitmentCurve(stimulus=[0.0, 1.0], share=[0.0, 1.0], unit="mA")).curve.threshold
    0.0
    """
    muscle = getattr(model, "muscle", None)
    if not isinstance(muscle, HillHuxley):
        raise ParameterError(f"The model '{model.name}' has a recruitment of its own. Take ding2003.")
    return Recruited(muscle=muscle, curve=curve, fitted=model.fitted, rows=model.rows)


def tetanus_N(model: ForceModel) -> float:
    """Force of the rested muscle, all recruited, at 100 Hz: what a share of 1 means.

    Examples
    --------
    >>> from rheobase.effect import ding2003
    >>> round(tetanus_N(ding2003()))
    311
    """
    muscle = getattr(model, "muscle", None)
    if isinstance(muscle, HillHuxley):
        return _tetanus_N(replace(muscle, a_fatigue_N_per_s_per_N_s=0.0, tau1_fatigue_s_per_N_s=0.0,
                                  k_m_fatigue_per_N_s=0.0))  # fmt: skip
    from rheobase.effect import steady_pulses

    return contract(model, steady_pulses(rate_hz=_TETANUS_HZ, on_s=2.0)).peak_N


@lru_cache(maxsize=64)
def _tetanus_N(muscle: HillHuxley) -> float:
    full = np.ones(int(2 * _TETANUS_HZ))
    times = np.arange(len(full)) / _TETANUS_HZ
    force, _, _ = run_hill_huxley(muscle, rest_of(muscle), 0.001, 2000, time_s=times, drive_gain=full, force_gain=full)
    return float(force.max())


class Channel:
    """A stimulator channel with the muscles it reaches. It changes: `advance` moves them on by a step.

    The level is a share of the force of the first muscle: its recruitment curve, read backwards, gives the stimulus,
    and every muscle of the channel answers to that stimulus by its own curve. A level changes at the next pulse, as in
    a stimulator.

    Parameters
    ----------
    model : Recruited or mapping of str to Recruited
        The muscle, or the muscles by group; the first leads.
    rate_hz : float
        Pulse rate, above 0.
    width_us : float, optional
        Width of one phase, above 0, where the curve counts mA.
    amplitude_mA : float, optional
        Amplitude, above 0, where the curve counts us.
    known : RecruitmentCurve, optional
        What the stimulator takes the curve of the first muscle to be, as measured on another day; its own if none is
        given.

    Raises
    ------
    ParameterError
        If the rate is not above 0, the half of the stimulus that the curve does not count is missing, or the curves
        count different units.

    Examples
    --------
    >>> from rheobase.effect import ding2003
    >>> curve = RecruitmentCurve(stimulus=[10.0, 30.0], share=[0.0, 1.0], unit="mA")
    >>> channel = Channel(recruited(ding2003(), curve), rate_hz=40.0, width_us=300.0)
    >>> for _ in range(500):
    ...     share = channel.advance(0.002, level=0.5)
    >>> print(f"{channel.stimulus:.0f} mA, {share:.2f} of the tetanus, {channel.pulses} pulses")
    20 mA, 0.45 of the tetanus, 40 pulses
    """

    __slots__ = (
        "_next_s", "_now_s", "_other", "_tetanus_N", "_unit", "curve", "models", "pulses", "rate_hz", "shares",
        "states", "stimulus",
    )  # fmt: skip

    def __init__(
        self, model: Recruited | Mapping[str, Recruited], *, rate_hz: float, width_us: float | None = None,
        amplitude_mA: float | None = None, known: RecruitmentCurve | None = None,
    ) -> None:  # fmt: skip
        self.models = dict(model) if isinstance(model, Mapping) else {"": model}
        units = {m.curve.unit for m in self.models.values()} | ({known.unit} if known else set())
        if len(units) != 1:
            raise ParameterError(f"The curves of the channel count {sorted(units)}; all muscles see one stimulus.")
        self.curve, self._unit = known or next(iter(self.models.values())).curve, units.pop()
        other, name = (width_us, "width_us") if self._unit == "mA" else (amplitude_mA, "amplitude_mA")
        if not rate_hz > 0 or other is None or not other > 0:
            raise ParameterError(
                f"rate_hz is {rate_hz} Hz and {name} {other}; both must be above 0, since the recruitment curve counts"
                f" {self._unit}."
            )
        self.rate_hz, self._other = rate_hz, other
        self.states = {name: m.rest() for name, m in self.models.items()}
        self.shares = dict.fromkeys(self.models, 0.0)
        self.stimulus, self.pulses = 0.0, 0
        self._now_s = self._next_s = 0.0
        self._tetanus_N = {name: tetanus_N(m) for name, m in self.models.items()}

    @property
    def capacity_share(self) -> float:
        """What fatigue has left of the most tired muscle."""
        return min(state.capacity_share for state in self.states.values())

    def advance(self, dt_s: float, *, level: float) -> float:
        """Move on by one step; gives the force of the first muscle as a share of its rested tetanus.

        Parameters
        ----------
        dt_s : float
            Step, above 0.
        level : float
            Share of the force wanted from the next pulse on, 0 to 1; no pulses at 0.
        """
        return float(next(iter(self.course(dt_s, 1, level=level).values()))[0])

    def course(self, dt_s: float, steps: int, *, level: float) -> dict[str, Array]:
        """Move on by several steps at one level; gives the share of every muscle at the end of each.

        Parameters
        ----------
        dt_s : float
            Step, above 0.
        steps : int
            How many, 1 or more.
        level : float
            Share of the force wanted, 0 to 1.
        """
        self.stimulus = self.curve.stimulus_for(level) if level > 0 else 0.0
        self._next_s = max(self._next_s, self._now_s)
        end_s = self._now_s + steps * dt_s
        count = max(0, math.ceil((end_s - 1e-9 - self._next_s) * self.rate_hz)) if level > 0 else 0
        at = self._next_s - self._now_s + np.arange(count) / self.rate_hz
        amplitude, width = (self.stimulus, self._other) if self._unit == "mA" else (self._other, self.stimulus)
        given = Pulses(time_s=at, amplitude_mA=np.full(count, amplitude), width_us=np.full(count, width),
                       duration_s=steps * dt_s)  # fmt: skip
        parts = max(1, round(dt_s / 0.001))
        out = {}
        for name, model in self.models.items():
            force, _, self.states[name] = model.run(self.states[name], given, dt_s / parts, steps * parts, None)
            out[name] = force[parts - 1 :: parts] / self._tetanus_N[name]
            self.shares[name] = float(out[name][-1])
        self.pulses += count
        self._next_s += count / self.rate_hz
        self._now_s = end_s
        return out
