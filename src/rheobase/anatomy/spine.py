"""The spinal canal at one level, for stimulation of the cord."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from rheobase.anatomy.body import BodyPart, NervePath, Tissue
from rheobase.errors import ParameterError, near_name
from rheobase.tables import row, table

Array = NDArray[np.float64]

LEVELS = tuple(key.removeprefix("level_") for key in table("spine") if key.startswith("level_"))
_TISSUES = ("muscle", "cortical_bone", "epidural_fat", "dura", "csf", "white_matter", "grey_matter")
_FINE_POINTS = 121


@dataclass(frozen=True, slots=True, kw_only=True)
class Spine(BodyPart):
    """Cord with grey and white matter, fluid, dura, epidural fat and vertebral ring; dorsal columns and dorsal roots.

    The axis runs through the middle of the cord and points to the head; x > 0 is in front, y > 0 the person's left, 180
    degrees behind. The canal is the same over its length: discs, gaps between the arches and foramina are left out, and
    beyond the ring everything is muscle. It is made for contacts in the epidural space; there is no skin.

    Parameters
    ----------
    level : str
        ``"c4"`` to ``"c6"`` or ``"t7"`` to ``"t12"``.
    csf_mm : float, optional
        Fluid behind the cord; by default the mean of the level. It decides the threshold more than anything else.
    offset_mm : float
        How far the cord lies to the left of the canal's midline, -2 to 2.

    Raises
    ------
    ParameterError
        If the level is unknown, or fluid or offset lie outside what has been measured.

    Examples
    --------
    >>> spine = Spine(level="t10")
    >>> [t.name for t in spine.tissues][2:5]
    ['epidural_fat', 'dura', 'csf']
    >>> sorted(spine.nerves)
    ['dorsal_column_left', 'dorsal_column_right', 'dorsal_root_left', 'dorsal_root_right']
    """

    level: str = "t10"
    csf_mm: float | None = None
    offset_mm: float = 0.0

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise ParameterError(f"There is no level '{self.level}'.{near_name(self.level, LEVELS)}")
        p, most = self._level, row("spine.offset")["largest_mm"]
        low, high = p["csf_smallest_mm"], p["csf_largest_mm"]
        if not low <= self.fluid_behind_mm <= high:
            raise ParameterError(
                f"csf_mm is {self.fluid_behind_mm:g} mm; at {self.level.upper()} {low:g} to {high:g} mm have been seen."
                " Give a value in that range."
            )
        if not abs(self.offset_mm) <= most:
            raise ParameterError(
                f"offset_mm is {self.offset_mm:g} mm; the cord lies at most {most:g} mm off the midline. Give"
                f" {-most:g} to {most:g}."
            )

    @property
    def _level(self):
        return row(f"spine.level_{self.level}")

    @property
    def fluid_behind_mm(self) -> float:
        """Fluid between cord and dura behind."""
        return self._level["csf_mean_mm"] if self.csf_mm is None else self.csf_mm

    @property
    def ends_mm(self) -> tuple[float, float]:  # type: ignore[override]
        """Both ends along z."""
        half = row("spine.canal")["length_levels"] * self._level["level_length_mm"] / 2.0
        return -half, half

    @property
    def tissues(self) -> tuple[Tissue, ...]:  # type: ignore[override]
        """All tissues, in the order of the labels."""
        made = []
        for name in _TISSUES:
            r = row(f"tissues.{name}")
            made.append(
                Tissue(
                    name=name, sigma_transverse_S_per_m=r["sigma_transverse_S_per_m"],
                    sigma_axial_S_per_m=r["sigma_axial_S_per_m"], rows=(r.key,),
                )
            )  # fmt: skip
        return tuple(made)

    @property
    def layer_names(self) -> tuple[str, ...]:  # type: ignore[override]
        """Muscle, vertebral ring, epidural fat and dura."""
        return _TISSUES[:4]

    @property
    def rows(self) -> tuple[str, ...]:
        """Table rows this part rests on."""
        own = (f"spine.level_{self.level}", "spine.canal", "spine.grey", "spine.offset", "spine.roots")
        return (*own, *(f"tissues.{n}" for n in _TISSUES))

    def outline_mm(self, theta_rad: Array, z_mm: Array) -> Array:
        """A round surround."""
        return np.full(np.broadcast(theta_rad, z_mm).shape, float(row("spine.canal")["surround_mm"]))

    def thickness_mm(self, theta_rad: Array, z_mm: Array) -> Array:
        """Thickness of muscle, bone, epidural fat and dura on the way to the cord's middle."""
        theta = np.broadcast_arrays(np.asarray(theta_rad, dtype=float), np.asarray(z_mm, dtype=float))[0]
        radii = [np.full(theta.shape, float(row("spine.canal")["surround_mm"]))]
        radii += [self._ring_mm(theta, layer) for layer in ("bone", "epidural", "dura", "sac")]
        return -np.diff(np.stack(radii), axis=0)

    def _ring_mm(self, theta: Array, layer: str) -> Array:
        """Distance from the cord's middle to the outside of a layer: ellipses about the middle of the canal."""
        p, c = self._level, row("spine.canal")
        front = p["cord_depth_mm"] / 2.0 + c["csf_front_mm"]
        behind = p["cord_depth_mm"] / 2.0 + self.fluid_behind_mm
        aside = p["cord_breadth_mm"] / 2.0 + c["csf_side_mm"]
        grown = {"sac": 0.0, "dura": c["dura_mm"]}
        both = grown.get(layer, c["dura_mm"])
        if layer in ("epidural", "bone"):
            front, behind = front + c["epidural_behind_mm"], behind + c["epidural_behind_mm"]
            aside += c["epidural_side_mm"]
        both += c["bone_mm"] if layer == "bone" else 0.0
        depth, middle = (front + behind) / 2.0 + both, (front - behind) / 2.0
        return _from_inside_mm(theta, depth, aside + both, middle, -self.offset_mm)

    def core_labels(self, points_mm: Array) -> Array:
        """Fluid, white matter and grey matter."""
        p, level, g = np.asarray(points_mm, dtype=float), self._level, row("spine.grey")
        out = np.full(len(p), _TISSUES.index("csf"))
        a, b = level["cord_breadth_mm"] / 2.0, level["cord_depth_mm"] / 2.0
        out[(p[:, 0] / b) ** 2 + (p[:, 1] / a) ** 2 <= 1.0] = _TISSUES.index("white_matter")
        # measured in a cord of reference size
        back = -p[:, 0] * g["reference_depth_mm"] / level["cord_depth_mm"]
        side = np.abs(p[:, 1]) * g["reference_breadth_mm"] / level["cord_breadth_mm"]
        horn = ((side - g["dorsal_aside_mm"]) / g["dorsal_half_aside_mm"]) ** 2
        horn = horn + ((back - g["dorsal_behind_mm"]) / g["dorsal_half_behind_mm"]) ** 2
        front = np.hypot(side - g["ventral_aside_mm"], back + g["ventral_front_mm"]) / g["ventral_half_mm"]
        bridge = (side < g["bridge_half_aside_mm"]) & (np.abs(back) < g["bridge_half_mm"])
        out[(horn <= 1.0) | (front <= 1.0) | bridge] = _TISSUES.index("grey_matter")
        return out

    @property
    def nerves(self) -> Mapping[str, NervePath]:
        """Dorsal columns near the midline, and the dorsal roots of this level."""
        made = {}
        for name, sign in (("left", 1.0), ("right", -1.0)):
            made[f"dorsal_column_{name}"] = self._path(f"dorsal_column_{name}", self._column_mm(sign), "touch")
            made[f"dorsal_root_{name}"] = self._path(f"dorsal_root_{name}", self._root_mm(sign), "one segment of skin")
        return MappingProxyType(made)

    def _column_mm(self, sign: float) -> Array:
        r, level = row("spine.roots"), self._level
        y = sign * r["column_aside_mm"]
        rim = level["cord_depth_mm"] / 2.0 * np.sqrt(1.0 - (2.0 * y / level["cord_breadth_mm"]) ** 2)
        z = np.linspace(*self.ends_mm, _FINE_POINTS)
        return np.column_stack([np.full(z.size, r["column_depth_mm"] - rim), np.full(z.size, y), z])

    def _root_mm(self, sign: float) -> Array:
        """From the dorsal root entry zone through the fluid, down and out to the dura at the side."""
        r, level = row("spine.roots"), self._level
        a, b = level["cord_breadth_mm"] / 2.0, level["cord_depth_mm"] / 2.0
        y0 = sign * r["entry_aside_share"] * 2.0 * a
        x0 = r["below_surface_mm"] - b * np.sqrt(1.0 - (y0 / a) ** 2)
        theta1 = sign * np.deg2rad(105.0)
        out = float(self._ring_mm(np.array([theta1]), "sac")[0]) - 0.4
        end = np.array([out * np.cos(theta1), out * np.sin(theta1)])
        s = np.linspace(0.0, 1.0, _FINE_POINTS)
        # first away from the cord, then along the wall
        bend = np.array([x0 - 0.8, 1.12 * y0])
        xy = (1 - s)[:, None] ** 2 * [x0, y0] + (2 * s * (1 - s))[:, None] * bend + s[:, None] ** 2 * end
        drop = r["spread_levels"] * level["level_length_mm"]
        return np.column_stack([xy, drop / 2.0 - drop * s])[::-1]

    def _path(self, name: str, points: Array, territory: str) -> NervePath:
        middle = points[len(points) // 2]
        return NervePath(
            name=name,
            points_mm=tuple((float(x), float(y), float(z)) for x, y, z in points),
            skin_depth_mm=float(row("spine.canal")["surround_mm"] - np.hypot(middle[0], middle[1])),
            around_deg=float(np.rad2deg(np.arctan2(middle[1], middle[0]))),
            rows=("spine.roots",),
            diameter_mm=row("spine.roots")["diameter_mm"] if "root" in name else 0.0,
            motor_share=0.0,
            territory=territory,
        )


def _from_inside_mm(theta: Array, half_x: float, half_y: float, centre_x: float, centre_y: float) -> Array:
    """Distance from the origin, inside, to an ellipse about another centre."""
    ux, uy = np.cos(theta) / half_x, np.sin(theta) / half_y
    cx, cy = centre_x / half_x, centre_y / half_y
    square, linear = ux**2 + uy**2, ux * cx + uy * cy
    return (linear + np.sqrt(linear**2 + square * (1.0 - cx**2 - cy**2))) / square


def sample_spines(level: str, count: int, *, seed: int) -> tuple[Spine, ...]:
    """Draw canals of one level: fluid over its range, the cord off the midline in two of five people.

    Parameters
    ----------
    level : str
        Such as ``"t10"``.
    count : int
        How many, at least 1.
    seed : int
        The same seed gives the same canals.

    Raises
    ------
    ParameterError
        If the level is unknown or count is below 1.

    Examples
    --------
    >>> [round(s.fluid_behind_mm, 1) for s in sample_spines("t10", 3, seed=1)] == [
    ...     round(s.fluid_behind_mm, 1) for s in sample_spines("t10", 3, seed=1)]
    True
    """
    if count < 1:
        raise ParameterError(f"count is {count}; draw at least 1.")
    first = Spine(level=level)
    p, most = first._level, row("spine.offset")["largest_mm"]
    rng = np.random.default_rng(seed)
    sd = (p["csf_largest_mm"] - p["csf_smallest_mm"]) / 4.0
    out = []
    for _ in range(count):
        fluid = np.clip(p["csf_mean_mm"] + sd * rng.standard_normal(), p["csf_smallest_mm"], p["csf_largest_mm"])
        off = rng.uniform(-most, most) if rng.random() < row("spine.offset")["share"] else 0.0
        out.append(Spine(level=level, csf_mm=float(fluid), offset_mm=float(off)))
    return tuple(out)
