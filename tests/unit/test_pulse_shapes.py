from __future__ import annotations

import numpy as np
import pytest

from rheobase.errors import ParameterError
from rheobase.pulse import (
    Constant,
    Pulse,
    Samples,
    amplitude_modulated,
    biphasic,
    exponential,
    from_samples,
    monophasic,
    sine_carrier,
    tone_burst,
    twin_peak,
)


def flat(pulse):
    return [(p.start_us, p.duration_us, round(p.charge_uC_per_mA, 12)) for p in pulse.phases]


def test_monophasic_is_cathodic_first_unless_told_otherwise():
    pulse = monophasic(200)
    assert pulse.value([-1, 0, 199.9, 200]).tolist() == [0, -1, -1, 0]
    assert flat(pulse) == [(0, 200, -0.2)]
    assert flat(monophasic(200, leading="anodic")) == [(0, 200, 0.2)]
    assert pulse.net_charge_uC(20) == -4.0


def test_symmetric_biphasic():
    pulse = biphasic(width_us=200, gap_us=100)
    assert pulse.duration_us == 500
    assert flat(pulse) == [(0, 200, -0.2), (300, 200, 0.2)]
    assert pulse.value([100, 250, 400]).tolist() == [-1, 0, 1]
    assert pulse.charge_per_phase_uC(20) == 4.0
    assert pulse.charge_per_phase_uC(-20) == 4.0
    assert pulse.absolute_charge_uC(20) == 8.0
    assert pulse.net_charge_uC(20) == 0.0
    assert (pulse.phase_width_us, pulse.active_us, pulse.peak) == (200, 400, 1)
    assert pulse.rms_relative == pytest.approx(np.sqrt(400 / 500))


def test_asymmetric_biphasic_is_balanced():
    pulse = biphasic(width_us=100, ratio=3, leading="anodic")
    assert flat(pulse) == [(0, 100, 0.1), (100, 300, -0.1)]
    assert pulse.value(200) == pytest.approx(-1 / 3)
    assert pulse.net_charge_uC(50) == 0.0
    assert pulse.phase_width_us == 100  # the first of two equal charges


def test_unbalanced_biphasic_says_what_it_leaves():
    pulse = biphasic(width_us=200, balanced=False, second_width_us=100, second_relative=0.5)
    assert flat(pulse) == [(0, 200, -0.2), (200, 100, 0.05)]
    assert pulse.net_charge_uC(10) == pytest.approx(-1.5)
    assert "not balanced" in pulse.name


def test_exponential_is_cut_at_its_width():
    pulse = exponential(50, 100)
    assert pulse.peak == 1
    assert pulse.value(50) == pytest.approx(-np.exp(-1))
    assert pulse.value(100) == 0
    assert pulse.charge_per_phase_uC(1) == pytest.approx(0.05 * (1 - np.exp(-2)))


def test_twin_peak_counts_both_peaks_as_one_phase():
    pulse = twin_peak(5, width_us=50, gap_us=25)
    assert pulse.value([0, 60, 75]).tolist() == [-1, 0, -1]
    assert len(pulse.phases) == 1
    assert pulse.phases[0].duration_us == 125
    assert pulse.charge_per_phase_uC(100) == pytest.approx(2 * 0.5, rel=1e-4)


def test_tone_burst_by_cycles_or_time():
    by_cycles, by_time = tone_burst(2500, cycles=4), tone_burst(2500, duration_us=1600)
    assert by_cycles.pieces == by_time.pieces
    assert len(by_cycles.phases) == 8
    assert by_cycles.phase_width_us == pytest.approx(200)
    assert by_cycles.value(100) == pytest.approx(-1)
    assert by_cycles.net_charge_uC(20) == 0.0


def test_half_a_cycle_more_leaves_charge():
    assert tone_burst(2500, cycles=4.5).net_charge_uC(20) == pytest.approx(-20 * 2 / (2 * np.pi * 2.5e3) * 1e3)


def test_less_than_a_quarter_wave_is_brought_to_peak_one():
    assert sine_carrier(1000, 100).peak == pytest.approx(1.0)
    assert sine_carrier(1000, 100).value(99.999999) == pytest.approx(-1)


