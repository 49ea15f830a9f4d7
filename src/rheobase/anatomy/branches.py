"""How nerve fibres reach skin and muscle: the courses of cutaneous and motor branches.

A course is a polyline of (depth below the skin, distance along the body part) in the plane of its pad, from the ending
to where the fibre leaves the model, always towards the trunk of the body. In a body part whose layers change along it,
a cutaneous branch follows the fascia and a motor branch stays between fascia and bone.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rheobase.anatomy.base import LayeredLimb
from rheobase.anatomy.body import BodyPart
from rheobase.errors import ParameterError, near_name
from rheobase.tables import row

Course = tuple[tuple[float, float], ...]

_STEP_MM = 12.0  # along a branch that follows the fascia
_FINE_MM = 0.5
_BEFORE_END_MM = 5.0


def _slanting(degrees: float) -> Callable[[float, float, float], Course]:
    def course(ending_mm: float, under_mm: float, along_mm: float) -> Course:
        run = (under_mm - ending_mm) / np.tan(np.deg2rad(degrees)) if degrees < 90.0 else 0.0
        return (ending_mm, along_mm), (under_mm, along_mm + run)

    return course


def _through_dermis(run_mm: float) -> Callable[[float, float, float], Course]:
    def course(ending_mm: float, under_mm: float, along_mm: float) -> Course:
        return (ending_mm, along_mm - run_mm), (ending_mm, along_mm), (under_mm, along_mm)

    return course


def cutaneous_courses() -> dict[str, Callable[[float, float, float], Course]]:
    """Ways up from under the fat into the dermis, by name.

    Each takes the depth of the ending, the depth at which the branch runs under the fat and the place of the rise
    (all mm), and gives the points from the ending to the foot of the rise.

    Examples
    --------
    >>> sorted(cutaneous_courses())
    ['dermal_run', 'oblique_25', 'oblique_45', 'vertical']
    """
    p = row("branches.cutaneous_courses")
    return {
        "vertical": _slanting(90.0),
        "oblique_45": _slanting(p["steep_deg"]),
        "oblique_25": _slanting(p["shallow_deg"]),
        "dermal_run": _through_dermis(p["dermal_run_mm"]),
    }


def cutaneous_course(
    limb: BodyPart,
    course: str,
    *,
    ending_mm: float,
    along_mm: float,
    leave_mm: float | None = None,
    around_deg: float = 0.0,
) -> Course:
    """Course of a cutaneous branch: from its ending in the dermis down to the deep fat and away along the limb.

    Parameters
    ----------
    limb : BodyPart
        Gives the depth of the fascia.
    course : str
        ``"vertical"``, ``"oblique_45"``, ``"oblique_25"`` or ``"dermal_run"``.
    ending_mm : float
        Depth of the ending below the skin.
    along_mm : float
        Where the branch rises.
    leave_mm : float, optional
        Where it leaves the model; by default the reach of the trunks, or just within the end of the body part.
    around_deg : float
        Angle of the course's plane; matters where layers are not the same all the way round.

    Raises
    ------
    ParameterError
        For an unknown course, or an ending that does not lie above the deep fat.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> cutaneous_course(Forearm(), "vertical", ending_mm=1.0, along_mm=45.0)
    ((1.0, 45.0), (6.2, 45.0), (6.2, 185.0))
    """
    known = cutaneous_courses()
    if course not in known:
        raise ParameterError(f"There is no cutaneous course '{course}'.{near_name(course, known)}")
    above = row("branches.cutaneous_courses")["above_fascia_mm"]
    under = round(fascia_depth_mm(limb, around_deg, along_mm) - above, 6)
    if not 0.0 < ending_mm < under:
        raise ParameterError(
            f"ending_mm is {ending_mm:g} mm; a cutaneous ending lies between 0 and {under:g} mm below the skin here."
        )
    points = known[course](ending_mm, under, along_mm)
    if isinstance(limb, LayeredLimb):
        return (*points, (under, _leave(limb, leave_mm)))
    z = _onward_mm(points[-1][1], _leave(limb, leave_mm))
    depth = np.maximum(_fascia_depths_mm(limb, around_deg, z) - above, ending_mm)
    return (*points, *zip(map(float, depth), map(float, z), strict=True))


MOTOR_COURSES = ("rising_45", "rising_90", "descending_45")


def motor_course(
    limb: BodyPart,
    course: str,
    *,
    below_fascia_mm: float,
    along_mm: float,
    leave_mm: float | None = None,
    around_deg: float = 0.0,
) -> Course:
    """Course of a motor branch from its end plate to the trunk and away along the limb.

    Parameters
    ----------
    limb : BodyPart
        Gives fascia and bone.
    course : str
        ``"rising_45"`` or ``"rising_90"``: the branch comes up from a deeper trunk; ``"descending_45"``: it comes
        down from a shallower one.
    below_fascia_mm : float
        Depth of the ending below the fascia.
    along_mm : float
        Place of the ending.
    leave_mm : float, optional
        Where the fibre leaves the model.
    around_deg : float
        Angle of the course's plane; matters where layers are not the same all the way round.

    Raises
    ------
    ParameterError
        For an unknown course or an ending outside the muscle.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> motor_course(Forearm(), "rising_45", below_fascia_mm=3.5, along_mm=45.0)
    ((10.0, 45.0), (18.0, 53.0), (18.0, 185.0))
    """
    if course not in MOTOR_COURSES:
        raise ParameterError(f"There is no motor course '{course}'.{near_name(course, MOTOR_COURSES)}")
    p = row("branches.motor_courses")
    fascia = fascia_depth_mm(limb, around_deg, along_mm)
    if isinstance(limb, LayeredLimb):
        floor = limb.radius_mm - _radius_of(limb, "bone") - p["above_bone_mm"]
    else:
        floor = fascia + muscle_thickness_mm(limb, around_deg, along_mm) - p["above_bone_mm"]
    e = fascia + below_fascia_mm
    if not (below_fascia_mm > 0 and e < floor):
        raise ParameterError(
            f"below_fascia_mm is {below_fascia_mm:g} mm; the muscle is {floor - fascia:g} mm thick here."
            " Choose an ending between fascia and bone."
        )
    if course == "descending_45":
        if below_fascia_mm <= p["below_fascia_mm"]:
            raise ParameterError(
                f"below_fascia_mm is {below_fascia_mm:g} mm; a branch that comes down must end more than"
                f" {p['below_fascia_mm']:g} mm below the fascia. Choose a deeper ending or a rising course."
            )
        trunk = max(e - p["descent_mm"], fascia + p["below_fascia_mm"])
        run = e - trunk
    else:
        trunk = min(e + p["rise_mm"], floor)
        run = trunk - e if course == "rising_45" else 0.0
    points = (e, along_mm), (trunk, along_mm + run)
    if isinstance(limb, LayeredLimb):
        return (*points, (trunk, _leave(limb, leave_mm)))
    z = _onward_mm(along_mm + run, _leave(limb, leave_mm))
    top = _fascia_depths_mm(limb, around_deg, z) + p["below_fascia_mm"]
    depth = np.clip(trunk, top, np.maximum(top, top + _thicknesses_mm(limb, around_deg, z) - p["above_bone_mm"]))
    return (*points, *zip(map(float, depth), map(float, z), strict=True))


def fascia_depth_mm(limb: BodyPart, around_deg: float = 0.0, along_mm: float = 0.0) -> float:
    """Depth of the outer surface of the muscle below the skin.

    Parameters
    ----------
    limb : BodyPart
        The limb or other part.
    around_deg, along_mm : float
        Place, where it matters.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> fascia_depth_mm(Forearm(fat_mm=2.0))
    3.5
    """
    if isinstance(limb, LayeredLimb):
        return limb.radius_mm - _radius_of(limb, "muscle")
    return limb.layer_depth_mm("fat", around_deg, along_mm)


def muscle_thickness_mm(limb: BodyPart, around_deg: float = 0.0, along_mm: float = 0.0) -> float:
    """Thickness of the muscle between fascia and bone, or whatever else lies below it.

    Parameters
    ----------
    limb : BodyPart
        The limb or other part.
    around_deg, along_mm : float
        Place, where it matters.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> muscle_thickness_mm(Forearm())
    23.5
    """
    if isinstance(limb, LayeredLimb):
        return _radius_of(limb, "muscle") - _radius_of(limb, "bone")
    return float(_thicknesses_mm(limb, around_deg, np.array([along_mm]))[0])


def course_points_mm(limb: BodyPart, course: Course, around_deg: float) -> np.ndarray:
    """Points of a course in limb coordinates, shape (n, 3), in the plane at an angle around the limb.

    Parameters
    ----------
    limb : BodyPart
        The limb or other part.
    course : sequence of (depth, along)
        Depth below the skin and place along the limb, mm, as made by `cutaneous_course` and `motor_course`.
    around_deg : float
        Angle of the plane around the limb.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> course_points_mm(Forearm(), ((1.0, 45.0), (6.2, 45.0)), 0.0).round(1).tolist()
    [[39.0, 0.0, 45.0], [33.8, 0.0, 45.0]]
    """
    depth, along = np.array(course).T
    return limb.under_skin_mm(around_deg, along, depth)


def _leave(limb: BodyPart, leave_mm: float | None) -> float:
    if leave_mm is not None:
        return leave_mm
    if isinstance(limb, LayeredLimb):
        return row("forearm.trunk_reach")["end_mm"]
    return limb.ends_mm[1] - _BEFORE_END_MM


def _onward_mm(from_mm: float, to_mm: float) -> np.ndarray:
    """Places along a branch on its way out, the first one left out."""
    if to_mm <= from_mm + _STEP_MM:
        return np.array([from_mm + _STEP_MM])
    return np.linspace(from_mm, to_mm, 2 + int((to_mm - from_mm) / _STEP_MM))[1:]


def _fascia_depths_mm(limb: BodyPart, around_deg: float, z: np.ndarray) -> np.ndarray:
    theta = np.full(len(z), np.deg2rad(around_deg))
    return np.sum(limb.thickness_mm(theta, z)[: limb.layer_names.index("fat") + 1], axis=0)


def _thicknesses_mm(limb: BodyPart, around_deg: float, z: np.ndarray) -> np.ndarray:
    """Thickness of the muscle on the way from the fascia to the axis, square to the skin, at each place."""
    theta = np.full(len(z), np.deg2rad(around_deg))
    fascia = limb.borders_mm(theta, z)[-1]
    inward = np.arange(_FINE_MM, fascia.max(), _FINE_MM)
    r = np.maximum(fascia[:, None] - inward, 0.0)
    p = np.stack([r * np.cos(theta)[:, None], r * np.sin(theta)[:, None], np.broadcast_to(z[:, None], r.shape)], -1)
    names = np.array([t.name for t in limb.tissues])
    other = names[limb.core_labels(p.reshape(-1, 3))].reshape(r.shape) != "muscle"
    other |= r <= 0.0
    first = np.where(other.any(axis=1), other.argmax(axis=1), r.shape[1])
    return first * _FINE_MM / limb.slant(theta, z)


def _radius_of(limb: LayeredLimb, layer: str) -> float:
    return next(la.outer_radius_mm for la in limb.layers if la.name == layer)
