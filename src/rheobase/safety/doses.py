"""What a programme does to the skin, in closed form: charge, energy, current and power, per pulse and per area."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from rheobase.errors import ParameterError

if TYPE_CHECKING:
    from rheobase.montage import Montage
    from rheobase.pulse import Programme, Train

TEST_LOAD_OHM = 500.0
_DIRECT = 0.95  # a current whose mean is at least this part of its r.m.s. counts as direct
_LEAST_CHARGE_UC = 1e-6  # one picocoulomb keeps Shannon's logarithm finite at zero output


@dataclass(frozen=True, slots=True, kw_only=True)
class Doses:
    """The doses of one programme on one montage.

    All are taken at full amplitude, while the stimulator is on; pauses between trains do not lower them. Only the
    direct charge of the whole programme counts ramps and pauses.

    Parameters
    ----------
    amplitude_mA : float
        Peak of one phase.
    rate_hz : float
        Pulses per second.
    phase_width_us, pulse_duration_us : float
        Width of one phase, and of the whole pulse.
    charge_per_phase_uC, net_charge_uC : float
        Charge of the larger phase, and what is left over after the pulse.
    energy_per_pulse_mJ : float
        Energy of one pulse in the load.
    rms_mA, dc_mA : float
        Root mean square and mean of the current, both in size.
    duty : float
        Part of the time in which current flows.
    rms_density_mA_per_cm2, dc_density_mA_per_cm2 : float
        The same per area of the pad that carries most for its size.
    power_density_W_per_cm2 : float
        Power in the load per area of the smallest pad.
    charge_density_uC_per_cm2 : float
        Charge of the larger phase per area of the contact that carries most for its size.
    dc_charge_density_mC_per_cm2, dc_dose_mA_min : float
        Direct charge per area, and direct current times time, over the whole programme.
    shannon_k : float
        ``log10(Q^2 / A)`` of one phase, Q in uC and A in cm2; has a meaning for implanted contacts only.
    peak_V : float
        Voltage that the peak current needs across the load and inside the stimulator.
    open_circuit_V : float
        Highest voltage of the output with open leads: its compliance.
    load_ohm : float
        The load.
    is_direct : bool
        Whether the current is a direct one rather than pulsed.

    Raises
    ------
    ParameterError
        If a dose is not a finite number.

    Examples
    --------
    >>> from dataclasses import fields
    >>> "rms_mA" in [f.name for f in fields(Doses)]
    True
    """

    amplitude_mA: float
    rate_hz: float
    phase_width_us: float
    pulse_duration_us: float
    charge_per_phase_uC: float
    net_charge_uC: float
    energy_per_pulse_mJ: float
    rms_mA: float
    dc_mA: float
    duty: float
    rms_density_mA_per_cm2: float
    dc_density_mA_per_cm2: float
    power_density_W_per_cm2: float
    charge_density_uC_per_cm2: float
    dc_charge_density_mC_per_cm2: float
    dc_dose_mA_min: float
    shannon_k: float
    peak_V: float
    open_circuit_V: float
    load_ohm: float
    is_direct: bool

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not math.isfinite(value):
                raise ParameterError(
                    f"{field.name} comes out as {value}; a dose must be a finite number before it can be judged."
                    " Check amplitude, width, rate, duration and pad sizes."
                )


def doses(programme: Programme, montage: Montage, load_ohm: float = TEST_LOAD_OHM) -> Doses:
    """Work out the doses of a programme.

    Where rate or width are modulated, the highest rate and the full width count; where pulses come in bursts, the
    fullest second does.

    Parameters
    ----------
    programme : Programme
        Train, amplitude and duration.
    montage : Montage
        Pads with area and share of the current, and the output with its compliance.
    load_ohm : float
        Load from pad to pad, above 0; the standards use 500 ohm.

    Returns
    -------
    Doses

    Raises
    ------
    ParameterError
        If the load is not above 0, the montage has no pad, or a dose is not finite.

    Examples
    --------
    >>> from rheobase.electrode import Pad
    >>> from rheobase.montage import Montage
    >>> from rheobase.pulse import Programme, biphasic, train
    >>> pads = Montage(pads=tuple(Pad(name=n, width_mm=50, length_mm=50, share=s) for n, s in (("a", 1), ("b", -1))))
    >>> pulses = train(biphasic(width_us=200), rate_hz=80)
    >>> dose = doses(Programme(train=pulses, amplitude_mA=20, duration_s=1800, ramp_up_s=2), pads)
    >>> dose.charge_per_phase_uC, round(dose.rms_mA, 2), round(dose.rms_density_mA_per_cm2, 3)
    (4.0, 3.58, 0.143)
    """
    if not (math.isfinite(load_ohm) and load_ohm > 0):
        raise ParameterError(f"load_ohm is {load_ohm}; it must be a finite number above 0. The usual test load is 500.")
    carrying = [(abs(p.share), p.area_mm2 / 100) for p in montage.pads if p.share]
    if not carrying or not all(area_cm2 > 0 for _, area_cm2 in carrying):
        raise ParameterError("The montage needs pads with an area above 0 cm2, or no density can be judged.")
    pulse, amplitude_mA = programme.train.pulse, programme.amplitude_mA
    if not amplitude_mA >= 0:
        raise ParameterError(f"amplitude_mA is {amplitude_mA}; it must be 0 or above. Swap the pads to reverse.")
    smallest_cm2 = min(area_cm2 for _, area_cm2 in carrying)
    share_per_cm2 = max(share / area_cm2 for share, area_cm2 in carrying)
    full_width, rate_hz, per_s = _at_most(programme.train)
    square_us, net_uC = full_width * pulse.integral_of_square(), full_width * abs(pulse.net_charge_uC(amplitude_mA))
    rms_mA, dc_mA = amplitude_mA * math.sqrt(per_s * square_us * 1e-6), net_uC * per_s / 1000
    charge_uC = full_width * abs(pulse.charge_per_phase_uC(amplitude_mA))
    session_mC = abs(programme.total_net_charge_uC) / 1000
    return Doses(
        amplitude_mA=amplitude_mA,
        rate_hz=rate_hz,
        phase_width_us=full_width * pulse.phase_width_us,
        pulse_duration_us=full_width * pulse.duration_us,
        charge_per_phase_uC=charge_uC,
        net_charge_uC=net_uC,
        energy_per_pulse_mJ=amplitude_mA**2 * load_ohm * square_us * 1e-9,
        rms_mA=rms_mA,
        dc_mA=dc_mA,
        duty=min(1.0, per_s * full_width * pulse.active_us * 1e-6),
        rms_density_mA_per_cm2=rms_mA * share_per_cm2,
        dc_density_mA_per_cm2=dc_mA * share_per_cm2,
        power_density_W_per_cm2=(rms_mA / 1000) ** 2 * load_ohm / smallest_cm2,
        charge_density_uC_per_cm2=charge_uC * share_per_cm2,
        dc_charge_density_mC_per_cm2=session_mC * share_per_cm2,
        dc_dose_mA_min=session_mC / 60,
        shannon_k=math.log10(max(charge_uC, _LEAST_CHARGE_UC) ** 2 * share_per_cm2),
        peak_V=amplitude_mA * pulse.peak * (load_ohm + montage.output.source_resistance_ohm) / 1000,
        open_circuit_V=montage.output.compliance_V,
        load_ohm=load_ohm,
        is_direct=abs(pulse.net_charge_uC(1.0)) * math.sqrt(per_s) >= _DIRECT * math.sqrt(pulse.integral_of_square()),
    )


def _at_most(train: Train) -> tuple[float, float, float]:
    """Largest factor on the width, highest rate in a group of pulses, and pulses in the fullest second."""
    width = 1.0 if train.width_modulation is None else train.width_modulation.high_factor
    factor = 1.0 if train.rate_modulation is None else train.rate_modulation.high_factor
    if train.bursts is None:
        return width, train.rate_hz * factor, train.rate_hz * factor
    groups = math.ceil(train.bursts.burst_rate_hz * factor)
    return width, train.rate_hz, min(train.rate_hz, float(groups * train.bursts.pulses_per_burst))
