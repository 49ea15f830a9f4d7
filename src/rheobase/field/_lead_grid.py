"""A structured grid around a lead in a block or column of tissue: surfaces around its shaft, angles, places along it.

Near the lead the surfaces are round; towards the walls they take on the shape of the body. The shaft is left out: its
cells conduct nothing. Below a tip that ends in tissue, and above the far end, the grid goes on to the axis.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import cast

import numpy as np

from rheobase.anatomy import Block, Column, Solid, SolidBody
from rheobase.electrode import Lead
from rheobase.field._body_grid import CellShape

EDGE_SHARE = 1 / 32  # cells at contact edges, against the lead's radius or half of the shortest contact
ANGLES = 24  # cells around, where nothing asks for more
_GROWTH = 0.16  # of cells with distance from the nearest edge
_SIDE_TIMES = 2.0  # cells at the sides of segments, against those at their ends
_WIDEST_SHARE = 1 / 14  # the widest cells, against the nearest wall
_TIP_TIMES = 5.0  # cells at the corner of the tip, where current turns but none enters, against those at contact edges
_ROUND_SHARE = 0.6  # of the way from the lead to the nearest wall, within which surfaces are round
_FAR_TIMES = 1.5  # walls further away than so many times the nearest have finer angles
_SHELL_SHARE = 0.7  # up to where round shells of tissue are followed
_SAME_MM = 1e-6
_NEWTON = 40
_SAMPLES = 800


@dataclass(frozen=True, eq=False)
class LeadGrid:
    """The grid and its geometry, in the frame of the lead.

    Attributes
    ----------
    lead : Lead
        The lead.
    outer : Block or Column
        The outermost solid.
    reach_mm : (4,) array
        Where the surfaces cease to be round, and the nearest wall; the ends of the body along the lead.
    across_mm : (a,) array
        Distance of the surfaces from the axis, where they are round; they begin on the axis.
    theta_rad : (b,) array
        Angles of the nodes, rising, the closing one left out.
    along_mm : (c,) array
        Places of the nodes along the lead, from its tip.
    breaks : tuple of tuples of int
        Surfaces, and places along, at which the tissue changes.
    """

    lead: Lead
    outer: Block | Column
    reach_mm: np.ndarray
    across_mm: np.ndarray
    theta_rad: np.ndarray
    along_mm: np.ndarray
    breaks: tuple[tuple[int, ...], tuple[int, ...]]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Number of nodes across, around and along."""
        return len(self.across_mm), len(self.theta_rad), len(self.along_mm)

    @property
    def mantle(self) -> int:
        """The surface on which the contacts lie."""
        return int(np.argmin(np.abs(self.across_mm - self.lead.radius_mm)))

    @property
    def shaft(self) -> slice:
        """Cells along that the shaft fills."""
        first, last = (int(np.argmin(np.abs(self.along_mm - v))) for v in (0.0, self.lead.length_mm))
        return slice(first, last)

    @property
    def d_theta_rad(self) -> np.ndarray:
        """Angle of every cell."""
        return np.diff(self.theta_rad, append=self.theta_rad[0] + 2 * np.pi)

    @property
    def d_along_m(self) -> np.ndarray:
        """Length of every cell along the lead."""
        return 1e-3 * np.diff(self.along_mm)

    @cached_property
    def radii_mm(self) -> np.ndarray:
        """Distance of the nodes from the axis: (across, around)."""
        return self.radius_mm(self.across_mm[:, None], self.theta_rad)

    def radius_mm(self, across_mm: np.ndarray, theta_rad: np.ndarray) -> np.ndarray:
        """Distance from the axis of a surface at an angle."""
        begin, wall = self.reach_mm[:2]
        bent = (np.clip(across_mm - begin, 0.0, None) / (wall - begin)) ** 3
        return across_mm + bent * (outline_mm(self.lead, self.outer, theta_rad) - wall)

    def slopes(self, across_mm: np.ndarray, theta_rad: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """How the radius changes with the surface, and with the angle (mm per rad)."""
        begin, wall = self.reach_mm[:2]
        t = np.clip(across_mm - begin, 0.0, None) / (wall - begin)
        low, high = (outline_mm(self.lead, self.outer, theta_rad + s) for s in (-1e-6, 1e-6))
        return 1.0 + 3 * t**2 * ((low + high) / 2 - wall) / (wall - begin), t**3 * (high - low) / 2e-6

    def surface_mm(self, radius_mm: np.ndarray, theta_rad: np.ndarray) -> np.ndarray:
        """The surface that a point lies on: the inverse of `radius_mm`, by Newton from above."""
        begin, wall = self.reach_mm[:2]
        out = np.minimum(radius_mm, wall)
        far = np.flatnonzero(out > begin)
        if not far.size:
            return out
        r, theta = radius_mm[far], theta_rad[far]
        over = outline_mm(self.lead, self.outer, theta) - wall
        u = np.minimum(r, wall)
        for _ in range(_NEWTON):
            t = (u - begin) / (wall - begin)
            step = (u + t**3 * over - r) / (1.0 + 3 * t**2 * over / (wall - begin))
            u = np.clip(u - step, begin, wall)
            if np.abs(step).max() < 1e-12 * wall:
                break
        out[far] = u
        return out

    def cells(self) -> CellShape:
        """Geometry of all cells.

        Between two nodes a surface runs straight from angle to angle, outside a flat wall. So that no cell is too
        large or too small, its nodes are moved by what the two cells beside them are off.
        """
        ends = np.append(self.theta_rad, self.theta_rad[0] + 2 * np.pi)
        wall, middle = (outline_mm(self.lead, self.outer, t) for t in (ends, (ends[1:] + ends[:-1]) / 2))
        over = (wall[1:] + wall[:-1] - 2 * middle) / 3  # the mean of the ends, against that by Simpson's rule
        begin, nearest = self.reach_mm[:2]
        bent = (np.clip(self.across_mm - begin, 0.0, None) / (nearest - begin)) ** 3
        moved = self.radii_mm - bent[:, None] * (over + np.roll(over, 1)) / 2
        r = 1e-3 * np.concatenate([moved, moved[:, :1]], axis=1)
        n = (len(r) - 1, r.shape[1] - 1, len(self.along_mm) - 1)
        corner = (r[1:, 1:] + r[1:, :-1] + r[:-1, 1:] + r[:-1, :-1]) / 4
        wide = (r[1:, 1:] + r[1:, :-1] - r[:-1, 1:] - r[:-1, :-1]) / 2
        slant = (r[1:, 1:] - r[1:, :-1] + r[:-1, 1:] - r[:-1, :-1]) / 2

        def full(flat: np.ndarray) -> np.ndarray:
            return np.broadcast_to(flat[:, :, None], n)

        return CellShape(
            across=full(wide),
            radius=full(corner),
            slant_around=full(slant),
            slant_along=np.zeros((1, 1, 1)),
            around=full(corner * self.d_theta_rad),
            along=np.broadcast_to(self.d_along_m, n),
        )

    def own(self, points_mm: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Radius, angle (from the first node on) and place along the lead of points of the body."""
        p = (np.asarray(points_mm, dtype=float) - self.lead.origin_mm) @ frame(self.lead).T
        theta = np.arctan2(p[:, 1], p[:, 0])
        first = self.theta_rad[0]
        return np.hypot(p[:, 0], p[:, 1]), first + (theta - first) % (2 * np.pi), p[:, 2]


def frame(lead: Lead) -> np.ndarray:
    """Unit vectors (rows): two square to the lead, and along it."""
    return np.array([lead.across, np.cross(lead.axis, lead.across), lead.axis])


def box_mm(lead: Lead, outer: Block | Column) -> tuple[np.ndarray, np.ndarray]:
    """Opposite corners of the outer solid, seen from the lead."""
    if isinstance(outer, Block):
        corners = np.array([outer.low_mm, outer.high_mm])
    else:
        c, h, z = np.array(outer.centre_mm), np.array(outer.half_axes_mm), outer.along_mm
        corners = np.array([[*(c - h), z[0]], [*(c + h), z[1]]])
    seen = (corners - lead.origin_mm) @ frame(lead).T
    return seen.min(axis=0), seen.max(axis=0)


def outline_mm(lead: Lead, outer: Block | Column, theta_rad: np.ndarray) -> np.ndarray:
    """Distance from the lead's axis to the wall at angles around it."""
    low, high = box_mm(lead, outer)
    x, y = np.cos(theta_rad), np.sin(theta_rad)
    if isinstance(outer, Block):
        sides = []
        for c, a, b in ((x, low[0], high[0]), (y, low[1], high[1])):
            even = np.where(c == 0, 1.0, c)
            sides.append(np.where(c == 0, np.inf, np.where(c > 0, b, a) / even))
        return np.minimum(*sides)
    centre, half = (low[:2] + high[:2]) / 2, (high[:2] - low[:2]) / 2
    p, q = (x / half[0], y / half[1]), centre / half
    a, b = p[0] ** 2 + p[1] ** 2, p[0] * q[0] + p[1] * q[1]
    return (b + np.sqrt(b**2 - a * (q @ q - 1.0))) / a


def edge_mm(lead: Lead) -> float:
    """Usual size of cells at contact edges."""
    return EDGE_SHARE * min(lead.radius_mm, *(c.length_mm / 2 for c in lead.contacts))


def lead_grid(body: SolidBody, lead: Lead, cell_mm: float | None) -> LeadGrid:
    """The grid for a lead; ``cell_mm`` is the size of cells at contact edges, all others follow."""
    outer = cast("Block | Column", body.solids[0].shape)
    low, high = box_mm(lead, outer)
    wall = float(outline_mm(lead, outer, np.linspace(-np.pi, np.pi, 721)).min())
    wall = min(wall, *(abs(v) for v in (*low[:2], *high[:2])))
    radius = lead.radius_mm
    edge = edge_mm(lead)
    factor = 1.0 if cell_mm is None else edge / cell_mm
    shells = [s for s in shell_radii_mm(body, lead) if radius + _SAME_MM < s < _SHELL_SHARE * wall]
    begin = max([radius + _ROUND_SHARE * (wall - radius), *shells])
    over = float(outline_mm(lead, outer, np.linspace(-np.pi, np.pi, 721)).max()) - wall

    def spacing(u: np.ndarray) -> np.ndarray:
        """As fine as asked for where the surfaces are furthest apart, towards the corner that is furthest away."""
        t = np.clip(u - begin, 0.0, None) / (wall - begin)
        far = (edge + _GROWTH * (u + t**3 * over - radius)) / (1.0 + 3 * t**2 * over / (wall - begin))
        wide = np.minimum(edge + _GROWTH * np.abs(u - radius), _WIDEST_SHARE * wall)
        return np.minimum(wide, np.where(u > begin, far, np.inf)) / factor

    across = _through([0.0, radius, *shells, wall], spacing)
    planes = [p for p in plane_places_mm(body, lead) if low[2] + _SAME_MM < p < high[2] - _SAME_MM]
    along = _along(lead, (float(low[2]), float(high[2])), planes, (edge, _WIDEST_SHARE * wall), factor)
    breaks = tuple(tuple(int(np.argmin(np.abs(x - s))) for s in at) for x, at in ((across, shells), (along, planes)))
    return LeadGrid(
        lead=lead,
        outer=outer,
        reach_mm=np.array([begin, wall, low[2], high[2]]),
        across_mm=across,
        theta_rad=_around(lead, outer, edge, factor),
        along_mm=along,
        breaks=(breaks[0], breaks[1]),
    )


def _through(
    stops: list[float], spacing: Callable[[np.ndarray], np.ndarray], fewest: int = 2, same: float = _SAME_MM
) -> np.ndarray:
    """Places through every stop, about ``spacing`` apart."""
    rising = sorted(stops)
    kept = [rising[0], *(b for a, b in pairwise(rising) if b - a > same)]
    runs = [_spaced(a, b, spacing, fewest) for a, b in pairwise(kept)]
    return np.concatenate([runs[0][:1], *(r[1:] for r in runs)])


def _spaced(low: float, high: float, spacing: Callable[[np.ndarray], np.ndarray], fewest: int) -> np.ndarray:
    """Places from ``low`` to ``high``, both included; spacing is looked up most densely near both."""
    t = np.linspace(0.0, 1.0, _SAMPLES + 1)
    x = low + (high - low) * t**3 / (t**3 + (1.0 - t) ** 3)
    rate = 1.0 / spacing(x)
    count = np.concatenate([[0.0], np.cumsum((rate[1:] + rate[:-1]) / 2 * np.diff(x))])
    cells = max(int(np.ceil(count[-1] - 1e-6)), fewest)
    return np.interp(np.linspace(0.0, count[-1], cells + 1), count, x)


def _along(
    lead: Lead, ends_mm: tuple[float, float], planes_mm: list[float], cells_mm: tuple[float, float], factor: float
) -> np.ndarray:
    """Places along the lead: fine at contact edges, less so at the corners of its ends, and nowhere too wide."""
    edge_mm, widest_mm = cells_mm
    edges = np.array([e for c in lead.contacts for e in c.ends_mm])
    corners = np.array([e for e in (0.0, lead.length_mm) if ends_mm[0] < e < ends_mm[1]])

    def spacing(s: np.ndarray) -> np.ndarray:
        near = [edge_mm + _GROWTH * np.abs(s[:, None] - edges).min(axis=1)]
        if corners.size:
            near.append(_TIP_TIMES * edge_mm + _GROWTH * np.abs(s[:, None] - corners).min(axis=1))
        return np.minimum(np.min(near, axis=0), widest_mm) / factor

    return _through([*ends_mm, *edges, *corners, *planes_mm], spacing, fewest=1)


def _around(lead: Lead, outer: Block | Column, edge_mm: float, factor: float) -> np.ndarray:
    """Angles through the corners of a block and the edges of segments, fine at the latter."""
    sides = [
        np.deg2rad(c.around_deg + s * c.span_deg / 2) % (2 * np.pi) for c in lead.contacts if not c.is_ring
        for s in (-1, 1)
    ]  # fmt: skip
    low, high = box_mm(lead, outer)
    corners = [(y, x) for x in (low[0], high[0]) for y in (low[1], high[1])] if isinstance(outer, Block) else [(0, 1)]
    stops = [*sides, *(float(np.arctan2(y, x)) % (2 * np.pi) for y, x in corners)]
    edges = np.array([e + t for e in sides for t in (-2 * np.pi, 0.0, 2 * np.pi)])
    nearest = min(abs(v) for v in (*low[:2], *high[:2]))

    def spacing(t: np.ndarray) -> np.ndarray:
        far = np.minimum(1.0, _FAR_TIMES * nearest / outline_mm(lead, outer, t))
        widest = 2 * np.pi / ANGLES * far
        if not edges.size:
            return widest / factor
        near = _SIDE_TIMES * edge_mm / lead.radius_mm + _GROWTH * np.abs(t[:, None] - edges).min(axis=1)
        return np.minimum(near, widest) / factor

    first = min(stops)
    return _through([*stops, first + 2 * np.pi], spacing, fewest=1)[:-1]


def shell_radii_mm(body: SolidBody, lead: Lead) -> list[float]:
    """Radii of round columns about the lead's axis, inner ones first."""
    shapes = [s.shape for s in body.solids[1:]]
    return sorted({s.half_axes_mm[0] for s in shapes if isinstance(s, Column) and is_shell(s, lead)})


def is_shell(column: Column, lead: Lead) -> bool:
    """Whether a column is round and about the lead's axis."""
    off = np.subtract(column.centre_mm, lead.tip_mm[:2])
    return bool(
        abs(lead.axis[2]) > 1 - 1e-12
        and abs(column.half_axes_mm[0] - column.half_axes_mm[1]) < _SAME_MM
        and np.abs(off).max() < _SAME_MM
    )


def plane_places_mm(body: SolidBody, lead: Lead) -> list[float]:
    """Places along the lead at which a block or a round shell begins or ends."""
    out: set[float] = set()
    for solid in body.solids[1:]:
        if isinstance(solid.shape, Block) or (isinstance(solid.shape, Column) and is_shell(solid.shape, lead)):
            low, high = box_mm(lead, solid.shape)
            out |= {round(float(low[2]), 9), round(float(high[2]), 9)}
    return sorted(out)


def is_natural(body: SolidBody, lead: Lead, solid: Solid) -> bool:
    """Whether all borders of a solid within the body are surfaces of the grid."""
    outer = cast("Block | Column", body.solids[0].shape)
    (low, high), shape = box_mm(lead, outer), solid.shape
    if isinstance(shape, Column) and is_shell(shape, lead):
        nearest = min(abs(v) for v in (*low[:2], *high[:2]))
        return lead.radius_mm <= shape.half_axes_mm[0] < _SHELL_SHARE * nearest
    if isinstance(shape, Block):
        a, b = box_mm(lead, shape)
        return bool(np.all(a[:2] <= low[:2] + _SAME_MM) and np.all(b[:2] >= high[:2] - _SAME_MM))
    return False
