"""Isopotentials on the cut faces, and the edges of faces."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rheobase.anatomy import BodyPart
from rheobase.report.view.cut import Cut
from rheobase.report.view.mesh import Mesh, corner_normals, joined, sheet_triangles, tube_mesh
from rheobase.report.view.seen import Seen
from rheobase.report.view.surfaces import STANDING, angles_rad, colour_of, place_mm, stations_mm

Array = NDArray[np.float64]
Name = tuple[float, Array, Array]

EVEN = 10
"""Lines on either side of zero that are one step apart."""
_ABOUT = 36  # lines there would be, were they all one step apart
_CORE_POINTS, _LAYER_POINTS, _FINER = 36, 7, 2
_WIDE_RELATIVE, _HEAVY = 0.011, 2.0  # width of a line, of the mean radius; the zero line is heavier
_LIFT_RELATIVE = 0.006
_NAMED_RELATIVE = 0.45  # of the core's radius: where a line is named if it gets there
_DASH_RELATIVE, _GAP_RELATIVE = 0.11, 0.07


def isopotentials(view: Seen, cut: Cut, sign: int) -> tuple[list[Mesh], float, list[Name]]:
    """Lines of equal potential on all cut faces, potential in mV per mA.

    Returns
    -------
    meshes : list of Mesh
        Lines above, at and below zero.
    step_mV_per_mA : float
        From one line to the next, up to `EVEN` steps from zero; beyond that they are further apart.
    numbers : list of (value, place, normal)
        Where a line may be named.
    """
    faces = [*_long_faces(view.part, cut), *_end_faces(view.part, cut)]
    values = [sign * _potential(view, points, keep) for points, keep, _ in faces]
    step = nice_step(np.concatenate([v[np.isfinite(v)] for v in values]), _ABOUT)
    drawn: dict[str, list[Mesh]] = {"above": [], "zero": [], "below": []}
    numbers: list[Name] = []
    for index, ((points, _, normal), v) in enumerate(zip(faces, values, strict=True)):
        for level, lines in _contours(v, step):
            kind = "zero" if level == 0 else "above" if level > 0 else "below"
            ways = [_thinned(_on(points, line), 0.02 * cut.radius_mm) for line in lines]
            ways = [way for way in ways if len(way) > 1]
            for way in ways:
                for piece in _dashes(way, cut) if kind == "below" else [way]:
                    drawn[kind].append(_ribbon(piece, normal, cut, heavy=kind == "zero"))
            if index == 0:
                numbers += _named(view.part, cut, level, ways, normal)
    meshes = [joined(f"isopotentials {k}", "line", [m for m in v if m]) for k, v in drawn.items() if v]
    return meshes, step, numbers


def line_levels(low_mV_per_mA: float, high_mV_per_mA: float, step_mV_per_mA: float) -> Array:
    """Multiples of a step, each up to `EVEN` steps from zero, then ever fewer: near a pad lines would run together.

    Examples
    --------
    >>> line_levels(-130.0, 12.0, 5.0).tolist()
    [-125.0, -100.0, -75.0, -50.0, -45.0, -40.0, -35.0, -30.0, -25.0, -20.0, -15.0, -10.0, -5.0, 0.0, 5.0, 10.0]
    """
    most = int(max(abs(low_mV_per_mA), abs(high_mV_per_mA)) / step_mV_per_mA)
    counts = [n for n in range(most + 1) if n <= EVEN or n % (EVEN // 2) == 0]
    counts = [n for n in counts if n <= 4 * EVEN or n % (2 * EVEN) == 0]
    levels = step_mV_per_mA * np.array(sorted({*counts, *(-n for n in counts)}), dtype=float)
    return levels[(levels >= low_mV_per_mA) & (levels <= high_mV_per_mA)]


def nice_step(values: Array, about: int) -> float:
    """A step of 1, 2 or 5 times a power of ten that gives about so many lines.

    Examples
    --------
    >>> nice_step(np.array([-30.0, 30.0]), 14)
    5.0
    """
    low, high = np.quantile(values, [0.01, 0.99])
    raw = max(float(high - low), 1e-12) / about
    power = 10.0 ** np.floor(np.log10(raw))
    return float(power * min((1.0, 2.0, 5.0, 10.0), key=lambda m: abs(np.log(m * power / raw))))


def edges(part: BodyPart, cut: Cut) -> list[Mesh]:
    """Thin dark lines where the knife met the skin and where the faces meet the ends."""
    z, layers = stations_mm(cut), len(cut.layers)
    opened = cut.opening_rad(0)
    ways = [place_mm(part, cut, 0, np.full(z.size, t), z) for t in (2 * np.pi, opened)]
    around = angles_rad(opened, 2 * np.pi)
    ways += [place_mm(part, cut, 0, around, np.full(around.size, end)) for end in (cut.low_mm, cut.high_mm)]
    core = cut.opening_rad(layers)
    ways.append(place_mm(part, cut, layers, np.full(z.size, core), z))
    for t, border in ((2 * np.pi, 0), (core, layers)):
        for end in (cut.low_mm, cut.high_mm):
            edge = place_mm(part, cut, border, np.array([t]), np.array([end]))[0]
            ways.append(np.linspace(edge * [0, 0, 1.0], edge, 12))
    return [joined("edges", "line", [tube_mesh("edge", "line", w, 0.007 * cut.radius_mm, sides=4) for w in ways])]


def _long_faces(part: BodyPart, cut: Cut) -> list[tuple[Array, NDArray[np.bool_], Array]]:
    """Points (across, along, 3) of both faces, which of them are still there, and the way out of the face."""
    z = np.linspace(cut.low_mm, cut.high_mm, _FINER * len(stations_mm(cut)))
    out = []
    for t, way, depth in ((2 * np.pi, 1.0, None), (cut.wedge_rad, -1.0, len(cut.layers))):
        theta = float(cut.theta_rad(t))
        points, in_layer = _across(part, cut, np.full(z.size, theta), z)
        normal = way * cut.turn * np.array([-np.sin(theta), np.cos(theta), 0.0])
        keep = (
            np.ones(points.shape[:2], dtype=bool)
            if depth is None
            else np.broadcast_to(~in_layer[:, None], points.shape[:2])
        )
        out.append((points, keep, normal))
    return out


def _end_faces(part: BodyPart, cut: Cut) -> list[tuple[Array, NDArray[np.bool_], Array]]:
    t = np.linspace(cut.wedge_rad, 2 * np.pi, 140)
    out = []
    for end, way in ((cut.low_mm, -1.0), (cut.high_mm, 1.0)):
        points, in_layer = _across(part, cut, cut.theta_rad(t), np.full(t.size, end))
        keep = ~in_layer[:, None] | (t >= cut.opening_rad(0))[None]
        out.append((points, keep, np.array([0.0, 0.0, way])))
    return out


def _across(part: BodyPart, cut: Cut, theta_rad: Array, z_mm: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Points from the axis to the skin: (across, n, 3), and which rows lie in layers."""
    borders = part.borders_mm(theta_rad, z_mm)[len(cut.layers) :: -1]
    inner = np.concatenate([np.zeros_like(borders[:1]), borders[:-1]])
    radii, in_layer = [], []
    for i, (low, high) in enumerate(zip(inner, borders, strict=True)):
        places = np.linspace(0.0, 1.0, _CORE_POINTS if i == 0 else _LAYER_POINTS)[min(i, 1) :]
        radii.append(low + places[:, None] * (high - low))
        in_layer += [i > 0] * len(places)
    r = np.concatenate(radii)
    points = np.stack([r * np.cos(theta_rad), r * np.sin(theta_rad), np.broadcast_to(z_mm, r.shape)], axis=-1)
    return points, np.array(in_layer)


