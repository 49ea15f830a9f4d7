"""The scene of a view: where it is cut, what the surfaces enclose, and what nerves and lines say."""

from __future__ import annotations

import numpy as np
import pytest
from view_cases import CURVATURE, Stump, known_field, montage, potential, stump_scene

from rheobase.anatomy import Forearm
from rheobase.errors import ParameterError
from rheobase.report.view import words
from rheobase.report.view.cut import choose_cut, focus_nerve
from rheobase.report.view.lines import line_levels, nice_step
from rheobase.report.view.mesh import sheet_mesh, tube_mesh
from rheobase.report.view.nerves import drive_of
from rheobase.report.view.net import surface_net
from rheobase.report.view.scene import build_scene
from rheobase.report.view.seen import seen
from rheobase.report.view.solids import solids

SCENE = stump_scene()
PART = Stump()


def meshes(start: str) -> list:
    return [m for m in SCENE.meshes if m.name.startswith(start)]


def area_mm2(mesh) -> float:
    a, b, c = (mesh.points_mm[mesh.triangles[:, i]] for i in range(3))
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)


def in_wedge(points, slack_rad=0.02):
    t = SCENE.cut.t_rad(np.arctan2(points[:, 1], points[:, 0]))
    return (t > slack_rad) & (t < SCENE.cut.wedge_rad - slack_rad) & (np.hypot(points[:, 0], points[:, 1]) > 1e-6)


def test_the_cut_halves_the_active_pad_and_shows_a_little_beyond_the_pads():
    cut = SCENE.cut
    assert cut.from_rad == 0.0
    assert cut.turn == 1
    assert cut.low_mm == pytest.approx(-55.0 - 1.4 * cut.radius_mm)
    assert cut.high_mm == pytest.approx(55.0 + 1.4 * cut.radius_mm)
    assert PART.ends_mm[0] <= cut.low_mm < cut.high_mm <= PART.ends_mm[1]


def test_the_cut_turns_away_from_other_pads():
    pads = montage()
    beside = type(pads)(pads=(pads.pads[0], type(pads.pads[1])(name="b", width_mm=30, length_mm=30, along_mm=40.0,
                                                                 around_deg=75.0, share=-1.0)))  # fmt: skip
    assert choose_cut(PART, beside.pads, None).turn == -1
    assert choose_cut(PART, pads.pads, None).turn == 1


def test_the_nerve_in_question_is_the_one_named_or_the_nearest():
    far_pads = montage(around_deg=180.0)
    nearest = focus_nerve(PART, far_pads.pads)
    assert nearest is not None
    assert nearest.name == "far"
    assert focus_nerve(PART, far_pads.pads, "near").name == "near"  # type: ignore[union-attr]
    with pytest.raises(ParameterError, match=r"no nerve 'nera'\. Did you mean 'near'"):
        build_scene(known_field(), title="t", over="nera")


def test_nothing_but_bones_nerves_and_outlines_stands_in_the_wedge():
    for mesh in SCENE.meshes:
        if mesh.name in ("bone", "pad outlines") or mesh.colour in ("drive", "line"):
            continue
        assert not in_wedge(mesh.points_mm).any(), mesh.name
    (bone,) = meshes("bone")
    assert in_wedge(bone.points_mm).any()


def test_every_layer_stands_back_from_the_one_below():
    bare = [m for m in SCENE.meshes if m.name.startswith("surface of")]
    assert [m.colour for m in bare] == ["skin", "fat", "muscle"]
    first = [SCENE.cut.t_rad(np.arctan2(m.points_mm[:, 1], m.points_mm[:, 0]) - 1e-9).min() for m in bare]
    assert first[0] > first[1] > first[2] == pytest.approx(SCENE.cut.wedge_rad, abs=1e-6)


def test_the_skin_lies_on_the_outline_and_layers_at_their_depth():
    for border, name in enumerate(("skin", "fat", "muscle")):
        (mesh,) = meshes(f"surface of {name}")
        p = mesh.points_mm
        there = PART.borders_mm(np.arctan2(p[:, 1], p[:, 0]), p[:, 2])[border]
        np.testing.assert_allclose(np.hypot(p[:, 0], p[:, 1]), there, rtol=1e-9)


def test_the_first_face_has_the_area_of_the_half_section():
    face = next(m for m in SCENE.meshes if m.texture_index == 0)
    z = np.linspace(SCENE.cut.low_mm, SCENE.cut.high_mm, 2001)
    expected = np.trapezoid(PART.borders_mm(np.zeros_like(z), z)[-1], z)
    assert area_mm2(face) == pytest.approx(expected, rel=1e-4)


