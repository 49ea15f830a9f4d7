"""Thresholds of virtual people on disk: found again, told apart, and simulated anew where the file is broken."""

from functools import partial
from unittest import mock

import numpy as np
import pytest

from rheobase.anatomy import Forearm, Thigh
from rheobase.effect import assess_sensation, draw_muscle_bodies, muscle_reach
from rheobase.effect.stored import library_arrays, library_from_arrays
from rheobase.errors import ParameterError
from rheobase.io.field_cache import cached_field
from rheobase.io.people_cache import cached_library, cached_reach
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


def library(pulse=PULSE, cell_mm=4.0):
    return cached_library(ARM, pad_pair(ARM), pulse, solve=partial(cached_field, cell_mm=cell_mm))


def felt(known, **given):
    return assess_sensation(ARM, pad_pair(ARM), PULSE, people=3, library=known, **given)


def test_what_people_feel_is_simulated_once(shelf):
    first = library()
    with mock.patch("rheobase.io.people_cache.make_library", side_effect=AssertionError("simulated again")):
        again = library()
        assert again.grids == first.grids
        assert again.fat_mm == first.fat_mm
        assert felt(again).people_mA("pain").tolist() == felt(first).people_mA("pain").tolist()
        own = felt(again, seed=2, share=0.2, perception_mA=4.0)  # none of these needs a simulation
        assert own.nominal_mA("tingling") == pytest.approx(4.0)
        for other in ({"pulse": biphasic(width_us=200.0)}, {"cell_mm": 5.0}):
            with pytest.raises(AssertionError, match="simulated again"):
                library(**other)


def test_a_library_that_lacks_something_is_simulated_anew(shelf):
    first = library()
    with mock.patch("rheobase.effect.stored.fields", return_value=()):
        with pytest.raises(TypeError):
            library_from_arrays(ARM, pad_pair(ARM), first.field, library_arrays(first))
        with mock.patch("rheobase.io.people_cache.make_library", return_value=first) as made:
            assert library() is first
        assert made.call_count == 1


def test_a_library_of_other_pads_is_refused(shelf):
    known = library()
    with pytest.raises(ParameterError, match=r"for other pads .* make_library"):
        assess_sensation(ARM, pad_pair(ARM, spacing_mm=80.0), PULSE, people=3, library=known)
    with pytest.raises(ParameterError, match="for another limb"):
        assess_sensation(Forearm(fat_mm=6.0), pad_pair(ARM), PULSE, people=3, library=known)
