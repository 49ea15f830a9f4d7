"""Recordings of many fibres: sums, dispersion, refusals."""

import numpy as np
import pytest
from nerve_cases import CATHODIC, mrg, point_potential

from rheobase.errors import ParameterError
from rheobase.nerve import Injection, compound_action_potential, record_fibres, uniform_fibre, uniform_fibres

PUSH = [Injection(node=3, current_nA=4.0)]


def contact_at(fibres, along_mm, distance_mm=2.0):
    """A callable with one contact at each place, beside fibres that begin together."""

    def potential(index):
        along = fibres.part(index).arc_um[:, None] / 1000 - np.asarray(along_mm)[None, :, None]
        return 1 / (4 * np.pi * 0.3 * np.hypot(distance_mm, along) * 1e-3)

    return potential


def test_together_is_the_sum():
    fibres = [mrg(8.0), mrg(12.0, 31), uniform_fibre("sweeney", diameter_um=10.0, nodes=21)]
    contact = [np.concatenate([point_potential(f, r) for r in (1.0, 2.0)]) for f in fibres]
    phi = [point_potential(f, node=5) for f in fibres]
    told = []
    given = (fibres, contact, phi, CATHODIC, [0.5, 0.5, 0.1])
    each = record_fibres(*given, progress=told.append)
    assert told[-1] == 1.0
    assert each.signal_uV.shape == (3, 2, CATHODIC.samples.shape[1] + 1)
    assert (each.signal_uV[:, :, 0] == 0).all()
    both = compound_action_potential(*given, count=[1.0, 0.0, 20.0])
    np.testing.assert_allclose(both.signal_uV, each.signal_uV[0] + 20 * each.signal_uV[2], atol=1e-12)
    np.testing.assert_allclose(compound_action_potential(*given).signal_uV, each.signal_uV.sum(axis=0), atol=1e-12)
    assert (np.diff(each.peak_to_peak_uV(), axis=1) < 0).all()  # farther is less
    alone = record_fibres([fibres[2]], [contact[2]], [phi[2]], CATHODIC, 0.1)
    np.testing.assert_allclose(alone.signal_uV[0], each.signal_uV[2], atol=1e-5)


def test_a_volley_spreads_as_it_runs():
    """Fast and slow fibres drift apart: the compound potential grows wider and lower, each fibre's own does not."""
    fibres = uniform_fibres("mrg_interpolated", diameter_um=np.linspace(7.0, 14.0, 32), nodes=61)
    places = [10.0, 30.0]
    contact = contact_at(fibres, places)
    volley = compound_action_potential(fibres, contact, injections=PUSH, duration_ms=3.5)
    one = record_fibres(fibres.part(np.array([15])), contact_at(fibres.part(np.array([15])), places), injections=PUSH,
                        duration_ms=3.5)  # fmt: skip
    spike = slice(22, None)  # without the pipettes' own current
    near, far = np.ptp(volley.signal_uV[:, spike], axis=1)
    assert far < 0.6 * near
    alone = np.ptp(one.signal_uV[0, :, spike], axis=1)
    assert alone[1] == pytest.approx(alone[0], rel=0.1)
    width = [(np.abs(s) > 0.3 * np.abs(s).max()).sum() for s in volley.signal_uV[:, spike]]
    assert width[1] > 1.5 * width[0]


def test_two_contacts_against_each_other():
    """A bipolar recording is the difference of two."""
    fibre = mrg()
    a, b = point_potential(fibre, 1.0, node=8), point_potential(fibre, 1.0, node=14)
    seen = record_fibres([fibre], [np.concatenate([a, b, a - b])], injections=PUSH).signal_uV[0]
    np.testing.assert_allclose(seen[2], seen[0] - seen[1], atol=1e-4 * np.ptp(seen[0]))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"contact_mV_per_mA": [np.zeros((1, 5))]}, r"contact_mV_per_mA has shape \(1, 5\) for fibre 0; .* 221 comp"),
        ({"contact_mV_per_mA": []}, "contact_mV_per_mA has 0 entries for 1 fibres"),
        ({"contact_mV_per_mA": lambda index: []}, "returned 0 entries for 1 fibres"),
        ({"contact_mV_per_mA": [np.full((1, 221), np.nan)]}, "contact_mV_per_mA holds a value that is not finite"),
        ({"potential_mV_per_mA": [np.zeros((2, 221))], "stimulus": CATHODIC}, r"shape \(2, 221\); .* have 1 sources"),
        ({"count": [-1.0]}, "count has shape"),
        ({"count": [1.0, 2.0]}, r"count has shape \(2,\) for 1 fibres"),
        ({"potential_mV_per_mA": [np.zeros((1, 221))] * 2, "stimulus": CATHODIC}, "has 2 entries for 1 fibres"),
    ],
)
def test_refusals(options, message):
    given = {"fibres": [mrg()], "contact_mV_per_mA": [point_potential(mrg())]} | options
    with pytest.raises(ParameterError, match=message):
        compound_action_potential(**given)
