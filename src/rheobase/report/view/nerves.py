"""Nerves as tubes coloured by the activating function: the second derivative of the potential along them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from rheobase.anatomy import NervePath
from rheobase.nerve import rounded_mm, walk_mm
from rheobase.report.view.cut import Cut
from rheobase.report.view.mesh import Mesh, tube_mesh
from rheobase.report.view.seen import Seen
from rheobase.report.view.stretch import Stretch

Array = NDArray[np.float64]

_STEP_MM, _FINEST_MM = 1.0, 0.1
_STEP_RELATIVE = 1.0 / 40.0  # of the mean radius: places along a nerve are no further apart
_FIT_POINTS, _FIT_ORDER = 21, 4  # a quartic over 20 steps: where muscles meet, the grid ripples finer than that
_SPLINE_FROM = 8  # points
_THICK_RELATIVE, _THIN_RELATIVE = 0.055, 0.04  # radius of a tube, of the mean radius of the part
_THICK_MM, _THIN_MM = 3.5, 2.5  # no thicker than this in a trunk
_OUT_RELATIVE = 0.05  # tubes stick out of the ends a little
_RING_STEPS = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drive:
    """What the field does along one nerve, per mA of the leading phase.

    Parameters
    ----------
    name : str
        The nerve.
    points_mm : (n, 3) array
        Places, 1 mm or less apart along it, in the stretch that is shown.
    potential_mV_per_mA : (n,) array
        Potential.
    activating_mV_per_mm2_per_mA : (n,) array
        Its second derivative along the nerve; fibres that run straight on are depolarised where it is positive.
    depth_mm : (n,) array
        Depth below the skin, on the line to the axis.
    own_radius_mm : float
        Radius with which it is drawn, where that is its own; 0 for the common one.
    """

    name: str
    points_mm: Array
    potential_mV_per_mA: Array
    activating_mV_per_mm2_per_mA: Array
    depth_mm: Array
    own_radius_mm: float = 0.0


def drive_of(view: Seen, nerve: NervePath, cut: Cut, sign: int) -> Drive | None:
    """The drive along a nerve, or None where it does not pass through the stretch that is shown."""
    step = step_mm(cut)
    points = _way_mm(nerve, step)
    theta, r = np.arctan2(points[:, 1], points[:, 0]), np.hypot(points[:, 0], points[:, 1])
    depth = view.part.outline_mm(theta, points[:, 2]) - r
    low, high = view.part.ends_mm
    shown = (points[:, 2] > low) & (points[:, 2] < high) & (depth > 0)
    shown &= (points[:, 2] >= cut.low_mm) & (points[:, 2] <= cut.high_mm)
    run = _longest(shown)
    if run.stop - run.start < _FIT_POINTS:
        return None
    from scipy.signal import savgol_filter  # slow to import, and a picture that is known needs none of it

    start, stop = run.start, run.stop
    v = sign * view.drive_V_per_A(points[start:stop])
    return Drive(
        name=nerve.name,
        points_mm=points[start:stop],
        potential_mV_per_mA=v,
        activating_mV_per_mm2_per_mA=np.asarray(savgol_filter(v, _FIT_POINTS, _FIT_ORDER, 2, step), dtype=float),
        depth_mm=depth[start:stop],
        own_radius_mm=view.part.circles_mm.get(nerve.name, 0.0) if isinstance(view.part, Stretch) else 0.0,
    )


def step_mm(cut: Cut) -> float:
    """How far apart places along nerves are: 1 mm in a limb, less around implants."""
    return float(np.clip(_STEP_RELATIVE * cut.radius_mm, _FINEST_MM, _STEP_MM))


def fitted_mm(cut: Cut) -> float:
    """Length over which the second derivative is fitted."""
    return (_FIT_POINTS - 1) * step_mm(cut)


def _way_mm(nerve: NervePath, step: float) -> Array:
    """Places so far apart along a nerve; a spline runs through many points, for corners would show as stripes."""
    way = np.array(nerve.points_mm)
    if len(way) >= _SPLINE_FROM:
        run = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(way, axis=0), axis=1))])
        way = CubicSpline(run, way)(np.linspace(0.0, run[-1], 4 * len(way)))
    else:
        way = rounded_mm(way)
    length = float(np.linalg.norm(np.diff(way, axis=0), axis=1).sum())
    return walk_mm(way, np.arange(0.0, length + 1e-9, step))


def strongest(drives: list[Drive], focus: str | None) -> float:
    """End of the colour scale: the largest activating function of the nerve in question, or of all."""
    ours = [d for d in drives if d.name == focus] or drives
    return max((float(np.abs(d.activating_mV_per_mm2_per_mA).max()) for d in ours), default=1.0) or 1.0


def tubes(drives: list[Drive], cut: Cut, scale_mV_per_mm2_per_mA: float, focus: str | None) -> list[Mesh]:
    """Every nerve as a tube, that in question thicker."""
    out = []
    for d in drives:
        step = step_mm(cut)
        ring = _RING_STEPS * step
        every = _RING_STEPS
        keep = np.unique([*range(0, len(d.points_mm), every), len(d.points_mm) - 1])
        way, value = d.points_mm[keep], d.activating_mV_per_mm2_per_mA[keep] / scale_mV_per_mm2_per_mA
        for end, way_on in ((0, -1), (-1, 1)):
            at_end = min(abs(way[end, 2] - cut.low_mm), abs(way[end, 2] - cut.high_mm)) < 2 * ring
            if at_end:
                on = way_on * (way[1] - way[0] if end == 0 else way[-1] - way[-2])
                tip = way[end] + on / np.linalg.norm(on) * (_OUT_RELATIVE * cut.radius_mm + ring)
                way = np.concatenate([tip[None], way] if end == 0 else [way, tip[None]])
                value = np.concatenate([value[:1], value] if end == 0 else [value, value[-1:]])
        share, most = (_THICK_RELATIVE, _THICK_MM) if d.name == focus else (_THIN_RELATIVE, _THIN_MM)
        radius = d.own_radius_mm or min(share * cut.radius_mm, most)
        out.append(tube_mesh(f"nerve {d.name}", "drive", way, radius, drive_relative=np.clip(value, -1, 1)))
    return out


def _longest(mask: NDArray[np.bool_]) -> slice:
    """The longest run of True."""
    jumps = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(int)))
    runs = jumps.reshape(-1, 2)
    if not len(runs):
        return slice(0, 0)
    start, stop = runs[np.argmax(runs[:, 1] - runs[:, 0])]
    return slice(int(start), int(stop))
