"""The geometry that every anatomy gives the solvers."""

from dataclasses import dataclass

import numpy as np
import pytest

from rheobase.anatomy import BodyPart, Forearm, Rod, Site, Tissue
from rheobase.errors import ParameterError


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg(BodyPart):
    """An ellipse that tapers, with a bone off its axis."""

    ends_mm: tuple[float, float] = (-200.0, 200.0)
    layer_names: tuple[str, ...] = ("dermis", "fat")

    @property
    def tissues(self):
        sigma = {"dermis": (0.2, 0.2), "fat": (0.03, 0.03), "muscle": (0.11, 0.33), "bone": (0.02, 0.02)}
        return tuple(
            Tissue(name=n, sigma_transverse_S_per_m=t, sigma_axial_S_per_m=a, rows=(f"tissues.{n}",))
            for n, (t, a) in sigma.items()
        )

    @property
    def sites(self):
        return {"front": Site(name="front", along_mm=0.0, around_deg=0.0)}

    def outline_mm(self, theta_rad, z_mm):
        a, b = 50.0 + 0.05 * z_mm, 40.0 + 0.05 * z_mm
        return a * b / np.hypot(b * np.cos(theta_rad), a * np.sin(theta_rad))

    def thickness_mm(self, theta_rad, z_mm):
        return np.stack([np.full_like(theta_rad, 1.5), 5.0 + np.cos(theta_rad)])

    def core_labels(self, points_mm):
        out = np.full(len(points_mm), 2)
        out[Rod(along_mm=(0.0,), centre_mm=((15.0, 5.0),), half_axes_mm=((8.0, 6.0),)).contains(points_mm)] = 3
        return out


def test_a_layered_limb_is_a_body_part():
    arm = Forearm(fat_mm=5.0)
    borders = arm.borders_mm(np.zeros(1), np.zeros(1))[:, 0]
    assert borders.tolist() == [layer.outer_radius_mm for layer in arm.layers[::-1]]
    depths = np.array([[40.0 - d, 0.0, 10.0] for d in (1.0, 3.0, 20.0, 32.0, 39.0)])
    assert [arm.tissues[i].name for i in arm.labels_at(depths)] == ["skin", "fat", "muscle", "bone", "marrow"]
    assert arm.girth_mm() == pytest.approx(2 * np.pi * 40.0, rel=1e-4)
    assert arm.layer_depth_mm("fat") == arm.fascia_depth_mm


def test_layers_are_measured_square_to_the_skin():
    """On the ellipse, a point offset along the true normal by the depth of a layer lies on its lower border."""
    leg, a, b = Leg(), 50.0, 40.0
    for t in np.linspace(0.1, 6.1, 13):
        on = np.array([a * np.cos(t), b * np.sin(t)])
        normal = np.array([np.cos(t) / a, np.sin(t) / b])
        inner = on - 1.5 * normal / np.linalg.norm(normal)
        theta = np.arctan2(inner[1], inner[0])
        assert leg.borders_mm(theta, 0.0)[1] == pytest.approx(np.hypot(*inner), abs=0.03)


def test_labels_and_points_agree_with_the_borders():
    leg = Leg()
    for deg in (0.0, 40.0, 130.0, -75.0):
        names = [leg.tissues[leg.labels_at(np.array([leg.on_skin_mm(deg, 30.0, d)]))[0]].name for d in (1.4, 1.6, 5.0)]
        assert names == ["dermis", "fat", "fat"]
        fascia = leg.layer_depth_mm("fat", deg, 30.0)
        assert fascia == pytest.approx(6.5 + np.cos(np.deg2rad(deg)))
        just_below = np.array([leg.on_skin_mm(deg, 30.0, fascia + 0.01)])
        assert leg.tissues[leg.labels_at(just_below)[0]].name == "muscle"
    assert leg.tissues[leg.labels_at(np.array([[15.0, 10.5, -90.0]]))[0]].name == "bone"
    assert leg.girth_mm(0.0) == pytest.approx(283.6, abs=0.1)  # Ramanujan's second approximation: 283.62


def test_a_slanting_skin_makes_the_way_to_the_axis_longer():
    cone = Leg()
    at_front = float(cone.slant(np.zeros(1), np.zeros(1))[0])
    assert at_front == pytest.approx(np.hypot(1.0, 0.05), rel=1e-3)


def test_names_that_do_not_exist_are_refused():
    leg = Leg()
    with pytest.raises(ParameterError, match=r"no site 'frnt' here.*front"):
        leg.site("frnt")
    with pytest.raises(ParameterError, match="no nerve 'median'"):
        leg.nerve("median")
    with pytest.raises(ParameterError, match="no layer 'muscle' here"):
        leg.layer_depth_mm("muscle")
    assert leg.site("front").around_deg == 0.0
    assert leg.rows == ("tissues.dermis", "tissues.fat", "tissues.muscle", "tissues.bone")


def test_values_out_of_range_are_refused():
    with pytest.raises(ParameterError, match=r"Tissue 'air': sigma_transverse_S_per_m is 0.0 S/m; .*1e-6"):
        Tissue(name="air", sigma_transverse_S_per_m=0.0, sigma_axial_S_per_m=1.0)
    with pytest.raises(ParameterError, match="2 places along_mm, 1 centres"):
        Rod(along_mm=(0.0, 1.0), centre_mm=((0.0, 0.0),), half_axes_mm=((1.0, 1.0),))
    with pytest.raises(ParameterError, match="must rise"):
        Rod(along_mm=(1.0, 0.0), centre_mm=((0, 0), (0, 0)), half_axes_mm=((1, 1), (1, 1)))
    with pytest.raises(ParameterError, match="every half axis must be above 0"):
        Rod(along_mm=(0.0,), centre_mm=((0, 0),), half_axes_mm=((0.0, 1.0),))


def test_a_rod_turns_and_ends():
    rod = Rod(
        along_mm=(-10.0, 10.0), centre_mm=((0, 0), (4, 0)), half_axes_mm=((6, 2), (6, 2)), turn_deg=90.0, closed=True
    )
    points = np.array([[0.0, 5.5, -10.0], [2.0, 5.5, 0.0], [5.5, 0.0, -10.0], [4.0, 0.0, 10.5]])
    assert rod.contains(points).tolist() == [True, True, False, False]
