"""Using the body-fitted grid: any body part, planes and points, and every way of asking for what cannot be."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from rheobase.anatomy import BodyPart, Forearm, Rod, Tissue
from rheobase.electrode import Interface, Pad
from rheobase.errors import ParameterError
from rheobase.field import solve_field
from rheobase.montage import Montage, pad_pair
from rheobase.nerve import Ending, ending_thresholds, stimulus_from_segments


@dataclass(frozen=True, slots=True, kw_only=True)
class Calf(BodyPart):
    """An elliptic, tapering limb with two bones off its axis and fat of uneven thickness."""

    fat_mm: float = 6.0
    skin_S_per_m: float = 0.2
    waist: float = 0.06
    label_shift: int = 0
    labels_as: type = int
    ends_mm: tuple[float, float] = (-180.0, 180.0)
    layer_names: tuple[str, ...] = ("dermis", "fat")

    @property
    def tissues(self):
        rows = (("dermis", self.skin_S_per_m, self.skin_S_per_m), ("fat", 0.03, 0.03))
        rows += (("muscle", 0.11, 0.33), ("bone", 0.02, 0.02))
        return tuple(Tissue(name=n, sigma_transverse_S_per_m=t, sigma_axial_S_per_m=a) for n, t, a in rows)

    def outline_mm(self, theta_rad, z_mm):
        scale = 1.0 + self.waist * np.sin(z_mm / 60.0)
        return scale * 58.0 * 44.0 / np.hypot(44.0 * np.cos(theta_rad), 58.0 * np.sin(theta_rad))

    def thickness_mm(self, theta_rad, z_mm):
        return np.stack([np.full_like(theta_rad, 1.5), self.fat_mm + 2.0 * np.cos(theta_rad)])

    def core_labels(self, points_mm):
        out = np.full(len(points_mm), 2 + self.label_shift, dtype=self.labels_as)
        tibia = Rod(along_mm=(0.0,), centre_mm=((15.0, 5.0),), half_axes_mm=((15.0, 12.0),))
        out[tibia.contains(points_mm)] = 3
        return out


def pads(*places, size_mm=(40, 40), **kwargs):
    shares = (1.0, *(-1.0 / (len(places) - 1),) * (len(places) - 1))
    made = (
        Pad(name=chr(97 + i), width_mm=size_mm[0], length_mm=size_mm[1], along_mm=z, around_deg=deg, share=s, **kwargs)
        for i, ((z, deg), s) in enumerate(zip(places, shares, strict=True))
    )
    return Montage(pads=tuple(made))


PAIR = pads((45.0, 70.0), (-45.0, 70.0))
COARSE = {"cell_mm": 2.0}


@pytest.fixture(scope="module")
def field():
    return solve_field(Calf(), PAIR, **COARSE)


def test_the_field_of_a_body_part_has_all_that_a_field_has(field):
    assert field.method == "grid"
    assert len(field.cells) == 3
    assert 500.0 < field.resistance_ohm < 3000.0
    assert field.required_voltage_V(10.0) == pytest.approx(0.01 * field.resistance_ohm)
    assert field.sources == ("cheng1989", "lynch1964")
    data = field.to_xarray()
    assert data.attrs["grid"] == " x ".join(str(n) for n in field.cells)
    assert data["density_a_A_per_m2_per_mA"].shape == (80, 80)


def test_pads_keep_their_size_on_a_slanting_elliptic_skin(field):
    """Area within 1 %: the current over it is the mean density, and the map integrates to the current."""
    for d, pad in zip(field.densities, PAIR.pads, strict=True):
        assert d.mean_A_per_m2_per_mA == pytest.approx(pad.share * 1e3 / pad.area_mm2, rel=0.01)
        assert np.nanmean(d.density_A_per_m2_per_mA) == pytest.approx(d.mean_A_per_m2_per_mA, rel=0.02)
        assert d.peak_A_per_m2_per_mA > abs(d.mean_A_per_m2_per_mA)


def test_a_plane_and_points_at_many_angles_agree(field):
    part = field.anatomy
    rng = np.random.default_rng(2)
    angles = np.append(np.full(6, 70.0), rng.uniform(-180, 180, 30))
    points = np.array(
        [
            part.on_skin_mm(a, z, d)
            for a, z, d in zip(angles, rng.uniform(-90, 90, 36), rng.uniform(0, 25, 36), strict=True)
        ]
    )
    everywhere = field.drive_V_per_A(points)
    on_plane = field.plane(70.0).drive_V_per_A(points[:6])
    assert on_plane == pytest.approx(everywhere[:6], abs=1e-3 * np.abs(everywhere).max())
    assert field.drive_V_per_A(np.empty((0, 3))).shape == (0,)
    assert field.lead_V_per_A(points).sum(axis=0) == pytest.approx(0.0, abs=1e-9)


def test_the_potential_is_continuous_through_every_border(field):
    part = field.anatomy
    for angle in (70.0, -100.0):
        for layer in part.layer_names:
            depth = part.layer_depth_mm(layer, angle, 20.0)
            ends = np.array([part.on_skin_mm(angle, 20.0, depth + s) for s in (-1e-4, 1e-4)])
            v = field.drive_V_per_A(ends)
            assert v[0] == pytest.approx(v[1], abs=1e-4 * np.abs(field.drive_V_per_A(ends)).max() + 1e-3)


def test_turning_the_montage_round_a_round_limb_turns_the_field():
    arm = Forearm()
    a, b = (solve_field(arm, pads((45.0, d), (-45.0, d)), "grid", **COARSE) for d in (0.0, 137.0))
    t = np.deg2rad(137.0)
    p = np.array([[20.0, 5.0, 30.0], [36.0, -4.0, 50.0]])
    turned = p @ np.array([[np.cos(t), np.sin(t), 0], [-np.sin(t), np.cos(t), 0], [0, 0, 1]])
    assert b.drive_V_per_A(turned) == pytest.approx(a.drive_V_per_A(p), rel=2e-3)
    assert b.resistance_ohm == pytest.approx(a.resistance_ohm, rel=1e-6)


def test_round_pads_and_a_pad_across_the_seam():
    arm = Forearm()
    discs = pad_pair(arm, round_mm=40.0)
    grid, cylinder = (solve_field(arm, discs, m) for m in ("grid", "cylinder"))
    assert grid.resistance_ohm == pytest.approx(cylinder.resistance_ohm, rel=5e-3)
    seam = solve_field(arm, pads((45.0, 180.0), (-45.0, -175.0)), "grid", **COARSE)
    assert seam.densities[0].mean_A_per_m2_per_mA == pytest.approx(1e3 / 1600.0, rel=1e-3)


def test_superposition_of_three_pads():
    places = ((60.0, 0.0), (-60.0, 0.0), (0.0, 150.0))
    montage = pads(*places)
    f = solve_field(Calf(), montage, **COARSE)
    other = replace(
        montage, pads=tuple(replace(p, share=s) for p, s in zip(montage.pads, (1.0, -1.0, 0.0), strict=True))
    )
    g = solve_field(Calf(), other, **COARSE)
    point = np.array([[10.0, 20.0, 30.0]])
    assert np.array([1.0, -1.0, 0.0]) @ f.lead_V_per_A(point) == pytest.approx(g.drive_V_per_A(point), rel=1e-6)
    assert f.admittance_S == pytest.approx(g.admittance_S, rel=1e-9)


@pytest.mark.parametrize(
    ("montage", "match"),
    [
        (pads((45.0, 0.0), (175.0, 0.0)), "Pad 'b' lies off the skin: it reaches to 195 mm"),
        (pads((10.0, 0.0), (-10.0, 15.0)), "Pads 'a' and 'b' overlap"),
        (pads((45.0, 0.0), (45.0, 25.0)), "Pads 'a' and 'b' overlap"),
        (pads((45.0, 0.0), (-45.0, 0.0), size_mm=(400, 20)), "width_mm is 400 mm, the girth of the limb"),
    ],
)
def test_pads_that_do_not_fit_are_refused(montage, match):
    with pytest.raises(ParameterError, match=match):
        solve_field(Calf(), montage)


@pytest.mark.parametrize(
    ("part", "match"),
    [
        (Calf(fat_mm=1.0), r"Calf: the thickness of layer 'fat' is -\S+ mm at z = "),
        (Calf(fat_mm=45.0), "layers under the skin are thicker than the part at z = "),
        (Calf(waist=1.02), r"Calf: the outline is -\S+ mm at z = "),
        (Calf(label_shift=5), r"core_labels gave label 7 at radius .*4 tissues, so labels run from 0 to 3"),
        (Calf(labels_as=float), "core_labels gave float64 of shape"),
        (Calf(layer_names=("dermis", "lard")), "layer 'lard' is none of the tissues"),
    ],
)
def test_body_parts_that_cannot_be_are_refused(part, match):
    with pytest.raises(ParameterError, match=match):
        solve_field(part, PAIR, **COARSE)


@pytest.mark.parametrize(
    ("point", "match"),
    [
        ((70.0, 0.0, 0.0), r"70 mm from the axis, outside the body part, whose skin is at 58 mm"),
        ((10.0, 0.0, 190.0), "z = 190 mm; the body part reaches from -180 to 180 mm"),
        ((np.inf, 0.0, 0.0), "not finite"),
    ],
)
def test_points_outside_are_refused(field, point, match):
    with pytest.raises(ParameterError, match=match):
        field.drive_V_per_A(np.array([point]))


@pytest.mark.parametrize(
    ("kwargs", "match"),
    [
        ({"method": "cylinder"}, "anatomy is a Calf; method 'cylinder' needs a LayeredLimb. Use 'grid'"),
        ({"method": "half_space"}, "method 'half_space' needs a LayeredLimb"),
        ({"contact": "uniform"}, "method 'grid' has complete electrodes only"),
        ({"n_theta": 64}, "n_theta and n_z belong to method 'cylinder'"),
        ({"cell_mm": 0.0}, "cell_mm is 0.0 mm; it must be above 0 mm"),
    ],
)
def test_settings_that_do_not_belong_are_refused(kwargs, match):
    with pytest.raises(ParameterError, match=match):
        solve_field(Calf(), PAIR, **kwargs)


def test_a_contact_without_a_current_path_is_refused():
    montage = pads((45.0, 70.0), (-45.0, 70.0), interface=Interface(series_ohm_m2=1e6))
    with pytest.raises(ParameterError, match=r"Pad 'a' has no current path: .* 100 Mohm"):
        solve_field(Calf(), montage, **COARSE)


def test_a_wide_range_of_contacts_settles():
    ohm = []
    for z in (1e-3, 0.3, 30.0):
        montage = pads((45.0, 70.0), (-45.0, 70.0), interface=Interface(series_ohm_m2=z))
        ohm.append(solve_field(Calf(), montage, cell_mm=3.0).resistance_ohm)
    assert ohm[0] < ohm[1] < ohm[2]
    assert ohm[2] == pytest.approx(2 * 30.0 / 1.6e-3, rel=0.02)


def test_fibres_have_the_same_thresholds_in_either_solution():
    """Touch endings under and beside the pad's edge, and a motor branch."""
    arm = Forearm()
    montage = pad_pair(arm)
    pulse = stimulus_from_segments([(0.2, -1.0), (0.2, 1.0)], tail_ms=1.6, dt_ms=0.005)
    touch = {"kind": "A-beta", "diameter_um": 8.7, "taper": "short", "course": "vertical", "around_deg": 0.0}
    endings = [Ending(depth_mm=1.0, along_mm=z, **touch) for z in (45.0, 69.0, 73.0)]
    motor = {"kind": "A-alpha", "diameter_um": 12.8, "taper": "motor_short", "course": "rising_45", "around_deg": 0.0}
    endings.append(Ending(depth_mm=4.0, along_mm=45.0, **motor))
    grid, cylinder = (
        ending_thresholds(arm, solve_field(arm, montage, m), endings, pulse, tolerance=0.005).threshold_mA
        for m in ("grid", "cylinder")
    )
    assert grid == pytest.approx(cylinder, rel=0.02)
