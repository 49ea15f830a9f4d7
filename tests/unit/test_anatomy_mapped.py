"""The mapped body parts: what each brings, what it refuses, and that its geometry is what it says."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
import pytest
from anatomy_cases import HARD, PARTS

from rheobase.anatomy import (
    LowBack,
    LowerLeg,
    Neck,
    NervePath,
    Person,
    Thigh,
    UpperArm,
    sample_parts,
)
from rheobase.anatomy import check as checks
from rheobase.errors import ParameterError
from rheobase.field.dispersion import relative_dispersion
from rheobase.registry import get, members
from rheobase.tables import cite, row

each = pytest.mark.parametrize("kind", PARTS, ids=lambda k: k.__name__)


def inside(part, count=4000, seed=0):
    """Random points of the core."""
    rng = np.random.default_rng(seed)
    z = rng.uniform(*part.ends_mm, count)
    theta = rng.uniform(-np.pi, np.pi, count)
    r = part.fascia_mm(theta, z) * np.sqrt(rng.uniform(0, 0.998, count))
    return np.column_stack([r * np.cos(theta), r * np.sin(theta), z])


@each
def test_it_is_announced_and_cited(kind):
    names = {get("anatomies", n) for n in members("anatomies")}
    assert kind in names
    part = kind()
    assert {row(key).key for key in part.rows} == set(part.rows)
    assert "gordon2014" in {s.key for s in cite(part)}


@each
def test_its_main_girth_is_that_of_the_person_or_the_one_asked_for(kind):
    part = kind()
    frame = part.data["frame"]
    level = part.along_mm_of(frame["girth_share"])
    usual = part.named_girth_mm(frame["girth_of"])
    factor = part.girth_mm(level) / usual
    assert factor == pytest.approx(1.0, abs=0.01)
    asked = kind(main_girth_mm=1.05 * usual)
    assert asked.girth_mm(level) == pytest.approx(1.05 * usual * factor, rel=0.002)


@each
def test_fat_and_skin_are_as_thick_as_asked_for(kind):
    part = kind()
    limit = row(f"people.fat_{part.data['frame']['fat_of']}")
    fat_mm = float(np.clip(1.2 * part.person.fat_mm(part.data["frame"]["fat_of"]), limit["smallest_mm"], 20.0))
    made = kind(fat_mm=fat_mm, skin_mm=1.7)
    t, z = np.meshgrid(np.linspace(-3, 3, 24), np.linspace(*made.ends_mm, 15))
    skin, fat = made.thickness_mm(t, z)
    assert fat.min() < fat_mm < 1.001 * max(fat.max(), fat_mm)
    assert skin.min() > 0.3
    assert made.depth_mm(np.array([made.on_skin_mm(40.0, 0.0, 3.0)]))[0] == pytest.approx(3.0, abs=1e-6)
    assert made.layer_depth_mm("fat", 40.0, 0.0) == pytest.approx(
        float(made.thickness_mm(np.deg2rad([40.0]), np.zeros(1)).sum())
    )


@each
def test_skin_is_resolved_unless_lumped_is_asked_for(kind):
    sigma = {m: kind(skin_model=m).tissues[0].sigma_axial_S_per_m for m in ("resolved", "lumped")}
    assert sigma["resolved"] == row("tissues.dermis")["sigma_axial_S_per_m"]
    assert sigma["lumped"] < sigma["resolved"] / 50


def test_conductivities_may_be_given():
    leg = LowerLeg(fat_S_per_m=0.05, dermis_S_per_m=0.4, muscle_transverse_S_per_m=0.2, muscle_axial_S_per_m=0.7)
    by_name = {t.name: (t.sigma_transverse_S_per_m, t.sigma_axial_S_per_m) for t in leg.tissues}
    assert (by_name["fat"], by_name["skin"], by_name["muscle"]) == ((0.05, 0.05), (0.4, 0.4), (0.2, 0.7))


@each
def test_every_point_of_the_core_is_of_one_tissue(kind):
    part = kind()
    p = inside(part)
    labels = part.core_labels(p)
    assert labels.min() >= 0
    assert labels.max() < len(part.tissues)
    assert (part.labels_at(p) == labels).all()
    named = np.array(part.muscle_names_at(p))
    solid = {i.name for i in part.inclusions}
    assert set(named) <= set(part.muscles) | solid
    names = [t.name for t in part.tissues]
    for i in part.inclusions:
        mine = labels[named == i.name]
        assert set(mine) <= {names.index(i.tissue), names.index(i.core_tissue or i.tissue)}
    assert (labels == names.index("muscle")).mean() > 0.2


@each
def test_every_tissue_has_a_spectrum(kind):
    assert all(abs(relative_dispersion(t.name, 1e4)) > 0.9 for t in kind().tissues)


@each
def test_fibres_have_a_direction(kind):
    part = kind()
    p = inside(part, 500)
    way = part.core_directions(p, part.core_labels(p))
    assert np.allclose(np.linalg.norm(way, axis=1), 1.0)


def test_pennate_and_oblique_muscles_lean():
    thigh = Thigh()
    vastus = thigh.muscle("vastus_medialis")
    p = np.array([[40.0, -30.0, thigh.along_mm_of(0.3)]])
    assert np.rad2deg(np.arccos(vastus.fibres(p)[0, 2])) == pytest.approx(vastus.pennation_deg)
    assert vastus.fibres(p)[0, :2] @ p[0, :2] > 0
    with pytest.raises(ParameterError, match=r"no muscle 'vastus_medals' here\. Did you mean 'vastus_medialis'"):
        thigh.muscle("vastus_medals")


@each
def test_nerves_run_in_soft_tissue_without_corners(kind):
    part = kind()
    names = np.array([t.name for t in part.tissues])
    for nerve in part.nerves.values():
        p = np.array(nerve.points_mm)
        step = np.diff(p, axis=0)
        way = step / np.linalg.norm(step, axis=1)[:, None]
        turn = np.rad2deg(np.arccos(np.clip((way[1:] * way[:-1]).sum(axis=1), -1, 1)))
        assert turn.max() < 20.0, nerve.name
        met = set(names[part.labels_at(p)])
        if not row(nerve.rows[0]).get("through"):
            assert met & set(HARD) == set(), nerve.name


@each
def test_sites_and_motor_points_are_on_the_part_and_name_a_muscle(kind):
    part = kind()
    low, high = part.ends_mm
    for site in part.sites.values():
        assert low + 40.0 < site.along_mm < high - 40.0, site.name
        assert site.about
        x, y, z = part.on_skin_mm(site.around_deg, site.along_mm)
        assert np.hypot(x, y) == pytest.approx(
            float(part.outline_mm(np.array(np.deg2rad(site.around_deg)), np.array(z)))
        )
    assert {p.muscle for p in part.motor_points.values()} <= set(part.muscles)
    assert all(p.spread_mm > 0 and p.below_fascia_mm > 0 for p in part.motor_points.values())
    assert set(part.motor_points) <= set(part.sites)


def test_a_motor_point_lies_over_its_muscle():
    """The muscle under the point is the one it is named after."""
    for kind in (Thigh, LowerLeg, UpperArm):
        part = kind()
        for point in part.motor_points.values():
            depth = part.layer_depth_mm("fat", point.around_deg, point.along_mm) + point.below_fascia_mm
            here = part.muscle_names_at(np.array([part.on_skin_mm(point.around_deg, point.along_mm, depth)]))
            assert here == [point.muscle], point.name


def test_what_is_on_both_sides_is_symmetric():
    neck = Neck()
    left, right = (np.array(neck.nerve(f"vagus_{s}").points_mm) for s in ("left", "right"))
    assert np.allclose(left * [1, -1, 1], right, atol=1e-9)
    assert neck.site("trapezius_left").around_deg == -neck.site("trapezius_right").around_deg


@each
def test_the_same_part_is_made_once_and_equals_itself(kind):
    assert kind() == kind()
    assert hash(kind()) == hash(kind())
    assert kind().contents is kind().contents
    assert kind() != kind(skin_model="lumped")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"main_girth_mm": 900.0}, "main_girth_mm is 900 mm; a thigh has 442 to 795.6 mm (people of this build have"),
        ({"main_girth_mm": 100.0}, "main_girth_mm is 100 mm"),
        ({"fat_mm": 0.5}, "fat_mm is 0.5 mm; a thigh has 1.5 to 45 mm (that much has been measured here)."),
        ({"fat_mm": float("nan")}, "fat_mm is nan mm"),
        ({"skin_mm": 9.0}, "skin_mm is 9 mm; a thigh has 1.12 to 3.12 mm"),
        ({"skin_model": "lumpd"}, "skin_model is 'lumpd'. Did you mean 'lumped'?"),
        ({"fat_S_per_m": -0.1}, "fat_S_per_m is -0.1 S/m; a conductivity is above 0."),
        ({"muscle_axial_S_per_m": 0.0}, "muscle_axial_S_per_m is 0 S/m"),
    ],
)
def test_what_no_thigh_has_is_refused(given, said):
    with pytest.raises(ParameterError) as caught:
        Thigh(**given)
    assert said in str(caught.value)


def test_more_fat_than_the_girth_has_room_for_is_refused_with_advice():
    with pytest.raises(ParameterError) as caught:
        Thigh(main_girth_mm=450.0, fat_mm=35.0)
    assert "man, 175 cm, 25.0 kg/m2, girth 450 mm" in str(caught.value)
    assert "take a larger girth or less fat" in str(caught.value)


def test_no_flesh_left_is_refused():
    with pytest.raises(ParameterError, match=r"the fascia is .* mm from the axis; at least 15 mm are needed"):
        Thigh(main_girth_mm=442.0, fat_mm=45.0)


def test_a_clash_is_found(monkeypatch):
    """The checks themselves: a nerve drawn through the femur, and one out of the skin."""
    thigh = Thigh(fat_mm=9.0)
    z = np.linspace(-50.0, 50.0, 21)
    femur = next(i for i in thigh.inclusions if i.name == "femur")
    through = np.column_stack([femur.section(z)[0], z])
    beyond = np.array([thigh.on_skin_mm(80.0, at, 0.2) for at in z])
    for points, said in ((through, "the test nerve runs into femur"), (beyond, "comes into the skin")):
        nerve = NervePath(name="test", points_mm=tuple(map(tuple, points)), skin_depth_mm=1.0, around_deg=0.0,
                          rows=("thigh.nerve_saphenous",))  # fmt: skip

        class Stub:
            nerves = MappingProxyType({"test": nerve})
            inclusions = thigh.inclusions

        monkeypatch.setattr(checks, "contents_of", lambda part, stub=Stub: stub)
        with pytest.raises(ParameterError, match=said):
            checks._check_nerves(thigh)


def test_parts_of_many_people():
    legs = sample_parts(LowerLeg, 4, seed=2, sex="female", skin_model="lumped")
    assert len({leg.person for leg in legs}) == 4
    assert {leg.skin_model for leg in legs} == {"lumped"}
    assert legs == sample_parts(LowerLeg, 4, seed=2, sex="female", skin_model="lumped")


def test_parts_that_nobody_has_are_refused():
    with pytest.raises(ParameterError, match=r"Only 0 of 40 people drawn can have this Thigh; the last was refused"):
        sample_parts(Thigh, 2, seed=1, main_girth_mm=100.0)


def test_default_people_differ_by_sex():
    man, woman = LowBack(), LowBack(person=Person(sex="female"))
    assert woman.length_mm < man.length_mm
    assert woman.layer_depth_mm("fat", 156.0, 0.0) > man.layer_depth_mm("fat", 156.0, 0.0)
