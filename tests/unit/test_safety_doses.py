"""Doses in closed form, against the worked examples and by hand."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from safety_cases import pads, programme

from rheobase.electrode import Output, Pad
from rheobase.errors import ParameterError
from rheobase.montage import Montage
from rheobase.safety import doses, limits_for

with (Path(__file__).resolve().parents[1] / "data" / "dose_examples.csv").open(encoding="utf-8") as file:
    EXAMPLES = list(csv.DictReader(file))


def _half_last_digit(text):
    digits = len(text.partition(".")[2].partition("e")[0])
    power = int(text.partition("e")[2] or 0)
    return 0.51 * 10.0 ** (power - digits)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e["id"])
def test_worked_examples(example):
    done = programme(
        amplitude_mA=float(example["amplitude_peak_ma"]),
        width_us=float(example["phase_duration_us"]),
        rate_hz=float(example["frequency_hz"]),
    )
    dose = doses(done, pads(area_cm2=float(example["electrode_area_cm2"])), float(example["load_ohm"]))
    for field, column in [
        ("charge_per_phase_uC", "phase_charge_uc"),
        ("energy_per_pulse_mJ", "energy_per_pulse_mj"),
        ("rms_mA", "rms_current_on_ma"),
        ("rms_density_mA_per_cm2", "rms_density_on_ma_per_cm2"),
        ("power_density_W_per_cm2", "mean_power_density_on_w_per_cm2"),
    ]:
        assert getattr(dose, field) == pytest.approx(float(example[column]), abs=_half_last_digit(example[column]))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e["id"])
def test_charge_limit_of_tens(example):
    (limit,) = (one for one in limits_for("tens") if one.row.id == "ns4_charge")
    done = programme(float(example["amplitude_peak_ma"]), float(example["phase_duration_us"]))
    dose = doses(done, pads())
    assert limit.bound_at(dose) == pytest.approx(float(example["ns4_charge_limit_uc"]))
    assert limit.holds(dose) is (example["exceeds_ns4"] == "no")


def test_direct_current_and_charge_are_counted_over_the_time_on():
    # 20 mA x 200 us x 100 Hz leaves 0.4 mA; half of 1,000 s makes 0.2 C on 25 cm2.
    dose = doses(programme(20, 200, 100, back=0.0, duration_s=1000.0, on_s=5.0, off_s=5.0), pads())
    assert dose.dc_mA == pytest.approx(0.4)
    assert dose.dc_charge_density_mC_per_cm2 == pytest.approx(0.4 * 500 / 25)
    assert dose.dc_dose_mA_min == pytest.approx(0.4 * 500 / 60)
    assert dose.net_charge_uC == pytest.approx(4.0)


def test_a_known_direct_current_density():
    # 2 mA on 35 cm2 for 20 min: 0.571 A/m2 and 686 C/m2.
    steady = programme(2.0, width_us=1e6, rate_hz=1.0, back=0.0, duration_s=1200.0)
    dose = doses(steady, pads(area_cm2=35.0))
    assert dose.is_direct
    assert dose.dc_density_mA_per_cm2 * 10 == pytest.approx(0.571, abs=5e-4)
    assert dose.dc_charge_density_mC_per_cm2 * 10 == pytest.approx(686, abs=0.5)


def test_density_follows_the_pad_that_carries_most_for_its_size():
    def pad(name, cm2, share, along):
        return Pad(name=name, width_mm=10 * cm2**0.5, length_mm=10 * cm2**0.5, share=share, along_mm=along)

    three = Montage(pads=(pad("a", 10, 0.25, 80), pad("b", 30, 0.75, 0), pad("c", 100, -1, -90)), output=Output())
    dose = doses(programme(), three)
    assert dose.rms_density_mA_per_cm2 == pytest.approx(dose.rms_mA * 0.75 / 30)
    assert dose.power_density_W_per_cm2 == pytest.approx((dose.rms_mA / 1000) ** 2 * 500 / 10)


@pytest.mark.parametrize(("area_cm2", "charge_uC"), [(0.06, 2.06), (0.127, 3.00), (0.01, 0.84)])
def test_shannon_at_its_limit(area_cm2, charge_uC):
    dose = doses(programme(amplitude_mA=charge_uC * 5, width_us=200), pads(area_cm2=area_cm2))
    assert dose.shannon_k == pytest.approx(1.85, abs=0.005)


@pytest.mark.parametrize("load_ohm", [0.0, -500.0, float("nan"), float("inf")])
def test_an_impossible_load_is_refused(load_ohm):
    with pytest.raises(ParameterError, match=r"load_ohm is .*must be a finite number above 0"):
        doses(programme(), pads(), load_ohm)


def test_a_negative_amplitude_is_refused():
    with pytest.raises(ParameterError, match=r"amplitude_mA is -5; it must be 0 or above"):
        doses(programme(amplitude_mA=-5), pads())


@pytest.mark.parametrize("bad", [{"rate_hz": float("nan")}, {"width_us": float("inf")}, {"duration_s": float("nan")}])
def test_a_dose_that_is_no_number_is_refused(bad):
    with pytest.raises(ParameterError, match="must be a finite number before it can be judged"):
        doses(programme(**bad), pads())


def test_a_montage_without_pads_is_refused():
    class Bare:
        pads = ()
        output = Output()

    with pytest.raises(ParameterError, match="needs pads with an area above 0 cm2"):
        doses(programme(), Bare())
