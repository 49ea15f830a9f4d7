"""The frog node in McNeal's fibre against the thresholds of the SENN program (and its open port, giaccone/senn).

20 um fibre, monophasic cathode 2 mm from a node, 300 ohm cm around it. Port and original differ by about 1 % from each
other; so may we, at a step as short as short pulses need.
"""

import numpy as np
import pytest

from rheobase.nerve import activation_thresholds, stimulus_from_segments, uniform_fibre
from rheobase.nerve.models.frankenhaeuser_huxley import MODEL

WIDTH_US = (50, 100, 200, 300, 400, 500)
PORT_MA = (0.9969, 0.6790, 0.5095, 0.4486, 0.4199, 0.3994)
ORIGINAL_MA = (0.9875, 0.6797, 0.5078, 0.4492, 0.4180, 0.3984)


@pytest.fixture(scope="module")
def ours_mA():
    fibre = uniform_fibre(MODEL, diameter_um=20.0, nodes=51)
    r_mm = np.hypot(2.0, (fibre.arc_um - fibre.node_arc_um[25]) / 1000)
    phi = 1 / (4 * np.pi * (1 / 3) * r_mm * 1e-3)
    found = []
    for width in WIDTH_US:
        pulse = stimulus_from_segments([(width / 1000, -1.0)], tail_ms=3.0, dt_ms=0.001)
        one = activation_thresholds([fibre], [phi[None]], pulse, watch=[35], tolerance=0.002, temperature_C=20.0)
        found.append(one.threshold_mA[0])
    return np.array(found)


@pytest.mark.parametrize("published_mA", [PORT_MA, ORIGINAL_MA], ids=["port", "original"])
def test_thresholds_over_width(ours_mA, published_mA):
    assert np.abs(ours_mA / published_mA - 1).max() < 0.013


def test_a_curved_current_is_said_exactly_at_the_last_potential():
    v = np.array([-120.0, -70.0, -20.0, 40.0])
    names = [g.name for g in MODEL.gates]
    for current in ("sodium", "unspecific", "potassium"):
        up, down = (MODEL.gates[names.index(f"{current}_{half}")].steady_and_tau(v, 20.0)[0] for half in ("up", "down"))
        reversal = {c.name: c.reversal_mV for c in MODEL.currents}
        said = up * (v - reversal[f"{current}_up"]) + down * (v - reversal[f"{current}_down"])
        # a constant-field current reverses at its Nernst potential
        outside, inside = (2.5, 120.0) if current == "potassium" else (114.5, 13.74)
        nernst_mV = 25.2617 * np.log(outside / inside)
        assert ((said > 0) == (v > nernst_mV)).all()


def test_it_rests_where_it_should():
    from rheobase.nerve.assemble import make_chunk

    fibre = uniform_fibre(MODEL, diameter_um=20.0, nodes=21)
    chunk = make_chunk([fibre], [np.zeros((1, 21))], dt_ms=0.005, temperature_C=20.0)
    assert np.abs(chunk.rest_mV[0, 1:-1] + 70.0).max() < 0.01
