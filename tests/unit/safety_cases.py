"""Small programmes and montages for the safety tests; a programme here holds exactly what safety reads of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from rheobase.electrode import Output, Pad
from rheobase.montage import Montage


@dataclass(frozen=True, kw_only=True)
class PulseCase:
    """Two rectangular phases; the second has `back` times the charge of the first (1: balanced, 0: monophasic)."""

    phase_width_us: float = 200.0
    back: float = 1.0
    peak: float = 1.0

    @property
    def duration_us(self):
        return self.phase_width_us * (2 if self.back else 1)

    @property
    def rms_relative(self):
        phases = (1 + self.back**2) / 2 if self.back else 1
        return self.peak * phases**0.5

    def charge_per_phase_uC(self, amplitude_mA):
        return amplitude_mA * self.peak * self.phase_width_us / 1000

    def net_charge_uC(self, amplitude_mA):
        return self.charge_per_phase_uC(amplitude_mA) * (1 - self.back)


@dataclass(frozen=True, kw_only=True)
class TrainCase:
    pulse: PulseCase = field(default_factory=PulseCase)
    rate_hz: float = 80.0

    @property
    def duty(self):
        return self.pulse.duration_us * 1e-6 * self.rate_hz

    def rms_mA(self, amplitude_mA):
        return amplitude_mA * self.pulse.rms_relative * self.duty**0.5

    def mean_mA(self, amplitude_mA):
        return self.pulse.net_charge_uC(amplitude_mA) * self.rate_hz / 1000


@dataclass(frozen=True, kw_only=True)
class ProgrammeCase:
    train: TrainCase = field(default_factory=TrainCase)
    amplitude_mA: float = 20.0
    duration_s: float = 1800.0
    on_s: float | None = None
    off_s: float | None = None


def programme(amplitude_mA=20.0, width_us=200.0, rate_hz=80.0, back=1.0, **rest):
    train = TrainCase(pulse=PulseCase(phase_width_us=width_us, back=back), rate_hz=rate_hz)
    return ProgrammeCase(train=train, amplitude_mA=amplitude_mA, **rest)


def pads(area_cm2=25.0, compliance_V=400.0, other_cm2=None):
    def pad(name, cm2, share, along_mm):
        side_mm = 10 * cm2**0.5
        return Pad(name=name, width_mm=side_mm, length_mm=side_mm, along_mm=along_mm, share=share)

    both = (pad("active", area_cm2, 1.0, 60), pad("return", other_cm2 or area_cm2, -1.0, -60))
    return Montage(pads=both, output=Output(compliance_V=compliance_V))