def test_the_textures_show_the_tissues_where_they_are():
    end = SCENE.textures[-1]
    start, turn = SCENE.cut.wedge_rad, 2 * np.pi
    rows, columns = end.pixels.shape
    for i, j in ((10, 40), (100, 300), (80, 480), (250, 100)):
        theta = SCENE.cut.theta_rad(start + (j + 0.5) / columns * (turn - start))
        edge = PART.borders_mm(theta, np.array(SCENE.cut.high_mm))[-1]
        r = (i + 0.5) / rows * edge
        label = PART.labels_at(np.array([[r * np.cos(theta), r * np.sin(theta), SCENE.cut.high_mm]]))[0]
        assert end.names[end.pixels[i, j]] == PART.tissues[label].name


def test_bones_have_the_size_and_place_of_the_bone():
    bone = next(m for m in solids(PART, SCENE.cut) if m.name == "bone")
    away = np.hypot(bone.points_mm[:, 0] - 6.0, bone.points_mm[:, 1] - 8.0)
    side = np.abs(bone.points_mm[:, 2]) < 90.0
    assert away[side].mean() == pytest.approx(9.0, abs=0.25)
    assert away[side].std() < 0.2
    out = (bone.points_mm[side, :2] - [6.0, 8.0]) / away[side][:, None]
    assert np.abs((bone.normals[side, :2] * out).sum(axis=1)).min() > 0.97


def test_a_surface_net_closes_around_a_ball():
    x = np.mgrid[-6:7, -6:7, -6:7]
    points, squares = surface_net(np.clip(0.5 + 4.3 - np.sqrt((x**2).sum(axis=0)), 0, 1))
    assert np.linalg.norm(points - 6, axis=1) == pytest.approx(4.3, abs=0.25)
    sides = np.sort(np.concatenate([squares[:, [i, (i + 1) % 4]] for i in range(4)]), axis=1)
    _, times = np.unique(sides, axis=0, return_counts=True)
    assert (times == 2).all(), "every side of a square belongs to two squares"


def test_the_activating_function_is_the_second_derivative_with_the_sign_of_the_leading_phase():
    for sign in (1.0, -1.0):
        drive = drive_of(seen(known_field()), PART.nerve("near"), SCENE.cut, sign)
        assert drive is not None
        np.testing.assert_allclose(drive.activating_mV_per_mm2_per_mA, -sign * CURVATURE, rtol=1e-6)
        np.testing.assert_allclose(drive.potential_mV_per_mA, sign * potential(drive.points_mm), rtol=1e-9)
    assert SCENE.scale_mV_per_mm2_per_mA == pytest.approx(CURVATURE, rel=1e-6)
    tube = next(m for m in SCENE.meshes if m.name == "nerve near")
    assert tube.drive_relative is not None
    assert tube.drive_relative == pytest.approx(1.0, abs=1e-6), "depolarised everywhere by a cathode with this field"


def test_a_nerve_outside_the_stretch_is_left_out():
    nerve = PART.nerve("near")
    away = type(nerve)(name="up", points_mm=((24, 0, 140.0), (24, 0, 158.0)), skin_depth_mm=16, around_deg=0)
    assert drive_of(seen(known_field()), away, SCENE.cut, -1.0) is None


def test_isopotentials_lie_at_their_potential_on_the_faces():
    lines = meshes("isopotentials")
    assert {m.name.split()[1] for m in lines} == {"above", "below", "zero"}
    step, lift = SCENE.step_mV_per_mA, 0.006 * SCENE.cut.radius_mm
    for mesh in lines:
        v = -potential(mesh.points_mm)
        # a line is lifted off its face and has a width: its potential may differ by as much as these move it
        slope = np.hypot(0.06, CURVATURE * np.abs(mesh.points_mm[:, 2]))
        assert (np.abs(v - step * np.round(v / step)) <= slope * (2 * lift + 0.5) + 0.03 * step).all(), mesh.name
        if "above" in mesh.name:
            assert v.min() > 0
        if "below" in mesh.name:
            assert v.max() < 0


def test_lines_near_a_pad_are_fewer_than_steps():
    levels = line_levels(-1000.0, 30.0, 5.0)
    assert np.diff(levels).max() == 100.0
    assert set(np.arange(-50.0, 31.0, 5.0)) <= set(levels)
    assert line_levels(0.2, 0.4, 1.0).size == 0


