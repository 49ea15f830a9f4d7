"""The single fibres of a virtual person: drawn at random, read off a simulated grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rheobase.nerve import Ending, EndingGrid, diameters_um, usual_motor_depth_mm
from rheobase.tables import row

if TYPE_CHECKING:
    from rheobase.effect.virtual import Body

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """Fibres of one kind under one pad: any diameter and depth, and a taper, course and place of their grid."""

    diameter_um: Array
    depth_mm: Array
    taper: NDArray[np.intp]
    course: NDArray[np.intp]
    place: NDArray[np.intp]

    def endings(self, grid: EndingGrid) -> list[Ending]:
        """The same fibres one by one, as they can be simulated."""
        return [
            Ending(
                kind=grid.kind, diameter_um=float(d), taper=grid.tapers[t], course=grid.courses[c], depth_mm=float(e),
                along_mm=grid.places_mm[p], around_deg=grid.around_deg, topmost_mm=grid.topmost_mm,
            )
            for d, t, c, e, p in zip(self.diameter_um, self.taper, self.course, self.depth_mm, self.place, strict=True)
        ]  # fmt: skip


def draw_fibres(grid: EndingGrid, body: Body, count: int, rng: np.random.Generator) -> Drawn:
    """Draw fibres of a grid's kind for one body."""
    kind = grid.kind
    course = rng.choice(len(grid.courses), size=count, p=body.course_share[kind])
    long = rng.random(count) < body.long_share[kind] if len(grid.tapers) > 1 else np.zeros(count, bool)
    place = rng.integers(len(grid.places_mm), size=count)
    diameter = diameters_um(kind, count, rng)
    if kind == "A-alpha":
        spread = row("populations.a_alpha")["ending_spread_mm"]
        middle = usual_motor_depth_mm() if grid.motor_depth_mm is None else grid.motor_depth_mm
        wanted = body.motor_depth_factor * middle + spread * rng.standard_normal(count)
        depth = np.clip(wanted, grid.depths_mm[0], grid.depths_mm[-1])
    else:
        depth = rng.choice(np.array(grid.depths_mm), size=count)
    return Drawn(diameter_um=diameter, depth_mm=depth, taper=long.astype(np.intp), course=course, place=place)


def read_mA(grid: EndingGrid, ln_mA: Array, drawn: Drawn) -> Array:
    """Threshold of each drawn fibre, by interpolation of the log threshold in log diameter and depth."""
    value = np.zeros(len(drawn.place))
    for i, wi in _between(np.log(grid.diameters_um), np.log(drawn.diameter_um)):
        for j, wj in _between(np.array(grid.depths_mm), drawn.depth_mm):
            value += wi * wj * ln_mA[i, drawn.taper, drawn.course, j, drawn.place]
    return np.exp(value)


def _between(knots: Array, x: Array) -> list[tuple[NDArray[np.intp], Array]]:
    """Two knot indices and weights for linear interpolation, held at the ends."""
    if len(knots) == 1:
        return [(np.zeros(len(x), np.intp), np.ones(len(x)))]
    x = np.clip(x, knots[0], knots[-1])
    i = np.clip(np.searchsorted(knots, x, side="right") - 1, 0, len(knots) - 2)
    w = (x - knots[i]) / (knots[i + 1] - knots[i])
    return [(i, 1.0 - w), (i + 1, w)]
