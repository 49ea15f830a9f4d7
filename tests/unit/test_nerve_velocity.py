"""Conduction velocities of many fibres."""

import numpy as np
import pytest
from nerve_cases import mrg

from rheobase.errors import ParameterError
from rheobase.nerve import conduction_velocities, conduction_velocity, uniform_fibre, uniform_fibres


def test_many_are_as_each_alone():
    fibres = [mrg(8.0), mrg(12.0, 31), uniform_fibre("sweeney", diameter_um=10.0, nodes=21)]
    told = []
    found = conduction_velocities(fibres, progress=told.append)
    assert told[-1] == 1.0
    for fibre, v, at in zip(fibres, found.velocity_m_per_s, found.crossing_ms, strict=True):
        alone = conduction_velocity(fibre)
        assert v == pytest.approx(alone.velocity_m_per_s, rel=1e-5)
        np.testing.assert_allclose(at, alone.crossing_ms, rtol=1e-5)
        assert alone.half_width_ms < 1.0


def test_slow_fibres_are_waited_for():
    """A thin unmyelinated fibre needs 10 ms for 3 mm."""
    fibre = uniform_fibre("sundt", diameter_um=0.3, nodes=401, spacing_um=25.0)
    found = conduction_velocity(fibre, current_nA=0.5, width_ms=1.0)
    assert 0.2 < found.velocity_m_per_s < 0.4
    assert found.crossing_ms[1] > 15.0
    assert np.isfinite(found.half_width_ms)


def test_speed_goes_with_the_root_of_the_diameter_without_myelin_and_with_it_almost_in_proportion():
    bare = uniform_fibres("sundt", diameter_um=[0.5, 2.0], nodes=201, spacing_um=25.0)
    v = conduction_velocities(bare, current_nA=1.0, width_ms=1.0).velocity_m_per_s
    assert v[1] / v[0] == pytest.approx(2.0, rel=0.03)
    v = conduction_velocities(uniform_fibres("sweeney", diameter_um=[6.0, 12.0], nodes=31)).velocity_m_per_s
    assert v[1] / v[0] == pytest.approx(2.0, rel=0.2)


def test_a_fibre_that_does_not_fire_is_told():
    found = conduction_velocities(uniform_fibres("mrg_interpolated", diameter_um=[6.0, 14.0], nodes=21), current_nA=1.0)
    assert found.silent.tolist() == [False, True]  # the thick one needs more
    assert np.isnan(found.crossing_ms[1]).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fibres": []}, "There are no fibres"),
        ({"fibres": [mrg(nodes=10)]}, "The fibre has 10 nodes"),
        ({"current_nA": 0.0}, "current_nA is 0 nA"),
        ({"width_ms": np.inf}, "width_ms inf ms"),
    ],
)
def test_refusals(options, message):
    with pytest.raises(ParameterError, match=message):
        conduction_velocities(**({"fibres": [mrg()]} | options))
