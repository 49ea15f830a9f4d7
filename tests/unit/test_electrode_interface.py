"""Skin that breaks down, constant phase elements, drying and lift-off, and the currents that voltages drive."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from rheobase.anatomy import Forearm
from rheobase.electrode import Interface, Output, Pad, breaking_interface, default_interface
from rheobase.errors import LimitExceeded, ParameterError
from rheobase.field import pulse_voltage_V, solve_at_current, solve_at_voltage, solve_field
from rheobase.montage import Montage, pad_pair

ARM = Forearm()
COARSE = {"cell_mm": 2.5}


def test_a_constant_phase_element_has_its_phase():
    """Far above its corner the parallel part has the constant angle -exponent x 90 deg and falls as f^-exponent."""
    z = Interface(series_ohm_m2=0.0, parallel_ohm_m2=2.0, capacitance_F_per_m2=1e-4, phase_exponent=0.8)
    high = np.asarray(z.impedance_ohm_m2(np.array([1e8, 2e8])))
    assert np.angle(high, deg=True) == pytest.approx([-72.0, -72.0], abs=0.1)
    assert abs(high[0] / high[1]) == pytest.approx(2**0.8, rel=1e-3)
    assert z.impedance_ohm_m2(0.0) == 2.0


@pytest.mark.parametrize("exponent", [0.5, 0.8, 0.95])
def test_step_and_impedance_of_a_cole_element_are_the_same_circuit(exponent):
    """Laplace transform of the step response times s is the impedance, at real s."""
    z = Interface(series_ohm_m2=0.3, parallel_ohm_m2=1.05, capacitance_F_per_m2=2e-4, phase_exponent=exponent)
    s = 4000.0
    u = np.append(0.0, np.geomspace(1e-9, 25.0, 800))
    step = np.asarray(z.voltage_step_ohm_m2((u / s) * 1e6))
    laplace = np.trapezoid(step * np.exp(-u), u)
    assert laplace == pytest.approx(0.3 + 1.05 / (1 + (s * 1.05 * 2e-4) ** exponent), rel=2e-3)


def test_a_half_order_element_relaxes_as_the_error_function():
    """E_1/2(-sqrt(t)) = exp(t) erfc(sqrt(t))."""
    from scipy.special import erfcx

    z = Interface(series_ohm_m2=0.0, parallel_ohm_m2=1.0, capacitance_F_per_m2=1e-4, phase_exponent=0.5)
    t = np.array([1.0, 30.0, 100.0, 1000.0])
    assert z.voltage_step_ohm_m2(t) == pytest.approx(1.0 - erfcx(np.sqrt(t / 100.0)), abs=1e-6)


def test_resistance_falls_with_current_density():
    skin = breaking_interface()
    falls = [skin.at_density(j).contact_impedance_ohm_m2 for j in (0.0, 1.43, -1.43, 10.0)]
    assert falls == pytest.approx([5.3, 2.8, 2.8, 0.4], abs=0.01)
    assert skin.at_density(3.0).is_linear
    assert not skin.is_linear
    assert default_interface().at_density(50.0) is default_interface()
    assert "electrodes.stratum_corneum_breakdown" in skin.rows


@pytest.mark.parametrize(
    ("kwargs", "match"),
    [
        ({"phase_exponent": 0.05}, "phase_exponent is 0.05; it must lie above 0.1"),
        ({"phase_exponent": 1.2}, "phase_exponent is 1.2"),
        ({"breakdown_A_per_m2": 0.0}, "breakdown_A_per_m2 is 0.0 A/m2; it must be above 0"),
        ({"breakdown_exponent": -1.0}, "breakdown_exponent is -1.0; it must be above 0"),
    ],
)
def test_wrong_interfaces_are_refused(kwargs, match):
    with pytest.raises(ParameterError, match=match):
        Interface(series_ohm_m2=0.3, parallel_ohm_m2=1.0, **kwargs)


def test_drying_and_lifting():
    dry = default_interface().dried(5.0)
    assert dry.contact_impedance_ohm_m2 == pytest.approx(1.05 + 1.5)
    with pytest.raises(ParameterError, match=r"drying by factor 0.5; it must be 1 or more"):
        default_interface().dried(0.5)
    pad = Pad(name="a", width_mm=40, length_mm=60, along_mm=10.0)
    assert pad.lifted(0.5, "proximal").along_mm == -5.0
    assert pad.lifted(0.25).area_mm2 == pytest.approx(0.75 * pad.area_mm2)
    with pytest.raises(ParameterError, match=r"share lifted is 1.0; it must be 0 to 0.95"):
        pad.lifted(1.0)
    with pytest.raises(ParameterError, match=r"unknown edge 'distl'.*distal"):
        pad.lifted(0.1, "distl")
    with pytest.raises(ParameterError, match="is round"):
        Pad(name="b", shape="round", diameter_mm=30).lifted(0.1)


def test_a_lifted_pad_crowds_the_current():
    """Half a pad off: half the area, twice the mean density, a higher peak and resistance, the same total current."""
    whole = pad_pair(ARM)
    half = replace(whole, pads=(whole.pads[0].lifted(0.5), whole.pads[1]))
    a, b = (solve_field(ARM, m, **COARSE) for m in (whole, half))
    name = whole.pads[0].name
    assert b.density(name).mean_A_per_m2_per_mA == pytest.approx(2 * a.density(name).mean_A_per_m2_per_mA, rel=1e-3)
    assert b.density(name).peak_A_per_m2_per_mA > 1.8 * a.density(name).peak_A_per_m2_per_mA
    assert b.resistance_ohm > a.resistance_ohm + 400.0


def test_dry_gel_needs_voltage_and_evens_out_the_edge():
    wet, dry = (solve_field(ARM, pad_pair(ARM, interface=default_interface().dried(f)), **COARSE) for f in (1.0, 15.0))
    ratio = [f.densities[0].peak_A_per_m2_per_mA / f.densities[0].mean_A_per_m2_per_mA for f in (wet, dry)]
    assert dry.resistance_ohm - wet.resistance_ohm == pytest.approx(2 * 0.3 * 14 / 2.5e-3, rel=0.05)
    assert 1.0 < ratio[1] < ratio[0]


def test_current_and_voltage_meet_at_one_point():
    skin = breaking_interface()
    given = solve_at_current(ARM, pad_pair(ARM, interface=skin), 8.0, **COARSE)
    assert given.voltage_V == pytest.approx(8e-3 * given.field.resistance_ohm)
    for resistance in (0.0, 300.0):
        output = Output(control="voltage", source_resistance_ohm=resistance)
        volts = solve_at_voltage(ARM, pad_pair(ARM, interface=skin, output=output), 2.0, **COARSE)
        total = volts.field.resistance_ohm + resistance
        assert volts.amplitude_mA * 1e-3 * total == pytest.approx(2.0, rel=1e-3)
        density = volts.amplitude_mA * 1e-3 / 2.5e-3
        assert volts.field.montage.pads[0].interface.contact_impedance_ohm_m2 == pytest.approx(
            skin.at_density(density).contact_impedance_ohm_m2, rel=1e-3
        )


def test_a_linear_skin_gives_ohms_law_at_any_voltage():
    output = Output(control="voltage", compliance_V=60.0)
    points = [solve_at_voltage(ARM, pad_pair(ARM, output=output), v, **COARSE) for v in (5.0, 50.0)]
    assert points[1].amplitude_mA == pytest.approx(10 * points[0].amplitude_mA, rel=1e-6)


def test_resistance_falls_with_the_voltage():
    output = Output(control="voltage")
    pads = pad_pair(ARM, interface=breaking_interface(), output=output)
    ohm = [solve_at_voltage(ARM, pads, v, **COARSE).field.resistance_ohm for v in (1.0, 4.0)]
    assert ohm[1] < 0.95 * ohm[0]


def test_wrong_voltages_are_refused():
    pads = pad_pair(ARM)
    with pytest.raises(ParameterError, match="current-controlled"):
        solve_at_voltage(ARM, pads, 10.0)
    pads = pad_pair(ARM, output=Output(control="voltage", compliance_V=40.0))
    with pytest.raises(ParameterError, match=r"amplitude_V is -1.0 V; it must be above 0"):
        solve_at_voltage(ARM, pads, -1.0)
    with pytest.raises(LimitExceeded, match="amplitude_V is 50 V; compliance_V of the stimulator is 40 V"):
        solve_at_voltage(ARM, pads, 50.0)
    assert isinstance(pads, Montage)


def test_the_voltage_of_a_pulse_adds_tissue_and_two_charging_contacts():
    field = solve_field(ARM, pad_pair(ARM))
    area_m2 = field.montage.pads[0].area_mm2 * 1e-6
    plain = field.montage.pads[0].interface
    steady_V = field.required_voltage_V(10.0)
    assert pulse_voltage_V(field, -10.0, 1e6) == pytest.approx(steady_V)
    missing = plain.contact_impedance_ohm_m2 - plain.voltage_step_ohm_m2(100.0)
    assert pulse_voltage_V(field, 10.0, 100.0) == pytest.approx(steady_V - 2 * 10e-3 / area_m2 * missing)
    thin = Interface(series_ohm_m2=plain.contact_impedance_ohm_m2 / 2)
    half_V = pulse_voltage_V(field, 10.0, 100.0, interface=thin)
    assert steady_V - half_V == pytest.approx(2 * 10e-3 / area_m2 * plain.contact_impedance_ohm_m2 / 2)
    with pytest.raises(ParameterError, match=r"width_us is 0 us; it must be above 0 us, usually 50 to 400"):
        pulse_voltage_V(field, 10.0, 0.0)


def test_where_skin_breaks_down_small_pads_need_less_than_their_area_says():
    fields = [solve_field(ARM, pad_pair(ARM, size_mm=(s, s))) for s in (20.0, 50.0)]
    constant, falling = (
        [pulse_voltage_V(f, 10.0, 200.0, interface=skin) for f in fields] for skin in (None, breaking_interface())
    )
    assert constant[0] > 3 * constant[1]
    assert falling[0] / falling[1] < 0.8 * constant[0] / constant[1]


def test_the_voltage_of_a_pulse_is_of_pads_on_skin():
    nobody = SimpleNamespace(montage=SimpleNamespace())
    with pytest.raises(ParameterError, match=r"the field is that of SimpleNamespace, which has no pads on skin"):
        pulse_voltage_V(nobody, 10.0, 100.0)
