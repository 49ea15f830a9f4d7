"""Lots side by side: every lot is done once, and after a failure none is begun."""

import time
from unittest import mock

import numpy as np
import pytest

from rheobase.nerve import activation_thresholds, stimulus_from_segments, tapered_fibre, uniform_fibres
from rheobase.nerve.lots import each_lot, lots_of

FIBRES = uniform_fibres("mrg_interpolated", diameter_um=np.full(5000, 10.0), nodes=21)
PULSE = stimulus_from_segments([(0.1, -1.0)], tail_ms=1.0, dt_ms=0.005)


def nothing(index):
    return np.zeros((len(index), 1, 221))


@pytest.mark.parametrize(("cores", "lots"), [(1, 3), (2, 4), (7, 7), (64, 35)])
def test_every_lot_once_and_lots_for_all_cores(cores, lots):
    seen, told = [], []
    with mock.patch("os.cpu_count", return_value=cores):
        assert len(lots_of(FIBRES)) == lots
        done = each_lot(FIBRES, nothing, PULSE, lambda i, lot, phi: seen.append(i) or len(lot), told.append)
    assert done == 5000
    assert (np.sort(np.concatenate(seen)) == np.arange(5000)).all()
    assert len(seen) == lots
    assert max(len(i) for i in seen) <= 5000 / lots + 16  # none is much larger than the others
    assert told[-1] == 1.0


def test_few_fibres_stay_together():
    with mock.patch("os.cpu_count", return_value=8):
        assert [len(lot) for lot in lots_of(FIBRES.part(slice(0, 200)))] == [200]


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt])
@pytest.mark.parametrize("cores", [1, 2])
def test_no_lot_is_begun_after_a_failure(cores, failure):
    begun = []
    fibres = uniform_fibres("mrg_interpolated", diameter_um=np.full(20_000, 10.0), nodes=21)

    def work(index, lot, phi):
        begun.append(index)
        if index[0] == 0:
            raise failure("here")
        time.sleep(0.1)
        return 0

    with mock.patch("os.cpu_count", return_value=cores), pytest.raises(failure, match="here"):
        each_lot(fibres, nothing, PULSE, work)
    assert len(begun) < 9


def unlike_fibres():
    """Fibres of one membrane with unlike patterns of internodes, from 31 to 92 nodes; enough for pilots."""
    tapers = ("short", "long", "motor_short")
    fibres = [
        tapered_fibre(tapers[i % 3], parent_um=parent, length_mm=length)
        for length in (15.0, 24.0, 40.0)
        for i, parent in enumerate(np.linspace(5.7, 16.0, 18))
    ]
    return fibres


def test_much_shorter_fibres_make_their_own_lots():
    fibres = unlike_fibres()
    with mock.patch("os.cpu_count", return_value=1):
        lots = lots_of(fibres)
    assert sorted(i for lot in lots for i in lot) == list(range(len(fibres)))
    first, *_ = lots
    assert len(lots) > 1
    for lot in lots:
        longest = max(fibres[i].nodes for i in lot)
        assert len(lot) <= 32 or min(fibres[i].nodes for i in lot[32:]) >= 0.75 * longest
    assert max(fibres[i].nodes for i in first) == max(f.nodes for f in fibres)


def test_unlike_fibres_share_a_lot_and_leave_its_blocks_with_the_same_thresholds():
    """Short ones lie beside long ones; those still searched are taken out of blocks of another pattern."""
    fibres = unlike_fibres()
    phi = [-4.0 * np.exp(-f.arc_um / 1000.0 / (2.0 + 0.1 * f.length_mm))[None] for f in fibres]
    pulse = stimulus_from_segments([(0.2, 1.0)], tail_ms=2.0, dt_ms=0.005)
    watch = [f.nodes // 2 for f in fibres]
    together = activation_thresholds(fibres, phi, pulse, true_start=True, watch=watch)
    for i in range(0, len(fibres), 7):
        one = slice(i, i + 1)
        alone = activation_thresholds(fibres[one], phi[one], pulse, true_start=True, watch=watch[one])
        assert alone.threshold_mA[0] == together.threshold_mA[i]
        assert alone.start_node[0] == together.start_node[i]
    assert np.isfinite(together.threshold_mA).all()
