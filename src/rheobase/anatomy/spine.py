"""The spinal canal at one level, for stimulation of the cord."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from rheobase.anatomy.body import BodyPart, NervePath, Tissue
from rheobase.anatomy.spine_solids import SpineSolids, cord_shapes
from rheobase.errors import ParameterError, near_name
from rheobase.tables import row, table

Array = NDArray[np.float64]

LEVELS = tuple(key.removeprefix("level_") for key in table("spine") if key.startswith("level_"))
CONDUCTIVITIES = ("lempka", "holsheimer")
_TISSUES = ("muscle", "cortical_bone", "epidural_fat", "dura", "csf", "white_matter", "grey_matter")
_IN_SET = dict(zip(_TISSUES, ("surround", "bone", "epidural", "dura", "csf", "white", "grey"), strict=True))
_FINE_POINTS = 121
_FAR_MM = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Spine(BodyPart):
    """Cord with grey and white matter, fluid, dura, epidural fat and vertebral ring; dorsal columns and dorsal roots.

    The axis runs through the middle of the cord and points to the head; x > 0 is in front, y > 0 the person's left, 180
    degrees behind. The canal is the same over its length: discs, gaps between the arches, foramina and vessels are left
    out, and beyond the ring everything is muscle. There is no skin. Leads in the epidural space need finite elements,
    which take the canal as solids: `solids`, or `solve_field` with implanted electrodes.

    Parameters
    ----------
    level : str
        ``"c4"`` to ``"c6"`` or ``"t7"`` to ``"t12"``.
    csf_mm : float, optional
        Fluid behind the cord; by default the mean of the level. It decides the threshold more than anything else.
    offset_mm : float
        How far the cord lies to the left of the canal's midline, -2 to 2.
    conductivity : {"lempka", "holsheimer"}
        Named set of conductivities. Published sets differ tenfold in dura and epidural space: name the set with any
        threshold.

    Raises
    ------
    ParameterError
        If level or set is unknown, or fluid or offset lie outside what has been measured.

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
    conductivity: str = "lempka"

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise ParameterError(f"There is no level '{self.level}'.{near_name(self.level, LEVELS)}")
        if self.conductivity not in CONDUCTIVITIES:
            raise ParameterError(
                f"There is no set of conductivities '{self.conductivity}'."
                f"{near_name(self.conductivity, CONDUCTIVITIES)}"
            )
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
        half = row("spine.canal")["length_levels"] * self.level_length_mm / 2.0
        return -half, half

    @property
    def level_length_mm(self) -> float:
        """Height of the vertebra with its disc."""
        return float(row("spine.lengths")[f"{self.level}_mm"])

    @property
    def cord_half_axes_mm(self) -> tuple[float, float]:
        """Half axes of the cord: front to back, and aside."""
        return self._level["cord_depth_mm"] / 2.0, self._level["cord_breadth_mm"] / 2.0

    @property
    def tissues(self) -> tuple[Tissue, ...]:  # type: ignore[override]
        """All tissues, in the order of the labels."""
        return tuple(self.tissue(name) for name in _TISSUES)

    def tissue(self, name: str, like: str | None = None) -> Tissue:
        """A tissue of the chosen set, under its own name or as one that conducts like another.

        Raises
        ------
        ParameterError
            If the spine has no such tissue.
        """
        own = like or name
        if own not in _IN_SET:
            raise ParameterError(f"The spine has no tissue '{own}'.{near_name(own, _IN_SET)}")
        if self.conductivity == "lempka":
            r = row("spine.set_lempka")
            keys = [
                f"{_IN_SET[own]}{end}_S_per_m" for end in (("_across", "_along") if own == "white_matter" else ("",))
            ]
            across, along = r[keys[0]], r[keys[-1]]
        else:
            r = row(f"tissues.{own}")
            across, along = r["sigma_transverse_S_per_m"], r["sigma_axial_S_per_m"]
        return Tissue(name=name, sigma_transverse_S_per_m=across, sigma_axial_S_per_m=along, rows=(r.key,))

    @property
    def layer_names(self) -> tuple[str, ...]:  # type: ignore[override]
        """Muscle, vertebral ring, epidural fat and dura."""
        return _TISSUES[:4]

    @property
    def rows(self) -> tuple[str, ...]:
        """Table rows this part rests on."""
        own = (f"spine.level_{self.level}", "spine.canal", "spine.grey", "spine.offset", "spine.roots", "spine.lengths")
        return tuple(dict.fromkeys((*own, *(r for t in self.tissues for r in t.rows))))

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
        p = np.asarray(points_mm, dtype=float)
        cord, grey = cord_shapes(self, (-_FAR_MM, _FAR_MM))
        out = np.full(len(p), _TISSUES.index("csf"))
        out[cord.contains(p)] = _TISSUES.index("white_matter")
        for part in grey:
            out[part.contains(p)] = _TISSUES.index("grey_matter")
        return out

    @property
    def nerves(self) -> Mapping[str, NervePath]:
        """Dorsal columns near the midline, and the dorsal roots of this level."""
        made = {}
        for name, sign in (("left", 1.0), ("right", -1.0)):
            made[f"dorsal_column_{name}"] = self._path(f"dorsal_column_{name}", self._column_mm(sign), "touch")
            made[f"dorsal_root_{name}"] = self._path(f"dorsal_root_{name}", self._root_mm(name), "one segment of skin")
        return MappingProxyType(made)

    def _column_mm(self, sign: float) -> Array:
        r = row("spine.roots")
        x, y = self._on_column_mm(r["column_depth_mm"], sign * r["column_aside_mm"])
        z = np.linspace(*self.ends_mm, _FINE_POINTS)
        return np.column_stack([np.full(z.size, x), np.full(z.size, y), z])

    def _on_column_mm(self, depth_mm: float, aside_mm: float) -> tuple[float, float]:
        half_depth, half_breadth = self.cord_half_axes_mm
        rim = half_depth * np.sqrt(max(1.0 - (aside_mm / half_breadth) ** 2, 0.0))
        if not (abs(aside_mm) < half_breadth and 0 < depth_mm < 2 * rim):
            raise ParameterError(
                f"dorsal_column: depth_mm {depth_mm:g} at aside_mm {aside_mm:g} mm lies outside the cord, which is"
                f" {2 * half_depth:g} mm deep and {2 * half_breadth:g} mm broad."
            )
        return float(depth_mm - rim), float(aside_mm)

    def dorsal_column(self, depth_mm: float = 0.2, aside_mm: float = 0.0) -> NervePath:
        """A straight fibre in the dorsal columns, so deep below the back of the cord and so far to the left.

        Raises
        ------
        ParameterError
            If it would lie outside the cord.
        """
        x, y = self._on_column_mm(depth_mm, aside_mm)
        z = np.linspace(*self.ends_mm, _FINE_POINTS)
        return self._path("dorsal_column", np.column_stack([np.full(z.size, x), np.full(z.size, y), z]), "touch")

    def root_ends_mm(self, side: str) -> tuple[Array, Array]:
        """Lower end (in the fluid) and entry (in the cord, z = 0) of the ``"left"`` or ``"right"`` root."""
        sign = 1.0 if side == "left" else -1.0
        r, c, (half_depth, half_breadth) = row("spine.roots"), row("spine.canal"), self.cord_half_axes_mm
        entry, behind = r["entry_aside_relative"], half_depth + self.fluid_behind_mm
        gap = c["csf_side_mm"] - sign * self.offset_mm
        end = np.array([-r["end_behind_relative"] * behind, sign * (half_breadth + r["end_of_gap_relative"] * gap),
                        -r["spread_levels"] * self.level_length_mm])  # fmt: skip
        groove = r["below_surface_mm"] - half_depth * np.sqrt(1.0 - entry**2)
        return end, np.array([groove, sign * entry * half_breadth, 0.0])

    def _root_mm(self, side: str) -> Array:
        end, entry = self.root_ends_mm(side)
        return end + np.linspace(0.0, 1.0, _FINE_POINTS)[:, None] * (entry - end)

    def epidural_mm(
        self, aside_mm: float = 0.0, along_mm: float = 0.0, diameter_mm: float = 1.3
    ) -> tuple[float, float, float]:
        """Axis of a lead that lies on the dura behind, at a place aside (to the left of the canal's middle) and along.

        Raises
        ------
        ParameterError
            If the sac does not reach so far aside.
        """
        return self.solids().epidural_mm(aside_mm, along_mm, diameter_mm)

    def solids(self, *, roots: bool = True, length_mm: float | None = None) -> SpineSolids:
        """The same canal as solids, for finite elements.

        Parameters
        ----------
        roots : bool
            Whether the pair of dorsal roots is drawn.
        length_mm : float, optional
            Length along z, at least 40; the default is that of the table.
        """
        return SpineSolids(spine=self, roots=roots, length_mm=length_mm)

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
