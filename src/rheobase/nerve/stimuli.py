"""From a pulse to the waveform on the time grid of the fibres."""

from __future__ import annotations

import numpy as np

from rheobase.errors import ParameterError
from rheobase.nerve.threshold import Stimulus
from rheobase.pulse import Pulse
from rheobase.tables import row

_LONGEST_MS = 100.0


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
