"""How densely skin is innervated, and where its thin fibres end."""

from __future__ import annotations

import numpy as np
import pytest

import rheobase as rb
from rheobase.anatomy import LowBack, Thigh
from rheobase.effect import fat_knots_mm, innervation_per_mm2, pad_grids, share_of_as_many
from rheobase.errors import ParameterError
from rheobase.montage import usual_montage
from rheobase.nerve import bundle, skin_depth_mm, skin_endings_mm


def test_as_many_fibres_are_a_smaller_share_of_a_denser_skin_or_a_larger_pad():
    ratio = innervation_per_mm2("thigh") / innervation_per_mm2("forearm")
    assert share_of_as_many(0.5, "thigh") == pytest.approx(0.5 / ratio)
    assert share_of_as_many(0.5, "forearm", area_factor=4.0) == pytest.approx(0.125)
    assert share_of_as_many(0.9, "lower_leg") == 1.0, "there are not as many: all of them"


def test_what_is_not_known_or_impossible_is_refused():
    with pytest.raises(ParameterError, match="No density of nerve fibres in the epidermis of 'knee'"):
        innervation_per_mm2("knee")
    with pytest.raises(ParameterError, match=r"share is 1.5 and area_factor 1; the share lies above 0"):
        share_of_as_many(1.5, "thigh")


@pytest.mark.parametrize("part", [LowBack(), Thigh(), rb.Forearm(skin_mm=1.2)])
def test_thin_fibres_end_where_the_dermis_does(part):
    pads = rb.pad_pair(part) if isinstance(part, rb.Forearm) else usual_montage(part)
    for pad in pads.pads:
        skin = skin_depth_mm(part, pad)
        assert pad_grids(part, pads)["A-delta", pad.name].depths_mm == skin_endings_mm("A-delta", skin)
        assert pad_grids(part, pads)["A-beta", pad.name].depths_mm == (1.0,)
        np.testing.assert_allclose(skin_endings_mm("A-delta", skin), (skin - 0.1, skin + 0.5))


def test_a_bundle_ends_there_too_and_thin_skin_leaves_room_for_lean_bodies():
    arm = rb.Forearm(skin_mm=1.2)
    thin = [e.depth_mm for e in bundle(arm, "median", count=80, seed=1, under=rb.pad_pair(arm)).endings
            if e.kind == "A-delta"]  # fmt: skip
    assert set(np.round(thin, 6)) == {1.1, 1.7}
    low = fat_knots_mm(rb.Forearm(fat_mm=2.0, skin_mm=1.2))[0]
    assert low == pytest.approx(1.0)  # the deepest lies 0.5 mm below the skin and stays above the fascia
