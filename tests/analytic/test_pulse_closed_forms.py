"""Closed forms of pieces and pulses against quadrature, and against formulas from the textbook."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad

from rheobase.pulse import (
    Constant,
    Decay,
    ModulatedSine,
    Samples,
    Sine,
    amplitude_modulated,
    biphasic,
    continuous,
    exponential,
    sine_carrier,
    tone_burst,
    train,
    twin_peak,
)

PIECES = [
    Constant(duration_us=300, relative=-0.7),
    Decay(duration_us=300, time_constant_us=40, relative=1),
    Sine(duration_us=300, frequency_hz=9000, relative=0.8, phase_deg=30),
    Sine(duration_us=300, frequency_hz=500, phase_deg=-75),
    ModulatedSine(duration_us=300, carrier_hz=20_000, beat_hz=4000, depth=0.9, relative=-1),
    ModulatedSine(duration_us=300, carrier_hz=8000, beat_hz=4000, depth=1),
    Samples(time_us=(0, 50, 120, 200, 300), relative=(0, -1, 0.4, 0.1, 0.9)),
]
WINDOWS = [(0, 300), (0, 137.5), (61.8, 271.3)]


@pytest.mark.parametrize("piece", PIECES, ids=lambda p: type(p).__name__)
@pytest.mark.parametrize(("t0_us", "t1_us"), WINDOWS)
def test_integrals_agree_with_quadrature(piece, t0_us, t1_us):
    turns = sorted({t0_us, t1_us, *piece.crossings_us, *np.linspace(0, 300, 31), *getattr(piece, "time_us", ())})
    turns = [t for t in turns if t0_us <= t <= t1_us]

    def by_quadrature(f):
        return sum(quad(lambda t: f(float(piece.value(t))), a, b)[0] for a, b in pairwise(turns))

    assert piece.integral(t0_us, t1_us) == pytest.approx(by_quadrature(lambda w: w), abs=1e-9)
    assert piece.integral_of_square(t0_us, t1_us) == pytest.approx(by_quadrature(lambda w: w * w), rel=1e-10)
    assert piece.integral_of_absolute(t0_us, t1_us) == pytest.approx(by_quadrature(abs), rel=1e-10)


@pytest.mark.parametrize("piece", PIECES, ids=lambda p: type(p).__name__)
def test_peak_and_crossings_agree_with_a_dense_look(piece):
    t_us = np.linspace(0, 300, 299_993)[1:-1]
    w = piece.value(t_us)
    assert piece.peak == pytest.approx(np.abs(w).max(), rel=1e-4)
    assert piece.peak >= np.abs(w).max() - 1e-12
    changes = t_us[1:][np.signbit(w[1:]) != np.signbit(w[:-1])]
    np.testing.assert_allclose(piece.crossings_us, changes, atol=2e-3)


def test_textbook_values():
    sine = sine_carrier(4000, 10_000)
    assert sine.rms_relative == pytest.approx(1 / math.sqrt(2))
    assert sine.charge_per_phase_uC(1) == pytest.approx(1e3 / (math.pi * 4000), rel=1e-12)  # I / (pi f)
    assert len(sine.phases) == 80
    assert exponential(50, 1000).rms_relative == pytest.approx(math.sqrt(25 / 1000), rel=1e-8)
    spikes = twin_peak(5.2, width_us=77)
    assert spikes.charge_per_phase_uC(240) == pytest.approx(2 * 240 * 5.2e-3, rel=1e-6)  # 2 I tau
    assert biphasic(width_us=100, ratio=4).rms_relative == pytest.approx(math.sqrt((100 + 400 / 16) / 500))


@pytest.mark.parametrize("depth", [0.0, 0.3, 1.0])
def test_rms_of_a_beat(depth):
    """Mean square of the envelope 1 - d/2 - (d/2) cos is (1 - d/2)^2 + d^2/8; half of that for the carrier under it."""
    beat = amplitude_modulated(4000, 100, depth, 10_000)
    gain = abs(beat.pieces[0].relative)
    assert beat.rms_relative == pytest.approx(gain * math.sqrt(((1 - depth / 2) ** 2 + depth**2 / 8) / 2), rel=1e-9)


def test_rms_and_mean_of_a_train_are_those_of_its_samples():
    burst = train(tone_burst(2500, cycles=10.25), rate_hz=50)
    fine = burst.sample(1, 0, 0.2)
    assert burst.rms_mA(10) == pytest.approx(10 * math.sqrt(np.mean(fine**2)), rel=1e-4)
    assert burst.mean_mA(10) == pytest.approx(10 * fine.mean(), rel=1e-9)
    assert burst.absolute_mA(10) == pytest.approx(10 * np.abs(fine).mean(), rel=1e-4)


def test_sampled_square_converges_to_the_closed_form_at_second_order():
    carrier = continuous(sine_carrier(4000, 10_000))
    steps_us = np.array([20.0, 10.0, 5.0, 2.5])
    wrong = [carrier.rms_mA(1) ** 2 - np.mean(carrier.sample(dt, 0, 0.01) ** 2) for dt in steps_us]
    order = np.diff(np.log(wrong)) / np.diff(np.log(steps_us))
    np.testing.assert_allclose(order, 2, atol=0.05)
