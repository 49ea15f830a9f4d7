"""Depths of nerves and spaces in the reference people against measured ones: mean within one SD of people.

None of these was tuned to the mean: courses are drawn by share of the section, so what is checked is whether share,
girth and fat together give a depth that people have.
"""

from __future__ import annotations

import numpy as np
import pytest

from rheobase.anatomy import LowBack, LowerLeg, Neck, Person, Shoulder, Thigh

MAN, WOMAN = Person(sex="male"), Person(sex="female")


def depth_mm(part, nerve, share):
    p = np.array(part.nerve(nerve).points_mm)
    at = np.argmin(np.abs(p[:, 2] - part.along_mm_of(share)))
    return float(part.depth_mm(p[at : at + 1])[0])


@pytest.mark.parametrize("person", [MAN, WOMAN], ids=["man", "woman"])
def test_sciatic_nerve_below_the_gluteal_fold(person):
    """65.1 +- 14.6 mm by magnetic resonance imaging in 100 people (Reg Anesth Pain Med 2006)."""
    assert depth_mm(Thigh(person=person), "sciatic_tibial", 0.80) == pytest.approx(65.1, abs=14.6)


@pytest.mark.parametrize("person", [MAN, WOMAN], ids=["man", "woman"])
def test_sciatic_nerve_where_it_divides(person):
    """17.2 +- 5.4 mm deep, 54 mm above the popliteal crease, 110 limbs (KUMJ 2020)."""
    assert depth_mm(Thigh(person=person), "sciatic_tibial", 0.13) == pytest.approx(17.2, abs=5.4)


@pytest.mark.parametrize(("person", "measured"), [(MAN, 8.6), (WOMAN, 9.4)], ids=["man", "woman"])
def test_tibial_nerve_behind_the_malleolus(person, measured):
    """8.6 and 9.4 mm in 100 volunteers; the range 6 to 13 mm is an assumption, so 3 mm are allowed."""
    assert depth_mm(LowerLeg(person=person), "tibial", 0.02) == pytest.approx(measured, abs=3.0)


def test_vagus_nerve():
    """36.2 +- 9.4 mm below the skin, 34.5 +- 6.2 mm from the midline, 27 cadavers (Hammer 2018)."""
    neck = Neck(person=MAN)
    p = np.array(neck.nerve("vagus_left").points_mm)
    at = np.argmin(np.abs(p[:, 2] - neck.along_mm_of(0.3)))
    assert float(neck.depth_mm(p[at : at + 1])[0]) == pytest.approx(36.2, abs=9.4)
    # in life the nerve is nearer to the midline than the cadavers' 34.5 mm: within two of their SD
    assert p[at, 1] == pytest.approx(34.5, abs=2 * 6.2)


def test_axillary_nerve_below_the_acromion():
    """53 to 58 mm below the edge of the acromion in 70 shoulders (Samart 2014), on the deep side of the deltoid."""
    shoulder = Shoulder(person=MAN)
    p = np.array(shoulder.nerve("axillary").points_mm)
    outer = p[np.argmax(p[:, 1])]
    assert 50.0 < shoulder.along_mm_of(1.0) - outer[2] < 62.0


@pytest.mark.parametrize(
    ("sex", "slope", "start"), [("male", 0.89, 23.1), ("female", 0.41, 31.6)], ids=["man", "woman"]
)
@pytest.mark.parametrize("bmi", [20.0, 25.0, 30.0])
def test_epidural_space_of_the_low_back(sex, slope, start, bmi):
    """Skin to epidural space at L3-4 by body mass index (So 1997, r2 0.52 and 0.35); SD of people 7 mm (Cha 2011)."""
    back = LowBack(person=Person(sex=sex, bmi_kg_per_m2=bmi))
    canal = next(i for i in back.inclusions if i.name == "canal")
    z = back.along_mm_of(0.17)
    ring = canal.outline_mm(z)
    rear = ring[np.argmin(ring[:, 0])]
    depth = float(back.depth_mm(np.array([[rear[0], 0.0, z]]))[0])
    assert depth == pytest.approx(slope * bmi + start, abs=7.0)


def test_fat_over_the_quadriceps():
    """7 to 10 mm with SD 3 to 5 at the motor points of 53 men and women (Botter 2011)."""
    over = [
        np.mean([t.thickness_mm(np.deg2rad(p.around_deg), np.array(p.along_mm))[1]])
        for t in (Thigh(person=MAN), Thigh(person=WOMAN))
        for p in (t.motor_points[n] for n in ("vastus_lateralis", "rectus_femoris", "vastus_medialis"))
    ]
    assert np.mean(over) == pytest.approx(8.5, abs=2.5)
