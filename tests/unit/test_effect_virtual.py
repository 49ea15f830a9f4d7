"""Virtual people: the library of thresholds and what is read off it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import rheobase as rb
from rheobase.effect import (
    EVENTS,
    body_limb,
    body_thresholds_mA,
    conductivity_ends,
    criterion,
    draw_bodies,
    event_mA,
    fat_knots_mm,
    fibres_under,
    girth_per_ln_fat_mm,
    make_library,
    middle_body,
    pad_grids,
    with_fat,
    with_people_fat,
)
from rheobase.effect._draws import Drawn, draw_fibres, read_mA
from rheobase.errors import ParameterError
from rheobase.nerve import Ending, ending_thresholds, stimulus_of
from rheobase.tables import row

ARM = rb.Forearm()
PADS = rb.pad_pair(ARM)
STIMULUS = stimulus_of(rb.biphasic(width_us=200.0))
TISSUES = ("fat", "muscle", "dermis")


@pytest.fixture(scope="module")
def library():
    return make_library(ARM, PADS, STIMULUS)


def some(grid, every):
    """Every so many endings of a grid, with their places in it."""
    at = np.arange(0, int(np.prod(grid.shape)), every)
    endings = grid.endings()
    return [endings[i] for i in at], np.unravel_index(at, grid.shape)


def test_the_library_is_exact_at_its_knots_of_fat(library):
    for i, fat_mm in enumerate(library.fat_mm):
        limb = with_people_fat(ARM, fat_mm)
        field = rb.solve_field(limb, PADS)
        for key, grid in library.grids.items():
            endings, at = some(grid, 29)
            direct = ending_thresholds(limb, field, endings, STIMULUS, tolerance=0.01).threshold_mA
            np.testing.assert_allclose(np.exp(library.ln_of(key, fat_mm)[at]), direct, rtol=0.031)
            np.testing.assert_allclose(library.ln_of(key, fat_mm), library.ln_mA[key][i], atol=1e-13)


@pytest.mark.parametrize("tissue", TISSUES)
def test_the_slope_at_the_high_end_is_the_simulation_there(library, tissue):
    limb = conductivity_ends(ARM, tissue)
    field = rb.solve_field(limb, PADS)
    for kind in ("A-beta", "A-alpha", "A-delta"):
        key = kind, "proximal"
        endings, at = some(library.grids[key], 29)
        direct = ending_thresholds(limb, field, endings, STIMULUS, tolerance=0.01).threshold_mA
        np.testing.assert_allclose(np.exp(library.ln_of(key, 5.0, **{tissue: 1.0})[at]), direct, rtol=0.031)


def test_between_two_knots_the_log_threshold_runs_straight(library):
    key = "A-beta", "distal"
    half = float(np.sqrt(library.fat_mm[0] * library.fat_mm[1]))
    np.testing.assert_allclose(library.ln_of(key, half), library.ln_mA[key][:2].mean(axis=0))


def test_a_fibre_on_the_grid_is_read_off_exactly(library):
    key = "A-alpha", "proximal"
    grid = library.grids[key]
    ln = library.ln_of(key, 5.0)
    d, t, c, e, p = np.unravel_index(np.arange(int(np.prod(grid.shape))), grid.shape)
    drawn = Drawn(
        diameter_um=np.array(grid.diameters_um)[d], depth_mm=np.array(grid.depths_mm)[e], taper=t, course=c, place=p
    )
    np.testing.assert_allclose(read_mA(grid, ln, drawn), np.exp(ln).ravel(), rtol=1e-12)
    assert drawn.endings(grid) == grid.endings()


def test_every_grid_point_has_a_threshold(library):
    for table in library.ln_mA.values():
        assert (np.exp(table) < 1e4).mean() > 0.99
        assert np.isfinite(table).all()


def test_skin_endings_fall_with_people_fat_and_motor_endings_rise(library):
    """At equal depth below the fascia, as measured figures in the requirements of surface stimulation have it."""
    lean, _, thick = library.fat_mm
    move = {k: np.median(library.ln_of(k, thick) - library.ln_of(k, lean)) for k in library.grids}
    assert move["A-beta", "proximal"] < -0.2
    assert move["A-alpha", "proximal"] > 0.1


# Bodies.


def test_a_seed_is_a_population():
    one, same, other = (draw_bodies(ARM, people=30, seed=s) for s in (5, 5, 6))
    assert [b.fat_mm for b in one] == [b.fat_mm for b in same] != [b.fat_mm for b in other]
    longer = draw_bodies(ARM, people=40, seed=5)
    assert [b.fat_mm for b in longer[:30]] == [b.fat_mm for b in one], "more people are more of the same"


def test_bodies_stay_in_their_ranges():
    low, middle, high = fat_knots_mm(ARM)
    for b in draw_bodies(ARM, people=300, seed=1):
        assert low <= b.fat_mm <= high
        assert all(0 <= s <= 1 for s in b.conductivity_share.values())
        assert all(s.sum() == pytest.approx(1.0) for s in b.course_share.values())
        assert 3.5 <= 8.5 * b.motor_depth_factor <= 13.5
        assert body_limb(ARM, b).fascia_depth_mm == pytest.approx(b.fat_mm + 1.5)
    assert middle == 5.0


def test_conductivities_scale_with_those_of_the_limb():
    assert conductivity_ends(ARM, "dermis").dermis_S_per_m == row("tissues.dermis_high")["sigma_axial_S_per_m"]
    lumped = rb.Forearm(skin_model="lumped")
    low, high = lumped.layers[-1].sigma_axial_S_per_m, conductivity_ends(lumped, "dermis").dermis_S_per_m
    assert high == pytest.approx(2 * low), "not that of a resolved dermis"
    body = replace(middle_body(ARM), conductivity_share={"fat": 0.0, "muscle": 1.0, "dermis": 0.5})
    limb = body_limb(ARM, body)
    assert limb.fat_S_per_m == row("tissues.fat")["sigma_axial_S_per_m"]
    assert limb.muscle_axial_S_per_m == row("tissues.muscle_in_vivo")["sigma_axial_S_per_m"]
    assert limb.dermis_S_per_m == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("limb", "said"),
    [
        (rb.Forearm(fat_mm=1.0), "fat_mm is 1 mm; a population about it needs room on both sides, between 1 and 22 mm"),
        (rb.Forearm(fat_mm=1.0, skin_mm=0.6), "between 1 and"),
        (rb.Forearm(radius_mm=60.0, fat_mm=25.0), "between 1 and 25 mm here. Choose a value inside."),
    ],
)
def test_a_population_needs_room_for_its_fat(limb, said):
    with pytest.raises(ParameterError) as caught:
        fat_knots_mm(limb)
    assert said in str(caught.value)


def test_people_there_must_be():
    with pytest.raises(ParameterError, match="people is 0; a population needs at least 1, usually 300"):
        draw_bodies(ARM, people=0, seed=1)


@pytest.mark.parametrize("radius_mm", [25.0, 40.0, 60.0])
@pytest.mark.parametrize("fat_mm", [1.5, 5.0, 6.5])
def test_one_grid_fits_every_body(radius_mm, fat_mm):
    limb = rb.Forearm(radius_mm=radius_mm, fat_mm=fat_mm)
    knots = fat_knots_mm(limb)
    pads = rb.pad_pair(limb, size_mm=(30.0, 30.0))
    grids = pad_grids(limb, pads, thickest_fat_mm=knots[-1])
    for fat in knots:
        body = with_people_fat(limb, fat)
        for grid in grids.values():
            for ending in grid.endings()[:: max(1, len(grid.endings()) // 40)]:
                ending.points_mm(body)  # refuses what does not fit


def test_fibres_by_area_and_by_pad():
    small = rb.pad_pair(ARM, size_mm=(25.0, 50.0)).pads[0]
    big = PADS.pads[0]
    assert [fibres_under(p, "A-beta") for p in (big, small)] == [225, 112]
    assert fibres_under(small, "A-alpha") == fibres_under(big, "A-alpha") == 150
    assert fibres_under(rb.pad_pair(ARM, size_mm=(8.0, 8.0)).pads[0], "A-beta") == 20


def test_the_fibres_of_a_body_are_its_own(library):
    body = draw_bodies(ARM, people=1, seed=4)[0]
    one, same = (body_thresholds_mA(library, body, np.random.default_rng(9)) for _ in range(2))
    for key, found in one.items():
        np.testing.assert_array_equal(found, same[key])
        assert (np.diff(found) >= 0).all()
        assert len(found) == fibres_under(PADS.pad(key[1]), key[0])
    many = body_thresholds_mA(library, body, np.random.default_rng(9), times=20)["A-beta", "proximal"]
    assert np.median(many) == pytest.approx(np.median(one["A-beta", "proximal"]), rel=0.25)


@pytest.mark.slow
def test_reading_off_the_library_stands_for_simulation_in_the_bodys_own_limb(library):
    """The figures in the docstring of `rheobase.effect.virtual`."""
    error: dict[str, list] = {}
    events: dict[str, list] = {e: [] for e in EVENTS}
    for i, body in enumerate(draw_bodies(ARM, people=8, seed=11)):
        limb, rng = body_limb(ARM, body), np.random.default_rng([5, i])
        field = rb.solve_field(limb, PADS)
        read, direct = {}, {}
        for key, grid in library.grids.items():
            drawn = draw_fibres(grid, body, 96, rng)
            off = read_mA(grid, library.ln_of_body(key, body), drawn)
            true = ending_thresholds(limb, field, drawn.endings(grid), STIMULUS, tolerance=0.005).threshold_mA
            error.setdefault(key[0], []).append(np.log(off / true))
            read[key], direct[key] = np.sort(off), np.sort(true)
        for e in EVENTS:
            events[e].append(np.log(event_mA(read, criterion(e))[0] / event_mA(direct, criterion(e))[0]))
    for kind, most in (("A-beta", 0.22), ("A-alpha", 0.22), ("A-delta", 0.13)):
        e = np.abs(np.concatenate(error[kind]))
        print(f"{kind}: median {np.median(e):.3f}, 95 % {np.quantile(e, 0.95):.3f}")
        assert np.median(e) < 0.06
        assert np.quantile(e, 0.95) < most
    for event, most in (("tingling", 0.08), ("twitch", 0.20), ("pain", 0.08)):
        print(f"{event}: {np.round(events[event], 3)}")
        assert np.abs(events[event]).max() < most


def test_an_ending_says_where_it_is():
    e = Ending(
        kind="A-beta", diameter_um=8.7, taper="short", course="vertical", depth_mm=1.0, along_mm=45.0, around_deg=0.0
    )
    way = e.points_mm(ARM)
    assert way[0] == pytest.approx([39.0, 0.0, 45.0])
    assert e.way == replace(e, diameter_um=10.0).way != replace(e, along_mm=40.0).way


def test_girth_grows_with_fat_as_in_measured_people_and_flesh_gives_way_for_the_rest():
    slope, rule, army = girth_per_ln_fat_mm(ARM), row("people.fat_rule"), row("people.army")
    shared = rule["per_bmi"] * army["male_bmi_median_kg_per_m2"] * army["male_bmi_sd_ln"]
    reliability = shared**2 / (shared**2 + rule["sd_ln"] ** 2)  # share of the spread of ln fat that girth knows of
    assert slope == pytest.approx(row("people.size_forearm")["male_per_bmi_mm"] / rule["per_bmi"] * reliability)
    thick = with_people_fat(ARM, 10.0)
    assert 2 * np.pi * (thick.radius_mm - ARM.radius_mm) == pytest.approx(slope * np.log(2.0))
    assert with_fat(ARM, 10.0).radius_mm == ARM.radius_mm + 5.0
    assert ARM.radius_mm - ARM.fascia_depth_mm > thick.radius_mm - thick.fascia_depth_mm, "rather less flesh"
    assert with_people_fat(rb.Forearm(radius_mm=60.0), 10.0).radius_mm == 60.0  # the largest the table allows
    assert with_people_fat(with_people_fat(ARM, 10.0), 5.0).radius_mm == pytest.approx(ARM.radius_mm)
