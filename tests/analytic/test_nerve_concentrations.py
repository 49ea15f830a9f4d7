"""The C fibres whose concentrations move, stepped straight from their equations, against another program's numbers.

What this holds is that the equations of a model are right; that tables, programme and kernel follow them is held by the
published and the unit tests.
"""

import json
from importlib.resources import files

import numpy as np
import pytest
from single_cable import SingleCable

from rheobase.nerve import stimulus_from_segments, uniform_fibre

FOLDER = files("rheobase.tables") / "reference"
FIBRES = {
    f["model"].lower(): f
    for name in ("fibre_thresholds.json", "c_fibre_thresholds.json")
    for f in json.loads((FOLDER / name).read_text())["fibres"]
    if f["model"] in ("TIGERHOLM", "SCHILD94", "SCHILD97", "THIO_AUTONOMIC", "THIO_CUTANEOUS")
}
DT = 0.005


def made(name):
    f = FIBRES[name]
    return f, uniform_fibre(name, diameter_um=f["diameter_um"], nodes=f["n_nodes"], spacing_um=f["delta_z_um"])


def test_all_five_are_there():
    assert len(FIBRES) == 5


@pytest.mark.parametrize("name", FIBRES)
def test_rest(name):
    f, fibre = made(name)
    v, _, states = SingleCable(fibre).rest()
    assert v[f["mid_node"], 0] == pytest.approx(f["cv_interpolated"][0]["rest_mV"], abs=1e-5)
    assert all((value > 0).all() for value in states.values())


@pytest.mark.parametrize("name", FIBRES)
def test_a_spike(name):
    """Times of two nodes, peak and half width of a third, after a current into the twelfth."""
    f, fibre = made(name)
    want = f["cv_interpolated"][0]
    current = np.zeros(round((want["crossing_ms_at_minus30mV"][1] + 5.0) / DT))
    current[20:220] = want["iclamp"]["amp_nA"]
    run = SingleCable(fibre).run(
        np.zeros(f["n_nodes"]), 0 * current, [0.0], DT, inject=(want["stim_node"], current)
    )[:, :, 0]  # fmt: skip

    def crossing(v, level, after=0):
        i = after + np.flatnonzero((v[after:-1] < level) != (v[after + 1 :] < level))[0]
        return DT * (i + (level - v[i]) / (v[i + 1] - v[i]))

    times = [crossing(run[:, n], -30.0) for n in want["nodes"]]
    np.testing.assert_allclose(times, want["crossing_ms_at_minus30mV"], atol=5e-4)
    v = run[:, want["ap_node"]]
    assert v.max() == pytest.approx(want["peak_mV"], abs=2e-3)
    half = (v[0] + v.max()) / 2
    width = crossing(v, half, after=int(v.argmax())) - crossing(v, half)
    assert width == pytest.approx(want["half_width_ms"], rel=1e-4)


@pytest.mark.parametrize("name", FIBRES)
@pytest.mark.parametrize(
    "which", [0, *(pytest.param(i, marks=pytest.mark.slow) for i in range(1, 5))], ids=lambda i: f"row{i}"
)
def test_thresholds(name, which):
    """A thousandth below the silent amplitude nothing arrives; a thousandth above the firing one a spike does."""
    f, fibre = made(name)
    said = f["thresholds"][which]
    r_mm = np.hypot(said["distance_mm"], (fibre.arc_um - fibre.node_arc_um[f["mid_node"]]) / 1000)
    phi = 1 / (4 * np.pi * 0.3 * r_mm * 1e-3)
    stimulus = stimulus_from_segments(said["segments_ms_value"], tail_ms=f["tail_ms"], dt_ms=DT)
    amplitudes = [said["lower_mA"] * 0.999, said["threshold_mA"] * 1.001]
    v = SingleCable(fibre, lanes=2).run(phi, stimulus.samples[0], amplitudes, DT)[:, f["detect_node"]]
    assert ((v[:-1] < -30) & (v[1:] >= -30)).any(axis=0).tolist() == [False, True]
