"""Courses of cutaneous and motor branches."""

from __future__ import annotations

import numpy as np
import pytest

from rheobase.anatomy import (
    MOTOR_COURSES,
    Forearm,
    course_points_mm,
    cutaneous_course,
    cutaneous_courses,
    fascia_depth_mm,
    motor_course,
)
from rheobase.errors import ParameterError


@pytest.mark.parametrize("fat_mm", [2.0, 5.0, 12.0])
@pytest.mark.parametrize("course", sorted(cutaneous_courses()))
def test_a_cutaneous_branch_ends_at_its_depth_and_runs_off_under_the_fat(course, fat_mm):
    arm = Forearm(fat_mm=fat_mm)
    points = course_points_mm(arm, cutaneous_course(arm, course, ending_mm=1.0, along_mm=45.0), 30.0)
    depth = arm.radius_mm - np.hypot(points[:, 0], points[:, 1])
    assert depth[0] == pytest.approx(1.0)
    assert depth[-1] == depth[-2] == pytest.approx(fascia_depth_mm(arm) - 0.3)
    assert points[-1, 2] == 185.0
    assert (np.diff(points[:, 2]) >= 0).all(), "always towards the trunk of the body"
    assert np.rad2deg(np.arctan2(points[:, 1], points[:, 0])) == pytest.approx(30.0)


@pytest.mark.parametrize(("course", "slope_deg"), [("vertical", 90.0), ("oblique_45", 45.0), ("oblique_25", 25.0)])
def test_the_slope_of_the_rise(course, slope_deg):
    (e, z0), (under, z1), _ = cutaneous_course(Forearm(), course, ending_mm=1.0, along_mm=10.0)
    assert np.rad2deg(np.arctan2(under - e, z1 - z0)) == pytest.approx(slope_deg)


def test_a_dermal_run_ends_distal_of_its_rise():
    run = cutaneous_course(Forearm(), "dermal_run", ending_mm=1.0, along_mm=45.0, leave_mm=100.0)
    assert run == ((1.0, 42.0), (1.0, 45.0), (6.2, 45.0), (6.2, 100.0))


@pytest.mark.parametrize("fat_mm", [2.0, 5.0, 12.0])
@pytest.mark.parametrize("course", MOTOR_COURSES)
def test_motor_depth_is_stored_below_the_fascia(course, fat_mm):
    arm = Forearm(fat_mm=fat_mm)
    (e, z), (trunk, _), (leave, end) = motor_course(arm, course, below_fascia_mm=8.5, along_mm=45.0)
    assert (e, z) == (pytest.approx(arm.fascia_depth_mm + 8.5), 45.0)
    assert trunk == leave
    assert end == 185.0
    assert arm.fascia_depth_mm < trunk < arm.radius_mm - 10.0
    assert (trunk < e) is (course == "descending_45")


def test_motor_trunks_stop_short_of_bone_and_fascia():
    thin = Forearm(radius_mm=25.0, fat_mm=5.0)
    assert motor_course(thin, "rising_45", below_fascia_mm=5.0, along_mm=0.0)[1][0] == 14.0  # 1 mm above the bone
    assert motor_course(Forearm(), "descending_45", below_fascia_mm=3.5, along_mm=0.0)[1][0] == pytest.approx(7.1)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (
            lambda arm: cutaneous_course(arm, "verticl", ending_mm=1.0, along_mm=0.0),
            "There is no cutaneous course 'verticl'. Did you mean 'vertical'?",
        ),
        (
            lambda arm: cutaneous_course(arm, "vertical", ending_mm=7.0, along_mm=0.0),
            "ending_mm is 7 mm; a cutaneous ending lies between 0 and 6.2 mm below the skin here.",
        ),
        (
            lambda arm: cutaneous_course(arm, "vertical", ending_mm=0.0, along_mm=0.0),
            "ending_mm is 0 mm; a cutaneous ending lies between 0 and 6.2 mm",
        ),
        (
            lambda arm: motor_course(arm, "rising", below_fascia_mm=3.0, along_mm=0.0),
            "There is no motor course 'rising'. Did you mean 'rising_90'?",
        ),
        (
            lambda arm: motor_course(arm, "rising_45", below_fascia_mm=30.0, along_mm=0.0),
            "below_fascia_mm is 30 mm; the muscle is 22.5 mm thick here. Choose an ending between fascia and bone.",
        ),
        (lambda arm: motor_course(arm, "rising_45", below_fascia_mm=0.0, along_mm=0.0), "below_fascia_mm is 0 mm"),
        (
            lambda arm: motor_course(arm, "descending_45", below_fascia_mm=0.3, along_mm=0.0),
            "below_fascia_mm is 0.3 mm; a branch that comes down must end more than 0.6 mm below the fascia.",
        ),
    ],
)
def test_a_course_that_cannot_be(made, said):
    with pytest.raises(ParameterError) as caught:
        made(Forearm())
    assert said in str(caught.value)