def _potential(view: Seen, points_mm: Array, keep: NDArray[np.bool_]) -> Array:
    out = np.full(points_mm.shape[:2], np.nan)
    inside = points_mm[keep] * [0.9995, 0.9995, 1.0]
    out[keep] = view.drive_V_per_A(inside)
    return out


def _contours(values: Array, step: float) -> list[tuple[float, list[Array]]]:
    """Lines of every level as (n, 2) places counted in rows and columns."""
    levels = line_levels(float(np.nanmin(values)), float(np.nanmax(values)), step)
    if not len(levels):
        return []
    from matplotlib.figure import Figure  # half a second, and only lines need it

    axes = Figure().add_subplot()
    drawn = axes.contour(np.ma.masked_invalid(values), levels=levels)
    return [
        (float(level), [s[:, ::-1] for s in segments if len(s) > 2])
        for level, segments in zip(drawn.levels, drawn.allsegs, strict=True)
    ]


def _on(points_mm: Array, line: Array) -> Array:
    """Places between the points of a face, bilinear."""
    i = np.clip(line.astype(int), 0, np.array(points_mm.shape[:2]) - 2)
    a, b = (line - i).T[:, :, None]
    p = [[points_mm[i[:, 0] + m, i[:, 1] + n] for n in (0, 1)] for m in (0, 1)]
    return (1 - a) * ((1 - b) * p[0][0] + b * p[0][1]) + a * ((1 - b) * p[1][0] + b * p[1][1])