@pytest.mark.parametrize(("carrier_hz", "beat_hz"), [(4000, 100), (4000, 93.7), (400, 200), (2500, 50)])
@pytest.mark.parametrize("depth", [0.0, 0.5, 1.0])
def test_amplitude_modulated_peaks_at_one(carrier_hz, beat_hz, depth):
    pulse = amplitude_modulated(carrier_hz, beat_hz, depth, 1e6 / beat_hz)
    dense = np.abs(pulse.value(np.linspace(0, pulse.duration_us, 400_001)))
    assert pulse.peak == pytest.approx(1.0, abs=1e-12)
    assert dense.max() <= 1 + 1e-12
    assert dense.max() == pytest.approx(1, abs=1e-4)


def test_a_beat_cut_off_at_its_crest_peaks_at_one():
    """Half a beat may end within a half wave, close to its crest."""
    pulse = amplitude_modulated(8738.0, 101.0, 1.0, 0.5e6 / 101.0)
    t_us = np.linspace(pulse.duration_us - 200.0, pulse.duration_us, 20_001)
    assert np.abs(pulse.pieces[0].value(t_us)).max() == pytest.approx(1.0, abs=1e-9)


def test_a_beat_begins_where_it_is_weakest():
    pulse = amplitude_modulated(4000, 100, 0.8, 10_000, leading="anodic")
    crest = np.abs(pulse.sample(31.25, 320))
    assert crest[:8].max() < 0.25
    assert crest[156:164].max() == pytest.approx(2 / np.pi * np.sqrt(2), abs=2e-3)  # mean over half a half wave


def test_samples_keep_their_own_peak():
    pulse = from_samples([10, 20, 30, 40], [0, -0.5, 0.5, 0])
    assert pulse.peak == 0.5
    assert pulse.duration_us == 30
    assert flat(pulse) == [(0, 15, -0.00375), (15, 15, 0.00375)]
    assert pulse.net_charge_uC(1) == 0


def test_a_sample_at_zero_splits_only_where_the_sign_changes():
    touching = from_samples([0, 10, 20, 30, 40], [0, -1, 0, -1, 0])
    crossing = from_samples([0, 10, 20, 30, 40], [0, -1, 0, 1, 0])
    assert flat(touching) == [(0, 40, -0.02)]
    assert flat(crossing) == [(0, 20, -0.01), (20, 20, 0.01)]


def test_staircase_of_one_sign_is_one_phase():
    pulse = Pulse(
        name="stairs", pieces=(Constant(duration_us=50, relative=-1), Constant(duration_us=50, relative=-0.5))
    )
    assert flat(pulse) == [(0, 100, -0.075)]


def test_pulse_is_hashable_and_equal_by_content():
    assert biphasic(width_us=200) == biphasic(width_us=200)
    assert hash(biphasic(width_us=200)) == hash(biphasic(width_us=200))
    assert biphasic(width_us=200) != biphasic(width_us=201)


