"""The gallery: sections of body parts, and the verb that writes it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from rheobase.anatomy import Forearm, LowerLeg, Neck, Spine
from rheobase.cli import main
from rheobase.report._canvas import look
from rheobase.report.figures.across import across
from rheobase.report.figures.layers_across import layers_across
from rheobase.report.gallery import gallery_html, section_levels_mm


@pytest.mark.parametrize("part", [LowerLeg(), Neck()], ids=["leg", "neck"])
def test_a_section_names_what_it_cuts(part):
    z = section_levels_mm(part)[1]
    with look():
        figure = across(part, z)
    said = " ".join(t.get_text().replace("\n", " ") for t in figure.axes[0].texts)
    here = {i.name for i in part.inclusions if i.reaches(np.array(z)) and i.section(np.array([z]))[1].min() > 6.0}
    for name in here:
        assert name.removesuffix("_left").removesuffix("_right").replace("_", " ") in said
    assert "20 mm" in said


def test_without_names_a_section_is_bare():
    leg = LowerLeg()
    with look():
        figure = across(leg, 0.0, names=False)
    assert [t.get_text() for t in figure.axes[0].texts] == ["20 mm"]


def test_levels_are_apart_and_within():
    leg = LowerLeg()
    levels = section_levels_mm(leg)
    assert 2 <= len(levels) <= 4
    assert min(np.diff(levels)) >= 25.0
    assert leg.site("fibular_head").along_mm in levels


def test_the_page_stands_alone():
    page = gallery_html({"lower_leg": LowerLeg()})
    assert "over the common peroneal nerve at the neck of the fibula" in page
    assert "http" not in page.replace("http://www.w3.org", "")
    assert page.count("<svg") == len(section_levels_mm(LowerLeg()))


def test_the_verb_lists_and_writes(tmp_path, capsys):
    assert main(["anatomies", "neck", "forearm"]) == 0
    out = capsys.readouterr().out
    assert "neck" in out
    assert "Marrow, cortical bone" in out
    assert main(["anatomies", "neck", "--json"]) == 0
    assert "vagus_left" in json.loads(capsys.readouterr().out)["neck"]["nerves"]
    page = tmp_path / "page.html"
    assert main(["anatomies", "neck", "--page", str(page), "--sex", "female", "--bmi", "22"]) == 0
    assert "woman, 163 cm, 22.0 kg/m2" in page.read_text(encoding="utf-8")


def test_the_verb_refuses_what_it_does_not_know(capsys):
    assert main(["anatomies", "nek"]) == 1
    assert "There is no anatomy 'nek'. Did you mean 'neck'?" in capsys.readouterr().err
    assert main(["anatomies", "neck", "--bmi", "60"]) == 1
    assert "bmi_kg_per_m2 is 60 kg/m2" in capsys.readouterr().err


def test_the_spine_has_its_section():
    with look():
        figure = layers_across(Spine(), 0.0, title="Spine at T10")
    said = {t.get_text() for t in (*figure.axes[0].texts, *figure.texts)}
    assert {"dorsal column", "dorsal root", "white matter", "csf", "Spine at T10", "5 mm"} <= said
    page = gallery_html({"spine": Spine(level="t9"), "forearm": Forearm()})
    assert page.count("<svg") == 2
    assert "Spine at T9" in page
    assert "epidural_fat" in page
