"""Limbs of concentric layers."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from rheobase.anatomy.body import BodyPart, Tissue
from rheobase.errors import ParameterError


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One concentric tissue layer of a limb.

    Parameters
    ----------
    name : str
        Tissue, such as ``"muscle"``.
    outer_radius_mm : float
        Outer radius, above 0.
    sigma_transverse_S_per_m, sigma_axial_S_per_m : float
        Conductivity across (radial and azimuthal) and along the limb, above 0.

    Raises
    ------
    ParameterError
        If a radius or conductivity is not above 0.

    Examples
    --------
    >>> Layer(name="fat", outer_radius_mm=38.5, sigma_transverse_S_per_m=0.03, sigma_axial_S_per_m=0.03).name
    'fat'
    """

    name: str
    outer_radius_mm: float
    sigma_transverse_S_per_m: float
    sigma_axial_S_per_m: float

    def __post_init__(self) -> None:
        for key in ("outer_radius_mm", "sigma_transverse_S_per_m", "sigma_axial_S_per_m"):
            if not getattr(self, key) > 0:
                raise ParameterError(f"Layer '{self.name}': {key} is {getattr(self, key)}; it must be above 0.")


class LayeredLimb(BodyPart):
    """A limb as concentric layers about a straight axis.

    The z axis runs along the limb, z = 0 at its middle and z growing towards the trunk of the body (proximal);
    theta is measured around the axis, theta = 0 at x > 0. ``length_mm`` reaches from -length/2 to +length/2.

    For the solvers that take any `BodyPart`, the innermost layer is the core and all others are layers under the skin.
    """

    __slots__ = ()
    length_mm: float

    @property
    @abstractmethod
    def layers(self) -> tuple[Layer, ...]:
        """Layers from the inside out; the last one is the skin."""

    @property
    def radius_mm(self) -> float:
        """Radius of the limb, skin included."""
        return self.layers[-1].outer_radius_mm

    @property
    def ends_mm(self) -> tuple[float, float]:  # type: ignore[override]
        """Both ends along z."""
        return -self.length_mm / 2, self.length_mm / 2

    @property
    def tissues(self) -> tuple[Tissue, ...]:  # type: ignore[override]
        """Tissues of the layers, from the inside out."""
        return tuple(
            Tissue(
                name=la.name,
                sigma_transverse_S_per_m=la.sigma_transverse_S_per_m,
                sigma_axial_S_per_m=la.sigma_axial_S_per_m,
            )
            for la in self.layers
        )

    @property
    def layer_names(self) -> tuple[str, ...]:  # type: ignore[override]
        """Layers around the innermost one, from the skin inwards."""
        return tuple(la.name for la in self.layers[:0:-1])

    def outline_mm(self, theta_rad: np.ndarray, z_mm: np.ndarray) -> np.ndarray:
        """The radius, everywhere."""
        return np.full(np.broadcast(theta_rad, z_mm).shape, float(self.radius_mm))

    def thickness_mm(self, theta_rad: np.ndarray, z_mm: np.ndarray) -> np.ndarray:
        """Thickness of the layers around the innermost one, from the skin inwards."""
        radii = np.array([la.outer_radius_mm for la in self.layers[::-1]], dtype=float)
        shape = np.broadcast(theta_rad, z_mm).shape
        return np.broadcast_to(-np.diff(radii).reshape(-1, *(1 for _ in shape)), (len(radii) - 1, *shape))

    def core_labels(self, points_mm: np.ndarray) -> np.ndarray:
        """The innermost layer."""
        return np.zeros(len(points_mm), dtype=int)

    def on_skin_mm(self, around_deg: float, along_mm: float, depth_mm: float = 0.0) -> tuple[float, float, float]:
        """Point at an angle, an axial place and a depth below the skin, as x, y, z in mm."""
        r = self.radius_mm - depth_mm
        t = np.deg2rad(around_deg)
        return float(r * np.cos(t)), float(r * np.sin(t)), float(along_mm)
