"""Fibres turn smoothly from one muscle to the next."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rheobase.anatomy import LowerLeg, Thigh
from rheobase.anatomy.muscle import Muscle, fibres_of


def muscle(x_mm: float, turn_deg: float) -> Muscle:
    seed = np.zeros((1, 2, 2))
    seed[..., 0] = x_mm
    return Muscle(
        name="m", plain="m", tissue="muscle", nerve="", along_mm=np.array([0.0, 9.0]), seed_mm=seed,
        size_mm=np.full((1, 2), 5.0), fibre_turn_deg=turn_deg, pennation_deg=0.0,
    )  # fmt: skip


def test_fibres_are_those_of_the_muscle_away_from_septa_and_the_mean_on_them():
    pair = [muscle(-12.5, 20.0), muscle(12.5, -20.0)]
    x = np.array([-15.0, 0.0, 15.0])
    points = np.column_stack([x, np.full(3, 1e-9), np.full(3, 4.0)])
    got = fibres_of(pair, points)
    np.testing.assert_allclose(got[0], pair[0].fibres(points[:1])[0], atol=1e-3)
    np.testing.assert_allclose(got[2], pair[1].fibres(points[2:])[0], atol=1e-3)
    both = pair[0].fibres(points[1:2])[0] + pair[1].fibres(points[1:2])[0]
    np.testing.assert_allclose(got[1], both / np.linalg.norm(both), atol=1e-12)


def test_where_every_muscle_is_absent_fibres_run_along_the_axis():
    away = muscle(0.0, 20.0)
    gone = replace(away, size_mm=np.zeros((1, 2)))
    assert fibres_of([gone], np.ones((2, 3))).tolist() == [[0.0, 0.0, 1.0]] * 2


@pytest.mark.parametrize("kind", [Thigh, LowerLeg])
def test_directions_do_not_jump(kind):
    part = kind()
    low, high = part.ends_mm
    t = np.linspace(0.0, 2 * np.pi, 4000)
    r = 0.7 * part.borders_mm(t, np.full(t.size, (low + high) / 2))[-1]
    points = np.column_stack([r * np.cos(t), r * np.sin(t), np.full(t.size, (low + high) / 2)])
    u = part.core_directions(points, part.core_labels(points))
    np.testing.assert_allclose(np.linalg.norm(u, axis=1), 1.0)
    turn_deg = np.rad2deg(np.arccos(np.clip((u[1:] * u[:-1]).sum(axis=1), -1, 1)))
    step_mm = np.linalg.norm(np.diff(points, axis=0), axis=1)
    assert (turn_deg / step_mm).max() < 25.0, "a jump between muscles would be 10 deg and more within 0.1 mm"
