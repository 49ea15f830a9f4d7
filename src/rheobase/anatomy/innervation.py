"""Where the motor axons of a muscle leave their nerve, and where along the muscle they end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rheobase.anatomy.mapped import MappedPart
from rheobase.anatomy.muscle import Array
from rheobase.errors import ParameterError, near_name
from rheobase.tables import Row

_LIKE_MM = 5.0  # a branch that begins so near the trunk is one of its


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Innervation:
    """The motor nerve of one muscle and the stretches along the limb in which its end plates lie.

    Parameters
    ----------
    muscle : str
        The muscle.
    way_mm : array, shape (n, 3)
        The nerve from where it ends in the muscle up to where its trunk leaves the body part.
    zones_mm : tuple of (low, high)
        Stretches along the axis.
    rows : tuple of str
        Table rows they come from.

    Examples
    --------
    >>> from rheobase.anatomy import Thigh
    >>> innervation_of(Thigh(), "rectus_femoris").rows[0]
    'thigh.zone_rectus_femoris'
    """

    muscle: str
    way_mm: Array
    zones_mm: tuple[tuple[float, float], ...]
    rows: tuple[str, ...]


def innervation_of(part: MappedPart, muscle: str) -> Innervation:
    """Motor nerve and innervation zones of a muscle.

    Zones come from the body part's table. A muscle without any has its end plates about its motor points, as far along
    the limb as these differ between people, and its axons come from the trunk that the table names.

    Parameters
    ----------
    part : MappedPart
        The body part.
    muscle : str
        The muscle.

    Raises
    ------
    ParameterError
        If there is no such muscle, or the table tells neither a zone nor a motor point, or no nerve.

    Examples
    --------
    >>> from rheobase.anatomy import LowerLeg, Thigh
    >>> [(round(a), round(b)) for a, b in innervation_of(Thigh(), "vastus_lateralis").zones_mm]
    [(-87, 10)]
    >>> innervation_of(LowerLeg(), "soleus").rows
    ('lower_leg.motor_soleus', 'lower_leg.nerve_tibial')
    """
    whole = part.muscle(muscle)
    told = next((r for k, r in part.data.items() if k.startswith("zone_") and r["muscle"] == muscle), None)
    if told is not None:
        zones, row_keys, branch = _zones_mm(part, told), (told.key,), told["branch"]
    else:
        points = [p for p in part.motor_points.values() if p.muscle == muscle]
        known = sorted({p.muscle for p in part.motor_points.values()})
        if not points:
            raise ParameterError(
                f"Muscle '{muscle}' has neither an innervation zone nor a motor point in the table."
                f"{near_name(muscle, known)}"
            )
        zones = tuple((p.along_mm - p.spread_mm, p.along_mm + p.spread_mm) for p in points)
        row_keys, branch = tuple(p.row for p in points), whole.nerve
    if branch not in part.nerves:
        raise ParameterError(
            f"The nerve of '{muscle}' is '{branch}', which has no course here.{near_name(branch, part.nerves)}"
        )
    nerves = dict.fromkeys((branch, whole.nerve)) if whole.nerve in part.nerves else {branch: None}
    rows = (*row_keys, *(r for n in nerves for r in part.nerve(n).rows))
    return Innervation(muscle=muscle, way_mm=_way_mm(part, branch, whole.nerve), zones_mm=zones, rows=rows)


def _zones_mm(part: MappedPart, r: Row) -> tuple[tuple[float, float], ...]:
    begin, end = (part.along_mm_of(part.data[f"landmark_{n}"]["along_share"]) for n in r["line"])
    ends = (
        sorted((begin + a * (end - begin), begin + b * (end - begin)))
        for a, b in zip(r["from_share"], r["to_share"], strict=True)
    )
    return tuple((low, high) for low, high in ends)


def _way_mm(part: MappedPart, branch: str, trunk: str) -> Array:
    """The branch from its end in the muscle, followed by the trunk above where the branch leaves it."""
    way = np.array(part.nerve(branch).points_mm)
    if trunk == branch or trunk not in part.nerves:
        return way
    above = np.array(part.nerve(trunk).points_mm)
    nearest = int(np.linalg.norm(above - way[-1], axis=1).argmin())
    if np.linalg.norm(above[nearest] - way[-1]) > _LIKE_MM:
        return way
    return np.concatenate([way, above[above[:, 2] > way[-1, 2] + 1e-6]])