def test_surfaces_lie_at_their_potential_and_reach_from_skin_to_skin():
    assert len(SCENE.shells) > 3
    for shell in SCENE.shells:
        v = -potential(shell.mesh.points_mm)
        # corners are means of crossings that lie within a cell of one another
        assert np.abs(v - shell.level_mV_per_mA).mean() < 0.04 * abs(shell.level_mV_per_mA) + 0.05
        assert shell.mesh.colour == ("above" if shell.level_mV_per_mA > 0 else "below")
        p = shell.mesh.points_mm
        assert (np.hypot(p[:, 0], p[:, 1]) <= PART.outline_mm(np.arctan2(p[:, 1], p[:, 0]), p[:, 2]) + 1e-6).all()

    everywhere = np.concatenate([shell.mesh.points_mm for shell in SCENE.shells])
    assert np.unique(np.floor(np.arctan2(everywhere[:, 1], everywhere[:, 0]) / 0.5)).size == 14, "whole, in the cut too"


def test_words_tell_levels_at_the_amplitude():
    scene = build_scene(known_field(), title="t", over="near", amplitude_mA=12.0)
    step = scene.step_mV_per_mA
    assert f"at 12 mA every {12 * step:g} mV" in words.caption(scene)
    assert "mA every" not in words.caption(SCENE)


def test_steps_are_round():
    assert [nice_step(np.array([-x, x]), 10) for x in (5.0, 13.0, 0.021)] == [1.0, 2.0, 0.005]


@pytest.mark.parametrize("shape", ["rectangle", "round"])
def test_pads_are_halved_by_the_wedge_and_outlined_whole(shape):
    from rheobase.report.view.pads import slabs

    pads = montage(shape)
    *slab, rims = slabs(PART, pads.pads, SCENE.cut)
    assert [s.name for s in slab] == ["pad upper", "pad lower"]
    for mesh, pad in zip(slab, pads.pads, strict=True):
        top = np.hypot(mesh.points_mm[:, 0], mesh.points_mm[:, 1])
        assert top.min() > 38.0
        sides = np.arctan2(mesh.points_mm[:, 1], mesh.points_mm[:, 0])
        assert sides.max() < 1e-3, "the half above the wedge is gone"
        assert sides.min() * 42.0 == pytest.approx(-20.0, rel=0.1)
        assert np.ptp(mesh.points_mm[:, 2]) == pytest.approx(pad.extent_mm, rel=0.02)
    assert np.arctan2(rims.points_mm[:, 1], rims.points_mm[:, 0]).max() * 42.0 == pytest.approx(20.0, rel=0.1)


def test_meshes_are_sound():
    for mesh in SCENE.meshes:
        assert mesh.triangles.min() >= 0
        assert mesh.triangles.max() < len(mesh.points_mm), mesh.name
        assert np.isfinite(mesh.points_mm).all()
        np.testing.assert_allclose(np.linalg.norm(mesh.normals, axis=1), 1.0, atol=1e-6, err_msg=mesh.name)
    names = [word for word, _ in SCENE.tissues]
    assert names == ["skin", "fat", "muscle", "bone", "marrow"]


def test_a_tube_has_its_radius_and_a_sheet_its_area():
    way = np.array([[0.0, 0.0, z] for z in np.linspace(0, 20, 11)])
    tube = tube_mesh("t", "drive", way, 2.0, sides=64)
    assert area_mm2(tube) == pytest.approx(2 * np.pi * 2 * 20 + 2 * np.pi * 4, rel=0.01)
    flat = np.stack(np.meshgrid(np.arange(4.0), np.arange(3.0), [0.0]), axis=-1)[:, :, 0]
    assert area_mm2(sheet_mesh("s", "skin", flat)) == pytest.approx(6.0)


def test_the_views_are_rotations():
    for view in SCENE.views.values():
        np.testing.assert_allclose(view @ view.T, np.eye(3), atol=1e-12)
        assert np.linalg.det(view) == pytest.approx(1.0)
    right, _, toward = SCENE.views["front"]
    np.testing.assert_allclose(toward, [1, 0, 0], atol=1e-12)
    np.testing.assert_allclose(right, [0, 0, 1], atol=1e-12)


def test_words_tell_the_numbers_of_the_scene():
    assert "near nerve" in words.answer(SCENE)
    assert "0.004 mV/mm² for each mA" in words.answer(SCENE)
    for text in ("skin, fat", "cathode −", "anode +", "near, far"):
        assert text in words.alternative(SCENE)
    for table in (words.summary_table, words.nerve_table, words.pad_table, words.tissue_table):
        head, body = table(SCENE)
        assert body
        assert all(len(row) == len(head) for row in body)
    assert ("skin", 0.2, 0.2, 2.0) in words.tissue_table(SCENE)[1]


def test_a_limb_of_concentric_layers_is_cut_to_its_muscle_only():
    from rheobase.montage import pad_pair

    arm = Forearm()
    assert choose_cut(arm, pad_pair(arm).pads, arm.nerve("median")).layers == ("skin", "fat")
