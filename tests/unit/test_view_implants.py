"""Implants in the view: what is shown of the volume, where there is no potential, and what is named."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from rheobase.errors import ParameterError
from rheobase.field import Field
from rheobase.report import view_html
from rheobase.report.view import words
from rheobase.report.view.scene import build_scene
from rheobase.report.view.seen import seen
from rheobase.report.view.stretch import Stretch
from rheobase.scenario.implants import cuff_on_nerve, lead_in_canal


def known(made):
    """A potential that is known without solving, and refused inside electrodes as the solver does."""

    def drive(points_mm):
        if stretch.in_electrode(points_mm).any():
            raise ParameterError("inside an electrode")
        x, y, z = np.asarray(points_mm).T
        return 100.0 / np.hypot(np.hypot(x, y - 9.0), z - 2.0 + 0 * z)

    field = cast(Field, SimpleNamespace(anatomy=made.volume, montage=made.montage, drive_V_per_A=drive))
    stretch = seen(field).part
    return field, stretch


@pytest.mark.parametrize("make", [lead_in_canal, cuff_on_nerve])
def test_an_implant_is_drawn_with_its_contacts_and_no_potential_inside_it(make):
    made = make()
    field, stretch = known(made)
    assert isinstance(stretch, Stretch)
    scene = build_scene(field, title=made.title, over=made.over)
    texts = {lab.text for lab in scene.labels}
    active = max(made.montage.contacts, key=lambda c: c.share).name
    assert f"{active}: cathode −" in texts
    assert scene.focus == made.over
    for mesh in scene.meshes:
        assert np.isfinite(mesh.points_mm).all(), mesh.name
        assert mesh.triangles.max() < len(mesh.points_mm), mesh.name
    colours = {mesh.colour for mesh in scene.meshes}
    assert {"insulation", "pad", "drive"} <= colours
    assert "below the skin" not in words.answer(scene)
    assert words.pad_table(scene)[1][0][0] in {c.name for c in made.montage.contacts}
    page = view_html(scene, still_png=b"", disclaimer="")
    assert len(page.encode()) < 2_800_000
    assert words.alternative(scene).count("cathode") == 1


def test_the_canal_is_shown_to_the_outside_of_its_bone():
    field, stretch = known(lead_in_canal())
    names = [t.name for t in stretch.tissues]
    t = np.linspace(0.0, 2 * np.pi, 90)
    ring = 1.02 * stretch.radius_mm * np.column_stack([np.cos(t), np.sin(t), 0 * t])
    assert {names[i] for i in stretch.volume.labels_at(ring)} == {"muscle"}
    inside = stretch.volume.labels_at(ring * 0.9 / 1.02)
    assert "cortical_bone" in {names[i] for i in inside}
    low, high = stretch.ends_mm
    assert (low, high) == pytest.approx(stretch.volume.along_mm, rel=0.03)
    assert build_scene(field, title="t").cut.ends == ("feet", "head")


def test_fascicles_have_their_true_size():
    _, stretch = known(cuff_on_nerve())
    assert stretch.circles_mm["fascicle 1"] == stretch.volume.trunk.fascicles[0].diameter_mm / 2


def test_what_cannot_be_cut_open_is_refused():
    field = cast(Field, SimpleNamespace(anatomy=lead_in_canal().volume, montage=SimpleNamespace()))
    with pytest.raises(ParameterError, match="view: a SpineSolids with a SimpleNamespace cannot be cut open"):
        seen(field)
