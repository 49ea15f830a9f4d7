"""Thresholds of virtual people on disk: found again, told apart, and simulated anew where the file is broken."""

from functools import partial
from unittest import mock

import numpy as np
import pytest

from rheobase.anatomy import Forearm, Thigh
from rheobase.effect import draw_muscle_bodies, muscle_reach
from rheobase.io.people_cache import cached_reach, cached_sensation
from rheobase.montage import pad_pair, usual_montage
from rheobase.pulse import biphasic

THIGH, PULSE = Thigh(), biphasic(width_us=300.0)
ARM = Forearm()


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    monkeypatch.setenv("RHEOBASE_CACHE_DIR", str(tmp_path))
    return tmp_path / "fields"


def reach(**change):
    given = {"muscle": "quadriceps", "units": 20, "seed": 1} | change
    return cached_reach(THIGH, usual_montage(THIGH), PULSE, **given)


def test_a_reach_is_simulated_once_and_told_apart(shelf):
    middle_only = partial(muscle_reach, spread=False)
    with mock.patch("rheobase.io.people_cache.muscle_reach", side_effect=middle_only) as made:
        first, again = reach(), reach()
        assert made.call_count == 1
        np.testing.assert_array_equal(again.thresholds_mA(), first.thresholds_mA())
        assert again.owner == first.owner
        assert again.field.resistance_ohm == first.field.resistance_ohm
        assert draw_muscle_bodies(again, people=1) == draw_muscle_bodies(first, people=1)
        other = reach(seed=2)
        assert made.call_count == 2
        assert (other.thresholds_mA() != first.thresholds_mA()).any()
        for file in shelf.iterdir():
            file.write_bytes(b"broken")
        np.testing.assert_array_equal(reach().thresholds_mA(), first.thresholds_mA())
        assert made.call_count == 3


def test_what_people_feel_is_simulated_once(shelf):
    def felt(people):
        return cached_sensation(ARM, pad_pair(ARM), PULSE, people=people, cell_mm=4.0)

    first = felt(3)
    with mock.patch("rheobase.io.people_cache.assess_sensation", side_effect=AssertionError("simulated again")):
        again = felt(3)
        assert again.band("pain") == first.band("pain")
        assert again.nominal_mA("tingling") == first.nominal_mA("tingling")
        assert [b.fat_mm for b in again.bodies] == [b.fat_mm for b in first.bodies]
        grid = np.linspace(0.0, 30.0, 7)
        for kind in first.kinds:
            for name, shares in first.recruited(kind, grid).items():
                np.testing.assert_array_equal(again.recruited(kind, grid)[name], shares)
        with pytest.raises(AssertionError, match="simulated again"):
            felt(4)
