"""Muscle curves and a muscle with a stretching tendon, beside OpenSim (benchmarks/peers/opensim_side.py)."""

import numpy as np
import pytest

from rheobase.effect import length_factor, stretched_factor, tendon_factor, velocity_factor
from rheobase.errors import ParameterError
from rheobase.tables import row

CURVES, HELD = row("published_muscle.opensim_curves"), row("published_muscle.opensim_held")


def test_the_tendon_is_the_same_model():
    assert tendon_factor(CURVES["tendon_strain"]) == pytest.approx(CURVES["tendon_share"], abs=CURVES["same_band"])


def test_length_agrees_within_the_three_digits_of_the_printed_constants():
    assert length_factor(CURVES["length_relative"]) == pytest.approx(CURVES["length_share"], abs=CURVES["band"])


def test_velocity_is_the_same_formula_with_opensims_two_conditions():
    """It solves d1 and d4 for no force at the greatest speed and the isometric force at rest."""
    _, d2, d3, _ = row("muscle.degroote2016_velocity")["d"]
    d1, d4 = np.linalg.solve([[np.arcsinh(d3 - d2), 1.0], [np.arcsinh(d3), 1.0]], [0.0, 1.0])
    speed = np.array(CURVES["velocity_relative"])
    assert d1 * np.arcsinh(d2 * speed + d3) + d4 == pytest.approx(CURVES["velocity_share"], abs=CURVES["same_band"])
    assert np.abs(velocity_factor(speed) - CURVES["velocity_share"]).max() < 0.015


@pytest.mark.parametrize(("share", "key"), [(1.0, "full_N"), (0.3, "part_N")])
def test_a_muscle_with_its_tendon_holds_the_same_force(share, key):
    path, slack = np.array(HELD["path_m"]) / HELD["optimal_m"], HELD["slack_m"] / HELD["optimal_m"]
    ours = HELD["strongest_N"] * stretched_factor(path, slack, share)
    assert ours == pytest.approx(HELD[key], abs=HELD["band_share"] * HELD["strongest_N"])
    rigid = HELD["strongest_N"] * share * length_factor(path - slack)
    assert np.abs(rigid - HELD[key]).max() > 0.1 * HELD["strongest_N"] * share


def test_a_stiffer_task_moves_the_best_length_outwards():
    path = np.linspace(4.0, 5.5, 151)
    best = [float(path[stretched_factor(path, 3.5, s).argmax()]) for s in (0.1, 0.5, 1.0)]
    assert best[0] < best[1] < best[2]


def test_what_cannot_be_is_refused():
    with pytest.raises(ParameterError, match=r"active_share is 1\.2; it must lie within 0 to 1"):
        stretched_factor(4.5, 3.5, 1.2)
    with pytest.raises(ParameterError, match="longer than 0 times"):
        stretched_factor(0.0, 3.5)
