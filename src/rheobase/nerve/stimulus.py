"""What the sources do over time, on the steps of a simulation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rheobase.errors import ParameterError
from rheobase.nerve.fibre import Fibre
from rheobase.nerve.model import Array
from rheobase.pulse import Pulse, Train
from rheobase.tables import row

_LONGEST_MS = 100.0  # a single response cannot stand for anything longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Stimulus:
    """Waveforms of all sources on the time grid of the simulation.

    Parameters
    ----------
    samples : array, shape (sources, steps)
        Mean of each waveform over each step; negative is cathodic.
    dt_ms : float
        Step, above 0.
    pulse_end_ms : float
        Time after which all waveforms are zero.

    Raises
    ------
    ParameterError
        If the step is not above 0 or a sample is not finite.

    Examples
    --------
    >>> stimulus_from_segments([(0.1, 0.0), (0.1, -1.0)], tail_ms=3.0, dt_ms=0.005).samples.shape
    (1, 640)
    """

    samples: Array
    dt_ms: float
    pulse_end_ms: float

    def __post_init__(self) -> None:
        if not self.dt_ms > 0:
            raise ParameterError(f"dt_ms is {self.dt_ms} ms; it must be above 0, for example 0.005 ms.")
        if not np.isfinite(self.samples).all():
            raise ParameterError("samples of the stimulus hold a value that is not finite; remove NaN and infinity.")

    @property
    def onset(self) -> int:
        """Step at which the first waveform begins."""
        on = np.flatnonzero((self.samples != 0.0).any(axis=0))
        return int(on[0]) if on.size else 0

    @property
    def breaks(self) -> list[int]:
        """Steps at which a phase of the first source ends, the last of them the end of the pulse."""
        w = self.samples[0]
        change = np.flatnonzero(np.diff(np.sign(w), append=0.0) != 0) + 1
        return [int(c) for c in change if w[c - 1] != 0.0]


def stimulus_from_segments(segments: Sequence[tuple[float, float]], *, tail_ms: float, dt_ms: float) -> Stimulus:
    """Rectangular segments of one source, each an exact number of steps, then silence.

    Parameters
    ----------
    segments : sequence of (duration in ms, value)
        Value relative to the amplitude; negative is cathodic.
    tail_ms : float
        Silence after the last segment.
    dt_ms : float
        Time step.

    Examples
    --------
    >>> s = stimulus_from_segments([(0.1, 0.0), (0.2, -1.0)], tail_ms=1.0, dt_ms=0.005)
    >>> int((s.samples[0] < 0).sum()), round(s.pulse_end_ms, 3)
    (40, 0.3)
    """
    parts = [np.full(round(duration / dt_ms), value) for duration, value in segments]
    end = sum(p.size for p in parts)
    samples = np.concatenate([*parts, np.zeros(round(tail_ms / dt_ms))])
    return Stimulus(samples=samples[None], dt_ms=dt_ms, pulse_end_ms=end * dt_ms)


def silence(duration_ms: float, *, dt_ms: float) -> Stimulus:
    """No source at all, for so long: for currents into nodes, or to see a fibre at rest.

    Parameters
    ----------
    duration_ms : float
        At least one step.
    dt_ms : float
        Time step.

    Raises
    ------
    ParameterError
        If the duration is shorter than a step or not finite.

    Examples
    --------
    >>> silence(1.0, dt_ms=0.005).samples.shape
    (0, 200)
    """
    if not (dt_ms > 0 and dt_ms <= duration_ms < np.inf):
        raise ParameterError(f"duration_ms is {duration_ms} ms with dt_ms {dt_ms} ms; give at least one step.")
    return Stimulus(samples=np.zeros((0, round(duration_ms / dt_ms))), dt_ms=dt_ms, pulse_end_ms=0.0)


def check_potential(fibre: Fibre, potential_mV_per_mA: Array, stimulus: Stimulus) -> None:
    """Refuse a potential that does not fit its fibre and stimulus.

    Parameters
    ----------
    fibre : Fibre
        The fibre.
    potential_mV_per_mA : array, shape (sources, compartments)
        Its potential.
    stimulus : Stimulus
        Gives the number of sources.

    Raises
    ------
    ParameterError
        If the shape is wrong or a value is not finite.

    Examples
    --------
    >>> from rheobase.nerve import uniform_fibre
    >>> fibre = uniform_fibre("mrg_discrete", diameter_um=10.0, nodes=4)
    >>> check_potential(fibre, np.zeros((1, 34)), stimulus_from_segments([(0.1, -1.0)], tail_ms=1.0, dt_ms=0.005))
    """
    wanted = (stimulus.samples.shape[0], fibre.per_internode * (fibre.nodes - 1) + 1)
    if np.shape(potential_mV_per_mA) != wanted:
        raise ParameterError(
            f"potential_mV_per_mA has shape {np.shape(potential_mV_per_mA)}; for this stimulus and a fibre of"
            f" {fibre.nodes} nodes it must have {wanted[0]} sources by {wanted[1]} compartments."
        )
    if not np.isfinite(potential_mV_per_mA).all():
        raise ParameterError(
            "potential_mV_per_mA holds a value that is not finite. A compartment may lie on the source or outside the"
            " field; move it."
        )


def stimulus_of(pulse: Pulse, *, dt_ms: float = 0.005, tail_ms: float | None = None) -> Stimulus:
    """Sample one pulse by exact means over each step, followed by silence.

    Parameters
    ----------
    pulse : Pulse
        Any pulse; its charge on the grid is its charge in closed form.
    dt_ms : float
        Time step, above 0.
    tail_ms : float, optional
        Silence after the pulse in which a spike must arrive; by default that of the populations table.

    Raises
    ------
    ParameterError
        If the pulse lasts longer than 100 ms: a single response cannot stand for it.

    Examples
    --------
    >>> from rheobase.pulse import biphasic
    >>> s = stimulus_of(biphasic(width_us=200.0))
    >>> round(float(s.samples.sum()), 9), s.breaks
    (0.0, [40, 80])
    """
    duration_ms = pulse.duration_us / 1000.0
    if duration_ms > _LONGEST_MS:
        raise ParameterError(
            f"The pulse lasts {duration_ms:g} ms; thresholds are those of one pulse of at most {_LONGEST_MS:g} ms."
            " Shorten it, or give one burst of the train."
        )
    tail = row("populations.grid")["tail_ms"] if tail_ms is None else tail_ms
    active = int(np.ceil(duration_ms / dt_ms - 1e-9))
    samples = np.zeros((1, active + round(tail / dt_ms)))
    samples[0, :active] = pulse.sample(1000.0 * dt_ms, active)
    return Stimulus(samples=samples, dt_ms=dt_ms, pulse_end_ms=active * dt_ms)


def stimulus_of_train(
    train: Train, *, duration_ms: float, dt_ms: float = 0.005, tail_ms: float = 10.0
) -> tuple[Stimulus, Array]:
    """Sample the beginning of a train by exact means over each step, followed by silence.

    Parameters
    ----------
    train : Train
        Any train; pulses that would not end in time are left out, as in the train itself.
    duration_ms : float
        How much of it, above 0.
    dt_ms : float
        Time step, above 0.
    tail_ms : float
        Silence afterwards, in which the last spike must arrive.

    Returns
    -------
    stimulus : Stimulus
        Its waveform.
    pulse_ms : array
        When each pulse begins.

    Raises
    ------
    ParameterError
        If the duration is not above 0, or no pulse begins in it.

    Examples
    --------
    >>> from rheobase.pulse import monophasic, train
    >>> stimulus, starts_ms = stimulus_of_train(train(monophasic(width_us=100), rate_hz=200), duration_ms=20.0)
    >>> starts_ms.tolist(), stimulus.samples.shape
    ([0.0, 5.0, 10.0, 15.0], (1, 6000))
    """
    if not 0 < duration_ms < np.inf:
        raise ParameterError(f"duration_ms is {duration_ms} ms; give how much of the train is wanted, above 0 ms.")
    starts_ms = 1e3 * np.asarray(train.onsets_s(0.0, duration_ms / 1e3))
    if not starts_ms.size:
        raise ParameterError(f"No pulse of the train begins within {duration_ms:g} ms; make duration_ms longer.")
    samples = train.sample(1e3 * dt_ms, 0.0, duration_ms / 1e3)
    silent = np.zeros(round(tail_ms / dt_ms))
    return (
        Stimulus(samples=np.concatenate([samples, silent])[None], dt_ms=dt_ms, pulse_end_ms=samples.size * dt_ms),
        starts_ms,
    )
