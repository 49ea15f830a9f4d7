"""The lower leg, from ankle to knee."""

from __future__ import annotations

from dataclasses import dataclass

from rheobase.anatomy.mapped import MappedPart
from rheobase.tables import table


@dataclass(frozen=True, slots=True, kw_only=True)
class LowerLeg(MappedPart):
    """Tibia and fibula, shin, peroneal and calf muscles; tibial, peroneal, sural and saphenous nerves.

    The axis points from the ankle (z < 0) to the knee; z = 0 is halfway between lateral malleolus and lateral
    epicondyle. ``main_girth_mm`` is the largest girth of the calf. Below the ankle the foot is drawn on as a post,
    to let the field die out.

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
    >>> leg = LowerLeg(main_girth_mm=360.0)
    >>> round(leg.girth_mm(leg.along_mm_of(0.66)))
    360
    >>> leg.site("fibular_head").about
    'over the common peroneal nerve at the neck of the fibula'
    """

    data = table("lower_leg")
