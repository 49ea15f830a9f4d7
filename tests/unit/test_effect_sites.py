"""Virtual people on parts of the body other than the forearm."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

import rheobase as rb
from rheobase.anatomy import Abdomen, Knee, LowBack, LowerLeg, Spine, Thigh, UpperArm
from rheobase.effect import (
    assess_sensation,
    body_limb,
    conductivity_ends,
    draw_bodies,
    fat_knots_mm,
    make_library,
    with_people_fat,
)
from rheobase.effect._draws import draw_fibres
from rheobase.effect.virtual import pad_grids
from rheobase.errors import ParameterError
from rheobase.montage import pads_at, usual_montage
from rheobase.nerve import (
    ending_grid,
    grid_thresholds,
    motor_depth_mm,
    motor_room_mm,
    pads_over_muscle,
    stimulus_of,
    usual_motor_depth_mm,
)

COARSE = partial(rb.solve_field, cell_mm=4.0)
PULSE = rb.biphasic(width_us=200.0)


@pytest.fixture(scope="module")
def leg():
    part = LowerLeg()
    return assess_sensation(part, usual_montage(part), PULSE, people=30, solve=COARSE)


def test_people_on_the_lower_leg_feel_then_twitch_then_hurt(leg):
    assert leg.events == ("tingling", "twitch", "pain")
    assert leg.nominal_mA("tingling") < leg.nominal_mA("twitch") < leg.nominal_mA("pain")
    assert leg.where("twitch") == "tibialis anterior"  # bone and tendon lie under the other pad


def test_a_knot_of_fat_holds_what_that_body_has(leg):
    library = leg.library
    fat_mm = library.fat_mm[-1]
    thick = with_people_fat(LowerLeg(), fat_mm)
    found = grid_thresholds(
        thick, COARSE(thick, library.montage), list(library.grids.values()), stimulus_of(PULSE)
    ).threshold_mA
    for key in library.grids:
        np.testing.assert_allclose(np.exp(library.ln_of(key, fat_mm)), found[key], rtol=0.03)


def test_where_no_muscle_lies_under_the_pads_nothing_twitches():
    knee = Knee()
    pads = usual_montage(knee)
    assert pads_over_muscle(knee, pads) == ()
    library = make_library(knee, pads, stimulus_of(PULSE), spread=False, solve=COARSE)
    assert {kind for kind, _ in library.grids} == {"A-beta", "A-delta"}
    with pytest.raises(ParameterError, match=r"twitch_mA is 12 mA, but no muscle lies under the pads of this Knee"):
        assess_sensation(knee, pads, PULSE, people=2, twitch_mA=12.0, solve=COARSE)


def test_the_anatomy_and_not_the_name_decides_where_motor_fibres_end():
    leg = LowerLeg()
    pads = usual_montage(leg)
    swapped = replace(pads, pads=(replace(pads.pads[0], name="distal"), replace(pads.pads[1], name="proximal")))
    assert [p.name for p in pads_over_muscle(leg, swapped)] == ["proximal"]
    thigh = Thigh()
    assert [p.name for p in pads_over_muscle(thigh, usual_montage(thigh))] == ["proximal", "distal"]
    arm = UpperArm()  # muscle under both, a motor point under one
    assert [p.name for p in pads_over_muscle(arm, usual_montage(arm))] == ["distal"]


@pytest.mark.parametrize("kind", [Abdomen, LowBack, Thigh])
def test_motor_endings_lie_in_the_muscle_of_every_body(kind):
    part = kind()
    pads = usual_montage(part)
    low, own, high = fat_knots_mm(part, pads)
    grids = pad_grids(part, pads, thickest_fat_mm=high, leanest_fat_mm=low)
    assert low < own < high
    for (fibre, name), grid in grids.items():
        if fibre == "A-alpha":
            bodies = [with_people_fat(part, f) for f in (low, own, high)]
            assert max(grid.depths_mm) <= 0.8 * motor_room_mm(bodies, pads.pad(name)) + 1e-9


def test_a_person_on_a_mapped_part_has_their_own_fat_and_conductivities():
    thigh = Thigh()
    pads = usual_montage(thigh)
    bodies = draw_bodies(thigh, pads, people=200, seed=3)
    fats = np.array([b.fat_mm for b in bodies])
    low, own, high = fat_knots_mm(thigh, pads)
    assert fats.min() >= low
    assert fats.max() <= high
    assert np.median(fats) == pytest.approx(own, rel=0.12)
    one = body_limb(thigh, bodies[0])
    assert isinstance(one, Thigh)
    assert one.fat_mm == bodies[0].fat_mm
    assert one.muscle_axial_S_per_m > next(t for t in thigh.tissues if t.name == "muscle").sigma_axial_S_per_m
    assert conductivity_ends(thigh, "dermis").dermis_S_per_m == pytest.approx(0.4)


def test_fibres_run_on_beneath_the_pads_above():
    thigh = Thigh()
    grid = pad_grids(thigh, usual_montage(thigh))["A-beta", "distal"]
    ending = grid.endings()[0]
    assert ending.fibre(1000.0).arc_um[-1] / 1000.0 > 60.0 + (grid.topmost_mm - ending.along_mm) - 2.0


def test_a_part_without_a_parameter_for_its_fat_has_no_population():
    spine = Spine()
    with pytest.raises(ParameterError, match=r"A Spine has no fat_mm; virtual people differ in it"):
        fat_knots_mm(spine)


def test_motor_endings_lie_as_deep_as_the_table_says_of_the_muscle_beneath():
    arm, thigh = UpperArm(), Thigh()
    over = {
        name: pads_at(arm, (name, "biceps_proximal")).pads[0] for name in ("biceps", "brachialis", "triceps_medial")
    }
    assert [motor_depth_mm(arm, p) for p in over.values()] == [8.0, 12.0, 20.0]
    heads = pads_at(thigh, ("rectus_femoris", "vastus_medialis"))
    assert [motor_depth_mm(thigh, p) for p in heads.pads] == [15.9, 8.0]
    assert motor_depth_mm(rb.Forearm(), rb.pad_pair(rb.Forearm()).pads[0]) == usual_motor_depth_mm()


def test_the_depths_simulated_and_those_of_people_grow_with_the_muscles():
    thigh = Thigh()
    pads = pads_at(thigh, ("rectus_femoris", "vastus_medialis"))
    grids = pad_grids(thigh, pads)
    deep, usual = grids["A-alpha", "rectus_femoris"], grids["A-alpha", "vastus_medialis"]
    np.testing.assert_allclose(np.array(deep.depths_mm) / np.array(usual.depths_mm), 15.9 / 8.0)
    one = draw_bodies(thigh, pads, people=1, seed=2)[0]
    depths = [draw_fibres(g, one, 4000, np.random.default_rng(1)).depth_mm.mean() for g in (deep, usual)]
    assert depths[0] / depths[1] == pytest.approx(15.9 / 8.0, rel=0.03)
    with pytest.raises(ParameterError, match=r"motor_depth_mm is 0 mm; motor endings lie below the fascia, above 0"):
        ending_grid("A-alpha", pads.pads[0], motor_depth_mm=0.0)


def test_a_bundle_ends_under_the_pads_over_muscle():
    back, knee = LowBack(), Knee()
    motor = [e for e in rb.bundle(back, "superior_cluneal_left", count=60, seed=1, under=usual_montage(back)).endings
             if e.kind == "A-alpha"]  # fmt: skip
    assert {e.around_deg for e in motor} == {p.around_deg for p in pads_over_muscle(back, usual_montage(back))}
    kinds = {e.kind for e in rb.bundle(knee, "saphenous", count=30, seed=1, under=usual_montage(knee)).endings}
    assert kinds == {"A-beta", "A-delta"}