def test_samples_may_come_as_arrays():
    piece = Samples(time_us=np.array([0.0, 1.0]), relative=np.array([1.0, 0.0]))
    assert piece == Samples(time_us=(0, 1), relative=(1, 0))
    assert hash(piece) == hash(Samples(time_us=(0, 1), relative=(1, 0)))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: monophasic(-200), "width_us is -200 us; it must be above 0 us. Give the length of one phase"),
        (lambda: monophasic(0), "width_us is 0 us; it must be above 0 us."),
        (lambda: monophasic(float("nan")), "width_us is nan; it must be a finite number in us."),
        (lambda: monophasic("200 us"), "width_us is '200 us'; it must be a finite number in us."),
        (
            lambda: monophasic(200, leading="cathodal"),
            "leading is 'cathodal'; it must be 'cathodic' or 'anodic'. Did you mean 'cathodic'?",
        ),
        (lambda: biphasic(-1), "width_us is -1 us; it must be above 0 us."),
        (lambda: biphasic(200, gap_us=-5), "gap_us is -5 us; it must be 0 us or above. Give the pause"),
        (lambda: biphasic(200, ratio=0.5), "ratio is 0.5; it must be 1 or above: how many times longer"),
        (lambda: biphasic(200, ratio=float("inf")), "ratio is inf; it must be a finite number. Give 1"),
        (lambda: biphasic(200, leading="x"), "leading is 'x'; it must be 'cathodic' or 'anodic'. Known:"),
        (lambda: biphasic(200, second_width_us=9), "but balanced is True and ratio decides the second phase. Add"),
        (lambda: biphasic(200, balanced=False), "balanced is False; give second_width_us (us) and second_relative"),
        (lambda: biphasic(200, ratio=2, balanced=False), "ratio is 2 with balanced=False; ratio belongs to balanced"),
        (
            lambda: biphasic(200, balanced=False, second_width_us=0, second_relative=1),
            "second_width_us is 0 us; it must be above 0 us.",
        ),
        (
            lambda: biphasic(200, balanced=False, second_width_us=9, second_relative=1.5),
            "second_relative is 1.5; it must be above 0 and at most 1. The higher phase is the first",
        ),
        (lambda: exponential(0, 10), "time_constant_us is 0 us; it must be above 0 us. Give the time in which"),
        (lambda: exponential(5, -1), "width_us is -1 us; it must be above 0 us. Give the length of the spike"),
        (lambda: twin_peak(5, 10, gap_us=-1), "gap_us is -1 us; it must be 0 us or above. Give the pause between the"),
        (lambda: sine_carrier(0, 10), "carrier_hz is 0 Hz; it must be above 0 Hz. Give the frequency of the carrier"),
        (lambda: sine_carrier(4000, 0), "duration_us is 0 us; it must be above 0 us. Give the length"),
        (lambda: tone_burst(2500), "A tone burst takes either cycles or duration_us (us). Give one of the two"),
        (lambda: tone_burst(2500, cycles=1, duration_us=1), "Give one of the two"),
        (lambda: tone_burst(2500, cycles=-1), "cycles is -1; it must be above 0. Give the length in cycles"),
        (lambda: amplitude_modulated(4000, 100, 1.5, 100), "depth is 1.5; it must be 0 to 1. 0 leaves the carrier"),
        (lambda: amplitude_modulated(4000, 0, 1, 100), "beat_hz is 0 Hz; it must be above 0 Hz. Give the frequency"),
        (
            lambda: amplitude_modulated(4000, 3000, 1, 100),
            "beat_hz is 3000 Hz; it must be at most half of carrier_hz, 2000 Hz",
        ),
        (
            lambda: amplitude_modulated(4000, 100, 1, 4000),
            "duration_us is 4000 us; it must be at least half a beat, 5000 us at 100 Hz, or the amplitude is never",
        ),
        (lambda: Constant(duration_us=-1, relative=1), "duration_us is -1 us; it must be above 0 us. Give the length"),
        (lambda: Constant(duration_us=1, relative=float("nan")), "relative is nan; it must be a finite number. Give"),
        (lambda: Samples(time_us=(0,), relative=(1,)), "time_us has 1 and relative 1 samples; they must be as many"),
        (lambda: Samples(time_us=(0, 1), relative=(1,)), "time_us has 2 and relative 1 samples; they must be as many"),
        (lambda: Samples(time_us=(0, 1), relative=(1, float("nan"))), "Sample 1 is (1.0, nan); samples must be finite"),
        (
            lambda: Samples(time_us=(0, 5, 4), relative=(1, 1, 1)),
            "time_us of sample 2 is 4 us after 5 us; times must increase. Sort them",
        ),
        (lambda: Samples(time_us=(1, 5), relative=(1, 1)), "time_us begins at 1 us; it must begin at 0 us. Subtract"),
        (lambda: from_samples([], []), "time_us has 0 and relative 0 samples"),
        (lambda: Pulse(name="none", pieces=()), "Pulse 'none' has no pieces; give at least one"),
        (lambda: from_samples([0, 1], [0, 0], name="flat"), "Pulse 'flat' is zero throughout; at least one piece"),
        (
            lambda: from_samples([0, 1], [0, 5], name="high"),
            "Pulse 'high' has a peak of 5; it must be at most 1, for amplitude_mA is the peak. Divide the",
        ),
        (lambda: monophasic(200).sample(0, 5), "dt_us is 0 us; it must be above 0 us. Give the step of the grid"),
        (lambda: monophasic(200).sample(1, -5), "n is -5; it must be a whole number of at least 0. Give the number"),
        (lambda: monophasic(200).sample(1, 2.5), "n is 2.5; it must be a whole number. Give the number of cells"),
    ],
)
def test_impossible_values_are_refused(make, message):
    with pytest.raises(ParameterError) as caught:
        make()
    assert message in str(caught.value)
