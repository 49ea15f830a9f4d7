"""Small programmes and montages for the safety tests."""

from __future__ import annotations

from rheobase.electrode import Output, Pad
from rheobase.montage import Montage
from rheobase.pulse import Programme, biphasic, monophasic, train


def pulse(width_us=200.0, back=1.0):
    """Two phases of equal width; the second has `back` times the charge of the first (1: balanced, 0: none)."""
    if back == 0:
        return monophasic(width_us)
    if back == 1:
        return biphasic(width_us)
    return biphasic(width_us, balanced=False, second_width_us=width_us, second_relative=back)


def programme(amplitude_mA=20.0, width_us=200.0, rate_hz=80.0, back=1.0, duration_s=1800.0, ramp_up_s=0.0, **rest):
    pulses = train(pulse(width_us, back), rate_hz=rate_hz)
    return Programme(train=pulses, amplitude_mA=amplitude_mA, duration_s=duration_s, ramp_up_s=ramp_up_s, **rest)


def pads(area_cm2=25.0, compliance_V=400.0, other_cm2=None):
    def pad(name, cm2, share, along_mm):
        side_mm = 10 * cm2**0.5
        return Pad(name=name, width_mm=side_mm, length_mm=side_mm, along_mm=along_mm, share=share)

    both = (pad("active", area_cm2, 1.0, 60), pad("return", other_cm2 or area_cm2, -1.0, -60))
    return Montage(pads=both, output=Output(compliance_V=compliance_V))
