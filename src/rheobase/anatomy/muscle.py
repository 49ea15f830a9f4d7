"""Muscles as regions of a section, each with the direction of its fibres.

The flesh between bones and fascia is shared out among seeds: a point belongs to the seed from which it is least far,
distance squared less the seed's own size squared (a power diagram). Regions fill the section, never overlap and meet
in straight septa, as muscles in a cut limb nearly do. A muscle may have several seeds; a seed of size 0 is absent.
Towards where it becomes absent a seed loses ground to its neighbours, so that its region ends in a point: a seed among
others has some square centimetres however small it is, and they would end in one flat face across the limb.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from rheobase.tables import row

Array = NDArray[np.float64]
_LEAST_MM = 0.3  # smaller seeds are absent
_FINE_MM = 0.5
_FAR = 7.0  # times that: so far from a septum the other muscle no longer counts


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Muscle:
    """One muscle, or another soft tissue that fills its place beside muscles.

    Parameters
    ----------
    name, plain : str
        Short name and name in words.
    tissue : str
        ``"muscle"``, ``"fat"`` or ``"tendon"``.
    nerve : str
        Nerve that moves it; empty for none.
    along_mm : array, shape (n,)
        Stations, growing.
    seed_mm : array, shape (seeds, n, 2)
        Places of the seeds, x and y.
    size_mm : array, shape (seeds, n)
        Sizes of the seeds, mm; below 0.3 the muscle is absent.
    fibre_turn_deg : float
        Lean of the fibres from the axis of the limb around it, towards growing angles.
    pennation_deg : float
        Lean of the fibres from the axis towards the skin.

    Examples
    --------
    >>> Muscle(name="rectus_femoris", plain="rectus femoris", tissue="muscle", nerve="femoral",
    ...        along_mm=np.array([0.0, 9.0]), seed_mm=np.zeros((1, 2, 2)), size_mm=np.ones((1, 2)),
    ...        fibre_turn_deg=0.0, pennation_deg=14.0).plain
    'rectus femoris'
    """

    name: str
    plain: str
    tissue: str
    nerve: str
    along_mm: Array
    seed_mm: Array
    size_mm: Array
    fibre_turn_deg: float
    pennation_deg: float
    curves_: tuple[PchipInterpolator, ...] = field(init=False, repr=False)
    ends_mm_: tuple[Array, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        curves = tuple(
            PchipInterpolator(self.along_mm, np.column_stack([seed, size]), axis=0)
            for seed, size in zip(self.seed_mm, self.size_mm, strict=True)
        )
        object.__setattr__(self, "curves_", curves)
        object.__setattr__(self, "ends_mm_", tuple(_ends_mm(self.along_mm, curve) for curve in curves))

    def reach_mm2(self, points_mm: Array, by_place: tuple[Array, NDArray[np.intp]] | None = None) -> Array:
        """Power distance from the nearest seed, shape (n,); infinite where the muscle is absent.

        ``by_place`` spares finding them again: the places along the axis at which points lie, and which is whose.
        """
        p = np.asarray(points_mm, dtype=float)
        # a grid has few places along the axis and many points in each
        places, which = np.unique(p[:, 2], return_inverse=True) if by_place is None else by_place
        places = np.clip(places, self.along_mm[0], self.along_mm[-1])
        best = np.full(len(p), np.inf)
        for curve, ends in zip(self.curves_, self.ends_mm_, strict=True):
            x, y, size = curve(places).T
            offset = np.where(size > _LEAST_MM, _lost_mm2(places, ends) - size**2, np.inf)
            if np.isinf(offset).all():
                continue
            far = np.square(p[:, 0] - x[which])
            far += np.square(p[:, 1] - y[which])
            far += offset[which]
            np.minimum(best, far, out=best)
        return best

    def fibres(self, points_mm: Array) -> Array:
        """Unit vectors along the fibres, shape (n, 3)."""
        p = np.asarray(points_mm, dtype=float)
        turn, lean = np.deg2rad(self.fibre_turn_deg), np.deg2rad(self.pennation_deg)
        theta = np.arctan2(p[:, 1], p[:, 0])
        out = np.stack([np.cos(theta), np.sin(theta)], axis=1) * np.sin(lean)
        out += np.stack([-np.sin(theta), np.cos(theta)], axis=1) * (np.cos(lean) * np.sin(turn))
        return np.column_stack([out, np.full(len(p), np.cos(lean) * np.cos(turn))])


def _ends_mm(along_mm: Array, curve: PchipInterpolator) -> Array:
    """Places along the axis at which a seed appears or disappears."""
    fine = np.linspace(along_mm[0], along_mm[-1], max(int((along_mm[-1] - along_mm[0]) / _FINE_MM), 2))
    there = curve(fine)[:, 2] > _LEAST_MM
    return fine[:-1][there[1:] != there[:-1]]


def _lost_mm2(places_mm: Array, ends_mm: Array) -> Array:
    """Power distance that a seed loses near its ends, at places along the axis."""
    if not ends_mm.size:
        return np.zeros(len(places_mm))
    away = np.abs(places_mm[:, None] - ends_mm).min(axis=1)
    p = row("people.muscle_regions")
    return (p["lost_mm"] * np.maximum(1.0 - away / p["ending_mm"], 0.0) ** 2) ** 2


def belongs(muscles: Sequence[Muscle], points_mm: Array) -> NDArray[np.intp]:
    """Index of the muscle that each point belongs to, shape (n,).

    Parameters
    ----------
    muscles : sequence of Muscle
        All muscles that share the flesh.
    points_mm : array, shape (n, 3)
        Points.

    Examples
    --------
    >>> one = Muscle(name="m", plain="m", tissue="muscle", nerve="", along_mm=np.array([0.0, 9.0]),
    ...              seed_mm=np.zeros((1, 2, 2)), size_mm=np.ones((1, 2)), fibre_turn_deg=0.0, pennation_deg=0.0)
    >>> belongs([one], np.zeros((1, 3))).tolist()
    [0]
    """
    p = np.asarray(points_mm, dtype=float)
    best, out = np.full(len(p), np.inf), np.zeros(len(p), dtype=np.intp)
    by_place = np.unique(p[:, 2], return_inverse=True)
    for i, muscle in enumerate(muscles):
        reach = muscle.reach_mm2(p, by_place)
        out[reach < best] = i
        best = np.minimum(best, reach)
    return out


def fibres_of(muscles: Sequence[Muscle], points_mm: Array) -> Array:
    """Unit vectors along the fibres, shape (n, 3); they turn within some mm of a septum from one way to the other.

    A sudden turn at a septum, of which nobody knows the place to a mm, would put a kink into the potential; on a grid
    it becomes a staircase, and second differences along nerves never settle.

    Parameters
    ----------
    muscles : sequence of Muscle
        All muscles that share the flesh.
    points_mm : array, shape (n, 3)
        Points.

    Examples
    --------
    >>> one = Muscle(name="m", plain="m", tissue="muscle", nerve="", along_mm=np.array([0.0, 9.0]),
    ...              seed_mm=np.zeros((1, 2, 2)), size_mm=np.ones((1, 2)), fibre_turn_deg=0.0, pennation_deg=90.0)
    >>> fibres_of([one], np.array([[2.0, 0.0, 1.0]])).round(6).tolist()
    [[1.0, 0.0, 0.0]]
    """
    p = np.asarray(points_mm, dtype=float)
    by_place = np.unique(p[:, 2], return_inverse=True)
    away = np.stack([m.reach_mm2(p, by_place) for m in muscles])
    least = away.min(axis=0)
    away -= np.where(np.isfinite(least), least, 0.0)
    out = np.zeros((len(p), 3))
    out[~np.isfinite(least), 2] = 1.0
    blend_mm2 = row("people.muscle_regions")["blend_mm2"]
    for muscle, off in zip(muscles, away, strict=True):
        near = np.flatnonzero(off < _FAR * blend_mm2)
        if near.size:
            out[near] += np.exp(-off[near] / blend_mm2)[:, None] * muscle.fibres(p[near])
    return out / np.linalg.norm(out, axis=1, keepdims=True)
