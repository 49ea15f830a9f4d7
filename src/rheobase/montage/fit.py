"""Whether pads fit on a limb: on the skin, and clear of one another."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np

from rheobase.anatomy import BodyPart
from rheobase.electrode import Pad
from rheobase.errors import ParameterError
from rheobase.montage.montage import Montage

_SLACK_MM = 1e-6
_GIRTH_SLACK = 1e-5  # a girth is summed from chords


def check_fit(anatomy: BodyPart, montage: Montage) -> None:
    """Refuse pads that lie off the skin or on one another.

    Parameters
    ----------
    anatomy : BodyPart
        The limb or other part.
    montage : Montage
        The pads.

    Raises
    ------
    ParameterError
        If a pad reaches beyond an end of the limb, around it onto itself, or over another pad.

    Examples
    --------
    Called by `pad_pair` and by the field solver; call it yourself for a montage made by hand:

    >>> check_fit.__name__
    'check_fit'
    """
    for pad in montage.pads:
        _check_on_skin(anatomy, pad)
    for a, b in combinations(montage.pads, 2):
        _check_apart(anatomy, a, b)


def _check_on_skin(anatomy: BodyPart, pad: Pad) -> None:
    girth_mm = anatomy.girth_mm(pad.along_mm)
    if pad.around_mm > girth_mm * (1 + _GIRTH_SLACK):
        key = "width_mm" if pad.shape == "rectangle" else "diameter_mm"
        raise ParameterError(
            f"Pad '{pad.name}' lies off the skin: {key} is {pad.around_mm:g} mm, the girth of the limb"
            f" {girth_mm:.1f} mm. Use a narrower pad."
        )
    low_mm, high_mm = anatomy.ends_mm
    reaches_mm = pad.along_mm - pad.extent_mm / 2, pad.along_mm + pad.extent_mm / 2
    if reaches_mm[0] < low_mm - _SLACK_MM or reaches_mm[1] > high_mm + _SLACK_MM:
        off_mm = reaches_mm[1] if reaches_mm[1] > high_mm + _SLACK_MM else reaches_mm[0]
        raise ParameterError(
            f"Pad '{pad.name}' lies off the skin: it reaches to {off_mm:g} mm along the"
            f" limb, which ends at {low_mm:g} and {high_mm:g} mm. Move it towards the middle or use a shorter pad."
        )


def _check_apart(anatomy: BodyPart, a: Pad, b: Pad) -> None:
    around_mm, along_mm = _around_mm(anatomy, a, b), abs(a.along_mm - b.along_mm)
    if a.shape == b.shape == "round":
        lacking_mm = (a.around_mm + b.around_mm) / 2 - math.hypot(around_mm, along_mm)
    else:
        lacking_mm = min(_lack_around_mm(a, b, around_mm), _lack_along_mm(a, b, around_mm, along_mm))
    if lacking_mm > _SLACK_MM:
        needed_mm = _needed_spacing_mm(a, b, around_mm)
        raise ParameterError(
            f"Pads '{a.name}' and '{b.name}' overlap: their centres are {along_mm:g} mm apart along the limb;"
            f" spacing_mm must be at least {needed_mm:g} mm there. Move them apart or use smaller pads."
        )


def _around_mm(anatomy: BodyPart, a: Pad, b: Pad) -> float:
    """Shorter way around the skin between the middles of two pads, on the section midway between them."""
    middle_mm = (a.along_mm + b.along_mm) / 2
    turned = (math.radians((p.around_deg + 180.0) % 360.0 - 180.0) for p in (a, b))
    arcs = anatomy.arc_mm(np.array(list(turned)), middle_mm)
    apart = abs(float(arcs[0] - arcs[1]))
    return min(apart, anatomy.girth_mm(middle_mm) - apart)


def _lack_around_mm(a: Pad, b: Pad, around_mm: float) -> float:
    return (a.around_mm + b.around_mm) / 2 - around_mm


def _lack_along_mm(a: Pad, b: Pad, around_mm: float, along_mm: float) -> float:
    """How much further apart along the limb a pair must be; a round pad beside a rectangle uses its rounded edge."""
    if a.shape == b.shape:
        return (a.extent_mm + b.extent_mm) / 2 - along_mm
    disc, box = (a, b) if a.shape == "round" else (b, a)
    gap_around = max(around_mm - box.around_mm / 2, 0.0)
    radius = disc.around_mm / 2
    chord = math.sqrt(max(radius**2 - gap_around**2, 0.0))
    return box.extent_mm / 2 + chord - along_mm


def _needed_spacing_mm(a: Pad, b: Pad, around_mm: float) -> float:
    if a.shape == b.shape == "round":
        return math.sqrt(max(((a.around_mm + b.around_mm) / 2) ** 2 - around_mm**2, 0.0))
    return _lack_along_mm(a, b, around_mm, 0.0)
