"""Lots side by side: every lot is done once, and after a failure none is begun."""

import time
from unittest import mock

import numpy as np
import pytest

from rheobase.nerve import stimulus_from_segments, uniform_fibres
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
