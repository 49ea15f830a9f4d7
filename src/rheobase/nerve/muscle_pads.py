"""Which pads lie over muscle, how much of it, and how deep motor fibres end there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rheobase.anatomy import BodyPart, LayeredLimb, MappedPart, muscle_thickness_mm
from rheobase.anatomy.places import MotorPoint
from rheobase.electrode import Pad
from rheobase.montage import Montage
from rheobase.nerve.endings import DEEPEST_SHARE, usual_motor_depth_mm
from rheobase.tables import row


def pads_over_muscle(limb: BodyPart, montage: Montage) -> tuple[Pad, ...]:
    """The pads under which motor fibres end, decided by the anatomy.

    In a part with motor points these are the pads that have one beneath them or as near as people differ, and muscle
    enough for an ending; if no pad has a motor point near, every pad with muscle beneath. A limb of concentric layers
    has muscle everywhere, but its bellies lie towards the trunk of the body: there it is the pad nearest to it.

    Parameters
    ----------
    limb : BodyPart
        The limb or other part.
    montage : Montage
        Its pads.

    Returns
    -------
    tuple of Pad
        In the order of the montage; none if there is skin, fat and bone only.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm, Knee, LowBack, LowerLeg
    >>> from rheobase.montage import pad_pair, usual_montage
    >>> [p.name for p in pads_over_muscle(Forearm(), pad_pair(Forearm()))]
    ['proximal']
    >>> [[p.name for p in pads_over_muscle(part, usual_montage(part))] for part in (LowBack(), LowerLeg(), Knee())]
    [['left', 'right'], ['tibialis anterior'], []]
    """
    pads = montage.pads
    if isinstance(limb, LayeredLimb):
        return (max(pads, key=lambda pad: pad.along_mm),)
    fleshy = tuple(p for p in pads if motor_room_mm([limb], p) >= _least_mm())
    if isinstance(limb, MappedPart) and (near := tuple(p for p in fleshy if _motor_points_near(limb, p))):
        return near
    return fleshy


def motor_room_mm(limbs: Sequence[BodyPart], pad: Pad) -> float:
    """Thickness of the muscle where motor fibres end under a pad, the least over all places and all limbs.

    Parameters
    ----------
    limbs : sequence of BodyPart
        The same part of several bodies.
    pad : Pad
        The pad.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm
    >>> from rheobase.montage import pad_pair
    >>> motor_room_mm([Forearm(), Forearm(fat_mm=11.0)], pad_pair(Forearm()).pads[0])
    17.5
    """
    places = row("populations.a_alpha")["place_share"]
    at = [pad.along_mm + s * pad.extent_mm / 2 for s in places]
    return min(muscle_thickness_mm(limb, pad.around_deg, z) for limb in limbs for z in at)


def motor_depth_mm(limb: BodyPart, pad: Pad) -> float:
    """Middle depth below the fascia of the motor endings under a pad.

    It is that which the table tells for the motor point nearest to the pad's middle. Where no motor point lies near,
    and in a limb of concentric layers, it is the usual depth of the table of populations.

    Parameters
    ----------
    limb : BodyPart
        The limb or other part.
    pad : Pad
        The pad.

    Examples
    --------
    >>> from rheobase.anatomy import Forearm, Thigh
    >>> from rheobase.montage import pad_pair, pads_at
    >>> motor_depth_mm(Forearm(), pad_pair(Forearm()).pads[0])
    8.5
    >>> thigh = Thigh()
    >>> motor_depth_mm(thigh, pads_at(thigh, ("rectus_femoris", "lateral_thigh")).pads[0])
    15.9
    """
    near = _motor_points_near(limb, pad) if isinstance(limb, MappedPart) else []
    if not near:
        return usual_motor_depth_mm()
    return min(near, key=lambda found: found[0])[1].below_fascia_mm


def _least_mm() -> float:
    """Muscle so thick that the deepest ending keeps its distance from the bone, with room for a branch above it."""
    p = row("branches.motor_courses")
    return (p["above_bone_mm"] + p["below_fascia_mm"]) / (1.0 - DEEPEST_SHARE)


def _motor_points_near(limb: MappedPart, pad: Pad) -> list[tuple[float, MotorPoint]]:
    """Motor points beneath a pad, or as near to it as people differ, with their distance from its middle."""
    radius = float(limb.outline_mm(np.array(np.deg2rad(pad.around_deg)), np.array(pad.along_mm)))
    near = []
    for point in limb.motor_points.values():
        turn = (point.around_deg - pad.around_deg + 180.0) % 360.0 - 180.0
        aside = abs(np.deg2rad(turn)) * radius
        along = abs(point.along_mm - pad.along_mm)
        if aside <= pad.around_mm / 2 + point.spread_mm and along <= pad.extent_mm / 2 + point.spread_mm:
            near.append((float(np.hypot(aside, along)), point))
    return near
