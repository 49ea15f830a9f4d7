"""The upper arm, from below the elbow to the shoulder."""

from __future__ import annotations

from dataclasses import dataclass

from rheobase.anatomy.mapped import MappedPart
from rheobase.tables import table


@dataclass(frozen=True, slots=True, kw_only=True)
class UpperArm(MappedPart):
    """Humerus and elbow, biceps, brachialis and triceps; median, ulnar, radial and musculocutaneous nerves.

    The axis points from the elbow (z < 0) to the shoulder; z = 0 is halfway between elbow joint and acromion.
    ``main_girth_mm`` is that of the relaxed arm, halfway.

    Parameters
    ----------
    person, main_girth_mm, fat_mm, skin_mm, skin_model
        Who it is, and what differs from that person; see `MappedPart`.
    fat_S_per_m, dermis_S_per_m, muscle_transverse_S_per_m, muscle_axial_S_per_m
        Conductivities, above 0; by default those of the tissue table.

    Raises
    ------
    ParameterError
        As for `MappedPart`.

    Examples
    --------
    >>> from rheobase.anatomy import Person
    >>> arm = UpperArm(person=Person(sex="female"))
    >>> round(arm.girth_mm(arm.along_mm_of(0.5)))
    292
    >>> arm.site("radial_groove").about
    'over the radial nerve where it leaves its groove'
    """

    data = table("upper_arm")
