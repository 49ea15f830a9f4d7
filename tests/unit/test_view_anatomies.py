"""Every body part solves with its usual pads at a coarse setting, and its picture is made."""

from __future__ import annotations

import numpy as np
import pytest

from rheobase.anatomy import BodyPart, Spine
from rheobase.errors import ParameterError
from rheobase.field import solve_field
from rheobase.montage import usual_montage
from rheobase.registry import get, members
from rheobase.report.view.raster import draw, frame_of
from rheobase.report.view.scene import build_scene
from rheobase.scenario.view import view_names

NAMES = tuple(n for n in members("anatomies") if not issubclass(get("anatomies", n), Spine))


@pytest.mark.parametrize("name", NAMES)
def test_a_body_part_solves_and_is_drawn(name):
    part: BodyPart = get("anatomies", name)()
    field = solve_field(part, usual_montage(part), "grid", cell_mm=4.0)
    assert 20.0 < field.resistance_ohm < 10_000.0
    scene = build_scene(field, title=name)
    active = max(field.montage.pads, key=lambda p: p.share)  # type: ignore[union-attr]
    assert any(lab.text == f"{active.name.replace('_', ' ')}: cathode −" for lab in scene.labels)
    assert {m.colour for m in scene.meshes} >= {"skin", "fat", "muscle", "pad", "drive", "line"}
    assert {"above", "below"} == {s.mesh.colour for s in scene.shells}
    drive = next(d for d in scene.drives if d.name == scene.focus)
    best = drive.points_mm[np.argmax(drive.activating_mV_per_mm2_per_mA)]
    pad = np.array(part.on_skin_mm(active.around_deg, active.along_mm))
    assert np.linalg.norm(best - pad) < 120.0, "driven near the cathode"
    picture = draw(scene, frame_of(scene, 200, tallest_relative=1.0), finer=1)
    shown = picture[..., 3] > 0
    assert 0.15 < shown.mean() < 0.9
    assert len(np.unique(picture[shown][:, :3] // 16, axis=0)) > 40, "many colours: more than one tissue is seen"


def test_everything_there_is_has_a_name_in_the_gallery():
    assert set(view_names()) == {*members("anatomies"), "nerve_in_cuff", "spine"}


def test_a_part_without_usual_pads_says_so():
    with pytest.raises(ParameterError, match="A Spine has no usual montage"):
        usual_montage(Spine())
