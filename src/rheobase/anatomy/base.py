"""What every anatomy is: tissues in layers, nerves on their way, skin to put pads on."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rheobase.errors import ParameterError, near_name


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


@dataclass(frozen=True, slots=True, kw_only=True)
class NervePath:
    """The way of one nerve trunk through the limb.

    Parameters
    ----------
    name : str
        Nerve, such as ``"median"``.
    points_mm : tuple of (x, y, z)
        Polyline in limb coordinates, ordered along z, in mm.
    skin_depth_mm : float
        Depth below the skin at mid-limb, for display.
    around_deg : float
        Angle around the limb axis at mid-limb.
    rows : tuple of str
        Table rows that position and depth come from.

    Examples
    --------
    >>> NervePath(name="n", points_mm=((20, 0, -185), (20, 0, 185)), skin_depth_mm=20, around_deg=0).name
    'n'
    """

    name: str
    points_mm: tuple[tuple[float, float, float], ...]
    skin_depth_mm: float
    around_deg: float
    rows: tuple[str, ...] = ()


class LayeredLimb(ABC):
    """A limb as concentric layers about a straight axis.

    The z axis runs along the limb, z = 0 at its middle and z growing towards the trunk of the body (proximal);
    theta is measured around the axis, theta = 0 at x > 0. ``length_mm`` reaches from -length/2 to +length/2.
    """

    __slots__ = ()
    length_mm: float

    @property
    @abstractmethod
    def layers(self) -> tuple[Layer, ...]:
        """Layers from the inside out; the last one is the skin."""

    @property
    @abstractmethod
    def nerves(self) -> Mapping[str, NervePath]:
        """Nerve trunks by name."""

    @property
    def radius_mm(self) -> float:
        """Radius of the limb, skin included."""
        return self.layers[-1].outer_radius_mm

    def nerve(self, name: str) -> NervePath:
        """One nerve by name.

        Raises
        ------
        ParameterError
            If the limb has no such nerve.
        """
        if name not in self.nerves:
            raise ParameterError(f"This limb has no nerve '{name}'.{near_name(name, self.nerves)}")
        return self.nerves[name]

    def on_skin_mm(self, around_deg: float, along_mm: float, depth_mm: float = 0.0) -> tuple[float, float, float]:
        """Point at an angle, an axial place and a depth below the skin, as x, y, z in mm."""
        r = self.radius_mm - depth_mm
        t = np.deg2rad(around_deg)
        return float(r * np.cos(t)), float(r * np.sin(t)), float(along_mm)
