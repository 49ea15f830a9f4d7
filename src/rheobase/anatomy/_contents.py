"""From the tables to what lies inside one person's body part: bones, muscles, nerves, motor points and sites."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
from rheobase.anatomy.muscle import Muscle, belongs
from rheobase.anatomy.places import MotorPoint, UsualPad
from rheobase.anatomy.radial import Array
from rheobase.anatomy.shapes import Rod
from rheobase.tables import Row

if TYPE_CHECKING:
    from rheobase.anatomy.mapped import MappedPart

HARD = ("cortical_bone", "cartilage", "air", "blood")
"""Tissues that no nerve runs through."""
_FINE_MM = 4.0
_PATH_POINTS = 241
_SMOOTHED_POINTS = 4.0
_CLEAR_MM = 1.0


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
        p = np.asarray(points_mm, dtype=float)
        out = np.tile([0.0, 0.0, 1.0], (len(p), 1))
        muscles = list(self.muscles.values())
        owner = belongs(muscles, p)
        for i, muscle in enumerate(muscles):
            if muscle.fibre_turn_deg or muscle.pennation_deg:
                out[owner == i] = muscle.fibres(p[owner == i])
        return out

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
    nerves = {name: _nerve(part, name, r, side, inclusions) for name, r, side in _both_sides(part, "nerve_")}
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


def _fine(z: Array, *columns: Array) -> tuple[Array, list[Array]]:
    """Stations close enough for straight pieces between them, and the columns there."""
    fine = np.unique(np.concatenate([z, np.arange(z[0], z[-1], _FINE_MM)]))
    return fine, [PchipInterpolator(z, c, axis=0)(fine) for c in columns]


def _on_rays(part: MappedPart, around_deg: Array, share: Array, z: Array) -> Array:
    """Points at shares of the way from the axis to the fascia, shape (n, 2)."""
    theta = np.deg2rad(around_deg)
    r = share * part.fascia_mm(theta, z)
    return np.stack([r * np.cos(theta), r * np.sin(theta)], axis=-1)


def _inclusion(part: MappedPart, name: str, r: Row, side: float) -> Inclusion:
    z = along_mm(part, r["along_share"])
    half = np.column_stack([r["half_x_mm"], r["half_y_mm"]]) if "half_x_mm" in r else None
    scale = part.person.bone_factor if r.get("grows_with", "bones") == "bones" else 1.0
    if half is None:  # a cavity fills a share of what the fascia encloses
        half = np.column_stack([r["half_x_share"], r["half_y_share"]]) * _mean_fascia_mm(part, z)[:, None]
        scale = 1.0
    half = half * scale
    around = side * _per_station(r.get("around_deg", 0.0), len(z))
    turn = side * float(r.get("turn_deg", 0.0))
    if "behind_mm" in r:
        around, share = _from_behind(part, r, z, side)
    elif "below_fascia_mm" in r:
        phi = np.deg2rad(around - turn)
        reach = 1.0 / np.hypot(np.cos(phi) / half[:, 0], np.sin(phi) / half[:, 1])
        edge = part.fascia_mm(np.deg2rad(around), z)
        below = _per_station(r["below_fascia_mm"], len(z)) * scale
        share = (edge - below * part.slant(np.deg2rad(around), z) - reach) / edge
    else:
        share = _per_station(r["layer_share"], len(z))
    core_share = _per_station(r.get("core_share", 0.0), len(z))
    fine, (around, share, half, core_share) = _fine(z, around, share, half, core_share)
    centre = _on_rays(part, around, share, fine)
    rod = _rod(fine, centre, half, turn, closed=True)
    core = None
    if r.get("core_tissue"):
        core = _rod(fine, centre, half * core_share[:, None], turn, closed=True)
    return Inclusion(
        name=name, tissue=r["tissue"], rod=rod, core=core, core_tissue=r.get("core_tissue", ""),
        within=r.get("within", ""),
    )  # fmt: skip


def _from_behind(part: MappedPart, r: Row, z: Array, side: float) -> tuple[Array, Array]:
    """Angles (deg) and shares of the fascia's radius of what is told by its distance from back and midline."""
    grown = part.person.bone_factor
    back = part.fascia_mm(np.full(len(z), np.pi), z)
    x = grown * _per_station(r["behind_mm"], len(z)) - back
    y = side * grown * _per_station(r.get("aside_mm", 0.0), len(z))
    theta = np.arctan2(y, x)
    # counted on over 180 degrees, so that a course along the midline does not leap
    return np.rad2deg(np.unwrap(theta)), np.hypot(x, y) / part.fascia_mm(theta, z)


def _rod(z: Array, centre: Array, half: Array, turn_deg: float, *, closed: bool) -> Rod:
    return Rod(
        along_mm=tuple(map(float, z)),
        centre_mm=tuple((float(x), float(y)) for x, y in centre),
        half_axes_mm=tuple((float(a), float(b)) for a, b in half),
        turn_deg=turn_deg,
        closed=closed,
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


def _nerve(part: MappedPart, name: str, r: Row, side: float, inclusions: tuple[Inclusion, ...]) -> NervePath:
    z, n = along_mm(part, r["along_share"]), len(r["along_share"])
    if "behind_mm" in r:
        around, layer = _from_behind(part, r, z, side)
    else:
        around, layer = side * np.array(r["around_deg"]), np.array(r["layer"])
    held = np.column_stack([z, around, layer])
    z, around, layer = PchipInterpolator(np.arange(n), held, axis=0)(np.linspace(0, n - 1, _PATH_POINTS)).T
    theta = np.deg2rad(around)
    skin, fat, fascia = part.borders_mm(theta, z)
    # 0 on the axis, 1 at the fascia, 2 below the skin, 3 on it
    radius = np.where(layer <= 1, layer * fascia, np.where(layer <= 2, fascia + (layer - 1) * (fat - fascia),
                      fat + (layer - 2) * (skin - fat)))  # fmt: skip
    p = np.column_stack([radius * np.cos(theta), radius * np.sin(theta), z])
    margin = r["diameter_mm"] / 2.0 + _CLEAR_MM
    open_to = r.get("through", [])
    for inclusion in inclusions:
        if inclusion.tissue in HARD and not set(open_to) & {inclusion.name, _plain_name(inclusion.name)}:
            p = inclusion.pushed_out_mm(p, margin)
    # pushing bends the path; a corner would excite fibres where no nerve has one
    p[:, :2] = gaussian_filter1d(p[:, :2], _SMOOTHED_POINTS, axis=0, mode="nearest")
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


def _plain_name(name: str) -> str:
    """Name without the side."""
    return name.removesuffix("_left").removesuffix("_right")


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
