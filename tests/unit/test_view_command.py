"""``rheobase view``: what it writes, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from view_cases import known_field, stump_scene

from rheobase.cli import main
from rheobase.errors import ParameterError, ScenarioError
from rheobase.scenario import view
from rheobase.scenario.view import view_scene


@pytest.fixture
def work(tmp_path, monkeypatch):
    monkeypatch.setenv("RHEOBASE_CACHE_DIR", str(tmp_path / "cache"))
    here = tmp_path / "work"
    here.mkdir()
    monkeypatch.chdir(here)
    return here


@pytest.fixture
def drawn(work, monkeypatch):
    """The verb with a scene at hand, so that only the writing is tried."""
    asked = []

    def scene(what, overrides=None, *, progress=None, use_cache=True):
        asked.append((what, dict(overrides or {}), use_cache))
        if progress:
            progress("the scene", 0.5)
        return stump_scene()

    monkeypatch.setattr(view, "view_scene", scene)
    return asked


def test_it_writes_a_page_and_a_still(drawn, capsys):
    assert main(["view", "thigh", "--set", "fat_mm=20", "--no-cache"]) == 0
    captured = capsys.readouterr()
    folder = Path("rheobase-out") / "thigh"
    assert captured.out.splitlines() == [f"Written to {folder}: view.html, view.png"]
    assert captured.err == ""
    assert drawn == [("thigh", {"fat_mm": 20}, False)]
    assert sorted(p.name for p in folder.iterdir()) == ["view.html", "view.png"]
    assert (folder / "view.png").read_bytes().startswith(b"\x89PNG")
    assert (folder / "view.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_the_gallery_draws_every_body_part(drawn, monkeypatch, capsys):
    monkeypatch.setattr(view, "view_names", lambda: ("forearm", "thigh"))
    monkeypatch.setattr("rheobase.report.view_png", lambda scene: b"still of " + scene.title.encode())
    monkeypatch.setattr("rheobase.report.view_html", lambda scene, **given: f"page with {given['still_png']!r}")
    assert main(["view", "--gallery", "--out", "all"]) == 0
    assert sorted(p.name for p in Path("all").iterdir()) == [
        "forearm.html", "forearm.png", "index.html", "thigh.html", "thigh.png",
    ]  # fmt: skip
    assert [what for what, _, _ in drawn] == ["forearm", "thigh"]
    assert Path("all", "thigh.png").read_bytes() == b"still of A stump <&>"
    assert "still of" in Path("all", "thigh.html").read_text(encoding="utf-8")


def test_small_pictures_are_small_and_nothing_else_is_written(drawn, monkeypatch):
    monkeypatch.setattr(view, "view_names", lambda: ("forearm", "thigh"))
    assert main(["view", "--gallery", "--small", "--out", "few"]) == 0
    assert sorted(p.name for p in Path("few").iterdir()) == ["forearm.png", "thigh.png"]
    assert Path("few", "thigh.png").stat().st_size < 90_000


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "name what to draw, such as 'rheobase view tens-forearm'"),
        (["thigh", "--gallery"], "or give --gallery alone"),
        (["thigh", "--small"], "--small is for --gallery"),
        (["--gallery", "--set", "fat_mm=3"], "--set cannot be given with --gallery"),
        (["tens-forarm"], "There is no scenario or body part 'tens-forarm'. Did you mean 'tens-forearm'?"),
        (["fes-dropfoot"], "The scenario 'fes-dropfoot' (fes) has no pads on a body part"),
        (["ems-quadriceps", "--set", "muscle.recruitment=published_curve"], "(ems) has no pads on a body part"),
        (["none.toml"], "There is no file 'none.toml'."),
        (["tens-forearm", "--set", "pads.widht_mm=3"], "Did you mean 'width_mm'?"),
        (["forearm", "--set", "fatt_mm=3"], "A forearm has no parameter 'fatt_mm'. Did you mean 'fat_mm'?"),
        (["forearm", "--set", "fat_mm=90"], "fat_mm is 90 mm"),
        (["tens-forearm", "--set", "pads.width_mm=260"], "the limb has a girth of 251 mm"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_a_line_and_leaves_nothing(work, words, said, capsys):
    assert main(["view", *words]) == 1
    captured = capsys.readouterr()
    assert said in captured.err
    assert all(line.startswith("rheobase: ") for line in captured.err.splitlines())
    assert captured.out == ""
    assert list(work.iterdir()) == []


def test_a_scenario_without_pads_is_refused(work, monkeypatch):
    class Walk:
        name, modality = "walk", "fes"

    monkeypatch.setattr(view, "load_scenario", lambda what, overrides: Walk())
    with pytest.raises(ScenarioError, match=r"'walk' \(fes\) has no pads on a body part.*forearm"):
        view_scene("walk.toml")


def test_a_scenario_gives_its_nerve_its_title_and_the_sign_of_its_leading_phase(work, monkeypatch):
    solved = []

    def field(part, montage, method, *, use):
        solved.append((type(part).__name__, method, use))
        return known_field(montage)

    made = {}
    monkeypatch.setattr(view, "cached_field", field)
    monkeypatch.setattr(view, "build_scene", lambda field, **given: made.update(given))
    view_scene("tens-forearm", {"pads.over": "ulnar"}, use_cache=False)
    assert solved == [("Forearm", "grid", False)]
    assert (made["over"], made["leading_sign"]) == ("ulnar", -1.0)
    assert made["title"].startswith("Two 5 x 5 cm pads")
    view_scene("tens-forearm", {"pulse.leading": "anodic"})
    assert made["leading_sign"] == 1.0


def test_a_body_part_is_made_for_its_parameters(work, monkeypatch):
    monkeypatch.setattr(view, "cached_field", lambda part, montage, method, *, use: (part, montage))
    monkeypatch.setattr(view, "build_scene", lambda field, **given: field)
    part, montage = view_scene("forearm", {"fat_mm": 9.0})  # type: ignore[misc]
    assert part.fat_mm == 9.0
    assert montage.names == ("proximal", "distal")
    with pytest.raises(ParameterError, match="no parameter 'fat'"):
        view_scene("forearm", {"fat": 9.0})


def test_a_forearm_is_drawn_from_end_to_end(work):
    """Once without stand-ins: the median nerve lies open and is depolarised under the cathode only."""
    scene = view_scene("tens-forearm")
    assert scene.focus == "median"
    median = next(d for d in scene.drives if d.name == "median")
    z, f = median.points_mm[:, 2], median.activating_mV_per_mm2_per_mA
    assert 20.0 < z[f.argmax()] < 70.0
    assert -70.0 < z[f.argmin()] < -20.0
    assert {m.name for m in scene.meshes} >= {"bone", "pad proximal", "pad distal", "nerve median", "surface of fat"}
