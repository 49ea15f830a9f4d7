"""Conduction block: both sides of the edge simulated, every status, every refusal."""

import numpy as np
import pytest
from nerve_cases import mrg, point_potential

from rheobase.errors import ParameterError
from rheobase.nerve import BlockStatus, block_thresholds, stimulus_of, uniform_fibre, uniform_fibres
from rheobase.nerve.simulate import Injection, simulate
from rheobase.pulse import sine_carrier

LENGTH_MS, SETTLE_MS = 20.0, 10.0
CARRIER = stimulus_of(sine_carrier(10_000, 1000 * LENGTH_MS), tail_ms=0.0)
FIBRE = mrg()
PHI = point_potential(FIBRE)


def arrivals_ms(fibre, phi, amplitude, tested):
    """Last rise of the watched node, by following its potential."""
    pushes = [Injection(node=2, current_nA=3.0, start_ms=t, width_ms=0.1) for t in np.arange(0.0, LENGTH_MS, 5.0)]
    watched = int(0.9 * (fibre.nodes - 1))
    run = simulate(fibre, phi, CARRIER, amplitude, nodes=[watched], injections=pushes if tested else ())
    v = run.v_mV[0]
    return run.time_ms[1:][(v[:-1] < -30) & (v[1:] >= -30)]


@pytest.mark.parametrize("period", [5.0, None])
def test_both_sides_are_as_said(period):
    found = block_thresholds([FIBRE], [PHI], CARRIER, settle_ms=SETTLE_MS, test_period_ms=period)
    assert found.counts() == {"FOUND": 1}
    assert found.threshold_mA[0] / found.lower_mA[0] == pytest.approx(1.01, rel=1e-6)
    assert 0.2 < found.threshold_mA[0] < 2.0
    for amplitude, blocked in ((found.threshold_mA[0], True), (found.lower_mA[0], False)):
        assert (arrivals_ms(FIBRE, PHI, amplitude, period is not None) > SETTLE_MS).any() != blocked


def test_thick_fibres_are_blocked_by_less_and_company_does_not_matter():
    many = uniform_fibres("mrg_interpolated", diameter_um=np.linspace(6.0, 16.0, 20), nodes=21)
    phi = np.stack([point_potential(f) for f in many])
    found = block_thresholds(many, lambda i: phi[i], CARRIER, settle_ms=SETTLE_MS)
    assert found.counts() == {"FOUND": 20}
    assert found.threshold_mA[0] > 1.1 * found.threshold_mA[-1]
    alone = block_thresholds([many[7]], [phi[7]], CARRIER, settle_ms=SETTLE_MS, guess_mA=[found.threshold_mA[7]])
    assert alone.threshold_mA[0] == pytest.approx(found.threshold_mA[7], rel=1e-9)


def test_every_status():
    def status(**options):
        given = {"settle_ms": SETTLE_MS, "upper_mA": 3.0} | options
        return BlockStatus(int(block_thresholds([FIBRE], [PHI], CARRIER, **given).status[0]))

    assert status(upper_mA=0.3) is BlockStatus.BOUND_EXCEEDED
    assert status(current_nA=0.01) is BlockStatus.NO_TEST_SPIKE
    assert status(test_period_ms=None, upper_mA=0.05) is BlockStatus.NEVER_FIRES
    for one in BlockStatus:
        assert one.remedy.endswith(".")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"settle_ms": 20.0}, "settle_ms is 20.0 ms; it must be above 0 and below the length of the carrier, 20 ms"),
        ({"settle_ms": 0.0}, "settle_ms is 0.0 ms"),
        ({"test_period_ms": 11.0}, "test_period_ms is 11.0 ms; at least one test spike must fall into the 10 ms"),
        ({"width_ms": 6.0}, "width_ms 6 ms; .* shorter than test_period_ms"),
        ({"current_nA": np.nan}, "current_nA is nan nA"),
        ({"tolerance": 0.0}, "tolerance is 0.0"),
        ({"watch": [21]}, "watch is node 21, but the fibre has nodes 0 to 20"),
    ],
)
def test_refusals(change, message):
    with pytest.raises(ParameterError, match=message):
        block_thresholds([FIBRE], [PHI], CARRIER, **({"settle_ms": SETTLE_MS} | change))


def test_an_unmyelinated_fibre_too():
    fibre = uniform_fibre("sundt", diameter_um=1.0, nodes=121, spacing_um=25.0)
    carrier = stimulus_of(sine_carrier(5_000, 40_000), tail_ms=0.0)
    found = block_thresholds(
        [fibre], [point_potential(fibre, 0.3)], carrier, settle_ms=20.0, test_period_ms=10.0, upper_mA=50.0
    )
    assert found.counts() == {"FOUND": 1}
