"""What lies among the muscles with an elliptic section: bones with their marrow, vessels, airways, cavities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rheobase.anatomy.shapes import Rod

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Inclusion:
    """A named rod of one tissue, perhaps with a core of another.

    Parameters
    ----------
    name, tissue : str
        Its name, such as ``"femur"``, and its tissue.
    rod : Rod
        Its shape.
    core : Rod, optional
        Shape of the inside, such as that of the marrow.
    core_tissue : str
        Tissue of the inside; empty for none.
    within : str
        Name of the inclusion that holds it, such as the canal that holds the cord; empty for none.

    Examples
    --------
    >>> bone = Inclusion(name="femur", tissue="cortical_bone",
    ...                  rod=Rod(along_mm=(-9, 9), centre_mm=((0, 0),) * 2, half_axes_mm=((14, 14),) * 2))
    >>> bone.level(np.array([[7.0, 0.0, 5.0], [21.0, 0.0, 5.0]])).tolist()
    [0.5, 1.5]
    """

    name: str
    tissue: str
    rod: Rod
    core: Rod | None = None
    core_tissue: str = ""
    within: str = ""

    def section(self, along_mm: Array) -> tuple[Array, Array]:
        """Centres (n, 2) and half axes (n, 2) at places along the axis."""
        r = self.rod
        held = np.column_stack([r.centre_mm, r.half_axes_mm])
        now = np.column_stack([np.interp(along_mm, r.along_mm, column) for column in held.T])
        return now[:, :2], now[:, 2:]

    def reaches(self, along_mm: Array) -> NDArray[np.bool_]:
        """Whether it is there at places along the axis."""
        z = np.asarray(along_mm, dtype=float)
        if not self.rod.closed:
            return np.ones(z.shape, dtype=bool)
        return (z >= self.rod.along_mm[0]) & (z <= self.rod.along_mm[-1])

    def level(self, points_mm: Array) -> Array:
        """0 on the centre line, 1 on the surface, more outside; infinite beyond the ends of a closed rod."""
        p = np.asarray(points_mm, dtype=float)
        centre, half = self.section(p[:, 2])
        u = _turned(p[:, :2] - centre, -self.rod.turn_deg) / half
        return np.where(self.reaches(p[:, 2]), np.hypot(u[:, 0], u[:, 1]), np.inf)

    def outline_mm(self, along_mm: float, *, points: int = 90, of_core: bool = False) -> Array:
        """Points of the outline of one section, of all or of its core, shape (points, 2)."""
        centre, half = self.section(np.array([float(along_mm)]))
        if of_core and self.core is not None:
            half = np.column_stack(
                [np.interp([along_mm], self.core.along_mm, h) for h in np.transpose(self.core.half_axes_mm)]
            )
        t = np.linspace(0.0, 2.0 * np.pi, points, endpoint=False)
        return centre + _turned(half * np.column_stack([np.cos(t), np.sin(t)]), self.rod.turn_deg)

    def pushed_out_mm(self, points_mm: Array, margin_mm: float) -> Array:
        """Points moved in their section to at least a margin outside the surface, away from the centre line."""
        p = np.array(points_mm, dtype=float)
        centre, half = self.section(p[:, 2])
        level = self.level(p)
        wanted = 1.0 + margin_mm / half.min(axis=1)
        near = level < wanted
        push = wanted[near] / np.maximum(level[near], 1e-6)
        p[near, :2] = centre[near] + (p[near, :2] - centre[near]) * push[:, None]
        return p


def _turned(points: Array, degrees: float) -> Array:
    c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return points @ np.array([[c, s], [-s, c]])
