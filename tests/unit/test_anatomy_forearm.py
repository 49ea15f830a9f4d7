"""The forearm: its layers, its limits and its nerve trunks."""

from __future__ import annotations

import numpy as np
import pytest

from rheobase.anatomy import Forearm, Layer
from rheobase.errors import ParameterError
from rheobase.montage import pad_pair
from rheobase.nerve import rounded_mm
from rheobase.tables import row


def refused(**given: object) -> str:
    with pytest.raises(ParameterError) as caught:
        Forearm(**given)  # type: ignore[arg-type]
    return str(caught.value)


def test_layers_from_the_inside_out():
    arm = Forearm(radius_mm=35.0, fat_mm=3.0, skin_mm=1.2)
    assert [(la.name, la.outer_radius_mm) for la in arm.layers] == [
        ("marrow", 6.0),
        ("bone", 10.0),
        ("muscle", pytest.approx(30.8)),
        ("fat", pytest.approx(33.8)),
        ("skin", 35.0),
    ]
    muscle, fat = arm.layers[2], arm.layers[3]
    assert muscle.sigma_axial_S_per_m > 2 * muscle.sigma_transverse_S_per_m
    assert fat.sigma_axial_S_per_m == fat.sigma_transverse_S_per_m == row("tissues.fat")["sigma_axial_S_per_m"]
    assert arm.radius_mm == 35.0
    assert arm.length_mm == 400.0


def test_conductivities_may_be_given():
    arm = Forearm(fat_S_per_m=0.05, dermis_S_per_m=0.4, muscle_transverse_S_per_m=0.2, muscle_axial_S_per_m=0.7)
    by_name = {la.name: (la.sigma_transverse_S_per_m, la.sigma_axial_S_per_m) for la in arm.layers}
    assert (by_name["fat"], by_name["skin"], by_name["muscle"]) == ((0.05, 0.05), (0.4, 0.4), (0.2, 0.7))


def test_lumped_skin_is_a_poor_conductor():
    resolved, lumped = (Forearm(skin_model=m).layers[-1].sigma_axial_S_per_m for m in ("resolved", "lumped"))
    assert lumped < resolved / 50
    assert "tissues.skin_lumped" in Forearm(skin_model="lumped").rows


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"radius_mm": 20.0}, "radius_mm is 20 mm; a forearm has 25 to 60 mm. Give a value in that range."),
        ({"radius_mm": 61.0}, "radius_mm is 61 mm; a forearm has 25 to 60 mm."),
        ({"radius_mm": float("nan")}, "radius_mm is nan mm"),
        ({"fat_mm": 0.5}, "fat_mm is 0.5 mm; a forearm has 1 to 25 mm."),
        ({"fat_mm": 26.0}, "fat_mm is 26 mm; a forearm has 1 to 25 mm."),
        ({"skin_mm": 0.5}, "skin_mm is 0.5 mm; a forearm has 0.6 to 3 mm."),
        ({"skin_mm": 3.1}, "skin_mm is 3.1 mm; a forearm has 0.6 to 3 mm."),
        ({"skin_model": "lumpd"}, "skin_model is 'lumpd'. Did you mean 'lumped'?"),
        (
            {"radius_mm": 25.0, "fat_mm": 9.0},
            "radius_mm 25 mm with 10.5 mm of skin and fat leaves less than 5 mm of muscle around the bone (10 mm)."
            " Take a larger radius or less fat.",
        ),
        ({"fat_S_per_m": -0.1}, "fat_S_per_m is -0.1 S/m; a conductivity is above 0."),
        ({"muscle_axial_S_per_m": 0.0}, "muscle_axial_S_per_m is 0 S/m; a conductivity is above 0."),
    ],
)
def test_what_no_forearm_has_is_refused(given, said):
    assert said in refused(**given)


def test_a_layer_needs_a_size_and_a_conductivity():
    with pytest.raises(ParameterError, match=r"Layer 'fat': outer_radius_mm is 0; it must be above 0\."):
        Layer(name="fat", outer_radius_mm=0, sigma_transverse_S_per_m=1, sigma_axial_S_per_m=1)
    with pytest.raises(ParameterError, match="sigma_axial_S_per_m is -1"):
        Layer(name="fat", outer_radius_mm=1, sigma_transverse_S_per_m=1, sigma_axial_S_per_m=-1)


def test_an_unknown_nerve():
    with pytest.raises(ParameterError, match=r"This limb has no nerve 'medain'\. Did you mean 'median'\?"):
        Forearm().nerve("medain")


def test_a_place_on_and_under_the_skin():
    x, y, z = Forearm().on_skin_mm(90.0, -12.0, depth_mm=4.0)
    assert (x, y, z) == pytest.approx((0.0, 36.0, -12.0), abs=1e-12)


LIMBS = [
    Forearm(),
    Forearm(radius_mm=25.0, fat_mm=1.0),
    Forearm(radius_mm=25.0, fat_mm=8.5),
    Forearm(radius_mm=60.0, fat_mm=25.0),
    Forearm(fat_mm=20.0, skin_mm=3.0),
]


@pytest.mark.parametrize("arm", LIMBS, ids=lambda a: f"R{a.radius_mm:g}-fat{a.fat_mm:g}")
@pytest.mark.parametrize("name", ["median", "ulnar", "radial"])
def test_trunks_stay_between_fascia_and_bone_and_never_end_under_a_pad(arm, name):
    way = np.array(arm.nerve(name).points_mm)
    depth = arm.radius_mm - np.hypot(way[:, 0], way[:, 1])
    assert depth.min() > arm.fascia_depth_mm
    assert depth.max() < arm.radius_mm - row("forearm.bone")["bone_radius_mm"]
    reach = max(abs(p.along_mm) + p.extent_mm / 2 for p in pad_pair(arm, name, spacing_mm=100.0).pads)
    assert way[0, 2] < -reach - 80.0
    assert way[-1, 2] > reach + 80.0
    assert (np.diff(way[:, 2]) > 0).all()


@pytest.mark.parametrize("name", ["median", "ulnar", "radial"])
def test_a_trunk_has_no_corner(name):
    """A corner would excite fibres where no nerve has one."""
    way = rounded_mm(np.array(Forearm().nerve(name).points_mm))
    step = np.diff(way, axis=0)
    along = step / np.linalg.norm(step, axis=1)[:, None]
    turn_deg = np.rad2deg(np.arccos(np.clip((along[1:] * along[:-1]).sum(axis=1), -1, 1)))
    assert turn_deg.max() < 1.0


def test_the_median_trunk_dips_from_wrist_to_elbow():
    way = np.array(Forearm().nerve("median").points_mm)
    depth = 40.0 - np.hypot(way[:, 0], way[:, 1])
    assert depth[0] == pytest.approx(row("forearm.median")["distal_depth_mm"])
    assert depth[-1] == pytest.approx(row("forearm.median")["proximal_depth_mm"])
