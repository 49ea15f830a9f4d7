"""The neck, from the collar bones to the jaw."""

from __future__ import annotations

from dataclasses import dataclass

from rheobase.anatomy.mapped import MappedPart
from rheobase.tables import table


@dataclass(frozen=True, slots=True, kw_only=True)
class Neck(MappedPart):
    """Spine with cord, larynx and airway, carotid sheath, trapezius and deep neck muscles; nerves of both sides.

    The axis points from the chest (z < 0) to the head; z = 0 is halfway between the seventh and the second cervical
    vertebra; y > 0 is the person's left. ``main_girth_mm`` is measured below the larynx. Vertebrae, discs and
    ligaments are one column, dura and epidural fat are left out; beyond both ends the neck goes on, without
    shoulders or head, to let the field die out.

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
    >>> neck = Neck()
    >>> round(neck.girth_mm(neck.along_mm_of(0.3)))
    384
    >>> neck.site("trapezius_left").about
    'over the motor point of trapezius'
    """

    data = table("neck")
