"""From the tables to what lies inside one person's body part: bones, muscles, nerves, motor points and sites."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.ndimage import gaussian_filter1d

from rheobase.anatomy._surfaces import along_mm
from rheobase.anatomy.body import NervePath, Site, Tissue
from rheobase.anatomy.inclusion import Inclusion
from rheobase.anatomy.muscle import Muscle, belongs, fibres_of
from rheobase.anatomy.places import MotorPoint, UsualPad
from rheobase.anatomy.radial import Array
from rheobase.anatomy.shapes import Rod
from rheobase.tables import Row, row

if TYPE_CHECKING:
    from rheobase.anatomy.mapped import MappedPart

HARD = ("cortical_bone", "cartilage", "air", "blood")
"""Tissues that no nerve runs through."""
_FINE_MM = 4.0
_PATH_POINTS = 241
_SMOOTHED_POINTS = 4.0
_CLEAR_MM = 1.0
_ROUNDS = 3
_FEWEST_POINTS = 8
_NEAR = 2.5  # levels; what is further from a path is never met


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Contents:
    """What lies below the fascia of one body part, and its named places.

    Parameters
    ----------
    tissues : tuple of Tissue
        All tissues of the part, skin and fat first.
    inclusions : tuple of Inclusion
        Bones, vessels and cavities; a later one lies inside an earlier one or beside it.
    muscles : mapping
        Muscles and other soft tissue by name.
    nerves, motor_points, sites : mapping
        By name.
    usual_pads : tuple of UsualPad
        The usual montage.

    Examples
    --------
    >>> from rheobase.anatomy import Thigh
    >>> "femoral" in Thigh().contents.nerves
    True
    """

    tissues: tuple[Tissue, ...]
    inclusions: tuple[Inclusion, ...]
    muscles: Mapping[str, Muscle]
    nerves: Mapping[str, NervePath]
    motor_points: Mapping[str, MotorPoint]
    sites: Mapping[str, Site]
    usual_pads: tuple[UsualPad, ...]

    def labels(self, points_mm: Array) -> np.ndarray:
        """Index into ``tissues`` at points of the core, shape (n,)."""
        p = np.asarray(points_mm, dtype=float)
        names = [t.name for t in self.tissues]
        of_muscle = np.array([names.index(m.tissue) for m in self.muscles.values()])
        out = of_muscle[belongs(list(self.muscles.values()), p)]
        for inclusion in self.inclusions:
            for rod, tissue in ((inclusion.rod, inclusion.tissue), (inclusion.core, inclusion.core_tissue)):
                if rod is not None:
                    out[rod.contains(p)] = names.index(tissue)
        return out

    def directions(self, points_mm: Array) -> np.ndarray:
        """Unit vectors along the fibres at points of the core, shape (n, 3)."""
        return fibres_of(list(self.muscles.values()), points_mm)

    def names_at(self, points_mm: Array) -> list[str]:
        """Name of the muscle, or of the innermost inclusion, at each point of the core."""
        p = np.asarray(points_mm, dtype=float)
        owner = np.array(list(self.muscles), dtype=object)[belongs(list(self.muscles.values()), p)]
        for inclusion in self.inclusions:
            owner[inclusion.rod.contains(p)] = inclusion.name
        return [str(name) for name in owner]


@lru_cache(maxsize=64)
def contents_of(part: MappedPart) -> Contents:
    """Contents of a body part, made once for each."""
    inclusions = tuple(_inclusion(part, name, r, side) for name, r, side in _both_sides(part, "tube_"))
    muscles = {name: _muscle(part, name, r) for name, r in _rows(part, "muscle_")}
    courses = {name: _nerve(part, name, r, side, inclusions) for name, r, side in _both_sides(part, "nerve_")}
    nerves = {name: nerve for name, nerve in courses.items() if nerve is not None}
    points = {name: _motor_point(part, name, r, side) for name, r, side in _both_sides(part, "motor_")}
    used = ["skin", "fat", *(m.tissue for m in muscles.values())]
    used += [t for i in inclusions for t in (i.tissue, i.core_tissue) if t]
    return Contents(
        tissues=tuple(part.tissue(name) for name in dict.fromkeys(used)),
        inclusions=inclusions,
        muscles=MappingProxyType(muscles),
        nerves=MappingProxyType(nerves),
        motor_points=MappingProxyType(points),
        sites=MappingProxyType(_sites(part, points, nerves)),
        usual_pads=_usual_pads(part.data["montage"]),
    )


def _rows(part: MappedPart, prefix: str) -> Iterator[tuple[str, Row]]:
    return ((k.removeprefix(prefix), r) for k, r in part.data.items() if k.startswith(prefix))


def _both_sides(part: MappedPart, prefix: str) -> Iterator[tuple[str, Row, float]]:
    """Rows with the sign of their angles: what exists left and right is told once."""
    for name, r in _rows(part, prefix):
        if r.get("mirror", False):
            yield f"{name}_left", r, 1.0
            yield f"{name}_right", r, -1.0
        else:
            yield name, r, 1.0


def _on_rays(part: MappedPart, around_deg: Array, share: Array, z: Array) -> Array:
    """Points at shares of the way from the axis to the fascia, shape (n, 2)."""
    theta = np.deg2rad(around_deg)
    r = share * part.fascia_mm(theta, z)
    return np.stack([r * np.cos(theta), r * np.sin(theta)], axis=-1)


def _inclusion(part: MappedPart, name: str, r: Row, side: float) -> Inclusion:
    stations = along_mm(part, r["along_share"])
    z = np.unique(np.concatenate([stations, np.arange(stations[0], stations[-1], _FINE_MM)]))

    def fine(key: str, default: float = 0.0) -> Array:
        return PchipInterpolator(stations, _per_station(r.get(key, default), len(stations)))(z)

    half = np.column_stack([fine("half_x_mm"), fine("half_y_mm")]) * part.person.bone_factor
    turn = side * float(r.get("turn_deg", 0.0))
    centre = _centre_mm(part, r, fine, z, side, half, turn)
    core = None
    if r.get("core_tissue"):
        core = _rod(z, centre, half * fine("core_share")[:, None], turn)
    return Inclusion(
        name=name, tissue=r["tissue"], rod=_rod(z, centre, half, turn), core=core,
        core_tissue=r.get("core_tissue", ""), within=r.get("within", ""),
    )  # fmt: skip


def _centre_mm(
    part: MappedPart, r: Row, fine: Callable[..., Array], z: Array, side: float, half: Array, turn_deg: float
) -> Array:
    """Centre of each section, shape (n, 2): behind, beside, below the fascia on a ray, or at a share of the ray."""
    if "behind_mm" in r:
        return _from_behind_mm(part, fine("behind_mm"), side * fine("aside_mm"), z)
    if "front_mm" in r:
        return part.person.bone_factor * np.column_stack([fine("front_mm"), side * fine("aside_mm")])
    theta = np.deg2rad(side * fine("around_deg"))
    edge = part.fascia_mm(theta, z)
    if "below_fascia_mm" in r:
        phi = theta - np.deg2rad(turn_deg)
        reach = 1.0 / np.hypot(np.cos(phi) / half[:, 0], np.sin(phi) / half[:, 1])
        radius = edge - part.person.bone_factor * fine("below_fascia_mm") * part.slant(theta, z) - reach
    else:
        radius = fine("layer_share") * edge
    return np.column_stack([radius * np.cos(theta), radius * np.sin(theta)])


def _from_behind_mm(part: MappedPart, behind: Array, aside: Array, z: Array) -> Array:
    """Places from their distance below the fascia of the back and from the midline, shape (n, 2)."""
    grown = part.person.bone_factor
    return np.column_stack([grown * behind - part.fascia_mm(np.full(len(z), np.pi), z), grown * aside])


def _rod(z: Array, centre: Array, half: Array, turn_deg: float) -> Rod:
    return Rod(
        along_mm=tuple(map(float, z)),
        centre_mm=tuple((float(x), float(y)) for x, y in centre),
        half_axes_mm=tuple((float(a), float(b)) for a, b in half),
        turn_deg=turn_deg,
        closed=True,
    )


def _mean_fascia_mm(part: MappedPart, z: Array) -> Array:
    """Mean distance of the fascia from the axis at each place."""
    t, places = np.meshgrid(np.linspace(0.0, 2.0 * np.pi, 36, endpoint=False), z)
    return part.fascia_mm(t, places).mean(axis=1)


def _per_station(value: float | Sequence[float], n: int) -> Array:
    return np.broadcast_to(np.asarray(value, dtype=float), (n,)).copy()


def _muscle(part: MappedPart, name: str, r: Row) -> Muscle:
    z = along_mm(part, r["along_share"])
    around = np.atleast_2d(np.array(r["around_deg"], dtype=float))
    around = np.broadcast_to(around, (len(around), len(z)))
    share = np.broadcast_to(np.atleast_2d(np.array(r["layer_share"], dtype=float)), around.shape)
    size = np.broadcast_to(np.atleast_2d(np.array(r["size_share"], dtype=float)), (len(around), len(z)))
    if r.get("mirror", False):
        around, share, size = np.concatenate([around, -around]), np.tile(share, (2, 1)), np.tile(size, (2, 1))
    seeds = _on_rays(part, around, share, np.broadcast_to(z, around.shape))
    return Muscle(
        name=name,
        plain=r.get("plain", name.replace("_", " ")),
        tissue=r.get("tissue", "muscle"),
        nerve=r.get("nerve", ""),
        along_mm=z,
        seed_mm=seeds,
        size_mm=size * _mean_fascia_mm(part, z),
        fibre_turn_deg=r.get("fibre_turn_deg", 0.0),
        pennation_deg=r.get("pennation_deg", 0.0),
    )


def _nerve(part: MappedPart, name: str, r: Row, side: float, inclusions: tuple[Inclusion, ...]) -> NervePath | None:
    """A nerve as far as it runs within the part; none if it does not."""
    stations, n = along_mm(part, r["along_share"]), len(r["along_share"])
    from_behind = "behind_mm" in r
    first, second = (r["behind_mm"], r["aside_mm"]) if from_behind else (r["around_deg"], r["layer"])
    held = np.column_stack([stations, first, second])
    z, first, second = PchipInterpolator(np.arange(n), held, axis=0)(np.linspace(0, n - 1, _PATH_POINTS)).T
    if from_behind:
        xy = _from_behind_mm(part, first, side * second, z)
    else:
        theta = np.deg2rad(side * first)
        radius = _layer_radius_mm(part, second, theta, z)
        xy = np.column_stack([radius * np.cos(theta), radius * np.sin(theta)])
    p = np.column_stack([xy, z])
    solid = [i for i in inclusions if i.tissue in HARD and not _opens(r, i.name)]
    p = _clear_of(part, [i for i in solid if (i.level(p) < _NEAR).any()], p)
    p = p[(p[:, 2] >= part.ends_mm[0]) & (p[:, 2] <= part.ends_mm[1])]
    if len(p) < _FEWEST_POINTS:
        return None
    middle = len(p) // 2
    if p[0, 2] > p[-1, 2]:
        p = p[::-1]
    depth = part.depth_mm(p[middle : middle + 1])[0]
    return NervePath(
        name=name,
        points_mm=tuple((float(a), float(b), float(c)) for a, b, c in p),
        skin_depth_mm=float(depth),
        around_deg=float(np.rad2deg(np.arctan2(p[middle, 1], p[middle, 0]))),
        rows=(r.key,),
        diameter_mm=r["diameter_mm"],
        motor_share=r["motor_share"],
        territory=r.get("territory", ""),
    )


def _layer_radius_mm(part: MappedPart, layer: Array, theta: Array, z: Array) -> Array:
    """Distance from the axis by layer: 0 on the axis, 1 at the fascia, 2 below the skin, 3 on it."""
    borders = part.borders_mm(theta, z)
    at = np.stack([np.zeros_like(z), borders[2], borders[1], borders[0]])
    low = np.clip(np.floor(layer).astype(int), 0, 2)
    inner, outer = (at[low + i, np.arange(len(z))] for i in (0, 1))
    return inner + (layer - low) * (outer - inner)


def _clear_of(part: MappedPart, solid: list[Inclusion], p: Array) -> Array:
    """The path moved off bones and vessels and kept below the skin, without corners where none is needed."""
    if not solid:
        return p
    for _ in range(_ROUNDS):
        for inclusion in solid:
            p = inclusion.pushed_out_mm(p, _CLEAR_MM)
        # pushing bends the path; a corner would excite fibres where no nerve has one
        p[:, :2] = gaussian_filter1d(p[:, :2], _SMOOTHED_POINTS, axis=0, mode="nearest")
    r = np.hypot(p[:, 0], p[:, 1])
    below = part.borders_mm(np.arctan2(p[:, 1], p[:, 0]), p[:, 2])[1] - _CLEAR_MM / 4.0
    p[:, :2] *= np.minimum(1.0, below / np.maximum(r, 1e-9))[:, None]
    for inclusion in solid:
        p = inclusion.pushed_out_mm(p, _CLEAR_MM / 4.0)
    return p


def _opens(r: Row, inclusion: str) -> bool:
    """Whether the nerve of a row may run through an inclusion, as a root through its foramen."""
    return inclusion.removesuffix("_left").removesuffix("_right") in r.get("through", [])


def may_cross(nerve: NervePath, inclusion: str) -> bool:
    """Whether a nerve may run through an inclusion."""
    return _opens(row(nerve.rows[0]), inclusion)


def _landmark(part: MappedPart, name: str) -> tuple[float, float]:
    r = part.data[f"landmark_{name}"]
    return float(along_mm(part, [r["along_share"]])[0]), float(r["around_deg"])


def _motor_point(part: MappedPart, name: str, r: Row, side: float) -> MotorPoint:
    (z0, a0), (z1, a1) = (_landmark(part, n) for n in r["line"])
    along = z0 + r["line_share"] * (z1 - z0)
    around = a0 + r["line_share"] * (a1 - a0) + r.get("around_offset_deg", 0.0)
    radius = float(part.outline_mm(np.array(np.deg2rad(around)), np.array(along)))
    around += np.rad2deg(r.get("around_share", 0.0) * abs(z1 - z0) / radius)
    around = side * r.get("around_deg", around)
    return MotorPoint(
        name=name,
        muscle=r["muscle"],
        along_mm=along,
        around_deg=float((around + 180.0) % 360.0 - 180.0),
        below_fascia_mm=r["below_fascia_mm"],
        spread_mm=float(r["spread_share"] * abs(z1 - z0)),
        rule=r["rule"],
        row=r.key,
    )


def _sites(part: MappedPart, points: Mapping[str, MotorPoint], nerves: Mapping[str, NervePath]) -> dict[str, Site]:
    out = {
        name: Site(
            name=name, along_mm=p.along_mm, around_deg=p.around_deg, rows=(p.row,),
            about=f"over the motor point of {part.data[f'muscle_{p.muscle}'].get('plain', p.muscle.replace('_', ' '))}",
        )
        for name, p in points.items()
    }  # fmt: skip
    for name, r, side in _both_sides(part, "site_"):
        z = float(along_mm(part, [r["along_share"]])[0])
        around = side * float(r["around_deg"]) if "around_deg" in r else _nerve_angle_deg(nerves[r["nerve"]], z)
        out[name] = Site(name=name, along_mm=z, around_deg=around, about=r["about"], rows=(r.key,))
    return out


def _nerve_angle_deg(nerve: NervePath, along: float) -> float:
    p = np.array(nerve.points_mm)
    x, y = p[np.argmin(np.abs(p[:, 2] - along)), :2]
    return float(np.rad2deg(np.arctan2(y, x)))


def _usual_pads(r: Row) -> tuple[UsualPad, ...]:
    columns = zip(r["pad"], r["site"], r["width_mm"], r["length_mm"], r["share"], strict=True)
    return tuple(UsualPad(name=n, site=s, width_mm=w, length_mm=le, share=q) for n, s, w, le, q in columns)
