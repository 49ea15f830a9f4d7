"""Body parts and fields for the tests of the view: small, and with answers that are known without solving."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from rheobase.anatomy import BodyPart, NervePath, Rod, Tissue
from rheobase.electrode import Pad
from rheobase.field import Field
from rheobase.montage import Montage
from rheobase.report.view.scene import Scene, build_scene

CURVATURE = 0.004
SLOPE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Stump(BodyPart):
    """A tapering limb of skin, fat and muscle with one bone beside the axis and two nerves."""

    ends_mm = (-160.0, 160.0)
    layer_names = ("skin", "fat")
    tissues = tuple(
        Tissue(name=n, sigma_transverse_S_per_m=s, sigma_axial_S_per_m=s)
        for n, s in (("muscle", 0.2), ("skin", 0.2), ("fat", 0.04), ("bone", 0.02), ("marrow", 0.08))
    )
    bone = Rod(along_mm=(-160.0, 160.0), centre_mm=((6.0, 8.0), (6.0, 8.0)), half_axes_mm=((9.0, 9.0), (9.0, 9.0)))
    marrow = Rod(along_mm=(-160.0, 160.0), centre_mm=((6.0, 8.0), (6.0, 8.0)), half_axes_mm=((4.0, 4.0), (4.0, 4.0)))

    def outline_mm(self, theta_rad, z_mm):
        return 40.0 + 0.02 * np.asarray(z_mm) + 2.0 * np.cos(2 * np.asarray(theta_rad))

    def thickness_mm(self, theta_rad, z_mm):
        shape = np.broadcast(theta_rad, z_mm).shape
        return np.stack([np.full(shape, 2.0), np.full(shape, 6.0)])

    def core_labels(self, points_mm):
        out = np.zeros(len(points_mm), dtype=int)
        out[self.bone.contains(points_mm)] = 3
        out[self.marrow.contains(points_mm)] = 4
        return out

    @property
    def nerves(self):
        z = np.linspace(-150.0, 150.0, 151)
        ways = {"near": np.full_like(z, 24.0), "far": np.full_like(z, -24.0)}
        return {
            n: NervePath(
                name=n,
                points_mm=tuple(zip(x, 0 * x, z, strict=True)),
                skin_depth_mm=16.0,
                around_deg=180.0 * (n == "far"),
            )
            for n, x in ways.items()
        }


def potential(points_mm: np.ndarray) -> np.ndarray:
    """A potential whose second derivative along z is known: per ampere, before the sign of the leading phase."""
    x, y, z = np.asarray(points_mm).T
    return -CURVATURE / 2 * z**2 + SLOPE * x + 0.02 * y


def montage(shape: str = "rectangle", around_deg: float = 0.0) -> Montage:
    size: dict[str, Any] = {"diameter_mm": 40.0} if shape == "round" else {"width_mm": 40.0, "length_mm": 30.0}
    return Montage(
        pads=(
            Pad(name="upper", shape=shape, along_mm=40.0, around_deg=around_deg, share=1.0, **size),
            Pad(name="lower", shape=shape, along_mm=-40.0, around_deg=around_deg, share=-1.0, **size),
        )
    )


def known_field(pads: Montage | None = None) -> Field:
    """Stands in for a solved field."""
    return cast(Field, SimpleNamespace(anatomy=Stump(), montage=pads or montage(), drive_V_per_A=potential))


@cache
def stump_scene() -> Scene:
    return build_scene(known_field(), title="A stump <&>", over="near")
