"""What a part of the body is to a field solver: an outline, layers under the skin, and tissues inside.

A body part lies along a straight axis, the z axis. Its skin is star-shaped about that axis: one radius for every angle
and place, so circles, ellipses, tapering and free outlines are all allowed. Below the skin come layers of given
thickness, in order, each all the way round; what is left is the core, where any point may be of any tissue.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np

from rheobase.errors import ParameterError, near_name

_STEP_MM = 0.5  # of the differences that give the slope of the skin
_SAMPLES = 720


@dataclass(frozen=True, slots=True, kw_only=True)
class Tissue:
    """A tissue with its conductivity along and across its fibres.

    Parameters
    ----------
    name : str
        Tissue, such as ``"muscle"``; each name once in a body part.
    sigma_transverse_S_per_m, sigma_axial_S_per_m : float
        Conductivity across and along the fibres, above 0; equal in a tissue without fibres.
    rows : tuple of str
        Table rows the conductivities come from.

    Raises
    ------
    ParameterError
        If a conductivity is not above 0 and finite.

    Examples
    --------
    >>> Tissue(name="fat", sigma_transverse_S_per_m=0.03, sigma_axial_S_per_m=0.03).name
    'fat'
    """

    name: str
    sigma_transverse_S_per_m: float
    sigma_axial_S_per_m: float
    rows: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for key in ("sigma_transverse_S_per_m", "sigma_axial_S_per_m"):
            if not 0 < getattr(self, key) < np.inf:
                raise ParameterError(
                    f"Tissue '{self.name}': {key} is {getattr(self, key)} S/m; it must be above 0 and finite."
                    " For an insulator such as air use a small value, such as 1e-6."
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class NervePath:
    """The way of one nerve trunk through a body part.

    Parameters
    ----------
    name : str
        Nerve, such as ``"median"``.
    points_mm : tuple of (x, y, z)
        Polyline in the coordinates of the body part, ordered along z, in mm.
    skin_depth_mm : float
        Depth below the skin at mid-limb, for display.
    around_deg : float
        Angle around the axis at mid-limb.
    rows : tuple of str
        Table rows that position and depth come from.
    diameter_mm : float, optional
        Thickness of the nerve; 0 where it is not known.
    motor_share : float, optional
        Share of motor fibres among its thick myelinated ones, 0 for a skin nerve.
    territory : str, optional
        What it feels or moves, in words.

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
    diameter_mm: float = 0.0
    motor_share: float = 0.1
    territory: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A named place on the skin where the middle of a pad may go.

    Parameters
    ----------
    name : str
        Short name, such as ``"vastus_medialis"``.
    along_mm, around_deg : float
        Place along the axis and angle around it.
    about : str
        One line for people, such as "over the motor point of vastus medialis".
    rows : tuple of str
        Table rows the place comes from.

    Examples
    --------
    >>> Site(name="volar", along_mm=0.0, around_deg=0.0, about="middle of the volar side").along_mm
    0.0
    """

    name: str
    along_mm: float
    around_deg: float
    about: str = ""
    rows: tuple[str, ...] = ()


class BodyPart(ABC):
    """A part of the body as the solvers see it; see the module for the geometry.

    A member defines the three abstract methods and these attributes (fields, properties or constants):

    - ``ends_mm`` (low, high): where the part is cut along z; both cuts are insulated. Keep them 100 mm or more beyond
      the outermost pads.
    - ``tissues``: every tissue, in the order of the labels.
    - ``layer_names``: tissue names of the layers, from the skin inwards (``("dermis", "fat")``).
    - ``nerves``: trunks by name. ``sites``: named places on the skin, by name.
    - ``rows``: table rows the part rests on.
    """

    __slots__ = ()
    ends_mm: tuple[float, float]
    tissues: tuple[Tissue, ...]
    layer_names: tuple[str, ...]

    @abstractmethod
    def outline_mm(self, theta_rad: np.ndarray, z_mm: np.ndarray) -> np.ndarray:
        """Distance of the skin from the axis; arrays of one shape in and out, smooth, of period 2 pi, above 0."""

    @abstractmethod
    def thickness_mm(self, theta_rad: np.ndarray, z_mm: np.ndarray) -> np.ndarray:
        """Thickness of every layer, measured square to the skin: (layers, *shape of theta_rad), each above 0."""

    @abstractmethod
    def core_labels(self, points_mm: np.ndarray) -> np.ndarray:
        """Index into ``tissues`` at (n, 3) points of the core, (n,) whole numbers.

        It is asked at some thousand to some million points at once, so it works on whole arrays. Points above the core
        are never asked.
        """

    @property
    def nerves(self) -> Mapping[str, NervePath]:
        """Nerve trunks by name."""
        return {}

    @property
    def sites(self) -> Mapping[str, Site]:
        """Named places on the skin."""
        return {}

    @property
    def shape_key(self) -> Hashable:
        """Equal for parts of one shape, whatever their tissues conduct; None where that is not known."""
        return None

    @property
    def rows(self) -> tuple[str, ...]:
        """Table rows behind the part."""
        return tuple(dict.fromkeys(r for t in self.tissues for r in t.rows))

    @property
    def core_rings_relative(self) -> tuple[float, ...]:
        """Fractions (0 to 1) of the core's radius at which the grid shall have a surface; for concentric borders."""
        return ()

    def core_directions(self, points_mm: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Unit vector along the fibres at points of the core, (n, 3); along the axis unless a member says otherwise."""
        out = np.zeros((len(labels), 3))
        out[:, 2] = 1.0
        return out

    def nerve(self, name: str) -> NervePath:
        """One nerve by name.

        Raises
        ------
        ParameterError
            If the body part has no such nerve.
        """
        if name not in self.nerves:
            raise ParameterError(f"This limb has no nerve '{name}'.{near_name(name, self.nerves)}")
        return self.nerves[name]

    def site(self, name: str) -> Site:
        """One place on the skin by name.

        Raises
        ------
        ParameterError
            If the body part has no such site.
        """
        if name not in self.sites:
            raise ParameterError(f"There is no site '{name}' here.{near_name(name, self.sites)}")
        return self.sites[name]

    def slant(self, theta_rad: np.ndarray, z_mm: np.ndarray) -> np.ndarray:
        """How much longer the way to the axis is than the way square to the skin, at each place: 1 or more."""
        theta, z = np.broadcast_arrays(np.asarray(theta_rad, dtype=float), np.asarray(z_mm, dtype=float))
        r = self.outline_mm(theta, z)
        turn = _STEP_MM / r
        around = (self.outline_mm(theta + turn, z) - self.outline_mm(theta - turn, z)) / (2 * _STEP_MM)
        low, high = (np.clip(z + s, *self.ends_mm) for s in (-_STEP_MM, _STEP_MM))
        along = (self.outline_mm(theta, high) - self.outline_mm(theta, low)) / (high - low)
        return np.sqrt(1.0 + around**2 + along**2)

    def borders_mm(self, theta_rad: np.ndarray, z_mm: np.ndarray) -> np.ndarray:
        """Distance from the axis of the skin and of the lower border of every layer, outside in: (layers + 1, ...)."""
        theta, z = np.broadcast_arrays(np.asarray(theta_rad, dtype=float), np.asarray(z_mm, dtype=float))
        r = self.outline_mm(theta, z)
        depth = np.cumsum(np.asarray(self.thickness_mm(theta, z)) * self.slant(theta, z), axis=0)
        return np.concatenate([r[None], r - depth])

    def labels_at(self, points_mm: np.ndarray) -> np.ndarray:
        """Index into ``tissues`` at (n, 3) points anywhere inside; a point on a border counts to the deeper tissue."""
        p = np.asarray(points_mm, dtype=float)
        r, theta = np.hypot(p[:, 0], p[:, 1]), np.arctan2(p[:, 1], p[:, 0])
        above = np.sum(self.borders_mm(theta, p[:, 2])[1:] >= r - 1e-9, axis=0)
        names = [t.name for t in self.tissues]
        of_layer = np.array([*(names.index(n) for n in self.layer_names), -1])
        out = of_layer[above]
        core = above == len(self.layer_names)
        out[core] = self.core_labels(p[core])
        return out

    def on_skin_mm(self, around_deg: float, along_mm: float, depth_mm: float = 0.0) -> tuple[float, float, float]:
        """Point at an angle, a place along the axis and a depth below the skin, as x, y, z in mm.

        The point lies on the line from the skin to the axis, as deep as layers of that thickness would reach.
        """
        x, y, z = self.under_skin_mm(around_deg, np.array([float(along_mm)]), np.array([float(depth_mm)]))[0]
        return float(x), float(y), float(z)

    def under_skin_mm(self, around_deg: float, along_mm: np.ndarray, depth_mm: np.ndarray) -> np.ndarray:
        """Points at one angle and any number of places and depths, as `on_skin_mm` has one, shape (n, 3)."""
        t, z = np.full(len(along_mm), np.deg2rad(around_deg)), np.asarray(along_mm, dtype=float)
        r = self.outline_mm(t, z)
        if np.any(depth_mm):
            r = r - np.asarray(depth_mm, dtype=float) * self.slant(t, z)
        return np.stack([r * np.cos(t), r * np.sin(t), z], axis=1)

    def layer_depth_mm(self, layer: str, around_deg: float = 0.0, along_mm: float = 0.0) -> float:
        """Depth of the lower border of a layer below the skin, such as of ``"fat"``: that of the fascia.

        Raises
        ------
        ParameterError
            If there is no layer of this name.
        """
        if layer not in self.layer_names:
            raise ParameterError(f"There is no layer '{layer}' here.{near_name(layer, self.layer_names)}")
        at = np.array(np.deg2rad(around_deg)), np.array(float(along_mm))
        return float(np.sum(self.thickness_mm(*at)[: self.layer_names.index(layer) + 1]))

    def girth_mm(self, along_mm: float = 0.0) -> float:
        """Length of the outline of one section."""
        return float(self.arc_mm(np.array([-np.pi, np.pi]), along_mm)[1])

    def arc_mm(self, theta_rad: np.ndarray, along_mm: float) -> np.ndarray:
        """Length along the skin of one section from -180 deg to each angle (-pi to pi)."""
        t = np.linspace(-np.pi, np.pi, _SAMPLES + 1)
        r = self.outline_mm(t, np.full_like(t, float(along_mm)))
        x, y = r * np.cos(t), r * np.sin(t)
        run = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
        return np.interp(theta_rad, t, run)
