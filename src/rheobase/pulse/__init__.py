"""What the stimulator emits: pulses, trains, modulation and programmes, all in closed form.

A pulse is a waveform relative to an amplitude; its peak is 1 (samples may stay below). Current into the tissue at the
active contact is ``amplitude_mA * w(t)``, cathodic where ``w < 0``.
"""

from rheobase.pulse.carriers import amplitude_modulated, sine_carrier, tone_burst
from rheobase.pulse.modulation import Modulation, alternating, random_steps, sweep
from rheobase.pulse.pieces import Constant, Decay, Piece, Samples
from rheobase.pulse.programme import Programme
from rheobase.pulse.samples import from_csv, from_samples
from rheobase.pulse.shapes import biphasic, exponential, monophasic, twin_peak
from rheobase.pulse.sines import ModulatedSine, Sine
from rheobase.pulse.trains import Bursts, Train, continuous, train
from rheobase.pulse.waveform import Phase, Pulse

__all__ = [
    "Bursts",
    "Constant",
    "Decay",
    "ModulatedSine",
    "Modulation",
    "Phase",
    "Piece",
    "Programme",
    "Pulse",
    "Samples",
    "Sine",
    "Train",
    "alternating",
    "amplitude_modulated",
    "biphasic",
    "continuous",
    "exponential",
    "from_csv",
    "from_samples",
    "monophasic",
    "random_steps",
    "sine_carrier",
    "sweep",
    "tone_burst",
    "train",
    "twin_peak",
]
