"""Pads, skin interface, output stage: values and messages."""

import numpy as np
import pytest

from rheobase.electrode import Interface, Output, Pad, default_interface
from rheobase.errors import LimitExceeded, ParameterError
from rheobase.tables import row

Y = np.array([[1.0, -1.0], [-1.0, 1.0]]) / 1500.0


def test_default_interface_is_gel_plus_stratum_corneum():
    z = default_interface()
    assert z.contact_impedance_ohm_m2 == pytest.approx(1.35)
    assert z.time_constant_us == pytest.approx(210.0)
    assert "electrodes.gel_sheet" in z.rows


def test_interface_impedance_limits():
    z = Interface(series_ohm_m2=0.3, parallel_ohm_m2=1.05, capacitance_F_per_m2=2e-4)
    f = np.array([0.0, 1 / (2 * np.pi * 210e-6), 1e9])
    got = np.asarray(z.impedance_ohm_m2(f))
    assert got[0] == pytest.approx(1.35)
    assert got[1] == pytest.approx(0.3 + 1.05 / (1 + 1j))
    assert abs(got[2]) == pytest.approx(0.3, rel=1e-3)


def test_interface_voltage_step_rises_from_series_to_sum():
    z = Interface(series_ohm_m2=0.3, parallel_ohm_m2=1.05, capacitance_F_per_m2=2e-4)
    got = np.asarray(z.voltage_step_ohm_m2(np.array([0.0, 210.0, 1e5])))
    assert got == pytest.approx([0.3, 0.3 + 1.05 * (1 - np.exp(-1)), 1.35])
    assert Interface(series_ohm_m2=0.3, parallel_ohm_m2=1.0).voltage_step_ohm_m2(0.0) == pytest.approx(1.3)


def test_interface_step_and_impedance_are_the_same_circuit():
    """Laplace transform of the step response times s is the impedance, here at real s."""
    z = Interface(series_ohm_m2=0.3, parallel_ohm_m2=1.05, capacitance_F_per_m2=2e-4)
    s = 4000.0
    t = np.linspace(0, 0.02, 400_001)
    step = np.asarray(z.voltage_step_ohm_m2(t * 1e6))
    laplace = np.trapezoid(s * step * np.exp(-s * t), t)
    assert laplace == pytest.approx(0.3 + 1.05 / (1 + s * 1.05 * 2e-4), rel=1e-6)


@pytest.mark.parametrize(
    ("kwargs", "words"),
    [
        ({"series_ohm_m2": -0.1}, ["series_ohm_m2 is -0.1 ohm m2", "0 or more"]),
        ({"series_ohm_m2": 0.3, "capacitance_F_per_m2": float("nan")}, ["capacitance_F_per_m2 is nan F/m2"]),
        ({"series_ohm_m2": 0.0}, ["is 0 ohm m2", "above 0", "1e-4"]),
    ],
)
def test_interface_messages(kwargs, words):
    with pytest.raises(ParameterError) as error:
        Interface(**kwargs)
    assert all(w in str(error.value) for w in words)


def test_pad_area_and_contact_resistance():
    pad = Pad(name="a", width_mm=50, length_mm=50)
    assert pad.area_mm2 == 2500
    assert pad.mean_contact_ohm == pytest.approx(540)
    assert Pad(name="b", shape="round", diameter_mm=50).area_mm2 == pytest.approx(np.pi * 625)


@pytest.mark.parametrize(
    ("kwargs", "words"),
    [
        ({"shape": "rectangel", "width_mm": 50, "length_mm": 50}, ["'rectangel'", "Did you mean 'rectangle'?"]),
        ({"width_mm": 0, "length_mm": 50}, ["'p'", "width_mm is 0 mm", "above 0 mm"]),
        ({"width_mm": 50}, ["length_mm is None"]),
        ({"shape": "round", "diameter_mm": 30, "width_mm": 50}, ["width_mm is 50 mm", "diameter_mm", "Leave"]),
        ({"width_mm": 50, "length_mm": 50, "along_mm": float("nan")}, ["along_mm is nan mm", "finite"]),
        ({"width_mm": 50, "length_mm": 50, "channel": 0}, ["channel is 0", "from 1"]),
    ],
)
def test_pad_messages(kwargs, words):
    with pytest.raises(ParameterError) as error:
        Pad(name="p", **kwargs)
    assert all(w in str(error.value) for w in words)


def test_current_control_needs_voltage():
    out = Output(compliance_V=100.0, source_resistance_ohm=100.0)
    assert out.required_voltage_V(20.0, Y) == pytest.approx(32.0)
    assert out.required_voltage_V(-20.0, Y) == pytest.approx(32.0)
    assert out.is_within_compliance(62.5, Y)
    assert not out.is_within_compliance(62.6, Y)


def test_required_voltage_ignores_contacts_without_current():
    """A third, unconnected pad floats; it adds nothing to the voltage."""
    g12, g13, g23 = 1 / 1500.0, 1 / 3000.0, 1 / 900.0
    y = np.array([[g12 + g13, -g12, -g13], [-g12, g12 + g23, -g23], [-g13, -g23, g13 + g23]])
    pair_ohm = 1 / (g12 + g13 * g23 / (g13 + g23))
    assert Output().required_voltage_V(10.0, y, (1.0, -1.0, 0.0)) == pytest.approx(0.01 * pair_ohm)


def test_amplitude_beyond_compliance():
    with pytest.raises(LimitExceeded) as error:
        Output(compliance_V=60.0).check_compliance(50.0, Y)
    words = ["amplitude_mA is 50 mA", "75.0 V", "compliance_V", "60 V", "40.0 mA", "larger pads", "better gel"]
    assert all(w in str(error.value) for w in words)


def test_voltage_control_delivers():
    out = Output(control="voltage", compliance_V=80.0, source_resistance_ohm=500.0)
    assert out.delivered_mA(40.0, Y) == pytest.approx(20.0)
    with pytest.raises(LimitExceeded, match=r"amplitude_V is 90 V.*80 V.*Lower"):
        out.delivered_mA(90.0, Y)
    with pytest.raises(ParameterError, match="control is 'current'"):
        Output().delivered_mA(10.0, Y)


@pytest.mark.parametrize(
    ("kwargs", "match"),
    [
        ({"control": "curent"}, "Did you mean 'current'"),
        ({"compliance_V": 0.0}, "compliance_V is 0.0 V"),
        ({"source_resistance_ohm": -1.0}, "source_resistance_ohm is -1.0 ohm"),
    ],
)
def test_output_messages(kwargs, match):
    with pytest.raises(ParameterError, match=match):
        Output(**kwargs)


def test_output_wants_a_share_for_each_contact():
    with pytest.raises(ParameterError, match=r"shape \(2, 2\); 3 shares"):
        Output().required_voltage_V(1.0, Y, (1.0, -0.5, -0.5))


def test_gel_row_is_consistent():
    gel = row("electrodes.gel_sheet")
    assert gel["thickness_mm"] * 1e-3 * gel["resistivity_ohm_m"] == pytest.approx(gel["contact_impedance_ohm_m2"])
