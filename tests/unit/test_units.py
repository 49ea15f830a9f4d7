from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rheobase.errors import UnitError
from rheobase.units import SUFFIXES, quantity, unit_of


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("20 mA", "mA", 20.0),
        ("0.02 A", "mA", 20.0),
        ("20000 uA", "mA", 20.0),
        ("20mA", "mA", 20.0),
        ("200 us", "us", 200.0),
        ("200 µs", "us", 200.0),  # micro sign
        ("200 μs", "us", 200.0),  # Greek mu
        ("0.2 ms", "us", 200.0),
        ("2e-1 ms", "us", 200.0),
        ("15 min", "s", 900.0),
        ("900 s", "min", 15.0),
        ("2 h", "min", 120.0),
        ("5 cm", "mm", 50.0),
        ("16 um", "mm", 0.016),
        ("80 Hz", "Hz", 80.0),
        ("80 pps", "Hz", 80.0),
        ("4 kHz", "Hz", 4000.0),
        ("0.1 V", "mV", 100.0),
        ("-70 mV", "mV", -70.0),
        ("1 kohm", "ohm", 1000.0),
        ("1 kΩ", "ohm", 1000.0),
        ("1 k\u2126", "ohm", 1000.0),  # ohm sign, not Greek omega
        ("3.5 mS/cm", "S/m", 0.35),
        ("0.35 S / m", "S/m", 0.35),
        ("13500 ohm cm2", "ohm m2", 1.35),
        ("1.35 ohm·m²", "ohm m2", 1.35),
        ("1.35 ohm_m2", "ohm_m2", 1.35),
        ("37 degC", "degC", 37.0),
        ("37 °C", "degC", 37.0),
        ("30 %", "1", 0.3),
        ("0.3", "1", 0.3),
        ("30 %", "%", 30.0),
        ("25 cm²", "mm2", 2500.0),
        ("20", "mA", 20.0),
        (20, "mA", 20.0),
        (0.1, "mA", 0.1),
    ],
)
def test_quantity_reads_text_and_numbers(text, unit, value):
    assert quantity(text, unit) == value


@pytest.mark.parametrize(
    ("text", "unit", "name", "message"),
    [
        (
            "20 mV",
            "mA",
            "amplitude_mA",
            "amplitude_mA: got '20 mV', a voltage; a current in mA is due, e.g. '20 mA'.",
        ),
        ("3 mA", "us", "width_us", "width_us: got '3 mA', a current; a time in us is due, e.g. '3 us'."),
        ("3 mA", "1", "share", "share: got '3 mA', a current; a pure number is due, e.g. '0.3' or '30 %'."),
        ("5 mm", "mm2", "", "got '5 mm', a length; an area in mm2 is due, e.g. '5 mm2'."),
    ],
)
def test_wrong_dimension_names_both(text, unit, name, message):
    with pytest.raises(UnitError) as caught:
        quantity(text, unit, name=name)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("20 ma", "the unit 'ma' is not known. Did you mean 'mA'?"),
        ("20 MA", "Did you mean 'mA'?"),
        ("20 mX", "A current in mA is due, e.g. '20 mA'."),
        ("twenty", "got 'twenty', which is not a finite number"),
        ("", "got '', which is not a finite number"),
        ("0,2 A", "decimals take a point"),
        ("1.2.3 A", "not a finite number"),
        ("1e999 A", "not a finite number"),
        ("nan mA", "not a finite number"),
        (float("nan"), "got nan, which is not a finite number"),
        (float("inf"), "got inf, which is not a finite number"),
        (True, "got True, which is not a finite number"),
        (None, "got None, which is not a finite number"),
    ],
)
def test_text_that_cannot_be_read(text, part):
    with pytest.raises(UnitError) as caught:
        quantity(text, "mA", name="amplitude_mA")
    assert str(caught.value).startswith("amplitude_mA: ")
    assert part in str(caught.value)


def test_milliseconds_are_not_millisiemens():
    with pytest.raises(UnitError, match="'mS' is not known"):
        quantity("1 mS", "us")


def test_unknown_target_unit():
    with pytest.raises(UnitError, match=r"The unit 'kohms' is not known\. Did you mean 'kohm'\?"):
        quantity("1 ohm", "kohms")


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("amplitude_mA", "mA"),
        ("width_us", "us"),
        ("rate_hz", "Hz"),
        ("length_mm", "mm"),
        ("sigma_S_per_m", "S/m"),
        ("sigma_axial_S_per_m", "S/m"),
        ("contact_impedance_ohm_m2", "ohm m2"),
        ("load_ohm", "ohm"),
        ("rms_density_mA_per_cm2", "mA/cm2"),
        ("area_cm2", "cm2"),
        ("session_min", "min"),
        ("dc_dose_mA_min", "mA min"),
        ("charge_uC", "uC"),
        ("temperature_degC", "degC"),
        ("around_deg", "deg"),
        ("duty_percent", "%"),
        ("speed_m_per_s", "m/s"),
        ("compliance_V", "V"),
        ("leading", None),
        ("mA", None),
        ("summary", None),
    ],
)
def test_unit_of_reads_the_ending(name, unit):
    assert unit_of(name) == unit


@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
def test_every_suffix_is_a_unit_quantity_knows(suffix):
    assert quantity(3, SUFFIXES[suffix]) == 3.0
    assert quantity(f"3 {suffix}", suffix) == 3.0


@settings(max_examples=50)
@given(st.floats(min_value=-1e6, max_value=1e6, allow_nan=False))
def test_text_and_number_agree(x):
    assert quantity(f"{x!r} mA", "mA") == x == quantity(x, "mA")