def _thinned(way_mm: Array, every_mm: float) -> Array:
    run = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(way_mm, axis=0), axis=1))])
    keep = np.concatenate([[True], np.diff(np.floor(run / every_mm)) > 0])
    keep[-1] = True
    return way_mm[keep]


def _dashes(way_mm: Array, cut: Cut) -> list[Array]:
    run = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(way_mm, axis=0), axis=1))])
    dash, gap = _DASH_RELATIVE * cut.radius_mm, _GAP_RELATIVE * cut.radius_mm
    out = []
    for start in np.arange(0.0, run[-1], dash + gap):
        at = np.linspace(start, min(start + dash, run[-1]), 4)
        out.append(np.stack([np.interp(at, run, way_mm[:, i]) for i in range(3)], axis=1))
    return out


def _ribbon(way_mm: Array, normal: Array, cut: Cut, *, heavy: bool) -> Mesh:
    along = np.gradient(way_mm, axis=0)
    side = np.cross(along, normal)
    side /= np.maximum(np.linalg.norm(side, axis=1, keepdims=True), 1e-12)
    half = _WIDE_RELATIVE * cut.radius_mm / 2 * (_HEAVY if heavy else 1.0)
    lifted = way_mm + _LIFT_RELATIVE * cut.radius_mm * normal
    points = np.concatenate([lifted - half * side, lifted + half * side])
    triangles = sheet_triangles(2, len(way_mm))
    return Mesh(
        name="isopotential", colour="line", points_mm=points, triangles=triangles,
        normals=corner_normals(points, triangles), flat=True,
    )  # fmt: skip


def _named(part: BodyPart, cut: Cut, level: float, ways: list[Array], normal: Array) -> list[Name]:
    """One place for the number of a level: on its longest line, where nothing stands in front of it."""
    points = max(ways, key=len, default=np.zeros((0, 3)))
    solid = np.array([colour_of(t.name) in STANDING for t in part.tissues])
    points = points[~solid[part.labels_at(points * [0.999, 0.999, 1.0])]] if len(points) else points
    if not len(points):
        return []
    theta, r = np.arctan2(points[:, 1], points[:, 0]), np.hypot(points[:, 0], points[:, 1])
    edge = part.borders_mm(theta, points[:, 2])[len(cut.layers)]
    return [(level, points[np.argmin(np.abs(r / edge - _NAMED_RELATIVE))], normal)]
